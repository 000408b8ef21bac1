package casefileweb

import (
	"context"
	"net/http"
	"net/url"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/page"
)

// pageRows is how many cases a page lists.
const pageRows = 20

// cases is GET /cases: what somebody has begun and what he has handed in.
func (s *site) cases(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	before := q.Get("before")
	list, err := s.Cases.Mine(ctx, by(r), before, pageRows+1)
	if err != nil {
		return err
	}
	v := casesView{Note: listNote(ctx, q.Get("done"))}
	if before == "" {
		if v.Drafts, err = s.drafts(r); err != nil {
			return err
		}
	} else {
		v.First = "/cases"
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		v.Next = "/cases?before=" + url.QueryEscape(list[pageRows-1].ID)
	}
	for _, c := range list {
		v.Cases = append(v.Cases, cardOf(ctx, c, officer(r)))
	}
	return page.Render(w, r, http.StatusOK, casesPage(v))
}

// drafts are the asker's own.
func (s *site) drafts(r *http.Request) ([]draftCard, error) {
	ctx := r.Context()
	list, err := s.Cases.Drafts(ctx, by(r))
	out := make([]draftCard, 0, len(list))
	for _, d := range list {
		out = append(out, draftCard{Title: d.ItemName, Href: "/applications/" + d.ID, Discard: applicationAt(d.ID, "discard"),
			Meta: []string{page.T(ctx, "casefile.draft.changed", page.DateTime(ctx, d.UpdatedAt))}})
	}
	return out, err
}

// listNote says what was just done; an address somebody made up says nothing.
func listNote(ctx context.Context, done string) string {
	switch done {
	case "saved", "discarded":
		return said(ctx, "casefile.done.", done)
	}
	return ""
}

func cardOf(ctx context.Context, c casefile.Case, staff bool) caseCard {
	card := caseCard{Title: c.ItemName, Href: caseAt(c.Number), Text: nextText(ctx, nextOf(&c)), Tone: design.CaseTone(string(c.State)), Badge: stateBadge(ctx, string(c.State)),
		Meta: []string{page.T(ctx, "casefile.caption", c.Number), c.OfficeName, page.T(ctx, "casefile.handed_in_on", page.Date(ctx, c.SubmittedAt))}}
	if staff {
		card.Href = deskAt(c.Number)
		card.Meta = append([]string{c.Applicant}, card.Meta...)
	}
	return card
}

// nextStep is what comes next in a case, and until when.
type nextStep struct {
	state string
	due   civil.Date
}

func nextOf(c *casefile.Case) nextStep {
	switch c.State {
	case casefile.Submitted:
		return nextStep{string(c.State), c.ReplyDue}
	case casefile.Accepted:
		return nextStep{string(c.State), c.PromiseDue}
	}
	return nextStep{string(c.State), civil.Date{}}
}

// nextText says what comes next in one sentence.
func nextText(ctx context.Context, n nextStep) string {
	return said(ctx, "casefile.next_text.", n.state, page.Civil(ctx, n.due.String()))
}
