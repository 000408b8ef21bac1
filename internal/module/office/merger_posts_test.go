package office_test

import (
	"context"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
)

// between is a log that does something just before a leaf of a kind is written, once.
type between struct {
	kind string
	do   func()
}

func (b *between) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	if do := b.do; do != nil && e.Kind == b.kind {
		b.do = nil
		do()
	}
	return nil
}

func security() actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: "s", Duties: []actor.Duty{{Role: office.RoleSecurity, OfficePath: "22"}}}
}

// TestAppointBesideMerger: a post that is given while its office is dissolved goes over with the others.
func TestAppointBesideMerger(t *testing.T) {
	d, log := dbtest.Open(t, office.Schema), &between{kind: "post.granted"}
	s, err := office.New(d, office.Needs{Log: log, Grants: office.Access(), Queue: &waiting{}, Estate: &left{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if err := s.LoadReference(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SeedProvince(ctx); err != nil {
		t.Fatal(err)
	}
	m, err := s.ProposeMerger(ctx, manager("one", "22"), office.Proposed{From: "220102d31", Into: "220102d23", Document: "长编〔2026〕12号", Posts: office.PostsMove})
	if err != nil {
		t.Fatal(err)
	}
	approved := make(chan error, 1)
	log.do = func() {
		done := make(chan struct{})
		go func() {
			approved <- s.ApproveMerger(ctx, manager("two", "22"), m.ID)
			close(done)
		}()
		select {
		case <-done: // it did not wait for the post
		case <-time.After(time.Second):
		}
	}
	if err := s.Appoint(ctx, security(), office.Appointment{AccountID: "x", Role: office.RoleReviewer, OfficePath: "220102d31"}); err != nil {
		t.Fatal(err)
	}
	if err := <-approved; err != nil {
		t.Fatal(err)
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		list, err := s.Posts(ctx, tx, "x")
		if len(list) != 1 || list[0].OfficePath != "220102d23" {
			t.Errorf("held after the merger: %+v", list)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Appoint(ctx, security(), office.Appointment{AccountID: "y", Role: office.RoleReviewer, OfficePath: "220102d31"}); !fault.HasKey(err, "office.dissolved") {
		t.Errorf("afterwards: %v", err)
	}
}

// TestMergerKeepsHowLongPostsLast: what somebody holds at both offices is one post only if that at the other lasts as long.
func TestMergerKeepsHowLongPostsLast(t *testing.T) {
	s, d, _, _ := merging(t)
	ctx := t.Context()
	const from, into = "220102d31", "220102d23"
	tomorrow, later := time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
	for _, p := range []office.Appointment{
		{AccountID: "endless", OfficePath: from}, {AccountID: "endless", OfficePath: into, Until: tomorrow},
		{AccountID: "longer", OfficePath: from, Until: later}, {AccountID: "longer", OfficePath: into, Until: tomorrow},
		{AccountID: "shorter", OfficePath: from, Until: tomorrow}, {AccountID: "shorter", OfficePath: into, Until: later},
		{AccountID: "limited", OfficePath: from, Until: tomorrow}, {AccountID: "limited", OfficePath: into},
		{AccountID: "begins", OfficePath: from}, {AccountID: "begins", OfficePath: into},
	} {
		p.Role = office.RoleReviewer
		if err := s.Appoint(ctx, security(), p); err != nil {
			t.Fatal(err)
		}
	}
	err := d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE office_post SET from_at = $1 WHERE account_id = 'begins' AND office_id IN (SELECT id FROM office_office WHERE path = $2)`, tomorrow, into)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.ProposeMerger(ctx, manager("one", "22"), office.Proposed{From: from, Into: into, Document: "长编〔2026〕12号", Posts: office.PostsMove})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ApproveMerger(ctx, manager("two", "22"), m.ID); err != nil {
		t.Fatal(err)
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		for account, want := range map[string]int{"endless": 2, "longer": 2, "shorter": 1, "limited": 1, "begins": 1} { // of begins the other's is still to come
			list, err := s.Posts(ctx, tx, account)
			if err != nil {
				return err
			}
			if len(list) != want {
				t.Errorf("%s holds %+v", account, list)
			}
			if last := list[len(list)-1]; account == "endless" && !last.UntilAt.IsZero() || account == "longer" && last.UntilAt.Before(later.Add(-time.Minute)) {
				t.Errorf("%s loses what lasts longer: until %s", account, last.UntilAt)
			}
			for _, p := range list {
				if p.OfficePath != into {
					t.Errorf("%s is left at %s", account, p.OfficePath)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
