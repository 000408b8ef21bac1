package keeperweb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

func (a askedFor) value() string { return a.form.Get(a.name) }

// hint explains the fields that hold a list, and those people ask about.
func (a askedFor) hint(ctx context.Context) string {
	switch {
	case a.spec.kind == linesKind:
		return page.T(ctx, "keeper.hint.lines")
	case a.spec.kind == cellsKind:
		return page.T(ctx, "keeper.hint."+a.spec.name)
	case a.spec.name == "when":
		return page.T(ctx, "keeper.hint.when")
	}
	return ""
}

func (a askedFor) options(ctx context.Context) []design.Option {
	var list []design.Option
	for _, o := range a.spec.options {
		list = append(list, design.Option{Value: o, Text: optionName(ctx, a.spec.name, o)})
	}
	return list
}

func (a askedFor) choices(ctx context.Context) []design.ChoiceOption {
	var list []design.ChoiceOption
	for _, o := range a.spec.options {
		list = append(list, design.ChoiceOption{Value: o, Text: optionName(ctx, a.spec.name, o)})
	}
	return list
}

// hidden carries what a form is based on.
func (v *itemView) hidden() []design.Hidden {
	list := []design.Hidden{{Name: "revision", Value: strconv.Itoa(v.Draft.Revision)}}
	if v.Section.list == "" {
		return list
	}
	list = append(list, design.Hidden{Name: "rows", Value: strconv.Itoa(rowsOf(v.Form))})
	for i := range rowsOf(v.Form) {
		if from := v.Form.Get(rowName(i, "from")); from != "" {
			list = append(list, design.Hidden{Name: rowName(i, "from"), Value: from})
		}
	}
	return list
}

// fewRows stand open; more of them are folded, so that a dozen materials stay one page.
const fewRows = 3

// unfolded tells whether a row stands open: one of few, a new one, or one with something to put right.
func (v *itemView) unfolded(i int) bool {
	if rowsOf(v.Form) <= fewRows || v.Section.saysNothing(v.Form, i) {
		return true
	}
	row := rowName(i, "")
	return slices.ContainsFunc(v.Errors, func(e design.FieldError) bool { return strings.HasPrefix(e.Name+".", row) })
}

// facts are a section to be read only.
func (v *itemView) facts(ctx context.Context) []design.SummaryRow {
	var rows []design.SummaryRow
	for _, d := range item.Compare(&item.Definition{}, &v.Definition) {
		if holding(d.Element).key != v.Section.key {
			continue
		}
		key := placeOf(ctx, d.Element, "", d.Part)
		if d.Row != "" {
			key = d.Row
		}
		rows = append(rows, design.SummaryRow{Key: key, Value: shown(ctx, d.Element, d.Part, d.After)})
	}
	return rows
}

func differenceColumns(ctx context.Context, before, after string) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.compare.element")}, {Text: page.T(ctx, "keeper.compare.change")}, {Text: before}, {Text: after}}
}

func differenceRows(ctx context.Context, list []item.Difference) []design.Row {
	rows := make([]design.Row, len(list))
	for i, d := range list {
		rows[i] = design.Row{Tone: design.Info, Cells: []design.Cell{{Text: placeOf(ctx, d.Element, d.Row, d.Part)}, {View: design.Badge(changeBadge(ctx, d))},
			{Text: shown(ctx, d.Element, d.Part, d.Before)}, {Text: shown(ctx, d.Element, d.Part, d.After)}}}
		if d.Added || d.Before == "" {
			rows[i].Tone = design.Good
		} else if d.Removed || d.After == "" {
			rows[i].Tone = design.Bad
		}
	}
	return rows
}

// changeBadge says in a word and an icon what happened: colour alone tells nobody who can't see it.
func changeBadge(ctx context.Context, d item.Difference) design.BadgeParams {
	switch {
	case d.Added || d.Before == "":
		return design.BadgeParams{Text: page.T(ctx, "keeper.compare.added"), Tone: design.Good, Icon: "plus"}
	case d.Removed || d.After == "":
		return design.BadgeParams{Text: page.T(ctx, "keeper.compare.removed"), Tone: design.Bad, Icon: "minus"}
	}
	return design.BadgeParams{Text: page.T(ctx, "keeper.compare.changed"), Tone: design.Info, Icon: "pen"}
}
