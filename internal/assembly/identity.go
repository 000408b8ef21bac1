package assembly

import (
	"context"
	"net/http"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

// stranger tells whether nobody is signed in.
func stranger(r *http.Request) bool { return !actor.FromContext(r.Context()).SignedIn() }

// enter decides who may come to a route; what one may do there the use case decides.
func enter(ctx context.Context, a web.Access) error {
	by := actor.FromContext(ctx)
	switch {
	case a == web.Public:
		return nil
	case !by.SignedIn():
		return fault.New(fault.Unauthenticated, "office.not_signed_in")
	case a == web.SignedIn:
		return nil
	case a == web.Staff && by.Kind == actor.Officer:
		return nil
	case a == web.Admin && administrative(by):
		return nil
	}
	return fault.New(fault.Forbidden, "office.no_right")
}

// administrative tells whether somebody is one of the three administrators (三员).
func administrative(by actor.Actor) bool {
	return by.Has(office.RoleAdmin) || by.Has(office.RoleSecurity) || by.Has(office.RoleAuditor)
}
