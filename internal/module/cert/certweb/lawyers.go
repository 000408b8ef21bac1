package certweb

import (
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// lawyerType is the type of lawyers' certificates (律师执业证).
const lawyerType = "lawyer"

type lawyerView struct {
	Q      string `form:"q"`
	Asked  bool
	Rows   []cert.PublicEntry
	Errors design.Errors
}

// askLawyer is GET /lawyers.
func (s *site) askLawyer(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, lawyerPage(lawyerView{}))
}

// findLawyer is POST /lawyers: what is looked for stands in no address, where proxies would keep it.
func (s *site) findLawyer(w http.ResponseWriter, r *http.Request) error {
	if err := s.searching.Allow(web.Address(r)); err != nil {
		return err
	}
	var v lawyerView
	if err := page.Bind(r, &v); err != nil {
		return err
	}
	list, err := s.Certs.FindPublic(r.Context(), actor.FromContext(r.Context()), lawyerType, v.Q)
	if refusal(err) {
		v.Errors = design.ErrorsOf(r.Context(), err)
		return page.Render(w, r, http.StatusUnprocessableEntity, lawyerPage(v))
	}
	if err != nil {
		return err
	}
	v.Asked, v.Rows = true, list
	return page.Render(w, r, http.StatusOK, lawyerPage(v))
}
