package accountweb

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

type signInInput struct {
	Body struct {
		Account  string `json:"account" minLength:"1" maxLength:"100" example:"citizen"`
		Password string `json:"password" minLength:"1" maxLength:"200"`
		Code     string `json:"code,omitempty" maxLength:"8" doc:"of the second factor, for accounts that have one"`
	}
	address string
}

// Resolve implements huma.Resolver: it takes the caller's network address, which bounds the attempts.
func (in *signInInput) Resolve(ctx huma.Context) []error {
	in.address = ctx.RemoteAddr()
	if host, _, err := net.SplitHostPort(in.address); err == nil {
		in.address = host
	}
	return nil
}

type personJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type signInOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Token     string     `json:"token" doc:"send it as Authorization: Bearer …"`
		ExpiresAt time.Time  `json:"expires_at"`
		Person    personJSON `json:"person"`
	}
}

type signOutInput struct {
	Authorization string `header:"Authorization"`
}

type companyJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Code string `json:"code" doc:"unified social credit code"`
}

type meOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Person    personJSON   `json:"person"`
		Account   string       `json:"account"`
		Kind      string       `json:"kind" enum:"citizen,officer,administrator"`
		Level     int          `json:"level" doc:"real-name level, 0 to 4"`
		ActingFor *companyJSON `json:"acting_for,omitempty" doc:"the company acted for; absent for oneself"`
		Office    string       `json:"office,omitempty" doc:"of an officer's main post"`
		Roles     []string     `json:"roles" doc:"what an officer holds now"`
	}
}

func (s *site) api(r *web.Router) {
	web.Register(r, web.Public, huma.Operation{OperationID: "sign-in", Method: http.MethodPost, Path: "/api/v1/sessions", DefaultStatus: http.StatusCreated,
		Tags: []string{"sessions"}, Summary: "登录 / sign in for a token",
		Description: "401 for a wrong account, password or code, 429 for a locked account or too many attempts. Each sign-in gives a token of its own. An Idempotency-Key is ignored here: a token is told once and kept only as a digest, so that the first answer cannot be given again; a token that got lost ends by itself."}, s.newSession)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "sign-out", Method: http.MethodDelete, Path: "/api/v1/sessions", DefaultStatus: http.StatusNoContent,
		Tags: []string{"sessions"}, Summary: "退出 / end the token"}, s.endSession)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "me", Method: http.MethodGet, Path: "/api/v1/me", Tags: []string{"sessions"},
		Summary: "我是谁 / whom the token stands for"}, s.me)
}

func (s *site) newSession(ctx context.Context, in *signInInput) (*signInOutput, error) {
	if err := s.Limit.Allow(in.address); err != nil {
		return nil, err
	}
	signed, err := s.Accounts.SignIn(ctx, account.Credentials{Login: strings.ToLower(strings.TrimSpace(in.Body.Account)), Password: in.Body.Password,
		Code: in.Body.Code, Address: in.address})
	if err != nil {
		return nil, err
	}
	token, expires, err := s.Accounts.NewToken(ctx, signed)
	if err != nil {
		return nil, err
	}
	out := &signInOutput{CacheControl: "no-store"}
	out.Body.Token, out.Body.ExpiresAt = token, expires.UTC()
	out.Body.Person = personJSON{signed.Subject, signed.FullName}
	return out, nil
}

func (s *site) endSession(ctx context.Context, in *signOutInput) (*struct{}, error) {
	scheme, token, ok := strings.Cut(in.Authorization, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return nil, fault.New(fault.Unauthenticated, "account.token_expired") // a browser signs out on its page
	}
	return nil, s.Accounts.EndToken(ctx, strings.TrimSpace(token))
}

func (s *site) me(ctx context.Context, _ *struct{}) (*meOutput, error) {
	by := actor.FromContext(ctx)
	p, err := s.Accounts.Profile(ctx, by)
	if err != nil {
		return nil, err
	}
	out := &meOutput{CacheControl: "no-store"}
	b := &out.Body
	b.Person, b.Account, b.Kind, b.Level = personJSON{p.Subject.ID, p.Subject.Name}, p.Account.Login, string(p.Account.Use), p.Subject.Level
	b.Office, b.Roles = by.Post, []string{}
	for _, d := range by.Duties {
		b.Roles = append(b.Roles, d.Role)
	}
	if by.Company == "" {
		return out, nil
	}
	list, err := s.Accounts.Agencies(ctx, by)
	for _, a := range list {
		if a.CompanyID == by.Company {
			b.ActingFor = &companyJSON{a.CompanyID, a.Name, a.Code}
		}
	}
	return out, err
}
