package account_test

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func TestPutMany(t *testing.T) {
	s, d, _ := setup(t)
	ctx, program := t.Context(), actor.Program("test")
	list := []account.NewSubject{{Kind: account.Person, Name: "王一", Number: bornAgo(30, 101), Level: 3}, {Kind: account.Company, Name: "长春市测试有限公司", Number: "91220101MA1A000591"},
		{Kind: account.Person, Name: "王一", Number: bornAgo(30, 101)}}
	one, err := s.PutSubject(ctx, program, list[1])
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.PutMany(ctx, program, list)
	if err != nil || len(first) != 3 || first[1] != one || first[0] != first[2] || first[0] == one {
		t.Fatalf("%v, %v", first, err)
	}
	again, err := s.PutMany(ctx, program, list)
	if err != nil || again[0] != first[0] || again[1] != first[1] {
		t.Errorf("again: %v, %v", again, err)
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		got, err := s.FindSubject(ctx, tx, account.Person, list[0].Number, "王一")
		if err != nil || got.ID != first[0] || got.Level != 3 {
			t.Errorf("%+v, %v", got, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if other, err := s.PutMany(ctx, program, []account.NewSubject{{Kind: account.Person, Name: "王二", Number: list[0].Number}}); err != nil || other[0] != "" {
		t.Errorf("another name: %v, %v", other, err)
	}
	companies := []account.NewSubject{{Kind: account.Company, Name: "吉林省另一家有限公司", Number: list[1].Number}, {Kind: account.Company, Name: "长春市测试 有限公司", Number: list[1].Number}}
	if got, err := s.PutMany(ctx, program, companies); err != nil || got[0] != "" || got[1] != one {
		t.Errorf("a company by another name, and by its own: %v, %v", got, err)
	}
	if _, err := s.PutMany(ctx, program, []account.NewSubject{{Kind: account.Person, Name: "王一", Number: "220102199303082084"}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a wrong number: %v", err)
	}
	if _, err := s.PutMany(ctx, actor.Actor{Kind: actor.Officer}, list); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer: %v", err)
	}
}

// TestHearsayGivesWay: who was written down from a table under a wrong name comes himself, and what he proves counts.
func TestHearsayGivesWay(t *testing.T) {
	s, d, _ := setup(t)
	ctx, number := t.Context(), bornAgo(40, 102)
	told, err := s.PutMany(ctx, actor.Program("test"), []account.NewSubject{{Kind: account.Person, Name: "王误", Number: number}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Register(ctx, actor.Actor{}, account.Registration{Login: "wang.zheng", Password: "correct horse battery", Name: "王正", Number: number, Phone: "13900000000", Region: "220102000000"})
	if err != nil || a.SubjectID != told[0] {
		t.Fatalf("%+v, %v", a, err)
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		got, err := s.FindSubject(ctx, tx, account.Person, number, "王正")
		if err != nil || got.ID != told[0] || got.Level != 2 || got.Region != "220102000000" {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := s.FindSubject(ctx, tx, account.Person, number, "王误"); err != nil || got.ID != "" {
			t.Errorf("the wrong name still fits: %+v, %v", got, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	// A later table can't take it back.
	again, err := s.PutMany(ctx, actor.Program("test"), []account.NewSubject{{Kind: account.Person, Name: "王误", Number: number}})
	if err != nil || again[0] != "" {
		t.Errorf("%v, %v", again, err)
	}
}
