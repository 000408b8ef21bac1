package supervisionweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/platform/page"
)

// rowsShown is how many rows a page lists.
const rowsShown = 50

type casesView struct {
	supervision.List
	Paged bool
}

// cases is GET /desk/supervision/cases: the cases of one office behind a figure.
func (s *site) cases(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	kind := supervision.Kind(q.Get("kind"))
	if kind == "" {
		kind = supervision.AllOpen
	}
	l, err := s.Supervision.Cases(r.Context(), actor.FromContext(r.Context()), q.Get("at"), kind, q.Get("after"), rowsShown)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, casesPage(casesView{l, q.Get("after") != ""}))
}

func (v casesView) address(kind supervision.Kind, after string) string {
	return at("/cases", "at", v.Path, "kind", string(kind), "after", after)
}

func (v casesView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = v.address(v.Kind, "")
	}
	if v.Next != "" {
		p.Next = v.address(v.Kind, v.Next)
	}
	return &p
}

func kindTabs(ctx context.Context, v casesView) []design.Link {
	var list []design.Link
	for _, k := range supervision.Kinds {
		list = append(list, design.Link{Text: said(ctx, "kind", string(k)), Href: v.address(k, ""), Current: k == v.Kind})
	}
	return list
}

func caseColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "supervision.case")}, {Text: page.T(ctx, "supervision.item")}, {Text: page.T(ctx, "supervision.phase")}, {Text: page.T(ctx, "supervision.day")},
		{Text: page.T(ctx, "supervision.act"), Hidden: true}}
}

func caseRows(ctx context.Context, v casesView) []design.Row {
	rows := make([]design.Row, len(v.Cases))
	for i, c := range v.Cases {
		rows[i] = design.Row{Cells: []design.Cell{{Text: c.Number, Href: "/desk/cases/" + c.Number}, {Text: c.ItemName}, {Text: said(ctx, "phase", string(c.Phase))},
			{Text: page.Civil(ctx, c.Day.String()), Note: said(ctx, "day", string(c.Phase))}, {Text: page.T(ctx, "supervision.give_card"), Href: at("/cards/new", "number", c.Number)}}}
	}
	return rows
}
