package hallweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type mandatesView struct {
	List  []hall.Mandate
	Deeds []hall.Deed
	Today civil.Date
	Done  string
	Pager *design.PagerParams
}

// mandates is GET /me/mandates: who may act for somebody, and what was done for him.
func (s *site) mandates(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := mandatesView{Done: q.Get("done")}
	var err error
	if v.List, _, err = s.Halls.Mandates(ctx, by(r), "", 50); err != nil {
		return err
	}
	var next string
	if v.Deeds, next, err = s.Halls.DeedsFor(ctx, by(r), q.Get("after"), rowsShown); err != nil {
		return err
	}
	if v.Today, err = s.Halls.Today(ctx, by(r)); err != nil {
		return err
	}
	v.Pager = pager("/me/mandates", nil, q.Get("after"), next)
	return page.Render(w, r, http.StatusOK, mandatesPage(v))
}

// endMandate is POST /me/mandates/{id}/end.
func (s *site) endMandate(w http.ResponseWriter, r *http.Request) error {
	if err := s.Halls.EndMandate(r.Context(), by(r), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/me/mandates?done=ended")
	return nil
}

func mandateRows(ctx context.Context, m hall.Mandate) []design.SummaryRow {
	scope := m.ItemName
	if m.BaseCode == "" {
		scope = page.T(ctx, "hall.every_item")
	}
	return []design.SummaryRow{{Key: page.T(ctx, "hall.scope"), Value: scope}, {Key: page.T(ctx, "hall.mandate_words"), Value: m.Words},
		{Key: page.T(ctx, "hall.until"), Value: page.Civil(ctx, m.UntilOn.String())}, {Key: page.T(ctx, "hall.made_at"), Value: page.DateTime(ctx, m.MadeAt)}}
}

func (v mandatesView) badge(ctx context.Context, m hall.Mandate) *design.BadgeParams {
	switch {
	case !m.EndedAt.IsZero():
		return &design.BadgeParams{Text: page.T(ctx, "hall.mandate_ended"), Tone: design.Muted}
	case !m.Runs(v.Today):
		return &design.BadgeParams{Text: page.T(ctx, "hall.mandate_over"), Tone: design.Muted}
	}
	return &design.BadgeParams{Text: page.T(ctx, "hall.mandate_runs"), Tone: design.Good}
}

func deedColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "hall.business")}, {Text: page.T(ctx, "hall.done_by")}, {Text: page.T(ctx, "hall.when")}}
}

// deedRows say of each act: by whom for whom, and by what right.
func deedRows(ctx context.Context, list []hall.Deed) []design.Row {
	rows := make([]design.Row, len(list))
	for i, d := range list {
		right := page.T(ctx, "hall.you_were_there")
		if d.MandateID != "" {
			right = page.T(ctx, "hall.by_mandate")
		}
		c := design.Cell{Text: d.ItemName, Note: page.T(ctx, "hall.not_handed")}
		if d.CaseNumber != "" {
			c.Href, c.Note = "/cases/"+d.CaseNumber, d.CaseNumber
		}
		rows[i] = design.Row{Cells: []design.Cell{c, {Text: page.T(ctx, "hall.by_for", d.Post), Note: right}, {Text: page.DateTime(ctx, d.BegunAt)}}}
	}
	return rows
}

type mandateForm struct {
	Kind   string `form:"kind"`
	Number string `form:"number"`
	Name   string `form:"name"`
	Item   string `form:"item"`
	Words  string `form:"words"`
	Until  string `form:"until"`
}

type mandateView struct {
	mandateForm
	Done   string
	Errors design.Errors
}

// askMandate is GET /desk/mandates/new.
func (s *site) askMandate(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.Halls.Running(r.Context(), by(r), ""); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, mandatePage(mandateView{mandateForm: mandateForm{Kind: "person"}, Done: r.URL.Query().Get("done")}))
}

// authorise is POST /desk/mandates/new.
func (s *site) authorise(w http.ResponseWriter, r *http.Request) error {
	var in mandateForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.authorised(r, in)
	f, ok := fault.Of(err)
	switch {
	case err == nil:
		web.Redirect(w, r, "/desk/mandates/new?done=authorised")
		return nil
	case ok && (f.Kind == fault.Invalid || f.Kind == fault.NotFound):
		return page.Render(w, r, http.StatusUnprocessableEntity, mandatePage(mandateView{mandateForm: in, Errors: design.ErrorsOf(r.Context(), err)}))
	}
	return err
}

func (s *site) authorised(r *http.Request, in mandateForm) error {
	ctx := r.Context()
	m := hall.Mandate{Words: in.Words, OfficeName: s.Workshop(by(r))}
	if in.Item != "" {
		e, err := s.entry(ctx, in.Item)
		if err != nil {
			return fault.New(fault.Invalid, "hall.no_item").Field("item", "hall.no_item")
		}
		m.BaseCode, m.ItemName = e.BaseCode, e.Short
	}
	m.UntilOn, _ = civil.Parse(in.Until) // no date is refused below
	subject, err := s.identified(ctx, by(r), in.Kind, hall.Card{Name: in.Name, Number: in.Number}, false)
	if err != nil {
		return err
	}
	m.SubjectID = subject
	_, err = s.Halls.Authorise(ctx, by(r), m)
	return err
}
