package itemweb

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

func (s *site) feedbackRoutes(r *web.Router) {
	// None of these pages is kept for strangers: what one of them sent must not be shown to the next.
	r.Page("GET /items/{code}/feedback", web.Public, s.feedback)
	r.Page("POST /items/{code}/feedback", web.Public, s.sendFeedback)
	r.Page("GET /items/{code}/feedback/{id}", web.SignedIn, s.ownFeedback)
}

// feedbackView is the form by which a reader says that a guide is wrong.
type feedbackView struct {
	Entry    *item.Entry
	Code     string // as in the address
	Category string
	Said     string
	Sent     bool
	Told     bool // somebody is signed in, and hears of the answer
	Errors   design.Errors
}

// feedback is GET /items/{code}/feedback.
func (s *site) feedback(w http.ResponseWriter, r *http.Request) error {
	return s.showFeedback(w, r, http.StatusOK, feedbackView{Sent: r.URL.Query().Get("sent") != ""})
}

func (s *site) showFeedback(w http.ResponseWriter, r *http.Request, status int, v feedbackView) error {
	v.Code = r.PathValue("code")
	g, err := s.entry(r.Context(), v.Code)
	if err != nil {
		return err
	}
	v.Entry = g.entry
	v.Told = actor.FromContext(r.Context()).For() != ""
	return page.Render(w, r, status, feedbackPage(v))
}

// sendFeedback is POST /items/{code}/feedback.
func (s *site) sendFeedback(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Category string `form:"category"`
		Said     string `form:"said"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	if err := s.reporting.Allow(web.Address(r)); err != nil {
		return err
	}
	code := r.PathValue("code")
	err := s.Items.SendFeedback(ctx, actor.FromContext(ctx), item.Report{Object: code, Category: item.Category(in.Category), Said: in.Said})
	if fault.Is(err, fault.Invalid) {
		return s.showFeedback(w, r, http.StatusUnprocessableEntity, feedbackView{Category: in.Category, Said: in.Said, Errors: design.ErrorsOf(ctx, err)})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/items/"+code+"/feedback?sent=1")
	return nil
}

// ownFeedbackView is what a reader sent, and what the office answered.
type ownFeedbackView struct {
	item.Feedback
	Entry *item.Entry
}

// ownFeedback is GET /items/{code}/feedback/{id}: whoever sent it while signed in reads the answer.
func (s *site) ownFeedback(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := s.Items.ReadFeedback(ctx, actor.FromContext(ctx), r.PathValue("id"))
	if err == nil && f.Object != r.PathValue("code") {
		err = fault.New(fault.NotFound, "item.feedback.gone")
	}
	if err != nil {
		return err
	}
	g, err := s.entry(ctx, f.Object)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, ownFeedbackPage(ownFeedbackView{Feedback: f, Entry: g.entry}))
}

func categoryName(ctx context.Context, c item.Category) string {
	return said(ctx, "item.feedback.category.", string(c))
}

func categoryOptions(ctx context.Context) []design.ChoiceOption {
	var list []design.ChoiceOption
	for _, c := range item.Categories() {
		list = append(list, design.ChoiceOption{Value: string(c), Text: categoryName(ctx, c)})
	}
	return list
}

func (v feedbackView) crumbs(ctx context.Context) []design.Crumb {
	return []design.Crumb{{Text: page.T(ctx, "item.list.title"), Href: "/items"}, {Text: v.Entry.Short, Href: "/items/" + v.Code}, {Text: page.T(ctx, "item.feedback.title")}}
}

// chosenOf is the value chosen of a choice, none for an empty one.
func chosenOf(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

func ownFeedbackRows(ctx context.Context, v ownFeedbackView) []design.SummaryRow {
	return []design.SummaryRow{
		{Key: page.T(ctx, "item.feedback.category"), Value: categoryName(ctx, v.Category)},
		{Key: page.T(ctx, "item.feedback.said"), Value: v.Said},
		{Key: page.T(ctx, "item.feedback.sent_at"), Value: page.Date(ctx, v.SentAt)},
	}
}

// toldText says whether the sender hears of the answer.
func toldText(ctx context.Context, told bool) string {
	if told {
		return page.T(ctx, "item.feedback.told")
	}
	return page.T(ctx, "item.feedback.not_told")
}
