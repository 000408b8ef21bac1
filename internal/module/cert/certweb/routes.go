// Package certweb is the holder's wallet of certificates, the code that presents one, the public page that verifies one, and the desk of the chief
// who ends one; and all of it as JSON.
//
// A code is scanned into GET /verify?token=…, which asks what for and shows nothing else: link previews of phones open addresses too, and would use the
// code up. Pressing the button redeems it. Everything works without scripts: the camera only fills in the field that can be typed, and the page with
// a code loads itself anew when no script does. One page needs scripts and says so: /verify/offline/ checks codes where there is no network.
package certweb

import (
	"context"
	"embed"
	"net/http"
	"runtime"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words and those of package cert.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deps are what the pages are made from.
type Deps struct {
	Certs *cert.Service
	// Trust says whom the check of documents believes; nil believes nobody.
	Trust func(ctx context.Context) (ses.Trust, error)
	// VerifyPerMinute bounds verifications from one network address; 0 is 120.
	VerifyPerMinute int
	// SearchPerMinute bounds searches of the open registers from one network address; 0 is 20.
	SearchPerMinute int
}

// site answers the routes.
type site struct {
	Deps
	verifying  *web.Limiter
	presenting *web.Limiter
	searching  *web.Limiter
	offline    offlineCache
	examining  chan struct{} // one for each file that is taken apart now: reading one takes memory and a processor
}

// uploadLimit is a file and what its form adds.
const uploadLimit = paper.MaxFile + 64<<10

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	if d.VerifyPerMinute == 0 {
		d.VerifyPerMinute = 120
	}
	if d.SearchPerMinute == 0 {
		d.SearchPerMinute = 20
	}
	s := &site{Deps: d, verifying: web.NewLimiter(d.VerifyPerMinute, time.Minute, d.VerifyPerMinute), presenting: web.NewLimiter(30, time.Minute, 10),
		searching: web.NewLimiter(d.SearchPerMinute, time.Minute, d.SearchPerMinute), examining: make(chan struct{}, runtime.GOMAXPROCS(0))}
	r.Page("GET /certificates", web.SignedIn, s.list)
	r.Page("GET /certificates/{identifier}", web.SignedIn, s.show)
	r.Page("GET /certificates/{identifier}/present", web.SignedIn, s.present)
	r.Page("GET /certificates/{identifier}/present/seen", web.SignedIn, s.seen)
	r.Page("GET /certificates/{identifier}/part", web.SignedIn, s.askPart)
	r.Page("GET /certificates/{identifier}/offline", web.SignedIn, s.askOffline)
	r.Page("POST /certificates/{identifier}/offline", web.SignedIn, s.presentOffline)
	r.Page("POST /certificates/{identifier}/recall", web.SignedIn, s.recall)
	r.Page("GET /certificates/{identifier}/document", web.SignedIn, s.document)
	r.Page("GET /certificates/{identifier}/grants/new", web.SignedIn, s.askGrant)
	r.Page("POST /certificates/{identifier}/grants", web.SignedIn, s.grant)
	r.Page("POST /certificates/{identifier}/grants/{id}/end", web.SignedIn, s.endGrant)
	r.Page("GET /certificates/{identifier}/copies/new", web.SignedIn, s.askCopy)
	r.Page("POST /certificates/{identifier}/copies", web.SignedIn, s.makeCopy)
	r.Page("GET /certificates/{identifier}/copies/{number}", web.SignedIn, s.copyFile)
	r.Page("POST /certificates/{identifier}/copies/{number}/end", web.SignedIn, s.endCopy)
	r.Page("GET /certificates/{identifier}/complain/{id}", web.SignedIn, s.askComplain)
	r.Page("POST /certificates/{identifier}/complain/{id}", web.SignedIn, s.complain)
	r.Page("GET /granted", web.SignedIn, s.granted)
	r.Page("POST /granted/{id}", web.SignedIn, s.useGrant)
	r.Page("POST /desk/certificates/{identifier}/document", web.Staff, s.documentFor)
	r.Page("GET /desk/certificates/{identifier}/revoke", web.Staff, s.askRevoke)
	r.Page("POST /desk/certificates/{identifier}/revoke", web.Staff, s.revoke)
	r.Page("GET /desk/certificates/complaints", web.Staff, s.complaints)
	r.Page("GET /verify", web.Public, s.askVerify)
	r.Upload("POST /verify", web.Public, uploadLimit, s.verify)
	r.Page("GET /verify/offline/{$}", web.Public, s.offlinePage)
	r.Page("GET /verify/offline/list.json", web.Public, s.offlineList)
	r.Page("GET /verify/offline/worker.js", web.Public, s.offlineWorker)
	r.Page("GET /verify/offline/manifest.webmanifest", web.Public, s.offlineManifest)
	r.Page("GET /lawyers", web.Public, s.askLawyer)
	r.Page("POST /lawyers", web.Public, s.findLawyer)
	r.Page("GET /verify/file", web.Public, s.askDocument)
	r.Upload("POST /verify/file", web.Public, uploadLimit, s.verifyDocument)
	s.typeRoutes(r)
	s.paperRoutes(r)
	s.api(r)
}

// newPresentation makes a code, not more often than a person could need.
func (s *site) newPresentation(ctx context.Context, identifier string, fields ...string) (cert.Presentation, error) {
	by := actor.FromContext(ctx)
	if err := s.presenting.Allow(by.Account); err != nil {
		return cert.Presentation{}, err
	}
	return s.Certs.Present(ctx, by, identifier, fields...)
}

// mayVerify counts one verification of the caller's address.
func (s *site) mayVerify(r *http.Request) error { return s.verifying.Allow(web.Address(r)) }

// turn waits until a file may be taken apart, for as long as whoever asked waits; done lets the next one in. Without a file there is nothing to wait for.
func (s *site) turn(ctx context.Context, file []byte) (done func(), err error) {
	if len(file) == 0 {
		return func() {}, nil
	}
	select {
	case s.examining <- struct{}{}:
		return func() { <-s.examining }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
