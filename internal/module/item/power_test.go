package item_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/fault"
)

// firstOf returns the seeded item of a kind.
func firstOf(t *testing.T, kind item.Kind) item.Definition {
	t.Helper()
	all := itemtest.Definitions(t)
	i := slices.IndexFunc(all, func(d item.Definition) bool { return d.Kind == kind })
	return all[i]
}

func TestNoItemWithoutAPower(t *testing.T) {
	l, ctx := itemtest.Open(t), t.Context()
	d := firstOf(t, item.Licence)
	l.Powerless[d.Code] = true
	_, err := l.Publish(ctx, itemtest.Loader, d)
	if f, ok := fault.Of(err); !ok || f.Key != "item.bad_definition" || len(f.Fields) != 1 || f.Fields[0].Name != "power" || f.Fields[0].Key != "item.no_power" {
		t.Fatalf("published without a power: %v", err)
	}
	if _, err := l.SeedCatalogue(ctx, itemtest.Loader, []item.Definition{d}, itemtest.Contact); !fault.HasKey(err, "item.bad_definition") {
		t.Fatalf("seeded without a power: %v", err)
	}
	d.Power = "22013112300"
	if _, err := l.Publish(ctx, itemtest.Loader, d); !fault.HasKey(err, "item.bad_definition") {
		t.Errorf("a power's code of 11 digits: %v", err)
	}
	d.Power = "220131123000" // rests on another power than its own code's
	if _, err := l.Publish(ctx, itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
	if resting, err := l.RestingOn(ctx, d.Power); err != nil || len(resting) != 1 || resting[0].Code() != d.Code {
		t.Errorf("%v rest on it: %v", resting, err)
	}
	if resting, err := l.RestingOn(ctx, d.Code); err != nil || len(resting) != 0 {
		t.Errorf("%v rest on its own code: %v", resting, err)
	}
	service := firstOf(t, item.Public)
	l.Powerless[service.Code] = true
	if _, err := l.Publish(ctx, itemtest.Loader, service); err != nil {
		t.Errorf("a public service needs no power: %v", err)
	}

	// What is published stays when its power ends; it is not resumed then.
	l.Powerless[d.Power] = true
	if _, err := l.Publish(ctx, itemtest.Loader, d); err != nil {
		t.Errorf("the same again is no publication: %v", err)
	}
	if err := l.SetState(ctx, itemtest.Keeper, d.Code, item.Paused, "职权暂停"); err != nil {
		t.Fatal(err)
	}
	if err := l.SetState(ctx, itemtest.Loader, d.Code, item.InUse, ""); !fault.HasKey(err, "item.no_power") {
		t.Errorf("resumed without its power: %v", err)
	}
	delete(l.Powerless, d.Power)
	if err := l.SetState(ctx, itemtest.Loader, d.Code, item.InUse, ""); err != nil {
		t.Error(err)
	}
}

// The digest of a definition is over its JSON: a definition that says nothing of a power must be what it was before there was one.
func TestDefinitionsWithoutAPowerStayTheSame(t *testing.T) {
	for _, d := range itemtest.Definitions(t) {
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if d.Power == "" && strings.Contains(string(text), `"power":"`) {
			t.Errorf("%s: %.200s", d.Code, text)
		}
	}
}

func TestAdjustedPowersAskTheKeepers(t *testing.T) {
	l, ctx, program := itemtest.Seeded(t), t.Context(), actor.Program("power")
	d := firstOf(t, item.Licence)
	todos := func() []item.Todo {
		t.Helper()
		list, err := l.Todos(ctx, itemtest.Keeper, item.PowerAdjusted, "", item.Most)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	tell := func(e power.Adjusted) {
		t.Helper()
		if err := l.FollowPower(ctx, program, e); err != nil {
			t.Fatal(err)
		}
	}
	e := power.Adjusted{Code: d.Code, Name: "食品经营 许可", Kind: power.Licence, Version: 2, VersionID: "v2", Change: power.Suspend, From: civil.MustParse("2027-01-01")}
	for range 3 {
		tell(e)
	}
	list := todos()
	if len(list) != 1 || list[0].Object != d.Code || list[0].OfficePath != "22" || list[0].Cause != "v2" {
		t.Fatalf("to-dos %+v", list)
	}
	if change, from, name, ok := list[0].Adjustment(); !ok || change != power.Suspend || from != e.From || name != e.Name {
		t.Errorf("it says %v %v %q %v", change, from, name, ok)
	}
	if err := l.CloseTodo(ctx, itemtest.Keeper, list[0].ID, "已安排"); err != nil {
		t.Fatal(err)
	}
	tell(e) // told again after it was answered
	if list = todos(); len(list) != 0 {
		t.Errorf("asked again: %+v", list)
	}
	e.Begun = true
	tell(e)
	tell(e)
	if list = todos(); len(list) != 1 || list[0].Object != d.Code {
		t.Errorf("on the first day: %+v", list)
	}

	// A power nobody made an item of: one is asked for, unless the kind is not done on application or the power is gone anyway.
	tell(power.Adjusted{Code: "000131999000", Kind: power.Licence, VersionID: "new", Change: power.Adopt, From: e.From, Begun: true})
	tell(power.Adjusted{Code: "000631999000", Kind: power.Inspection, VersionID: "inspection", Change: power.Adopt, From: e.From, Begun: true})
	tell(power.Adjusted{Code: "000131998000", Kind: power.Licence, VersionID: "gone", Change: power.Abolish, From: e.From, Begun: true})
	if list = todos(); len(list) != 2 || list[1].Object != "000131999000" {
		t.Errorf("to-dos %+v", list)
	}
	for _, said := range []string{"", "x", "adopt 2027", "adopt yesterday name", "  "} {
		if _, _, _, ok := (item.Todo{Kind: item.PowerAdjusted, Said: said}).Adjustment(); ok {
			t.Errorf("%q was understood", said)
		}
	}
}
