package office_test

import (
	"slices"
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// What is decided for later years leaves this year's days as they are: limits run by them.
func TestYearlyDayCountsUntilAnotherBegins(t *testing.T) {
	s, d, _ := setup(t)
	ctx := t.Context()
	name := func(code, on string) (off string) {
		t.Helper()
		err := d.View(ctx, func(tx *db.Tx) error {
			c, err := s.Calendar(ctx, tx, region.MustParse(code))
			if err == nil && !c.IsWorkday(civil.MustParse(on)) {
				off = c.Name(civil.MustParse(on))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return off
	}
	revision := func() (revision string) {
		t.Helper()
		err := d.View(ctx, func(tx *db.Tx) (err error) {
			revision, _, err = s.CalendarRevision(ctx, tx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return revision
	}
	propose := func(place, on string, meaning office.Meaning, name string) error {
		return s.ProposeLocalDay(ctx, manager("one", "22"), office.LocalDay{Region: place, OnDate: civil.MustParse(on), Yearly: true, Meaning: meaning, Name: name, Source: "关于修改自治条例的决定"})
	}
	listed := func() []office.LocalDay {
		t.Helper()
		list, err := s.LocalDays(ctx, manager("two", "22"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	set := func(place, on string, meaning office.Meaning, name string) {
		t.Helper()
		if err := propose(place, on, meaning, name); err != nil {
			t.Fatal(err)
		}
		before := revision()
		if err := s.ApproveLocalDay(ctx, manager("two", "22"), listed()[0].ID); err != nil {
			t.Fatal(err)
		}
		if revision() == before {
			t.Errorf("%s of %s from %s: nobody is told", meaning, place, on)
		}
	}
	const founded = "延边朝鲜族自治州成立纪念日"
	wants := func(what string, days map[string]string) {
		t.Helper()
		for on, want := range days {
			if got := name("222401", on); got != want {
				t.Errorf("%s: %s is %q, want %q", what, on, got, want)
			}
		}
	}
	wants("as shipped", map[string]string{"2026-09-03": founded, "2027-09-03": founded})
	set("2224", "2027-09-03", office.DayPlain, "取消纪念日放假")
	wants("lifted from 2027", map[string]string{"2026-09-03": founded, "2027-09-03": "", "2029-09-03": ""})
	old := slices.IndexFunc(listed(), func(d office.LocalDay) bool { return d.Name == founded })
	if old < 0 || listed()[old].Until != civil.MustParse("2027-09-03") {
		t.Errorf("what still counts is not listed: %+v", listed())
	}
	set("2224", "2029-09-03", office.DayOff, "州庆日")
	wants("anew from 2029", map[string]string{"2026-09-03": founded, "2027-09-03": "", "2029-09-03": "州庆日"})
	set("2224", "2026-09-03", office.DayPlain, "取消纪念日放假")
	wants("lifted from 2026", map[string]string{"2025-09-03": founded, "2026-09-03": "", "2027-09-03": "", "2030-09-03": ""})
	if err := propose("2224", "2028-09-03", office.DayPlain, "取消纪念日放假"); !fault.HasKey(err, "office.local_nothing") {
		t.Errorf("lifting what ended before: %v", err)
	}
	// What was only doubtful has never counted: it does not come back for the years before.
	set("220721", "2027-09-01", office.DayOff, "县庆")
	if got := []string{name("220721", "2026-09-01"), name("220721", "2027-09-01")}; got[0] != "" || got[1] != "县庆" {
		t.Errorf("confirmed from 2027: %q", got)
	}
}
