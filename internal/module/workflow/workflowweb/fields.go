package workflowweb

import (
	"context"
	"maps"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/page"
)

// mayBeOpen are the choices that need not be made.
var mayBeOpen = []string{"place", "level", "document", "apart", "teller"}

// options are names of a group with their words, and the one that is chosen although it is none of them.
func options(ctx context.Context, group string, names []string, chosen string) []design.Option {
	var out []design.Option
	seen := chosen == ""
	for _, n := range names {
		seen = seen || n == chosen
		out = append(out, design.Option{Value: n, Text: said(ctx, group, n)})
	}
	if !seen {
		out = append(out, design.Option{Value: chosen, Text: chosen})
	}
	return out
}

func (f *elementForm) pick(ctx context.Context, name, group string, names []string, is string) design.SelectParams {
	chosen := f.value(name, is)
	return design.SelectParams{Name: name, Label: said(ctx, "process.field.", name), Value: chosen, Options: options(ctx, group, names, chosen), Blank: page.T(ctx, "process.none"),
		Optional: slices.Contains(mayBeOpen, name), Error: f.Errors.Of(name)}
}

// hinted is a choice with words on what it does.
func hinted(ctx context.Context, p design.SelectParams) design.SelectParams {
	p.Hint = said(ctx, "process.hint.", p.Name)
	return p
}

// apart chooses the task that must have been done by somebody else.
func (f *elementForm) apart(ctx context.Context) design.SelectParams {
	p := hinted(ctx, f.pick(ctx, "apart", "", nil, f.Element.Extra[bpmn.Apart]))
	chosen, there := p.Value, false
	p.Options = nil
	for _, id := range f.Tasks {
		p.Options, there = append(p.Options, design.Option{Value: id, Text: f.Names[id]}), there || id == chosen
	}
	if chosen != "" && !there {
		p.Options = append(p.Options, design.Option{Value: chosen, Text: chosen})
	}
	return p
}

// teller chooses who may tell what an event waits for.
func (f *elementForm) teller(ctx context.Context, roles []string) design.SelectParams {
	p := hinted(ctx, f.pick(ctx, "teller", "office.role.", roles, f.Element.Extra[bpmn.Teller]))
	p.Blank = page.T(ctx, "process.nobody")
	if i := slices.IndexFunc(p.Options, func(o design.Option) bool { return o.Value == bpmn.Applicant }); i >= 0 {
		p.Options = slices.Delete(p.Options, i, i+1)
	}
	p.Options = append([]design.Option{{Value: bpmn.Applicant, Text: page.T(ctx, "process.teller.applicant")}}, p.Options...)
	return p
}

// handler chooses what a service task has done, among what the program can do, and says what each is given and brings.
func (f *elementForm) handler(ctx context.Context, known map[string]bpmn.Handled) design.SelectParams {
	p := f.pick(ctx, "handler", "process.handler.", slices.Sorted(maps.Keys(known)), f.Element.Handler)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(known)) {
		lines = append(lines, said(ctx, "process.handler_help.", name))
	}
	p.Hint = strings.Join(lines, " ")
	return p
}

func (f *elementForm) text(ctx context.Context, name, is string) design.Field {
	return design.Field{Name: name, Label: said(ctx, "process.field.", name), Value: f.value(name, is), Error: f.Errors.Of(name), Optional: true, Max: 2000}
}

// expression is a text field for a CEL expression.
func (f *elementForm) expression(ctx context.Context, name, is string) design.Field {
	field := f.text(ctx, name, is)
	field.Hint = said(ctx, "process.hint.", name)
	return field
}

// lines is a field of several lines "name = text".
func (f *elementForm) lines(ctx context.Context, name string, is map[string]string) design.Field {
	field := f.expression(ctx, name, entryLines(is))
	field.Rows, field.Max = 3, 0
	return field
}

func (f *elementForm) tick(ctx context.Context, name string, is bool) design.CheckboxParams {
	if f.Typed != nil {
		is = f.Typed.Get(name) != ""
	}
	return design.CheckboxParams{Name: name, Text: said(ctx, "process.field.", name), Checked: is}
}

func (f *elementForm) loop() process.Loop {
	if f.Element.Loop == nil {
		return process.Loop{}
	}
	return *f.Element.Loop
}

// ways are the flows out of a gateway to choose the default from.
func (f *elementForm) ways(ctx context.Context) design.SelectParams {
	p := design.SelectParams{Name: "default", Label: page.T(ctx, "process.field.default"), Value: f.value("default", f.Element.Default), Blank: page.T(ctx, "process.none"), Optional: true,
		Hint: page.T(ctx, "process.hint.default")}
	for _, w := range f.Ways {
		p.Options = append(p.Options, design.Option{Value: w.ID, Text: f.way(ctx, w)})
	}
	return p
}

// way is what people know a flow by: its name, or else where it leads.
func (f *elementForm) way(ctx context.Context, w *process.Flow) string {
	if w.Name != "" {
		return w.Name + " → " + f.Names[w.To]
	}
	return page.T(ctx, "process.way_to", f.Names[w.To])
}

func (f *elementForm) clock(ctx context.Context) design.SelectParams {
	kind, _ := clockOf(f.Element.Event.Clock)
	p := f.pick(ctx, "clock", "process.clock.", []string{"workdays", "date", "duration", "cycle"}, kind)
	p.Blank = ""
	return p
}

func (f *elementForm) clockValue() string {
	_, value := clockOf(f.Element.Event.Clock)
	return value
}
