package casefileweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// recordMax is how much a record of a hearing may say.
const recordMax = 10_000

// hearingView is what somebody says of a hearing on the page of his case.
type hearingView struct {
	Number, Title, Comment, Agree, Lead string
	Confirm                             bool // the record is to be confirmed; else a hearing is asked for
	Record                              *design.Link
	Hidden                              []design.Hidden
	Errors                              design.Errors
}

func (v hearingView) at() string {
	if v.Confirm {
		return caseAt(v.Number) + "/hearing/record"
	}
	return caseAt(v.Number) + "/hearing"
}

func (v hearingView) name() string {
	if v.Confirm {
		return string(casefile.ConfirmHearing)
	}
	return string(casefile.AskHearing)
}

func (v hearingView) why() string {
	if v.Confirm {
		return "casefile.hearing.confirm_why"
	}
	return "casefile.hearing.ask_why"
}

// hearingRoutes are where an applicant asks for a hearing, and confirms its record.
func (s *site) hearingRoutes(r *web.Router) {
	r.Page("GET /cases/{number}/hearing", web.SignedIn, s.hearingPage(casefile.AskHearing))
	r.Page("POST /cases/{number}/hearing", web.SignedIn, s.sayHearing(casefile.AskHearing))
	r.Page("GET /cases/{number}/hearing/record", web.SignedIn, s.hearingPage(casefile.ConfirmHearing))
	r.Page("POST /cases/{number}/hearing/record", web.SignedIn, s.sayHearing(casefile.ConfirmHearing))
}

func (s *site) hearingPage(a casefile.Action) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.Cases.View(r.Context(), by(r), r.PathValue("number"))
		if err != nil {
			return err
		}
		if a == casefile.AskHearing {
			if err := v.Held.MayAsk(v.Clock.At); err != nil { // who is late is told the day
				return err
			}
		}
		if _, err := s.mayStill(r, a); err != nil {
			return err
		}
		return page.Render(w, r, http.StatusOK, hearingPage(hearingOf(r.Context(), v, a)))
	}
}

func hearingOf(ctx context.Context, v *casefile.View, a casefile.Action) hearingView {
	out := hearingView{Number: v.Case.Number, Title: v.Case.ItemName, Confirm: a == casefile.ConfirmHearing, Hidden: versionOf(v), Lead: page.T(ctx, "casefile.hearing.confirm_lead")}
	if !out.Confirm && v.Held != nil {
		out.Lead = page.T(ctx, "casefile.hearing.ask_lead", dateText(ctx, v.Held.Days.AskBy))
	}
	for _, p := range v.Papers {
		if v.Held != nil && p.Number == v.Held.Record && p.Number != "" {
			out.Record = &design.Link{Text: page.T(ctx, "casefile.hearing.read"), Href: paperAt(v.Case.Number, p.ID)}
		}
	}
	return out
}

func (s *site) sayHearing(a casefile.Action) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := r.ParseForm(); err != nil {
			return fault.New(fault.Invalid, "casefile.unreadable").Because(err)
		}
		version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
		if err != nil || version < 1 {
			return fault.New(fault.Invalid, "casefile.unreadable")
		}
		ctx, number := r.Context(), r.PathValue("number")
		step, wrong := stepOf(number, a, version, r.PostForm)
		if wrong == nil {
			_, wrong = s.Cases.Act(ctx, by(r), step, pressed(r, version, r.PostForm))
		}
		f, ok := refused(wrong)
		switch {
		case wrong == nil && a == casefile.AskHearing:
			s.done(w, r, number, "hearing_asked")
			return nil
		case wrong == nil:
			s.done(w, r, number, "hearing_confirmed")
			return nil
		case !ok:
			return wrong
		case f.Kind == fault.Conflict:
			return s.moved(w, r, version, wrong, step.Comment)
		}
		view, err := s.Cases.View(ctx, by(r), number)
		if err != nil {
			return err
		}
		v := hearingOf(ctx, view, a)
		v.Comment, v.Agree, v.Errors = step.Comment, r.PostForm.Get("agree"), design.ErrorsOf(ctx, wrong)
		return page.Render(w, r, f.Kind.Status(), hearingPage(v))
	}
}

// hearingStep reads what an officer typed of a hearing.
func hearingStep(in *casefile.Step, values url.Values, wrong *fault.Error) {
	switch in.Action {
	case casefile.CallHearing:
		in.Hearing = &casefile.HearingPlan{On: strings.TrimSpace(values.Get("on")), At: strings.TrimSpace(values.Get("at")), Place: strings.TrimSpace(values.Get("place")),
			Presider: values.Get("presider"), Closed: values.Get("public") == "no"}
	case casefile.ConfirmHearing:
		agree := values.Get("agree") == "yes"
		if !agree && values.Get("agree") != "no" {
			wrong.Field("agree", "casefile.hearing.right_missing")
		}
		in.Agree = &agree
	}
}

// hearingFields are the fields of an officer's steps of a hearing.
func hearingFields(ctx context.Context, t typed) []templ.Component {
	switch t.action {
	case casefile.CallHearing:
		return append(callFields(ctx, t), commentField(ctx, t, true, nil))
	case casefile.ConfirmHearing:
		return []templ.Component{rightField(ctx, t.values.Get("agree"), t.errors), commentField(ctx, t, true, nil)}
	}
	most := commentMax
	if t.action == casefile.RecordHearing {
		most = recordMax
	}
	return []templ.Component{design.TextArea(design.Field{Name: "comment", Label: said(ctx, "casefile.comment.", string(t.action)), Value: t.values.Get("comment"),
		Error: t.errors.Of("comment"), Rows: 12, Max: most, Attrs: focus()})}
}

func callFields(ctx context.Context, t typed) []templ.Component {
	field := func(name, hint string) design.Field {
		f := design.Field{Name: name, Label: page.T(ctx, "casefile.hearing."+name), Value: t.values.Get(name), Error: t.errors.Of(name)}
		if hint != "" {
			f.Hint = page.T(ctx, hint)
		}
		return f
	}
	at, place := field("at", "casefile.hearing.at_hint"), field("place", "")
	at.Width, at.Max, place.Max = "5", 5, 200
	p := design.SelectParams{Name: "presider", Label: page.T(ctx, "casefile.hearing.presider"), Value: t.values.Get("presider"), Error: t.errors.Of("presider"),
		Blank: page.T(ctx, "casefile.hearing.presider_blank")}
	for _, o := range t.view.Presiders {
		p.Options = append(p.Options, design.Option{Value: o.Account, Text: o.Name})
	}
	open := t.values.Get("public")
	if open == "" {
		open = "yes"
	}
	return []templ.Component{design.DateField(field("on", "")), design.TextField(at), design.TextField(place), design.Select(p),
		design.Choice(design.ChoiceParams{Name: "public", Label: page.T(ctx, "casefile.hearing.public"), Values: []string{open}, Inline: true,
			Options: []design.ChoiceOption{{Value: "yes", Text: page.T(ctx, "casefile.hearing.public_yes")}, {Value: "no", Text: page.T(ctx, "casefile.hearing.public_no")}}})}
}

func rightField(ctx context.Context, value string, errors design.Errors) templ.Component {
	return design.Choice(design.ChoiceParams{Name: "agree", Label: page.T(ctx, "casefile.hearing.right"), Values: []string{value}, Error: errors.Of("agree"), Inline: true, Attrs: focusGroup(),
		Options: []design.ChoiceOption{{Value: "yes", Text: page.T(ctx, "casefile.hearing.right_yes")}, {Value: "no", Text: page.T(ctx, "casefile.hearing.right_no")}}})
}

// hearingRows are what there is to say of a case's hearing.
func hearingRows(ctx context.Context, v *casefile.View) (rows []design.SummaryRow) {
	h := v.Held
	if h == nil || h.HeldOn.IsZero() {
		return nil
	}
	rows = row(rows, page.T(ctx, "casefile.hearing.when"), page.T(ctx, "casefile.hearing.when_text", dateText(ctx, h.HeldOn), h.HeldAt, h.Place, h.PresiderName))
	if h.Refused {
		return row(rows, page.T(ctx, "casefile.hearing.record"), page.T(ctx, "casefile.hearing.record_refused", h.Record))
	}
	return row(rows, page.T(ctx, "casefile.hearing.record"), h.Record)
}
