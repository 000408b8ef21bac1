package officeweb

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// rows is how many offices one page lists.
const rows = 50

type dashboardView struct {
	office.Overview
	CanOperate, CanAudit, CanManage bool
	Role                            string
}

// dashboard is GET /admin.
func (s *site) dashboard(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	o, err := s.Offices.Overview(ctx, by)
	if err != nil {
		return err
	}
	v := dashboardView{Overview: o, CanOperate: s.may(r, office.ActOperate, ""), CanAudit: s.may(r, office.ActAudit, ""), CanManage: s.may(r, office.ActManage, "")}
	for _, role := range []string{office.RoleAdmin, office.RoleSecurity, office.RoleAuditor} {
		if by.Has(role) {
			v.Role = role
		}
	}
	return page.Render(w, r, http.StatusOK, dashboardPage(v))
}

type listView struct {
	Text    string
	At      *office.Office
	Rows    []office.Office
	Next    string
	Paged   bool
	Region  string
	Regions func(parent string) []design.Option
}

// list is GET /admin/offices: a search by name, the offices of a region, or the province.
func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	by := actor.FromContext(ctx)
	v := listView{Text: strings.TrimSpace(q.Get("q")), Paged: q.Get("after") != "", Region: design.RegionValue(q["region"]),
		Regions: func(parent string) []design.Option { return Regions(s.Offices)(ctx, parent) }}
	var err error
	switch {
	case v.Text != "":
		v.Rows, err = s.Offices.Search(ctx, by, v.Text, q.Get("after"), rows+1)
	case v.Region != "":
		var c region.Code
		if c, err = region.Parse(v.Region); err != nil {
			return fault.New(fault.NotFound, "office.no_region")
		}
		err = s.below(ctx, &v, by, c.Prefix(), q.Get("after"))
	default:
		// The first office one may see: the province for most, the county for a county's own administrator.
		start := "22"
		if reach := s.Offices.Reach(by, office.ActSee); len(reach) > 0 && reach[0] != "" {
			start = reach[0]
		}
		err = s.below(ctx, &v, by, start, q.Get("after"))
	}
	if err != nil {
		return err
	}
	if len(v.Rows) > rows {
		v.Rows = v.Rows[:rows]
		v.Next = v.Rows[rows-1].Path
	}
	return page.Render(w, r, http.StatusOK, listPage(v))
}

func (s *site) below(ctx context.Context, v *listView, by actor.Actor, path, after string) error {
	at, children, err := s.Offices.Below(ctx, by, path, after, rows+1)
	v.At, v.Rows = &at, children
	return err
}

func (v listView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = v.address("")
	}
	if v.Next != "" {
		p.Next = v.address(v.Next)
	}
	if p == (design.PagerParams{}) {
		return nil
	}
	return &p
}

func (v listView) address(after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": v.Text, "region": v.Region, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "/admin/offices?" + q.Encode()
}

type showView struct {
	Office             office.Office
	Place              string
	Superiors          []office.Office
	Below              []office.Office
	Heir               office.Office // that took over, of one that was dissolved
	Posts              []office.Post
	Logins             map[string]string
	CanGrant, CanName  bool
	Done               string
	Errors             design.Errors
	Login, Role, Items string // as typed
	Until, Name        string
}

// show is GET /admin/offices/{path}.
func (s *site) show(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	v.Done = r.URL.Query().Get("done")
	return page.Render(w, r, http.StatusOK, showPage(v))
}

func (s *site) view(r *http.Request) (v showView, err error) {
	ctx, path := r.Context(), r.PathValue("path")
	by := actor.FromContext(ctx)
	if v.Office, v.Below, err = s.Offices.Below(ctx, by, path, "", rows); err != nil {
		return v, err
	}
	v.Place, v.Name = s.Offices.Directory().FullName(v.Office.Region), v.Office.Name
	for _, p := range office.Superiors(path) {
		if p == "" || p == path {
			continue
		}
		if o, _, err := s.Offices.Below(ctx, by, p, "", 1); err == nil { // a superior beyond one's reach is not shown
			v.Superiors = append(v.Superiors, o)
		}
	}
	if v.Posts, err = s.Offices.PostsAt(ctx, by, path); err != nil {
		return v, err
	}
	ids := make([]string, len(v.Posts))
	for i, p := range v.Posts {
		ids[i] = p.AccountID
	}
	if v.Logins, err = s.Accounts.Logins(ctx, by, ids); err != nil {
		return v, err
	}
	stands := v.Office.Successor == ""
	v.CanGrant, v.CanName = stands && s.may(r, office.ActGrant, path), stands && s.may(r, office.ActManage, path)
	if !stands {
		if v.Heir, _, err = s.Offices.Below(ctx, by, v.Office.Successor, "", 1); fault.Is(err, fault.Forbidden) {
			v.Heir, err = office.Office{Path: v.Office.Successor, Name: v.Office.Successor}, nil // beyond one's reach
		}
	}
	return v, err
}

// again shows the page once more with what was typed and why it was refused; what is no refusal is returned.
func (s *site) again(w http.ResponseWriter, r *http.Request, refused error, typed func(*showView)) error {
	f, ok := fault.Of(refused)
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return refused
	}
	v, err := s.view(r)
	if err != nil {
		return err
	}
	typed(&v)
	v.Errors = design.ErrorsOf(r.Context(), refused)
	return page.Render(w, r, f.Kind.Status(), showPage(v))
}

// rename is POST /admin/offices/{path}/name.
func (s *site) rename(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name string `form:"name"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	path := r.PathValue("path")
	if err := s.Offices.Rename(r.Context(), actor.FromContext(r.Context()), path, in.Name); err != nil {
		return s.again(w, r, err, func(v *showView) { v.Name = in.Name })
	}
	web.Redirect(w, r, "/admin/offices/"+path+"?done=renamed")
	return nil
}

type postForm struct {
	Login string `form:"login"`
	Role  string `form:"role"`
	Items string `form:"items"`
	Until string `form:"until"`
}

var baseCode = regexp.MustCompile(`^[0-9A-Z]{12}$`)

// appoint is POST /admin/offices/{path}/posts.
func (s *site) appoint(w http.ResponseWriter, r *http.Request) error {
	ctx, path := r.Context(), r.PathValue("path")
	var in postForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.grant(ctx, actor.FromContext(ctx), path, in)
	if err != nil {
		return s.again(w, r, err, func(v *showView) { v.Login, v.Role, v.Items, v.Until = in.Login, in.Role, in.Items, in.Until })
	}
	web.Redirect(w, r, "/admin/offices/"+path+"?done=granted")
	return nil
}

func (s *site) grant(ctx context.Context, by actor.Actor, path string, in postForm) error {
	if err := s.Offices.Check(by, office.ActGrant, actor.Target{OfficePath: path}); err != nil {
		return err
	}
	refused := fault.New(fault.Invalid, "office.bad_post")
	a := office.Appointment{Role: in.Role, OfficePath: path}
	holder, err := s.Accounts.Find(ctx, by, in.Login)
	switch {
	case fault.Is(err, fault.NotFound):
		refused.Field("login", "account.no_account")
	case err != nil:
		return err
	case holder.Use == account.Citizen:
		refused.Field("login", "office.not_officer")
	case (holder.Use == account.Administrator) != administrative(in.Role) && in.Role != "":
		refused.Field("role", "office.role_kind")
	}
	a.AccountID = holder.ID
	for _, code := range strings.FieldsFunc(in.Items, func(c rune) bool { return c == ',' || c == '，' || c == ' ' || c == '\n' || c == '\r' }) {
		if !baseCode.MatchString(code) {
			refused.Field("items", "office.item_code")
			break
		}
		a.Items = append(a.Items, code)
	}
	if in.Until != "" {
		day, err := civil.Parse(in.Until)
		if err != nil {
			refused.Field("until", "office.until_date")
		} else {
			a.Until = day.End()
		}
	}
	if err := refused.OrNil(); err != nil {
		return err
	}
	return s.Offices.Appoint(ctx, by, a)
}

func administrative(role string) bool {
	return role == office.RoleAdmin || role == office.RoleSecurity || role == office.RoleAuditor
}

// end is POST /admin/posts/{id}/end.
func (s *site) end(w http.ResponseWriter, r *http.Request) error {
	if err := s.Offices.Remove(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	to := page.LocalPath(r.PostFormValue("back"))
	if !strings.HasPrefix(to, "/admin/") {
		to = "/admin/offices"
	}
	web.Redirect(w, r, to+"?done=ended")
	return nil
}
