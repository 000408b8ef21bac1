package item_test

import (
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Those who approve an end on a day see the cases of that day only: whether more came is asked again on the day.
func TestAPlannedEndAsksAboutCasesThatCame(t *testing.T) {
	for _, c := range []struct {
		keep  bool
		cases int
		want  item.State
	}{{false, 2, item.InUse}, {true, 2, item.Cancelled}, {false, 0, item.Cancelled}} {
		l := seeded(t)
		ctx := t.Context()
		p, err := l.ProposeState(ctx, keeper, item.Plan{Code: food, ToState: item.Cancelled, Reason: "废止", EffectiveOn: today().Add(3)}, c.keep)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil {
			t.Fatal(err)
		}
		l.Cases = map[string]int{food: c.cases}
		l.exec(t, `UPDATE item_plan SET effective_on = $1`, today().String())
		l.exec(t, `UPDATE item_proposal SET act = replace(act, $1, $2)`, today().Add(3).String(), today().String())
		for range 2 {
			if err := l.DoDue(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if b := l.base(t, food); b.State != c.want {
			t.Errorf("%+v: it is %s", c, b.State)
		}
		list := l.todos(t, keeper, item.PlanVoid)
		if told := len(list) == 1 && list[0].Said == "item.plan_cases_running"; told != (c.want == item.InUse) {
			t.Errorf("%+v: the keepers are told %+v", c, list)
		}
	}
}

// The entries of a base item that ended count nowhere.
func TestAnEndedBaseEndsItsEntriesEverywhere(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e := l.food(t)
	if err := l.say(t, keeper, e.Code, map[string]string{"legal_days": "30个工作日"}); err != nil {
		t.Fatal(err)
	}
	before, saved := census(t, l), reduction(t, l)
	place := l.meter(t).Places["220102"].Entries
	if err := l.SetState(ctx, itemtest.Loader, food, item.Cancelled, "国务院取消"); err != nil {
		t.Fatal(err)
	}
	n, c := census(t, l), l.meter(t)
	if n.Entries != before.Entries-60 || n.Indexed != n.Entries || n.Deviations != 0 {
		t.Errorf("the census: %+v", n)
	}
	if c.Total.Entries != n.Entries || c.Total.Deviating != 0 || c.Places["220102"].Entries != place-1 {
		t.Errorf("the meter: %+v", c.Total)
	}
	if now := reduction(t, l); now.Total.Entries != saved.Total.Entries-60 {
		t.Errorf("the reduction: %+v", now.Total)
	}
	// Ending one of its entries afterwards takes nothing away twice, and nobody takes it up again.
	if err := l.SetState(ctx, itemtest.Loader, e.Code, item.Cancelled, "机构撤销"); err != nil {
		t.Fatal(err)
	}
	office := item.Office{ID: e.OfficeID, Path: e.OfficePath, Name: "改名的局", Code: e.OfficeCode, Region: e.Region}
	_, err := l.Claim(ctx, itemtest.Loader, []item.Claim{{Base: food, Office: office}})
	wants(t, err, "item.cancelled_for_ever")
	if now := census(t, l); now.Entries != n.Entries || now.Offices != n.Offices {
		t.Errorf("the census: %+v, was %+v", now, n)
	}
	if err := l.RecountAll(ctx); err != nil {
		t.Fatal(err)
	}
	days, err := l.CensusHistory(ctx, 1)
	if err != nil || len(days) != 1 || days[0].Entries != n.Entries || days[0].Repaired != 0 {
		t.Errorf("the recount of the night: %+v, %v", days, err)
	}
}

func reduction(t *testing.T, l library) *item.Reduction {
	t.Helper()
	r, err := l.Reduction(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// From the day a power is not in force its items are offered nowhere, and from the day it is again they are, without anybody pressing anything.
func TestItemsWithoutTheirPowerAreNotOffered(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e, d := l.food(t), definition(t, food)
	offered := func() (answers []bool) {
		t.Helper()
		answers = append(answers, l.find(t, e.Code).Offered())
		err := l.DB.View(ctx, func(tx *db.Tx) error {
			g, _, err := l.Guided(ctx, tx, e.Code)
			if err != nil {
				return err
			}
			p, err := l.Preview(ctx, tx, food)
			if err != nil {
				return err
			}
			answers = append(answers, g.Offered(), p.Offered())
			return nil
		})
		list, failed := l.List(ctx, item.Query{Base: food, Region: region.MustParse("220103")})
		if err != nil || failed != nil || len(list.Rows) == 0 {
			t.Fatal(err, failed)
		}
		return append(answers, list.Rows[0].Offered())
	}
	want := func(yes bool) {
		t.Helper()
		for i, is := range offered() {
			if is != yes {
				t.Errorf("answer %d is %v", i, is)
			}
		}
	}
	want(true)
	revision, err := l.Revision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	l.Powerless[d.RestsOn()] = true
	want(false)
	if now := l.find(t, e.Code); now.State != item.InUse {
		t.Errorf("its own state was changed: %s", now.State)
	}
	for range 2 {
		if err := l.FollowPower(ctx, actor.Program("power"), power.Adjusted{Code: d.RestsOn(), Kind: power.Licence, VersionID: "v2", Change: power.Suspend, From: today(), Begun: true}); err != nil {
			t.Fatal(err)
		}
	}
	if now, err := l.Revision(ctx); err != nil || now != revision+1 {
		t.Errorf("pages that were kept are forgotten once: %d after %d, %v", now, revision, err)
	}
	delete(l.Powerless, d.RestsOn())
	want(true)
	if err := l.SetState(ctx, keeper, food, item.Paused, "系统升级"); err != nil {
		t.Fatal(err)
	}
	want(false)
}

// What an office promised stays as long as it was, whatever unit its base counts in later.
func TestAPromiseKeepsItsUnit(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	d := definition(t, food)
	d.PromiseDays, d.PromiseUnit, d.Guide.Variants = 14, item.CalendarDays, nil
	if _, err := l.Publish(ctx, itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
	five := 5
	if _, err := l.Improve(ctx, chief, l.food(t).Code, item.Override{PromiseDays: &five}); err != nil {
		t.Fatal(err)
	}
	d.PromiseDays, d.PromiseUnit = 7, item.WorkingDays
	if _, err := l.Publish(ctx, itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
	e := l.food(t)
	if e.PromiseDays != 5 || e.PromiseUnit != item.CalendarDays {
		t.Fatalf("it promises %d %s", e.PromiseDays, e.PromiseUnit)
	}
	own, err := l.OwnEntry(ctx, chief, e.Code)
	if err != nil || *own.Promised() != 3 {
		t.Errorf("in the base's unit: %v, %v", own, err)
	}
	// The same number is another promise now, and whoever approves it is shown that.
	p, err := l.ProposeOverride(ctx, chief, e.Code, item.Override{PromiseDays: &five})
	if err != nil || len(p.Preview.V.Rows[0].Differences) != 1 || p.Preview.V.Rows[0].Differences[0].Element != "promise_unit" {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil {
		t.Fatal(err)
	}
	if e := l.food(t); e.PromiseDays != 5 || e.PromiseUnit != item.WorkingDays {
		t.Errorf("it promises %d %s", e.PromiseDays, e.PromiseUnit)
	}
	// A base that is faster by now goes before, in its own unit.
	d.PromiseDays, d.PromiseUnit = 6, item.CalendarDays
	if _, err := l.Publish(ctx, itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
	if e := l.food(t); e.PromiseDays != 6 || e.PromiseUnit != item.CalendarDays {
		t.Errorf("it promises %d %s", e.PromiseDays, e.PromiseUnit)
	}
	_, err = l.ProposeOverride(ctx, chief, e.Code, item.Override{PromiseDays: &five, PromiseUnit: item.WorkingDays})
	if f, ok := fault.Of(err); !ok || f.Key != "item.worse_than_base" {
		t.Errorf("five working days are more than six: %v", err)
	}
}

// Unlocking an element turns the meter green by itself, and a rule that is off finds nothing: neither is one keeper's to do.
func TestUnlockingAndRulesTakeTwo(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	l.everywhere(t, "procedure", "一步办结")
	wants(t, l.LockElement(ctx, keeper, "procedure", false), "item.four_eyes")
	wants(t, l.SetQualityRule(ctx, keeper, "no_questions", false, "questions_answered == 0"), "item.four_eyes")
	_, err := l.ProposeUnlock(ctx, countyKeeper, "procedure")
	wants(t, err, "office.no_right")
	_, err = l.ProposeUnlock(ctx, keeper, "colour")
	wants(t, err, "item.no_element")
	p, err := l.ProposeUnlock(ctx, keeper, "procedure")
	if err != nil || l.meter(t).Total.Deviating == 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	_, err = l.ProposeUnlock(ctx, keeper, "procedure")
	wants(t, err, "item.proposal_open_already")
	_, err = l.ApproveProposal(ctx, keeper, p.ID, "")
	wants(t, err, "item.own_proposal")
	if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil || l.meter(t).Total.Deviating != 0 {
		t.Errorf("%v, %+v", err, l.meter(t).Total)
	}
	_, err = l.ProposeUnlock(ctx, keeper, "procedure")
	wants(t, err, "item.draft_changes_nothing")
	if err := l.LockElement(ctx, keeper, "procedure", true); err != nil || l.meter(t).Total.Deviating == 0 {
		t.Errorf("locking takes one: %v", err)
	}

	before := l.quality(t).Counts["no_questions"]
	_, err = l.ProposeRule(ctx, keeper, "no_questions", true, "questions_answered +")
	wants(t, err, "item.bad_rule")
	_, err = l.ProposeRule(ctx, keeper, "no_questions", true, "questions_answered == 0")
	wants(t, err, "item.draft_changes_nothing")
	if p, err = l.ProposeRule(ctx, keeper, "no_questions", true, "questions_answered < 100"); err != nil || l.quality(t).Counts["no_questions"] != before {
		t.Fatal(err)
	}
	if err := l.SetQualityRule(ctx, loader, "no_questions", false, "questions_answered == 0"); err != nil {
		t.Fatal(err)
	}
	_, err = l.ApproveProposal(ctx, reviewer, p.ID, "")
	wants(t, err, "item.proposal_stale")
	if err := l.SetQualityRule(ctx, loader, "no_questions", true, "questions_answered == 0"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil || l.quality(t).Counts["no_questions"] != 10 {
		t.Errorf("%v, %v", err, l.quality(t).Counts)
	}
}

// Which elements an office may not say follows from the list, and who answers for each is named.
func TestTheListSaysWhatIsLockedAndWhoseItIs(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e := l.food(t)
	text := []byte(`{"guide":{"conditions":"有健康证明"},"legal_days":30,"colour":"red"}`)
	refused := func() map[string]string {
		t.Helper()
		_, err := l.ProposeJSON(ctx, chief, e.Code, text)
		f, ok := fault.Of(err)
		if !ok || f.Key != "item.locked_elements" {
			t.Fatalf("%v", err)
		}
		named := map[string]string{}
		for _, x := range f.Fields {
			named[x.Name] = x.Args[len(x.Args)-1].(string)
		}
		return named
	}
	if got := refused(); len(got) != 3 || !strings.HasPrefix(got["guide.conditions"], "吉林省") || got["colour"] != got["legal_days"] {
		t.Errorf("%v", got)
	}
	wants(t, l.SetElementKeeper(ctx, countyKeeper, "conditions", 4), "office.no_right")
	wants(t, l.SetElementKeeper(ctx, keeper, "colour", 4), "item.no_element")
	wants(t, l.SetElementKeeper(ctx, keeper, "conditions", 1), "item.unknown_value")
	for range 2 {
		if err := l.SetElementKeeper(ctx, keeper, "conditions", 4); err != nil {
			t.Fatal(err)
		}
	}
	if got := refused(); got["guide.conditions"] != e.OfficeName || got["legal_days"] == e.OfficeName {
		t.Errorf("%v, the county's is %s", got, e.OfficeName)
	}
	// What is not locked an office may say; it is kept as what the entry says, and deviates from nothing.
	if err := l.LockElement(ctx, loader, "conditions", false); err != nil {
		t.Fatal(err)
	}
	if got := refused(); len(got) != 2 || got["guide.conditions"] != "" {
		t.Errorf("%v", got)
	}
	p, err := l.ProposeJSON(ctx, chief, e.Code, []byte(`{"guide":{"conditions":"有健康证明"}}`))
	if err != nil || !slices.ContainsFunc(p.Preview.V.Rows[0].Differences, func(d item.Difference) bool { return d.Element == "conditions" && d.After == "有健康证明" }) {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil || l.waiting(t) != 0 || l.meter(t).Total.Deviating != 0 {
		t.Fatal(err)
	}
	if err := l.LockElement(ctx, keeper, "conditions", true); err != nil {
		t.Fatal(err)
	}
	if list := l.deviations(t, keeper, item.DeviationQuery{}); len(list) != 1 || list[0].Said != "有健康证明" || list[0].Element != "conditions" {
		t.Errorf("%+v", list)
	}
}

// Each office of one government has its own reduction.
func TestReductionOfOffices(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e := l.food(t)
	one := 1
	if _, err := l.Improve(ctx, chief, e.Code, item.Override{PromiseDays: &one}); err != nil {
		t.Fatal(err)
	}
	here, err := l.ReductionOf(ctx, e.Region)
	if err != nil || len(here) < 3 {
		t.Fatalf("%+v, %v", here, err)
	}
	elsewhere, err := l.ReductionOf(ctx, region.MustParse("220103"))
	if err != nil || len(elsewhere) != len(here) {
		t.Fatalf("%+v, %v", elsewhere, err)
	}
	rate := func(list []item.ReducedOffice, name string) (float64, int) {
		for _, o := range list {
			if o.Name == name {
				r, _ := o.Rate()
				return r, o.Entries
			}
		}
		t.Fatalf("no office %s in %+v", name, list)
		return 0, 0
	}
	mine, n := rate(here, e.OfficeName)
	var theirs float64
	for _, o := range elsewhere {
		if strings.HasSuffix(o.Name, "31") {
			theirs, _ = rate(elsewhere, o.Name)
		}
	}
	if mine <= theirs || theirs <= 0 || n == 0 {
		t.Errorf("%.2f here with one day, %.2f elsewhere", mine, theirs)
	}
	total := 0
	for _, o := range here {
		total += o.Entries
	}
	if total == 0 || total > reduction(t, l).Places["220102"].Entries {
		t.Errorf("%d entries of %d", total, reduction(t, l).Places["220102"].Entries)
	}
}
