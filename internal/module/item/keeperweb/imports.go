package keeperweb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sheet"
	"xiangyun/internal/platform/web"
)

// runsShown and mistakesShown are how many rows one page lists.
const (
	runsShown     = 20
	mistakesShown = 50
)

const importsAt = "/desk/library/import"

func (s *site) importRoutes(r *web.Router) {
	r.Page("GET "+importsAt, web.Staff, s.imports)
	r.LargeUpload("POST "+importsAt, web.Staff, s.MaxBytes+envelope, tooLarge(s.MaxBytes), s.upload)
	r.Page("GET "+importsAt+"/{id}", web.Staff, s.importRun)
	r.Page("GET "+importsAt+"/{id}/mistakes.csv", web.Staff, s.mistakesFile)
}

type importsView struct {
	Rows    []item.ImportRun
	Next    string
	Paged   bool
	Most    int64
	Errors  design.Errors
	Checked *item.ImportRun // a dry run that was just made
	Found   []item.Mistake  // the first of it
}

// imports is GET /desk/library/import: what was read into the library, newest first.
func (s *site) imports(w http.ResponseWriter, r *http.Request) error {
	return s.showImports(w, r, http.StatusOK, importsView{})
}

func (s *site) showImports(w http.ResponseWriter, r *http.Request, status int, v importsView) error {
	ctx := r.Context()
	before := r.URL.Query().Get("before")
	rows, err := s.Items.Imports(ctx, actor.FromContext(ctx), before, runsShown+1)
	if err != nil {
		return err
	}
	if len(rows) > runsShown {
		rows = rows[:runsShown]
		v.Next = rows[runsShown-1].ID
	}
	v.Rows, v.Paged, v.Most = rows, before != "", s.MaxBytes
	return page.Render(w, r, status, importsPage(v))
}

// tooLarge names the limit of an upload and the command that takes what is larger.
func tooLarge(most int64) *fault.Error {
	return fault.New(fault.TooLarge, "keeper.import.too_large", fmt.Sprint(max(1, most>>20)))
}

// upload is POST /desk/library/import: files are checked, and proposed if that is asked: another keeper has them read.
func (s *site) upload(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := s.Items.MayImport(actor.FromContext(ctx)); err != nil {
		return err // before a byte of the files is taken
	}
	folder, err := os.MkdirTemp("", "import-*")
	if err != nil {
		return fmt.Errorf("making room for an upload: %w", err)
	}
	defer os.RemoveAll(folder) //nolint:errcheck // what is left is swept with the folder for such things
	u, err := receive(r, folder, s.MaxBytes)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(s.MaxBytes) // without its cause, which the edge would tell in general words
	}
	if err != nil {
		return err
	}
	defer u.close()
	v := importsView{}
	u.in.Mistake = func(m item.Mistake) error {
		if len(v.Found) < mistakesShown {
			v.Found = append(v.Found, m)
		}
		return nil
	}
	run, err := s.Items.Import(ctx, actor.FromContext(ctx), u.in)
	if fault.Is(err, fault.Invalid) {
		v.Errors = design.ErrorsOf(ctx, err)
		return s.showImports(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	v.Checked = &run
	if !u.propose {
		return s.showImports(w, r, http.StatusOK, v)
	}
	p, err := s.Items.ProposeImport(ctx, actor.FromContext(ctx), run, v.Found, u.received)
	if refused(err) {
		v.Errors = design.ErrorsOf(ctx, err)
		return s.showImports(w, r, status(err), v)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, proposalAt(p.ID)+"?done=proposed")
	return nil
}

type importView struct {
	Run   item.ImportRun
	Rows  []item.Mistake
	Next  int64
	Paged bool
}

// importRun is GET /desk/library/import/{id}: how far a run came and what was wrong.
func (s *site) importRun(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // anything else is the beginning
	run, rows, last, err := s.Items.ImportMistakes(ctx, actor.FromContext(ctx), r.PathValue("id"), max(0, after), mistakesShown+1)
	if err != nil {
		return err
	}
	v := importView{Run: run, Rows: rows, Paged: after > 0}
	if len(rows) > mistakesShown {
		v.Rows, v.Next = rows[:mistakesShown], last-1
	}
	return page.Render(w, r, http.StatusOK, importPage(v))
}

// mistakesFile is GET /desk/library/import/{id}/mistakes.csv: every mistake kept, for whoever puts the files right.
func (s *site) mistakesFile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by, id := actor.FromContext(ctx), r.PathValue("id")
	var line []byte
	for after := int64(0); ; {
		_, rows, last, err := s.Items.ImportMistakes(ctx, by, id, after, item.Most)
		if err != nil {
			return err
		}
		if after == 0 {
			w.Header().Set("Content-Type", "text/csv; charset=utf-8")
			w.Header().Set("Content-Disposition", `attachment; filename="mistakes.csv"`)
			line = append(line, sheet.Mark...)
			line = appendLine(line, "file", "row", "byte", "column", "kind", "sentence")
		}
		for _, m := range rows {
			line = appendLine(line, m.File, strconv.FormatInt(m.Row, 10), strconv.FormatInt(m.Place, 10), m.Column, m.Kind, mistakeText(ctx, m))
		}
		if _, err := w.Write(line); err != nil {
			return nil //nolint:nilerr // whoever asked has gone
		}
		if line, after = line[:0], last; len(rows) < item.Most {
			return nil
		}
	}
}

func appendLine(b []byte, cells ...string) []byte {
	for i, c := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = sheet.AppendCSV(b, sheet.Harmless(c))
	}
	return append(b, '\r', '\n')
}

// mistakeText is a mistake as a sentence.
func mistakeText(ctx context.Context, m item.Mistake) string {
	said := m.Said
	if m.Kind == "definition" {
		said = page.T(ctx, m.Said)
	}
	return page.T(ctx, "keeper.import.mistake."+m.Kind, said)
}

func importColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.import.name")}, {Text: page.T(ctx, "keeper.import.state")}, {Text: page.T(ctx, "keeper.import.rows"), Number: true},
		{Text: page.T(ctx, "keeper.import.entries"), Number: true}, {Text: page.T(ctx, "keeper.import.mistakes"), Number: true}, {Text: page.T(ctx, "keeper.import.started")}}
}

func importRows(ctx context.Context, list []item.ImportRun) []design.Row {
	rows := make([]design.Row, len(list))
	for i, r := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: r.Name, Href: importsAt + "/" + r.ID}, {Text: stateText(ctx, r)}, {Text: count(r.ReadRows)}, {Text: count(r.Entries)},
			{Text: count(r.Mistakes)}, {Text: page.DateTime(ctx, r.StartedAt)}}}
	}
	return rows
}

func count(n int64) string { return design.Number(n) }

// stateText says how far a run came; one that does not move was stopped.
func stateText(ctx context.Context, r item.ImportRun) string {
	if r.State == item.Finished {
		return page.T(ctx, "keeper.import.finished")
	}
	return page.T(ctx, "keeper.import.running", 100*r.BytesDone/max(1, r.Bytes))
}

func runFacts(ctx context.Context, r item.ImportRun) []design.SummaryRow {
	facts := []design.SummaryRow{{Key: page.T(ctx, "keeper.import.state"), Value: stateText(ctx, r)}}
	if r.State != item.Finished && !r.MovedAt.IsZero() {
		facts = append(facts, design.SummaryRow{Key: page.T(ctx, "keeper.import.moved"), Value: page.DateTime(ctx, r.MovedAt), Hint: page.T(ctx, "keeper.import.goes_on")})
	}
	for _, f := range []struct {
		key string
		n   int64
	}{{"rows", r.ReadRows}, {"bases", r.Bases}, {"entries", r.Entries}, {"ended", r.Ended}, {"same", r.Same}, {"passed", r.Passed}, {"stated", r.Stated}, {"agreed", r.Agreed}, {"mistakes", r.Mistakes}} {
		facts = append(facts, design.SummaryRow{Key: page.T(ctx, "keeper.import."+f.key), Value: count(f.n)})
	}
	return facts
}

func kindRows(ctx context.Context, kinds map[string]int64) []design.Row {
	var rows []design.Row
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		rows = append(rows, design.Row{Cells: []design.Cell{{Text: page.T(ctx, "keeper.import.kind."+k)}, {Text: count(kinds[k])}}})
	}
	return rows
}

func kindColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.import.kind")}, {Text: page.T(ctx, "keeper.import.mistakes"), Number: true}}
}

func mistakeColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.import.where")}, {Text: page.T(ctx, "keeper.import.column")}, {Text: page.T(ctx, "keeper.import.what")}}
}

func mistakeRows(ctx context.Context, list []item.Mistake) []design.Row {
	rows := make([]design.Row, len(list))
	for i, m := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: m.File, Note: page.T(ctx, "keeper.import.place", m.Row, m.Place)}, {Text: m.Column}, {Text: mistakeText(ctx, m)}}}
	}
	return rows
}

func (v importsView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.Paged {
		p.First = importsAt
	}
	if v.Next != "" {
		p.Next = importsAt + "?before=" + v.Next
	}
	return p
}

func (v importView) pager() *design.PagerParams {
	p, at := &design.PagerParams{}, importsAt+"/"+v.Run.ID
	if v.Paged {
		p.First = at
	}
	if v.Next > 0 {
		p.Next = at + "?after=" + strconv.FormatInt(v.Next, 10)
	}
	return p
}
