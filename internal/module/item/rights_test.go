package item_test

import (
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

func officer(account, role, path string, items ...string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: account, OfficePath: path, Duties: []actor.Duty{{Role: role, OfficePath: path, Items: items}}}
}

// One person with two accounts is one person.
func TestNobodyReviewsWithASecondAccount(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	writer, second := chief, reviewer
	writer.Subject, second.Subject = "p1", "p1"
	d, err := l.BeginDraft(ctx, writer, food)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = l.SaveDraft(ctx, writer, d.ID, d.Revision, promising(d.Definition, 5), civil.Date{}); err != nil {
		t.Fatal(err)
	}
	if d, err = l.SubmitDraft(ctx, writer, d.ID, d.Revision); err != nil {
		t.Fatal(err)
	}
	_, err = l.ApproveDraft(ctx, second, d.ID, d.Revision, "")
	wants(t, err, "item.own_draft")
	if _, err = l.ApproveDraft(ctx, reviewer, d.ID, d.Revision, ""); err != nil {
		t.Error(err)
	}
}

func TestOtherCountiesOnlyReadADraft(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	d := l.begun(t, 5)
	neighbour := officer("neighbour", "chief", "220103d31")
	err := l.DB.View(ctx, func(tx *db.Tx) error {
		_, err := l.FindDraft(ctx, tx, neighbour, d.ID)
		return err
	})
	if err != nil {
		t.Errorf("it can't be read: %v", err)
	}
	_, err = l.SaveDraft(ctx, neighbour, d.ID, d.Revision, promising(d.Definition, 1), civil.Date{})
	wants(t, err, "office.no_right")
	_, err = l.SubmitDraft(ctx, neighbour, d.ID, d.Revision)
	wants(t, err, "office.no_right")
	_, err = l.RenewDraft(ctx, neighbour, d.ID, d.Revision)
	wants(t, err, "office.no_right")
	_, err = l.WithdrawDraft(ctx, neighbour, d.ID, d.Revision)
	wants(t, err, "office.no_right")
	if _, err := l.WithdrawDraft(ctx, keeper, d.ID, d.Revision); err != nil {
		t.Errorf("the province's keeper: %v", err)
	}
}

func TestWhoBringsInANewItem(t *testing.T) {
	l := seeded(t)
	d := definition(t, food)
	d.Code = "000131104999"
	_, err := l.BeginNew(t.Context(), chief, d)
	wants(t, err, "office.no_right")
	other := d
	other.Department = "78"
	province := officer("province", "chief", "22d31")
	_, err = l.BeginNew(t.Context(), province, other)
	wants(t, err, "office.no_right")
	if _, err := l.BeginNew(t.Context(), province, d); err != nil {
		t.Error(err)
	}
}

func TestWhatIsCancelledIsNotAltered(t *testing.T) {
	l := seeded(t)
	if err := l.End(t.Context(), keeper, food, "法律废止"); err != nil {
		t.Fatal(err)
	}
	a := item.Alteration{Kind: item.SynonymAdd, Value: "开面馆"}
	if n, err := l.Alter(t.Context(), keeper, []string{food}, a); err == nil {
		t.Errorf("%d altered", n)
	}
	if n, err := l.Service.Alter(t.Context(), keeper, []string{food}, a); err == nil {
		t.Errorf("%d drafted", n)
	}
	if b := l.base(t, food); b.Version != 1 {
		t.Errorf("version %d", b.Version)
	}
}

// A plan that can't be carried out does not stand in the way of the others, and its keepers hear of it once.
func TestAPlanWithoutItsPower(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e := l.food(t)
	if err := l.SetState(ctx, keeper, food, item.Paused, "系统升级"); err != nil {
		t.Fatal(err)
	}
	for _, p := range []item.Plan{{Code: food, ToState: item.InUse, EffectiveOn: today().Add(2)},
		{Code: e.Code, ToState: item.Cancelled, Reason: "机构改革", EffectiveOn: today().Add(3)}} {
		if _, err := l.PlanState(ctx, loader, p); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range definitions(t) {
		l.Powerless[x.Power] = true
		l.Powerless[x.Code] = true
	}
	l.exec(t, `UPDATE item_plan SET effective_on = $1`, today().String())
	for range 2 {
		if err := l.DoDue(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if b := l.base(t, food); b.State != item.Paused {
		t.Errorf("it is %s", b.State)
	}
	if now := l.find(t, e.Code); now.State != item.Cancelled {
		t.Errorf("the later plan waits: %s", now.State)
	}
	if list := l.todos(t, keeper, item.PlanVoid); len(list) != 1 || list[0].Object != food || list[0].Said != "item.later_no_power" {
		t.Errorf("to-dos %+v", list)
	}
}

// A duty for certain items is one for them only, and keeps nothing of the whole province.
func TestDutiesForCertainItems(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e := l.food(t)
	other, mine := officer("other", "chief", "220102d31", "000778001000"), officer("mine", "chief", "220102d31", food)
	said := []item.Stated{{Entry: e.Code, Element: "fee", Said: "每证50元"}}
	state := func(by actor.Actor) error {
		return l.DB.Update(ctx, func(tx *db.Tx) error { return l.StateMany(ctx, tx, by, "历史数据", said) })
	}
	wants(t, state(other), "office.no_right")
	if err := state(mine); err != nil {
		t.Fatal(err)
	}
	if n, err := l.AdoptAll(ctx, other, item.DeviationQuery{}); err != nil || n != 0 {
		t.Errorf("%d adopted, %v", n, err)
	}
	if err := l.SendFeedback(ctx, reader, item.Report{Object: e.Code, Category: item.WrongOther, Said: "看不懂"}); err != nil {
		t.Fatal(err)
	}
	report, todo := l.reported(t, keeper)[0], l.todos(t, keeper, item.GuideDisputed)[0]
	if _, err := l.ReadFeedback(ctx, other, report.ID); err == nil || l.MayAnswer(other, report) {
		t.Errorf("another item's report is read: %v", err)
	}
	wants(t, l.AnswerFeedback(ctx, other, report.ID, "已改"), "item.feedback.gone")
	wants(t, l.CloseTodo(ctx, other, todo.ID, "已改"), "item.todo_gone")
	wants(t, l.CloseTodo(ctx, mine, todo.ID, strings.Repeat("改", item.LongestFeedback+1)), "item.answer_todo")
	if err := l.CloseTodo(ctx, mine, todo.ID, strings.Repeat("改", item.LongestFeedback)); err != nil {
		t.Error(err)
	}
	if n, err := l.AdoptAll(ctx, mine, item.DeviationQuery{}); err != nil || n != 1 {
		t.Errorf("%d adopted, %v", n, err)
	}
	one := officer("one", "keeper", "22", food)
	wants(t, l.SetQualityRule(ctx, one, "no_phone", false, "x"), "office.no_right")
	_, err := l.Import(ctx, one, item.Import{})
	wants(t, err, "office.no_right")
	if l.KeepsProvince(one) || !l.KeepsProvince(keeper) {
		t.Error("who keeps the province")
	}
}

// Whoever keeps certain items sees the proposals about those alone, and a page of them is as full as others' pages.
func TestProposalsOfCertainItems(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	for _, code := range []string{"000778001000", "000511001000", food} {
		if _, err := l.ProposeAlteration(ctx, keeper, []string{code}, item.Alteration{Kind: item.PromisePercent, Percent: 25}); err != nil {
			t.Fatal(err)
		}
	}
	some := keeper
	some.Duties = []actor.Duty{{Role: "keeper", OfficePath: "22", Items: []string{food}}}
	list, err := l.Proposals(ctx, some, item.ProposalWaiting, "", 1)
	if err != nil || len(list) != 1 || list[0].Act.V.Codes[0] != food {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = l.Proposals(ctx, some, item.ProposalWaiting, list[0].ID, 1); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = l.Proposals(ctx, keeper, item.ProposalWaiting, "", 10); err != nil || len(list) != 3 {
		t.Errorf("%d, %v", len(list), err)
	}
}
