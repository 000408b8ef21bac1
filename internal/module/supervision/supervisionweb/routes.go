// Package supervisionweb is the board of those who answer for deadlines: a level's figures and those below it, down to the cases of one office; the cards
// that ask why; the monthly report. Four steps lead from the province to a case: prefecture, county, office, case. No page names an applicant.
package supervisionweb

import (
	"context"
	"embed"
	"net/url"

	"xiangyun/internal/module/supervision"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deps are what the pages are made from.
type Deps struct{ Supervision *supervision.Service }

// site answers the routes.
type site struct{ Deps }

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{d}
	r.Page("GET /desk/supervision", web.Staff, s.board)
	r.Page("GET /desk/supervision/cases", web.Staff, s.cases)
	r.Page("GET /desk/supervision/report", web.Staff, s.report)
	r.Page("GET /desk/supervision/report.csv", web.Staff, s.reportFile)
	r.Page("GET /desk/supervision/cards", web.Staff, s.cards)
	r.Page("GET /desk/supervision/cards/new", web.Staff, s.newCard)
	r.Page("POST /desk/supervision/cards", web.Staff, s.issue)
	r.Page("GET /desk/supervision/cards/{id}", web.Staff, s.card)
	r.Page("POST /desk/supervision/cards/{id}/answer", web.Staff, s.answer)
	r.Page("POST /desk/supervision/cards/{id}/close", web.Staff, s.close)
	r.Page("POST /desk/supervision/cards/{id}/return", web.Staff, s.giveBack)
	s.api(r)
}

// at is an address below the board with the questions that are not empty: name, value, name, value.
func at(path string, questions ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(questions); i += 2 {
		if questions[i+1] != "" {
			q.Set(questions[i], questions[i+1])
		}
	}
	if len(q) == 0 {
		return "/desk/supervision" + path
	}
	return "/desk/supervision" + path + "?" + q.Encode()
}

// said is a word of a closed list.
func said(ctx context.Context, group, name string) string {
	key := "supervision." + group + "." + name
	return page.T(ctx, key)
}
