package powerweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/page"
)

type deskView struct {
	power.Adjustments
	Ended, Paged bool
}

// desk is GET /desk/powers: the adjustments of the list within somebody's reach.
func (s *site) desk(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := deskView{Ended: q.Get("show") == "ended", Paged: q.Get("after") != ""}
	list, err := s.Powers.Adjustments(ctx, actor.FromContext(ctx), power.AdjustmentQuery{Ended: v.Ended, After: q.Get("after"), Limit: rowsShown})
	if err != nil {
		return err
	}
	v.Adjustments = list
	return page.Render(w, r, http.StatusOK, deskPage(v))
}

func (v deskView) show() string {
	if v.Ended {
		return "ended"
	}
	return ""
}

func (v deskView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = address("/desk/powers", "show", v.show())
	}
	if v.Next != "" {
		p.Next = address("/desk/powers", "show", v.show(), "after", v.Next)
	}
	return &p
}

// deskTabs lead between the pages of who works on the list; current is the one shown.
func deskTabs(ctx context.Context, current string) []design.Link {
	tabs := []struct{ key, href string }{{"open", "/desk/powers"}, {"ended", "/desk/powers?show=ended"}, {"differences", "/desk/powers/differences"}, {"inspections", inspectionsAt}}
	links := make([]design.Link, len(tabs))
	for i, t := range tabs {
		links[i] = design.Link{Text: said(ctx, "power.tab.", t.key), Href: t.href, Current: t.key == current}
	}
	return links
}

func (v deskView) tab() string {
	if v.Ended {
		return "ended"
	}
	return "open"
}

func deskColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: fieldName(ctx, "name")}, {Text: page.T(ctx, "power.change")}, {Text: fieldName(ctx, "department")}, {Text: page.T(ctx, "power.from")}, {Text: page.T(ctx, "power.stage")}}
}

func deskRows(ctx context.Context, list []power.Adjustment) []design.Row {
	rows := make([]design.Row, len(list))
	for i, a := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: a.Name, Href: adjustmentAt(a.ID), Note: a.Code}, {Text: changeName(ctx, a.Change)}, {Text: departmentName(a.Definition.Department)},
			{Text: page.Civil(ctx, a.From.String())}, {View: design.Badge(stageBadge(ctx, a.Stage))}}}
		if a.Stage == power.Returned {
			rows[i].Tone = design.Warn
		}
	}
	return rows
}

func adjustmentAt(id string) string { return "/desk/powers/" + id }
