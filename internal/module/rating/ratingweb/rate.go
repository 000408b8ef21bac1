package ratingweb

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/rating"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// rateView is the form of a rating, or the rating that was given.
type rateView struct {
	rating.Asked
	Satisfaction int // as chosen; 0 for none
	Labels       []string
	Text         string
	Done         bool
	Errors       design.Errors
}

// rate is GET /cases/{number}/rate.
func (s *site) rate(w http.ResponseWriter, r *http.Request) error {
	a, err := s.Ratings.Ask(r.Context(), actor.FromContext(r.Context()), r.PathValue("number"))
	if err != nil {
		return err
	}
	v := rateView{Asked: a, Done: r.URL.Query().Get("done") != ""}
	if a.Given != nil {
		return page.Render(w, r, http.StatusOK, givenPage(v))
	}
	return page.Render(w, r, http.StatusOK, ratePage(v))
}

type rateForm struct {
	Satisfaction int      `form:"satisfaction"`
	Labels       []string `form:"labels"`
	Text         string   `form:"text"`
}

// give is POST /cases/{number}/rate.
func (s *site) give(w http.ResponseWriter, r *http.Request) error {
	ctx, number := r.Context(), r.PathValue("number")
	by := actor.FromContext(ctx)
	var in rateForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	grade, _ := rating.GradeOf(in.Satisfaction)
	in.Labels = shownLabels(grade, in.Labels)
	err := s.Ratings.Rate(ctx, by, number, rating.Rating{Grade: grade, Labels: in.Labels, Text: in.Text,
		Channel: channel(r.Header.Get("User-Agent"), r.Header.Get("Sec-CH-UA-Mobile"))}, once.Params{})
	if !fault.Is(err, fault.Invalid) {
		if err == nil {
			web.Redirect(w, r, rateAt(number)+"?done=1")
		}
		return err
	}
	a, failed := s.Ratings.Ask(ctx, by, number)
	if failed != nil {
		return failed
	}
	return page.Render(w, r, http.StatusUnprocessableEntity, ratePage(rateView{Asked: a, Satisfaction: in.Satisfaction, Labels: in.Labels, Text: in.Text,
		Errors: design.ErrorsOf(ctx, err)}))
}

// shownLabels leaves out the labels of other grades: they were ticked before the person chose another grade, and are not shown any more.
func shownLabels(g rating.Grade, sent []string) []string {
	others := map[string]bool{}
	for _, l := range rating.Labels() {
		others[l.Code] = l.Grade != g
	}
	return slices.DeleteFunc(sent, func(code string) bool { return g != "" && others[code] })
}

// channel tells a phone from a computer by what the browser says of itself.
func channel(userAgent, mobileHint string) rating.Channel {
	if mobileHint == "?1" || strings.Contains(userAgent, "Mobi") || strings.Contains(userAgent, "Android") {
		return rating.Mobile
	}
	return rating.PC
}

func rateAt(number string) string { return "/cases/" + number + "/rate" }

// said is a word of a group: "rating.state." and "opened".
func said(ctx context.Context, group, name string, args ...any) string {
	return page.T(ctx, group+name, args...)
}

// gradeName says a grade in words.
func gradeName(ctx context.Context, satisfaction int) string {
	return said(ctx, "design.rating.", count(int64(satisfaction)))
}

func gradeTone(g rating.Grade) design.Tone {
	switch g {
	case rating.VerySatisfied, rating.Satisfied:
		return design.Good
	case rating.FairlySatisfied:
		return design.Neutral
	}
	return design.Bad
}

func gradeBadge(ctx context.Context, g rating.Grade) design.BadgeParams {
	return design.BadgeParams{Text: gradeName(ctx, g.Satisfaction()), Tone: gradeTone(g)}
}

func labelName(ctx context.Context, code string) string { return said(ctx, "rating.label.", code) }

func labelNames(ctx context.Context, codes []string) string {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = labelName(ctx, c)
	}
	return strings.Join(names, page.T(ctx, "rating.and"))
}

// labelChoice are the labels of one grade to tick.
func labelChoice(ctx context.Context, v rateView, satisfaction int) design.ChoiceParams {
	p := design.ChoiceParams{Name: "labels", Label: page.T(ctx, "rating.rate.reasons", gradeName(ctx, satisfaction)), Multiple: true, Optional: true, Values: v.Labels}
	// One of the groups has the field's own id, so that the error summary leads there.
	if chosen := max(v.Satisfaction, 1); satisfaction != chosen {
		p.ID = "f-labels-of-" + count(int64(satisfaction))
	} else {
		p.Error = v.Errors.Of("labels")
	}
	g, _ := rating.GradeOf(satisfaction)
	for _, l := range rating.LabelsOf(g) {
		p.Options = append(p.Options, design.ChoiceOption{Value: l.Code, Text: labelName(ctx, l.Code)})
	}
	return p
}

// givenRows are what the author said.
func givenRows(ctx context.Context, v rateView) []design.SummaryRow {
	g := v.Given
	rows := []design.SummaryRow{{Key: page.T(ctx, "rating.given.grade"), View: design.Badge(gradeBadge(ctx, g.Grade))}}
	if len(g.Labels) > 0 {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "rating.given.labels"), Value: labelNames(ctx, g.Labels)})
	}
	if g.Text != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "rating.given.text"), Value: g.Text})
	}
	return append(rows, design.SummaryRow{Key: page.T(ctx, "rating.given.at"), Value: page.DateTime(ctx, g.At)})
}

// answerState says how far the answer to a bad rating is.
func answerState(ctx context.Context, a *rating.Answer) string {
	if a.State == rating.Answered {
		return page.T(ctx, "rating.answer.given", page.Date(ctx, a.At))
	}
	return said(ctx, "rating.answer.", string(a.State), page.Civil(ctx, a.Due.String()))
}

func caseCrumbs(ctx context.Context, v rateView) []design.Crumb {
	return []design.Crumb{{Text: page.T(ctx, "rating.crumb.cases"), Href: "/cases"}, {Text: v.ItemName, Href: "/cases/" + v.Number}, {Text: page.T(ctx, "rating.rate.title")}}
}
