package item_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func TestRecall(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	if _, err := l.Publish(ctx, loader, promising(l.base(t, food).Definition, 5)); err != nil {
		t.Fatal(err)
	}
	_, err := l.Recall(ctx, keeper, food, 1, "")
	wants(t, err, "item.reason_needed")
	_, err = l.Recall(ctx, keeper, food, 9, "错了")
	wants(t, err, "item.not_found")
	_, err = l.Recall(ctx, chief, food, 1, "错了")
	wants(t, err, "office.no_right")
	b, err := l.Recall(ctx, keeper, food, 1, "承诺时限写错了")
	if err != nil || b.Version != 3 || b.PromiseDays != 7 || l.food(t).Version != 3 {
		t.Errorf("%+v, %v", b, err)
	}
	_, err = l.Recall(ctx, keeper, food, 1, "再来一次")
	wants(t, err, "item.draft_changes_nothing")
	list, err := l.Editions(ctx, keeper, food, 0, 10)
	if err != nil || len(list) != 3 || list[0].Draft == nil || list[0].Draft.Remark != "承诺时限写错了" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestPlans(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e := l.food(t)
	_, err := l.PlanState(ctx, keeper, item.Plan{Code: food, ToState: item.Paused, Reason: "系统升级", EffectiveOn: today()})
	wants(t, err, "item.plan_in_past")
	_, err = l.PlanState(ctx, keeper, item.Plan{Code: food, ToState: item.Paused, EffectiveOn: today().Add(3)})
	wants(t, err, "item.reason_needed")
	_, err = l.PlanState(ctx, chief, item.Plan{Code: food, ToState: item.Paused, Reason: "系统升级", EffectiveOn: today().Add(3)})
	wants(t, err, "office.no_right")
	p, err := l.PlanState(ctx, keeper, item.Plan{Code: food, ToState: item.Paused, Reason: "系统升级", EffectiveOn: today().Add(3)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.PlanState(ctx, loader, item.Plan{Code: food, ToState: item.Cancelled, Reason: "取消", EffectiveOn: today().Add(3)})
	wants(t, err, "item.plan_twice")
	_, err = l.PlanState(ctx, chief, item.Plan{Code: e.Code, ToState: item.Cancelled, Reason: "机构改革", EffectiveOn: today().Add(5)})
	wants(t, err, "item.four_eyes")
	own, err := l.PlanState(ctx, chief, item.Plan{Code: e.Code, ToState: item.Paused, Reason: "机构改革", EffectiveOn: today().Add(5)})
	if err != nil {
		t.Fatal(err)
	}
	// A guide shows the plans of its item and its own, soonest first, and is the entry as it stands otherwise.
	err = l.DB.View(ctx, func(tx *db.Tx) error {
		shown, plans, err := l.Guided(ctx, tx, e.Code)
		if err != nil || len(plans) != 2 || plans[0].ID != p.ID || plans[1].ID != own.ID || shown.ID != e.ID || shown.OfficeName != e.OfficeName {
			t.Errorf("%+v, %v", plans, err)
		}
		_, _, err = l.Guided(ctx, tx, "none")
		wants(t, err, "item.not_found")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.DropPlan(ctx, chief, p.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the chief drops the keeper's plan: %v", err)
	}
	if err := l.DropPlan(ctx, chief, own.ID); err != nil {
		t.Fatal(err)
	}
	wants(t, l.DropPlan(ctx, chief, own.ID), "item.plan_gone")
	if err := l.DoDue(ctx); err != nil || l.food(t).State != item.InUse {
		t.Errorf("it came before its day: %v", err)
	}
	l.exec(t, `UPDATE item_plan SET effective_on = $1`, today().String())
	for range 2 {
		if err := l.DoDue(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if now := l.find(t, e.Code); now.State != item.Paused || now.Reason != "系统升级" {
		t.Errorf("%s %s", now.State, now.Reason)
	}
	paused := 0
	for _, leaf := range l.Leaves {
		if leaf.Kind == "item.paused" {
			paused++
		}
	}
	if paused != 1 {
		t.Errorf("%d leaves of one pause", paused)
	}
}

func TestAPlanForWhatEndedIsVoid(t *testing.T) {
	l := seeded(t)
	if _, err := l.PlanState(t.Context(), loader, item.Plan{Code: food, ToState: item.InUse, EffectiveOn: today().Add(1)}); err != nil {
		t.Fatal(err)
	}
	if err := l.End(t.Context(), keeper, food, "取消"); err != nil {
		t.Fatal(err)
	}
	l.exec(t, `UPDATE item_plan SET effective_on = $1`, today().String())
	if err := l.DoDue(t.Context()); err != nil || l.base(t, food).State != item.Cancelled {
		t.Errorf("%v", err)
	}
	if n := l.exec(t, `UPDATE item_plan SET done = 'void' WHERE done = 'void'`); n != 1 {
		t.Errorf("%d plans are void", n)
	}
}

func TestAffected(t *testing.T) {
	l := seeded(t)
	var list []item.Affected
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		list, err = l.AffectedBy(t.Context(), tx, food)
		return err
	})
	if diff := cmp.Diff([]item.Affected{{Level: "4", Entries: 60, Offices: 60}}, list); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// A plan whose day has come while two persons give it up: one of the two happens, and neither waits for the other for ever.
func TestAPlanIsDoneWhileItIsGivenUp(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	if l.DB.Writers() == 1 {
		t.Skip("this engine has one writer at a time")
	}
	made, err := l.PlanState(ctx, loader, item.Plan{Code: food, ToState: item.Cancelled, Reason: "取消", EffectiveOn: today().Add(1)})
	if err != nil {
		t.Fatal(err)
	}
	drop, err := l.ProposeDrop(ctx, keeper, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	l.exec(t, `UPDATE item_plan SET effective_on = $1`, today().String())
	dropped := make(chan error, 1)
	var once sync.Once
	l.Counting = func() {
		once.Do(func() {
			go func() {
				_, err := l.ApproveProposal(ctx, reviewer, drop.ID, "")
				dropped <- err
			}()
			waitsOrEnds(t, l, dropped)
		})
	}
	if err := l.DoDue(ctx); err != nil {
		t.Errorf("the plan: %v", err)
	}
	wants(t, <-dropped, "item.plan_gone")
	if l.base(t, food).State != item.Cancelled {
		t.Error("it did not end")
	}
}
