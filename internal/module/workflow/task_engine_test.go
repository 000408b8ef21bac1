package workflow_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// drawing is a desk whose processes are drawn, with the engine beside it.
func drawing(t *testing.T) (*desk, *engine) {
	d := newDesk(t)
	return d, &engine{t: t, db: d.db, flows: d.flows, defs: map[string]*workflow.Definition{}}
}

// opine is a task that binds nobody outside.
func opine(id string) process.Element {
	e := user(id)
	e.Duty.Action = "opine"
	return e
}

// of is the open task at an element.
func (d *desk) of(subject, node string) workflow.OpenTask {
	d.t.Helper()
	for _, o := range d.open(subject) {
		if o.Node == node {
			return o
		}
	}
	d.t.Fatalf("nothing is open at %s of %s: %+v", node, subject, d.open(subject))
	return workflow.OpenTask{}
}

// at completes the task at an element and returns it.
func (d *desk) at(who, subject, node string, done workflow.Done) workflow.OpenTask {
	d.t.Helper()
	task := d.of(subject, node)
	err := d.db.Update(d.t.Context(), func(tx *db.Tx) error {
		p, err := d.flows.Process(d.t.Context(), tx, subject)
		if err != nil {
			return err
		}
		for i := range p.Open {
			if p.Open[i].ID == task.ID {
				_, err = d.flows.Complete(d.t.Context(), tx, d.as(who), p, &p.Open[i], "", done)
			}
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return task
}

// ways lists what a task can be sent back to, as its reader sees it.
func (d *desk) ways(who, subject, node string) string {
	d.t.Helper()
	around, err := d.tasks.Around(d.t.Context(), d.as(who), subject)
	if err != nil {
		d.t.Fatal(err)
	}
	var out []string
	for _, v := range around.Tasks {
		if v.Node == node {
			for _, b := range v.Back {
				out = append(out, b.ID+" "+b.Name)
			}
		}
	}
	return strings.Join(out, ", ")
}

var after = workflow.Done{Outcome: "opine"}

// Of a process that was drawn, a task goes back to any step that was passed and can be done again: within its branch without the others, behind a split
// with the whole of it, never to a step on a way that was not taken.
func TestSendBackInDrawnProcess(t *testing.T) {
	d, e := drawing(t)
	e.deploy("p", elements{opine("a"), el("x", process.ExclusiveGateway), opine("short"), opine("long"), el("m", process.ExclusiveGateway), el("f", process.ParallelGateway), opine("b1"), opine("b2"), opine("c"),
		el("j", process.ParallelGateway), opine("d")},
		"start a", "a x", "x short n == 0", "x long n > 0", "short m", "long m", "m f", "f b1", "b1 b2", "b2 j", "f c", "c j", "j d", "d end")
	e.start("p", "one", nil)
	d.at("wang", "one", "a", after)
	d.at("wang", "one", "short", after)
	d.at("wang", "one", "b1", after)
	asked := d.must(d.as("li"), workflow.Ask, d.of("one", "c").ID, workflow.Order{To: toOffice("220102d16"), Words: "?"}).Made[0]
	if got := d.ways("wang", "one", "b2"); got != "b1 b1, short short, a a" {
		t.Errorf("from b2 back to %s", got)
	}
	d.must(d.as("wang"), workflow.SendBack, d.of("one", "b2").ID, workflow.Order{Node: "b1", Words: "补充"})
	e.want("one", "c b1")
	d.must(d.as("qian"), workflow.Answer, asked, workflow.Order{Words: "无意见"}) // the other branch was left alone
	d.must(d.as("wang"), workflow.Ask, d.of("one", "c").ID, workflow.Order{To: toOffice("220102d16"), Words: "再问"})
	d.refused(d.as("wang"), workflow.SendBack, d.of("one", "b1").ID, workflow.Order{Node: "long", Words: "x"}, "workflow.task_node_unknown")
	d.refused(d.as("wang"), workflow.SendBack, d.of("one", "b1").ID, workflow.Order{Node: "c", Words: "x"}, "workflow.task_node_unknown")
	d.must(d.as("wang"), workflow.SendBack, d.of("one", "b1").ID, workflow.Order{Node: "short", Words: "重来"})
	e.want("one", "short")
	if n := count(t, d.db, `SELECT count(*) FROM workflow_side WHERE state = 'open'`); n != 0 {
		t.Errorf("%d are still asked about what was withdrawn", n)
	}
	if got := d.open("one")[0]; got.Title != "t" || got.DueOn != "2026-12-01" {
		t.Errorf("the step done again is %+v", got)
	}
	for _, node := range []string{"short", "b1", "b2", "c"} {
		d.at("wang", "one", node, after)
	}
	if got := d.ways("wang", "one", "d"); got != "f b1、c, short short, a a" {
		t.Errorf("from d back to %s", got)
	}
}

// A timer that interrupts a task ends what was asked about it, and its signatures: they move nothing any more.
func TestInterruptedTask(t *testing.T) {
	d, e := drawing(t)
	e.deploy("p", elements{opine("a"), edge("late", "a", process.Event{Trigger: process.Timer, Clock: process.Clock{Workdays: "5"}}), opine("b"), opine("c")},
		"start a", "a b", "late c", "b end", "c end")
	fire := func() {
		t.Helper()
		e.exec(`UPDATE workflow_timer SET fire_at = $1`, dayAgo())
		if n, err := d.flows.FireDue(t.Context()); err != nil || n != 1 {
			t.Fatalf("fired %d: %v", n, err)
		}
	}
	e.start("p", "asked", nil)
	task := d.of("asked", "a")
	side := d.must(d.as("wang"), workflow.Ask, task.ID, workflow.Order{To: toOffice("220102d16"), Words: "?"}).Made[0]
	d.must(d.as("wang"), workflow.Invite, task.ID, workflow.Order{Kind: workflow.ExpertReview, To: toAccount("li"), On: "2999-01-01", Place: "会议室", Words: "?"})
	fire()
	e.want("asked", "c")
	d.refused(d.as("qian"), workflow.Answer, side, workflow.Order{Words: "x"}, "workflow.task_side_done")
	if n := count(t, d.db, `SELECT (SELECT count(*) FROM workflow_side WHERE state = 'open') + (SELECT count(*) FROM workflow_gathering WHERE state = 'open')`); n != 0 {
		t.Errorf("%d are still asked", n)
	}
	e.start("p", "signed", nil)
	task = d.of("signed", "a")
	side = d.must(d.as("wang"), workflow.Cosign, task.ID, workflow.Order{Kind: workflow.SignAfter, To: toAccount("li")}).Made[0]
	d.at("wang", "signed", "a", after)
	e.want("signed", "")
	fire()
	e.want("signed", "c")
	d.refused(d.as("li"), workflow.Answer, side, workflow.Order{}, "workflow.task_side_done")
	d.refused(d.as("wang"), workflow.Withdraw, task.ID, workflow.Order{}, "workflow.task_taken_up")
	e.want("signed", "c")
}

// The last signature, taking back and the timer at one moment: one of them moves the process, and nothing is left over.
func TestSignatureAndTimerAtOnce(t *testing.T) {
	d, e := drawing(t)
	e.deploy("p", elements{opine("a"), edge("late", "a", process.Event{Trigger: process.Timer, Clock: process.Clock{Workdays: "5"}}), opine("b"), opine("c")},
		"start a", "a b", "late c", "b end", "c end")
	for i := range 8 {
		subject := fmt.Sprint("case", i)
		e.start("p", subject, nil)
		task := d.of(subject, "a")
		side := d.must(d.as("wang"), workflow.Cosign, task.ID, workflow.Order{Kind: workflow.SignAfter, To: toAccount("li")}).Made[0]
		d.at("wang", subject, "a", after)
		e.exec(`UPDATE workflow_timer SET fire_at = $1`, dayAgo())
		var wg sync.WaitGroup
		var signed, taken, fired error
		wg.Go(func() { _, signed = d.do(d.as("li"), workflow.Answer, side, workflow.Order{}) })
		wg.Go(func() { _, taken = d.do(d.as("wang"), workflow.Withdraw, task.ID, workflow.Order{}) })
		wg.Go(func() { _, fired = d.flows.FireDue(t.Context()) })
		wg.Wait()
		if fired != nil {
			t.Error(fired)
		}
		for _, err := range []error{signed, taken} {
			if err != nil && !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}
		if _, err := d.flows.FireDue(t.Context()); err != nil {
			t.Error(err)
		}
		// Whoever was first: one task is open and its token is there.
		list := d.open(subject)
		if len(list) != 1 {
			t.Fatalf("signed %v, taken back %v: open are %+v", signed, taken, list)
		}
		d.at("wang", subject, list[0].Node, after)
	}
}

// What a task brings into the process waits with it for the signatures after it, and decides the way then.
func TestValuesWaitForSignatures(t *testing.T) {
	d, e := drawing(t)
	e.deploy("p", elements{opine("a"), el("x", process.ExclusiveGateway), opine("b"), opine("c")}, "start a", "a x", `x b n == 7 && outcome == "agree"`, `x c n != 7 || outcome != "agree"`, "b end", "c end")
	e.start("p", "one", map[string]any{"n": 0})
	side := d.must(d.as("wang"), workflow.Cosign, d.of("one", "a").ID, workflow.Order{Kind: workflow.SignAfter, To: toAccount("li")}).Made[0]
	d.at("wang", "one", "a", workflow.Done{Outcome: "agree", Values: map[string]any{"n": 7}})
	e.want("one", "")
	d.must(d.as("li"), workflow.Answer, side, workflow.Order{})
	e.want("one", "b")
}

// A step skipped for the same person leads on as that person decided; one that brings something into the process is not skipped.
func TestSkipSameInDrawnProcess(t *testing.T) {
	d, e := drawing(t)
	skipped, asks := opine("b"), opine("q")
	skipped.Duty.SkipSame, asks.Duty.SkipSame = true, true
	asks.Outputs = map[string]string{"n": "result.n"}
	e.deploy("p", elements{opine("a"), skipped, el("x", process.ExclusiveGateway), opine("yes"), asks}, "start a", "a b", "b x", `x yes outcome == "agree"`, `x q outcome != "agree"`, "yes end", "q end")
	e.start("p", "one", nil)
	first := d.at("wang", "one", "a", workflow.Done{Outcome: "agree"})
	e.want("one", "yes")
	e.start("p", "two", nil)
	d.at("wang", "two", "a", workflow.Done{Outcome: "disagree"})
	e.want("two", "q")
	if d.leaves("task.skipped") != 2 {
		t.Errorf("%d skipped", d.leaves("task.skipped"))
	}
	// What was skipped goes back with what it was skipped for.
	d.must(d.as("wang"), workflow.Withdraw, first.ID, workflow.Order{})
	e.want("one", "a")
}

// A called process's task is its caller's subject's: when the child ends, what follows in the caller may be skipped too.
func TestSkipSameBehindCall(t *testing.T) {
	d, e := drawing(t)
	skipped := opine("b")
	skipped.Duty.SkipSame = true
	e.deploy("child", elements{opine("ask")}, "start ask", "ask end")
	e.deploy("parent", elements{process.Element{ID: "call", Kind: process.CallActivity, Calls: "child"}, skipped, opine("c")}, "start call", "call b", "b c", "c end")
	e.start("parent", "one", nil)
	d.at("wang", "one", "ask", after)
	e.want("one", "c")
	if ended, err := complete(t, d.flows, d.db, actor.Program("test"), "one", d.of("one", "c").ID); err != nil || !ended {
		t.Errorf("ended %v: %v", ended, err)
	}
}

// One's own step is taken back over what only decides the way, not over what was done outside, nor when one of several who follow has begun.
func TestWithdrawInDrawnProcess(t *testing.T) {
	d, e := drawing(t)
	e.deploy("p", elements{opine("a"), el("f", process.ParallelGateway), opine("b"), opine("c"), el("j", process.ParallelGateway), opine("d"),
		on("tell", process.IntermediateThrow, process.Event{Trigger: process.Message, Name: "m"}), opine("g")},
		"start a", "a f", "f b", "f c", "b j", "c j", "j d", "d tell", "tell g", "g end")
	e.start("p", "one", nil)
	task := d.at("wang", "one", "a", after)
	e.want("one", "b c")
	d.must(d.as("wang"), workflow.Withdraw, task.ID, workflow.Order{})
	e.want("one", "a")
	d.refused(d.as("wang"), workflow.Withdraw, task.ID, workflow.Order{}, "workflow.task_taken_up") // it is open again
	task = d.at("wang", "one", "a", after)
	mine := d.at("li", "one", "b", after)
	d.refused(d.as("wang"), workflow.Withdraw, task.ID, workflow.Order{}, "workflow.task_taken_up")
	// Sent back and done again by somebody else, the branch is no longer li's to take back.
	d.at("wang", "one", "c", after)
	d.must(d.as("wang"), workflow.SendBack, d.of("one", "d").ID, workflow.Order{Node: "f", Words: "重来"})
	e.want("one", "b c")
	again := d.at("wang", "one", "b", after)
	d.refused(d.as("li"), workflow.Withdraw, mine.ID, workflow.Order{}, "workflow.task_taken_up")
	d.must(d.as("wang"), workflow.Withdraw, again.ID, workflow.Order{})
	if got := d.of("one", "b"); got.ID != again.ID {
		t.Error("another task was opened instead of the one taken back")
	}
	d.at("wang", "one", "b", after)
	d.at("wang", "one", "c", after)
	task = d.at("wang", "one", "d", after)
	d.refused(d.as("wang"), workflow.Withdraw, task.ID, workflow.Order{}, "workflow.task_no_way_back") // a message has gone out
	e.want("one", "g")
}

// Each office of a task that several do takes its own back while others are still at it.
func TestWithdrawOneOfSeveral(t *testing.T) {
	d, e := drawing(t)
	each := opine("a")
	each.Loop = &process.Loop{Each: `places["office"]`}
	e.deploy("p", elements{each, opine("b")}, "start a", "a b", "b end")
	two := workflow.Places{"office": {{ID: "o", Path: office31, Name: "局"}, {ID: "q", Path: "220102d16", Name: "局"}}}
	e.update(func(tx *db.Tx) error {
		return d.flows.Start(t.Context(), tx, workflow.StartParams{Definition: e.defs["p"], Subject: "one", Places: two})
	})
	list := d.open("one")
	if err := d.complete(d.as("wang"), "one", 0); err != nil {
		t.Fatal(err)
	}
	d.must(d.as("wang"), workflow.Withdraw, list[0].ID, workflow.Order{})
	e.want("one", "a a")
	for _, who := range []string{"wang", "qian"} {
		if err := d.complete(d.as(who), "one", 0); err != nil {
			t.Fatal(err)
		}
	}
	e.want("one", "b")
	d.refused(d.as("qian"), workflow.Withdraw, list[1].ID, workflow.Order{}, "workflow.task_no_way_back")
}

// When an office is dissolved, the other gets what was claimed there and what was asked of its posts as well.
func TestReassignClaimedAndAsked(t *testing.T) {
	d, e := drawing(t)
	d.flows = workflow.New(d.db, workflow.Needs{Rights: rights{}, Log: d})
	e.flows = d.flows
	e.deploy("p", elements{opine("a"), opine("b")}, "start a", "a b", "b end")
	for _, subject := range []string{"one", "two"} {
		e.start("p", subject, nil)
	}
	d.must(d.as("wang"), workflow.Claim, d.of("one", "a").ID, workflow.Order{})
	d.must(d.as("wang"), workflow.Ask, d.of("two", "a").ID, workflow.Order{To: []workflow.Addressee{{Office: office31}, {Account: "sun"}}, Words: "?"})
	to := workflow.Office{ID: "n", Path: "220102d16", Name: "新机构"}
	if n, err := d.flows.Reassign(t.Context(), keeper, office31, to, "长编〔2026〕12号"); err != nil || n != 3 {
		t.Fatalf("%d %v", n, err)
	}
	if n := len(d.inbox("qian")); n != 3 {
		t.Errorf("the other office has %d", n)
	}
	if n := len(d.inbox("sun")); n != 1 {
		t.Errorf("who was asked by name has %d", n)
	}
	if n, err := d.flows.Reassign(t.Context(), keeper, office31, to, "长编〔2026〕12号"); err != nil || n != 0 {
		t.Errorf("again: %d %v", n, err)
	}
}

// A task of an instance whose tokens are still rows is signed and sent back as any other; what is opened knows what it is about.
func TestTasksOfOldInstances(t *testing.T) {
	d := newDesk(t, food)
	e := &engine{t: t, db: d.db, flows: d.flows}
	begin(t, d.flows, d.db, "one", "2026-12-01")
	d.at("window", "one", "accept", after)
	for _, node := range []string{"documents", "inspection"} {
		e.exec(`INSERT INTO workflow_token (id, instance_id, node, office, token_group, group_size) SELECT $1, id, $2, '{"id":"o","path":"220102d31","name":"x"}', 'split', 2
FROM workflow_instance`, "t"+node, node)
		e.exec(`UPDATE workflow_task SET token_id = $1 WHERE node = $2`, "t"+node, node)
	}
	e.exec(`UPDATE workflow_instance SET machine = '', title = '', number = '', due_on = ''`)
	side := d.must(d.as("wang"), workflow.Cosign, d.of("one", "documents").ID, workflow.Order{Kind: workflow.SignAfter, To: toAccount("li")}).Made[0]
	d.at("wang", "one", "documents", after)
	e.want("one", "inspection")
	d.must(d.as("li"), workflow.Answer, side, workflow.Order{})
	d.at("wang", "one", "inspection", after)
	decide := d.of("one", "decide")
	d.must(d.as("zhou"), workflow.SendBack, decide.ID, workflow.Order{Node: "split", Words: "重来"})
	e.want("one", "documents inspection")
	if got := d.of("one", "documents"); got.Title != "t" || got.Number != "one" || got.DueOn != "2026-12-01" {
		t.Errorf("%+v", got)
	}
	if n := count(t, d.db, `SELECT count(*) FROM workflow_token`); n != 0 {
		t.Errorf("%d tokens are rows", n)
	}
}
