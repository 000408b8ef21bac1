package casefileweb

import (
	"context"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/page"
)

// taskForm is one thing an officer can do with a task: what it is called, what it will do, and what it asks.
type taskForm struct {
	Verb    workflow.Verb
	ID      string // of what it is done with
	Title   string
	About   string // what will happen, and which document or record it leaves
	Button  string
	Kind    design.ButtonKind
	Hidden  []design.Hidden
	Fields  []templ.Component
	Small   bool   // a single button needs no form to be opened
	Label   string // completes the button for those who hear the page
	Details string // the summary that opens it
}

// asking makes the forms of one task. prefix keeps the fields of several forms of one page apart; "" is for a page with one.
type asking struct {
	ctx    context.Context
	by     actor.Actor
	number string
	prefix string
	values url.Values
	errors design.Errors
}

func (a asking) say(key string, args ...any) string {
	return page.T(a.ctx, "casefile.task."+key, args...)
}

func (a asking) id(name string) string {
	if a.prefix == "" {
		return ""
	}
	return "f-" + a.prefix + "-" + name
}

func (a asking) form(verb workflow.Verb, id, kind string) taskForm {
	name := string(verb)
	if kind != "" {
		name += "_" + kind
	}
	f := taskForm{Verb: verb, ID: id, Title: a.say("do." + name), About: a.say("about." + name), Button: a.say("do." + name), Kind: design.Secondary,
		Hidden: []design.Hidden{{Name: "number", Value: a.number}}}
	if kind != "" {
		f.Hidden = append(f.Hidden, design.Hidden{Name: "kind", Value: kind})
	}
	return f
}

func (a asking) words(label string, optional bool) templ.Component {
	return design.TextArea(design.Field{Name: "words", ID: a.id("words"), Label: label, Value: a.values.Get("words"), Error: a.errors.Of("words"), Optional: optional, Rows: 3, Max: 2000})
}

// choose offers whom something can go to: one, or several.
func (a asking) choose(label string, options []design.Option, several bool) templ.Component {
	if !several {
		return design.Select(design.SelectParams{Name: "to", ID: a.id("to"), Label: label, Options: options, Blank: a.say("choose"), Value: a.values.Get("to"), Error: a.errors.Of("to")})
	}
	p := design.ChoiceParams{Name: "to", ID: a.id("to"), Label: label, Multiple: true, Values: a.values["to"], Error: a.errors.Of("to")}
	for _, o := range options {
		p.Options = append(p.Options, design.ChoiceOption{Value: o.Value, Text: o.Text})
	}
	return design.Choice(p)
}

// Addressees of a form: an account or an office, told apart by what their value begins with.
const (
	toAccount = "account:"
	toOffice  = "office:"
)

func (a asking) colleagues(t workflow.TaskView, sameRole bool) (list []design.Option) {
	for _, o := range t.Colleagues {
		if o.Account == a.by.Account || sameRole && !workflow.MayTake(actor.Actor{Account: t.Holder, Duties: o.Duties}, t.OpenTask, "") {
			continue
		}
		list = append(list, design.Option{Value: toAccount + o.Account, Text: o.Name + "（" + o.Office.Name + "）"})
	}
	return list
}

func officeOptions(near []workflow.Office) (list []design.Option) {
	for _, o := range near {
		list = append(list, design.Option{Value: toOffice + o.Path, Text: o.Name})
	}
	return list
}

// ofTask are the forms of an open task.
func (a asking) ofTask(t workflow.TaskView, near []workflow.Office) (list []taskForm) {
	outer := a.prefix
	for _, verb := range t.Verbs {
		kinds := map[workflow.Verb][]string{workflow.Cosign: {"before", "after"}, workflow.Invite: {"inspection", "expert"}}[verb]
		if kinds == nil {
			kinds = []string{""}
		}
		for _, kind := range kinds {
			if outer != "" {
				a.prefix = outer + "-" + string(verb) + kind
			}
			if f, ok := a.one(t, verb, kind, near); ok {
				f.Label = t.Name
				list = append(list, f)
			}
		}
	}
	return list
}

// one is the form of a verb; not ok when there is nobody to choose.
func (a asking) one(t workflow.TaskView, verb workflow.Verb, kind string, near []workflow.Office) (taskForm, bool) {
	f := a.form(verb, t.ID, kind)
	f.Hidden = append(f.Hidden, design.Hidden{Name: "version", Value: strconv.FormatInt(t.Version, 10)})
	switch verb {
	case workflow.Claim, workflow.Release:
		f.Small = true
	case workflow.Urge, workflow.Withdraw:
		f.Small, f.Hidden = true, f.Hidden[:len(f.Hidden)-1] // what was changed meanwhile matters to neither
	case workflow.Forward:
		f.Fields = []templ.Component{a.words(a.say("reason"), false)}
	case workflow.SendBack:
		f.Kind = design.Danger
		options := []design.Option{}
		for _, b := range t.Back {
			options = append(options, design.Option{Value: b.ID, Text: b.Name})
		}
		if t.Action == "accept" {
			options = append(options, design.Option{Value: workflow.ToApplicant, Text: a.say("to_applicant")})
		}
		if len(options) == 0 {
			return f, false
		}
		f.Fields = []templ.Component{design.Select(design.SelectParams{Name: "node", ID: a.id("node"), Label: a.say("node"), Options: options, Blank: a.say("choose"),
			Value: a.values.Get("node"), Error: a.errors.Of("node")}), a.words(a.say("reason"), false)}
	default:
		return a.addressed(f, t, kind, near)
	}
	return f, true
}

// addressed is a form that asks whom.
func (a asking) addressed(f taskForm, t workflow.TaskView, kind string, near []workflow.Office) (taskForm, bool) {
	people, offices := a.colleagues(t, f.Verb == workflow.Transfer), officeOptions(near)
	switch f.Verb {
	case workflow.Transfer:
		if t.Holder != "" {
			people = append(people, design.Option{Value: toOffice + t.OfficePath, Text: a.say("whole_post", t.OfficeName)})
		}
		f.Fields = []templ.Component{a.choose(a.say("to"), people, false), a.words(a.say("note"), true)}
		return f, len(people) > 0
	case workflow.Delegate:
		f.Fields = []templ.Component{a.choose(a.say("to"), people, false), a.words(a.say("what"), true)}
		return f, len(people) > 0
	case workflow.Cosign:
		if kind == "after" && t.Action != "opine" {
			return f, false // what binds somebody outside is signed before
		}
		f.Fields = []templ.Component{a.choose(a.say("signers"), append(people, offices...), true), a.words(a.say("what"), true),
			design.Checkbox(design.CheckboxParams{Name: "in_turn", ID: a.id("in_turn"), Text: a.say("in_turn"), Checked: a.values.Get("in_turn") != ""})}
	case workflow.CopyTo:
		f.Fields = []templ.Component{a.choose(a.say("readers"), append(people, offices...), true), a.words(a.say("note"), true)}
	case workflow.Ask:
		days := a.values.Get("days")
		if days == "" {
			days = "5"
		}
		f.Fields = []templ.Component{a.choose(a.say("offices"), offices, true), a.words(a.say("question"), false),
			design.NumberField(design.Field{Name: "days", ID: a.id("days"), Label: a.say("days"), Value: days, Suffix: page.T(a.ctx, "casefile.action.days_unit"), Error: a.errors.Of("days"), Width: "4"})}
		return f, len(offices) > 0
	case workflow.Invite:
		f.Fields = []templ.Component{a.choose(a.say("invited"), append(offices, people...), true),
			design.DateField(design.Field{Name: "on", ID: a.id("on"), Label: a.say("on"), Value: a.values.Get("on"), Error: a.errors.Of("on")}),
			design.TextField(design.Field{Name: "place", ID: a.id("place"), Label: a.say("place"), Value: a.values.Get("place"), Error: a.errors.Of("place"), Max: 200}), a.words(a.say("what"), false)}
	}
	return f, len(people)+len(offices) > 0
}

// ofSide are the forms of a side task.
func (a asking) ofSide(s workflow.SideView) (list []taskForm) {
	outer := a.prefix
	if s.MayAnswer {
		if outer != "" {
			a.prefix = outer + "-answer"
		}
		f := a.form(workflow.Answer, s.ID, string(s.Kind))
		f.Kind = ""
		if s.Kind == workflow.SignBefore || s.Kind == workflow.SignAfter {
			values := []string{a.values.Get("agree")}
			f.Fields = append(f.Fields, design.Choice(design.ChoiceParams{Name: "agree", ID: a.id("agree"), Label: page.T(a.ctx, "casefile.action.agree"), Inline: true, Values: values,
				Error: a.errors.Of("agree"), Options: []design.ChoiceOption{{Value: "yes", Text: page.T(a.ctx, "casefile.action.agree_yes")}, {Value: "no", Text: page.T(a.ctx, "casefile.action.agree_no")}}}))
		}
		f.Fields = append(f.Fields, a.words(a.say("answer"), len(f.Fields) > 0))
		list = append(list, f)
	}
	if s.MayTake {
		f := a.form(workflow.Remove, s.ID, "")
		f.Small, f.Label = true, s.Who
		list = append(list, f)
	}
	return list
}

// ofGathering is the form that closes a gathering.
func (a asking) ofGathering(g workflow.GatheringView) taskForm {
	f := a.form(workflow.Record, g.ID, string(g.Kind))
	f.Kind, f.Fields = "", []templ.Component{a.words(a.say("conclusion"), false)}
	return f
}
