package item_test

import (
	"context"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
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
	if err := l.SetState(ctx, itemtest.Keeper, list.Rows[1].Code, item.Cancelled, "撤销"); err != nil {
		t.Fatal(err)
	}
	if now, err := l.OpenFigures(gone); err != nil || now.Entries != 598 {
		t.Error("after a change, for one who left:", now, err)
	}
}
