package assembly

import (
	"context"
	"errors"
	"testing"

	"xiangyun/internal/assembly/demo"
	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/platform/db"
)

// aDistrict is the slice of the province the tests load: 长春市南关区 with its towns and villages, for civil affairs, work and forests.
var aDistrict = demo.Slice{Regions: "220102", Departments: []string{"11", "14", "37"}}

// tallied is what the library holds, without its keys and times.
func tallied(t *testing.T, a *App) (codes []string, leaves int) {
	t.Helper()
	err := a.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		if codes, err = db.All[string](t.Context(), tx, `SELECT e.code || ' ' || v.office_name || v.override || b.digest FROM item_entry e
			JOIN item_entry_version v ON v.id = e.version_id AND v.version = 1 JOIN item_base_version b ON b.id = v.base_version_id ORDER BY e.code`); err != nil {
			return err
		}
		leaves, err = db.One[int](t.Context(), tx, `SELECT count(*) FROM audit_inbox WHERE kind LIKE 'item.%'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return codes, leaves
}

// TestProvinceResumed stops loading half-way, goes on, and compares with a load in one go; a third does nothing.
func TestProvinceResumed(t *testing.T) {
	whole, _ := app(t)
	halved, _ := app(t)
	ctx := t.Context()
	load := func(a *App, stopAfter int) error {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		return a.LoadProvince(ctx, aDistrict, func(p demo.Progress) {
			if stopAfter > 0 && p.Done > stopAfter {
				stop()
			}
		})
	}
	if err := load(whole, 0); err != nil {
		t.Fatal(err)
	}
	if err := load(halved, 500); !errors.Is(err, context.Canceled) {
		t.Fatalf("the load was not stopped: %v", err)
	}
	if err := load(halved, 0); err != nil {
		t.Fatal(err)
	}
	want, _ := tallied(t, whole)
	got, leaves := tallied(t, halved)
	if len(want) < 2_000 || len(got) != len(want) {
		t.Fatalf("%d entries in one go, %d in two", len(want), len(got))
	}
	for i := range want {
		if want[i] != got[i] {
			t.Fatalf("entry %d is %s in one go and %s in two", i, want[i], got[i])
		}
		if code, err := itemcode.ParseImplementation(want[i][:31]); err != nil || code.Level() < itemcode.County {
			t.Errorf("%s: %v", want[i][:31], err)
		}
	}
	if err := load(halved, 0); err != nil {
		t.Fatal(err)
	}
	if again, more := tallied(t, halved); len(again) != len(got) || more != leaves {
		t.Errorf("a third load made %d entries and %d leaves", len(again)-len(got), more-leaves)
	}
	n, err := whole.Items.Census(ctx)
	if err != nil || n.Entries != len(want) || n.Indexed != n.Entries || n.Deviations != 0 || n.Base < 300 {
		t.Errorf("%+v, %v", n, err)
	}
}
