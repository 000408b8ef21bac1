package workflow_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/once"
)

func TestSendTaskBack(t *testing.T) {
	d := newDesk(t, standard, food)
	task := d.begin("standard", "c1")
	for range 2 {
		if err := d.complete(d.as("wang"), "c1", 0); err != nil {
			t.Fatal(err)
		}
	}
	decide := d.only("c1", "决定")
	d.refused(d.as("zhou"), workflow.SendBack, decide.ID, workflow.Order{Node: "first"}, "workflow.task_words_missing")
	d.refused(d.as("zhou"), workflow.SendBack, decide.ID, workflow.Order{Node: "end", Words: "x"}, "workflow.task_node_unknown")
	d.refused(d.as("wang"), workflow.SendBack, decide.ID, workflow.Order{Node: "first", Words: "x"}, "workflow.not_your_task")
	if err := d.tasks.SendBack(t.Context(), d.as("zhou"), decide.ID, "first", "面积未核对"); err != nil {
		t.Fatal(err)
	}
	d.refused(d.as("zhou"), workflow.SendBack, decide.ID, workflow.Order{Node: "first", Words: "x"}, "workflow.task_gone")
	again := d.only("c1", "初审")
	if again.ID == task.ID {
		t.Error("the old task was opened instead of a new one")
	}
	d.must(d.as("wang"), workflow.SendBack, again.ID, workflow.Order{Node: workflow.ToApplicant, Words: "请补正"})
	if len(d.back) != 1 || d.back[0] != "c1: 请补正" {
		t.Errorf("%v", d.back)
	}
	// Across a parallel part one goes back to before its split, or has the whole of it done again; what binds is not undone.
	d.begin("food", "c2")
	for _, who := range []string{"window", "wang", "wang"} {
		if err := d.complete(d.as(who), "c2", 0); err != nil {
			t.Fatal(err)
		}
	}
	decide = d.only("c2", "决定")
	d.refused(d.as("zhou"), workflow.SendBack, decide.ID, workflow.Order{Node: "documents", Words: "x"}, "workflow.task_node_unknown")
	d.refused(d.as("zhou"), workflow.SendBack, decide.ID, workflow.Order{Node: "accept", Words: "x"}, "workflow.task_no_way_back")
	d.must(d.as("zhou"), workflow.SendBack, decide.ID, workflow.Order{Node: "split", Words: "重新核查"})
	if list := d.open("c2"); len(list) != 2 {
		t.Fatalf("%+v", list)
	}
	for range 2 {
		if err := d.complete(d.as("li"), "c2", 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.complete(d.as("zhou"), "c2", 0); err != nil || len(d.open("c2")) != 0 {
		t.Errorf("the end: %v", err)
	}
}

// Two who send back and complete the same task at once: one does.
func TestSendBackAtOnce(t *testing.T) {
	d := newDesk(t, standard)
	for i := range 5 {
		subject := fmt.Sprint("c", i)
		d.begin("standard", subject)
		for range 2 {
			if err := d.complete(d.as("wang"), subject, 0); err != nil {
				t.Fatal(err)
			}
		}
		decide := d.only(subject, "决定")
		var wg sync.WaitGroup
		var sent, done error
		wg.Go(func() { sent = d.tasks.SendBack(t.Context(), d.as("zhou"), decide.ID, "first", "重审") })
		wg.Go(func() { done = d.complete(d.as("zhou"), subject, 0) })
		wg.Wait()
		if list := d.open(subject); (sent == nil) == (done == nil) || sent == nil && len(list) != 1 || done == nil && len(list) != 0 {
			t.Errorf("sent back %v, completed %v, open %+v", sent, done, list)
		}
	}
}

func TestWithdraw(t *testing.T) {
	d := newDesk(t, standard, food)
	first := d.begin("standard", "c1")
	d.refused(d.as("wang"), workflow.Withdraw, first.ID, workflow.Order{}, "workflow.task_not_done")
	if err := d.complete(d.as("wang"), "c1", 0); err != nil {
		t.Fatal(err)
	}
	d.refused(d.as("li"), workflow.Withdraw, first.ID, workflow.Order{}, "workflow.not_your_task")
	d.must(d.as("wang"), workflow.Withdraw, first.ID, workflow.Order{})
	d.refused(d.as("wang"), workflow.Withdraw, first.ID, workflow.Order{}, "workflow.task_taken_up")
	again := d.only("c1", "初审")
	if err := d.complete(d.as("wang"), "c1", 0); err != nil {
		t.Fatal(err)
	}
	d.must(d.as("li"), workflow.Claim, d.only("c1", "复审").ID, workflow.Order{})
	d.refused(d.as("wang"), workflow.Withdraw, again.ID, workflow.Order{}, "workflow.task_taken_up")
	// A branch that waits at its join is taken back without touching the other.
	d.begin("food", "c2")
	if err := d.complete(d.as("window"), "c2", 0); err != nil {
		t.Fatal(err)
	}
	branch := d.open("c2")[0]
	if err := d.complete(d.as("wang"), "c2", 0); err != nil {
		t.Fatal(err)
	}
	d.must(d.as("wang"), workflow.Withdraw, branch.ID, workflow.Order{})
	if list := d.open("c2"); len(list) != 2 || list[0].ID != branch.ID {
		t.Fatalf("%+v", list)
	}
	for range 2 {
		if err := d.complete(d.as("wang"), "c2", 0); err != nil {
			t.Fatal(err)
		}
	}
	d.only("c2", "决定")
	d.refused(d.as("wang"), workflow.Withdraw, branch.ID, workflow.Order{}, "workflow.task_no_way_back")
	if d.leaves("task.withdrawn") != 2 {
		t.Errorf("%d withdrawals", d.leaves("task.withdrawn"))
	}
}

func TestSkipSame(t *testing.T) {
	d := newDesk(t, skipping)
	d.begin("skipping", "c1")
	if err := d.complete(d.as("wang"), "c1", 0); err != nil {
		t.Fatal(err)
	}
	d.only("c1", "决定")
	if d.leaves("task.skipped") != 1 {
		t.Errorf("%d leaves", d.leaves("task.skipped"))
	}
	err := d.db.View(t.Context(), func(tx *db.Tx) error {
		done, err := d.flows.Done(t.Context(), tx, "c1")
		if len(done) != 2 || done[1].Outcome != "same_person" {
			t.Errorf("%+v", done)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	// Somebody who holds no such post skips nothing.
	below := d.as("sub")
	below.Duties = []actor.Duty{{Role: "reviewer", OfficePath: office31, Items: []string{"other"}}}
	d.begin("skipping", "c2")
	if err := d.complete(below, "c2", 0); err != nil {
		t.Fatal(err)
	}
	d.only("c2", "复审")
}

// The same request again is answered as the first.
func TestOnce(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	key := once.Params{Actor: "wang", Key: "k", Digest: "d"}
	order := workflow.Order{To: toOffice("220102d16"), Words: "请提意见"}
	first, err := d.tasks.Do(t.Context(), d.as("wang"), workflow.Ask, task.ID, order, key)
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.tasks.Do(t.Context(), d.as("wang"), workflow.Ask, task.ID, order, key)
	if err != nil || second.Made[0] != first.Made[0] || d.only("c1", "初审").Sides != 1 {
		t.Errorf("%+v %+v, %v", first, second, err)
	}
}

// What breaks off at its last write leaves nothing behind: whatever it was, it can be done again.
func TestBrokenOff(t *testing.T) {
	d := newDesk(t, standard, skipping)
	d.begin("standard", "c1")
	if err := d.complete(d.as("wang"), "c1", 0); err != nil {
		t.Fatal(err)
	}
	task := d.only("c1", "复审")
	state := func() (out []string) {
		err := d.db.View(t.Context(), func(tx *db.Tx) (err error) {
			out, err = db.All[string](t.Context(), tx, `SELECT id || state || version || holder || blocks || follows || sides FROM workflow_task
UNION ALL SELECT id || state FROM workflow_side UNION ALL SELECT id FROM workflow_copy UNION ALL SELECT id FROM workflow_task_event UNION ALL SELECT id || machine || version FROM workflow_instance
UNION ALL SELECT id || state FROM workflow_gathering UNION ALL SELECT id FROM workflow_deputy ORDER BY 1`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for verb, in := range map[workflow.Verb]workflow.Order{workflow.Claim: {}, workflow.Transfer: {To: toAccount("li")}, workflow.Delegate: {To: toAccount("li")},
		workflow.Cosign: {Kind: workflow.SignBefore, To: toAccount("li")}, workflow.CopyTo: {To: toAccount("li")}, workflow.Ask: {To: toOffice("220102d16"), Words: "?"},
		workflow.Invite:   {Kind: workflow.ExpertReview, To: toAccount("li"), On: "2999-01-01", Place: "会议室", Words: "?"},
		workflow.SendBack: {Node: "first", Words: "x"}} {
		before := state()
		d.fails = 1
		if _, err := d.do(d.as("wang"), verb, task.ID, in); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", verb, err)
		}
		if after := state(); !slices.Equal(before, after) {
			t.Errorf("%s left %v, before %v", verb, after, before)
		}
		d.fails = 0
	}
	// A step that would be skipped: the step before it is not kept either.
	d.begin("skipping", "c2")
	before := state()
	d.fails = 1
	if err := d.complete(d.as("wang"), "c2", 0); !errors.Is(err, errBroken) {
		t.Errorf("skipping: %v", err)
	}
	if after := state(); !slices.Equal(before, after) {
		t.Errorf("skipping left %v, before %v", after, before)
	}
}
