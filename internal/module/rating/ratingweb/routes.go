// Package ratingweb is where people rate how their case was handled, where everybody sees what others thought, and where the rated offices
// answer the bad ratings.
//
// A rating is one page without scripts: the grade, the labels that belong to it, a few words. Nothing is chosen beforehand. The desk's pages
// show a bad rating without case and person; the public figures are counts.
package ratingweb

import (
	"context"
	"embed"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/rating"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deps are what the pages are made from.
type Deps struct {
	Ratings   *rating.Service
	Directory func() *region.Directory                                 // names of regions
	Regions   func(ctx context.Context, parent string) []design.Option // for the region picker; "" asks for the provinces
}

// site answers the routes.
type site struct{ Deps }

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{d}
	r.Page("GET /cases/{number}/rate", web.SignedIn, s.rate)
	r.Page("POST /cases/{number}/rate", web.SignedIn, s.give)
	r.Page("GET /ratings", web.Public, s.figures)
	r.Page("GET /desk/ratings", web.Staff, s.desk)
	r.Page("GET /desk/ratings/{id}", web.Staff, s.one)
	r.Page("POST /desk/ratings/{id}/claim", web.Staff, s.claim)
	r.Page("POST /desk/ratings/{id}/answer", web.Staff, s.answer)
	s.api(r)
}

// Link tells other packages' pages where by rates a case, or sees the rating given; ok is false for every case but by's own that is over.
func Link(s *rating.Service) func(ctx context.Context, by actor.Actor, number string) (href string, ok bool) {
	return func(ctx context.Context, by actor.Actor, number string) (string, bool) {
		a, err := s.Ask(ctx, by, number)
		return rateAt(a.Number), err == nil
	}
}
