package certweb

import (
	"context"
	"net/url"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/page"
)

func typeCrumbs(ctx context.Context, more ...design.Crumb) []design.Crumb {
	first := design.Crumb{Text: page.T(ctx, "cert.type.title")}
	if len(more) > 0 {
		first.Href = "/certificate-types"
	}
	return append([]design.Crumb{first}, more...)
}

func holderOptions(ctx context.Context) []design.Option {
	out := make([]design.Option, len(cert.HolderKinds))
	for i, k := range cert.HolderKinds {
		out[i] = design.Option{Value: k, Text: said(ctx, "cert.type.holder.", k)}
	}
	return out
}

func levelChoices(ctx context.Context) []design.ChoiceOption {
	return offered(ctx, "cert.type.level.", cert.Levels)
}

func purposeChoices(ctx context.Context) []design.ChoiceOption {
	return offered(ctx, "cert.purpose.", cert.Purposes)
}

func offered(ctx context.Context, group string, names []string) []design.ChoiceOption {
	out := make([]design.ChoiceOption, len(names))
	for i, n := range names {
		out[i] = design.ChoiceOption{Value: n, Text: said(ctx, group, n)}
	}
	return out
}

// listed says names of a group one after the other.
func listed(ctx context.Context, group string, names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = said(ctx, group, n)
	}
	return strings.Join(out, page.T(ctx, "cert.type.and"))
}

func columnsOf(ctx context.Context, keys ...string) []design.Column {
	out := make([]design.Column, len(keys))
	for i, k := range keys {
		out[i] = design.Column{Text: said(ctx, "cert.type.", k)}
	}
	return out
}

func typeColumns(ctx context.Context) []design.Column {
	return columnsOf(ctx, "name", "department", "holder")
}

func typeTable(ctx context.Context, list []cert.Kept) []design.Row {
	rows := make([]design.Row, len(list))
	for i, t := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: t.Name, Href: typeAt(t.TypeKey), Note: t.Code}, {Text: t.Department}, {Text: holderName(ctx, t.HolderKind)}}}
	}
	return rows
}

func holderName(ctx context.Context, kind string) string {
	if kind == "" {
		return ""
	}
	return said(ctx, "cert.type.holder.", kind)
}

func lasts(ctx context.Context, t cert.Type) string {
	if t.Years > 0 {
		return page.T(ctx, "cert.type.lasts", t.Years)
	}
	return t.Term
}

func typeFacts(ctx context.Context, v cert.TypeView) []design.SummaryRow {
	seal := v.Seal
	if seal == "" {
		seal = "official"
	}
	numbered := "rule"
	if v.Number.Taken() {
		numbered = "office"
	}
	rows := []design.SummaryRow{{Key: page.T(ctx, "cert.type.code"), Value: v.Kept.Code, Copy: true}, {Key: page.T(ctx, "cert.type.basis"), Value: v.Basis}}
	for _, f := range []struct{ key, value string }{{"holder", holderName(ctx, v.Holder)}, {"levels", listed(ctx, "cert.type.level.", v.Levels)}, {"validity", lasts(ctx, v.Type)},
		{"seal", said(ctx, "cert.type.seal.", seal)}, {"joint", joint(ctx, v.Type)}, {"number", said(ctx, "cert.type.number.", numbered)}, {"purposes", listed(ctx, "cert.purpose.", v.Purposes)}, {"doubt", strings.Join(v.Doubts, " ")}} {
		if f.value != "" {
			rows = append(rows, design.SummaryRow{Key: said(ctx, "cert.type.", f.key), Value: f.value})
		}
	}
	return append(rows, design.SummaryRow{Key: page.T(ctx, "cert.type.items"), View: templLink("/items?q="+url.QueryEscape(v.Kept.Name), page.T(ctx, "cert.type.items_find"))})
}

func fieldColumns(ctx context.Context) []design.Column {
	return columnsOf(ctx, "field", "required", "hidden")
}

func fieldTable(ctx context.Context, t cert.Type) []design.Row {
	hidden := map[string]bool{}
	for _, label := range t.Hidden(cert.VerifierStranger) {
		hidden[label] = true
	}
	rows := make([]design.Row, len(t.Fields))
	for i, f := range t.Fields {
		rows[i] = design.Row{Cells: []design.Cell{{Text: f.Label}, {Text: yes(ctx, f.Required)}, {Text: yes(ctx, !hidden[f.Label])}}}
	}
	return rows
}

func yes(ctx context.Context, b bool) string {
	if b {
		return page.T(ctx, "cert.type.yes")
	}
	return page.T(ctx, "cert.type.no")
}

func versionColumns(ctx context.Context) []design.Column {
	return columnsOf(ctx, "version", "from", "registered")
}

func versionTable(ctx context.Context, list []cert.TypeVersion) []design.Row {
	rows := make([]design.Row, len(list))
	for i, v := range list {
		from := page.T(ctx, "cert.type.at_once")
		if v.EffectiveOn != "" {
			from = page.Civil(ctx, v.EffectiveOn)
		}
		rows[i] = design.Row{Cells: []design.Cell{{Text: itoa(v.Version)}, {Text: from}, {Text: day(ctx, v.DeployedAt)}}}
	}
	return rows
}

// proposalFacts says what would change, from what to what.
func proposalFacts(ctx context.Context, p cert.TypeProposal) []design.SummaryRow {
	before, after := changeWords(ctx, p.Before), changeWords(ctx, p.After)
	rows := []design.SummaryRow{{Key: page.T(ctx, "cert.type.from"), Value: page.Civil(ctx, p.EffectiveOn)}}
	for _, c := range p.Changed {
		rows = append(rows, design.SummaryRow{Key: said(ctx, "cert.type.", c), Value: page.T(ctx, "cert.type.becomes", before[c], after[c])})
	}
	return rows
}

func changeWords(ctx context.Context, t cert.Type) map[string]string {
	return map[string]string{"name": t.Name, "basis": t.Basis, "department": t.Department, "years": itoa(int64(t.Years)), "term": t.Term,
		"levels": listed(ctx, "cert.type.level.", t.Levels), "purposes": listed(ctx, "cert.purpose.", t.Purposes), "joint": joint(ctx, t), "layout": layoutWords(ctx, t)}
}

// joint says whose seals stand beside the issuer's.
func joint(ctx context.Context, t cert.Type) string {
	if len(t.Joint) == 0 {
		return page.T(ctx, "cert.type.joint_none")
	}
	return strings.Join(t.Joint, page.T(ctx, "cert.type.and"))
}

// layoutWords says of a layout what fits into a line: a keeper looks at the preview.
func layoutWords(ctx context.Context, t cert.Type) string {
	if t.Layout == nil {
		return page.T(ctx, "cert.type.layout_list")
	}
	w, h := t.Layout.Drawing.Size(t.Layout.Landscape)
	return page.T(ctx, "cert.type.layout_size", int(w), int(h), len(t.Layout.Places))
}

func previewAt(v previewView, format string) string {
	at := "/desk/certificate-types/" + url.PathEscape(v.Key) + "/preview?sample=" + url.QueryEscape(v.Sample)
	if v.Proposed {
		at += "&proposed=yes"
	}
	if format != "" {
		at += "&format=" + format
	}
	return at
}

func sampleTabs(ctx context.Context, v previewView) []design.Link {
	var out []design.Link
	for _, sample := range cert.Samples {
		at := v
		at.Sample = sample
		out = append(out, design.Link{Text: said(ctx, "cert.type.sample.", sample), Href: previewAt(at, ""), Current: sample == v.Sample})
	}
	return out
}
