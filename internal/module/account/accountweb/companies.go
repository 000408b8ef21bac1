package accountweb

import (
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type companiesView struct {
	Acting    string // the company acted for; "" for oneself
	Rows      []account.Agency
	Wards     []account.Ward
	Guardians []account.Guardianship // who looks after the person, an adult
	Done      string
}

// companies is GET /me/companies: for whom the person may act.
func (s *site) companies(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	if by.Kind != actor.Person {
		return fault.New(fault.Forbidden, "account.companies.persons")
	}
	list, err := s.Accounts.Agencies(ctx, by)
	if err != nil {
		return err
	}
	wards, err := s.Accounts.Wards(ctx, by)
	if err != nil {
		return err
	}
	guardians, err := s.Accounts.Guardians(ctx, by)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, companiesPage(companiesView{Acting: by.Company, Rows: list, Wards: wards, Guardians: guardians, Done: r.URL.Query().Get("done")}))
}

// act is POST /me/companies/act: from now on the browser acts for this company, or with none for the person itself.
func (s *site) act(w http.ResponseWriter, r *http.Request) error {
	e := s.Sessions.Current(r.Context())
	e.Session.Company = r.PostFormValue("company")
	if _, err := s.Accounts.ActorOf(r.Context(), e.Session); err != nil {
		return err
	}
	if err := s.Sessions.Change(r, e); err != nil {
		return err
	}
	web.Redirect(w, r, "/me/companies?done=switched")
	return nil
}

type companyView struct {
	Name    string `form:"name"`
	Number  string `form:"number"`
	Address string `form:"address"`
	Errors  design.Errors
}

// companyForm is GET /me/companies/new.
func (s *site) companyForm(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, companyPage(companyView{}))
}

// registerCompany is POST /me/companies: the legal representative brings the company in and acts for it at once.
func (s *site) registerCompany(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v companyView
	if err := page.Bind(r, &v); err != nil {
		return err
	}
	in := account.CompanyRegistration{Name: v.Name, Number: spaceless(v.Number), Address: v.Address}
	if c, err := uscc.Parse(in.Number); err == nil {
		in.Region = c.Region() + "000000" // a code names the county whose office registered it
	}
	id, err := s.Accounts.RegisterCompany(ctx, actor.FromContext(ctx), in)
	if f, ok := fault.Of(err); ok && f.Kind != fault.Forbidden {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, f.Kind.Status(), companyPage(v))
	}
	if err != nil {
		return err
	}
	if e := s.Sessions.Current(ctx); e.Session.Account != "" {
		e.Session.Company = id
		if err := s.Sessions.Change(r, e); err != nil {
			return err
		}
	}
	web.Redirect(w, r, "/me/companies?done=registered")
	return nil
}

type agentsView struct {
	Rows      []account.Agent
	CanManage bool
	Done      string
	Name      string `form:"name"`
	Number    string `form:"number"`
	Role      string `form:"role"`
	Errors    design.Errors
}

// agents is GET /me/agents: who may act for the company acted for.
func (s *site) agents(w http.ResponseWriter, r *http.Request) error {
	if actor.FromContext(r.Context()).Company == "" {
		web.Redirect(w, r, "/me/companies")
		return nil
	}
	return s.showAgents(w, r, http.StatusOK, agentsView{Done: r.URL.Query().Get("done"), Role: account.RoleAgent})
}

func (s *site) showAgents(w http.ResponseWriter, r *http.Request, status int, v agentsView) (err error) {
	if v.Rows, err = s.Accounts.Agents(r.Context(), actor.FromContext(r.Context())); err != nil {
		return err
	}
	for _, a := range v.Rows {
		v.CanManage = v.CanManage || a.Self && a.Role != account.RoleAgent
	}
	return page.Render(w, r, status, agentsPage(v))
}

// invite is POST /me/agents.
func (s *site) invite(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v agentsView
	if err := page.Bind(r, &v); err != nil {
		return err
	}
	err := s.Accounts.Invite(ctx, actor.FromContext(ctx), v.Name, spaceless(v.Number), v.Role)
	if fault.Is(err, fault.Invalid) {
		v.Errors = design.ErrorsOf(ctx, err)
		return s.showAgents(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/me/agents?done=invited")
	return nil
}

// endAgent is POST /me/agents/{id}/end.
func (s *site) endAgent(w http.ResponseWriter, r *http.Request) error {
	if err := s.Accounts.EndAgent(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/me/agents?done=agent_ended")
	return nil
}
