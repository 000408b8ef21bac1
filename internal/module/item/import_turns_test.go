package item_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/sheet"
)

// Entries that are there already stand among new ones: batches that expect none find them all the same, and a second import changes nothing.
func TestAnImportMeetsEntriesThatAreThere(t *testing.T) {
	from := itemtest.Seeded(t)
	f := exported(t, from, sheet.CSV)
	_, want := contents(t, from)

	l := itemtest.Open(t)
	few := folder{item.DefinitionsFile: f[item.DefinitionsFile]}
	rows := 0
	for name, table := range f {
		if !strings.HasSuffix(name, "_basic.csv") {
			continue
		}
		all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table.String(), sheet.Mark))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		few[name] = &bytes.Buffer{}
		w := csv.NewWriter(few[name])
		_ = w.Write(all[0]) // into memory
		for n, row := range all[1:] {
			if n%90 >= 60 { // whole batches of new ones, whole ones of old, and some of both
				_ = w.Write(row)
				rows++
			}
		}
		w.Flush()
	}
	if run, _ := imported(t, l, few, false); run.Entries != int64(rows) || rows < 100 {
		t.Fatalf("%d rows: %+v", rows, run)
	}
	run, err := l.Import(context.Background(), itemtest.Loader, item.Import{Files: f.sources(), RowsAtOnce: 25})
	if err != nil || run.Same != int64(rows) || run.Entries != int64(len(want)-rows) {
		t.Fatalf("%d of %d were there: %+v %v", rows, len(want), run, err)
	}
	_, got := contents(t, l)
	sameEntries(t, want, got)
	if run, err = l.Import(context.Background(), itemtest.Loader, item.Import{Files: f.sources(), RowsAtOnce: 25, Again: true}); err != nil || run.Same != int64(len(want)) || run.Entries != 0 {
		t.Errorf("the second time: %+v %v", run, err)
	}
}
