package accountweb

import (
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/web"
)

type profileView struct {
	account.Profile
	By       actor.Actor
	Revealed bool // number and phone in clear, because the person asked
	Done     string
	Home     string // where the person or company is at home
}

// profile is GET /me.
func (s *site) profile(w http.ResponseWriter, r *http.Request) error {
	return s.showProfile(w, r, false)
}

// reveal is POST /me/reveal: the person's own number in clear, in this answer only.
func (s *site) reveal(w http.ResponseWriter, r *http.Request) error { return s.showProfile(w, r, true) }

func (s *site) showProfile(w http.ResponseWriter, r *http.Request, revealed bool) error {
	by := actor.FromContext(r.Context())
	p, err := s.Accounts.Profile(r.Context(), by)
	if err != nil {
		return err
	}
	v := profileView{Profile: p, By: by, Revealed: revealed, Done: r.URL.Query().Get("done"), Home: page.T(r.Context(), "account.home.none")}
	if place := s.Place(by.Region.String()); place != "" {
		v.Home = place
	}
	return page.Render(w, r, http.StatusOK, profilePage(v))
}

// endSessions is POST /me/sessions/end: every other browser and every token is signed out.
func (s *site) endSessions(w http.ResponseWriter, r *http.Request) error {
	fresh, err := s.Accounts.EndSessions(r.Context(), actor.FromContext(r.Context()))
	if err != nil {
		return err
	}
	e := s.Sessions.Current(r.Context())
	if e.Session.Account != "" { // a token has ended with all others
		e.Session = fresh
		if err := s.Sessions.Change(r, e); err != nil {
			return err
		}
	}
	web.Redirect(w, r, "/me?done=ended")
	return nil
}

type passwordView struct {
	Must   bool
	Errors design.Errors
}

// passwordForm is GET /me/password.
func (s *site) passwordForm(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, passwordPage(passwordView{Must: s.Sessions.Current(r.Context()).Must == MustRenew}))
}

// changePassword is POST /me/password. The session goes on under a fresh token, all others end.
func (s *site) changePassword(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by, e := actor.FromContext(ctx), s.Sessions.Current(ctx)
	fresh, err := r.PostFormValue("fresh"), error(nil)
	if fresh != r.PostFormValue("again") {
		err = fault.New(fault.Invalid, "account.bad_password").Field("again", "account.password.differ")
	}
	if err == nil {
		e.Session, err = s.Accounts.ChangePassword(ctx, by, r.PostFormValue("old"), fresh)
	}
	if f, ok := fault.Of(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.TooMany || f.Kind == fault.Conflict) {
		return page.Render(w, r, f.Kind.Status(), passwordPage(passwordView{Must: e.Must == MustRenew, Errors: design.ErrorsOf(ctx, err)}))
	}
	if err != nil {
		return err
	}
	p, err := s.Accounts.Profile(ctx, by)
	if err != nil {
		return err
	}
	first := e.Must != ""
	e.Use, e.Must = p.Account.Use, ""
	if p.Enrol {
		e.Must = MustEnrol
	}
	if err := s.Sessions.Begin(w, r, e); err != nil {
		return err
	}
	switch {
	case e.Must != "":
		web.Redirect(w, r, MustPath(e.Must))
	case first:
		web.Redirect(w, r, landing(e.Use, "/"))
	default:
		web.Redirect(w, r, "/me?done=password")
	}
	return nil
}

type factorView struct {
	Must   bool
	There  bool // it is set up already
	Secret string
	Code   paper.Matrix
	Errors design.Errors
}

// factorForm is GET /me/second-factor: a fresh secret, kept nowhere until its first code was typed right.
func (s *site) factorForm(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	p, err := s.Accounts.Profile(ctx, by)
	if err != nil {
		return err
	}
	if p.Account.TOTP {
		return page.Render(w, r, http.StatusOK, factorPage(factorView{There: true}))
	}
	return s.showFactor(w, r, http.StatusOK, "", nil)
}

// showFactor shows the code of a secret; of a fresh one where none is given.
func (s *site) showFactor(w http.ResponseWriter, r *http.Request, status int, secret string, errs design.Errors) error {
	ctx := r.Context()
	e, err := s.Accounts.ResumeTOTP(ctx, actor.FromContext(ctx), secret)
	if err != nil {
		return err
	}
	v := factorView{Must: s.Sessions.Current(ctx).Must == MustEnrol, Secret: e.Secret, Errors: errs}
	if v.Code, err = paper.QR(e.Address); err != nil {
		return err
	}
	return page.Render(w, r, status, factorPage(v))
}

// confirmFactor is POST /me/second-factor.
func (s *site) confirmFactor(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Secret string `form:"secret"`
		Code   string `form:"code"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.Accounts.ConfirmTOTP(ctx, actor.FromContext(ctx), in.Secret, spaceless(in.Code))
	if fault.Is(err, fault.Invalid) {
		return s.showFactor(w, r, http.StatusUnprocessableEntity, in.Secret, design.ErrorsOf(ctx, err))
	}
	if err != nil {
		return err
	}
	e := s.Sessions.Current(ctx)
	to := "/me?done=factor"
	if e.Must == MustEnrol {
		e.Must, to = "", landing(e.Use, "/")
		if err := s.Sessions.Change(r, e); err != nil {
			return err
		}
	}
	web.Redirect(w, r, to)
	return nil
}
