package keeperweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

func (s *site) offerRoutes(r *web.Router) {
	r.Page("GET /desk/library/claims", web.Staff, s.offers)
	r.Page("POST /desk/library/claims", web.Staff, s.takeUp)
}

type offersView struct {
	Rows  []item.Offer
	After string
	Next  string
	Done  string
}

// offers is GET /desk/library/claims: base items one's offices may take up and have not.
func (s *site) offers(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := offersView{After: q.Get("after"), Done: q.Get("done")}
	var err error
	if v.Rows, v.Next, err = s.Items.Offers(ctx, actor.FromContext(ctx), v.After); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, offersPage(v))
}

// takeUp is POST /desk/library/claims.
func (s *site) takeUp(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Base   string `form:"base"`
		Office string `form:"office"`
		After  string `form:"after"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	_, err := s.Items.ProposeClaim(ctx, actor.FromContext(ctx), in.Base, in.Office)
	if fault.HasKey(err, "item.proposal_open_already") {
		err = nil // pressed twice: it waits already
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, query("/desk/library/claims", "after", in.After, "done", "taken"))
	return nil
}

func (v offersView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.After != "" {
		p.First = "/desk/library/claims"
	}
	if v.Next != "" {
		p.Next = query("/desk/library/claims", "after", v.Next)
	}
	return p
}

func offerColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.items.name")}, {Text: page.T(ctx, "keeper.entry.office")}, {Text: page.T(ctx, "keeper.claim.do"), Hidden: true}}
}

func (v offersView) rows() []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for i, o := range v.Rows {
		rows[i] = design.Row{Cells: []design.Cell{{Text: o.Name, Href: itemAt(o.Base), Note: o.Base}, {Text: o.Office.Name}, {View: takeUpForm(o, v.After)}}}
	}
	return rows
}
