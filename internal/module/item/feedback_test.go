package item_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
)

var (
	reader = actor.Actor{Kind: actor.Person, Account: "reader", Subject: "s-reader"}
	other  = actor.Actor{Kind: actor.Person, Account: "other", Subject: "s-other"}
)

func (l library) reported(t testing.TB, by actor.Actor) []item.Feedback {
	t.Helper()
	list, err := l.Feedback(context.Background(), by, item.FeedbackQuery{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (l library) disputes(t testing.TB) []item.Todo {
	t.Helper()
	list, err := l.Todos(context.Background(), keeper, item.GuideDisputed, "", 50)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestFeedbackIsAnsweredAndTold(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	e := l.food(t)
	report := item.Report{Object: e.Code, Category: item.WrongPhone, Said: "  电话没人接 "}
	for range 2 { // the same again is the same
		if err := l.SendFeedback(ctx, reader, report); err != nil {
			t.Fatal(err)
		}
	}
	list := l.reported(t, keeper)
	if len(list) != 1 || list[0].Said != "电话没人接" || list[0].Version != e.Version || list[0].OfficePath != e.OfficePath {
		t.Fatalf("%+v", list)
	}
	if todos := l.disputes(t); len(todos) != 1 || todos[0].Object != e.Code || todos[0].Cause != list[0].ID || todos[0].Said != "phone" {
		t.Fatalf("%+v", todos)
	}
	if n, ok, err := l.OpenFeedback(ctx, keeper, e); n != 1 || !ok || err != nil {
		t.Errorf("%d open, %v, %v", n, ok, err)
	}
	if _, ok, _ := l.OpenFeedback(ctx, reader, e); ok {
		t.Error("a reader is told how many complain")
	}
	id := list[0].ID
	if _, err := l.ReadFeedback(ctx, other, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else reads it: %v", err)
	}
	if err := l.AnswerFeedback(ctx, reader, id, "好"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the sender answers: %v", err)
	}
	if err := l.AnswerFeedback(ctx, keeper, id, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("no answer: %v", err)
	}
	if err := l.AnswerFeedback(ctx, keeper, id, "号码已更正"); err != nil {
		t.Fatal(err)
	}
	if err := l.AnswerFeedback(ctx, keeper, id, "又答一次"); !fault.Is(err, fault.Conflict) {
		t.Errorf("answered twice: %v", err)
	}
	if len(l.disputes(t)) != 0 || len(l.reported(t, keeper)) != 0 {
		t.Error("something waits still")
	}
	if len(l.Told) != 1 || l.Told[0].Subject != "s-reader" || !strings.HasSuffix(l.Told[0].Link, id) {
		t.Errorf("told: %+v", l.Told)
	}
	f, err := l.ReadFeedback(ctx, reader, id)
	if err != nil || f.Answer != "号码已更正" || f.ClosedAt.IsZero() {
		t.Errorf("%+v, %v", f, err)
	}
	if err := l.SendFeedback(ctx, reader, report); err != nil || len(l.reported(t, keeper)) != 1 {
		t.Errorf("wrong again after the answer: %v", err)
	}
}

// Whoever closes the to-do answers the reader.
func TestClosingTheTodoAnswers(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	e := l.food(t)
	if err := l.SendFeedback(ctx, reader, item.Report{Object: e.Code, Category: item.WrongOther, Said: "看不懂"}); err != nil {
		t.Fatal(err)
	}
	id := l.reported(t, keeper)[0].ID
	if err := l.CloseTodo(ctx, keeper, l.disputes(t)[0].ID, "已改写"); err != nil {
		t.Fatal(err)
	}
	f, err := l.ReadFeedback(ctx, reader, id)
	if err != nil || f.Answer != "已改写" || len(l.Told) != 1 {
		t.Errorf("%+v, %d told, %v", f, len(l.Told), err)
	}
}

func TestFeedbackOfStrangers(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	e := l.food(t)
	send := func(r item.Report) error { return l.SendFeedback(ctx, actor.Actor{}, r) }
	for _, r := range []item.Report{
		{Object: e.Code, Category: item.WrongAddress, Said: "已经搬走"}, {Object: e.Code, Category: item.WrongAddress, Said: "已经搬走"},
		{Object: e.Code, Category: item.WrongAddress, Said: "门牌号不对"}, {Object: food, Category: item.WrongMaterials, Said: "窗口还要照片"},
	} {
		if err := send(r); err != nil {
			t.Fatal(err)
		}
	}
	list := l.reported(t, keeper)
	if len(list) != 3 || list[2].OfficePath != "22" {
		t.Fatalf("%+v", list)
	}
	if err := l.AnswerFeedback(ctx, keeper, list[0].ID, "谢谢"); err != nil || len(l.Told) != 0 {
		t.Errorf("a stranger is told: %v", err)
	}
	if _, err := l.ReadFeedback(ctx, actor.Actor{}, list[1].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger reads it: %v", err)
	}
	county := actor.Actor{Kind: actor.Officer, Account: "county", OfficePath: e.OfficePath, Duties: []actor.Duty{{Role: "keeper", OfficePath: e.OfficePath}}}
	if list := l.reported(t, county); len(list) != 1 {
		t.Errorf("a county sees %d", len(list))
	}
	answered, err := l.Feedback(ctx, keeper, item.FeedbackQuery{Answered: true, Limit: 1})
	if err != nil || len(answered) != 1 || answered[0].Answer != "谢谢" {
		t.Errorf("%+v, %v", answered, err)
	}
	if _, err := l.Feedback(ctx, reader, item.FeedbackQuery{Limit: 1}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a reader lists it: %v", err)
	}
	for name, r := range map[string]item.Report{
		"no words":  {Object: e.Code, Category: item.WrongPhone, Said: " \n "},
		"too long":  {Object: e.Code, Category: item.WrongPhone, Said: strings.Repeat("长", item.LongestFeedback+1)},
		"no such":   {Object: e.Code, Category: "weather", Said: "下雨"},
		"NUL bytes": {Object: e.Code, Category: item.WrongPhone, Said: "a\x00b"},
	} {
		if err := send(r); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := send(item.Report{Object: strings.Repeat("9", 31), Category: item.WrongPhone, Said: "不对"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown guide: %v", err)
	}
}

// Two keepers answer at once: one does.
// A flood of strangers is asked to wait once there is more than a keeper reads; who signs in is heard.
func TestFeedbackFlood(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	e := l.food(t)
	var last error
	for i := range 51 {
		last = l.SendFeedback(ctx, actor.Actor{}, item.Report{Object: e.Code, Category: item.WrongOther, Said: fmt.Sprintf("第%d个不对", i)})
		if i < 50 && last != nil {
			t.Fatalf("%d: %v", i, last)
		}
	}
	if !fault.Is(last, fault.TooMany) {
		t.Errorf("the one too many: %v", last)
	}
	if err := l.SendFeedback(ctx, reader, item.Report{Object: e.Code, Category: item.WrongPhone, Said: "电话没人接"}); err != nil {
		t.Errorf("signed in: %v", err)
	}
}

func TestFeedbackAnsweredAtOnce(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	if err := l.SendFeedback(ctx, reader, item.Report{Object: l.food(t).Code, Category: item.WrongOther, Said: "不对"}); err != nil {
		t.Fatal(err)
	}
	id := l.reported(t, keeper)[0].ID
	var done sync.WaitGroup
	outcomes := make([]error, 4)
	for i := range outcomes {
		done.Go(func() { outcomes[i] = l.AnswerFeedback(ctx, keeper, id, "好") })
	}
	done.Wait()
	answered := 0
	for _, err := range outcomes {
		if err == nil {
			answered++
		} else if !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	}
	if answered != 1 {
		t.Errorf("answered %d times", answered)
	}
}
