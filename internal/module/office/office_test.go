package office_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
)

// leaves counts what was logged.
type leaves struct{ kinds []string }

func (l *leaves) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	l.kinds = append(l.kinds, e.Kind)
	return nil
}

func setup(t *testing.T) (*office.Service, *db.DB, *leaves) {
	t.Helper()
	d, l := dbtest.Open(t, office.Schema), &leaves{}
	grants := append(office.Access(), actor.Grant{Action: "test.act", Roles: []string{office.RoleReviewer, office.RoleChief}},
		actor.Grant{Action: "test.own", Roles: []string{actor.Owner}}, actor.Grant{Action: "test.any", Roles: []string{actor.Anyone}})
	s, err := office.New(d, office.Needs{Log: l, Grants: grants})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.LoadReference(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, d, l
}

func TestProvince(t *testing.T) {
	s, d, _ := setup(t)
	n, err := s.SeedProvince(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.SeedProvince(t.Context()); err != nil || again != 0 {
		t.Errorf("seeding again wrote %d, %v", again, err)
	}
	err = d.View(t.Context(), func(tx *db.Tx) error {
		offices, regions, err := s.Count(t.Context(), tx)
		if err != nil || offices != n || regions != 13014 {
			t.Errorf("%d offices of %d, %d regions, %v", offices, n, regions, err)
		}
		o, err := s.ByPath(t.Context(), tx, "220102d31")
		if err != nil || o.Name != "长春市南关区市场监督管理局" || o.Region != region.MustParse("220102000000") {
			t.Errorf("220102d31 is %+v, %v", o, err)
		}
		counties := 0
		all, err := s.Departments(t.Context(), tx, "31")
		for _, o := range all {
			if o.Region.Level() == region.County {
				counties++
			}
		}
		if counties != 60 {
			t.Errorf("%d counties have a market office", counties)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCalendar(t *testing.T) {
	s, d, l := setup(t)
	nanguan, yanji := region.MustParse("220102"), region.MustParse("222401")
	due := func(r region.Code, from string, n int) (out string) {
		t.Helper()
		err := d.View(t.Context(), func(tx *db.Tx) error {
			c, err := s.Calendar(t.Context(), tx, r)
			if err == nil {
				out = c.Add(civil.MustParse(from), n).String()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := due(nanguan, "2025-12-31", 5); got != "2026-01-08" {
		t.Errorf("five working days after 2025-12-31 end on %s", got)
	}
	if a, b := due(nanguan, "2026-09-02", 1), due(yanji, "2026-09-02", 1); a != "2026-09-03" || b != "2026-09-04" {
		t.Errorf("延边's own day: %s and %s", a, b)
	}
	notice := []byte(`{"year":2027,"papers":["http://www.gov.cn/test"],"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true},{"name":"元旦","date":"2027-01-04","isOffDay":true}]}`)
	admin := actor.Actor{Kind: actor.Officer, Account: "a", Duties: []actor.Duty{{Role: office.RoleAdmin}}}
	revision := func() (r, what string) {
		t.Helper()
		if err := d.View(t.Context(), func(tx *db.Tx) (err error) {
			r, what, err = s.CalendarRevision(t.Context(), tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return r, what
	}
	before, _ := revision()
	if again, _ := revision(); again != before {
		t.Error("a revision changes by being asked for")
	}
	other, err := office.New(d, office.Needs{Log: l}) // another node, which has the old calendar in memory
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := func() (v string) {
		if err := d.View(t.Context(), func(tx *db.Tx) error {
			c, err := other.Calendar(t.Context(), tx, nanguan)
			v = c.Version()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return v
	}
	old := elsewhere()
	if _, err := s.ImportNotice(t.Context(), admin, notice); err != nil {
		t.Fatal(err)
	}
	if after, year := revision(); after == before || year != "2027" {
		t.Errorf("after the import of 2027: %s, %s", after, year)
	}
	if other.ForgetCalendars(); elsewhere() == old {
		t.Error("another node still counts by the old calendar")
	}
	if got := due(nanguan, "2026-12-31", 1); got != "2027-01-05" {
		t.Errorf("after the import: %s", got)
	}
	if _, err := s.ImportNotice(t.Context(), actor.Actor{Kind: actor.Officer}, notice); !fault.Is(err, fault.Forbidden) {
		t.Errorf("without the right: %v", err)
	}
	if len(l.kinds) != 1 {
		t.Errorf("leaves: %v", l.kinds)
	}
}

func TestSeparation(t *testing.T) {
	s, d, _ := setup(t)
	if _, err := s.SeedProvince(t.Context()); err != nil {
		t.Fatal(err)
	}
	security := actor.Actor{Kind: actor.Officer, Account: "s", Duties: []actor.Duty{{Role: office.RoleSecurity, OfficePath: "22"}}}
	give := func(role string) error {
		return s.Appoint(t.Context(), security, office.Appointment{AccountID: "x", Role: role, OfficePath: "22d90"})
	}
	if err := give(office.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	if err := give(office.RoleAdmin); err != nil {
		t.Errorf("giving again: %v", err)
	}
	if err := give(office.RoleAuditor); !fault.HasKey(err, "office.separated") {
		t.Errorf("an administrator became auditor: %v", err)
	}
	admin := actor.Actor{Kind: actor.Officer, Account: "a", Duties: []actor.Duty{{Role: office.RoleAdmin, OfficePath: "22"}}}
	if err := s.Appoint(t.Context(), admin, office.Appointment{AccountID: "y", Role: office.RoleChief, OfficePath: "220102d31"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the administrator granted a post: %v", err)
	}
	err := d.View(t.Context(), func(tx *db.Tx) error {
		held, err := s.Posts(t.Context(), tx, "x")
		if len(held) != 1 {
			t.Errorf("holds %+v", held)
		}
		for _, p := range held {
			if err := s.Remove(t.Context(), security, p.ID); err != nil && d.Engine() == db.PostgreSQL {
				t.Error(err)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPersons(t *testing.T) {
	s, _, _ := setup(t)
	me := actor.Actor{Kind: actor.Person, Account: "a", Subject: "me", Company: "firm"}
	for target, want := range map[string]bool{"firm": true, "me": false, "other": false, "": false} {
		if err := s.Check(me, "test.own", actor.Target{Subject: target, OfficePath: "220102d31"}); (err == nil) != want {
			t.Errorf("acting for firm on %q: %v", target, err)
		}
	}
	if err := s.Check(me, "test.any", actor.Target{}); err != nil {
		t.Error(err)
	}
	if err := s.Check(me, "test.act", actor.Target{OfficePath: "22"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a person acted as an officer: %v", err)
	}
	if err := s.Check(actor.Actor{}, "test.any", actor.Target{}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a stranger: %v", err)
	}
	if err := s.Check(me, "test.unknown", actor.Target{}); err == nil || fault.Is(err, fault.Forbidden) {
		t.Errorf("an action nobody grants: %v", err)
	}
}

// What Cedar decides for one thing and what SQL lists must be the same set.
func TestDecisionsAndListsAgree(t *testing.T) {
	s, d, _ := setup(t)
	if _, err := s.SeedProvince(t.Context()); err != nil {
		t.Fatal(err)
	}
	var paths []string
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		paths, err = db.All[string](t.Context(), tx, `SELECT path FROM office_office ORDER BY path`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(1, 2))
	roles := []string{office.RoleReviewer, office.RoleChief, office.RoleWindow}
	for round := range 25 {
		by := actor.Actor{Kind: actor.Officer, Account: fmt.Sprint(round)}
		for range 1 + chance.IntN(3) {
			p := paths[chance.IntN(len(paths))]
			if chance.IntN(2) == 0 {
				p = p[:min(len(p), []int{2, 4, 6}[chance.IntN(3)])]
			}
			by.Duties = append(by.Duties, actor.Duty{Role: roles[chance.IntN(3)], OfficePath: p})
		}
		listed := map[string]bool{}
		err := d.View(t.Context(), func(tx *db.Tx) error {
			var args []any
			rows, err := db.All[string](t.Context(), tx, `SELECT path FROM office_office WHERE `+db.PrefixAny("path", s.Reach(by, "test.act"), &args), args...)
			for _, r := range rows {
				listed[r] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 400 {
			p := paths[chance.IntN(len(paths))]
			if allowed := s.Check(by, "test.act", actor.Target{OfficePath: p}) == nil; allowed != listed[p] {
				t.Fatalf("duties %+v, office %s: Cedar says %v, SQL %v", by.Duties, p, allowed, listed[p])
			}
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	s, err := office.New(nil, office.Needs{Grants: []actor.Grant{{Action: "test.act", Roles: []string{office.RoleReviewer}}}})
	if err != nil {
		b.Fatal(err)
	}
	by := actor.Actor{Kind: actor.Officer, Duties: []actor.Duty{{Role: office.RoleReviewer, OfficePath: "220102"}}}
	for b.Loop() {
		if err := s.Check(by, "test.act", actor.Target{OfficePath: "220102d31", Item: "220131001000"}); err != nil {
			b.Fatal(err)
		}
	}
}
