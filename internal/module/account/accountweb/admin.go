package accountweb

import (
	"net/http"
	"net/url"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// rows is how many accounts one page lists.
const rows = 50

type listView struct {
	Text      string
	Rows      []account.Account
	First     string
	Next      string
	CanManage bool
}

// list is GET /admin/accounts.
func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := listView{Text: strings.TrimSpace(q.Get("q")), CanManage: s.mayManage(r)}
	var err error
	if v.Rows, err = s.Accounts.List(r.Context(), actor.FromContext(r.Context()), v.Text, q.Get("after"), rows+1); err != nil {
		return err
	}
	address := func(after string) string {
		return "/admin/accounts?" + url.Values{"q": {v.Text}, "after": {after}}.Encode()
	}
	if q.Get("after") != "" {
		v.First = address("")
	}
	if len(v.Rows) > rows {
		v.Rows = v.Rows[:rows]
		v.Next = address(v.Rows[rows-1].Login)
	}
	return page.Render(w, r, http.StatusOK, listPage(v))
}

// mayManage tells whether the person may change accounts, to leave out forms that would be refused.
func (s *site) mayManage(r *http.Request) bool {
	return s.Offices.Check(actor.FromContext(r.Context()), account.ActManage, actor.Target{}) == nil
}

type showView struct {
	Account   account.Account
	Posts     []office.Post
	CanManage bool // the administrator may, and it is not its own account
	Done      string
	Password  string // just made; shown once
}

// show is GET /admin/accounts/{id}.
func (s *site) show(w http.ResponseWriter, r *http.Request) error {
	return s.showAccount(w, r, r.PathValue("id"), "")
}

func (s *site) showAccount(w http.ResponseWriter, r *http.Request, id, password string) (err error) {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	v := showView{CanManage: s.mayManage(r) && id != by.Account, Done: r.URL.Query().Get("done"), Password: password}
	if v.Account, err = s.Accounts.Account(ctx, by, id); err != nil {
		return err
	}
	if v.Posts, err = s.Offices.Held(ctx, by, id); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, showPage(v))
}

// lock is POST /admin/accounts/{id}/lock.
func (s *site) lock(w http.ResponseWriter, r *http.Request) error {
	if err := s.Accounts.Lock(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/admin/accounts/"+url.PathEscape(r.PathValue("id"))+"?done=locked")
	return nil
}

// unlock is POST /admin/accounts/{id}/unlock.
func (s *site) unlock(w http.ResponseWriter, r *http.Request) error {
	if err := s.Accounts.Unlock(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/admin/accounts/"+url.PathEscape(r.PathValue("id"))+"?done=unlocked")
	return nil
}

// reset is POST /admin/accounts/{id}/reset. The password stands in this answer and nowhere else, so it is no redirect.
func (s *site) reset(w http.ResponseWriter, r *http.Request) error {
	password, err := s.Accounts.Reset(r.Context(), actor.FromContext(r.Context()), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.showAccount(w, r, r.PathValue("id"), password)
}

type createView struct {
	Login         string `form:"login"`
	Name          string `form:"name"`
	Number        string `form:"number"`
	Phone         string `form:"phone"`
	Administrator bool   `form:"administrator"`
	Errors        design.Errors
}

// createForm is GET /admin/accounts/new.
func (s *site) createForm(w http.ResponseWriter, r *http.Request) error {
	if err := s.Offices.Check(actor.FromContext(r.Context()), account.ActManage, actor.Target{}); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, createPage(createView{}))
}

// create is POST /admin/accounts: an account for somebody at work. Its first password stands in this answer only.
func (s *site) create(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v createView
	if err := page.Bind(r, &v); err != nil {
		return err
	}
	made, password, err := s.Accounts.CreateOfficer(ctx, actor.FromContext(ctx), account.NewOfficer{Login: v.Login, Name: v.Name,
		Number: spaceless(v.Number), Phone: spaceless(v.Phone), Administrator: v.Administrator})
	if f, ok := fault.Of(err); ok && f.Kind != fault.Forbidden {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, f.Kind.Status(), createPage(v))
	}
	if err != nil {
		return err
	}
	return s.showAccount(w, r, made.ID, password)
}
