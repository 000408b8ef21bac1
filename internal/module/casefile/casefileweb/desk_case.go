package casefileweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/page"
)

// deskCase is GET /desk/cases/{number}.
func (s *site) deskCase(w http.ResponseWriter, r *http.Request) error {
	ctx, number := r.Context(), r.PathValue("number")
	view, err := s.Cases.View(ctx, by(r), number)
	if err != nil {
		return err
	}
	v := deskCaseView{facts: s.factsOf(ctx, view), Applicant: applicantText(ctx, view), Handed: handedOf(ctx, view)}
	if v.Note = caseNote(ctx, r.URL.Query().Get("done")); v.Note == "" {
		v.Note = didNote(ctx, r.URL.Query().Get("did"))
	}
	around, err := s.Tasks.Around(ctx, by(r), view.Case.ID)
	if err != nil {
		return err
	}
	v.More = moreOf(ctx, by(r), number, around)
	v.Facts = row(v.Facts, page.T(ctx, "casefile.item_version"), page.T(ctx, "casefile.item_version_of", view.Case.ItemCode, view.Case.ItemVersion))
	if view.Content.Pledged {
		v.Facts = row(v.Facts, page.T(ctx, "casefile.pledge"), page.T(ctx, "casefile.pledge_made"))
	}
	v.Facts = row(v.Facts, page.T(ctx, "casefile.applicant_number"), view.Applicant.Number)
	v.Facts = row(v.Facts, page.T(ctx, "casefile.representative"), view.Applicant.Representative)
	v.Facts = row(v.Facts, page.T(ctx, "casefile.applicant_phone"), view.Applicant.Phone)
	v.Facts = append(v.Facts, gapRows(ctx, view)...)
	if view.Discloses {
		v.Disclose = &design.Link{Text: page.T(ctx, "casefile.disclosure.link"), Href: disclosureAt(number)}
	}
	for _, a := range view.Actions {
		v.Buttons = append(v.Buttons, deskButton(ctx, number, a))
	}
	return page.Render(w, r, http.StatusOK, deskCasePage(v))
}

func applicantText(ctx context.Context, v *casefile.View) string {
	return page.T(ctx, "casefile.desk.applicant", v.Applicant.Name, v.Case.OfficeName)
}

// deskButton leads to the page of an action. The keys are the same for every case, so that a hand finds them.
func deskButton(ctx context.Context, number string, a casefile.Action) design.ButtonParams {
	p := pages[a]
	href := deskAt(number) + "/actions/" + string(a)
	switch a {
	case casefile.SubmitCorrection:
		href = caseAt(number) + "/correct"
	case casefile.BringMissing:
		href = caseAt(number) + "/missing"
	case casefile.Withdraw:
		href = caseAt(number) + "/withdraw"
	}
	b := design.ButtonParams{Text: said(ctx, "casefile.action.", string(a)), Kind: p.kind, Icon: p.icon, Href: href}
	b.Key = p.key
	return b
}
