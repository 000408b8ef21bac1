package supervision_test

import (
	"context"
	"fmt"
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/module/supervision/supervisiontest"
	"xiangyun/internal/platform/db"
)

// BenchmarkBoard reads the board of the province, a city and a county from the counters that ten million open cases leave: every region's office has cases in
// each phase on each of sixty days, which is more than any province has.
func BenchmarkBoard(b *testing.B) {
	h, ctx := supervisiontest.Open(b), b.Context()
	fill(b, h)
	for _, path := range []string{"22", "2201", "220102"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				f, err := h.Board(ctx, supervisiontest.Province, path)
				if err != nil || f.Open == 0 || len(f.Below) == 0 {
					b.Fatalf("%+v, %v", f, err)
				}
			}
		})
	}
}

// perCell is how many cases of an office are in a phase on a day: 13,014 offices, three phases, sixty days.
const perCell = 5

func fill(b *testing.B, h *supervisiontest.Hall) {
	b.Helper()
	var offices []string
	var walk func(c region.Code)
	dir := region.JilinDirectory()
	walk = func(c region.Code) {
		offices = append(offices, c.Prefix())
		for _, child := range dir.Children(c) {
			walk(child.Code)
		}
	}
	walk(region.MustParse("220000000000"))
	open := map[string]int64{}
	for _, o := range offices {
		for _, n := range []int{2, 4, 6, 9, 12} {
			if n <= len(o) {
				open[o[:n]] += perCell
			}
		}
	}
	var rows [][]any
	total := int64(0)
	for path, n := range open {
		parent := ""
		for _, k := range []int{2, 4, 6, 9} {
			if k < len(path) {
				parent = path[:k]
			}
		}
		for _, phase := range []supervision.Phase{supervision.Running, supervision.Warned, supervision.Suspended} {
			for day := range 60 {
				rows = append(rows, []any{path, string(phase), today.Add(day - 20).String(), parent, n})
				if path == "22" && phase != supervision.Warned {
					total += n
				}
			}
		}
	}
	err := h.DB.Update(context.Background(), func(tx *db.Tx) error {
		return tx.Bulk(context.Background(), "supervision_open", []string{"path", "phase", "day", "parent", "cases"}, rows)
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Log(fmt.Sprintf("%d offices, %d counters, %d open cases", len(offices), len(rows), total))
}
