package casefileweb

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/paper"
)

// paperView is one document as a page of words, with its pages as they are printed.
type paperView struct {
	Title   string
	Section string
	Crumbs  []design.Crumb
	Paper   casefile.Paper
	Files   []design.FileItem
	Facts   []design.SummaryRow
	Pages   []string // drawn
	Lacking string   // code points of characters that no face has
	Back    string
}

// paper is GET /cases/{number}/papers/{id}: one document, for applicant and officer alike; with .pdf or .ofd behind it as a file.
func (s *site) paper(w http.ResponseWriter, r *http.Request) error {
	ctx, number, id := r.Context(), r.PathValue("number"), r.PathValue("id")
	if i := strings.LastIndexByte(id, '.'); i > 0 {
		return s.paperFile(w, r, number, id[:i], paper.Format(id[i+1:]))
	}
	read := s.Cases.PaperUnopened
	if opens(r) {
		read = s.Cases.Paper
	}
	p, err := read(ctx, by(r), number, id)
	if err != nil {
		return err
	}
	drawn, lacking, err := s.Cases.PaperPages(p)
	if err != nil {
		return err
	}
	v := paperView{Title: p.Title, Paper: p, Files: filesOf(ctx, number, p), Pages: texts(drawn), Lacking: codePoints(lacking), Section: "cases", Back: caseAt(number),
		Crumbs: []design.Crumb{{Text: page.T(ctx, "casefile.mine"), Href: "/cases"}, {Text: number, Href: caseAt(number)}, {Text: p.Title}}}
	if officer(r) {
		v.Section, v.Back = "desk", deskAt(number)
		v.Crumbs = []design.Crumb{{Text: page.T(ctx, "casefile.desk.title"), Href: "/desk"}, {Text: number, Href: deskAt(number)}, {Text: p.Title}}
	}
	v.Facts = []design.SummaryRow{{Key: page.T(ctx, "casefile.paper_number"), Value: p.Number, Copy: true}, {Key: page.T(ctx, "casefile.number"), Value: number, Copy: true},
		{Key: page.T(ctx, "casefile.papers.issued_on"), Value: dateText(ctx, p.IssuedOn)}}
	sealed, err := s.Cases.PaperSealOf(ctx, by(r), number, id)
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, design.SummaryRow{Key: page.T(ctx, "casefile.papers.seal"), View: paperSeal(sealed)})
	if !p.ReadAt.IsZero() {
		v.Facts = row(v.Facts, page.T(ctx, "casefile.papers.read_at"), page.DateTime(ctx, p.ReadAt))
	}
	return page.Render(w, r, http.StatusOK, paperPage(v))
}

// paperFile answers with a document's file; its name is the title and the number, which holds nothing of a person.
func (s *site) paperFile(w http.ResponseWriter, r *http.Request, number, id string, format paper.Format) error {
	read := s.Cases.PaperFileUnopened
	if opens(r) {
		read = s.Cases.PaperFile
	}
	f, err := read(r.Context(), by(r), number, id, format)
	if err != nil {
		return err
	}
	shown, policy := "attachment", sealedPolicy
	if format == paper.PDF {
		shown, policy = "inline", viewerPolicy
	}
	h := w.Header()
	h.Set("Content-Type", format.MediaType())
	h.Set("Content-Disposition", mime.FormatMediaType(shown, map[string]string{"filename": f.Paper.Title + " " + f.Paper.Number + "." + string(format)}))
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Length", strconv.Itoa(len(f.Content)))
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(f.Content) // the reader may have gone
	return nil
}

// opens tells whether a person opens what is asked for. A browser that fetches ahead, and who asks for the header alone, has shown it to nobody.
func opens(r *http.Request) bool {
	ahead := strings.ToLower(strings.Join([]string{r.Header.Get("Sec-Purpose"), r.Header.Get("Purpose"), r.Header.Get("X-Moz")}, " "))
	return r.Method == http.MethodGet && !strings.Contains(ahead, "prefetch") && !strings.Contains(ahead, "prerender")
}

func filesOf(ctx context.Context, number string, p casefile.Paper) []design.FileItem {
	var out []design.FileItem
	for _, format := range []paper.Format{paper.PDF, paper.OFD} {
		out = append(out, design.FileItem{Name: page.T(ctx, "casefile.papers.file", p.Title, strings.ToUpper(string(format))), Href: paperAt(number, p.ID) + "." + string(format),
			Kind: strings.ToUpper(string(format))})
	}
	return out
}

func texts(list [][]byte) []string {
	out := make([]string, len(list))
	for i, b := range list {
		out[i] = string(b)
	}
	return out
}

func codePoints(list []rune) string {
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = fmt.Sprintf("U+%04X", r)
	}
	return strings.Join(words, "、")
}

// papersView is the documents of a case as officers see them.
type papersView struct {
	Number, Title string
	Rows          []design.Row
}

// deskPapers is GET /desk/cases/{number}/papers.
func (s *site) deskPapers(w http.ResponseWriter, r *http.Request) error {
	ctx, number := r.Context(), r.PathValue("number")
	view, err := s.Cases.View(ctx, by(r), number)
	if err != nil {
		return err
	}
	v := papersView{Number: number, Title: view.Case.ItemName}
	for _, p := range slices.Concat(view.Records, view.Papers) {
		read := design.Cell{Text: page.T(ctx, "casefile.papers.unread")}
		switch {
		case !p.ReadAt.IsZero():
			read.Text = page.DateTime(ctx, p.ReadAt)
		case slices.ContainsFunc(view.Records, func(x casefile.Paper) bool { return x.ID == p.ID }):
			read.Text = page.T(ctx, "casefile.papers.own") // what the applicant handed in is no news to him
		}
		v.Rows = append(v.Rows, design.Row{Cells: []design.Cell{{Text: p.Title, Href: paperAt(number, p.ID)}, {Text: p.Number}, {Text: dateText(ctx, p.IssuedOn)}, read,
			{Text: "PDF", Href: paperAt(number, p.ID) + ".pdf"}, {Text: "OFD", Href: paperAt(number, p.ID) + ".ofd"}}})
	}
	return page.Render(w, r, http.StatusOK, papersPage(v))
}

func paperColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.papers.kind")}, {Text: page.T(ctx, "casefile.paper_number")}, {Text: page.T(ctx, "casefile.papers.issued_on")},
		{Text: page.T(ctx, "casefile.papers.read_at")}, {Text: page.T(ctx, "casefile.papers.pdf")}, {Text: page.T(ctx, "casefile.papers.ofd")}}
}

// tableOf shows a document's table: one with a head as a table, one without as facts.
func tableOf(b paper.Block) (columns []design.Column, rows []design.Row) {
	for _, text := range b.Head {
		columns = append(columns, design.Column{Text: text})
	}
	for _, line := range b.Rows {
		var cells []design.Cell
		for _, text := range line {
			cells = append(cells, design.Cell{Text: text})
		}
		rows = append(rows, design.Row{Cells: cells})
	}
	return columns, rows
}

func factsOfTable(b paper.Block) (rows []design.SummaryRow) {
	for _, line := range b.Rows {
		rows = append(rows, design.SummaryRow{Key: line[0], Value: strings.Join(line[1:], " ")})
	}
	return rows
}

func previewAt(number, action string) string {
	return deskAt(number) + "/actions/" + url.PathEscape(action) + "/preview"
}

// instant is a time as the API says it, "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
