package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

// dying is a node's context that ends after it was looked at so many times: somewhere between two statements, never at the same place.
type dying struct {
	context.Context
	left *atomic.Int64
	end  context.CancelFunc
}

func die(ctx context.Context, after int64) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	left := &atomic.Int64{}
	left.Store(after)
	return dying{ctx, left, cancel}
}

func (d dying) look() {
	if d.left.Add(-1) <= 0 {
		d.end()
	}
}

func (d dying) Err() error {
	d.look()
	return d.Context.Err()
}

func (d dying) Done() <-chan struct{} {
	d.look()
	return d.Context.Done()
}

// twoStores opens one store for each of two nodes.
func twoStores(t *testing.T) (first, second *db.DB) {
	t.Helper()
	url := dbtest.URL(t)
	opened := func() *db.DB {
		d, err := db.Open(t.Context(), db.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		return d
	}
	first = opened()
	if err := first.Migrate(t.Context(), job.Schema, workflow.Schema); err != nil {
		t.Fatal(err)
	}
	second = first // one SQLite file is one process's
	if first.Engine() == db.PostgreSQL {
		second = opened()
	}
	return first, second
}

// Two nodes work off timers and services of many instances while one or the other dies at random moments. In the end every instance went its whole
// way: each service was asked under one key, moved its process once, and no timer fired twice or was lost.
func TestTwoNodesThatDie(t *testing.T) {
	var nodes []*engine
	first, second := twoStores(t)
	var mu sync.Mutex
	asked := map[string]int{} // key → times
	for _, d := range []*db.DB{first, second} {
		n := node(t, d)
		n.flows.Handle("count", workflow.Handler{Attempts: 1000, Run: func(ctx context.Context, c workflow.Call) (map[string]any, error) {
			mu.Lock()
			defer mu.Unlock()
			asked[c.Key]++
			if asked[c.Key] == 1 && rand.IntN(4) == 0 {
				return nil, errors.New("done, but nobody hears of it")
			}
			n, _ := c.Inputs["n"].(float64)
			return map[string]any{"n": n + 1}, nil
		}})
		nodes = append(nodes, n)
	}
	past := process.Event{Trigger: process.Timer, Clock: process.Clock{Date: `"2020-01-01"`}}
	service := func(id string) process.Element {
		return process.Element{ID: id, Kind: process.ServiceTask, Handler: "count", Inputs: map[string]string{"n": "n"}, Outputs: map[string]string{"n": "result.n"}}
	}
	nodes[0].deploy("p", elements{user("a"), edge("late", "a", past), service("v1"), on("rest", process.IntermediateCatch, past), service("v2"), user("b"), edge("later", "b", past)},
		"start a", "a end", "late v1", "v1 rest", "rest v2", "v2 b", "b end", "later end")
	const instances = 40
	for i := range instances {
		nodes[0].start("p", fmt.Sprint("case", i), map[string]any{"n": 0})
	}
	for round := 0; count(t, first, `SELECT count(*) FROM workflow_instance WHERE state = 'running'`) > 0; round++ {
		if round > 3000 {
			t.Fatal("they do not come to an end")
		}
		var wg sync.WaitGroup
		for _, n := range nodes {
			after := int64(5 + rand.IntN(150))
			if round%4 == 3 {
				after = 1 << 40 // now and then a node lives
			}
			wg.Go(func() {
				_, _ = n.flows.FireDue(die(t.Context(), after)) // what went wrong is seen in the end
				_ = n.queue.Drain(die(t.Context(), after))      // likewise
			})
		}
		wg.Wait()
		nodes[0].exec(`UPDATE job_job SET due_at = $1 WHERE state IN ('available', 'running')`, dayAgo()) // leases run out
	}
	if n := count(t, first, `SELECT count(*) FROM workflow_instance WHERE state = 'ended' AND variables = '{"n":2}'`); n != instances {
		t.Errorf("%d of %d went their whole way", n, instances)
	}
	if len(asked) != 2*instances {
		t.Errorf("%d calls were made, want %d", len(asked), 2*instances)
	}
	for _, table := range []string{"workflow_timer", "workflow_service", "workflow_wait", "workflow_incident"} {
		if n := count(t, first, `SELECT count(*) FROM `+table); n != 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
	if n := count(t, first, `SELECT count(*) FROM workflow_task WHERE node = 'b'`); n != instances {
		t.Errorf("%d tasks were opened at b", n)
	}
}

// breaks makes one kind of write to a table fail until the function it returns is called.
func (e *engine) breaks(table, act string) (mend func()) {
	name := "broken_" + table + "_" + act
	if e.db.Engine() == db.SQLite {
		e.exec(`CREATE TRIGGER ` + name + ` BEFORE ` + act + ` ON ` + table + ` BEGIN SELECT RAISE(ABORT, 'broken'); END`)
		return func() { e.exec(`DROP TRIGGER ` + name) }
	}
	e.exec(`CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`)
	e.exec(`CREATE TRIGGER ` + name + ` BEFORE ` + act + ` ON ` + table + ` FOR EACH ROW EXECUTE FUNCTION broken()`)
	return func() { e.exec(`DROP TRIGGER ` + name + ` ON ` + table) }
}

// rows writes down everything the engine holds.
func (e *engine) rows() (text string) {
	e.t.Helper()
	err := e.db.View(e.t.Context(), func(tx *db.Tx) error {
		tables, err := e.db.Tables(e.t.Context(), tx)
		for _, table := range tables {
			if err != nil {
				return err
			}
			lines := map[string]int{}
			err = tx.Records(e.t.Context(), table, func(values []any) error {
				lines[fmt.Sprint(values...)]++
				return nil
			})
			text += fmt.Sprint(table.Name, lines, "\n")
		}
		return err
	})
	if err != nil {
		e.t.Fatal(err)
	}
	return text
}

// A step writes an instance, tasks, timers, waits, calls and jobs. Whichever of these writes fails, nothing of the step is kept, and once the fault
// is mended the same step is done in full.
func TestEveryWriteOfAStepMayFail(t *testing.T) {
	for _, broken := range [][2]string{{"workflow_task", "UPDATE"}, {"workflow_task", "INSERT"}, {"workflow_instance", "UPDATE"}, {"workflow_instance", "INSERT"},
		{"workflow_timer", "INSERT"}, {"workflow_timer", "DELETE"}, {"workflow_wait", "INSERT"}, {"workflow_service", "INSERT"}, {"workflow_incident", "INSERT"}, {"job_job", "INSERT"}} {
		t.Run(broken[0]+"-"+broken[1], func(t *testing.T) {
			e := newEngine(t)
			week := process.Event{Trigger: process.Timer, Clock: process.Clock{Duration: "P7D"}}
			e.deploy("child", elements{user("c")}, "start c", "c end")
			e.deploy("p", elements{user("a"), edge("late", "a", week), el("f", process.ParallelGateway), user("b"), edge("later", "b", week),
				on("m", process.IntermediateCatch, process.Event{Trigger: process.Message, Name: "m"}), {ID: "v", Kind: process.ServiceTask, Handler: "h"},
				{ID: "call", Kind: process.CallActivity, Calls: "child"}, {ID: "bad", Kind: process.ScriptTask, Script: "places.nowhere", Result: "n"}},
				"start a", "a f", "late end", "f b", "f m", "f v", "f call", "f bad", "b end", "later end", "m end", "v end", "call end", "bad end")
			e.start("p", "case", nil)
			task := open(t, e.flows, e.db, "case")[0]
			mend := e.breaks(broken[0], broken[1])
			before := e.rows()
			if _, err := complete(t, e.flows, e.db, officer("reviewer", "22"), "case", task.ID); err == nil {
				t.Fatal("the fault was not met")
			}
			if after := e.rows(); after != before {
				t.Fatalf("something was kept:\n%s\nwas\n%s", after, before)
			}
			mend()
			if _, err := complete(t, e.flows, e.db, officer("reviewer", "22"), "case", task.ID); err != nil {
				t.Fatal(err)
			}
			e.want("case", "b c")
			for query, want := range map[string]int{`SELECT count(*) FROM workflow_timer`: 1, `SELECT count(*) FROM workflow_wait`: 1, `SELECT count(*) FROM workflow_service`: 1,
				`SELECT count(*) FROM workflow_incident WHERE reason = 'no_value'`: 1, `SELECT count(*) FROM job_job WHERE state = 'available'`: 1} {
				if n := count(t, e.db, query); n != want {
					t.Errorf("%s: %d, want %d", query, n, want)
				}
			}
		})
	}
}

// An officer does a task at the moment its time is over, or the applicant withdraws: each process goes one way only, and nothing is left of the other.
func TestTimerAndOfficerAtOnce(t *testing.T) {
	e := newEngine(t)
	e.deploy("p", elements{user("a"), edge("late", "a", process.Event{Trigger: process.Timer, Clock: process.Clock{Duration: "P1D"}}), user("b")}, "start a", "a end", "late b", "b end")
	const cases = 30
	for i := range cases {
		e.start("p", fmt.Sprint("case", i), nil)
	}
	e.exec(`UPDATE workflow_timer SET fire_at = $1`, dayAgo())
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if _, err := e.flows.FireDue(t.Context()); err != nil && !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	}
	for i := range cases {
		wg.Go(func() {
			subject := fmt.Sprint("case", i)
			if i%3 == 0 {
				if err := e.db.Update(t.Context(), func(tx *db.Tx) error { return e.flows.Cancel(t.Context(), tx, subject) }); err != nil {
					t.Error(err)
				}
				return
			}
			for _, task := range open(t, e.flows, e.db, subject) {
				if task.Node != "a" {
					continue
				}
				if _, err := complete(t, e.flows, e.db, officer("reviewer", "22"), subject, task.ID); err != nil && !fault.HasKey(err, "workflow.task_gone") {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if _, err := e.flows.FireDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		subject := fmt.Sprint("case", i)
		state, at := stateOf(t, e.db, subject), e.at(subject)
		done := count(t, e.db, `SELECT count(*) FROM workflow_task WHERE subject = $1 AND node = 'a' AND state = 'done'`, subject)
		switch {
		case i%3 == 0 && state == "cancelled" && at == "" && done == 0:
		case i%3 != 0 && state == "ended" && at == "" && done == 1:
		case i%3 != 0 && state == "running" && at == "b" && done == 0:
		default:
			t.Errorf("%s is %s at %q, a was done %d times", subject, state, at, done)
		}
	}
	if n := count(t, e.db, `SELECT count(*) FROM workflow_timer`); n != 0 {
		t.Errorf("%d timers are left", n)
	}
}
