package item_test

import (
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
)

// What was said while an element was not locked deviates once it is: its office is asked then, and what waits about the element alone is closed when it
// is unlocked.
func TestLockingAsksAndUnlockingCloses(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	e := l.food(t)
	lock := func(locked bool) {
		t.Helper()
		if err := l.LockElement(ctx, itemtest.Loader, "procedure", locked); err != nil {
			t.Fatal(err)
		}
	}
	l.exec(t, `DELETE FROM item_base_element`) // as of a version from before elements were kept
	lock(false)
	if err := l.say(t, keeper, e.Code, map[string]string{"procedure": "一步办结"}); err != nil || l.waiting(t) != 0 {
		t.Fatalf("%d wait, %v", l.waiting(t), err)
	}
	lock(true)
	lock(true)
	if list := l.todos(t, itemtest.Chief, item.EntryDeviates); len(list) != 1 || list[0].Object != e.Code || list[0].Said != "历史数据" {
		t.Fatalf("%+v", list)
	}
	lock(false)
	if l.waiting(t) != 0 {
		t.Errorf("%d wait about what may differ", l.waiting(t))
	}
	lock(true)
	if err := l.say(t, keeper, e.Code, map[string]string{"fee": "每证50元"}); err != nil || l.waiting(t) != 1 {
		t.Fatalf("%d wait, %v", l.waiting(t), err)
	}
	lock(false)
	if l.waiting(t) != 1 {
		t.Error("the fee deviates still, and nobody is asked")
	}
	// The fee is corrected: what is left to differ is no reason to wait.
	if err := l.Adopt(ctx, keeper, e.Code, []string{"fee"}); err != nil || l.waiting(t) != 0 || l.meter(t).Total.Deviating != 0 {
		t.Errorf("%d wait, %v", l.waiting(t), err)
	}
}

// What an office was let say of an element is not approved after the element was locked.
func TestALockedElementIsNotApproved(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	e := l.food(t)
	if err := l.LockElement(ctx, loader, "conditions", false); err != nil {
		t.Fatal(err)
	}
	p, err := l.ProposeJSON(ctx, chief, e.Code, []byte(`{"visits":0,"guide":{"conditions":"有健康证明"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.LockElement(ctx, keeper, "conditions", true); err != nil {
		t.Fatal(err)
	}
	_, err = l.ApproveProposal(ctx, reviewer, p.ID, "")
	wants(t, err, "item.proposal_stale")
	if l.waiting(t) != 0 || l.meter(t).Total.Deviating != 0 || l.food(t).Version != e.Version {
		t.Errorf("something was kept: %+v", l.meter(t).Total)
	}
	if err := l.LockElement(ctx, loader, "conditions", false); err != nil {
		t.Fatal(err)
	}
	if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil {
		t.Error(err)
	}
}
