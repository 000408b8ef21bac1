package accountweb

import (
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type homeView struct {
	Region  string
	Regions func(parent string) []design.Option
	Errors  design.Errors
}

// homeForm is GET /me/home.
func (s *site) homeForm(w http.ResponseWriter, r *http.Request) error {
	by := actor.FromContext(r.Context())
	return page.Render(w, r, http.StatusOK, homePage(homeView{Region: by.Region.String(), Regions: s.regionsOf(r)}))
}

// setHome is POST /me/home. Without scripts the picker's own button only asks for the next list.
func (s *site) setHome(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "account.bad_home").Because(err)
	}
	v := homeView{Region: design.RegionValue(r.PostForm["region"]), Regions: s.regionsOf(r)}
	if r.PostForm.Has("region.refine") {
		return page.Render(w, r, http.StatusOK, homePage(v))
	}
	err := s.Accounts.SetHome(ctx, actor.FromContext(ctx), v.Region)
	if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, f.Kind.Status(), homePage(v))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/me?done=home")
	return nil
}

func (s *site) regionsOf(r *http.Request) func(parent string) []design.Option {
	return func(parent string) []design.Option { return s.Regions(r.Context(), parent) }
}
