package sealweb

import (
	"context"
	"net/http"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type applyView struct {
	Owner    seal.OwnerKind
	Offices  []Office
	Of       string
	Kind     string
	Years    int
	Reason   string
	Replaces seal.ID
	Name     string // of the seal that is replaced
	Errors   design.Errors
}

// askNew is GET /seals/new; with ?replaces= for a newer version of a seal.
func (s *site) askNew(w http.ResponseWriter, r *http.Request) error {
	v := applyView{Years: 3, Replaces: r.URL.Query().Get("replaces")}
	return s.showApply(w, r, http.StatusOK, v)
}

func (s *site) showApply(w http.ResponseWriter, r *http.Request, status int, v applyView) (err error) {
	ctx, who := r.Context(), by(r)
	v.Owner = seal.Company
	if who.Kind == actor.Officer {
		v.Owner = seal.Office
		if v.Offices, err = s.Offices(ctx, who); err != nil {
			return err
		}
	}
	if v.Owner == seal.Company && who.Company == "" || v.Owner == seal.Office && len(v.Offices) == 0 {
		return fault.New(fault.Forbidden, "seal.no_right")
	}
	if v.Replaces != "" {
		before, err := s.Seals.Get(ctx, who, v.Replaces)
		if err != nil {
			return err
		}
		v.Of, v.Kind, v.Name = before.Owner.ID, string(before.Kind), before.Name+before.Line
	}
	if v.Of == "" && len(v.Offices) > 0 {
		v.Of = v.Offices[0].Path
	}
	return page.Render(w, r, status, applyPage(v))
}

// apply is POST /seals.
func (s *site) apply(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), by(r)
	var in struct {
		Of       string `form:"of"`
		Kind     string `form:"kind"`
		Years    int    `form:"years"`
		Reason   string `form:"reason"`
		Replaces string `form:"replaces"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	a := seal.Application{Owner: seal.Company, OwnerID: who.Company, Kind: seal.Kind(in.Kind), Years: in.Years, Reason: in.Reason, Replaces: in.Replaces}
	if who.Kind == actor.Officer {
		a.Owner, a.OwnerID = seal.Office, in.Of
	}
	id, err := s.Seals.Apply(ctx, who, a)
	if fault.Is(err, fault.Invalid) {
		return s.showApply(w, r, http.StatusUnprocessableEntity, applyView{Of: in.Of, Kind: in.Kind, Years: in.Years, Reason: in.Reason, Replaces: in.Replaces,
			Errors: design.ErrorsOf(ctx, err)})
	}
	if err == nil {
		web.Redirect(w, r, sealAt(id)+"?done=applied")
	}
	return err
}

func officeOptions(list []Office) []design.Option {
	out := make([]design.Option, len(list))
	for i, o := range list {
		out[i] = design.Option{Value: o.Path, Text: o.Name}
	}
	return out
}

func kindOptions(ctx context.Context, v applyView) (out []design.ChoiceOption) {
	for _, k := range seal.KindsOf(v.Owner) {
		if v.Replaces == "" || v.Kind == string(k) {
			out = append(out, design.ChoiceOption{Value: string(k), Text: kindName(ctx, k)})
		}
	}
	return out
}

func yearOptions(ctx context.Context) (out []design.Option) {
	for n := 1; n <= seal.MostYears; n++ {
		out = append(out, design.Option{Value: strconv.Itoa(n), Text: page.T(ctx, "seal.years_is", n)})
	}
	return out
}
