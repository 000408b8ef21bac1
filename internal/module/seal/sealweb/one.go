package sealweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type oneView struct {
	seal.View
	Path   string // of the picture
	Done   string
	Why    string // as typed by who reviews
	Errors design.Errors
}

// one is GET /seals/{id}.
func (s *site) one(w http.ResponseWriter, r *http.Request) error {
	return s.showOne(w, r, http.StatusOK, oneView{Done: r.URL.Query().Get("done")})
}

func (s *site) showOne(w http.ResponseWriter, r *http.Request, status int, v oneView) (err error) {
	ctx, id := r.Context(), r.PathValue("id")
	if v.View, err = s.Seals.Get(ctx, by(r), id); err != nil {
		return err
	}
	drawn, err := s.Seals.Picture(ctx, by(r), id)
	if err != nil {
		return err
	}
	v.Path = drawn.Path()
	return page.Render(w, r, status, onePage(v))
}

// done leads back to the page after err was nil, and shows it again with what was refused.
func (s *site) done(w http.ResponseWriter, r *http.Request, what string, v oneView, err error) error {
	if fault.Is(err, fault.Invalid) {
		v.Errors = design.ErrorsOf(r.Context(), err)
		return s.showOne(w, r, http.StatusUnprocessableEntity, v)
	}
	if err == nil {
		web.Redirect(w, r, sealAt(r.PathValue("id"))+"?done="+what)
	}
	return err
}

// examine is POST /seals/{id}/examine. What is approved is made at once; when the device can't, it waits for [site.make].
func (s *site) examine(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	var in struct {
		Decision string `form:"decision"`
		Why      string `form:"why"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	grant := in.Decision == "approve"
	if !grant && in.Decision != "refuse" {
		return s.done(w, r, "", oneView{Why: in.Why}, fault.New(fault.Invalid, "seal.bad_review").Field("decision", "seal.review.choose"))
	}
	if err := s.Seals.Examine(ctx, by(r), id, grant, in.Why); err != nil {
		return s.done(w, r, "", oneView{Why: in.Why}, err)
	}
	if !grant {
		return s.done(w, r, "refused", oneView{}, nil)
	}
	err := s.Seals.Make(ctx, by(r), id)
	if fault.Is(err, fault.Busy) || fault.Is(err, fault.Conflict) {
		return s.done(w, r, "approved", oneView{}, nil) // the page offers to make it
	}
	return s.done(w, r, "made", oneView{}, err)
}

// make is POST /seals/{id}/make.
func (s *site) make(w http.ResponseWriter, r *http.Request) error {
	return s.done(w, r, "made", oneView{}, s.Seals.Make(r.Context(), by(r), r.PathValue("id")))
}

// move is POST /seals/{id}/move.
func (s *site) move(w http.ResponseWriter, r *http.Request) error {
	ground := seal.Ground(r.FormValue("ground"))
	return s.done(w, r, string(ground), oneView{}, s.Seals.Move(r.Context(), by(r), r.PathValue("id"), ground))
}

// appoint is POST /seals/{id}/appoint.
func (s *site) appoint(w http.ResponseWriter, r *http.Request) error {
	err := s.Seals.Appoint(r.Context(), by(r), r.PathValue("id"), r.FormValue("person"), seal.Role(r.FormValue("role")))
	return s.done(w, r, "appointed", oneView{}, err)
}

// dismiss is POST /seals/{id}/dismiss.
func (s *site) dismiss(w http.ResponseWriter, r *http.Request) error {
	err := s.Seals.Dismiss(r.Context(), by(r), r.PathValue("id"), r.FormValue("person"), seal.Role(r.FormValue("role")))
	return s.done(w, r, "dismissed", oneView{}, err)
}

func (v oneView) title() string { return v.Name + v.Line }

// doneText says what was just done; an address somebody made up says nothing.
func doneText(ctx context.Context, what string) string {
	switch what {
	case "applied", "approved", "refused", "made", "lost", "stopped", "found", "cancelled", "appointed", "dismissed":
		return said(ctx, "seal.done.", what)
	}
	return ""
}

func facts(ctx context.Context, v oneView) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "seal.owner"), Value: v.Owner.Name}, {Key: page.T(ctx, "seal.kind_name"), Value: kindName(ctx, v.Kind)},
		{Key: page.T(ctx, "seal.number"), Value: orDash(v.EsID)}, {Key: page.T(ctx, "seal.size"), Value: page.T(ctx, "seal.size_is", v.Width, v.Height)},
		{Key: page.T(ctx, "seal.applied_at"), Value: page.Date(ctx, v.AppliedAt)}}
	if !v.To.IsZero() {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "seal.validity"), Value: page.T(ctx, "seal.validity_is", page.Date(ctx, v.From), page.Date(ctx, v.To))})
	} else {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "seal.validity"), Value: page.T(ctx, "seal.years_is", v.Years)})
	}
	if v.Reason != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "seal.reason"), Value: v.Reason})
	}
	if v.Refusal != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "seal.refusal"), Value: v.Refusal})
	}
	return rows
}

func holderColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "seal.holder.name")}, {Text: page.T(ctx, "seal.holder.role")}, {Text: page.T(ctx, "seal.holder.from")}}
}

func holderRows(ctx context.Context, list []seal.Holder) []design.Row {
	rows := make([]design.Row, len(list))
	for i, h := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: h.Name}, {Text: said(ctx, "seal.role.", string(h.Role))}, {Text: page.Date(ctx, h.FromAt)}}}
	}
	return rows
}

func history(ctx context.Context, list []seal.Move) []design.TimelineEvent {
	out := make([]design.TimelineEvent, len(list))
	for i, m := range list {
		out[i] = design.TimelineEvent{Title: said(ctx, "seal.ground.", string(m.Ground)), At: page.DateTime(ctx, m.FromAt)}
	}
	return out
}

func people(list []seal.Person) []design.Option {
	out := make([]design.Option, len(list))
	for i, p := range list {
		out[i] = design.Option{Value: p.ID, Text: p.Name}
	}
	return out
}

// roles are those who looks may name.
func roles(ctx context.Context, v oneView) (out []design.Option) {
	out = []design.Option{{Value: string(seal.Operator), Text: page.T(ctx, "seal.role.operator")}}
	if v.Owns {
		out = append(out, design.Option{Value: string(seal.Manager), Text: page.T(ctx, "seal.role.manager")})
	}
	return out
}

// grounds are the moves who looks may make now.
func grounds(v oneView) (out []seal.Ground) {
	manages := v.Owns || v.Manages
	switch {
	case v.State == seal.InUse && manages:
		return []seal.Ground{seal.Lost, seal.Stopped, seal.Cancelled}
	case v.State == seal.InUse && v.Operates:
		return []seal.Ground{seal.Lost}
	case v.State == seal.Suspended && manages:
		return []seal.Ground{seal.Found, seal.Cancelled}
	}
	return nil
}

func groundKind(g seal.Ground) design.ButtonKind {
	if g == seal.Cancelled {
		return design.Danger
	}
	return design.Secondary
}
