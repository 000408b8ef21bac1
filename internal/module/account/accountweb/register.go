package accountweb

import (
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type registerView struct {
	Login  string `form:"login"`
	Name   string `form:"name"`
	Number string `form:"number"`
	Phone  string `form:"phone"`
	Back   string `form:"back"`
	Errors design.Errors
}

// registerForm is GET /register.
func (s *site) registerForm(w http.ResponseWriter, r *http.Request) error {
	if by := actor.FromContext(r.Context()); by.SignedIn() {
		web.Redirect(w, r, "/me")
		return nil
	}
	return page.Render(w, r, http.StatusOK, registerPage(registerView{Back: page.LocalPath(r.URL.Query().Get("back"))}))
}

// register is POST /register: it makes the account and signs the person in.
func (s *site) register(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v registerView
	if err := page.Bind(r, &v); err != nil {
		return err
	}
	v.Back = page.LocalPath(v.Back)
	password := r.PostFormValue("password")
	err := s.Limit.Allow(web.Address(r))
	if err == nil {
		_, err = s.Accounts.Register(ctx, actor.FromContext(ctx), account.Registration{Login: v.Login, Password: password, Name: v.Name,
			Number: spaceless(v.Number), Phone: spaceless(v.Phone)})
	}
	if err != nil {
		f, ok := fault.Of(err)
		if !ok {
			return err
		}
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, f.Kind.Status(), registerPage(v))
	}
	in, err := s.Accounts.SignIn(ctx, account.Credentials{Login: strings.ToLower(v.Login), Password: password, Address: web.Address(r)})
	if err != nil {
		return err
	}
	if v.Back == "/" {
		v.Back = "/me?done=registered"
	}
	return s.enter(w, r, in, v.Back)
}

// spaceless takes out the spaces people type into long numbers.
func spaceless(number string) string { return strings.ReplaceAll(number, " ", "") }
