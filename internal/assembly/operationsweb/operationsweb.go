// Package operationsweb draws the pages that belong to no module: the fault page, the gallery of components, the accessibility
// statement, and the administrator's list of background jobs.
package operationsweb

import (
	"context"
	"embed"

	"github.com/a-h/templ"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}

// Deps are what the pages are made from.
type Deps struct {
	DB     *db.DB
	Queue  *job.Queue
	Rights Rights
	Log    Log
}

// site answers the routes.
type site struct{ Deps }

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{d}
	r.Page("POST /preferences", web.Public, page.SetPrefs)
	r.Page("GET /design", web.Public, s.gallery)
	r.Page("GET /accessibility", web.Public, s.accessibility)
	r.Page("GET /admin/jobs", web.Admin, s.jobs)
	r.Page("POST /admin/jobs/{id}/retry", web.Admin, s.retry)
}

// Fault draws a fault as a whole page: what happened, which number to quote, where to go on.
func Fault(v web.FaultView) templ.Component { return faultPage(v) }

// Docs draws the list of the API's calls.
func Docs(calls []web.Call) templ.Component { return docsPage(calls) }
