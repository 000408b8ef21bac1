package certweb

import (
	"context"
	"net/http"
	"net/url"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// paperLimit is a table of paper certificates and what its form adds.
const paperLimit = 16<<20 + 64<<10

// paperRoutes take over what was issued on paper, and show it to whom it belongs.
func (s *site) paperRoutes(r *web.Router) {
	r.Page("GET /paper-certificates", web.SignedIn, s.papers)
	r.Page("GET /desk/paper-certificates", web.Staff, s.imports)
	r.Upload("POST /desk/paper-certificates", web.Staff, paperLimit, s.checkPaper)
	r.Page("GET /desk/paper-certificates/{id}", web.Staff, s.showImport)
	r.Page("POST /desk/paper-certificates/{id}", web.Staff, s.takePaper)
}

type importsView struct {
	Rows   []cert.PaperImport
	Type   string
	Way    string // paper or issue
	Issues bool   // who looks may have tables issued
	After  string
	Next   string
	Errors design.Errors
}

// imports is GET /desk/paper-certificates.
func (s *site) imports(w http.ResponseWriter, r *http.Request) error {
	return s.showImports(w, r, http.StatusOK, importsView{Type: r.URL.Query().Get("type")})
}

func (s *site) showImports(w http.ResponseWriter, r *http.Request, status int, v importsView) error {
	v.After = r.URL.Query().Get("after")
	v.Issues = s.Certs.MayIssue(actor.FromContext(r.Context()))
	list, err := s.Certs.Imports(r.Context(), actor.FromContext(r.Context()), v.After, rows+1)
	if err != nil {
		return err
	}
	v.Rows = list
	if len(list) > rows {
		v.Rows, v.Next = list[:rows], list[rows-1].ID
	}
	return page.Render(w, r, status, importsPage(v))
}

func (v importsView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.After != "" {
		p.First = "/desk/paper-certificates"
	}
	if v.Next != "" {
		p.Next = "/desk/paper-certificates?after=" + url.QueryEscape(v.Next)
	}
	return &p
}

// checkPaper is POST /desk/paper-certificates: the dry run.
func (s *site) checkPaper(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Type string `form:"type"`
		Way  string `form:"way"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	content, err := file(r)
	if err != nil {
		return err
	}
	check := s.Certs.CheckPaper
	if in.Way == "issue" {
		check = s.Certs.CheckIssue
	}
	id, err := check(ctx, actor.FromContext(ctx), in.Type, content)
	if refusal(err) {
		return s.showImports(w, r, http.StatusUnprocessableEntity, importsView{Type: in.Type, Way: in.Way, Errors: design.ErrorsOf(ctx, err)})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/desk/paper-certificates/"+id)
	return nil
}

// showImport is GET /desk/paper-certificates/{id}: the report, and how far the taking over is.
func (s *site) showImport(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Certs.Import(r.Context(), actor.FromContext(r.Context()), r.PathValue("id"))
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, importPage(v))
}

// takePaper is POST /desk/paper-certificates/{id}: takes the table over as paper, or orders that it be issued.
func (s *site) takePaper(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), actor.FromContext(r.Context())
	v, err := s.Certs.Import(ctx, by, r.PathValue("id"))
	if err != nil {
		return err
	}
	if v.Way == "issue" {
		err = s.Certs.OrderIssue(ctx, by, v.ID)
	} else {
		err = s.Certs.TakePaper(ctx, by, v.ID)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/desk/paper-certificates/"+r.PathValue("id"))
	return nil
}

type papersView struct {
	Rows        []cert.Paper
	After, Next string
}

// papers is GET /paper-certificates: what offices' books say of the holder's paper certificates.
func (s *site) papers(w http.ResponseWriter, r *http.Request) error {
	v := papersView{After: r.URL.Query().Get("after")}
	list, err := s.Certs.Papers(r.Context(), actor.FromContext(r.Context()), v.After, rows+1)
	if err != nil {
		return err
	}
	v.Rows = list
	if len(list) > rows {
		v.Rows, v.Next = list[:rows], list[rows-1].ID
	}
	return page.Render(w, r, http.StatusOK, papersPage(v))
}

func (v papersView) pager() design.PagerParams {
	p := design.PagerParams{}
	if v.After != "" {
		p.First = "/paper-certificates"
	}
	if v.Next != "" {
		p.Next = "/paper-certificates?after=" + url.QueryEscape(v.Next)
	}
	return p
}

func wayOptions(ctx context.Context) []design.Option {
	return []design.Option{{Value: "paper", Text: page.T(ctx, "cert.paper.way.paper")}, {Value: "issue", Text: page.T(ctx, "cert.paper.way.issue")}}
}

// importLead says what becomes of a table.
func importLead(v cert.PaperImport) string {
	if v.Way == "issue" {
		return "cert.paper.signed"
	}
	return "cert.paper.unsigned"
}

func importDone(ctx context.Context, v cert.PaperImport) string {
	if v.Way == "issue" {
		return page.T(ctx, "cert.paper.issued_done", v.TakenRows)
	}
	return page.T(ctx, "cert.paper.done", v.TakenRows)
}

func importUnderWay(ctx context.Context, v cert.PaperImport) string {
	if v.Way == "issue" {
		return page.T(ctx, "cert.paper.under_way", v.DoneRow, v.ReadRows+1, v.TakenRows)
	}
	return page.T(ctx, "cert.paper.stopped", v.DoneRow)
}

func importAct(ctx context.Context, v cert.PaperImport) string {
	if v.Way == "issue" {
		return page.T(ctx, "cert.paper.issue", v.GoodRows)
	}
	return page.T(ctx, "cert.paper.take", v.GoodRows)
}

// importState is the state as the list says it.
func importState(v cert.PaperImport) string {
	if v.Way == "issue" {
		return map[string]string{"checked": "unissued", "running": "issuing", "done": "issued"}[v.State]
	}
	return v.State
}
