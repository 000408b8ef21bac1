// Package powertest gives tests the list of powers with simple neighbours, on a real database.
package powertest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/office/officetest"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/job"
)

// The people of the tests: the department that proposes, another one, a county's office, both examiners, who approves for the government, and who
// holds both examiners' duties.
var (
	Department    = officer("chief", "22d31")
	Neighbour     = officer("chief", "22d23")
	County        = officer("chief", "220102d31")
	Establishment = officer("establishment", "22")
	Legality      = officer("legality", "22")
	Government    = officer("government", "22")
	Keeper        = officer("keeper", "22")
	Window        = officer("window", "220102")
	Both          = actor.Actor{Kind: actor.Officer, Account: "both", Subject: "subject-both", OfficePath: "22", Duties: []actor.Duty{{Role: "establishment", OfficePath: "22"},
		{Role: "legality", OfficePath: "22"}, {Role: "government", OfficePath: "22"}, {Role: "keeper", OfficePath: "22"}}}
)

func officer(role, path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: role + "." + path, Subject: "subject-" + role + "." + path, OfficePath: path, Post: "办公室 " + path,
		Duties: []actor.Duty{{Role: role, OfficePath: path}}}
}

// Definition is a power that may stand in the list: kind and department are read from the code's digits.
func Definition(code string) power.Definition {
	return power.Definition{Code: code, Name: "食品经营许可" + code[6:], Kind: power.Kind(code[2:4]), Department: "31", Unit: "食品经营安全监督管理处", Levels: []int{3, 4},
		Division:    "省级指导监督；市级、县级按管辖实施。",
		Basis:       []power.Basis{{Law: "《中华人民共和国食品安全法》", Article: "第三十五条", Text: "国家对食品生产经营实行许可制度。"}},
		Duties:      []power.Duty{{Step: "受理", Text: "一次性告知需要补正的全部内容。", Basis: "《中华人民共和国行政许可法》第三十二条"}},
		Steps:       []power.Step{{Name: "受理", Who: "综合窗口", Does: "核对材料"}, {Name: "决定", Who: "首席代表", Does: "作出决定"}},
		Liabilities: []power.Liability{{Text: "对符合法定条件的申请不予受理的", Basis: "《中华人民共和国行政许可法》第七十二条"}},
		Supervision: "12345"}
}

// Proposal asks for a change of the power with this code, from a day on.
func Proposal(change power.Change, code string, from civil.Date) power.Proposal {
	return power.Proposal{Change: change, Occasion: power.LawChanged, Reason: "法律修改", Document: "《中华人民共和国食品安全法》（2026年修正）", From: from, Definition: Definition(code)}
}

// List is the power service with its neighbours, whose needs it meets itself.
type List struct {
	*power.Service
	officetest.Rights
	DB *db.DB

	mu     sync.Mutex // guards what follows
	Leaves []audit.Entry
	Events []power.Adjusted
	Ahead  []power.Beginning
}

// On returns a service on a database that has its schema.
func On(d *db.DB) *List {
	l := &List{Rights: power.Access(), DB: d}
	l.Service = power.New(d, power.Needs{Rights: l, Events: l, Queue: l, Log: l})
	return l
}

// Today is the day of the database's clock.
func (l *List) Today(t testing.TB) (today civil.Date) {
	t.Helper()
	err := l.DB.View(t.Context(), func(tx *db.Tx) error { today = civil.Of(tx.Now); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return today
}

// Adjust brings a proposal through all its steps and returns the adjustment's id.
func (l *List) Adjust(t testing.TB, p power.Proposal) string {
	t.Helper()
	ctx := t.Context()
	id, err := l.Propose(ctx, Department, p)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range []struct {
		by  actor.Actor
		act power.Act
	}{{Establishment, power.ActOfEstablish}, {Legality, power.ActOfLegality}, {Government, power.ActOfApprove}} {
		if err := l.Opine(ctx, o.by, id, i+1, power.Opinion{Act: o.act, Agrees: true}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Publish(ctx, Establishment, id, 4, p.From); err != nil {
		t.Fatal(err)
	}
	return id
}

// Emit implements power.Events.
func (l *List) Emit(_ context.Context, _ *db.Tx, e event.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Events = append(l.Events, e.(power.Adjusted))
	return nil
}

// Insert implements power.Queue.
func (l *List) Insert(_ context.Context, _ *db.Tx, a job.Args, _ ...job.Option) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := a.(power.Beginning)
	if !ok {
		return fmt.Errorf("a job of the kind %s", a.JobKind())
	}
	l.Ahead = append(l.Ahead, b)
	return nil
}

// Append implements power.Log.
func (l *List) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Leaves = append(l.Leaves, e)
	return nil
}

// Kinds lists the kinds of the leaves written so far.
func (l *List) Kinds() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	kinds := make([]string, len(l.Leaves))
	for i, e := range l.Leaves {
		kinds[i] = e.Kind
	}
	return kinds
}
