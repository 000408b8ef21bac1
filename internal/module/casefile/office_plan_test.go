package casefile_test

import (
	"path/filepath"
	"strings"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/db"
)

// TestOpenAtIsServedByItsIndexes: what an office has not closed is counted without looking at what it closed in its years. SQLite is asked how it would
// find it.
func TestOpenAtIsServedByItsIndexes(t *testing.T) {
	// Always SQLite: PostgreSQL counts its rows and chooses by that.
	d, err := db.Open(t.Context(), db.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "plan.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Migrate(t.Context(), casefile.Schema); err != nil {
		t.Fatal(err)
	}
	type step struct {
		ID, Parent, Notused int
		Detail              string
	}
	indexes := []string{"casefile_case_open_office (office_path=?", "casefile_case_open_centre (centre_path=?", "casefile_case_received (received_path=?"}
	for i, text := range casefile.OpenAtSQL() {
		err := d.View(t.Context(), func(tx *db.Tx) error {
			plan, err := db.All[step](t.Context(), tx, "EXPLAIN QUERY PLAN "+text, "220102d31")
			if len(plan) != 1 || !strings.Contains(plan[0].Detail, indexes[i]) {
				t.Errorf("%s: %+v", text, plan)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
