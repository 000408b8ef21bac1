package casefile_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// asks does a verb with the open task of an action.
func asks(t *testing.T, h *casefiletest.Hall, by actor.Actor, number, action string, verb workflow.Verb, o workflow.Order) string {
	t.Helper()
	for _, task := range tasksOf(t, h, number) {
		if task.Action != action {
			continue
		}
		if _, err := h.Tasks.Do(t.Context(), by, verb, task.ID, o, once.Params{}); err != nil {
			t.Fatalf("%s of %s: %v", verb, action, err)
		}
		return task.ID
	}
	t.Fatalf("no task %s is open", action)
	return ""
}

func toAccounts(list ...actor.Actor) (o workflow.Order) {
	for _, a := range list {
		o.To = append(o.To, workflow.Addressee{Account: a.Account})
	}
	return o
}

func signedBefore(list ...actor.Actor) workflow.Order {
	o := toAccounts(list...)
	o.Kind = workflow.SignBefore
	return o
}

func stillAsked(t *testing.T, h *casefiletest.Hall, task string) (n int) {
	t.Helper()
	err := h.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One[int](t.Context(), tx, `SELECT count(*) FROM workflow_side WHERE task_id = $1 AND state IN ('waiting', 'open')`, task)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func overdue(t *testing.T, h *casefiletest.Hall, number string) {
	t.Helper()
	h.Exec(t, `UPDATE casefile_case SET received_on = '2026-03-02', reply_due = '2026-03-09' WHERE number = $1`, number)
}

// What officers ask of each other before they accept does not stop what the law does by itself; it ends, and the history and the log say so.
func TestSilenceWaitsForNoSignature(t *testing.T) {
	for name, ask := range map[string]struct {
		verb  workflow.Verb
		order workflow.Order
		open  int
	}{
		"a signature":        {workflow.Cosign, signedBefore(casefiletest.Chief), 1},
		"signatures in turn": {workflow.Cosign, workflow.Order{Kind: workflow.SignBefore, InTurn: true, To: toAccounts(casefiletest.Chief, casefiletest.Reviewer).To}, 2},
		"a delegation":       {workflow.Delegate, toAccounts(casefiletest.Counter), 1},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			h := casefiletest.Open(t)
			number := casefiletest.Submitted(t, h).Number
			task := asks(t, h, casefiletest.Window, number, "accept", ask.verb, ask.order)
			if n := stillAsked(t, h, task); n != ask.open {
				t.Fatalf("%d are asked", n)
			}
			overdue(t, h, number)
			wants(t, "the window", act(h, casefiletest.Window, number, casefile.Accept), fault.Conflict, "workflow.task_blocked")
			if n, err := h.Cases.AcceptSilent(t.Context()); n != 1 || err != nil {
				t.Fatalf("accepted %d: %v", n, err)
			}
			v := view(t, h, casefiletest.Company, number)
			if v.Case.State != casefile.Accepted || v.Case.AcceptedOn != civil.MustParse("2026-03-02") || v.Tasks[0].Action != "opine" {
				t.Errorf("%+v, %+v", v.Case, v.Tasks)
			}
			if n := stillAsked(t, h, task); n != 0 {
				t.Errorf("%d are still asked", n)
			}
			around, err := h.Tasks.Around(t.Context(), casefiletest.Chief, h.ID(t, number))
			if last := around.Events[len(around.Events)-1]; err != nil || last.Verb != workflow.Overruled || last.Actor != "system:casefile.silence" || last.Target == "" {
				t.Errorf("the history says %+v, %v", last, err)
			}
			leaves := h.Leaves(t, number)
			i := slices.IndexFunc(leaves, func(l casefiletest.Told) bool { return l.Name == "task.overruled" })
			if i < 0 || leaves[i].Actor != "system:casefile.silence" {
				t.Errorf("the log says %+v", leaves)
			}
			if n, err := h.Cases.AcceptSilent(t.Context()); n != 0 || err != nil {
				t.Errorf("again: %d, %v", n, err)
			}
		})
	}
}

// A case whose process has no step of acceptance open is no case that somebody was faster with: the job is told, each time, until it is put right.
func TestSilenceTellsWhatItCantAccept(t *testing.T) {
	h := casefiletest.Open(t)
	stuck, good := casefiletest.Submitted(t, h).Number, casefiletest.Submitted(t, h).Number
	overdue(t, h, stuck)
	overdue(t, h, good)
	h.Exec(t, `UPDATE workflow_task SET action = 'opine' WHERE subject = $1`, h.ID(t, stuck))
	for i, want := range []int{1, 0} {
		n, err := h.Cases.AcceptSilent(t.Context())
		if n != want || !fault.HasKey(err, "casefile.step_not_reached") || !strings.Contains(err.Error(), h.ID(t, stuck)) {
			t.Errorf("look %d: %d, %v", i, n, err)
		}
	}
	h.Exec(t, `UPDATE workflow_task SET action = 'accept' WHERE subject = $1`, h.ID(t, stuck))
	if n, err := h.Cases.AcceptSilent(t.Context()); n != 1 || err != nil {
		t.Errorf("put right: %d, %v", n, err)
	}
}

// An office that was offered the case and had others sign first does not stop silence either.
func TestSilenceWaitsForNoTransfer(t *testing.T) {
	h := casefiletest.Open(t)
	h.Implement(t, casefiletest.Food, "27")
	number := casefiletest.Submitted(t, h).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Transfer, Office: "220102d27", Comment: "应当由其他部门办理"})
	task := asks(t, h, taker, number, "take_over", workflow.Cosign, signedBefore(casefiletest.Chief))
	overdue(t, h, number)
	if n, err := h.Cases.AcceptSilent(t.Context()); n != 1 || err != nil {
		t.Fatalf("accepted %d: %v", n, err)
	}
	if n := stillAsked(t, h, task); n != 0 {
		t.Errorf("%d are still asked", n)
	}
	for _, open := range tasksOf(t, h, number) {
		if open.Action == "take_over" {
			t.Error("the other office is still asked to take it")
		}
	}
}

// What the applicant promised can be brought whatever the office asks of itself about its not having come.
func TestMissingIsBroughtWhateverIsSigned(t *testing.T) {
	h := casefiletest.Open(t)
	number := withGap(t, h)
	h.Exec(t, `UPDATE casefile_gap SET remind_on = $1, due_on = $1`, civil.Of(time.Now()).Add(-1))
	if n, err := h.Cases.NoteOverdueGaps(t.Context()); n != 1 || err != nil {
		t.Fatalf("noted %d: %v", n, err)
	}
	task := asks(t, h, casefiletest.Reviewer, number, "cancel_acceptance", workflow.Cosign, signedBefore(casefiletest.Second))
	if err := act(h, casefiletest.Company, number, casefile.BringMissing, bringing(t, h, "M310004")); err != nil {
		t.Fatal(err)
	}
	if n := stillAsked(t, h, task); n != 0 {
		t.Errorf("%d are still asked", n)
	}
	v := view(t, h, casefiletest.Reviewer, number)
	if len(v.Gaps) != 0 || slices.Contains(v.Actions, casefile.CancelAcceptance) || v.Case.State != casefile.Accepted {
		t.Errorf("%+v, offered %v", v.Gaps, v.Actions)
	}
}
