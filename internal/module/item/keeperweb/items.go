package keeperweb

import (
	"context"
	"net/http"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

func (s *site) itemRoutes(r *web.Router) {
	r.Page("GET /desk/library/items", web.Staff, s.items)
	r.Page("GET /desk/library/items/new", web.Staff, s.newItem)
	r.Page("POST /desk/library/items/new", web.Staff, s.beginItem)
	r.Page("GET /desk/library/items/{code}", web.Staff, s.item)
	r.Page("POST /desk/library/items/{code}/draft", web.Staff, s.beginDraft)
	r.Page("POST /desk/library/items/{code}/sections/{section}", web.Staff, s.saveSection)
	s.versionRoutes(r)
	s.standingRoutes(r)
	s.draftRoutes(r)
	s.bulkRoutes(r)
	s.entryRoutes(r)
	s.offerRoutes(r)
	s.fileRoutes(r)
}

// filter is what a list of base items is narrowed by.
type filter struct {
	Text       string `form:"q"`
	Department string `form:"department"`
	Kind       string `form:"kind"`
	State      string `form:"state"`
	After      string `form:"after"`
}

func (f filter) query(limit int) item.KeptQuery {
	return item.KeptQuery{Text: f.Text, Department: f.Department, Kind: item.Kind(f.Kind), State: item.State(f.State), After: f.After, Limit: limit}
}

func (f filter) at(path, after string, more ...string) string {
	return query(path, append(more, "q", f.Text, "department", f.Department, "kind", f.Kind, "state", f.State, "after", after)...)
}

type itemsView struct {
	filter
	Rows []item.Kept
	Next string
}

// items is GET /desk/library/items: the base catalogue.
func (s *site) items(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v itemsView
	if err := page.Bind(r, &v.filter); err != nil {
		return err
	}
	var err error
	if v.Rows, v.Next, err = s.Items.Kept(ctx, actor.FromContext(ctx), v.query(rowsShown)); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, itemsPage(v))
}

func (v itemsView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.After != "" {
		p.First = v.at("/desk/library/items", "")
	}
	if v.Next != "" {
		p.Next = v.at("/desk/library/items", v.Next)
	}
	return p
}

func itemColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.items.name")}, {Text: page.T(ctx, "keeper.element.department")}, {Text: page.T(ctx, "keeper.items.state")},
		{Text: page.T(ctx, "keeper.items.version"), Number: true}, {Text: page.T(ctx, "keeper.items.entries"), Number: true}, {Text: page.T(ctx, "keeper.items.draft")}}
}

func itemRows(ctx context.Context, list []item.Kept) []design.Row {
	rows := make([]design.Row, len(list))
	for i, k := range list {
		draft := design.Cell{Text: "—"}
		if k.Draft != nil {
			draft = design.Cell{Text: said(ctx, "keeper.draft.state.", string(k.Draft.State)), Href: draftAt(k.Draft.ID)}
		}
		rows[i] = design.Row{Cells: []design.Cell{{Text: k.Name, Href: itemAt(k.Code()), Note: k.Code() + " " + kindName(ctx, string(k.Kind))}, {Text: k.Department},
			{View: design.Badge(*stateBadge(ctx, k.State))}, {Text: strconv.Itoa(k.Version)}, {Text: design.Number(k.Entries)}, draft}}
	}
	return rows
}

func kindName(ctx context.Context, kind string) string { return said(ctx, "item.kind.", kind) }

func kindOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, k := range item.Kinds() {
		list = append(list, design.Option{Value: string(k), Text: kindName(ctx, string(k))})
	}
	return list
}

func stateOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, s := range []item.State{item.InUse, item.Paused, item.Cancelled} {
		list = append(list, design.Option{Value: string(s), Text: said(ctx, "keeper.state.", string(s))})
	}
	return list
}

type newView struct {
	Code       string `form:"code"`
	Name       string `form:"name"`
	Department string `form:"department"`
	Errors     design.Errors
}

// newItem is GET /desk/library/items/new.
func (s *site) newItem(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if _, err := s.Items.Drafts(ctx, actor.FromContext(ctx), "", "", 1); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, newPage(newView{}))
}

// beginItem is POST /desk/library/items/new: the draft of an item that does not exist yet.
func (s *site) beginItem(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v newView
	if err := page.Bind(r, &v); err != nil {
		return err
	}
	d := item.Definition{Code: v.Code, Name: v.Name, Short: v.Name, Department: v.Department, LegalUnit: item.WorkingDays, PromiseUnit: item.WorkingDays}
	if len(v.Code) > 4 {
		d.Kind = item.Kind(v.Code[2:4])
	}
	draft, err := s.Items.BeginNew(ctx, actor.FromContext(ctx), d)
	if refused(err) {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, status(err), newPage(v))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, itemAt(draft.BaseCode)+"?done=begun")
	return nil
}
