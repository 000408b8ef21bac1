package accountweb

import (
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type signInView struct {
	Back   string
	Login  string // as typed
	Step   string // the first step, sealed; "" while it is not taken
	Errors design.Errors
}

// signInForm is GET /sign-in. The router names the page asked for next=, the layout back=.
func (s *site) signInForm(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	back := page.LocalPath(q.Get("back"), q.Get("next"))
	if by := actor.FromContext(r.Context()); by.SignedIn() {
		web.Redirect(w, r, landing(useOf(by), back))
		return nil
	}
	return page.Render(w, r, http.StatusOK, signInPage(signInView{Back: back}))
}

// signIn is POST /sign-in: the login and the password.
func (s *site) signIn(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Login string `form:"login"`
		Back  string `form:"back"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	v := signInView{Back: page.LocalPath(in.Back), Login: in.Login}
	c := account.Credentials{Login: strings.ToLower(in.Login), Password: r.PostFormValue("password"), Address: web.Address(r)}
	missing := fault.New(fault.Invalid, "account.sign_in.missing")
	if c.Login == "" {
		missing.Field("login", "account.sign_in.login_missing")
	}
	if c.Password == "" {
		missing.Field("password", "account.sign_in.password_missing")
	}
	if err := missing.OrNil(); err != nil {
		return s.signInAgain(w, r, v, err)
	}
	return s.attempt(w, r, v, c)
}

// signInCode is POST /sign-in/code: the second factor, with the sealed first step.
func (s *site) signInCode(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Step string `form:"step"`
		Code string `form:"code"`
		Back string `form:"back"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	v := signInView{Back: page.LocalPath(in.Back)}
	t, err := s.openStep(in.Step)
	if err != nil {
		return s.signInAgain(w, r, v, err)
	}
	v.Step = in.Step
	c := account.Credentials{Login: t.Login, Password: t.Password, Code: strings.ReplaceAll(in.Code, " ", ""), Address: web.Address(r)}
	if c.Code == "" {
		return s.signInAgain(w, r, v, fault.New(fault.Invalid, "account.totp_wrong").Field("code", "account.totp_again"))
	}
	return s.attempt(w, r, v, c)
}

// attempt tries to sign in and leads on: in, to the second step, or back to the form with the reason.
func (s *site) attempt(w http.ResponseWriter, r *http.Request, v signInView, c account.Credentials) error {
	ctx := r.Context()
	if err := s.Limit.Allow(c.Address); err != nil {
		return s.signInAgain(w, r, v, err)
	}
	in, err := s.Accounts.SignIn(ctx, c)
	switch {
	case fault.HasKey(err, "account.totp_required") && c.Code == "":
		if v.Step, err = s.sealStep(c); err != nil {
			return err
		}
		return page.Render(w, r, http.StatusOK, codePage(v))
	case fault.HasKey(err, "account.totp_required"):
		return s.signInAgain(w, r, v, fault.New(fault.Unauthenticated, "account.totp_wrong").Field("code", "account.totp_again"))
	case err != nil:
		if !fault.Is(err, fault.Unauthenticated) {
			v.Step = "" // locked, or too many: the second step is over
		}
		return s.signInAgain(w, r, v, err)
	}
	return s.enter(w, r, in, v.Back)
}

// signInAgain shows the form once more with what was typed, but for the password, and why somebody was not let in.
func (s *site) signInAgain(w http.ResponseWriter, r *http.Request, v signInView, refused error) error {
	f, ok := fault.Of(refused)
	if !ok {
		return refused
	}
	v.Errors = design.ErrorsOf(r.Context(), refused)
	if f.Kind == fault.TooMany || f.Kind == fault.Busy {
		w.Header().Set("Retry-After", "5")
	}
	if v.Step != "" {
		return page.Render(w, r, f.Kind.Status(), codePage(v))
	}
	return page.Render(w, r, f.Kind.Status(), signInPage(v))
}

// enter begins the session and leads to what must be done first, or back to where the person wanted to go.
func (s *site) enter(w http.ResponseWriter, r *http.Request, in account.SignedIn, back string) error {
	company, err := s.Accounts.DefaultCompany(r.Context(), in)
	if err != nil {
		return err
	}
	e := Entry{Session: in.Session, Use: in.Account.Use}
	e.Session.Company = company
	switch {
	case in.Renew:
		e.Must = MustRenew
	case in.Enrol:
		e.Must = MustEnrol
	}
	if err := s.Sessions.Begin(w, r, e); err != nil {
		return err
	}
	to := landing(e.Use, back)
	if e.Must != "" {
		to = MustPath(e.Must)
	}
	web.Redirect(w, r, to)
	return nil
}

// signOut is POST /sign-out.
func (s *site) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.Sessions.End(w, r); err != nil {
		return err
	}
	web.Redirect(w, r, "/")
	return nil
}

// landing is where somebody goes who has signed in: where it wanted to go, or to its work.
func landing(u account.Use, back string) string {
	path, _, _ := strings.Cut(back, "?")
	switch {
	case path != "/" && path != "/register" && path != "/sign-out" && path != "/sign-in" && !strings.HasPrefix(path, "/sign-in/"):
		return back
	case u == account.Administrator:
		return "/admin"
	case u == account.Officer:
		return "/desk"
	}
	return "/"
}

// useOf tells what somebody signed in for, as far as the actor shows it.
func useOf(by actor.Actor) account.Use {
	switch {
	case by.Kind != actor.Officer:
		return account.Citizen
	case by.Has(office.RoleAdmin), by.Has(office.RoleSecurity), by.Has(office.RoleAuditor):
		return account.Administrator
	}
	return account.Officer
}
