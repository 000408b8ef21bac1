// Package sealweb is where offices and companies apply for their electronic seals and keep them, where managers approve their use from a phone, and where
// anybody checks a sealed document.
//
// A seal has one page: how it looks, who holds it, how it stood, what may be done with it by who looks. Everything works without scripts.
package sealweb

import (
	"context"
	"embed"
	"net/http"
	"sync"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// mostFile bounds a document that is to be sealed or checked.
const mostFile = 32 << 20

// mostSignature bounds a signature; a larger one is cut off, and then is none.
const mostSignature = 5 << 20

// Deps are what the pages are made from.
type Deps struct {
	Seals   *seal.Service
	Offices func(ctx context.Context, by actor.Actor) ([]Office, error) // offices whose seals by may apply for
}

// Office is an office whose seals somebody may apply for.
type Office struct{ Path, Name string }

// site answers the routes.
type site struct {
	Deps
	public      *web.Limiter // checks, timestamps and lists asked for from one address
	revocations listCache
}

// asksPerMinute bounds what one address may ask for of what anybody may.
const asksPerMinute = 120

// listLife is how long a revocation list is handed out before it is signed anew.
const listLife = time.Minute

// listCache keeps the last revocation list: signing one for each who asks would keep the device busy.
type listCache struct {
	mu   sync.Mutex // guards what follows
	list []byte
	till time.Time
}

func (c *listCache) get(ctx context.Context, sign func(ctx context.Context) ([]byte, error)) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if now.Before(c.till) {
		return c.list, nil
	}
	list, err := sign(ctx)
	if err == nil {
		c.list, c.till = list, now.Add(listLife)
	}
	return list, err
}

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{Deps: d, public: web.NewLimiter(asksPerMinute, time.Minute, asksPerMinute)}
	r.Page("GET /seals", web.SignedIn, s.list)
	r.Page("GET /seals/new", web.SignedIn, s.askNew)
	r.Page("POST /seals", web.SignedIn, s.apply)
	r.Page("GET /seals/{id}", web.SignedIn, s.one)
	r.Page("GET /seals/{id}/uses", web.SignedIn, s.uses)
	r.Page("POST /seals/{id}/examine", web.Staff, s.examine)
	r.Page("POST /seals/{id}/make", web.Staff, s.make)
	r.Page("POST /seals/{id}/move", web.SignedIn, s.move)
	r.Page("POST /seals/{id}/appoint", web.SignedIn, s.appoint)
	r.Page("POST /seals/{id}/dismiss", web.SignedIn, s.dismiss)
	r.Page("GET /seals/{id}/ask", web.SignedIn, s.askUse)
	r.Upload("POST /seals/{id}/ask", web.SignedIn, mostFile, s.requestUse)
	r.Page("GET /seal-requests", web.SignedIn, s.requests)
	r.Page("GET /seal-requests/{id}", web.SignedIn, s.request)
	r.Page("POST /seal-requests/{id}/decide", web.SignedIn, s.decide)
	r.Page("POST /seal-requests/{id}/affix", web.SignedIn, s.affix)
	r.Page("GET /desk/seals", web.Staff, s.desk)
	r.Page("GET /seals/check", web.Public, s.askCheck)
	r.Upload("POST /seals/check", web.Public, mostFile, s.check)
	r.Page("GET /seals/revoked.crl", web.Public, s.revoked)
	r.Page("POST /tsa", web.Public, s.timestamp)
}

func by(r *http.Request) actor.Actor { return actor.FromContext(r.Context()) }

// said is a word of a group: "seal.state." and "in_use".
func said(ctx context.Context, group, name string, args ...any) string {
	return page.T(ctx, group+name, args...)
}

// revoked is GET /seals/revoked.crl: the built-in authority's revocation list.
func (s *site) revoked(w http.ResponseWriter, r *http.Request) error {
	if err := s.public.Allow(web.Address(r)); err != nil {
		return err
	}
	list, err := s.revocations.get(r.Context(), s.Seals.RevocationList)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pkix-crl")
	_, err = w.Write(list)
	return err
}

// timestamp is POST /tsa: the built-in authority of timestamps (RFC 3161, 3.4).
func (s *site) timestamp(w http.ResponseWriter, r *http.Request) error {
	if err := s.public.Allow(web.Address(r)); err != nil {
		return err
	}
	a, err := s.Seals.TimestampAuthority(r.Context())
	if err != nil {
		return err
	}
	a.ServeHTTP(w, r)
	return nil
}
