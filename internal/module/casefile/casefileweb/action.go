package casefileweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// actionLook is how an action is offered.
type actionLook struct {
	kind design.ButtonKind
	icon string
	key  string // accesskey on the page of a case
}

// pages are the actions officers take, each with a page of its own; corrections and withdrawals are the applicant's.
var pages = map[casefile.Action]actionLook{
	casefile.Accept:            {"", "clipboard-check", "a"},
	casefile.RequestCorrection: {design.Secondary, "square-pen", "b"},
	casefile.Reject:            {design.Danger, "x", "x"},
	casefile.Opine:             {"", "message-square", "o"},
	casefile.Approve:           {"", "badge-check", "y"},
	casefile.Refuse:            {design.Danger, "circle-x", "r"},
	casefile.Suspend:           {design.Secondary, "circle-pause", "p"},
	casefile.SuspendAgain:      {design.Secondary, "circle-pause", "q"},
	casefile.Prolong:           {design.Secondary, "calendar-clock", "l"},
	casefile.Resume:            {"", "clock", "p"},
	casefile.Extend:            {design.Secondary, "calendar-clock", "e"},
	casefile.AskExtension:      {design.Secondary, "calendar-clock", "e"},
	casefile.DeclineExtension:  {design.Secondary, "x", "x"},
	casefile.OfferHearing:      {design.Secondary, "message-square", "h"},
	casefile.AskHearing:        {design.Secondary, "message-square", ""},
	casefile.CallHearing:       {"", "message-square", ""},
	casefile.RecordHearing:     {"", "file-text", ""},
	casefile.ConfirmHearing:    {design.Secondary, "check", ""},
	casefile.Publicize:         {design.Secondary, "users", ""},
	casefile.AnswerObjection:   {"", "message-square", ""},
	casefile.Deliver:           {"", "send", "d"},
	casefile.SubmitCorrection:  {design.Secondary, "upload", ""},
	casefile.Withdraw:          {design.Quiet, "", ""},
	casefile.Settle:            {"", "stamp", "j"},
	casefile.BringMissing:      {design.Secondary, "upload", ""},
	casefile.RemindGap:         {design.Secondary, "send", "g"},
	casefile.CancelAcceptance:  {design.Danger, "x", "c"},
	casefile.Inspect:           {"", "clipboard-check", "i"},
	casefile.Annul:             {design.Danger, "circle-x", "n"},
	casefile.CancelGrant:       {design.Danger, "x", "z"},
	casefile.Transfer:          {design.Secondary, "send", "t"},
	casefile.TakeOver:          {"", "clipboard-check", "a"},
	casefile.SendBack:          {design.Secondary, "x", "b"},
}

// ownPage tells whether an action has a page at the desk.
func ownPage(a casefile.Action) bool {
	_, known := pages[a]
	return known && a != casefile.SubmitCorrection && a != casefile.BringMissing && a != casefile.Withdraw
}

// askAction is GET /desk/cases/{number}/actions/{action}.
func (s *site) askAction(w http.ResponseWriter, r *http.Request) error {
	a := casefile.Action(r.PathValue("action"))
	if !ownPage(a) {
		return fault.New(fault.NotFound, "casefile.no_action")
	}
	v, err := s.mayStill(r, a)
	if err != nil {
		return err
	}
	return s.renderAction(w, r, http.StatusOK, typed{view: v, action: a, version: v.Case.Version}, nil)
}

// typed is an action with what was typed so far.
type typed struct {
	view    *casefile.View
	action  casefile.Action
	version int64
	values  url.Values
	errors  design.Errors
}

func (s *site) renderAction(w http.ResponseWriter, r *http.Request, status int, t typed, wrong error) error {
	ctx := r.Context()
	t.errors = design.ErrorsOf(ctx, wrong)
	for i, e := range t.errors {
		if strings.HasPrefix(e.Name, "materials.") {
			t.errors[i].Name = "asked"
		}
	}
	f := formFor(t.view, t.action)
	if f != nil {
		t.errors = formweb.Named(f.Form, t.errors)
	}
	c := &t.view.Case
	v := actionView{Number: c.Number, Title: c.ItemName + " · " + c.Applicant, Name: string(t.action), Heading: said(ctx, "casefile.action.", string(t.action)),
		About: said(ctx, "casefile.about.", string(t.action)), Kind: pages[t.action].kind, Fields: fieldsOf(ctx, t), Preview: previewOf(ctx, t), Errors: t.errors,
		Paper: issues(t.action), Hidden: []design.Hidden{{Name: "version", Value: strconv.FormatInt(t.version, 10)}}}
	if f != nil {
		v.About = page.T(ctx, "casefile.about_task", f.Name, f.Form.Title)
		v.Fields = append(s.taskFields(ctx, f, t.values, t.errors), v.Fields...)
		v.Hidden = append(v.Hidden, design.Hidden{Name: "task", Value: f.Task})
	}
	return page.Render(w, r, status, actionPage(v))
}

// act is POST /desk/cases/{number}/actions/{action}. Done, the inbox follows with its most urgent case; somebody who was second is told what
// happened meanwhile.
func (s *site) act(w http.ResponseWriter, r *http.Request) error {
	a := casefile.Action(r.PathValue("action"))
	if !ownPage(a) {
		return fault.New(fault.NotFound, "casefile.no_action")
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "casefile.unreadable").Because(err)
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil || version < 1 {
		return fault.New(fault.Invalid, "casefile.unreadable")
	}
	ctx, number := r.Context(), r.PathValue("number")
	step, wrong := stepOf(number, a, version, r.PostForm)
	if err := s.recordOf(r, number, &step); err != nil {
		return err
	}
	if wrong == nil {
		_, wrong = s.Cases.Act(ctx, by(r), step, pressed(r, version, r.PostForm))
	}
	f, ok := refused(wrong)
	switch {
	case wrong == nil:
		web.Redirect(w, r, "/desk?done="+string(a)+"&case="+url.QueryEscape(number))
		return nil
	case !ok:
		return wrong
	case f.Kind == fault.Conflict:
		return s.moved(w, r, version, wrong, r.PostForm.Get("comment"))
	}
	view, err := s.Cases.View(ctx, by(r), number)
	if err != nil {
		return err
	}
	return s.renderAction(w, r, f.Kind.Status(), typed{view: view, action: a, version: version, values: r.PostForm}, wrong)
}

// stepOf reads an action's form.
func stepOf(number string, a casefile.Action, version int64, values url.Values) (casefile.Step, error) {
	in := casefile.Step{Number: number, Action: a, Version: version, Comment: strings.TrimSpace(values.Get("comment")), Procedure: values.Get("procedure"), Way: values.Get("way"),
		Competent: strings.TrimSpace(values.Get("competent")), Ground: values.Get("ground"), Office: values.Get("office"), Objection: values.Get("objection")}
	wrong := fault.New(fault.Invalid, "casefile.bad_step")
	if text := strings.TrimSpace(values.Get("days")); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			wrong.Field("days", "casefile.days_wrong")
		}
		in.Days = n
	}
	switch a {
	case casefile.CallHearing, casefile.ConfirmHearing:
		hearingStep(&in, values, wrong)
	case casefile.Opine:
		agree := values.Get("agree") == "yes"
		if !agree && values.Get("agree") != "no" {
			wrong.Field("agree", "casefile.agree_missing")
		}
		in.Agree = &agree
	case casefile.Inspect:
		honest := values.Get("agree") == "yes"
		if !honest && values.Get("agree") != "no" {
			wrong.Field("agree", "casefile.action.honest_missing")
		}
		in.Agree = &honest
	case casefile.RequestCorrection:
		for _, code := range values["asked"] {
			in.Asked = append(in.Asked, askedOf(code, strings.TrimSpace(values.Get("ask."+code))))
		}
		if len(in.Asked) == 0 {
			wrong.Field("asked", "casefile.asked_missing")
		}
	}
	return in, wrong.OrNil()
}

// otherCode stands for what is no material; a notice's words are in the language of the office.
const (
	otherCode = "other"
	otherName = "申请表及其他内容"
)

func askedOf(code, text string) casefile.Asked {
	if code == otherCode {
		return casefile.Asked{Name: otherName, Text: text}
	}
	return casefile.Asked{Code: code, Text: text}
}

// askable are the materials a correction can be asked for: those of the case's situation.
func askable(v *casefile.View) []item.Material {
	list, err := v.Entry.MaterialsFor(v.Case.Variant, v.Content.Situation)
	if err != nil {
		return v.Entry.Guide.Materials // the situation was stored before its questions changed
	}
	return list
}
