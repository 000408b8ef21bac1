package item_test

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/fault"
)

func TestTrace(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e := l.food(t)
	if _, err := l.Publish(ctx, loader, promising(l.base(t, food).Definition, 5)); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Improve(ctx, chief, e.Code, item.Override{Contact: item.Contact{Phone: "0431-1"}}); err != nil {
		t.Fatal(err)
	}
	own, err := l.Trace(ctx, chief, e.Code, 0, 10)
	if err != nil || len(own.Changes) != 3 || own.BaseCode != food || own.OfficeID != e.OfficeID {
		t.Fatalf("%+v, %v", own, err)
	}
	third, second, first := own.Changes[0], own.Changes[1], own.Changes[2]
	if third.Version != 3 || third.By != "reviewer" || third.BaseVersion != 2 || !says(third.Differences, "contact.phone", "12345", "0431-1") {
		t.Errorf("%+v", third)
	}
	if second.BaseVersion != 2 || !says(second.Differences, "promise_days", "7", "5") || !first.First || len(first.Differences) != 0 {
		t.Errorf("%+v, %+v", second, first)
	}
	if page, err := l.Trace(ctx, keeper, e.Code, 3, 1); err != nil || len(page.Changes) != 1 || page.Changes[0].Version != 2 || len(page.Changes[0].Differences) == 0 {
		t.Errorf("the second page: %+v, %v", page, err)
	}
	for _, code := range []string{food, e.Code} {
		if story, err := l.Trace(ctx, itemtest.Auditor, code, 0, 10); err != nil || len(story.Changes) < 2 {
			t.Errorf("the auditor reads %d changes of %s: %v", len(story.Changes), code, err)
		}
		if _, err := l.Trace(ctx, actor.Actor{Kind: actor.Officer}, code, 0, 10); !fault.Is(err, fault.Forbidden) {
			t.Errorf("anybody reads %s: %v", code, err)
		}
	}
	_, err = l.Trace(ctx, keeper, "000000000000", 0, 10)
	wants(t, err, "item.not_found")
}

func says(list []item.Difference, element, before, after string) bool {
	for _, d := range list {
		if d.Element == element && d.Before == before && d.After == after {
			return true
		}
	}
	return false
}
