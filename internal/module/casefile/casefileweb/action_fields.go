package casefileweb

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// The limits of what an officer types; the domain decides, the field only says so.
const (
	commentMax = 2000
)

// focus puts the cursor where an officer begins to type.
func focus() templ.Attributes { return templ.Attributes{"autofocus": true} }

// focusGroup puts it before the first answer of a choice: the next key is the tabulator.
func focusGroup() templ.Attributes { return templ.Attributes{"autofocus": true, "tabindex": "-1"} }

// fieldsOf are the fields of an action in the order they are filled; the first one has the cursor.
func fieldsOf(ctx context.Context, t typed) []templ.Component {
	switch t.action {
	case casefile.RequestCorrection:
		return []templ.Component{askedField(ctx, t), commentField(ctx, t, false, nil)}
	case casefile.Reject:
		return []templ.Component{commentField(ctx, t, false, focus()), competentField(ctx, t)}
	case casefile.Inspect:
		return []templ.Component{honestField(ctx, t), commentField(ctx, t, false, nil)}
	case casefile.Annul, casefile.CancelGrant:
		return []templ.Component{groundField(ctx, t), commentField(ctx, t, false, nil)}
	case casefile.Transfer:
		return []templ.Component{officeField(ctx, t), commentField(ctx, t, false, focus())}
	case casefile.Refuse, casefile.OfferHearing, casefile.CancelAcceptance, casefile.SendBack, casefile.DeclineExtension:
		return []templ.Component{commentField(ctx, t, false, focus())}
	case casefile.AskHearing, casefile.CallHearing, casefile.RecordHearing, casefile.ConfirmHearing:
		return hearingFields(ctx, t)
	case casefile.Publicize, casefile.AnswerObjection:
		return publicityFields(ctx, t)
	case casefile.Opine:
		return []templ.Component{agreeField(ctx, t), commentField(ctx, t, false, nil)}
	case casefile.Suspend:
		return append(procedureFields(ctx, t), commentField(ctx, t, true, nil))
	case casefile.SuspendAgain:
		return append(procedureFields(ctx, t), commentField(ctx, t, false, nil))
	case casefile.Prolong:
		return []templ.Component{daysField(ctx, t, "", page.T(ctx, "casefile.action.prolong_hint", dateText(ctx, t.view.Clock.StandsTill)), focus()), commentField(ctx, t, false, nil)}
	case casefile.Extend, casefile.AskExtension:
		days := daysField(ctx, t, strconv.Itoa(t.view.Extension), page.T(ctx, "casefile.action.extension_hint", t.view.Extension), focus())
		return []templ.Component{days, commentField(ctx, t, false, nil)}
	case casefile.Deliver:
		return []templ.Component{deliveryField(ctx, t), commentField(ctx, t, true, nil)}
	}
	return []templ.Component{commentField(ctx, t, true, focus())}
}

func commentField(ctx context.Context, t typed, optional bool, attrs templ.Attributes) templ.Component {
	return design.TextArea(design.Field{Name: "comment", Label: said(ctx, "casefile.comment.", string(t.action)), Value: t.values.Get("comment"), Error: t.errors.Of("comment"),
		Rows: 4, Max: commentMax, Optional: optional, Attrs: attrs})
}

// askedField asks which materials must be corrected, and for each what is wrong with it: once and completely (一次性告知).
func askedField(ctx context.Context, t typed) templ.Component {
	p := design.ChoiceParams{Name: "asked", Label: page.T(ctx, "casefile.action.asked"), Hint: page.T(ctx, "casefile.action.asked_hint"), Multiple: true, Values: t.values["asked"],
		Error: t.errors.Of("asked"), Attrs: focusGroup()}
	add := func(code, name string) {
		label := page.T(ctx, "casefile.action.asked_text", name)
		p.Options = append(p.Options, design.ChoiceOption{Value: code, Text: name, Then: design.TextField(design.Field{Name: "ask." + code, Label: label, Value: t.values.Get("ask." + code), Optional: true, Max: 200})})
	}
	for _, m := range askable(t.view) {
		add(m.Code, m.Name)
	}
	add(otherCode, page.T(ctx, "casefile.action.asked_other"))
	return design.Choice(p)
}

func agreeField(ctx context.Context, t typed) templ.Component {
	return design.Choice(design.ChoiceParams{Name: "agree", Label: page.T(ctx, "casefile.action.agree"), Values: t.values["agree"], Error: t.errors.Of("agree"), Inline: true, Attrs: focusGroup(),
		Options: []design.ChoiceOption{{Value: "yes", Text: page.T(ctx, "casefile.action.agree_yes")}, {Value: "no", Text: page.T(ctx, "casefile.action.agree_no")}}})
}

// procedureFields ask which of the guide's special procedures stops the clock, and for how long.
func procedureFields(ctx context.Context, t typed) []templ.Component {
	list := t.view.Procedures
	if t.action == casefile.SuspendAgain {
		list = t.view.Again
	}
	if len(list) == 1 {
		return []templ.Component{daysField(ctx, t, strconv.Itoa(list[0].Days), page.T(ctx, "casefile.action.procedure_one", list[0].Name, list[0].Days, list[0].Basis), focus())}
	}
	p := design.ChoiceParams{Name: "procedure", Label: page.T(ctx, "casefile.action.procedure"), Values: t.values["procedure"], Error: t.errors.Of("procedure"), Attrs: focusGroup()}
	for _, x := range list {
		p.Options = append(p.Options, design.ChoiceOption{Value: x.Kind, Text: x.Name, Hint: page.T(ctx, "casefile.action.procedure_most", x.Days, x.Basis)})
	}
	return []templ.Component{design.Choice(p), daysField(ctx, t, "", page.T(ctx, "casefile.action.days_hint"), nil)}
}

func daysField(ctx context.Context, t typed, usual, hint string, attrs templ.Attributes) templ.Component {
	value := t.values.Get("days")
	if t.values == nil {
		value = usual
	}
	return design.NumberField(design.Field{Name: "days", Label: page.T(ctx, "casefile.action.days"), Hint: hint, Value: value, Error: t.errors.Of("days"), Suffix: page.T(ctx, "casefile.action.days_unit"),
		Attrs: attrs})
}

func deliveryField(ctx context.Context, t typed) templ.Component {
	value := t.values.Get("way")
	if value == "" {
		value = "online"
		if t.view.Case.Channel == "window" {
			value = "window"
		}
	}
	p := design.ChoiceParams{Name: "way", Label: page.T(ctx, "casefile.action.way"), Values: []string{value}, Error: t.errors.Of("way"), Attrs: focusGroup()}
	for _, w := range []string{"online", "window", "post"} {
		p.Options = append(p.Options, design.ChoiceOption{Value: w, Text: said(ctx, "casefile.delivery.", w)})
	}
	return design.Choice(p)
}

// officeField asks which office of the same government is to take the case.
func officeField(ctx context.Context, t typed) templ.Component {
	p := design.SelectParams{Name: "office", Label: page.T(ctx, "casefile.action.office"), Hint: page.T(ctx, "casefile.action.office_hint"), Value: t.values.Get("office"),
		Error: t.errors.Of("office"), Blank: page.T(ctx, "casefile.action.office_blank")}
	for _, o := range t.view.TransferTo {
		p.Options = append(p.Options, design.Option{Value: o.Path, Text: o.Name})
	}
	return design.Select(p)
}

// previewOf says what the applicant will get: which document, and what it will say of the time.
func previewOf(ctx context.Context, t typed) string {
	c := &t.view.Case
	switch t.action {
	case casefile.Accept:
		return page.T(ctx, "casefile.preview.accept", limitText(ctx, c.PromiseDays, c.PromiseUnit), limitText(ctx, c.LegalDays, c.LegalUnit))
	case casefile.Opine:
		return ""
	}
	return said(ctx, "casefile.preview.", string(t.action))
}

// limitText says a limit as documents do.
func limitText(ctx context.Context, days int, unit item.Unit) string {
	switch {
	case days == 0:
		return page.T(ctx, "casefile.limit.at_once")
	case unit == item.CalendarDays:
		return page.T(ctx, "casefile.limit.days", days)
	}
	return page.T(ctx, "casefile.limit.working_days", days)
}
