package supervision_test

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/module/supervision/supervisiontest"
	"xiangyun/internal/platform/fault"
)

// A duty for certain items shows the cases and cards of those, and no figures: they are of all items.
func TestADutyForCertainItems(t *testing.T) {
	h, ctx := supervisiontest.Open(t), t.Context()
	for id, base := range map[string]string{"a": "000131104003", "b": "000511001000"} {
		h.Step(t, casefile.Standing{ID: id, Number: "number-" + id, BaseCode: base, OfficePath: "220102d31", State: casefile.Accepted, PromiseDue: today.Add(-1), YellowOn: today.Add(-2)},
			casefile.Accept, true)
	}
	if _, err := h.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Warn(ctx, actor.Program("test")); err != nil {
		t.Fatal(err)
	}
	by := supervisiontest.Chief
	by.Duties = []actor.Duty{{Role: "chief", OfficePath: "220102d31", Items: []string{"000131104003"}}}
	for _, path := range []string{"", "220102d31"} {
		if _, err := h.Board(ctx, by, path); !fault.HasKey(err, "supervision.limited_duty") {
			t.Errorf("the board at %q: %v", path, err)
		}
		if _, err := h.Report(ctx, by, path, today); !fault.HasKey(err, "supervision.limited_duty") {
			t.Errorf("the report at %q: %v", path, err)
		}
		l, err := h.Service.Cases(ctx, by, path, supervision.AllOpen, "", 10)
		if err != nil || len(l.Cases) != 1 || l.Cases[0].Number != "number-a" {
			t.Errorf("the cases at %q: %+v, %v", path, l.Cases, err)
		}
		if l, err = h.Service.Cases(ctx, by, path, supervision.LateCases, "", 10); err != nil || len(l.Cases) != 1 {
			t.Errorf("the late cases at %q: %+v, %v", path, l.Cases, err)
		}
		cards, _, err := h.Cards(ctx, by, path, supervision.CardOpen, "", 10)
		if err != nil || len(cards) != 1 || cards[0].Number != "number-a" {
			t.Errorf("the cards at %q: %+v, %v", path, cards, err)
		}
	}
	if _, err := h.Service.Cases(ctx, by, "220102d32", supervision.AllOpen, "", 10); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another office: %v", err)
	}
	all, _, err := h.Cards(ctx, supervisiontest.Chief, "", supervision.CardOpen, "", 10)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	for _, c := range all {
		if _, err := h.Card(ctx, by, c.ID); (err == nil) != (c.Number == "number-a") {
			t.Errorf("the card of %s: %v", c.Number, err)
		}
	}
}

// Whoever answers a card does not close or return it, whatever account he uses.
func TestNobodyClosesHisOwnAnswer(t *testing.T) {
	h, ctx := supervisiontest.Open(t), t.Context()
	h.Step(t, casefile.Standing{ID: "a", Number: "n", OfficePath: "220102d31", State: casefile.Accepted, PromiseDue: today.Add(-1), YellowOn: today.Add(-2)}, casefile.Accept, true)
	if _, err := h.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Warn(ctx, actor.Program("test")); err != nil {
		t.Fatal(err)
	}
	list, _, err := h.Cards(ctx, supervisiontest.Chief, "", supervision.CardOpen, "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	chief, own := supervisiontest.Chief, supervisiontest.Supervisor
	chief.Subject, own.Subject = "p1", "p1"
	both := supervisiontest.Chief
	both.Duties = append(both.Duties, supervisiontest.Supervisor.Duties...)
	id := list[0].ID
	if err := h.Answer(ctx, chief, id, "因检测排队，三日内办结"); err != nil {
		t.Fatal(err)
	}
	for name, by := range map[string]actor.Actor{"his other account": own, "the same account": both} {
		if err := h.Close(ctx, by, id); !fault.HasKey(err, "supervision.own_answer") {
			t.Errorf("closed by %s: %v", name, err)
		}
		if err := h.Return(ctx, by, id, "请补充"); !fault.HasKey(err, "supervision.own_answer") {
			t.Errorf("returned by %s: %v", name, err)
		}
	}
	if err := h.Close(ctx, supervisiontest.Supervisor, id); err != nil {
		t.Errorf("closed by another: %v", err)
	}
}
