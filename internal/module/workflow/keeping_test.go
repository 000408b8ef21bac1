package workflow_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// TestTakeBack: an author takes back what waits, nobody else does, and nothing that was decided.
func TestTakeBack(t *testing.T) {
	s, ctx, source := openShelf(t), t.Context(), sample(t, "instant")
	p, err := s.Propose(ctx, draughtsman, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.TakeBack(ctx, second, p.ID); !fault.HasKey(err, "workflow.not_own_proposal") {
		t.Errorf("somebody else took it back: %v", err)
	}
	if err := s.TakeBack(ctx, window, p.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a window took it back: %v", err)
	}
	if err := s.TakeBack(ctx, draughtsman, p.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.TakeBack(ctx, draughtsman, p.ID); !fault.HasKey(err, "workflow.proposal_gone") {
		t.Errorf("taken back twice: %v", err)
	}
	if _, err := s.Approve(ctx, second, p.ID); !fault.HasKey(err, "workflow.proposal_gone") {
		t.Errorf("approved afterwards: %v", err)
	}
	if list, err := s.Proposals(ctx, second, workflow.TakenBack, "", 5); err != nil || len(list) != 1 || list[0].ID != p.ID {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := s.Propose(ctx, draughtsman, source, 0); err != nil {
		t.Errorf("the same can't be proposed again: %v", err)
	}
	if got := s.kinds(); got != "proposed proposal_withdrawn proposed" {
		t.Errorf("leaves are %s", got)
	}
}

// broken is a process with a service that nobody wrote behind its first task, and a gateway that knows no way behind its second.
func broken(e *engine) {
	service := el("register", process.ServiceTask)
	service.Handler = "register"
	e.deploy("p", elements{user("a"), service, user("b"), el("which", process.ExclusiveGateway)}, "start a", "a register", "register b", "b which", "which end n > 0")
	e.start("p", "case", map[string]any{"n": 0})
	e.done("case", "a")
	e.drain()
}

func TestGiveUp(t *testing.T) {
	e := newEngine(t)
	broken(e)
	list, err := e.flows.Incidents(t.Context(), keeper, "", 10)
	if err != nil || len(list) != 1 || list[0].Reason != "service" {
		t.Fatalf("%+v %v", list, err)
	}
	counts, err := e.flows.IncidentCounts(t.Context(), keeper)
	if err != nil || len(counts) != 1 || counts[0].Open != 1 || counts[0].Process != "p" || counts[0].Version != 1 {
		t.Errorf("%+v %v", counts, err)
	}
	id := list[0].ID
	if err := e.flows.GiveUp(t.Context(), keeper, id, " "); !fault.HasKey(err, "workflow.reason") {
		t.Errorf("given up without a reason: %v", err)
	}
	if err := e.flows.GiveUp(t.Context(), officer("keeper", "220103"), id, "x"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another county's keeper gave it up: %v", err)
	}
	if err := e.flows.GiveUp(t.Context(), keeper, id, "已在对方窗口登记"); err != nil {
		t.Fatal(err)
	}
	e.want("case", "b")
	if err := e.flows.GiveUp(t.Context(), keeper, id, "again"); !fault.HasKey(err, "workflow.incident_closed") {
		t.Errorf("given up twice: %v", err)
	}
	if n, open, err := e.flows.Incident(t.Context(), keeper, id); err != nil || open || n.Element != "register" || !e.log.has("workflow.given_up") {
		t.Errorf("%+v open %v: %v", n, open, err)
	}
	e.done("case", "b")
	list, err = e.flows.Incidents(t.Context(), keeper, "", 10)
	if err != nil || len(list) != 1 || list[0].Reason != "no_way" {
		t.Fatalf("%+v %v", list, err)
	}
	if err := e.flows.GiveUp(t.Context(), keeper, list[0].ID, "x"); !fault.HasKey(err, "workflow.not_skippable") {
		t.Errorf("a choice was given up: %v", err)
	}
	if list, err = e.flows.Incidents(t.Context(), keeper, "", 10); err != nil || len(list) != 1 {
		t.Errorf("a refused order closed the incident: %+v %v", list, err)
	}
}

func TestProgress(t *testing.T) {
	e := newEngine(t)
	broken(e)
	progress := func() (p workflow.Progress) {
		e.update(func(tx *db.Tx) (err error) {
			p, err = e.flows.ProgressOf(t.Context(), tx, "case")
			return err
		})
		return p
	}
	p := progress()
	if a, r := p.Steps["a"], p.Steps["register"]; a.Now || len(a.Offices) != 1 || a.Since.IsZero() || !r.Now || p.Ended || p.Steps["b"].Now {
		t.Errorf("%+v", p.Steps)
	}
	list, err := e.flows.RunningOf(t.Context(), keeper, "p", 1, "", 5)
	if err != nil || len(list) != 1 || list[0].Subject != "case" {
		t.Errorf("%+v %v", list, err)
	}
	if list, err = e.flows.RunningOf(t.Context(), keeper, "p", 1, list[0].ID, 5); err != nil || len(list) != 0 {
		t.Errorf("behind the last: %+v %v", list, err)
	}
	if list, err := e.flows.RunningOf(t.Context(), officer("keeper", "220103"), "p", 1, "", 5); err != nil || len(list) != 0 {
		t.Errorf("another county's keeper lists %+v %v", list, err)
	}
	if list, err := e.flows.RunningOf(t.Context(), officer("keeper", "220102"), "p", 1, "", 5); err != nil || len(list) != 1 {
		t.Errorf("its own county's keeper lists %+v %v", list, err)
	}
	if _, err := e.flows.RunningOf(t.Context(), keeper, "p", 2, "", 5); !fault.HasKey(err, "workflow.no_version") {
		t.Errorf("of no version: %v", err)
	}
	if _, err := e.flows.RunningOf(t.Context(), officer("window", "22"), "p", 1, "", 5); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a window lists: %v", err)
	}
}

// TestApart: who did a task may not do the one that must be apart from it, himself or for somebody he stands in for.
func TestApart(t *testing.T) {
	e := newEngine(t)
	second := user("second")
	second.Extra = map[string]string{"apart": "first"}
	e.deploy("p", elements{user("first"), second}, "start first", "first second", "second end")
	e.start("p", "case", nil)
	do := func(account, behalf string) error {
		list := open(t, e.flows, e.db, "case")
		by := officer("reviewer", "220102d31")
		by.Account, by.Behalf = account, behalf
		_, err := complete(t, e.flows, e.db, by, "case", list[0].ID)
		return err
	}
	if err := do("wang", ""); err != nil {
		t.Fatal(err)
	}
	e.want("case", "second")
	task := open(t, e.flows, e.db, "case")[0]
	wang := actor.Actor{Kind: actor.Officer, Account: "wang", Duties: []actor.Duty{{Role: "reviewer", OfficePath: "220102d31"}}}
	if workflow.MayTake(wang, task, "") {
		t.Error("the task is offered to who did the first")
	}
	for _, who := range [][2]string{{"wang", ""}, {"wang", "li"}, {"li", "wang"}} {
		if err := do(who[0], who[1]); !fault.HasKey(err, "workflow.task_barred") {
			t.Errorf("%v did both: %v", who, err)
		}
	}
	if err := do("li", ""); err != nil {
		t.Error(err)
	}
	if s := stateOf(t, e.db, "case"); s != "ended" {
		t.Error(s)
	}
}

// TestAwaited tells which messages of a subject somebody may tell, and no longer when they came.
func TestAwaited(t *testing.T) {
	e := newEngine(t)
	wait := on("ready", process.IntermediateCatch, process.Event{Trigger: process.Message, Name: "put_right", Key: "subject"})
	wait.Name, wait.Extra = "整改完成", map[string]string{"from": "applicant"}
	silent := on("other", process.IntermediateCatch, process.Event{Trigger: process.Message, Name: "machine", Key: "subject"})
	e.deploy("p", elements{el("both", process.ParallelGateway), wait, silent, user("a")}, "start both", "both ready", "both other", "ready a", "other end", "a end")
	e.start("p", "case", nil)
	awaited := func() (list []workflow.Awaited) {
		e.update(func(tx *db.Tx) (err error) {
			list, err = e.flows.Awaited(t.Context(), tx, "case")
			return err
		})
		return list
	}
	if list := awaited(); !slices.Equal(list, []workflow.Awaited{{Event: "ready", Name: "put_right", Title: "整改完成", From: "applicant"}}) {
		t.Fatalf("%+v", list)
	}
	e.update(func(tx *db.Tx) error {
		found, err := e.flows.Correlate(t.Context(), tx, workflow.Message{Name: "put_right", Key: "case"})
		if err == nil && !found {
			err = errors.New("nobody heard it")
		}
		return err
	})
	if list := awaited(); len(list) != 0 || !strings.Contains(open(t, e.flows, e.db, "case")[0].Node, "a") {
		t.Errorf("%+v", list)
	}
}
