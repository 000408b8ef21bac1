package itemweb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// process is the way a case takes, as a timeline nobody has walked yet.
func process(ctx context.Context, e *item.Entry) design.TimelineParams {
	p := design.TimelineParams{Label: page.T(ctx, "item.process.title"), Numbered: true}
	for _, s := range e.Guide.Steps {
		text := s.Does
		if s.With > 0 {
			text = page.T(ctx, "item.process.parallel") + text
		}
		if s.Result != "" {
			text += page.T(ctx, "item.process.result", s.Result)
		}
		event := design.TimelineEvent{Title: s.Name, Text: text, By: s.Who}
		if s.Days > 0 {
			event.At = page.T(ctx, "item.limit.working_days", s.Days)
		}
		p.Events = append(p.Events, event)
	}
	return p
}

// suspensions are the special procedures whose time is not counted.
func suspensions(ctx context.Context, e *item.Entry) design.TableParams {
	t := design.TableParams{Caption: page.T(ctx, "item.suspend.title"), HideName: true, First: true,
		Columns: []design.Column{{Text: page.T(ctx, "item.suspend.name")}, {Text: page.T(ctx, "item.suspend.days"), Number: true}, {Text: page.T(ctx, "item.suspend.basis")}}}
	for _, s := range e.Guide.Suspend {
		t.Rows = append(t.Rows, design.Row{Cells: []design.Cell{{Text: s.Name}, {Text: strconv.Itoa(s.Days)}, {Text: s.Basis}}})
	}
	return t
}

func fees(ctx context.Context, v guideView) design.TableParams {
	t := design.TableParams{Caption: page.T(ctx, "item.fees.title"), HideName: true, First: true,
		Columns: []design.Column{{Text: page.T(ctx, "item.fees.name")}, {Text: page.T(ctx, "item.fees.standard")}, {Text: page.T(ctx, "item.suspend.basis")}}}
	for _, f := range v.Fees {
		t.Rows = append(t.Rows, design.Row{Cells: []design.Cell{{Text: f.Name}, {Text: f.Standard, Note: f.Relief}, {Text: f.Basis}}})
	}
	return t
}

// answersForm is the form of the guide's questions: what is chosen there goes along when an application is begun.
const answersForm = "answers"

// applyButton begins an application with the answers as they stand.
func applyButton(ctx context.Context, v guideView) design.ButtonParams {
	return design.ButtonParams{Text: page.T(ctx, "item.apply"), Icon: "square-pen", NoCheck: true, Attrs: templ.Attributes{"formaction": "/items/" + v.Entry.Code + "/apply"}}
}

// asideButton is the same beside the guide, where wide screens have room for it.
func asideButton(ctx context.Context, v guideView) design.ButtonParams {
	b := applyButton(ctx, v)
	b.Form, b.Full = answersForm, true
	return b
}

// feeNote says of the fee what its amount does not say already.
func feeNote(ctx context.Context, e *item.Entry) string {
	if note := strings.Trim(e.Guide.FeeNote, "。. "); note != fee(ctx, e) {
		return e.Guide.FeeNote
	}
	return ""
}

// variantQuestion asks which of the item's variants is wanted.
func variantQuestion(ctx context.Context, v guideView) design.ChoiceParams {
	p := design.ChoiceParams{Name: "variant", Label: page.T(ctx, "item.situation.variant")}
	if v.Variant != "" {
		p.Values = []string{v.Variant}
	}
	for _, x := range v.Entry.Guide.Variants {
		p.Options = append(p.Options, design.ChoiceOption{Value: x.Key, Text: x.Name, Hint: x.Note})
	}
	return p
}

func question(v guideView, q item.Question) design.ChoiceParams {
	p := design.ChoiceParams{Name: "situation." + q.Key, Label: q.Title, Hint: q.Help}
	if a := v.Situation[q.Key]; a != "" {
		p.Values = []string{a}
	}
	for _, o := range q.Options {
		p.Options = append(p.Options, design.ChoiceOption{Value: o.Value, Text: o.Title, Hint: o.Help})
	}
	return p
}

// reaskAt are the attributes by which questions and materials are fetched again after an answer, when scripts run.
func reaskAt(v guideView) templ.Attributes {
	return templ.Attributes{"hx-get": guidePath(v), "hx-trigger": "change", "hx-target": "#situation", "hx-select": "#situation",
		"hx-swap": "outerHTML", "hx-push-url": "true"}
}

func guidePath(v guideView) string { return "/items/" + code(v) }

// code is the code a guide is found by.
func code(v guideView) string {
	if v.Base {
		return v.Entry.BaseCode
	}
	return v.Entry.Code
}

func materialsTitle(ctx context.Context, v guideView) string {
	if v.Settled {
		return page.T(ctx, "item.material.exact", len(v.Materials))
	}
	return page.T(ctx, "item.material.title")
}

// materialsText says how many of the materials need not be handed in.
func materialsText(ctx context.Context, v guideView) string {
	n := 0
	for _, m := range v.Materials {
		if spared(m) {
			n++
		}
	}
	if !v.Settled {
		return page.T(ctx, "item.material.open")
	}
	return page.T(ctx, "item.material.sparing", n)
}

// guideTitle names a guide among many: with the office, since each office has its own.
func guideTitle(v guideView) string {
	if v.Entry.OfficeName == "" {
		return v.Entry.Short
	}
	return v.Entry.Short + " · " + v.Entry.OfficeName
}

// crumbs lead back from a page that belongs to a guide.
func (v guideView) crumbs(ctx context.Context, here string) []design.Crumb {
	return []design.Crumb{{Text: page.T(ctx, "item.list.title"), Href: "/items"}, {Text: v.Entry.Short, Href: address(guidePath(v), v.answers()...)}, {Text: here}}
}

// takeAway are the ways to take a guide along: they keep the answers.
func takeAway(ctx context.Context, v guideView) []design.Link {
	list := []design.Link{{Text: page.T(ctx, "item.take.print"), Icon: "printer", Href: address(guidePath(v)+"/print", v.answers()...)}}
	if v.Entry.Guide.FormKey != "" {
		list = append(list, design.Link{Text: page.T(ctx, "item.take.blank"), Icon: "file", Href: guidePath(v) + "/forms/blank"},
			design.Link{Text: page.T(ctx, "item.take.sample"), Icon: "file-text", Href: guidePath(v) + "/forms/sample"})
	}
	return list
}

// doubted are the parts of a guide people rely on, by what keepers write their doubts about.
var doubted = map[string]string{"basis": "basis", "article": "basis", "power": "basis", "limit": "limit", "promise": "limit", "suspend": "limit", "fee": "fee",
	"condition": "conditions", "conditions": "conditions", "material": "materials", "materials": "materials", "result": "result", "results": "result", "valid": "result"}

// doubts names what of a guide its keeper has not confirmed, "" when nothing people rely on.
func doubts(ctx context.Context, e *item.Entry) string {
	var parts []string
	for _, d := range e.Guide.Doubt {
		if part := doubted[d.About]; part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	slices.Sort(parts)
	for i, p := range parts {
		parts[i] = page.T(ctx, "item.doubt."+p)
	}
	return strings.Join(parts, "、")
}

func materialNames(list []item.Material) []string {
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = m.Name
	}
	return names
}
