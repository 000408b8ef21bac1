package casefile_test

import (
	"context"
	"testing"

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

// Every list shows a whole page of what was seeded: what it costs with a hundred times as many cases is said by the benchmark, and never judged by a clock.
func TestListsShowAPage(t *testing.T) {
	h := casefiletest.Open(t)
	casefiletest.SeedCases(t, h.DB, 1_500)
	for name, look := range looks {
		if rows, err := look(t.Context(), h); err != nil || rows != 10 {
			t.Errorf("%s: %d rows, %v", name, rows, err)
		}
	}
}
