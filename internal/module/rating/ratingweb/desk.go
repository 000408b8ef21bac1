package ratingweb

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/rating"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// rowsShown is how many rectifications one page lists.
const rowsShown = 50

type deskView struct {
	rating.Waiting
	Answered, Paged bool
}

// desk is GET /desk/ratings: the bad ratings of the offices somebody heads or supervises.
func (s *site) desk(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := deskView{Answered: q.Get("show") == "answered", Paged: q.Get("after") != ""}
	list, err := s.Ratings.Rectifications(ctx, actor.FromContext(ctx), rating.RectificationQuery{Answered: v.Answered, After: q.Get("after"), Limit: rowsShown})
	if err != nil {
		return err
	}
	v.Waiting = list
	return page.Render(w, r, http.StatusOK, deskPage(v))
}

type oneView struct {
	rating.Rectification
	Typed  string
	Done   string
	Errors design.Errors
}

// one is GET /desk/ratings/{id}.
func (s *site) one(w http.ResponseWriter, r *http.Request) error {
	return s.showOne(w, r, http.StatusOK, oneView{Done: r.URL.Query().Get("done")})
}

func (s *site) showOne(w http.ResponseWriter, r *http.Request, status int, v oneView) (err error) {
	if v.Rectification, err = s.Ratings.Read(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	return page.Render(w, r, status, onePage(v))
}

// claim is POST /desk/ratings/{id}/claim.
func (s *site) claim(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := s.Ratings.Claim(r.Context(), actor.FromContext(r.Context()), id); err != nil {
		return err
	}
	web.Redirect(w, r, oneAt(id)+"?done=claimed")
	return nil
}

// answer is POST /desk/ratings/{id}/answer.
func (s *site) answer(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	var in struct {
		Answer string `form:"answer"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.Ratings.Answer(ctx, actor.FromContext(ctx), id, in.Answer)
	if fault.Is(err, fault.Invalid) {
		return s.showOne(w, r, http.StatusUnprocessableEntity, oneView{Typed: in.Answer, Errors: design.ErrorsOf(ctx, err)})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, oneAt(id)+"?done=answered")
	return nil
}

func oneAt(id string) string { return "/desk/ratings/" + id }

func (v deskView) address(after string) string {
	q := url.Values{}
	if v.Answered {
		q.Set("show", "answered")
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return "/desk/ratings"
	}
	return "/desk/ratings?" + q.Encode()
}

func (v deskView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = v.address("")
	}
	if v.Next != "" {
		p.Next = v.address(v.Next)
	}
	return &p
}

func deskTabs(ctx context.Context, v deskView) []design.Link {
	return []design.Link{{Text: page.T(ctx, "rating.desk.waiting"), Href: "/desk/ratings", Current: !v.Answered},
		{Text: page.T(ctx, "rating.desk.answered"), Href: "/desk/ratings?show=answered", Current: v.Answered}}
}

func deskColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "rating.given.grade")}, {Text: page.T(ctx, "rating.figures.office")}, {Text: page.T(ctx, "rating.given.labels")},
		{Text: page.T(ctx, "rating.desk.state")}, {Text: page.T(ctx, "rating.desk.due")}}
}

func deskRows(ctx context.Context, list []rating.Rectification, now time.Time) []design.Row {
	rows := make([]design.Row, len(list))
	for i, r := range list {
		due := page.Date(ctx, r.AnsweredAt)
		if !r.Due().IsZero() {
			due = page.Civil(ctx, r.Due().String())
		}
		rows[i] = design.Row{Cells: []design.Cell{{Text: gradeName(ctx, r.Grade.Satisfaction()), Href: oneAt(r.ID)}, {Text: r.OfficeName},
			{Text: labelNames(ctx, r.Labels)}, {Text: stateName(ctx, r.State)}, {Text: due}}}
		if r.Late(civil.Of(now)) {
			rows[i].Tone, rows[i].Cells[4].Note = design.Bad, page.T(ctx, "rating.desk.late")
		}
	}
	return rows
}

func stateName(ctx context.Context, s rating.State) string {
	return said(ctx, "rating.state.", string(s))
}

func oneRows(ctx context.Context, v oneView) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "rating.figures.office"), Value: v.OfficeName}}
	if len(v.Labels) > 0 {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "rating.given.labels"), Value: labelNames(ctx, v.Labels)})
	}
	if v.Text != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "rating.given.text"), Value: v.Text})
	}
	for _, d := range []struct {
		key string
		on  civil.Date
	}{{"rating.desk.opened_on", v.OpenedOn}, {"rating.desk.claim_due", v.ClaimDue}, {"rating.desk.verify_due", v.VerifyDue}, {"rating.desk.answer_due", v.AnswerDue}} {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, d.key), Value: page.Civil(ctx, d.on.String())})
	}
	return rows
}

// done says what was just done; an address somebody made up says nothing.
func done(ctx context.Context, what string) string {
	switch what {
	case "claimed", "answered":
		return said(ctx, "rating.done.", what)
	}
	return ""
}
