package sealweb

import (
	"context"
	"net/http"
	"net/url"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/page"
)

// rowsShown is how many rows one page lists.
const rowsShown = 50

type listView struct {
	seal.Listed
	Paged, Review bool
	MayApply      bool
	At            string
}

// list is GET /seals: the seals of whom one acts for.
func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	ctx, after := r.Context(), r.URL.Query().Get("after")
	list, err := s.Seals.List(ctx, by(r), after, rowsShown)
	if err != nil {
		return err
	}
	may, err := s.mayApply(ctx, by(r))
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, listPage(listView{Listed: list, Paged: after != "", MayApply: may, At: "/seals"}))
}

func (s *site) mayApply(ctx context.Context, who actor.Actor) (bool, error) {
	if who.Kind == actor.Person {
		return who.Company != "", nil
	}
	offices, err := s.Offices(ctx, who)
	return len(offices) > 0, err
}

// desk is GET /desk/seals: the applications that wait for review.
func (s *site) desk(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	list, err := s.Seals.Applications(r.Context(), by(r), after, rowsShown)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, listPage(listView{Listed: list, Paged: after != "", Review: true, At: "/desk/seals"}))
}

func (v listView) title(ctx context.Context) string {
	if v.Review {
		return page.T(ctx, "seal.review.title")
	}
	return page.T(ctx, "seal.list.title")
}

func pager(at string, paged bool, next string) *design.PagerParams {
	p := design.PagerParams{}
	if paged {
		p.First = at
	}
	if next != "" {
		p.Next = at + "?after=" + url.QueryEscape(next)
	}
	return &p
}

func listColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "seal.name")}, {Text: page.T(ctx, "seal.kind_name")}, {Text: page.T(ctx, "seal.number")}, {Text: page.T(ctx, "seal.state_name")},
		{Text: page.T(ctx, "seal.until")}}
}

func listRows(ctx context.Context, list []seal.Seal) []design.Row {
	rows := make([]design.Row, len(list))
	for i, one := range list {
		until := "—"
		if !one.To.IsZero() {
			until = page.Date(ctx, one.To)
		}
		rows[i] = design.Row{Cells: []design.Cell{{Text: one.Name + one.Line, Href: sealAt(one.ID)}, {Text: kindName(ctx, one.Kind)}, {Text: orDash(one.EsID)},
			{Text: stateName(ctx, one.State)}, {Text: until}}}
	}
	return rows
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

func sealAt(id seal.ID) string { return "/seals/" + id }

func kindName(ctx context.Context, k seal.Kind) string { return said(ctx, "seal.kind.", string(k)) }

func stateName(ctx context.Context, s seal.State) string { return said(ctx, "seal.state.", string(s)) }

func stateTone(s seal.State) design.Tone {
	return map[seal.State]design.Tone{seal.Applied: design.Info, seal.Approved: design.Info, seal.Making: design.Info, seal.InUse: design.Good, seal.Suspended: design.Warn,
		seal.Refused: design.Bad, seal.Ended: design.Muted}[s]
}

// section marks where in the site a page stands.
func section(ctx context.Context) string {
	if design.ViewerOf(ctx).Staff() {
		return "desk"
	}
	return "certificates"
}

func crumbs(ctx context.Context, more ...design.Crumb) []design.Crumb {
	return append([]design.Crumb{{Text: page.T(ctx, "seal.list.title"), Href: "/seals"}}, more...)
}

type usesView struct {
	Seal  seal.View
	Rows  []seal.Logged
	Next  string
	Paged bool
}

// uses is GET /seals/{id}/uses: the log of a seal's uses.
func (s *site) uses(w http.ResponseWriter, r *http.Request) error {
	ctx, id, after := r.Context(), r.PathValue("id"), r.URL.Query().Get("after")
	v := usesView{Paged: after != ""}
	var err error
	if v.Seal, err = s.Seals.Get(ctx, by(r), id); err != nil {
		return err
	}
	if v.Rows, v.Next, err = s.Seals.Uses(ctx, by(r), id, after, rowsShown); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, usesPage(v))
}

func usesColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "seal.use.at")}, {Text: page.T(ctx, "seal.use.business")}, {Text: page.T(ctx, "seal.use.by")}, {Text: page.T(ctx, "seal.use.client")},
		{Text: page.T(ctx, "seal.use.digest")}, {Text: page.T(ctx, "seal.state_name")}}
}

func usesRows(ctx context.Context, list []seal.Logged) []design.Row {
	rows := make([]design.Row, len(list))
	for i, u := range list {
		business := design.Cell{Text: said(ctx, "seal.business.", string(u.Business)), Note: u.BusinessID}
		if u.Business == seal.ForRequest {
			business.Note, business.Href = "", requestAt(u.BusinessID)
		}
		rows[i] = design.Row{Cells: []design.Cell{{Text: page.DateTime(ctx, u.At)}, business, {Text: orDash(u.By)}, {Text: said(ctx, "seal.client.", clientName(u.Client))},
			{Text: u.Digest[:16] + "…"}, {Text: said(ctx, "seal.use.state.", u.State)}}}
	}
	return rows
}

// clientName keeps to the ways there are words for.
func clientName(c string) string {
	switch c {
	case "page", "phone", "api", "job":
		return c
	}
	return "other"
}
