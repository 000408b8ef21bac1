package keeperweb

import (
	"context"
	"net/http"
	"net/url"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

const feedbackAt = "/desk/library/feedback"

func (s *site) feedbackRoutes(r *web.Router) {
	r.Page("GET "+feedbackAt, web.Staff, s.feedback)
	r.Page("GET "+feedbackAt+"/{id}", web.Staff, s.oneFeedback)
	r.Page("POST "+feedbackAt+"/{id}/answer", web.Staff, s.answerFeedback)
}

type feedbackListView struct {
	Rows            []item.Feedback
	Next, Object    string
	Answered, Paged bool
	Done            bool
}

// feedback is GET /desk/library/feedback: what readers say of the guides of somebody's offices.
func (s *site) feedback(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := feedbackListView{Answered: q.Get("show") == "answered", Object: q.Get("item"), Paged: q.Get("after") != "", Done: q.Get("done") != ""}
	rows, err := s.Items.Feedback(ctx, actor.FromContext(ctx), item.FeedbackQuery{Answered: v.Answered, Object: v.Object, After: q.Get("after"), Limit: rowsShown + 1})
	if err != nil {
		return err
	}
	if len(rows) > rowsShown {
		rows = rows[:rowsShown]
		v.Next = rows[rowsShown-1].ID
	}
	v.Rows = rows
	return page.Render(w, r, http.StatusOK, feedbackListPage(v))
}

type feedbackView struct {
	item.Feedback
	MayAnswer bool
	Typed     string
	Errors    design.Errors
}

// oneFeedback is GET /desk/library/feedback/{id}.
func (s *site) oneFeedback(w http.ResponseWriter, r *http.Request) error {
	return s.showFeedback(w, r, http.StatusOK, feedbackView{})
}

func (s *site) showFeedback(w http.ResponseWriter, r *http.Request, status int, v feedbackView) (err error) {
	by := actor.FromContext(r.Context())
	if v.Feedback, err = s.Items.ReadFeedback(r.Context(), by, r.PathValue("id")); err != nil {
		return err
	}
	v.MayAnswer = s.Items.MayAnswer(by, v.Feedback)
	return page.Render(w, r, status, feedbackPage(v))
}

// answerFeedback is POST /desk/library/feedback/{id}/answer.
func (s *site) answerFeedback(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Answer string `form:"answer"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.Items.AnswerFeedback(ctx, actor.FromContext(ctx), r.PathValue("id"), in.Answer)
	if fault.Is(err, fault.Invalid) {
		return s.showFeedback(w, r, http.StatusUnprocessableEntity, feedbackView{Typed: in.Answer, Errors: design.ErrorsOf(ctx, err)})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, feedbackAt+"?done=answered")
	return nil
}

func (v feedbackListView) address(answered bool, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"item": v.Object, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if answered {
		q.Set("show", "answered")
	}
	if len(q) == 0 {
		return feedbackAt
	}
	return feedbackAt + "?" + q.Encode()
}

func (v feedbackListView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.Paged {
		p.First = v.address(v.Answered, "")
	}
	if v.Next != "" {
		p.Next = v.address(v.Answered, v.Next)
	}
	return p
}

// switches lead between what waits and what was answered.
func (v feedbackListView) switches(ctx context.Context) []design.Link {
	return []design.Link{{Text: page.T(ctx, "keeper.feedback.waiting"), Href: v.address(false, ""), Current: !v.Answered},
		{Text: page.T(ctx, "keeper.feedback.answered"), Href: v.address(true, ""), Current: v.Answered}}
}

func feedbackColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.feedback.category")}, {Text: page.T(ctx, "keeper.todo.object")}, {Text: page.T(ctx, "keeper.todo.since")}}
}

func feedbackRows(ctx context.Context, list []item.Feedback) []design.Row {
	rows := make([]design.Row, len(list))
	for i, f := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: page.T(ctx, "keeper.feedback.category."+string(f.Category)), Href: feedbackAt + "/" + f.ID, Note: beginning(f.Said)},
			{Text: f.Object, Href: "/items/" + f.Object}, {Text: page.Date(ctx, f.SentAt)}}}
	}
	return rows
}

// beginning is the first words of a text, for a list.
func beginning(text string) string {
	const shown = 40
	if r := []rune(text); len(r) > shown {
		return string(r[:shown]) + "…"
	}
	return text
}

func oneFeedbackRows(ctx context.Context, v feedbackView) []design.SummaryRow {
	guide := design.Link{Text: page.T(ctx, "keeper.feedback.open"), Href: "/items/" + v.Object}
	return []design.SummaryRow{{Key: page.T(ctx, "keeper.todo.object"), Value: v.Object, Action: &guide},
		{Key: page.T(ctx, "keeper.feedback.said"), Value: v.Said},
		{Key: page.T(ctx, "keeper.feedback.version"), Value: page.T(ctx, "keeper.feedback.version_of", v.Version)},
		{Key: page.T(ctx, "keeper.todo.since"), Value: page.Date(ctx, v.SentAt)}}
}
