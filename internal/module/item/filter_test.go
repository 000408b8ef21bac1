package item_test

import (
	"context"
	"slices"
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
)

// Every filter leaves what it says, and paging through what it leaves finds each entry once.
func TestFilters(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	for name, q := range map[string]item.Query{
		"department":        {Department: "31"},
		"county level":      {Level: 4},
		"prefecture level":  {Level: 3},
		"province level":    {Level: 2},
		"certificate":       {Depth: 7},
		"all of them":       {Department: "31", Level: 4, Depth: 7, Audience: item.Company, Zone: "online"},
		"in a county":       {Region: region.MustParse("220102000000"), Department: "31", Level: 4},
		"county, provinces": {Region: region.MustParse("220102000000"), Level: 2},
		"in a city":         {Region: region.MustParse("220100000000"), Level: 4, Department: "11"},
	} {
		t.Run(name, func(t *testing.T) {
			q.Limit = 200
			all, err := l.List(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range all.Rows {
				if q.Department != "" && e.Department != q.Department || q.Level != 0 && e.Level != q.Level {
					t.Fatalf("%s of department %s at level %d", e.Code, e.Department, e.Level)
				}
			}
			q.Limit = 7
			var paged []string
			for {
				page, err := l.List(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page.Rows {
					paged = append(paged, e.Code)
				}
				if q.After = page.Next; q.After == "" || len(paged) >= len(all.Rows) {
					break
				}
			}
			for i, e := range all.Rows {
				if i >= len(paged) || paged[i] != e.Code {
					t.Fatalf("row %d differs when paged", i)
				}
			}
		})
	}
	page, err := l.List(ctx, item.Query{Level: 4, Department: "31", Limit: 1})
	if err != nil || len(page.Rows) != 1 {
		t.Errorf("%d rows, %v", len(page.Rows), err)
	}
}

// A facet promises how many items are left when it is chosen, and keeps it.
func TestFacetsCountWhatIsLeft(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	for _, q := range []item.Query{{}, {Audience: item.Company}, {Department: "31", Text: "许可"}, {Level: 4, Zone: "online"}} {
		f, err := l.Facets(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if q.Text == "" && len(f.Department) < 2 {
			t.Errorf("%+v", f)
		}
		check := func(name string, promised int, narrow func(*item.Query)) {
			t.Helper()
			one := q
			narrow(&one)
			list, err := l.Bases(ctx, one)
			if err != nil || len(list) != promised {
				t.Errorf("%s: %d instead of %d, %v", name, len(list), promised, err)
			}
		}
		for v, n := range f.Department {
			check("department "+v, n, func(q *item.Query) { q.Department = v })
		}
		for v, n := range f.Level {
			check("level", n, func(q *item.Query) { q.Level = v })
		}
		for v, n := range f.Depth {
			check("depth", n, func(q *item.Query) { q.Depth = v })
		}
		for v, n := range f.Theme {
			check("theme "+v, n, func(q *item.Query) { q.Theme = v })
		}
		for v, n := range f.LifeEvent {
			check("life event "+v, n, func(q *item.Query) { q.LifeEvent = v })
		}
		for v, n := range f.Zone {
			check("zone "+v, n, func(q *item.Query) { q.Zone = v })
		}
		for v, n := range f.Kind {
			check("kind "+v, n, func(q *item.Query) { q.Kind = item.Kind(v) })
		}
		for v, n := range f.Audience {
			check("audience "+v, n, func(q *item.Query) { q.Audience = item.Audience(v) })
		}
	}
}

// Fees and results may depend on the answers, as materials do.
func TestFeesAndResultsByAnswers(t *testing.T) {
	l, ctx := open(t), context.Background()
	d := definition(t, food)
	d.Guide.Fees = []item.Fee{{Name: "补办工本费", When: `variant == "replacement"`, Standard: "10元", Basis: "测试", Fen: 1000}}
	d.Guide.Results = []item.Result{{Name: "食品经营许可证", When: `variant != "cancellation"`, Kind: "certificate"},
		{Name: "准予注销决定书", When: `variant == "cancellation"`, Kind: "document"}}
	if _, err := l.SeedCatalogue(ctx, loader, []item.Definition{d}, contact); err != nil {
		t.Fatal(err)
	}
	e := l.food(t)
	for variant, want := range map[string]struct {
		fees   int
		result string
	}{"new": {0, "食品经营许可证"}, "replacement": {1, "食品经营许可证"}, "cancellation": {0, "准予注销决定书"}} {
		fees, err := e.FeesFor(variant, nil)
		if err != nil || len(fees) != want.fees {
			t.Errorf("%s: %d fees, %v", variant, len(fees), err)
		}
		results, err := e.ResultsFor(variant, nil)
		if err != nil || len(results) != 1 || results[0].Name != want.result {
			t.Errorf("%s: %v, %v", variant, results, err)
		}
	}
	if _, err := e.FeesFor("moon", nil); err == nil {
		t.Error("an unknown variant has a fee")
	}
	d.Guide.Fees[0].When = "weather =="
	if item.Check(&d) == nil {
		t.Error("a condition nobody can read is published")
	}
	before := definition(t, food)
	if slices.ContainsFunc(before.Guide.Fees, func(f item.Fee) bool { return f.When != "" }) {
		t.Error("the seeded definition was changed")
	}
}
