package keeperweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// rowsShown is how many to-dos one page lists.
const rowsShown = 50

func (s *site) todoRoutes(r *web.Router) {
	r.Page("GET /desk/library", web.Staff, s.todos)
	r.Page("POST /desk/library/todos/{id}/close", web.Staff, s.closeTodo)
}

type todosView struct {
	Rows   []item.Todo
	Next   string
	Kind   item.TodoKind
	Paged  bool
	Done   bool
	Errors design.Errors
}

// todos is GET /desk/library: what waits for the keepers of somebody's offices.
func (s *site) todos(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return s.showTodos(w, r, http.StatusOK, todosView{Kind: item.TodoKind(q.Get("kind")), Paged: q.Get("after") != "", Done: q.Get("done") != ""})
}

func (s *site) showTodos(w http.ResponseWriter, r *http.Request, status int, v todosView) error {
	ctx := r.Context()
	rows, err := s.Items.Todos(ctx, actor.FromContext(ctx), v.Kind, r.URL.Query().Get("after"), rowsShown+1)
	if err != nil {
		return err
	}
	if len(rows) > rowsShown {
		rows = rows[:rowsShown]
		v.Next = rows[rowsShown-1].ID
	}
	v.Rows = rows
	return page.Render(w, r, status, todosPage(v))
}

// closeTodo is POST /desk/library/todos/{id}/close.
func (s *site) closeTodo(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Answer string `form:"answer"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.Items.CloseTodo(ctx, actor.FromContext(ctx), r.PathValue("id"), in.Answer)
	if fault.Is(err, fault.Invalid) {
		return s.showTodos(w, r, http.StatusUnprocessableEntity, todosView{Errors: design.ErrorsOf(ctx, err)})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/desk/library?done=closed")
	return nil
}

// libraryTabs lead to the keepers' pages; current is the address of the one shown.
func libraryTabs(ctx context.Context, current string) []design.Link {
	tabs := []struct{ key, href string }{{"todos", "/desk/library"}, {"feedback", feedbackAt}, {"items", "/desk/library/items"}, {"drafts", "/desk/library/drafts"}, {"proposals", proposalsAt},
		{"bulk", "/desk/library/bulk"}, {"entries", "/desk/library/entries"}, {"claims", "/desk/library/claims"},
		{"consistency", consistencyAt}, {"reduction", reductionAt}, {"quality", qualityAt}, {"elements", elementsAt}, {"import", importsAt}}
	links := make([]design.Link, 0, len(tabs))
	keeps := actor.FromContext(ctx).Has("keeper")
	for _, t := range tabs {
		if t.key == "claims" && !keeps {
			continue // taking up is the keepers' act: a chief would only be refused
		}
		links = append(links, design.Link{Text: page.T(ctx, "keeper.tab."+t.key), Href: t.href, Current: t.href == current})
	}
	return links
}

func (v todosView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.Paged {
		p.First = "/desk/library?kind=" + url.QueryEscape(string(v.Kind))
	}
	if v.Next != "" {
		p.Next = "/desk/library?kind=" + url.QueryEscape(string(v.Kind)) + "&after=" + v.Next
	}
	return p
}

func todoColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.todo.what")}, {Text: page.T(ctx, "keeper.todo.object")}, {Text: page.T(ctx, "keeper.todo.since")},
		{Text: page.T(ctx, "keeper.todo.close"), Hidden: true}}
}

func todoRows(ctx context.Context, list []item.Todo) []design.Row {
	rows := make([]design.Row, len(list))
	for i, t := range list {
		rows[i] = design.Row{Cells: []design.Cell{
			{Text: page.T(ctx, "keeper.todo.kind."+string(t.Kind)), Note: saidOf(ctx, t)},
			{Text: objectName(ctx, t), Href: objectAt(t)},
			{Text: page.Date(ctx, t.OpenedAt)},
			{View: closeForm(t)},
		}}
	}
	return rows
}

// saidOf says what a to-do is about in the reader's language.
func saidOf(ctx context.Context, t item.Todo) string {
	if t.Kind == item.GuideDisputed && slices.Contains(item.Categories(), item.Category(t.Said)) {
		return page.T(ctx, "keeper.feedback.category."+t.Said)
	}
	if t.Kind == item.PlanVoid && page.Has(ctx, t.Said) {
		return page.T(ctx, t.Said)
	}
	change, from, name, ok := t.Adjustment()
	if !ok {
		return t.Said
	}
	return page.T(ctx, "keeper.todo.power."+string(change), name, page.Civil(ctx, from.String()))
}

// objectName is what a to-do is about: the id of a draft tells nobody anything.
func objectName(ctx context.Context, t item.Todo) string {
	if t.Kind == item.DraftSubmitted || t.Kind == item.DraftBack || t.Kind == item.ProposalMade || t.Kind == item.StepsRefused {
		return said(ctx, "", t.Said)
	}
	return t.Object
}

// objectAt is where a to-do is worked on.
func objectAt(t item.Todo) string {
	if change, _, _, ok := t.Adjustment(); ok && change == power.Adopt {
		return "/powers/" + url.PathEscape(t.Object) // there is no item yet: the power says what it will have to say
	}
	if t.Kind == item.DraftSubmitted || t.Kind == item.DraftBack {
		return draftAt(t.Object)
	}
	if t.Kind == item.ProposalMade || t.Kind == item.StepsRefused {
		return proposalAt(t.Object)
	}
	if t.Kind == item.EntryDeviates {
		return filtered(item.DeviationQuery{Entry: t.Object})
	}
	if t.Kind == item.GuideDisputed && t.Cause != "" {
		return feedbackAt + "/" + url.PathEscape(t.Cause)
	}
	return "/items/" + url.PathEscape(t.Object)
}
