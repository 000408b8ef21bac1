package item_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func census(t *testing.T, l library) item.Census {
	t.Helper()
	n, err := l.Census(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What ends is counted no more, what an office moves stays counted once, and counting anew finds the same.
func TestCountersFollowEveryChange(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	before := census(t, l)
	e := l.food(t)
	if err := l.SetState(ctx, itemtest.Loader, e.Code, item.Cancelled, "机构撤销"); err != nil {
		t.Fatal(err)
	}
	if n := census(t, l); n.Entries != before.Entries-1 || n.Indexed != before.Indexed-1 || n.Base != before.Base {
		t.Errorf("after an end: %+v", n)
	}
	if err := l.SetState(ctx, itemtest.Loader, e.Code, item.Cancelled, "再撤销一次"); !fault.Is(err, fault.Conflict) {
		t.Errorf("ended twice: %v", err)
	}
	office := item.Office{ID: "moved", Path: "220103d31", Name: "搬走的市场监督管理局", Code: e.OfficeCode, Region: e.Region}
	if n, err := l.Claim(ctx, itemtest.Loader, []item.Claim{{Base: e.BaseCode, Office: office}}); err != nil || n != 1 {
		t.Fatalf("%d claimed, %v", n, err)
	}
	page, err := l.List(ctx, item.Query{Region: e.Region, Limit: 20})
	at := slices.IndexFunc(page.Rows, func(r *item.Entry) bool { return r.BaseCode != e.BaseCode && r.Region == e.Region })
	if err != nil || at < 0 {
		t.Fatal("no other entry there", err)
	}
	office.Code = page.Rows[at].OfficeCode
	if n, err := l.Claim(ctx, itemtest.Loader, []item.Claim{{Base: page.Rows[at].BaseCode, Office: office}}); err != nil || n != 1 {
		t.Fatalf("%d claimed, %v", n, err)
	}
	if n := census(t, l); n.Entries != before.Entries-1 {
		t.Errorf("after a move: %+v", n)
	}
	if err := l.SetState(ctx, itemtest.Loader, e.BaseCode, item.Cancelled, "国务院取消"); err != nil {
		t.Fatal(err)
	}
	if n := census(t, l); n.Entries != before.Entries-60 || n.Base != before.Base-1 || n.Indexed != n.Entries {
		t.Errorf("after the end of a base item: %+v", n)
	}
}

// A counter that is wrong is found and set right, and the finding is a leaf.
func TestRecountSetsRight(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	before := census(t, l)
	err := l.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE item_tally_base SET entries = entries + 5 WHERE base_code = $1`, l.food(t).BaseCode)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := census(t, l); n.Entries != before.Entries+5 {
		t.Fatalf("%d entries", n.Entries)
	}
	if _, err := l.Recount(ctx, itemtest.Keeper); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a person alone: %v", err)
	}
	leaves := len(l.Leaves)
	r, err := l.Recount(ctx, itemtest.Loader)
	if err != nil || r.Agreed || r.Differs != 1 || r.Repairs[0].Tally != "base:"+l.food(t).BaseCode || r.Repairs[0].Had != r.Repairs[0].Found+5 || r.Entries != before.Entries || r.Recounted.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
	if kinds := l.kinds(leaves); strings.Join(kinds, " ") != "item.counters_repaired item.recounted" {
		t.Errorf("leaves %v", kinds)
	}
	if n := census(t, l); n.Entries != before.Entries || n.Offices != before.Offices || n.Regions != before.Regions || !n.Recounted.Equal(r.Recounted) {
		t.Errorf("%+v", n)
	}
	if r, err := l.Recount(ctx, itemtest.Loader); err != nil || !r.Agreed || r.Differs != 0 {
		t.Errorf("again: %+v, %v", r, err)
	}
}

// Many take up the same items at once: nobody waits for ever and nothing is counted twice.
func TestCountersOfManyAtOnce(t *testing.T) {
	l, ctx := open(t), context.Background()
	codes := []string{"222011301000", "222011302001", "222011302002"}
	var definitions []item.Definition
	for _, c := range codes {
		definitions = append(definitions, village(t, c))
	}
	if _, err := l.PublishMany(ctx, loader, definitions); err != nil {
		t.Fatal(err)
	}
	offices := villages(t, 24)
	var all sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		all.Go(func() { _, errs[i] = l.ClaimMany(ctx, loader, offices[i*3:i*3+9], codes) }) // each shares two thirds with the next
	}
	all.Wait()
	for i, err := range errs {
		if err != nil && !fault.Is(err, fault.Conflict) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if _, err := l.ClaimMany(ctx, loader, offices, codes); err != nil {
		t.Fatal(err)
	}
	if n := census(t, l); n.Entries != 72 || n.Offices != 24 {
		t.Errorf("%+v", n)
	}
}
