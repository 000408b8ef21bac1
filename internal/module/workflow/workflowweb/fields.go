package workflowweb

import (
	"context"

	"xiangyun/internal/design"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/page"
)

// The words a duty is usually said with. Places and forms are the caller's own names, so any text is taken there.
var (
	actions = []string{"accept", "opine", "decide", "deliver"}
	levels  = []string{"province", "city", "county", "township", "village"}
)

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
		Optional: name == "level", Error: f.Errors.Of(name)}
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
