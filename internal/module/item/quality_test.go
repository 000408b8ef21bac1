package item_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func (l library) quality(t testing.TB) *item.Quality {
	t.Helper()
	q, err := l.Quality(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestEveryRuleFindsWhatItIsFor(t *testing.T) {
	l := seeded(t)
	for rule, change := range map[string]func(d *item.Definition){
		"promise_over_statute": func(d *item.Definition) { d.PromiseDays = 21 },
		"promise_not_shorter":  func(d *item.Definition) { d.PromiseDays = 20 },
		"catch_all":            func(d *item.Definition) { d.Guide.Materials[0].Name = "其他材料" },
		"no_basis":             func(d *item.Definition) { d.Guide.Basis = nil },
		"no_fee_note":          func(d *item.Definition) { d.Guide.FeeNote = "" },
		"visit_without_reason": func(d *item.Definition) { d.Visits, d.VisitReason = 1, "" },
		"no_sample": func(d *item.Definition) {
			d.Guide.Materials = []item.Material{{Name: "平面图", Source: "applicant", Ways: []item.Way{{Kind: item.WayUpload}}}}
		},
		"certificate_not_offered": func(d *item.Definition) {
			d.Guide.Materials[0] = item.Material{Name: "营业执照复印件", Ways: []item.Way{{Kind: item.WayUpload}}}
		},
		"no_questions": func(d *item.Definition) { d.Guide.FAQ = nil },
		"unverified": func(d *item.Definition) {
			d.Guide.Doubt = append(slices.Clone(d.Guide.Doubt), item.Doubt{About: "limit", Text: "时限没有核对"})
		},
	} {
		find := func(d *item.Definition) (n int) {
			err := l.DB.View(context.Background(), func(tx *db.Tx) error {
				list, err := l.CheckQuality(context.Background(), tx, d)
				n = 0
				for _, f := range list {
					if f.Rule == rule {
						n++
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		d := definition(t, food)
		before := find(&d)
		change(&d)
		if after := find(&d); after == 0 || rule != "no_sample" && after != before+1 {
			t.Errorf("%s found %d before and %d after", rule, before, after)
		}
	}
}

func TestRulesAreData(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	d := definition(t, food)
	d.Guide.FAQ = nil
	if _, err := l.Publish(ctx, loader, d); err != nil {
		t.Fatal(err)
	}
	before := l.quality(t)
	if before.Counts["no_questions"] == 0 || before.ByBase["no_questions"][food] != 1 {
		t.Fatalf("%v", before.Counts)
	}
	if err := l.SetQualityRule(ctx, chief, "no_questions", false, "questions_answered == 0"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a county switched a rule off: %v", err)
	}
	if err := l.SetQualityRule(ctx, loader, "nothing", false, "true"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown rule: %v", err)
	}
	for _, parameter := range []string{"", "answers == 0", "questions_answered +", strings.Repeat("true && ", 300) + "true"} {
		if err := l.SetQualityRule(ctx, loader, "no_questions", true, parameter); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.20q: %v", parameter, err)
		}
	}
	leaves := len(l.Leaves)
	for range 2 {
		if err := l.SetQualityRule(ctx, loader, "no_questions", false, "questions_answered == 0"); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(l.kinds(leaves), " "); got != "item.quality_rule" {
		t.Errorf("leaves: %s", got)
	}
	off := l.quality(t)
	for _, f := range off.Findings {
		if f.Rule == "no_questions" {
			t.Error("a rule that is switched off finds something")
		}
	}
	if off.Counts["no_questions"] != 0 || before.Counts["no_questions"] == 0 {
		t.Errorf("%v", off.Counts)
	}
	if err := l.SetQualityRule(ctx, loader, "no_questions", true, "questions_answered < 100"); err != nil {
		t.Fatal(err)
	}
	if n := l.quality(t).Counts["no_questions"]; n != 10 {
		t.Errorf("with a harder parameter %d base items are found", n)
	}
	// A new word is looked for at once.
	if err := l.SetQualityRule(ctx, loader, "catch_all", true, d.Guide.Materials[0].Name); err != nil || l.quality(t).ByBase["catch_all"][food] != 1 {
		t.Errorf("%v, %v", err, l.quality(t).Counts)
	}
}

func TestRulesOfEntries(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	if !l.quality(t).Counted.IsZero() {
		t.Error("nothing was counted and yet it was")
	}
	e := l.food(t)
	o := item.Override{Contact: e.Contact}
	o.Contact.Phone = ""
	if _, err := l.Improve(ctx, keeper, e.Code, o); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := l.RecountAll(ctx); err != nil {
			t.Fatal(err)
		}
	}
	q := l.quality(t)
	if q.Counts["no_phone"] != 1 || q.ByBase["no_phone"][food] != 1 || q.Counts["no_address"] != 0 || q.Counted.IsZero() {
		t.Errorf("%v at %v", q.Counts, q.Counted)
	}
	list, next, err := l.EntryFindings(ctx, "no_phone", food, "", 10)
	if err != nil || len(list) != 1 || list[0].Entry != e.Code || next != "" {
		t.Errorf("%+v, %q, %v", list, next, err)
	}
	// Pages.
	if err := l.SetQualityRule(ctx, loader, "no_phone", true, `phone != "110"`); err != nil {
		t.Fatal(err)
	}
	seen, after := 0, ""
	for {
		list, next, err := l.EntryFindings(ctx, "no_phone", food, after, 7)
		if err != nil {
			t.Fatal(err)
		}
		if seen += len(list); next == "" {
			break
		}
		after = next
	}
	page, err := l.List(ctx, item.Query{Base: food, Limit: item.Most})
	if err != nil || seen != len(page.Rows) {
		t.Errorf("pages of seven show %d of %d, %v", seen, len(page.Rows), err)
	}
	if list, _, err := l.EntryFindings(ctx, "no_questions", food, "", 7); err != nil || len(list) != 0 {
		t.Errorf("a rule of base items finds entries: %d, %v", len(list), err)
	}
}

// What the index of own promises holds is told by how an override begins.
func TestOwnPromisesBeginTheOverride(t *testing.T) {
	n := 3
	if text := jsonText(t, item.Override{PromiseDays: &n}); !strings.HasPrefix(text, `{"promise_days"`) {
		t.Errorf("an override begins %s", text)
	}
}

func TestReduction(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	before, err := l.Reduction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	// The same by hand, from the entries themselves.
	var legal, promise float64
	perDay := map[item.Unit]float64{item.WorkingDays: 1.4, item.CalendarDays: 1}
	n := 0
	for after := ""; ; {
		page, err := l.List(ctx, item.Query{Limit: item.Most, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Rows {
			if e.LegalDays > 0 {
				n++
				legal += float64(e.LegalDays) * perDay[e.LegalUnit]
				promise += float64(e.PromiseDays) * perDay[e.PromiseUnit]
			}
		}
		if after = page.Next; after == "" {
			break
		}
	}
	rate, ok := before.Total.Rate()
	if !ok || before.Total.Entries != n || math.Abs(rate-(1-promise/legal)) > 1e-9 || rate <= 0 {
		t.Errorf("%+v is %v, by hand %d and %v", before.Total, rate, n, 1-promise/legal)
	}
	for name, sum := range map[string]item.Reduced{"levels": total(before.Levels), "departments": total(before.Departments), "places": total(before.Places)} {
		if sum.Entries != n || math.Abs(sum.Promise-before.Total.Promise) > 1e-6 {
			t.Errorf("%s add up to %+v", name, sum)
		}
	}
	// An office that promises less changes its county's figure and nobody else's.
	e := l.food(t)
	if before.Places["220102"] == (item.Reduced{}) {
		t.Fatal("nothing in the county")
	}
	one := 1
	if _, err := l.Improve(ctx, keeper, e.Code, item.Override{PromiseDays: &one, Contact: e.Contact}); err != nil {
		t.Fatal(err)
	}
	after, err := l.Reduction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if saved := before.Places["220102"].Promise - after.Places["220102"].Promise; math.Abs(saved-float64(e.PromiseDays-1)*1.4) > 1e-9 {
		t.Errorf("%v days are saved", saved)
	}
	if before.Places["220103"] != after.Places["220103"] || after.Total.Entries != before.Total.Entries {
		t.Error("another county's figure changed")
	}
	if err := l.End(ctx, keeper, e.Code, "机构撤销"); err != nil {
		t.Fatal(err)
	}
	gone, err := l.Reduction(ctx)
	if err != nil || gone.Total.Entries != before.Total.Entries-1 || gone.Places[region.MustParse("220102").County6()].Promise >= after.Places["220102"].Promise {
		t.Errorf("%+v, %v", gone.Total, err)
	}
}

func total[K comparable](m map[K]item.Reduced) (sum item.Reduced) {
	for _, r := range m {
		sum.Entries, sum.Legal, sum.Promise = sum.Entries+r.Entries, sum.Legal+r.Legal, sum.Promise+r.Promise
	}
	return sum
}
