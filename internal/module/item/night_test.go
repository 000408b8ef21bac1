package item_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// past writes something past the service, as a fault would.
func (l library) past(t *testing.T, statement string, args ...any) {
	t.Helper()
	err := l.DB.Update(t.Context(), func(tx *db.Tx) error {
		n, err := tx.Exec(t.Context(), statement, args...)
		if err == nil && n == 0 {
			err = fmt.Errorf("nothing changed by %s", statement)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// leaf returns the last leaf of a kind.
func (l library) leaf(t *testing.T, kind string) audit.Entry {
	t.Helper()
	for i := len(l.Leaves) - 1; i >= 0; i-- {
		if l.Leaves[i].Kind == kind {
			return l.Leaves[i]
		}
	}
	t.Fatalf("no leaf %s", kind)
	return audit.Entry{}
}

// A recount in slices finds what one of a single moment finds, sets right every counter that is wrong with a leaf that names it, and writes the day's
// history; again it changes nothing.
func TestNightSetsRight(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	l.Slice(3, 40)
	e := l.food(t)
	before := census(t, l)
	o := item.Override{Contact: e.Contact}
	o.Contact.Phone = ""
	if _, err := l.Improve(ctx, keeper, e.Code, o); err != nil {
		t.Fatal(err)
	}
	if err := l.say(t, keeper, e.Code, map[string]string{"legal_days": "30个工作日"}); err != nil {
		t.Fatal(err)
	}
	l.past(t, `UPDATE item_tally_base SET entries = entries + 5 WHERE base_code = $1`, e.BaseCode)
	l.past(t, `UPDATE item_tally_office SET entries = entries - 2 WHERE office_id = $1`, e.OfficeID)
	l.past(t, `DELETE FROM item_tally_office WHERE office_id = (SELECT office_id FROM item_entry WHERE region = '222401000000' ORDER BY code LIMIT 1)`)
	l.past(t, `INSERT INTO item_tally_office (office_id, region, entries) VALUES ('nobody', '229999000000', 4)`)
	l.astray(t)
	if err := l.RecountAll(ctx); err != nil {
		t.Fatal(err)
	}
	named := fmt.Sprint(l.leaf(t, "item.counters_repaired").Data)
	for _, leaf := range l.Leaves {
		if leaf.Kind == "item.counters_repaired" {
			named += fmt.Sprint(leaf.Data)
		}
	}
	for _, want := range []string{"base:" + e.BaseCode, "office:" + e.OfficeID + "@" + e.Region.String(), "@222401000000 0 ", "office:nobody@229999000000 4 0"} {
		if !strings.Contains(named, want) {
			t.Errorf("no leaf names %s: %s", want, named)
		}
	}
	n := census(t, l)
	if n.Entries != before.Entries || n.Offices != before.Offices || n.Astray != 0 || n.Deviations != 1 || n.Findings != 1 || n.Recounted.IsZero() || n.Checked.IsZero() || n.AsOf.Before(n.Recounted) {
		t.Errorf("%+v", n)
	}
	if r, err := l.Recount(ctx, itemtest.Loader); err != nil || !r.Agreed || r.Astray != 0 || r.Deviations != 1 {
		t.Errorf("at one moment: %+v, %v", r, err)
	}
	if q := l.quality(t); q.Counts["no_phone"] != 1 {
		t.Errorf("%v", q.Counts)
	}
	days, err := l.CensusHistory(ctx, 10)
	if err != nil || len(days) != 1 || days[0].Repaired != 4 || days[0].Entries != n.Entries || days[0].Astray != 0 || days[0].Followed != 1 || days[0].Stated != 1 || days[0].Findings != 1 {
		t.Errorf("%+v, %v", days, err)
	}
	if h, err := l.History(ctx, item.ElementAny, 5); err != nil || len(h) != 1 || h[0].Deviating != 1 {
		t.Errorf("%+v, %v", h, err)
	}
	leaves := len(l.Leaves)
	if err := l.RecountAll(ctx); err != nil || strings.Join(l.kinds(leaves), " ") != "item.recounted" {
		t.Errorf("again: %v, %v", l.kinds(leaves), err)
	}
	if n := census(t, l); n.Astray != 0 || n.Deviations != 1 {
		t.Errorf("again: %+v", n)
	}
}

// The night has entries follow that were left behind, on an old version or on one that is not there, and names them; until then the meter counts them.
func TestNightHasEntriesFollow(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	l.Slice(3, 40)
	old := l.find(t, l.food(t).Code)
	d := definition(t, food)
	d.LegalDays--
	if _, err := l.Publish(ctx, loader, d); err != nil {
		t.Fatal(err)
	}
	whole := l.meter(t)
	page, err := l.List(ctx, item.Query{Base: food, Limit: 9})
	if err != nil {
		t.Fatal(err)
	}
	var lost *item.Entry
	for _, e := range page.Rows {
		if e.Code != old.Code {
			lost = e
		}
	}
	l.past(t, `UPDATE item_entry SET version_id = $1 WHERE code = $2`, old.ID, old.Code)
	l.past(t, `UPDATE item_entry SET version = version + 1, version_id = 'nowhere' WHERE code = $1`, lost.Code)
	if err := l.say(t, keeper, old.Code, map[string]string{"legal_days": "90个工作日", "name": "食品许可"}); err != nil {
		t.Fatal(err)
	}
	l.past(t, `UPDATE item_revision SET number = number + 1`)
	c := l.meter(t)
	if n, _ := c.Element("legal_days"); c.Astray != 2 || whole.Astray != 0 || n.Deviating != 1 || c.Total.Deviating != 2 || c.Total.Entries != whole.Total.Entries || c.Levels[4].Deviating != 2 {
		t.Errorf("%d astray, %+v deviate in the legal time, %+v in all", c.Astray, n, c.Total)
	}
	changes := l.Changes()
	if err := l.RecountAll(ctx); err != nil {
		t.Fatal(err)
	}
	named := ""
	for _, leaf := range l.Leaves {
		if leaf.Kind == "item.entries_followed" {
			named += fmt.Sprint(leaf.Data)
		}
	}
	for _, code := range []string{old.Code, lost.Code} {
		if e := l.find(t, code); e.BaseVersion != 2 || e.LegalDays != d.LegalDays || e.Contact.Phone == "" || !strings.Contains(named, code) {
			t.Errorf("%s: version %d of base version %d, named in %s", code, e.Version, e.BaseVersion, named)
		}
	}
	if left := strays(t, l.Library); len(left) > 0 || l.Changes() == changes {
		t.Error("left:", left)
	}
	if c := l.meter(t); c.Astray != 0 || c.Total.Deviating != 1 {
		t.Errorf("after the night: %d astray, %+v", c.Astray, c.Total)
	}
	if days, err := l.CensusHistory(ctx, 1); err != nil || days[0].Followed != 2 || days[0].Astray != 0 {
		t.Errorf("%+v, %v", days, err)
	}
	if e := l.find(t, old.Code); e.Version != old.Version+2 {
		t.Errorf("it jumped from version %d to %d", old.Version, e.Version)
	}
}

// astray takes an entry off the base version in force.
func (l library) astray(t *testing.T) {
	t.Helper()
	e := l.food(t)
	d := definition(t, food)
	d.Guide.Summary += "（改）"
	if _, err := l.Publish(t.Context(), loader, d); err != nil {
		t.Fatal(err)
	}
	l.past(t, `UPDATE item_entry SET version_id = $1 WHERE code = $2`, e.ID, e.Code)
}

// A recount that was stopped anywhere goes on where it was and counts nothing twice.
func TestNightGoesOn(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	l.Slice(3, 40)
	want := census(t, l)
	slices := 0
	for done := false; !done; slices++ {
		if l.Refuse = ""; slices%3 == 1 {
			l.past(t, `UPDATE item_tally_base SET entries = entries + 1 WHERE base_code = $1`, food)
			l.Refuse = "item.counters_repaired" // a slice that has something to repair breaks off
		}
		var err error
		if done, err = item.RecountSlice(l.Service, ctx); err != nil && l.Refuse == "" {
			t.Fatal(err)
		}
	}
	l.Refuse = ""
	days, err := l.CensusHistory(ctx, 1)
	if err != nil || days[0].Entries != want.Entries || slices < 10 {
		t.Errorf("%+v after %d slices, %v", days, slices, err)
	}
	if err := l.RecountAll(ctx); err != nil {
		t.Fatal(err)
	}
}

// Rules that change on the way begin the recount anew: figures of two rules are never added up.
func TestNightBeginsAnewWithOtherRules(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	l.Slice(5, 40)
	for range 4 {
		if _, err := item.RecountSlice(l.Service, ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.SetQualityRule(ctx, itemtest.Loader, "no_windows", true, `windows != ""`); err != nil {
		t.Fatal(err)
	}
	if err := l.RecountAll(ctx); err != nil {
		t.Fatal(err)
	}
	if q, n := l.quality(t), census(t, l); q.Counts["no_windows"] != n.Entries || n.Entries == 0 {
		t.Errorf("%d findings in %d entries", q.Counts["no_windows"], n.Entries)
	}
}

// Whoever writes meanwhile neither waits for a recount nor is counted wrong by it, and two recounts at once do the work of one.
func TestNightAmongWriters(t *testing.T) {
	l := seeded(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l.Slice(2, 30)
	var writers, counters sync.WaitGroup
	failed := make(chan error, 8)
	writers.Go(func() {
		for i := range 20 {
			d := definition(t, food)
			d.Guide.Summary = fmt.Sprint("第", i, "版")
			if _, err := l.Publish(ctx, loader, d); err != nil {
				failed <- err
			}
		}
	})
	writers.Go(func() {
		page, err := l.List(ctx, item.Query{Base: food, Limit: 20})
		if err != nil {
			failed <- err
		}
		for _, e := range page.Rows {
			if err := l.SetState(ctx, itemtest.Loader, e.Code, item.Cancelled, "机构撤销"); err != nil {
				failed <- err
			}
		}
	})
	for range 2 {
		counters.Go(func() {
			for range 3 {
				if err := l.RecountAll(ctx); err != nil {
					failed <- err
				}
			}
		})
	}
	writers.Wait()
	counters.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	if strings.Contains(strings.Join(l.kinds(0), " "), "item.counters_repaired") {
		t.Error("a counter that was right was repaired")
	}
	if err := l.RecountAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := census(t, l); n.Astray != 0 {
		t.Errorf("%+v", n)
	}
}
