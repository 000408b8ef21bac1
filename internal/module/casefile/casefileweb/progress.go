package casefileweb

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// askProgress is GET /progress.
func (s *site) askProgress(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, progressPage(progressView{}))
}

// progress is POST /progress: a stranger with number and query code sees how far a case is. It answers with the page itself, for the code must
// not stand in an address. Guessing is slow for one address and for one number; a wrong number and a wrong code are told alike.
func (s *site) progress(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Number string `form:"number"`
		Code   string `form:"code"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	number, code := digits(in.Number), digits(in.Code)
	v := progressView{Number: in.Number}
	missing := fault.New(fault.Invalid, "casefile.progress_missing")
	if number == "" {
		missing.Field("number", "casefile.number_missing")
	}
	if tooLong(in.Number) {
		missing.Field("number", "casefile.number_long")
	}
	if code == "" {
		missing.Field("code", "casefile.code_missing")
	}
	if err := missing.OrNil(); err != nil {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusUnprocessableEntity, progressPage(v))
	}
	if err := s.byAddress.Allow(web.Address(r)); err != nil {
		return err
	}
	if err := s.byNumber.Allow(number); err != nil {
		return err
	}
	p, err := s.Cases.Progress(ctx, number, code)
	if fault.Is(err, fault.NotFound) {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusNotFound, progressPage(v))
	}
	if err != nil {
		return err
	}
	c := &casefile.Case{Number: p.Number, State: p.State}
	v.Found = true
	v.Rows = row(v.Rows, page.T(ctx, "casefile.number"), p.Number)
	v.Rows = row(v.Rows, page.T(ctx, "casefile.item"), p.ItemName)
	v.Rows = row(v.Rows, page.T(ctx, "casefile.office"), p.OfficeName)
	v.Rows = row(v.Rows, page.T(ctx, "casefile.state"), stateText(ctx, string(p.State)))
	v.Clock = clockOf(ctx, c, nil, p.Clock)
	v.Events = eventsOf(ctx, c, p.Events, nil)
	return page.Render(w, r, http.StatusOK, progressPage(v))
}

// digits keeps the digits of what was typed: people group long numbers with spaces.
func digits(text string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, text)
}

// longestNumber is more characters than any number of a case or document has, however it is typed.
const longestNumber = 64

func tooLong(number string) bool { return utf8.RuneCountInString(number) > longestNumber }
