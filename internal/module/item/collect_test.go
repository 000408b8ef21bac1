package item_test

import (
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
)

// Whatever ended, pages of any size together show every entry that did not, each once, nearest or by region: what ended leaves no gap and ends no page
// early.
func TestPagesAmongWhatEnded(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	all := func(q item.Query) (codes []string) {
		t.Helper()
		for {
			page, err := l.List(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Rows {
				codes = append(codes, e.Code)
			}
			if page.Next == "" {
				return codes
			}
			if len(page.Rows) != q.Limit {
				t.Fatalf("%d of %d on a page that is not the last", len(page.Rows), q.Limit)
			}
			q.After = page.Next
		}
	}
	whole := all(item.Query{Limit: item.Most})
	ended := map[string]bool{}
	for i, code := range whole {
		if i%7 == 0 || i < 25 || i > 60 && i < 130 { // single ones, whole pages, and an item whole
			if err := l.SetState(ctx, itemtest.Loader, code, item.Cancelled, "机构撤销"); err != nil {
				t.Fatal(err)
			}
			ended[code] = true
		}
	}
	for _, place := range []string{"", "220000000000", "220100000000", "220102000000"} {
		q := item.Query{}
		if place != "" {
			q.Region = region.MustParse(place)
		}
		q.Limit = item.Most
		want := all(q)
		for _, limit := range []int{1, 3, 20} {
			q.Limit = limit
			got := all(q)
			if len(got) != len(want) || len(want) == 0 {
				t.Fatalf("%s: %d by %d, %d by %d", place, len(got), limit, len(want), item.Most)
			}
			for i := range got {
				if got[i] != want[i] || ended[got[i]] {
					t.Fatalf("%s by %d: row %d is %s, want %s", place, limit, i, got[i], want[i])
				}
			}
		}
		if place == "" && len(want) != len(whole)-len(ended) {
			t.Errorf("%d of %d are left, %d ended", len(want), len(whole), len(ended))
		}
	}
}
