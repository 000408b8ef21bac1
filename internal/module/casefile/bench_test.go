package casefile_test

import (
	"context"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/once"
)

// Each step beside the engine's own transaction of the same rows.
func BenchmarkSubmit(b *testing.B) {
	h := casefiletest.Open(b)
	a := h.FoodApplication(b, casefiletest.Company)
	bare, err := h.Bare(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("module", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.Cases.Submit(b.Context(), casefiletest.Company, a, once.Params{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			if _, err := casefiletest.BareSubmit(b.Context(), bare); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAct(b *testing.B) {
	h := casefiletest.Open(b)
	a := h.FoodApplication(b, casefiletest.Company)
	bare, err := h.Bare(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("module", func(b *testing.B) {
		for range b.N {
			b.StopTimer()
			number := h.Submit(b, casefiletest.Company, a).Number
			b.StartTimer()
			h.Act(b, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
		}
	})
	b.Run("bare", func(b *testing.B) {
		for range b.N {
			b.StopTimer()
			c, err := casefiletest.BareSubmit(b.Context(), bare)
			if err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if err := casefiletest.BareAccept(b.Context(), bare, c); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// looks are the lists whose cost must not grow with the cases there are.
var looks = map[string]func(ctx context.Context, h *casefiletest.Hall) (int, error){
	"inbox": func(ctx context.Context, h *casefiletest.Hall) (int, error) {
		rows, err := h.Cases.Inbox(ctx, casefiletest.Reviewer, workflow.After{}, 10)
		return len(rows), err
	},
	"mine": func(ctx context.Context, h *casefiletest.Hall) (int, error) {
		rows, err := h.Cases.Mine(ctx, casefiletest.Citizen, "", 10)
		return len(rows), err
	},
	"search-office": searching(casefiletest.Reviewer, casefile.Query{Limit: 10}),
	"search-county": searching(casefiletest.Officer("s", "supervisor", "220102"), casefile.Query{Limit: 10}),
	"search-city":   searching(casefiletest.Supervisor, casefile.Query{Limit: 10, State: casefile.Delivered}),
	"search-day": func(ctx context.Context, h *casefiletest.Hall) (int, error) {
		mine, err := h.Cases.Mine(ctx, casefiletest.Citizen, "", 10)
		if err != nil || len(mine) == 0 {
			return 0, err
		}
		rows, err := h.Cases.Search(ctx, casefiletest.Officer("s", "supervisor", "22"), casefile.Query{Text: mine[0].Number[:15]})
		if len(rows) > 0 {
			return len(mine), err
		}
		return 0, err
	},
	"search-province": searching(casefiletest.Officer("s", "supervisor", "22"), casefile.Query{Limit: 10, Text: "食品"}),
}

func searching(by actor.Actor, q casefile.Query) func(ctx context.Context, h *casefiletest.Hall) (int, error) {
	return func(ctx context.Context, h *casefiletest.Hall) (int, error) {
		rows, err := h.Cases.Search(ctx, by, q)
		return len(rows), err
	}
}

func BenchmarkLists(b *testing.B) {
	for size, n := range map[string]int{"10000": 10_000, "100000": 100_000} {
		h := casefiletest.Open(b)
		casefiletest.SeedCases(b, h.DB, n)
		for name, look := range looks {
			b.Run(name+"/"+size, func(b *testing.B) {
				for b.Loop() {
					if rows, err := look(b.Context(), h); err != nil || rows != 10 {
						b.Fatal(rows, err)
					}
				}
			})
		}
	}
}

// With ten times the cases a page costs about the same: a list that read them all would take ten times as long.
func TestPagesStayFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("seeds 16,500 cases")
	}
	small, large := casefiletest.Open(t), casefiletest.Open(t)
	casefiletest.SeedCases(t, small.DB, 1_500)
	casefiletest.SeedCases(t, large.DB, 15_000)
	for name, look := range looks {
		best := func(h *casefiletest.Hall) time.Duration {
			least := time.Hour
			for range 30 {
				begin := time.Now()
				if rows, err := look(t.Context(), h); err != nil || rows != 10 {
					t.Fatalf("%s: %d rows, %v", name, rows, err)
				}
				least = min(least, time.Since(begin))
			}
			return least
		}
		// Less than a few milliseconds are the noise of a busy machine.
		if a, b := best(small), best(large); b > 4*a && b-a > 4*time.Millisecond {
			t.Errorf("%s: %s with 1,500 cases, %s with 15,000", name, a, b)
		}
	}
}
