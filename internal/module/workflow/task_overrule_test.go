package workflow_test

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
)

// The program waits for no signature, before or after, for no delegation and no holder: what was asked ends, is written down once, and moves nothing later.
func TestProgramWaitsForNobody(t *testing.T) {
	d, e := drawing(t)
	e.deploy("p", elements{opine("a"), opine("b")}, "start a", "a b", "b end")
	for subject, ask := range map[string]struct {
		verb  workflow.Verb
		order workflow.Order
	}{
		"before":    {workflow.Cosign, workflow.Order{Kind: workflow.SignBefore, To: toAccount("li")}},
		"after":     {workflow.Cosign, workflow.Order{Kind: workflow.SignAfter, To: toAccount("li")}},
		"delegated": {workflow.Delegate, workflow.Order{To: toAccount("li")}},
	} {
		e.start("p", subject, nil)
		task := d.of(subject, "a")
		side := d.must(d.as("wang"), ask.verb, task.ID, ask.order).Made[0]
		if ended, err := complete(t, d.flows, d.db, actor.Program("law"), subject, task.ID); err != nil || ended {
			t.Fatalf("%s: %v", subject, err)
		}
		e.want(subject, "b")
		d.refused(d.as("li"), workflow.Answer, side, workflow.Order{Words: "x"}, "workflow.task_side_done")
		e.want(subject, "b")
	}
	if n := d.leaves("task.overruled"); n != 3 {
		t.Errorf("%d leaves", n)
	}
	if n := count(t, d.db, `SELECT count(*) FROM workflow_task_event WHERE verb = 'overruled' AND actor = 'system:law' AND target <> ''`); n != 3 {
		t.Errorf("%d lines of history", n)
	}
	// A task nobody touched leaves no such line.
	e.start("p", "plain", nil)
	if _, err := complete(t, d.flows, d.db, actor.Program("law"), "plain", d.of("plain", "a").ID); err != nil {
		t.Fatal(err)
	}
	if n := d.leaves("task.overruled"); n != 3 {
		t.Errorf("%d leaves", n)
	}
}
