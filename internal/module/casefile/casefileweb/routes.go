package casefileweb

import (
	"context"
	"embed"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deps are what the pages are made from.
type Deps struct {
	DB        *db.DB
	Cases     *casefile.Service
	Tasks     *workflow.Tasks
	Materials *material.Service
	Items     *item.Service
	Regions   func(ctx context.Context, parent string) []design.Option // for region pickers; "" asks for the provinces
	Directory func() *region.Directory                                 // names of regions; nil shows their codes
	MaxBytes  int64                                                    // of one file
	// Lookup finds whoever stands at the window by number and name, both of which must fit. kind is "person" or "company".
	Lookup func(ctx context.Context, by actor.Actor, kind, number, name string) (subjectID, shownName string, err error)
	// Certificates lists those a case brought; nil shows none.
	Certificates func(ctx context.Context, by actor.Actor, number string) ([]design.Link, error)
	// Picture draws where the process of a case stands; nil draws none.
	Picture func(ctx context.Context, p workflow.Progress) templ.Component
	// Rate is where a case can be rated now; nil offers it nowhere.
	Rate func(ctx context.Context, by actor.Actor, number string) (href string, ok bool)
}

// site answers the routes.
type site struct {
	Deps
	byAddress *web.Limiter // questions after a case by number and code, of one address
	byObject  *web.Limiter // objections of one address
	byNumber  *web.Limiter // and for one number, from wherever: a code has six digits
}

// filesAtOnce is how many files of the largest size one form may carry.
const filesAtOnce = 10

// Routes adds every route of cases.
func Routes(r *web.Router, d Deps) {
	s := &site{Deps: d, byObject: web.NewLimiter(5, time.Hour, 5), byAddress: web.NewLimiter(20, time.Minute, 20), byNumber: web.NewLimiter(60, time.Hour, 20)}
	most := d.MaxBytes*filesAtOnce + 1<<20
	r.Page("GET /items/{code}/apply", web.SignedIn, s.apply)
	r.Page("POST /items/{code}/apply", web.SignedIn, s.apply)
	r.Page("GET /applications/{id}", web.SignedIn, s.resume)
	r.Page("GET /applications/{id}/situation", web.SignedIn, s.situation)
	r.Page("POST /applications/{id}/situation", web.SignedIn, s.saveSituation)
	r.Page("GET /applications/{id}/form", web.SignedIn, s.form)
	r.Page("POST /applications/{id}/form", web.SignedIn, s.saveForm)
	r.Page("GET /applications/{id}/materials", web.SignedIn, s.materials)
	r.Upload("POST /applications/{id}/materials", web.SignedIn, most, s.saveMaterials)
	r.Page("GET /applications/{id}/files/{file}", web.SignedIn, s.draftFile)
	r.Page("GET /applications/{id}/confirm", web.SignedIn, s.confirm)
	r.Page("POST /applications/{id}/confirm", web.SignedIn, s.submit)
	r.Page("GET /applications/{id}/receipt", web.SignedIn, s.receipt)
	r.Page("GET /applications/{id}/discard", web.SignedIn, s.askDiscard)
	r.Page("POST /applications/{id}/discard", web.SignedIn, s.discard)
	r.Page("GET /cases", web.SignedIn, s.cases)
	r.Page("GET /cases/{number}", web.SignedIn, s.show)
	r.Page("GET /cases/{number}/correct", web.SignedIn, s.askCorrection)
	r.Upload("POST /cases/{number}/correct", web.SignedIn, most, s.correct)
	r.Page("GET /cases/{number}/missing", web.SignedIn, s.askMissing)
	r.Upload("POST /cases/{number}/missing", web.SignedIn, most, s.bringMissing)
	r.Page("GET /cases/{number}/withdraw", web.SignedIn, s.askWithdraw)
	r.Page("POST /cases/{number}/withdraw", web.SignedIn, s.withdraw)
	r.Page("GET /cases/{number}/tell/{event}", web.SignedIn, s.askTell)
	r.Page("POST /cases/{number}/tell/{event}", web.SignedIn, s.tell)
	r.Page("GET /cases/{number}/papers/{id}", web.SignedIn, s.paper)
	r.Page("GET /papers/verify", web.Public, s.askVerifyPaper)
	r.Page("POST /papers/verify", web.Public, s.verifyPaper)
	r.Page("GET /cases/{number}/files/{id}", web.SignedIn, s.file)
	r.Page("GET /progress", web.Public, s.askProgress)
	r.Page("POST /progress", web.Public, s.progress)
	r.Page("GET /desk", web.Staff, s.desk)
	r.Page("GET /desk/search", web.Staff, s.search)
	r.Page("POST /desk/search", web.Staff, s.search)
	r.Page("GET /desk/warnings", web.Staff, s.warnings)
	r.Page("GET /desk/warnings/new", web.Staff, s.askWarning)
	r.Page("POST /desk/warnings/new", web.Staff, s.setWarning)
	r.Page("GET /desk/calendars", web.Staff, s.changes)
	r.Page("GET /desk/calendars/{change}", web.Staff, s.change)
	r.Page("GET /desk/receive", web.Staff, s.askReceive)
	r.Page("POST /desk/receive", web.Staff, s.receive)
	r.Page("GET /desk/cases/{number}", web.Staff, s.deskCase)
	r.Page("GET /desk/cases/{number}/actions/{action}", web.Staff, s.askAction)
	r.Page("POST /desk/cases/{number}/actions/{action}", web.Staff, s.act)
	r.Page("GET /desk/cases/{number}/actions/{action}/preview", web.Staff, s.preview)
	r.Page("POST /desk/cases/{number}/actions/{action}/preview", web.Staff, s.preview)
	r.Page("GET /desk/cases/{number}/disclosure", web.Staff, s.askDisclosure)
	r.Page("POST /desk/cases/{number}/disclosure", web.Staff, s.disclose)
	r.Page("GET /desk/cases/{number}/papers", web.Staff, s.deskPapers)
	s.hearingRoutes(r)
	s.publicityRoutes(r)
	s.taskRoutes(r)
	s.taskAPI(r)
	s.api(r)
}

// by says who asks.
func by(r *http.Request) actor.Actor { return actor.FromContext(r.Context()) }

// officer tells whether the asker is at work: then pages lead back to the desk.
func officer(r *http.Request) bool { return by(r).Kind == actor.Officer }

// regionName says where a code is; a code nobody knows is shown as it is.
func (s *site) regionName(code string) string {
	c, err := region.Parse(code)
	if err != nil || s.Directory == nil {
		return code
	}
	if name := s.Directory().FullName(c); name != "" {
		return name
	}
	return code
}

// regionsOf is the picker's source within one request.
func (s *site) regionsOf(ctx context.Context) func(parent string) []design.Option {
	return func(parent string) []design.Option { return s.Regions(ctx, parent) }
}
