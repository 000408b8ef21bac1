// Package keeperweb is where keepers work on the item library: what waits for them, drafts and their review, the consistency of five levels,
// imports and exports. What the public sees of items is package itemweb; the public summary of the meter stands here beside the keepers' page,
// which is made of the same parts.
//
// Every page works with scripts off and pages by key. What a keeper may do the use cases of package item decide; the pages only show it.
package keeperweb

import (
	"context"
	"embed"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/audit"
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
	Items     *item.Service
	Directory func() *region.Directory                         // names of regions
	MaxBytes  int64                                            // of one upload
	Who       func(ctx context.Context, account string) string // the office an account works in; nil or "" shows the account

	// Trail searches the log, newest first: the leaves that prove who changed what. nil shows none.
	Trail      func(ctx context.Context, tx *db.Tx, q audit.Query, before string, limit int) ([]audit.Leaf, error)
	Department func(code string) string        // name of a department's two digits; nil shows the digits
	Recount    func(ctx context.Context) error // has entries checked again soon, see [item.Service.RecountSome]
}

// site answers the routes.
type site struct{ Deps }

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{d}
	s.todoRoutes(r)
	s.itemRoutes(r)
	s.proposalRoutes(r)
	s.changeRoutes(r)
	s.consistencyRoutes(r)
	s.reductionRoutes(r)
	s.elementRoutes(r)
	s.qualityRoutes(r)
	s.importRoutes(r)
	s.feedbackRoutes(r)
}
