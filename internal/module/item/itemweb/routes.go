// Package itemweb is the public face of the item library: the home page, the list with its filters, the guide and the JSON API.
//
// Everything works with scripts off: the situation questions of a guide are a GET form whose answers stand in the address, so the
// exact list of materials can be linked to, printed and sent to somebody. Strangers get whole pages from a cache that forgets
// everything when the library changes.
package itemweb

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/memo"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words and those of package item.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deps are what the pages are made from.
type Deps struct {
	DB        *db.DB
	Items     *item.Service
	Forms     *form.Service
	Directory func() *region.Directory                                 // names of regions
	Regions   func(ctx context.Context, parent string) []design.Option // for the region picker; "" asks for the provinces
	Cache     *page.Cache                                              // nil renders every page anew
	Stranger  func(*http.Request) bool                                 // nobody is signed in
	Words     *page.Catalogue                                          // open data are in Chinese for everybody
	Address   func() string                                            // how the outside reaches us, without a slash at its end: for codes on paper, the site map and open data; nil for unknown
	Log       *slog.Logger
}

// site answers the routes.
type site struct {
	Deps
	seen    atomic.Int64               // item.Service.Changes when the cache was last right
	number  atomic.Int64               // item.Service.Revision then
	checked atomic.Int64               // when the revision was last asked, Unix milliseconds
	shown   *memo.Memo[string, guided] // entries whose guides were shown, as long as the library stays as it is

	reporting *web.Limiter // of feedback, by address
}

// Ten reports an hour from one address: more than anybody finds wrong in that time, and few enough for a keeper to read.
const reportsAnHour = 10

// Routes adds every route of the library. All are public but what an office says of its own and what a reader sent while signed in.
func Routes(r *web.Router, d Deps) {
	s := &site{Deps: d, shown: memo.New[string, guided](mostShown),
		reporting: web.NewLimiter(reportsAnHour, time.Hour, reportsAnHour)}
	s.number.Store(-1)
	r.Page("GET /{$}", web.Public, s.cached(s.home))
	r.Page("GET /items", web.Public, s.cached(s.list))
	r.Page("GET /items/suggest", web.Public, s.suggest)
	r.Page("GET /items/{code}", web.Public, s.counted(s.cached(s.guide)))
	s.feedbackRoutes(r)
	s.printRoutes(r)
	s.zoneRoutes(r)
	s.discoverRoutes(r)
	s.openRoutes(r)
	s.api(r)
	s.entryAPI(r)
}

// recheck is how long another node's change may stay unseen by this node's cache.
const recheck = time.Second

// cached serves strangers from the cache.
func (s *site) cached(h web.Handler) web.Handler {
	if s.Cache == nil {
		return h
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := s.refresh(r.Context()); err != nil {
			return err
		}
		var failed error
		s.Cache.Public(s.Stranger, http.HandlerFunc(func(inner http.ResponseWriter, req *http.Request) {
			failed = h(inner, req)
			if failed != nil && inner != w {
				inner.WriteHeader(http.StatusInternalServerError) // not to be kept; it is asked again for w
			}
		})).ServeHTTP(w, r)
		return failed
	}
}

// counted counts openings of guides for the hot list, those from the cache too. Answering a guide's questions is not opening it again.
func (s *site) counted(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if r.Method == http.MethodGet && r.Header.Get("HX-Request") == "" && !r.URL.Query().Has("variant") {
			s.Items.Opened(r.PathValue("code"), s.where(r))
		}
		return h(w, r)
	}
}

// refresh empties the cache when the library has changed: at once for this process, within a second for another node.
func (s *site) refresh(ctx context.Context) error {
	changes, now := s.Items.Changes(), time.Now().UnixMilli()
	if changes == s.seen.Load() && now-s.checked.Load() < recheck.Milliseconds() {
		return nil
	}
	number, err := s.Items.Revision(ctx)
	if err != nil {
		return err
	}
	s.checked.Store(now)
	s.seen.Store(changes)
	if s.number.Swap(number) != number {
		s.Cache.Bump()
		s.shown.Forget()
	}
	return nil
}
