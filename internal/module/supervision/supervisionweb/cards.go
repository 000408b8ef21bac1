package supervisionweb

import (
	"context"
	"net/http"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type cardsView struct {
	Path  string
	State supervision.CardState
	Cards []supervision.Card
	Next  string
	Paged bool
}

// cards is GET /desk/supervision/cards.
func (s *site) cards(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	v := cardsView{Path: q.Get("at"), State: supervision.CardState(q.Get("state")), Paged: q.Get("after") != ""}
	if v.State == "" {
		v.State = supervision.CardOpen
	}
	v.Cards, v.Next, err = s.Supervision.Cards(r.Context(), actor.FromContext(r.Context()), v.Path, v.State, q.Get("after"), rowsShown)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, cardsPage(v))
}

type cardView struct {
	supervision.Card
	Done   string
	Typed  string
	Errors design.Errors
}

// card is GET /desk/supervision/cards/{id}.
func (s *site) card(w http.ResponseWriter, r *http.Request) error {
	return s.showCard(w, r, http.StatusOK, cardView{Done: r.URL.Query().Get("done")})
}

func (s *site) showCard(w http.ResponseWriter, r *http.Request, status int, v cardView) (err error) {
	if v.Card, err = s.Supervision.Card(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	return page.Render(w, r, status, cardPage(v))
}

type newCardView struct {
	Number string
	Kind   string
	Said   string
	Errors design.Errors
}

// newCard is GET /desk/supervision/cards/new.
func (s *site) newCard(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, newCardPage(newCardView{Number: r.URL.Query().Get("number"), Kind: string(supervision.Reminder)}))
}

// issue is POST /desk/supervision/cards.
func (s *site) issue(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Number string `form:"number"`
		Kind   string `form:"kind"`
		Said   string `form:"said"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	id, err := s.Supervision.Issue(ctx, actor.FromContext(ctx), supervision.CardKind(in.Kind), in.Number, in.Said)
	if fault.Is(err, fault.Invalid) {
		return page.Render(w, r, http.StatusUnprocessableEntity, newCardPage(newCardView{in.Number, in.Kind, in.Said, design.ErrorsOf(ctx, err)}))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, at("/cards/"+id, "done", "issued"))
	return nil
}

// answer is POST /desk/supervision/cards/{id}/answer.
func (s *site) answer(w http.ResponseWriter, r *http.Request) error {
	return s.step(w, r, "answered", s.Supervision.Answer)
}

// giveBack is POST /desk/supervision/cards/{id}/return.
func (s *site) giveBack(w http.ResponseWriter, r *http.Request) error {
	return s.step(w, r, "returned", s.Supervision.Return)
}

// close is POST /desk/supervision/cards/{id}/close.
func (s *site) close(w http.ResponseWriter, r *http.Request) error {
	return s.step(w, r, "closed", func(ctx context.Context, by actor.Actor, id, _ string) error { return s.Supervision.Close(ctx, by, id) })
}

// step takes a step with a card and says so on its page.
func (s *site) step(w http.ResponseWriter, r *http.Request, done string, take func(ctx context.Context, by actor.Actor, id, text string) error) error {
	ctx, id := r.Context(), r.PathValue("id")
	var in struct {
		Text string `form:"text"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := take(ctx, actor.FromContext(ctx), id, in.Text)
	if fault.Is(err, fault.Invalid) {
		errs := design.ErrorsOf(ctx, err)
		for i := range errs {
			errs[i].Name = "text"
		}
		return s.showCard(w, r, http.StatusUnprocessableEntity, cardView{Typed: in.Text, Errors: errs})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, at("/cards/"+id, "done", done))
	return nil
}

func (v cardsView) address(state supervision.CardState, after string) string {
	return at("/cards", "at", v.Path, "state", string(state), "after", after)
}

func (v cardsView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = v.address(v.State, "")
	}
	if v.Next != "" {
		p.Next = v.address(v.State, v.Next)
	}
	return &p
}

func stateTabs(ctx context.Context, v cardsView) []design.Link {
	var list []design.Link
	for _, st := range []supervision.CardState{supervision.CardOpen, supervision.CardAnswered, supervision.CardClosed} {
		list = append(list, design.Link{Text: said(ctx, "state", string(st)), Href: v.address(st, ""), Current: st == v.State})
	}
	return list
}

func cardColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "supervision.card")}, {Text: page.T(ctx, "supervision.case")}, {Text: page.T(ctx, "supervision.office")}, {Text: page.T(ctx, "supervision.cause")},
		{Text: page.T(ctx, "supervision.answer_due")}}
}

func cardRows(ctx context.Context, list []supervision.Card, now time.Time) []design.Row {
	rows := make([]design.Row, len(list))
	for i, c := range list {
		rows[i] = design.Row{Tone: cardTone(c.Kind), Cells: []design.Cell{{Text: said(ctx, "card", string(c.Kind)), Href: at("/cards/" + c.ID)}, {Text: c.Number, Note: c.ItemName},
			{Text: c.OfficeName}, {Text: said(ctx, "cause", c.Cause)}, {Text: page.Civil(ctx, c.AnswerDue.String())}}}
		if c.Late(civil.Of(now)) {
			rows[i].Cells[4].Note = page.T(ctx, "supervision.answer_late")
		}
	}
	return rows
}

func cardTone(k supervision.CardKind) design.Tone {
	switch k {
	case supervision.RedCard:
		return design.Bad
	case supervision.YellowCard:
		return design.Warn
	}
	return design.Info
}

func oneRows(ctx context.Context, c supervision.Card) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "supervision.case"), Value: c.Number}, {Key: page.T(ctx, "supervision.item"), Value: c.ItemName},
		{Key: page.T(ctx, "supervision.office"), Value: c.OfficeName}, {Key: page.T(ctx, "supervision.cause"), Value: said(ctx, "cause", c.Cause)},
		{Key: page.T(ctx, "supervision.issued_at"), Value: page.DateTime(ctx, c.IssuedAt)}, {Key: page.T(ctx, "supervision.answer_due"), Value: page.Civil(ctx, c.AnswerDue.String())}}
	if c.Said != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "supervision.said"), Value: c.Said})
	}
	if c.Answer != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "supervision.answer"), Value: c.Answer}, design.SummaryRow{Key: page.T(ctx, "supervision.answered_at"), Value: page.DateTime(ctx, c.AnsweredAt)})
	}
	return rows
}

// done says what was just done; an address somebody made up says nothing.
func done(ctx context.Context, what string) string {
	switch what {
	case "issued", "answered", "returned", "closed":
		return said(ctx, "done", what)
	}
	return ""
}

func kindOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, k := range []supervision.CardKind{supervision.Reminder, supervision.YellowCard, supervision.RedCard} {
		list = append(list, design.Option{Value: string(k), Text: said(ctx, "card", string(k))})
	}
	return list
}
