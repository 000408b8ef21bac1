package hall_test

import (
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/hall/halltest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func TestActingForSomebody(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	until := civil.MustParse("2026-12-31")
	m := hall.Mandate{SubjectID: halltest.Zhang.Subject, OfficeName: "南关区政务服务中心", BaseCode: "000131104003", Words: "委托办理食品经营许可", UntilOn: until}
	if _, err := h.Authorise(ctx, halltest.Zhang, m); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a citizen authorises an office by himself: %v", err)
	}
	for _, wrong := range []hall.Mandate{{SubjectID: "x", Words: "委托", UntilOn: civil.MustParse("2026-11-29")}, {SubjectID: "x", Words: "委托", UntilOn: civil.MustParse("2028-01-01")},
		{SubjectID: "x", UntilOn: until}, {SubjectID: "x", Words: "委托"}, {Words: "委托", UntilOn: until}} {
		if _, err := h.Authorise(ctx, halltest.Window, wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	id, err := h.Authorise(ctx, halltest.Window, m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Begin(ctx, halltest.Neighbour, halltest.Zhang.Subject, id, ""); !fault.HasKey(err, "hall.mandate_lacks") {
		t.Errorf("another office acts by it: %v", err)
	}
	if _, err := h.Begin(ctx, halltest.Window, halltest.Li.Subject, id, ""); !fault.HasKey(err, "hall.mandate_lacks") {
		t.Errorf("it is used for somebody else: %v", err)
	}
	deed, err := h.Begin(ctx, halltest.Window, halltest.Zhang.Subject, id, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Chosen(ctx, halltest.Second, deed, halltest.FoodCode, "d1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a colleague goes on with it: %v", err)
	}
	if err := h.Chosen(ctx, halltest.Window, deed, halltest.FoodCode, "d1"); err != nil {
		t.Fatal(err)
	}
	handIn := func(by actor.Actor, draft string) error {
		return h.DB.Update(ctx, func(tx *db.Tx) error {
			mandated, err := h.HandIn(ctx, tx, by, casefile.HandIn{Draft: draft, BaseCode: "000131104003", Number: "220102031261130000001"})
			if err == nil && mandated != (draft == "d1" && by.Account == halltest.Window.Account) {
				t.Errorf("%s is mandated: %v", draft, mandated)
			}
			return err
		})
	}
	for _, other := range []error{handIn(halltest.Window, ""), handIn(halltest.Window, "another"), handIn(halltest.Second, "d1")} {
		if other != nil {
			t.Errorf("what is no deed's draft: %v", other)
		}
	}
	if err := handIn(halltest.Window, "d1"); err != nil {
		t.Fatal(err)
	}
	if err := handIn(halltest.Window, "d1"); !fault.HasKey(err, "hall.deed_over") {
		t.Errorf("handed in twice: %v", err)
	}
	n := 0
	for _, l := range h.Leaves {
		if l.Kind == "hall.deed_handed" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("handed in twice it leaves %d leaves", n)
	}
	list, _, err := h.DeedsFor(ctx, halltest.Zhang, "", 10)
	if err != nil || len(list) != 1 || list[0].CaseNumber == "" || list[0].Post == "" || list[0].MandateID != id {
		t.Errorf("%+v, %v", list, err)
	}
	if codes, err := h.LastItems(ctx, halltest.Window, 5); err != nil || len(codes) != 1 {
		t.Errorf("%v, %v", codes, err)
	}
	if err := h.EndMandate(ctx, halltest.Li, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else ends it: %v", err)
	}
	second, err := h.Begin(ctx, halltest.Window, halltest.Zhang.Subject, id, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Chosen(ctx, halltest.Window, second, halltest.FoodCode, "d2"); err != nil {
		t.Fatal(err)
	}
	if err := h.Chosen(ctx, halltest.Window, second, halltest.FoodCode, "d3"); !fault.HasKey(err, "hall.deed_over") {
		t.Errorf("chosen twice: %v", err)
	}
	if d, err := h.Deed(ctx, halltest.Window, second); err != nil || d.DraftID != "d2" {
		t.Errorf("chosen twice it is %q, %v", d.DraftID, err)
	}
	third, err := h.Begin(ctx, halltest.Window, halltest.Zhang.Subject, id, "")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.EndMandate(ctx, halltest.Zhang, id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Begin(ctx, halltest.Window, halltest.Zhang.Subject, id, ""); !fault.HasKey(err, "hall.mandate_lacks") {
		t.Errorf("after its end: %v", err)
	}
	if err := handIn(halltest.Window, "d2"); !fault.HasKey(err, "hall.mandate_lacks") {
		t.Errorf("handed in after its end: %v", err)
	}
	if err := h.Chosen(ctx, halltest.Window, third, halltest.FoodCode, "d4"); !fault.HasKey(err, "hall.mandate_lacks") {
		t.Errorf("what was begun before its end: %v", err)
	}
}

func TestAMandateCoversItsItemAndItsDays(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	id, err := h.Authorise(ctx, halltest.Window, hall.Mandate{SubjectID: halltest.Zhang.Subject, BaseCode: "999999999999", Words: "委托办理别的事", UntilOn: civil.MustParse("2026-12-01")})
	if err != nil {
		t.Fatal(err)
	}
	deed, err := h.Begin(ctx, halltest.Window, halltest.Zhang.Subject, id, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Allowed(ctx, halltest.Window, deed, halltest.FoodCode); !fault.HasKey(err, "hall.mandate_lacks") {
		t.Errorf("another item: %v", err)
	}
	h.Later(48 * time.Hour)
	if list, err := h.Running(ctx, halltest.Window, halltest.Zhang.Subject); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}
