// Package certweb is the holder's wallet of certificates, the code that presents one, the public page that verifies one, and the desk of the chief
// who ends one; and all of it as JSON.
//
// A code is scanned into GET /verify?token=…, which shows a button and nothing else: link previews of phones open addresses too, and would use the
// code up. Pressing the button redeems it. Everything works without scripts: the camera only fills in the field that can be typed, and the page with
// a code gets a new one by a link when it can't refresh itself.
package certweb

import (
	"context"
	"embed"
	"net/http"
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
	Trust ses.Trust // whom the check of other people's documents believes; the zero value believes nobody
	// VerifyPerMinute bounds verifications from one network address; 0 is 120.
	VerifyPerMinute int
}

// site answers the routes.
type site struct {
	Deps
	verifying  *web.Limiter
	presenting *web.Limiter
}

// uploadLimit is a file and what its form adds.
const uploadLimit = paper.MaxFile + 64<<10

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	if d.VerifyPerMinute == 0 {
		d.VerifyPerMinute = 120
	}
	s := &site{Deps: d, verifying: web.NewLimiter(d.VerifyPerMinute, time.Minute, d.VerifyPerMinute), presenting: web.NewLimiter(30, time.Minute, 10)}
	r.Page("GET /certificates", web.SignedIn, s.list)
	r.Page("GET /certificates/{identifier}", web.SignedIn, s.show)
	r.Page("GET /certificates/{identifier}/present", web.SignedIn, s.present)
	r.Page("GET /certificates/{identifier}/document", web.SignedIn, s.document)
	r.Page("POST /desk/certificates/{identifier}/document", web.Staff, s.documentFor)
	r.Page("GET /desk/certificates/{identifier}/revoke", web.Staff, s.askRevoke)
	r.Page("POST /desk/certificates/{identifier}/revoke", web.Staff, s.revoke)
	r.Page("GET /verify", web.Public, s.askVerify)
	r.Upload("POST /verify", web.Public, uploadLimit, s.verify)
	r.Page("GET /verify/file", web.Public, s.askDocument)
	r.Upload("POST /verify/file", web.Public, uploadLimit, s.verifyDocument)
	s.api(r)
}

// newPresentation makes a code, not more often than a person could need.
func (s *site) newPresentation(ctx context.Context, identifier string) (cert.Presentation, error) {
	by := actor.FromContext(ctx)
	if err := s.presenting.Allow(by.Account); err != nil {
		return cert.Presentation{}, err
	}
	return s.Certs.Present(ctx, by, identifier)
}

// mayVerify counts one verification of the caller's address.
func (s *site) mayVerify(r *http.Request) error { return s.verifying.Allow(web.Address(r)) }
