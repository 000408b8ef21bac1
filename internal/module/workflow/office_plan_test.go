package workflow_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
)

// TestOpenAtIsServedByItsIndexes: what is open at an office is counted while both rows of a merger are held, so that it must not cost what all offices
// have had. SQLite is asked how it would find it.
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
	if err := d.Migrate(t.Context(), workflow.Schema); err != nil {
		t.Fatal(err)
	}
	type step struct {
		ID, Parent, Notused int
		Detail              string
	}
	indexes := []string{"workflow_task_pool", "workflow_task_held_at", "workflow_side_at"}
	for i, text := range slices.Concat(workflow.OpenAtSQL, workflow.ReassignSQL) {
		args := []any{"220102d31"}
		if strings.Contains(text, "$4") {
			text, args = strings.NewReplacer("$4", "$1", "$5", "$2").Replace(text), append(args, 10)
		}
		err := d.View(t.Context(), func(tx *db.Tx) error {
			plan, err := db.All[step](t.Context(), tx, "EXPLAIN QUERY PLAN "+text, args...)
			if len(plan) != 1 || !strings.Contains(plan[0].Detail, indexes[i%len(indexes)]+" (office_path=?") {
				t.Errorf("%s: %+v", text, plan)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
