package account_test

import (
	"fmt"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// bornAgo is the number of somebody born so many years ago and a month, with its check digit (GB 11643).
func bornAgo(years, order int) string {
	body := "220102" + civil.Of(time.Now()).AddYears(-years).Add(-31).Compact() + fmt.Sprintf("%03d", order)
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[i]-'0') * weight
	}
	return body + string("10X98765432"[sum%11])
}

func TestGuardians(t *testing.T) {
	s, d, l := setup(t)
	ctx := t.Context()
	parent := register(t, s)
	put := func(name, number string) string {
		t.Helper()
		id, err := s.PutSubject(ctx, actor.Program("test"), account.NewSubject{Kind: account.Person, Name: name, Number: number})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	child, old := bornAgo(9, 101), bornAgo(80, 103)
	childID, oldID := put("张小宝", child), put("张老伯", old)
	officer := actor.Actor{Kind: actor.Officer, Account: "window", OfficePath: "220102d90"}
	in := account.NewGuardianship{WardName: "张小宝", WardNumber: child, GuardianName: "张晓三", GuardianNumber: number, Kind: account.GuardianParent, Basis: "出生医学证明"}
	acting := account.Session{Account: parent.ID, Company: childID}
	if _, err := s.ActorOf(ctx, acting); !fault.HasKey(err, "account.not_agent") {
		t.Errorf("acting before anything was recorded: %v", err)
	}
	if _, err := s.RecordGuardian(ctx, actor.Actor{Kind: actor.Person, Subject: parent.SubjectID}, in); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a parent records it himself: %v", err)
	}
	for key, change := range map[string]func(*account.NewGuardianship){
		"account.no_match":          func(g *account.NewGuardianship) { g.WardName = "张大宝" },
		"account.guardian_of_child": func(g *account.NewGuardianship) { g.Kind = account.GuardianAppointed },
		"account.ward_grown":        func(g *account.NewGuardianship) { g.WardName, g.WardNumber = "张老伯", old },
		"account.guardian_kind":     func(g *account.NewGuardianship) { g.Kind = "uncle" },
		"account.basis_length":      func(g *account.NewGuardianship) { g.Basis = " " },
		"account.guardian_self":     func(g *account.NewGuardianship) { g.GuardianName, g.GuardianNumber = g.WardName, g.WardNumber },
	} {
		bad := in
		change(&bad)
		f, ok := fault.Of(func() error { _, err := s.RecordGuardian(ctx, officer, bad); return err }())
		if !ok || len(f.Fields) != 1 || f.Fields[0].Key != key {
			t.Errorf("%s: %+v", key, f)
		}
	}
	id, err := s.RecordGuardian(ctx, officer, in)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.RecordGuardian(ctx, officer, in); err != nil || again != id || l.kinds["guardian.recorded"] != 1 {
		t.Errorf("the same again: %s, %v", again, err)
	}
	if _, err := s.ActorOf(ctx, acting); !fault.HasKey(err, "account.not_agent") {
		t.Errorf("acting before it was confirmed: %v", err)
	}
	if l.kinds["guardian.not_found"] != 1 {
		t.Errorf("%d leaves of guesses", l.kinds["guardian.not_found"])
	}
	second := actor.Actor{Kind: actor.Officer, Account: "second", OfficePath: "220102d90"}
	if err := s.ConfirmGuardian(ctx, officer, id); !fault.HasKey(err, "account.same_officer") {
		t.Errorf("one officer does both: %v", err)
	}
	related := second
	related.Subject = parent.SubjectID
	if err := s.ConfirmGuardian(ctx, related, id); !fault.HasKey(err, "account.own_affair") {
		t.Errorf("a guardian confirms himself: %v", err)
	}
	if _, err := s.RecordGuardian(ctx, related, in); !fault.HasKey(err, "account.own_affair") {
		t.Errorf("a guardian records himself: %v", err)
	}
	for range 2 {
		if err := s.ConfirmGuardian(ctx, second, id); err != nil || l.kinds["guardian.confirmed"] != 1 {
			t.Fatal(err)
		}
	}
	by, err := s.ActorOf(ctx, acting)
	if err != nil || by.For() != childID || by.Subject != parent.SubjectID {
		t.Fatalf("%+v, %v", by, err)
	}
	wards, err := s.Wards(ctx, by)
	if err != nil || len(wards) != 1 || wards[0].Name != "张小宝" || !civil.Of(time.Now()).AddYears(8).Before(wards[0].LastOn) {
		t.Errorf("%+v, %v", wards, err)
	}
	here, err := s.RecordedHere(ctx, officer, "", 10)
	if err != nil || len(here) != 1 || here[0].Ward != "张*宝" || here[0].Basis != "出生医学证明" {
		t.Errorf("%+v, %v", here, err)
	}
	set := func(change string) {
		t.Helper()
		if err := d.Update(ctx, func(tx *db.Tx) error { return tx.Later(ctx, change) }); err != nil {
			t.Fatal(err)
		}
		s.Forget()
	}
	set(`UPDATE account_guardian SET last_on = '2026-01-01'`) // the child has grown up
	if _, err := s.ActorOf(ctx, acting); !fault.HasKey(err, "account.not_agent") {
		t.Errorf("acting for somebody who is eighteen: %v", err)
	}
	in.WardName, in.WardNumber, in.Kind, in.Basis = "张老伯", old, account.GuardianAppointed, "指定监护人的判决书"
	if id, err = s.RecordGuardian(ctx, officer, in); err != nil {
		t.Fatal(err)
	}
	if err := s.ConfirmGuardian(ctx, second, id); err != nil {
		t.Fatal(err)
	}
	acting.Company = oldID
	if _, err := s.ActorOf(ctx, acting); err != nil {
		t.Errorf("an adult's guardian: %v", err)
	}
	ward := actor.Actor{Kind: actor.Person, Subject: oldID}
	if mine, err := s.Guardians(ctx, ward); err != nil || len(mine) != 1 || mine[0].Guardian != "张*三" {
		t.Errorf("%+v, %v", mine, err)
	}
	if err := s.EndGuardian(ctx, actor.Actor{Kind: actor.Person, Subject: childID}, id); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger ends it: %v", err)
	}
	if err := s.EndGuardian(ctx, ward, id); err != nil {
		t.Fatal(err)
	}
	if err := s.EndGuardian(ctx, officer, id); !fault.HasKey(err, "account.no_guardian") {
		t.Errorf("ended twice: %v", err)
	}
	if _, err := s.ActorOf(ctx, acting); !fault.HasKey(err, "account.not_agent") {
		t.Errorf("acting after the end: %v", err)
	}
}
