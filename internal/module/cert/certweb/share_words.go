package certweb

import (
	"context"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/page"
)

func purposeOptions(ctx context.Context) []design.Option {
	out := make([]design.Option, len(cert.Purposes))
	for i, p := range cert.Purposes {
		out[i] = design.Option{Value: p, Text: said(ctx, "cert.purpose.", p)}
	}
	return out
}

// purposes asks what a certificate is verified or used for. Nothing is chosen beforehand: it is kept, and the holder reads it.
func purposes(ctx context.Context, chosen string, errors design.Errors) design.ChoiceParams {
	p := design.ChoiceParams{Name: "purpose", Label: page.T(ctx, "cert.purpose"), Hint: page.T(ctx, "cert.purpose_hint"), Values: []string{chosen}, Error: errors.Of("purpose")}
	for _, o := range purposeOptions(ctx) {
		p.Options = append(p.Options, design.ChoiceOption{Value: o.Value, Text: o.Text})
	}
	return p
}

func choices(list []cert.Line) []design.ChoiceOption {
	out := make([]design.ChoiceOption, len(list))
	for i, l := range list {
		out[i] = design.ChoiceOption{Value: l.Key, Text: l.Label, Hint: l.Value}
	}
	return out
}

func dayChoices(ctx context.Context) []design.ChoiceOption {
	var out []design.ChoiceOption
	for _, n := range []int{1, 3, cert.MostOfflineDays} {
		out = append(out, design.ChoiceOption{Value: strconv.Itoa(n), Text: page.T(ctx, "cert.offline.for_days", n)})
	}
	return out
}

// validity is a day until which something holds, or that it has ended.
func validity(ctx context.Context, until civil.Date, ended bool) string {
	if ended {
		return page.T(ctx, "cert.taken_back")
	}
	return day(ctx, until)
}

func grantRows(ctx context.Context, v showView) design.TableParams {
	p := design.TableParams{Caption: page.T(ctx, "cert.grants"), HideName: true, Empty: page.T(ctx, "cert.grants_none"), First: true,
		Columns: []design.Column{{Text: page.T(ctx, "cert.grant.to")}, {Text: page.T(ctx, "cert.purpose")}, {Text: page.T(ctx, "cert.grant.until")}, {Text: page.T(ctx, "cert.grant.end"), Hidden: true}}}
	for _, g := range v.Grants {
		last := design.Cell{}
		if g.EndedAt.IsZero() {
			last.View = ended(address(v.Cert)+"/grants/"+g.ID+"/end", page.T(ctx, "cert.grant.end"), g.GranteeName, page.T(ctx, "cert.grant.end_sure"))
		}
		p.Rows = append(p.Rows, design.Row{Cells: []design.Cell{{Text: g.GranteeName, Note: said(ctx, "cert.grantee.", g.GranteeKind)}, {Text: said(ctx, "cert.purpose.", g.Purpose)},
			{Text: validity(ctx, g.UntilOn, !g.EndedAt.IsZero())}, last}})
	}
	return p
}

func copyRows(ctx context.Context, v showView) design.TableParams {
	p := design.TableParams{Caption: page.T(ctx, "cert.copies"), HideName: true, Empty: page.T(ctx, "cert.copies_none"), First: true,
		Columns: []design.Column{{Text: page.T(ctx, "cert.copy.matter")}, {Text: page.T(ctx, "cert.copy.recipient")}, {Text: page.T(ctx, "cert.copy.until")}, {Text: page.T(ctx, "cert.copy.file")}, {Text: page.T(ctx, "cert.copy.end"), Hidden: true}}}
	for _, c := range v.Copies {
		last, file := design.Cell{}, design.Cell{Text: page.T(ctx, "cert.copy.download"), Note: c.Number, Href: address(v.Cert) + "/copies/" + c.Number}
		if c.EndedAt.IsZero() {
			last.View = ended(address(v.Cert)+"/copies/"+c.Number+"/end", page.T(ctx, "cert.copy.end"), c.Matter, page.T(ctx, "cert.copy.end_sure"))
		}
		p.Rows = append(p.Rows, design.Row{Cells: []design.Cell{{Text: c.Matter}, {Text: c.Recipient}, {Text: validity(ctx, c.UntilOn, !c.EndedAt.IsZero())}, file, last}})
	}
	return p
}

func copyFacts(ctx context.Context, c *cert.CopyShown) []design.SummaryRow {
	return []design.SummaryRow{{Key: page.T(ctx, "cert.copy.number"), Value: c.Number}, {Key: page.T(ctx, "cert.copy.matter"), Value: c.Matter},
		{Key: page.T(ctx, "cert.copy.recipient"), Value: c.Recipient}, {Key: page.T(ctx, "cert.copy.made"), Value: day(ctx, c.MadeOn)},
		{Key: page.T(ctx, "cert.copy.until"), Value: day(ctx, c.Until)}}
}

func grantedRows(ctx context.Context, v grantedView) design.TableParams {
	p := design.TableParams{Caption: page.T(ctx, "cert.granted.title"), HideName: true, Empty: page.T(ctx, "cert.granted.none"), First: true,
		Columns: []design.Column{{Text: page.T(ctx, "cert.name")}, {Text: page.T(ctx, "cert.holder")}, {Text: page.T(ctx, "cert.purpose")}, {Text: page.T(ctx, "cert.grant.until")}, {Text: page.T(ctx, "cert.granted.use"), Hidden: true}},
		Pager:   pagerOf("/granted", v.Next, v.Paged)}
	for _, g := range v.Rows {
		p.Rows = append(p.Rows, design.Row{Cells: []design.Cell{{Text: g.Name, Note: g.Issuer}, {Text: g.Holder}, {Text: said(ctx, "cert.purpose.", g.Purpose)}, {Text: day(ctx, g.UntilOn)}, {View: useButton(g)}}})
	}
	return p
}

func complaintRows(ctx context.Context, v complaintsView) design.TableParams {
	p := design.TableParams{Caption: page.T(ctx, "cert.complaints.title"), HideName: true, Empty: page.T(ctx, "cert.complaints.none"),
		Columns: []design.Column{{Text: page.T(ctx, "cert.complaints.at")}, {Text: page.T(ctx, "cert.name")}, {Text: page.T(ctx, "cert.verified_by")}, {Text: page.T(ctx, "cert.purpose")}, {Text: page.T(ctx, "cert.complain.text")}},
		Pager:   pagerOf("/desk/certificates/complaints", v.Next, v.Paged)}
	for _, c := range v.Rows {
		who, purpose := c.Who, ""
		if who == "" {
			who = page.T(ctx, "cert.verified_somebody")
		}
		if c.Purpose != "" {
			purpose = said(ctx, "cert.purpose.", c.Purpose)
		}
		p.Rows = append(p.Rows, design.Row{Cells: []design.Cell{{Text: page.DateTime(ctx, c.ComplainedAt)}, {Text: c.Name, Note: c.Identifier, Href: "/certificates/" + c.Identifier},
			{Text: who, Note: page.DateTime(ctx, c.At)}, {Text: purpose}, {Text: c.Text}}})
	}
	return p
}

// pagerOf leads to the first and the next page of a list; nil where there is but one.
func pagerOf(at, next string, paged bool) *design.PagerParams {
	p := design.PagerParams{}
	if paged {
		p.First = at
	}
	if next != "" {
		p.Next = at + "?after=" + next
	}
	if p == (design.PagerParams{}) {
		return nil
	}
	return &p
}

func lawyerFacts(ctx context.Context, e cert.PublicEntry) []design.SummaryRow {
	return []design.SummaryRow{{Key: page.T(ctx, "cert.lawyer.number"), Value: e.Number}, {Key: page.T(ctx, "cert.lawyer.firm"), Value: e.Unit},
		{Key: page.T(ctx, "cert.issuer"), Value: e.Issuer}, {Key: page.T(ctx, "cert.issued_on"), Value: day(ctx, e.IssuedOn)},
		{Key: page.T(ctx, "cert.valid_until"), Value: until(ctx, e.ValidUntil)}}
}
