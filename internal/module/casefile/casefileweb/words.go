package casefileweb

import (
	"context"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/platform/page"
)

// states are those of a case, in the order of its life.
var states = []string{"submitted", "correcting", "accepted", "suspended", "approved", "refused", "delivered", "rejected", "withdrawn"}

// accepted are the endings of files that are taken; what a file really is, its content decides.
var accepted = []string{".pdf", ".jpg", ".jpeg", ".png", ".ofd"}

// said is a word of a group: "casefile.state." and "accepted".
func said(ctx context.Context, group, name string, args ...any) string {
	return page.T(ctx, group+name, args...)
}

func stateText(ctx context.Context, state string) string {
	return said(ctx, "casefile.state.", state)
}

func stateBadge(ctx context.Context, state string) design.BadgeParams {
	return design.BadgeParams{Text: stateText(ctx, state), Tone: design.CaseTone(state)}
}

func stateOptions(ctx context.Context) []design.Option {
	list := make([]design.Option, len(states))
	for i, s := range states {
		list[i] = design.Option{Value: s, Text: stateText(ctx, s)}
	}
	return list
}

func caseAt(number string) string { return "/cases/" + number }
func deskAt(number string) string { return "/desk/cases/" + number }

// off keeps a browser at a shared window from remembering whom it served.
func off() templ.Attributes { return templ.Attributes{"autocomplete": "off"} }

func deskColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.desk.case")}, {Text: page.T(ctx, "casefile.desk.task")},
		{Text: page.T(ctx, "casefile.desk.due")}, {Text: page.T(ctx, "casefile.state")}, {Text: page.T(ctx, "casefile.desk.received"), Extra: true},
		{Text: page.T(ctx, "casefile.batch.pick"), Hidden: true}}
}

func searchColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.desk.case")}, {Text: page.T(ctx, "casefile.office")},
		{Text: page.T(ctx, "casefile.state")}, {Text: page.T(ctx, "casefile.desk.received")}}
}

// row adds a fact unless it is empty.
func row(rows []design.SummaryRow, key, value string) []design.SummaryRow {
	if value == "" {
		return rows
	}
	return append(rows, design.SummaryRow{Key: key, Value: value})
}
