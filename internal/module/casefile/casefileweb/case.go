package casefileweb

import (
	"context"
	"net/http"
	"slices"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// show is GET /cases/{number}: a case as its applicant sees it. Officers have a page of their own.
func (s *site) show(w http.ResponseWriter, r *http.Request) error {
	ctx, number := r.Context(), r.PathValue("number")
	if officer(r) {
		web.Redirect(w, r, deskAt(number))
		return nil
	}
	view, err := s.Cases.View(ctx, by(r), number)
	if err != nil {
		return err
	}
	v := caseView{facts: s.factsOf(ctx, view), QueryCode: view.QueryCode, Receipt: r.URL.Query().Get("receipt") == "1" && view.Case.State == casefile.Submitted,
		NextText: nextText(ctx, nextOf(&view.Case)), NextTone: nextTone(view.Case.State)}
	v.Note, v.Urge = caseNote(ctx, r.URL.Query().Get("done")), mayUrge(view)
	v.Facts = row(v.Facts, page.T(ctx, "casefile.query_code"), view.QueryCode)
	for _, h := range handedOf(ctx, view) {
		line := design.SummaryRow{Key: h.Name, Value: h.How}
		if len(h.Files) > 0 {
			line.View = design.FileList(design.FileListParams{Label: h.Name, Files: h.Files})
		}
		v.Materials = append(v.Materials, line)
	}
	if s.Certificates != nil {
		list, err := s.Certificates(ctx, by(r), number)
		if err != nil {
			return err
		}
		for _, c := range list {
			v.Buttons = append(v.Buttons, design.ButtonParams{Text: page.T(ctx, "casefile.certificate", c.Text), Href: c.Href, Icon: "id-card"})
		}
	}
	v.Buttons = append(v.Buttons, tellButtons(view)...)
	v.Buttons = append(v.Buttons, s.ownButtons(r, view, len(v.Buttons) > 0)...)
	return page.Render(w, r, http.StatusOK, casePage(v))
}

// ownButtons are what an applicant can do now; where there is a certificate to see, that comes first.
func (s *site) ownButtons(r *http.Request, v *casefile.View, certificate bool) []design.ButtonParams {
	ctx, number := r.Context(), v.Case.Number
	var out []design.ButtonParams
	if slices.Contains(v.Actions, casefile.SubmitCorrection) {
		out = append(out, design.ButtonParams{Text: page.T(ctx, "casefile.correct"), Href: caseAt(number) + "/correct", Icon: "square-pen"})
	}
	if slices.Contains(v.Actions, casefile.AskHearing) {
		out = append(out, design.ButtonParams{Text: page.T(ctx, "casefile.action.ask_hearing"), Href: caseAt(number) + "/hearing", Icon: "message-square"})
	}
	if slices.Contains(v.Actions, casefile.ConfirmHearing) {
		out = append(out, design.ButtonParams{Text: page.T(ctx, "casefile.action.confirm_hearing"), Href: caseAt(number) + "/hearing/record", Icon: "check"})
	}
	if slices.Contains(v.Actions, casefile.BringMissing) {
		out = append(out, design.ButtonParams{Text: page.T(ctx, "casefile.missing"), Href: caseAt(number) + "/missing", Icon: "upload"})
	}
	if s.Rate != nil {
		if href, ok := s.Rate(ctx, by(r), number); ok {
			b := design.ButtonParams{Text: page.T(ctx, "casefile.rate"), Href: href, Icon: "star"}
			if certificate {
				b.Kind = design.Secondary
			}
			out = append(out, b)
		}
	}
	if slices.Contains(v.Actions, casefile.Withdraw) {
		out = append(out, design.ButtonParams{Text: page.T(ctx, "casefile.withdraw"), Href: caseAt(number) + "/withdraw", Kind: design.Quiet})
	}
	return out
}

func nextTone(s casefile.State) design.Tone {
	switch s {
	case casefile.Correcting, casefile.Suspended:
		return design.Warn
	case casefile.ApprovedAs, casefile.Delivered:
		return design.Good
	case casefile.RefusedAs, casefile.Rejected:
		return design.Bad
	}
	return design.Info
}

// caseNote says what the applicant has just done; an address somebody made up says nothing.
func caseNote(ctx context.Context, done string) string {
	switch done {
	case "corrected", "missing", "withdrawn", "urged", "urged_today", "urged_none", "told", "hearing_asked", "hearing_confirmed":
		return said(ctx, "casefile.done.", done)
	}
	return ""
}
