package casefileweb

import (
	"context"
	"net/http"
	"slices"
	"strings"

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
	v.Opinions = view.Case.State.Open() && slices.ContainsFunc(view.Events, func(e casefile.Event) bool { return e.Action == casefile.Opine })
	v.TimeNote, v.TimeTone = timeNote(ctx, view)
	v.Brief = briefOf(ctx, view, v.TimeNote)
	if view.Discloses {
		v.Disclose = &design.Link{Text: page.T(ctx, "casefile.disclosure.link"), Href: disclosureAt(number)}
	}
	for _, a := range view.Actions {
		v.Buttons = append(v.Buttons, deskButton(ctx, number, a))
	}
	v.Buttons = append(v.Buttons, tellButtons(view)...)
	v.Written = writtenLists(ctx, view)
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

// count says how many there are, nothing for none.
func (deskCaseView) count(ctx context.Context, of string, n int) string {
	if n == 0 {
		return ""
	}
	return said(ctx, "casefile.desk.count.", of, n)
}

// timeNote is where the law's clock stands, in a few words and as loud as it is urgent.
func timeNote(ctx context.Context, v *casefile.View) (string, design.Tone) {
	c, k := &v.Case, v.Clock
	switch {
	case c.State == casefile.Submitted && !c.ReplyDue.IsZero():
		return page.T(ctx, "casefile.desk.time.reply", dateText(ctx, c.ReplyDue)), design.Neutral
	case c.State == casefile.Suspended && !k.Running:
		return page.T(ctx, "casefile.desk.time.stands", dateText(ctx, k.StandsTill)), design.Neutral
	case k.Running && !k.PromiseDue.IsZero() && k.Left < 0:
		return page.T(ctx, "casefile.desk.time.late", dateText(ctx, k.PromiseDue), -k.Left), design.Bad
	case k.Running && !k.PromiseDue.IsZero():
		tone := colourTone(k.Colour)
		if tone == design.Good {
			tone = design.Neutral
		}
		return page.T(ctx, "casefile.desk.time.left", dateText(ctx, k.PromiseDue), k.Left), tone
	}
	return "", design.Neutral
}

// briefOf is what an officer asks first: what is to be done by whom, and by when.
func briefOf(ctx context.Context, v *casefile.View, time string) []design.SummaryRow {
	var next []string
	for _, t := range v.Tasks {
		next = append(next, t.Name+"（"+t.OfficeName+"）")
	}
	if v.Case.State == casefile.Correcting {
		next = []string{page.T(ctx, "casefile.event.submit_correction") + "（" + page.T(ctx, "casefile.applicant") + "）"}
	}
	rows := row(nil, page.T(ctx, "casefile.desk.next"), strings.Join(next, "、"))
	if b := warningBadge(ctx, v.Clock); b != nil && time != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "casefile.time"), View: design.Badge(*b), Hint: time})
	} else {
		rows = row(rows, page.T(ctx, "casefile.time"), time)
	}
	return row(rows, page.T(ctx, "casefile.received_on"), dateText(ctx, v.Case.ReceivedOn))
}
