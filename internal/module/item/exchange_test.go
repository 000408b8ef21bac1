package item_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sheet"
)

// folder is a folder of tables in memory.
type folder map[string]*bytes.Buffer

func (f folder) open(name string) (io.Writer, error) {
	f[name] = &bytes.Buffer{}
	return f[name], nil
}

// sources are the files for an import.
func (f folder) sources() []item.Source {
	var list []item.Source
	for name, b := range f {
		list = append(list, item.Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }})
	}
	return list
}

// change replaces text in a file.
func (f folder) change(t *testing.T, name, old, new string) {
	t.Helper()
	text := f[name].String()
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	f[name] = bytes.NewBufferString(strings.Replace(text, old, new, 1))
}

func exported(t *testing.T, l *itemtest.Library, form sheet.Form) folder {
	t.Helper()
	f := folder{}
	if _, err := l.ExportNational(context.Background(), item.Export{Form: form, Site: "https://example.gov.cn", Batch: "r1", Open: f.open}); err != nil {
		t.Fatal(err)
	}
	return f
}

// imported reads a folder in and returns the run and every mistake.
func imported(t *testing.T, l *itemtest.Library, f folder, dry bool) (item.ImportRun, []item.Mistake) {
	t.Helper()
	var told []item.Mistake
	run, err := l.Import(context.Background(), itemtest.Loader, item.Import{Name: "test", Files: f.sources(), DryRun: dry,
		Mistake: func(m item.Mistake) error { told = append(told, m); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(told)) != run.Mistakes && run.State != item.Finished {
		t.Errorf("%d mistakes counted, %d told", run.Mistakes, len(told))
	}
	return run, told
}

// contents is a library as it can be compared: entries without what differs by nature.
func contents(t *testing.T, l *itemtest.Library) (bases map[string]item.Definition, entries map[string]item.Entry) {
	t.Helper()
	bases, entries = map[string]item.Definition{}, map[string]item.Entry{}
	list, err := l.Bases(context.Background(), item.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		bases[b.Code()] = b.Definition
	}
	for after := ""; ; {
		p, err := l.List(context.Background(), item.Query{After: after, Limit: item.Most})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Rows {
			x := *e
			x.ID, x.Guide, x.PublishedAt = "", nil, x.PublishedAt.Truncate(0)
			entries[e.Code] = x
		}
		if after = p.Next; after == "" {
			return bases, entries
		}
	}
}

func differ(a, b any) string {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if bytes.Equal(x, y) {
		return ""
	}
	var u, v any
	_ = json.Unmarshal(x, &u)
	_ = json.Unmarshal(y, &v)
	return cmp.Diff(u, v)
}

func sameEntries(t *testing.T, want, got map[string]item.Entry) {
	t.Helper()
	if len(want) != len(got) || len(want) == 0 {
		t.Fatalf("%d entries, want %d", len(got), len(want))
	}
	for code, w := range want {
		g := got[code]
		w.PublishedAt, w.Version, w.BaseVersion = g.PublishedAt, g.Version, g.BaseVersion // a library counts its own versions
		if d := differ(w, g); d != "" {
			t.Fatalf("entry %s: %s", code, d)
		}
	}
}

func TestWhatIsExportedComesBack(t *testing.T) {
	from := itemtest.Seeded(t)
	five := 5
	if _, err := from.Improve(context.Background(), itemtest.Keeper, anEntry(t, from, "000131104003"), item.Override{PromiseDays: &five,
		Contact: item.Contact{Address: "长春市\"一号\"楼, 南门", Windows: "3–8 号", Hours: "全天", Phone: "0431-1", Supervise: "12345"}}); err != nil {
		t.Fatal(err)
	}
	wantBases, wantEntries := contents(t, from)
	for _, form := range []sheet.Form{sheet.CSV, sheet.Lines} {
		f := exported(t, from, form)
		to := itemtest.Open(t)
		run, mistakes := imported(t, to, f, false)
		if len(mistakes) > 0 || run.Bases != int64(len(wantBases)) || run.Entries != int64(len(wantEntries)) || run.Stated != 0 || run.State != item.Finished {
			t.Fatalf("%s: %+v %v", form, run, mistakes)
		}
		bases, entries := contents(t, to)
		if d := differ(wantBases, bases); d != "" {
			t.Fatal(d)
		}
		sameEntries(t, wantEntries, entries)
		leaves, revision := len(to.Leaves), revisionOf(t, to)
		again, _ := imported(t, to, f, false)
		if d := differ(run, again); d != "" || len(to.Leaves) != leaves || revisionOf(t, to) != revision {
			t.Errorf("the same files again: %s", d)
		}
		// Asked for again they are read, and change nothing.
		forced, err := to.Import(context.Background(), itemtest.Loader, item.Import{Files: f.sources(), Again: true})
		if err != nil || forced.Entries != 0 || forced.Same != run.Entries || forced.Bases != 0 || revisionOf(t, to) != revision {
			t.Errorf("read again: %+v %v", forced, err)
		}
	}
}

func anEntry(t *testing.T, l *itemtest.Library, base string) string {
	t.Helper()
	p, err := l.List(context.Background(), item.Query{Base: base, Limit: 1})
	if err != nil || len(p.Rows) == 0 {
		t.Fatal(err)
	}
	return p.Rows[0].Code
}

func revisionOf(t *testing.T, l *itemtest.Library) int64 {
	t.Helper()
	n, err := l.Revision(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// carried is what of a definition the national tables have columns for.
func carried(d item.Definition) item.Definition {
	g := d.Guide
	out := item.Definition{Code: d.Code, Name: d.Name, Kind: d.Kind, Levels: d.Levels, Audience: d.Audience, LegalDays: d.LegalDays, LegalUnit: d.LegalUnit,
		LegalNote: d.LegalNote, PromiseDays: d.PromiseDays, PromiseUnit: d.PromiseUnit, Instant: d.Instant, Visits: d.Visits, VisitReason: d.VisitReason,
		Online: d.Online, Depth: d.Depth}
	out.Guide = item.Guide{Conditions: g.Conditions, Steps: g.Steps, Scope: g.Scope, Fees: append([]item.Fee{}, g.Fees...), FAQ: append([]item.FAQ{}, g.FAQ...)}
	for _, b := range g.Basis {
		if b.About == "power" {
			out.Guide.Basis = append(out.Guide.Basis, b)
		}
	}
	for i := range out.Guide.Fees {
		out.Guide.Fees[i].Fen = 0
	}
	for _, r := range g.Results {
		out.Guide.Results = append(out.Guide.Results, item.Result{Name: r.Name, Kind: r.Kind})
	}
	for _, m := range g.Materials {
		m.Code, m.When, m.Ways, m.Paper = "", "", nil, ""
		out.Guide.Materials = append(out.Guide.Materials, m)
	}
	return out
}

// charge has an item cost something: none of the seeded does.
func charge(t *testing.T, l *itemtest.Library) {
	t.Helper()
	d := itemtest.Definitions(t)[0]
	d.Guide.Fees = []item.Fee{{Name: "工本费", Standard: "每证 10 元", Fen: 1000, Basis: "吉发改收费〔2026〕1号", Relief: "低保对象免收"}, {Name: "检测费", Standard: "按次", Basis: "吉发改收费〔2026〕2号"}}
	if _, err := l.Publish(context.Background(), itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
}

func TestNationalTablesAloneMakeTheLibrary(t *testing.T) {
	from := itemtest.Seeded(t)
	charge(t, from)
	wantBases, wantEntries := contents(t, from)
	f := exported(t, from, sheet.CSV)
	delete(f, item.DefinitionsFile)
	to := itemtest.Open(t)
	run, mistakes := imported(t, to, f, false)
	if len(mistakes) > 0 || run.Bases != int64(len(wantBases)) || run.Entries != int64(len(wantEntries)) || run.Stated != 0 {
		t.Fatalf("%+v %v", run, mistakes)
	}
	bases, entries := contents(t, to)
	for code, w := range wantBases {
		if d := differ(carried(w), carried(bases[code])); d != "" {
			t.Errorf("%s: %s", w.Name, d)
		}
	}
	if len(entries) != len(wantEntries) {
		t.Fatalf("%d entries, want %d", len(entries), len(wantEntries))
	}
	for code, w := range wantEntries {
		if g := entries[code]; g.Contact != w.Contact || g.OfficePath != w.OfficePath || g.PromiseDays != w.PromiseDays || g.Name != w.Name {
			t.Fatalf("entry %s: %s", code, differ(w, g))
		}
	}
}

func TestFilesInOtherEncodings(t *testing.T) {
	from := itemtest.Seeded(t)
	_, want := contents(t, from)
	f := exported(t, from, sheet.CSV)
	for name, b := range f {
		if name == item.DefinitionsFile {
			continue // JSON is UTF-8
		}
		text := strings.ReplaceAll(strings.TrimPrefix(b.String(), sheet.Mark), "\r\n", "\n")
		gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		f[name] = bytes.NewBufferString(gb)
	}
	to := itemtest.Open(t)
	if run, mistakes := imported(t, to, f, false); len(mistakes) > 0 {
		t.Fatalf("%+v %v", run, mistakes[:min(len(mistakes), 5)])
	}
	_, entries := contents(t, to)
	sameEntries(t, want, entries)
}

func TestADryRunChangesNothing(t *testing.T) {
	f := exported(t, itemtest.Seeded(t), sheet.CSV)
	to := itemtest.Open(t)
	run, mistakes := imported(t, to, f, true)
	if len(mistakes) > 0 || run.Entries == 0 || run.Bases == 0 {
		t.Fatalf("%+v %v", run, mistakes)
	}
	bases, entries := contents(t, to)
	runs, err := to.Imports(context.Background(), itemtest.Keeper, "", 10)
	if err != nil || len(bases)+len(entries)+len(runs)+len(to.Leaves) != 0 || revisionOf(t, to) != 0 {
		t.Errorf("%d bases, %d entries, %d runs, %d leaves, %v", len(bases), len(entries), len(runs), len(to.Leaves), err)
	}
	real, _ := imported(t, to, f, false)
	if real.Entries != run.Entries || real.Bases != run.Bases {
		t.Errorf("the dry run said %+v, it was %+v", run, real)
	}
}

// rows changes the cells of a file.
func (f folder) rows(t *testing.T, name string, change func(set func(row int, column, value string), get func(row int, column string) string)) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(f[name].String(), sheet.Mark))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cell := func(row int, column string) *string { return &all[row-1][slices.Index(all[0], column)] }
	change(func(row int, column, value string) { *cell(row, column) = value }, func(row int, column string) string { return *cell(row, column) })
	f[name] = &bytes.Buffer{}
	if err := csv.NewWriter(f[name]).WriteAll(all); err != nil {
		t.Fatal(err)
	}
}

// spoilt is an export with one mistake of each kind, and what is to be told of it: row, column and kind.
func spoilt(t *testing.T) (folder, map[string]bool) {
	t.Helper()
	f := exported(t, itemtest.Seeded(t), sheet.CSV)
	want := map[string]bool{}
	mistake := func(file string, row int, column, kind string) {
		want[fmt.Sprint(file, " ", row, " ", column, " ", kind)] = true
	}
	f.rows(t, basic, func(set func(int, string, string), get func(int, string) string) {
		spoil := func(row int, column, value, kind string) {
			set(row, column, value)
			mistake(basic, row, column, kind)
		}
		code := func(row int) string { return get(row, "task_code") }
		spoil(2, "task_code", code(2)[:17]+"?"+code(2)[18:], "code")
		set(3, "task_code", code(3)[:19]+"229999001000")
		spoil(3, "catalog_code", "229999001000", "base")
		spoil(4, "dept_code", "11220000MB1A0001XH", "organ")
		spoil(5, "use_level", "8", "bad_code")
		set(6, "dept_code", code(6)[:18])
		spoil(6, "task_code", code(6)[:18]+"3"+code(6)[19:], "level")
		spoil(7, "row_guid", get(8, "row_guid"), "")
		delete(want, basic+" 7 row_guid ")
		mistake(basic, 8, "row_guid", "twice")
		spoil(9, "task_code", "11110000000021135M"+code(9)[18:], "office")
		set(9, "dept_code", "11110000000021135M")
		spoil(10, "link_way", "", "needed")
		spoil(11, "promise_day", "90", "promise_base")
		mistake(basic, 11, "promise_day", "promise")
		spoil(12, "limit_scene_num", "9", "visits")
		spoil(13, "promise_type", "2", "unit")
		spoil(14, "anticipate_day", "many", "bad_number")
		spoil(15, "dept_name", strings.Repeat("长", 201), "length")
		set(16, "task_code", code(17))
		set(16, "catalog_code", get(17, "catalog_code"))
		set(16, "dept_code", get(17, "dept_code"))
		mistake(basic, 17, "task_code", "task_twice")
		spoil(18, "catalog_code", "000131104009", "code")
	})
	f.rows(t, "up_task_general_material.csv", func(set func(int, string, string), get func(int, string) string) {
		set(2, "material_name", "其他有关材料")
		mistake("up_task_general_material.csv", 2, "material_name", "catch_all")
		set(4, "source_type", "77")
		mistake("up_task_general_material.csv", 4, "source_type", "bad_code")
	})
	f.rows(t, "up_task_general_extend.csv", func(set func(int, string, string), _ func(int, string) string) {
		set(2, "town_code", "229999999000")
		mistake("up_task_general_extend.csv", 2, "town_code", "bad_region")
	})
	f["up_task_general_basic.csv"].WriteString("one,cell\n\xff\xff,a\n\"open,\n")
	f["up_task_public_fee_project.csv"] = bytes.NewBufferString("row_guid,task_guid\n")
	mistake("up_task_public_fee_project.csv", 1, "fee_name", "no_column")
	f["notes.txt"] = bytes.NewBufferString("x")
	mistake("notes.txt", 0, "", "file")
	return f, want
}

func TestEveryMistakeIsToldWithItsPlace(t *testing.T) {
	f, want := spoilt(t)
	for _, dry := range []bool{true, false} {
		run, mistakes := imported(t, itemtest.Open(t), f, dry)
		got, kinds := map[string]bool{}, map[string]int{}
		for _, m := range mistakes {
			got[fmt.Sprint(m.File, " ", m.Row, " ", m.Column, " ", m.Kind)] = true
			kinds[m.Kind]++
			if !slices.Contains(item.MistakeKinds(), m.Kind) {
				t.Errorf("the kind %q is not listed", m.Kind)
			}
		}
		for w := range want {
			if !got[w] {
				t.Errorf("dry %v: not told: %s", dry, w)
			}
		}
		if kinds["width"] != 1 || kinds["encoding"] != 1 || kinds["quote"] != 1 {
			t.Errorf("rows that can't be read: %v", kinds)
		}
		if run.Mistakes != int64(len(mistakes)) || run.Kinds.V["needed"] != int64(kinds["needed"]) || run.Entries != 600-16 {
			t.Errorf("%d mistakes of %d, %d entries: %v", len(mistakes), run.Mistakes, run.Entries, mistakes)
		}
	}
}

func TestWhatAnEntrySaysDifferentlyFromItsBase(t *testing.T) {
	from := itemtest.Seeded(t)
	charge(t, from)
	_, want := contents(t, from)
	f := exported(t, from, sheet.CSV)
	f.rows(t, basic, func(set func(int, string, string), get func(int, string) string) {
		set(2, "task_name", get(2, "task_name")+"（本地）")
		set(3, "use_level", "3")
		set(4, "dept_type", "2")
		set(5, "anticipate_day", "1000")
		set(6, "accept_condition", "另有条件")
		set(7, "handle_flow", "一步办结")
		set(8, "server_type", "1,2")
		set(9, "by_law", "《另一部法》第一条：另有规定。")
		set(10, "project_type", "1")
		set(11, "server_type", strings.ReplaceAll(get(11, "server_type"), "2,3,4,5,9", "2")) // other codes of the same audience: no difference
	})
	f.rows(t, "up_task_general_extend.csv", func(set func(int, string, string), _ func(int, string) string) {
		set(2, "result_name", "另一个结果")
	})
	f.rows(t, "up_task_general_material.csv", func(set func(int, string, string), _ func(int, string) string) {
		set(2, "material_name", "另一份材料")
	})
	f.rows(t, "up_task_general_fee_project.csv", func(set func(int, string, string), _ func(int, string) string) { set(2, "fee_stand", "每证 20 元") })
	to := itemtest.Open(t)
	run, mistakes := imported(t, to, f, false)
	if len(mistakes) > 0 || run.Stated != 12 {
		t.Errorf("%d elements differ: %v", run.Stated, mistakes)
	}
	// What people are shown is the base all the same.
	_, entries := contents(t, to)
	sameEntries(t, want, entries)
}

func TestAnImportThatIsStoppedGoesOn(t *testing.T) {
	f, _ := spoilt(t)
	delete(f, item.DefinitionsFile) // base items are composed, which has a place to stop of its own
	whole := itemtest.Open(t)
	wantRun, wantMistakes := imported(t, whole, f, false)
	wantBases, wantEntries := contents(t, whole)

	l := itemtest.Open(t)
	var run item.ImportRun
	var told []item.Mistake
	stops := 0
	for run.State != item.Finished {
		ctx, stop := context.WithCancel(context.Background())
		var err error
		run, err = l.Import(ctx, itemtest.Loader, item.Import{Name: "test", Files: f.sources(), RowsAtOnce: 400,
			Mistake: func(m item.Mistake) error { told = append(told, m); return nil }, Progress: func(item.ImportRun) { stop() }})
		stop()
		if stops++; err != nil && !errors.Is(err, context.Canceled) || stops > 500 {
			t.Fatal(stops, err)
		}
	}
	if stops < 10 {
		t.Errorf("it was stopped %d times only", stops)
	}
	if d := cmp.Diff(wantMistakes, told); d != "" {
		t.Error(d)
	}
	if run.Mistakes != wantRun.Mistakes || run.Entries != wantRun.Entries || run.Stated != wantRun.Stated || run.ReadRows != wantRun.ReadRows || run.Passed != wantRun.Passed {
		t.Errorf("stopped: %+v, not: %+v", run, wantRun)
	}
	var kept []item.Mistake
	for last := int64(0); ; {
		_, list, next, err := l.ImportMistakes(context.Background(), itemtest.Keeper, run.ID, last, item.Most)
		if err != nil {
			t.Fatal(err)
		}
		if kept, last = append(kept, list...), next; len(list) < item.Most {
			break
		}
	}
	if d := cmp.Diff(wantMistakes, kept); d != "" {
		t.Error("kept:", d)
	}
	bases, entries := contents(t, l)
	if d := differ(wantBases, bases); d != "" {
		t.Error(d)
	}
	sameEntries(t, wantEntries, entries)
}

func TestTwoImportsAtOnce(t *testing.T) {
	f := exported(t, itemtest.Seeded(t), sheet.CSV)
	l := itemtest.Open(t)
	var wait sync.WaitGroup
	results := make([]error, 2)
	for n := range results {
		wait.Go(func() {
			_, results[n] = l.Import(context.Background(), itemtest.Loader, item.Import{Files: f.sources(), RowsAtOnce: 100})
		})
	}
	wait.Wait()
	if results[0] != nil && results[1] != nil {
		t.Fatal("neither went on:", results)
	}
	for _, err := range results {
		if err != nil && !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	}
	run, _ := imported(t, l, f, false)
	_, entries := contents(t, l)
	if run.State != item.Finished || len(entries) != 600 || run.Entries != 600 {
		t.Errorf("%+v, %d entries", run, len(entries))
	}
}

const basic = "up_task_general_basic.csv"
