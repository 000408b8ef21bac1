package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
)

// Timers are fired by the batch, some batches side by side. A node that dies in the middle leaves whole batches or none behind; one that can't be fired
// takes none of its batch with it; a withdrawn task takes with it what was asked
// about it. In the end each fired once.
func TestTimersByTheBatch(t *testing.T) {
	e := newEngine(t)
	past := process.Event{Trigger: process.Timer, Clock: process.Clock{Date: `"2020-01-01"`}}
	e.deploy("p", elements{user("a"), edge("late", "a", past), user("b")}, "start a", "a end", "late b", "b end")
	e.deploy("circle", elements{user("a"), edge("late", "a", past), el("x", process.ExclusiveGateway), el("y", process.ExclusiveGateway)}, "start a", "a end", "late x", "x y",
		"y x n == 0", "y end n > 0")
	const many = 1300
	begin := func(key string, n int) {
		e.update(func(tx *db.Tx) error {
			d, err := e.flows.Latest(t.Context(), tx, key)
			for i := 0; i < n && err == nil; i++ {
				err = e.flows.Start(t.Context(), tx, workflow.StartParams{Definition: d, Subject: fmt.Sprint(key, i), Title: "t", Number: "n", Places: places})
			}
			return err
		})
	}
	begin("p", many)
	begin("circle", 3)
	e.exec(`INSERT INTO workflow_side (id, task_id, request_id, subject, kind, turn, office_id, office_path, office_name, role, account, title, number, due_on, rank, state, asked_by,
asked_for, asked_post, asked_path, opened_at, done_by, done_for, done_post, outcome) SELECT 'side', id, 'request', subject, 'opinion', 0, office_id, office_path, office_name, role, '', title,
number, due_on, 0, 'open', '', '', '', '', opened_at, '', '', '', '' FROM workflow_task WHERE subject = 'p7'`)
	e.exec(`UPDATE workflow_task SET sides = 1 WHERE subject = 'p7'`)
	_, _ = e.flows.FireDue(die(t.Context(), int64(5+rand.IntN(40)))) // what it left is seen below
	if left := count(t, e.db, `SELECT count(*) FROM workflow_timer`); left+count(t, e.db, `SELECT count(*) FROM workflow_task WHERE node = 'b'`) != many+3 {
		t.Errorf("%d timers are left beside what they opened", left)
	}
	_, _ = e.flows.FireDue(t.Context()) // likewise
	for query, want := range map[string]int{
		`SELECT count(*) FROM workflow_task WHERE node = 'b' AND state = 'open'`:                          many,
		`SELECT count(*) FROM workflow_task WHERE node = 'a' AND state = 'cancelled'`:                     many,
		`SELECT count(*) FROM workflow_timer`:                                                             3,
		`SELECT count(*) FROM workflow_instance WHERE version = 2`:                                        many,
		`SELECT count(*) FROM workflow_side WHERE state = 'removed'`:                                      1,
		`SELECT count(DISTINCT instance_id) FROM workflow_incident WHERE closed_at IS NULL`:               3,
		`SELECT count(*) FROM workflow_incident n JOIN workflow_timer t ON t.instance_id = n.instance_id`: 3,
	} {
		if n := count(t, e.db, query); n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
}
