package casefileweb

import (
	"context"
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type verifyPaperView struct {
	Number string // as typed
	ID     string // as scanned; the number is then not asked
	Found  *casefile.Genuine
	Rows   []design.SummaryRow
	Errors design.Errors
}

func (v verifyPaperView) hidden() []design.Hidden {
	if v.ID == "" {
		return nil
	}
	return []design.Hidden{{Name: "paper", Value: v.ID}}
}

// askVerifyPaper is GET /papers/verify; the code on a document leads here.
func (s *site) askVerifyPaper(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return page.Render(w, r, http.StatusOK, verifyPaperPage(verifyPaperView{Number: q.Get("number"), ID: q.Get("paper")}))
}

// verifyPaper is POST /papers/verify: whoever holds a document learns whether it was issued, by whom and when, and nothing of what it says. Guessing is
// slow, as with the progress of a case.
func (s *site) verifyPaper(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Number string `form:"number"`
		Paper  string `form:"paper"`
		Code   string `form:"code"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	v := verifyPaperView{Number: in.Number, ID: in.Paper}
	missing := fault.New(fault.Invalid, "casefile.progress_missing")
	if strings.TrimSpace(in.Number) == "" && in.Paper == "" {
		missing.Field("number", "casefile.paper_number_missing")
	}
	if tooLong(in.Number) || tooLong(in.Paper) {
		missing.Field("number", "casefile.number_long")
	}
	code := digits(in.Code)
	if code == "" {
		missing.Field("code", "casefile.code_missing")
	}
	if err := missing.OrNil(); err != nil {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusUnprocessableEntity, verifyPaperPage(v))
	}
	if err := s.byAddress.Allow(web.Address(r)); err != nil {
		return err
	}
	claim := casefile.PaperClaim{Number: in.Number, ID: in.Paper, Code: code}
	key, err := s.guessed(ctx, claim)
	if err != nil {
		return err
	}
	if err := s.byNumber.Allow(key); err != nil {
		return err
	}
	g, err := s.Cases.VerifyPaper(ctx, claim)
	if fault.Is(err, fault.NotFound) {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusNotFound, verifyPaperPage(v))
	}
	if err != nil {
		return err
	}
	v.Found = &g
	v.Rows = []design.SummaryRow{{Key: page.T(ctx, "casefile.papers.kind"), Value: g.Title}, {Key: page.T(ctx, "casefile.paper_number"), Value: g.Number},
		{Key: page.T(ctx, "casefile.papers.office"), Value: g.Office}, {Key: page.T(ctx, "casefile.papers.issued_on"), Value: dateText(ctx, g.IssuedOn)}}
	return page.Render(w, r, http.StatusOK, verifyPaperPage(v))
}

// guessed is what a guess at a claim counts under: the case whose code it would be, as with its progress. What belongs to no case counts under the id
// that was sent, or else under the digits of the number: nothing that is sent beside them makes a new key.
func (s *site) guessed(ctx context.Context, claim casefile.PaperClaim) (string, error) {
	number, err := s.Cases.ConcernedCase(ctx, claim)
	switch {
	case err != nil:
		return "", err
	case number != "":
		return number, nil
	case claim.ID != "":
		return "paper " + claim.ID, nil
	}
	return "paper of " + digits(claim.Number), nil
}
