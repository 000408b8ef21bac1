// Package accountweb is where people sign in and look after their own account, and where administrators look after accounts.
//
// Everything works with scripts off. A sign-in with a second factor takes two pages; what the first one was given travels to the second
// sealed and for five minutes, so that no session begins before somebody is let in. Where a page was asked for before the sign-in, it is
// returned to: only ever a path of ours. A person sees its own number masked until it asks; an administrator sees logins and states,
// never a person's number.
package accountweb

import (
	"context"
	"embed"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Offices tell what somebody holds at work and may do, met by the office module.
type Offices interface {
	Held(ctx context.Context, by actor.Actor, accountID string) ([]office.Post, error)
	Check(by actor.Actor, action string, on actor.Target) error
}

// Keys seal what a sign-in in two steps carries from one to the other, met by sm.Keyring.
type Keys interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
}

// Deps are what the pages are made from.
type Deps struct {
	Accounts *account.Service
	Sessions *Sessions
	Offices  Offices
	Keys     Keys
	Regions  func(ctx context.Context, parent string) []design.Option // for the region picker; "" asks for the provinces
	Place    func(code string) string                                 // a region's whole name; "" for an unknown one
	Limit    *web.Limiter                                             // attempts to sign in and to register, by network address
}

// site answers the routes.
type site struct {
	Deps
	guardianMisses *web.Limiter // attempts of one officer to record a guardian that did not fit
}

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{Deps: d, guardianMisses: web.NewLimiter(10, time.Hour, 10)}
	r.Page("GET /sign-in", web.Public, s.signInForm)
	r.Page("POST /sign-in", web.Public, s.signIn)
	r.Page("POST /sign-in/code", web.Public, s.signInCode)
	r.Page("POST /sign-out", web.Public, s.signOut)
	r.Page("GET /register", web.Public, s.registerForm)
	r.Page("POST /register", web.Public, s.register)
	r.Page("GET /me", web.SignedIn, s.profile)
	r.Page("POST /me/reveal", web.SignedIn, s.reveal)
	r.Page("POST /me/sessions/end", web.SignedIn, s.endSessions)
	r.Page("GET /me/home", web.SignedIn, s.homeForm)
	r.Page("POST /me/home", web.SignedIn, s.setHome)
	r.Page("GET /me/password", web.SignedIn, s.passwordForm)
	r.Page("POST /me/password", web.SignedIn, s.changePassword)
	r.Page("GET /me/second-factor", web.SignedIn, s.factorForm)
	r.Page("POST /me/second-factor", web.SignedIn, s.confirmFactor)
	r.Page("GET /me/companies", web.SignedIn, s.companies)
	r.Page("POST /me/companies/act", web.SignedIn, s.act)
	r.Page("GET /me/companies/new", web.SignedIn, s.companyForm)
	r.Page("POST /me/companies", web.SignedIn, s.registerCompany)
	r.Page("GET /me/agents", web.SignedIn, s.agents)
	r.Page("POST /me/agents", web.SignedIn, s.invite)
	r.Page("POST /me/agents/{id}/end", web.SignedIn, s.endAgent)
	r.Page("GET /desk/guardians", web.Staff, s.guardians)
	r.Page("POST /desk/guardians", web.Staff, s.recordGuardian)
	r.Page("POST /desk/guardians/{id}/confirm", web.Staff, s.confirmGuardian)
	r.Page("POST /me/guardians/{id}/end", web.SignedIn, s.endOwnGuardian)
	r.Page("POST /desk/guardians/{id}/end", web.Staff, s.endGuardian)
	r.Page("GET /admin/accounts", web.Admin, s.list)
	r.Page("POST /admin/accounts", web.Admin, s.create)
	r.Page("GET /admin/accounts/new", web.Admin, s.createForm)
	r.Page("GET /admin/accounts/{id}", web.Admin, s.show)
	r.Page("POST /admin/accounts/{id}/lock", web.Admin, s.lock)
	r.Page("POST /admin/accounts/{id}/unlock", web.Admin, s.unlock)
	r.Page("POST /admin/accounts/{id}/reset", web.Admin, s.reset)
	s.api(r)
}
