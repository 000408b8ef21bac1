package item_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sheet"
)

func TestOpenFiguresAreCountedOnceForEachRevision(t *testing.T) {
	ctx := context.Background()
	empty, err := itemtest.Open(t).OpenFigures(ctx)
	if err != nil || empty.Entries != 0 || !empty.Published.IsZero() {
		t.Fatal(empty, err)
	}
	l := itemtest.Seeded(t)
	first, err := l.OpenFigures(ctx)
	if err != nil || first.Entries != 600 || first.Published.IsZero() {
		t.Fatal(first, err)
	}
	list, err := l.List(ctx, item.Query{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	// What changes behind the library's back, without a new revision, shows that nothing is counted.
	l.Uncounted = true
	err = l.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE item_entry SET state = 'cancelled' WHERE code = $1`, list.Rows[0].Code)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := l.OpenFigures(ctx); err != nil || again != first {
		t.Error("counted again:", again, err)
	}
	gone, stop := context.WithCancel(ctx)
	stop()
	if err := l.End(ctx, itemtest.Keeper, list.Rows[1].Code, "撤销"); err != nil {
		t.Fatal(err)
	}
	if now, err := l.OpenFigures(gone); err != nil || now.Entries != 598 {
		t.Error("after a change, for one who left:", now, err)
	}
}

func TestOpenDataHoldNoFormulaAndNationalTablesHoldWhatWasSaid(t *testing.T) {
	l := itemtest.Seeded(t)
	const formula = "=HYPERLINK(1)"
	d := itemtest.Definitions(t)[0]
	d.Name = formula // an office's own words are refused when they begin like this; a name nobody looks at so
	if _, err := l.Publish(context.Background(), itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
	var open bytes.Buffer
	if err := l.ExportOpen(context.Background(), "https://example.gov.cn", &open); err != nil {
		t.Fatal(err)
	}
	if text := open.String(); !strings.Contains(text, ",'"+formula+",") || strings.Contains(text, ","+formula) {
		i := strings.Index(text, formula)
		t.Errorf("open data hold a formula: %q", text[max(0, i-20):i+30])
	}
	table := basic // definitions come in any order
	if d.Kind == item.Public {
		table = "up_task_public_basic.csv"
	}
	if text := exported(t, l, sheet.CSV)[table].String(); !strings.Contains(text, ","+formula+",") {
		t.Error("the national table holds something else than was said")
	}
}
