package item_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sheet"
)

// entriesOf counts the entries of a base item that did not end.
func entriesOf(t *testing.T, l *itemtest.Library, base string) (n int) {
	t.Helper()
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One[int](t.Context(), tx, `SELECT count(*) FROM item_entry WHERE base_code = $1 AND state <> 'cancelled'`, base)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// An item that ends while tables are read gets no entries any more, and what is left of it is told.
func TestAnImportSeesWhatEndsMeanwhile(t *testing.T) {
	f := exported(t, itemtest.Seeded(t), sheet.CSV)
	l := itemtest.Open(t)
	ended, there := false, 0
	told := 0
	run, err := l.Import(t.Context(), itemtest.Loader, item.Import{Files: f.sources(), RowsAtOnce: 25, Progress: func(r item.ImportRun) {
		if ended || r.Entries == 0 {
			return
		}
		ended = true
		if err := l.SetState(t.Context(), itemtest.Loader, food, item.Cancelled, "国务院取消"); err != nil {
			t.Error(err)
		}
		there = entriesOf(t, l, food)
	}, Mistake: func(m item.Mistake) error {
		if m.Kind == "base" && m.File == basic && m.Said == food {
			told++
		}
		return nil
	}})
	if err != nil || run.State != item.Finished || !ended {
		t.Fatalf("%+v, %v", run, err)
	}
	if n := entriesOf(t, l, food); n != there || n+told != 60 || told == 0 {
		t.Errorf("%d entries, there were %d, %d rows told", n, there, told)
	}
}

// What agreed with a version differs from the one that is published meanwhile: it is compared again, and what was said is not forgotten.
func TestWhatAgreesIsComparedAgain(t *testing.T) {
	l := seeded(t)
	f := exported(t, l.Library, sheet.CSV)
	d := definition(t, food)
	d.Guide.Results = append([]item.Result(nil), d.Guide.Results...)
	d.Guide.Results[0].Name += "（新版）"
	published := false
	run, err := l.Import(t.Context(), itemtest.Loader, item.Import{Files: f.sources(), RowsAtOnce: 25, Progress: func(r item.ImportRun) {
		if published || !strings.Contains(r.File, "extend") {
			return
		}
		published = true
		if _, err := l.Publish(t.Context(), itemtest.Loader, d); err != nil {
			t.Error(err)
		}
	}})
	if err != nil || run.State != item.Finished || !published {
		t.Fatalf("%+v, %v", run, err)
	}
	if n, _ := l.meter(t).Element(item.ElementResult); n.Deviating < 50 || n.Deviating >= 60 {
		t.Errorf("%d rows say the result of the first version", n.Deviating)
	}
}

// A table that ends many entries ends them in portions, each in a transaction of its own, and one that stops between two of them goes on with the next.
func TestManyEntriesEndInPortions(t *testing.T) {
	l := library{itemtest.Seeded(t)}
	f := exported(t, l.Library, sheet.CSV)
	var codes []string
	f.rows(t, basic, func(set func(int, string, string), get func(int, string) string) {
		for row := 2; row <= 541; row++ {
			set(row, "cd_operation", "D")
			codes = append(codes, get(row, "task_code"))
		}
	})
	l.Library.Cases = map[string]int{codes[1]: 1, codes[539]: 2}
	before := census(t, l)
	ctx, stop := context.WithCancel(t.Context())
	first := int64(0)
	_, err := l.Import(ctx, itemtest.Loader, item.Import{Files: f.sources(), Progress: func(r item.ImportRun) {
		if r.Ended > 0 {
			first = r.Ended
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) || first < 100 || first > 400 {
		t.Fatalf("%d ended at once, %v", first, err)
	}
	run, err := l.Import(t.Context(), itemtest.Loader, item.Import{Files: f.sources()})
	if err != nil || run.State != item.Finished || run.Ended != 538 || run.Passed != 0 || run.Kinds.V["cases"] != 2 {
		t.Fatalf("%+v, %v", run, err)
	}
	if n := census(t, l); n.Entries != before.Entries-538 || l.find(t, codes[1]).State != item.InUse || l.find(t, codes[539]).State != item.InUse {
		t.Errorf("%d entries are left", n.Entries)
	}
	if kinds := leavesOf(l.Library, "item.cancelled"); kinds != 538 {
		t.Errorf("%d leaves", kinds)
	}
}

// An entry that fell out of its base item and that a table then says is deleted stays so when a later version names its level again.
func TestWhatATableEndsDoesNotComeBack(t *testing.T) {
	l := library{itemtest.Seeded(t)}
	f := exported(t, l.Library, sheet.CSV)
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(f[basic].String(), sheet.Mark))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	gone := l.food(t).Code
	for _, row := range all[1:] {
		for _, cell := range row {
			if cell == gone {
				all = [][]string{all[0], row}
			}
		}
	}
	f[basic] = &bytes.Buffer{}
	if err := csv.NewWriter(f[basic]).WriteAll(all); err != nil || len(all) != 2 {
		t.Fatal(err, len(all))
	}
	f.rows(t, basic, func(set func(int, string, string), _ func(int, string) string) { set(2, "cd_operation", "D") })
	was, without := definition(t, food), definition(t, food)
	without.Levels = []int{2}
	if _, err := l.Publish(t.Context(), itemtest.Loader, without); err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		leaves := leavesOf(l.Library, "item.cancelled")
		if run, _ := imported(t, l.Library, folder{basic: f[basic]}, dry); run.Ended != 0 || run.Passed != 1 || (leavesOf(l.Library, "item.cancelled") == leaves) != dry {
			t.Fatalf("%+v", run)
		}
	}
	if _, err := l.Publish(t.Context(), itemtest.Loader, was); err != nil {
		t.Fatal(err)
	}
	if e := l.find(t, gone); e.State != item.Cancelled {
		t.Errorf("it is %s again", e.State)
	}
	if n := entriesOf(t, l.Library, food); n != 59 {
		t.Errorf("%d entries are back", n)
	}
}
