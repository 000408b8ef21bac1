// Package keeperweb is where keepers work on the item library: what waits for them, drafts and their review, the consistency of five levels,
// imports and exports. What the public sees is package itemweb.
//
// Every page works with scripts off and pages by key. What a keeper may do the use cases of package item decide; the pages only show it.
package keeperweb

import (
	"embed"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
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
	Directory func() *region.Directory // names of regions
}

// site answers the routes.
type site struct{ Deps }

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{d}
	s.todoRoutes(r)
	s.feedbackRoutes(r)
}
