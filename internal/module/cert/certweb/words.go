package certweb

import (
	"context"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/page"
)

// said is a word of a group: "cert.state." and "valid".
func said(ctx context.Context, group, name string, args ...any) string {
	return page.T(ctx, group+name, args...)
}

func day(ctx context.Context, d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return page.Civil(ctx, d.String())
}

func until(ctx context.Context, d civil.Date) string {
	if d.IsZero() {
		return page.T(ctx, "cert.no_end")
	}
	return day(ctx, d)
}

func badge(ctx context.Context, s cert.State) *design.BadgeParams {
	tones := map[cert.State]design.Tone{cert.Valid: design.Good, cert.Suspended: design.Warn, cert.Revoked: design.Bad, cert.Superseded: design.Muted, cert.Expired: design.Muted}
	return &design.BadgeParams{Text: said(ctx, "cert.state.", string(s)), Tone: tones[s]}
}

func card(ctx context.Context, c cert.Cert) design.CertificateCardParams {
	p := design.CertificateCardParams{Level: 2, Title: c.Name, Number: c.Number, Holder: c.Holder, Office: c.IssuerName, Until: until(ctx, c.ValidUntil),
		Badge: badge(ctx, c.State), Href: address(c), Void: c.State != cert.Valid}
	if c.State == cert.Valid {
		p.Show = address(c) + "/present"
	}
	return p
}

func address(c cert.Cert) string { return "/certificates/" + c.Identifier }

func crumbs(ctx context.Context, more ...design.Crumb) []design.Crumb {
	return append([]design.Crumb{{Text: page.T(ctx, "cert.list.title"), Href: "/certificates"}}, more...)
}

// facts are what anybody who may open the page reads.
func facts(ctx context.Context, v showView) []design.SummaryRow {
	list := []design.SummaryRow{
		{Key: page.T(ctx, "cert.identifier"), Value: v.Identifier, Copy: true},
		{Key: page.T(ctx, "cert.holder"), Value: v.Holder},
		{Key: page.T(ctx, "cert.issuer"), Value: v.IssuerName},
		{Key: page.T(ctx, "cert.issued_on"), Value: day(ctx, v.IssuedOn)},
		{Key: page.T(ctx, "cert.valid_until"), Value: until(ctx, v.ValidUntil)},
		{Key: page.T(ctx, "cert.sealed"), Value: sealed(ctx, v.Sealed)},
		{Key: page.T(ctx, "cert.log"), Value: position(ctx, v.Position)},
	}
	if v.CaseNumber != "" { // what another register issued was decided on no case of ours
		list = slices.Insert(list, 6, design.SummaryRow{Key: page.T(ctx, "cert.case"), View: caseLink(v.CaseNumber)})
	}
	if v.Number != "" {
		list = slices.Insert(list, 0, design.SummaryRow{Key: page.T(ctx, "cert.number"), Value: v.Number, Copy: true})
	}
	if v.Supersedes != "" {
		list = append(list, design.SummaryRow{Key: page.T(ctx, "cert.supersedes"), Value: v.Supersedes})
	}
	return list
}

// sealed says whether the documents of a certificate bear the seal of who issued it.
func sealed(ctx context.Context, is bool) string {
	if is {
		return page.T(ctx, "cert.sealed.yes")
	}
	return page.T(ctx, "cert.sealed.no")
}

func position(ctx context.Context, n int64) string {
	if n < 0 {
		return page.T(ctx, "cert.log_waiting")
	}
	return page.T(ctx, "cert.log_position", n)
}

// notInForce says why a certificate is not in force.
func notInForce(ctx context.Context, v showView) design.BannerParams {
	p := design.BannerParams{Tone: design.Warn, Title: said(ctx, "cert.state.", string(v.State)), Text: v.View.Reason}
	if (v.State == cert.Revoked || v.State == cert.Suspended) && v.EndedKind != "" {
		p.Tone, p.Title = design.Bad, page.T(ctx, "cert.ended", said(ctx, "cert.kind.", string(v.EndedKind)), page.Date(ctx, v.EndedAt))
	}
	return p
}

func lines(list []cert.Line) []design.SummaryRow {
	out := make([]design.SummaryRow, len(list))
	for i, l := range list {
		out[i] = design.SummaryRow{Key: l.Label, Value: l.Value}
	}
	return out
}

func files(ctx context.Context, c cert.Cert) design.FileListParams {
	p := design.FileListParams{Label: page.T(ctx, "cert.files")}
	for _, f := range []string{"pdf", "ofd"} {
		p.Files = append(p.Files, design.FileItem{Name: c.Name + " " + said(ctx, "cert.format.", f), Kind: said(ctx, "cert.format.", f), Href: address(c) + "/document?format=" + f})
	}
	return p
}

func verifications(ctx context.Context, v showView) design.TableParams {
	return verificationRows(ctx, v.Cert, v.Verifications)
}

func verificationRows(ctx context.Context, c cert.Cert, list []cert.Verification) design.TableParams {
	p := design.TableParams{Caption: page.T(ctx, "cert.verifications"), HideName: true, Empty: page.T(ctx, "cert.verifications_none"),
		Columns: []design.Column{{Text: page.T(ctx, "cert.verified_at")}, {Text: page.T(ctx, "cert.verified_by")}, {Text: page.T(ctx, "cert.purpose")},
			{Text: page.T(ctx, "cert.verified_way")}, {Text: page.T(ctx, "cert.verified_outcome")}, {Text: page.T(ctx, "cert.complain.title"), Hidden: true}}}
	for _, x := range list {
		by := x.Who
		if by == "" {
			by = x.Post
		}
		if by == "" {
			by = page.T(ctx, "cert.verified_somebody")
		}
		purpose, way := "", said(ctx, "cert.way.", x.Way)
		if x.Purpose != "" {
			purpose = said(ctx, "cert.purpose.", x.Purpose)
		}
		if x.Part {
			way += page.T(ctx, "cert.part.note")
		}
		object := design.Cell{Text: page.T(ctx, "cert.complain.title"), Href: address(c) + "/complain/" + x.ID}
		if !x.ComplainedAt.IsZero() {
			object = design.Cell{Text: page.T(ctx, "cert.complain.done")}
		}
		p.Rows = append(p.Rows, design.Row{Cells: []design.Cell{{Text: page.DateTime(ctx, x.At)}, {Text: by}, {Text: purpose}, {Text: way},
			{Text: said(ctx, "cert.outcome.", strconv.FormatBool(x.Valid))}, object}})
	}
	return p
}

func kinds(ctx context.Context, v revokeView) design.ChoiceParams {
	p := design.ChoiceParams{Name: "kind", Label: page.T(ctx, "cert.revoke.kind"), Error: v.Errors.Of("kind")}
	if v.Kind != "" {
		p.Values = []string{v.Kind}
	}
	for _, k := range v.Actions {
		p.Options = append(p.Options, design.ChoiceOption{Value: string(k), Text: said(ctx, "cert.kind.", string(k)), Hint: said(ctx, "cert.kind_hint.", string(k))})
	}
	return p
}

// done says what was just done; an address somebody made up says nothing.
func done(ctx context.Context, what string) string {
	if slices.Contains(cert.Kinds, cert.Kind(what)) {
		return page.T(ctx, "cert.done", said(ctx, "cert.kind.", what))
	}
	return ""
}

// checks says a verdict item by item.
func checks(ctx context.Context, v *cert.Verdict) design.ChecksParams {
	p := design.ChecksParams{}
	for _, c := range v.Checks {
		p.Items = append(p.Items, design.CheckItem{Name: said(ctx, "cert.check.", c.Name), OK: c.OK, Detail: page.T(ctx, c.Detail, c.Args...)})
	}
	return p
}

func outcome(ctx context.Context, v *cert.Verdict) design.BannerParams {
	if v.Valid {
		return design.BannerParams{Tone: design.Good, Title: page.T(ctx, "cert.verdict.good"), Text: page.T(ctx, "cert.verdict.good_text")}
	}
	text := ""
	for _, c := range v.Checks {
		if !c.OK {
			text = page.T(ctx, c.Detail, c.Args...)
			break
		}
	}
	return design.BannerParams{Tone: design.Bad, Title: page.T(ctx, "cert.verdict.bad"), Text: text}
}

// shownFacts are what a verifier reads of a certificate.
func shownFacts(ctx context.Context, s *cert.Shown) []design.SummaryRow {
	list := []design.SummaryRow{
		{Key: page.T(ctx, "cert.name"), Value: s.Name},
		{Key: page.T(ctx, "cert.holder"), Value: s.Holder},
		{Key: page.T(ctx, "cert.issuer"), Value: s.Issuer},
		{Key: page.T(ctx, "cert.issued_on"), Value: day(ctx, s.IssuedOn)},
		{Key: page.T(ctx, "cert.valid_until"), Value: until(ctx, s.ValidUntil)},
		{Key: page.T(ctx, "cert.identifier"), Value: s.Identifier},
	}
	if s.Number != "" {
		list = slices.Insert(list, 1, design.SummaryRow{Key: page.T(ctx, "cert.number"), Value: s.Number})
	}
	if s.State != "" && !s.Part { // the register knows, and the holder hides nothing
		list = append(list, design.SummaryRow{Key: page.T(ctx, "cert.sealed"), Value: sealed(ctx, s.Sealed)})
	}
	return slices.DeleteFunc(list, func(r design.SummaryRow) bool { return r.Value == "" }) // what the holder does not show
}

// refresh has a page that shows a code ask for the next one by itself, shortly before this one is void.
func refresh(v presentView) templ.Attributes {
	return templ.Attributes{"hx-get": v.Address, "hx-trigger": "load delay:" + strconv.Itoa(v.Refresh) + "s", "hx-select": "#code", "hx-swap": "outerHTML"}
}

// watch asks every few seconds who has verified.
func watch(c cert.Cert) templ.Attributes {
	return templ.Attributes{"hx-get": address(c) + "/present/seen", "hx-trigger": "every 3s", "hx-swap": "innerHTML"}
}

func presentCaption(ctx context.Context, v presentView) string {
	if v.Fields > 0 {
		return page.T(ctx, "cert.part.caption", v.Fields)
	}
	return v.Holder
}

// proof shows that the issuing is in the public log; the browser checks it by itself.
func proof(ctx context.Context, v cert.View) design.LogProofParams {
	if v.Position < 0 {
		return design.LogProofParams{Level: 2, Pending: true}
	}
	at := "/log/leaves/" + strconv.FormatInt(v.Position, 10)
	p := design.LogProofParams{Level: 2, Index: v.Position, Leaf: hex.EncodeToString(v.Proof.LeafHash), Root: hex.EncodeToString(v.Proof.Checkpoint.Root), Size: v.Proof.Checkpoint.Size,
		At: page.DateTime(ctx, v.Proof.Checkpoint.At), Verified: v.Proof.Verify() == nil, Commitment: hex.EncodeToString(v.Proof.Commitment), Href: at, File: at + "/proof"}
	for _, h := range v.Proof.Hashes {
		p.Path = append(p.Path, hex.EncodeToString(h))
	}
	return p
}
