package workflow_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

// log keeps leaves in memory: what is tested is that they are written, not how.
type log struct {
	mu   sync.Mutex
	list []audit.Entry
}

func (l *log) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, e)
	return nil
}

func (l *log) has(kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.list {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

// rights lets keepers keep what lies under their offices.
type rights struct{}

func (rights) Check(by actor.Actor, action string, on actor.Target) error {
	for _, d := range by.Duties {
		if d.Role == "keeper" && strings.HasPrefix(on.OfficePath, d.OfficePath) && action == workflow.ActKeep {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "office.no_right")
}

func (rights) Reach(by actor.Actor, _ string) (paths []string) {
	for _, d := range by.Duties {
		if d.Role == "keeper" {
			paths = append(paths, d.OfficePath)
		}
	}
	return paths
}

// engine is a node with its queue.
type engine struct {
	t     testing.TB
	db    *db.DB
	queue *job.Queue
	flows *workflow.Service
	log   *log
	defs  map[string]*workflow.Definition
}

func node(t testing.TB, d *db.DB) *engine {
	e := &engine{t: t, db: d, queue: job.New(d, slog.New(slog.DiscardHandler)), log: &log{}, defs: map[string]*workflow.Definition{}}
	e.flows = workflow.New(d, workflow.Needs{Rights: rights{}, Queue: e.queue, Log: e.log})
	e.flows.Register(e.queue)
	return e
}

func newEngine(t testing.TB) *engine {
	return node(t, dbtest.Open(t, job.Schema, workflow.Schema))
}

func (e *engine) update(f func(tx *db.Tx) error) {
	e.t.Helper()
	if err := e.db.Update(e.t.Context(), f); err != nil {
		e.t.Fatal(err)
	}
}

// exec changes rows by hand, to let time pass.
func (e *engine) exec(text string, args ...any) {
	e.t.Helper()
	e.update(func(tx *db.Tx) error {
		_, err := tx.Exec(e.t.Context(), text, args...)
		return err
	})
}

func count(t testing.TB, d *db.DB, query string, args ...any) (n int) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One[int](t.Context(), tx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (e *engine) start(key, subject string, values map[string]any) {
	e.t.Helper()
	e.update(func(tx *db.Tx) error {
		d, err := e.flows.Latest(e.t.Context(), tx, key)
		if err != nil {
			return err
		}
		return e.flows.Start(e.t.Context(), tx, workflow.StartParams{Definition: d, Subject: subject, Title: "t", Number: "n", DueOn: "2026-12-01", Places: places,
			Region: "220102000000", Values: values})
	})
}

// at lists where the tasks of a subject stand.
func (e *engine) at(subject string) string {
	e.t.Helper()
	var nodes []string
	for _, task := range open(e.t, e.flows, e.db, subject) {
		nodes = append(nodes, task.Node)
	}
	return strings.Join(nodes, " ")
}

func (e *engine) want(subject, at string) {
	e.t.Helper()
	if got := e.at(subject); got != at {
		e.t.Fatalf("%s stands at %q, want %q", subject, got, at)
	}
}

func (e *engine) done(subject, node string) {
	e.t.Helper()
	for _, task := range open(e.t, e.flows, e.db, subject) {
		if task.Node == node {
			if _, err := complete(e.t, e.flows, e.db, actor.Program("test"), subject, task.ID); err != nil {
				e.t.Fatal(err)
			}
			return
		}
	}
	e.t.Fatalf("%s has no task at %s", subject, node)
}

// drain lets the queue do all its work.
func (e *engine) drain() {
	e.t.Helper()
	if err := e.queue.Drain(e.t.Context()); err != nil {
		e.t.Fatal(err)
	}
}

var keeper = actor.Actor{Kind: actor.Officer, Account: "keeper", Duties: []actor.Duty{{Role: "keeper", OfficePath: "22"}}}

func TestTimers(t *testing.T) {
	e := newEngine(t)
	e.deploy("p", elements{user("a"), edge("late", "a", process.Event{Trigger: process.Timer, Clock: process.Clock{Workdays: "days"}}), user("b")}, "start a", "a end", "late b", "b end")
	e.start("p", "case", map[string]any{"days": 7})
	e.update(func(tx *db.Tx) error {
		at, err := db.One[time.Time](t.Context(), tx, `SELECT fire_at FROM workflow_timer WHERE event = 'late'`)
		if want := workday.Standard(region.Code{}).Add(civil.Of(tx.Now), 7).End(); !at.Equal(want) {
			t.Errorf("fires at %v, want %v", at, want)
		}
		return err
	})
	if n, err := e.flows.FireDue(t.Context()); err != nil || n != 0 {
		t.Fatalf("fired %d before its time: %v", n, err)
	}
	e.want("case", "a")
	e.exec(`UPDATE workflow_timer SET fire_at = $1`, dayAgo())
	if n, err := e.flows.FireDue(t.Context()); err != nil || n != 1 {
		t.Fatalf("fired %d: %v", n, err)
	}
	e.want("case", "b")
	if task := open(t, e.flows, e.db, "case")[0]; task.DueOn != "2026-12-01" || task.Title != "t" {
		t.Errorf("the task a timer opened is %+v", task)
	}
	e.done("case", "b")
	if s := stateOf(t, e.db, "case"); s != "ended" {
		t.Error(s)
	}
	e.start("p", "other", map[string]any{"days": 1})
	e.done("other", "a")
	if n := count(t, e.db, `SELECT count(*) FROM workflow_timer`); n != 0 {
		t.Errorf("%d timers of what is done", n)
	}
	e.start("p", "third", map[string]any{"days": 1})
	e.update(func(tx *db.Tx) error { return e.flows.Cancel(t.Context(), tx, "third") })
	if n := count(t, e.db, `SELECT count(*) FROM workflow_timer`); n != 0 || stateOf(t, e.db, "third") != "cancelled" {
		t.Errorf("%d timers of what was cancelled", n)
	}
}

// A timer that can't be fired, because its process would go in a circle, holds up nobody: it becomes an incident, and the others are fired.
func TestTimerThatCannotBeFired(t *testing.T) {
	e := newEngine(t)
	e.deploy("circle", elements{user("a"), edge("late", "a", process.Event{Trigger: process.Timer, Clock: process.Clock{Duration: "P1D"}}), el("x", process.ExclusiveGateway),
		el("y", process.ExclusiveGateway)}, "start a", "a end", "late x", "x y", "y x n == 0", "y end n > 0")
	e.deploy("p", elements{user("a"), edge("late", "a", process.Event{Trigger: process.Timer, Clock: process.Clock{Duration: "P1D"}}), user("b")}, "start a", "a end", "late b", "b end")
	e.start("circle", "bad", nil)
	e.start("p", "good", nil)
	e.exec(`UPDATE workflow_timer SET fire_at = $1`, dayAgo())
	if _, err := e.flows.FireDue(t.Context()); err == nil {
		t.Error("nothing was said of the one that failed")
	}
	e.want("good", "b")
	e.want("bad", "a")
	list, err := e.flows.Incidents(t.Context(), keeper, "", 10)
	if err != nil || len(list) != 1 || list[0].Reason != "unfired" || list[0].Subject != "bad" {
		t.Fatalf("%+v %v", list, err)
	}
	if err := e.flows.Retry(t.Context(), keeper, list[0].ID); !fault.HasKey(err, "workflow.endless") {
		t.Errorf("retried: %v", err)
	}
	e.exec(`UPDATE workflow_instance SET variables = '{"n":1}', version = version + 1 WHERE subject = 'bad'`)
	if err := e.flows.Retry(t.Context(), keeper, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if s := stateOf(t, e.db, "bad"); s != "ended" || !e.log.has("workflow.retried") || count(t, e.db, `SELECT count(*) FROM workflow_timer`) != 0 {
		t.Errorf("is %s", s)
	}
}

func TestServices(t *testing.T) {
	e := newEngine(t)
	sv := process.Element{ID: "v", Kind: process.ServiceTask, Handler: "check", Inputs: map[string]string{"n": "n"}, Outputs: map[string]string{"n": "result.n"}}
	e.deploy("p", elements{sv, el("which", process.ExclusiveGateway), edge("none", "v", process.Event{Trigger: process.Error, Name: "none"}), user("a"), user("b")},
		"start v", "v which", "which a n == 2", "which b n != 2", "none b", "a end", "b end")
	var mu sync.Mutex
	calls := map[string]int{}
	mode := "ok"
	e.flows.Handle("check", workflow.Handler{Attempts: 2, Run: func(ctx context.Context, c workflow.Call) (map[string]any, error) {
		mu.Lock()
		defer mu.Unlock()
		calls[c.Key]++
		switch mode {
		case "fails":
			return nil, errors.New("no luck")
		case "code":
			return nil, workflow.Failure{Code: "none"}
		case "panics":
			panic("boom")
		case "hangs":
			<-ctx.Done()
			return nil, ctx.Err()
		}
		n, _ := c.Inputs["n"].(float64)
		return map[string]any{"n": n + 1}, nil
	}})
	e.start("p", "one", map[string]any{"n": 1})
	e.want("one", "")
	e.drain()
	e.want("one", "a")
	mode = "code"
	e.start("p", "two", nil)
	e.drain()
	e.want("two", "b")
	for _, mode = range []string{"fails", "panics"} {
		e.start("p", mode, map[string]any{"n": 1})
		e.drain()
		e.exec(`UPDATE job_job SET due_at = $1 WHERE state = 'available'`, dayAgo())
		e.drain()
		list, err := e.flows.Incidents(t.Context(), keeper, "", 10)
		if err != nil || len(list) != 1 || list[0].Reason != machine.Service || list[0].Element != "v" {
			t.Fatalf("%s: %+v %v", mode, list, err)
		}
		if _, err := e.flows.Incidents(t.Context(), officer("window", "22"), "", 10); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a window sees incidents: %v", err)
		}
		if err := e.flows.Retry(t.Context(), officer("window", "22"), list[0].ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a window retries: %v", err)
		}
		was := mode
		mode = "ok"
		if err := e.flows.Retry(t.Context(), keeper, list[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := e.flows.Retry(t.Context(), keeper, list[0].ID); !fault.HasKey(err, "workflow.incident_closed") {
			t.Errorf("retried twice: %v", err)
		}
		e.drain()
		e.want(was, "a")
	}
	if n := count(t, e.db, `SELECT count(*) FROM workflow_service`); n != 0 {
		t.Errorf("%d calls are left", n)
	}
}

// A handler that did its work and was cut off before its result was stored is asked again with the same key, and its process moves once.
func TestServiceAskedAgain(t *testing.T) {
	e := newEngine(t)
	e.deploy("p", elements{process.Element{ID: "v", Kind: process.ServiceTask, Handler: "pay"}, user("a")}, "start v", "v a", "a end")
	paid := map[string]int{}
	ctx, cut := context.WithCancel(t.Context())
	e.flows.Handle("pay", workflow.Handler{Run: func(_ context.Context, c workflow.Call) (map[string]any, error) {
		paid[c.Key]++
		cut() // the node dies here the first time
		return nil, nil
	}})
	e.start("p", "case", nil)
	if err := e.queue.Drain(ctx); err == nil {
		t.Log("the queue ended in order")
	}
	e.exec(`UPDATE job_job SET due_at = $1 WHERE state IN ('available', 'running')`, dayAgo())
	e.drain()
	e.want("case", "a")
	if len(paid) != 1 {
		t.Errorf("asked with several keys: %v", paid)
	}
}

func TestMessagesSignalsAndCalls(t *testing.T) {
	e := newEngine(t)
	receive := on("r", process.IntermediateCatch, process.Event{Trigger: process.Message, Name: "opinion"})
	receive.Outputs = map[string]string{"n": "result.days"}
	e.deploy("waits", elements{receive, user("a"), edge("stop", "a", process.Event{Trigger: process.Signal, Name: "holiday"}), user("b")}, "start r", "r a", "a end", "stop b", "b end")
	call := process.Element{ID: "c", Kind: process.CallActivity, Calls: "child", Inputs: map[string]string{"n": "n"}, Outputs: map[string]string{"n": "result.n"}}
	e.deploy("child", elements{user("ask"), process.Element{ID: "add", Kind: process.ScriptTask, Script: "n + 1", Result: "n"}, el("x", process.ExclusiveGateway),
		on("bad", process.EndEvent, process.Event{Trigger: process.Error, Name: "no"})}, "start ask", "ask add", "add x", "x end n < 10", "x bad n >= 10")
	send := on("tell", process.IntermediateThrow, process.Event{Trigger: process.Message, Name: "opinion", Key: `"other"`})
	send.Inputs = map[string]string{"days": "n"}
	e.deploy("parent", elements{call, edge("no", "c", process.Event{Trigger: process.Error, Name: "no"}), send, user("sorry")}, "start c", "c tell", "tell end", "no sorry", "sorry end")

	e.start("waits", "other", nil)
	e.start("waits", "third", nil)
	e.start("parent", "case", map[string]any{"n": 4})
	e.want("case", "ask") // the child's task is the case's
	e.done("case", "ask")
	if s := stateOf(t, e.db, "case"); s != "ended" {
		t.Errorf("the parent is %s", s)
	}
	e.want("other", "a") // its message came, to nobody else
	e.want("third", "")
	if n := count(t, e.db, `SELECT count(*) FROM workflow_instance WHERE subject = 'other' AND variables = '{"n":5}'`); n != 1 {
		t.Error("what the message brought is lost")
	}
	e.update(func(tx *db.Tx) error {
		found, err := e.flows.Correlate(t.Context(), tx, workflow.Message{Name: "opinion", Key: "third", Values: map[string]any{"days": 1}})
		again, err2 := e.flows.Correlate(t.Context(), tx, workflow.Message{Name: "opinion", Key: "third"})
		if !found || again {
			t.Errorf("found %v, again %v", found, again)
		}
		return errors.Join(err, err2)
	})
	e.update(func(tx *db.Tx) error { return e.flows.Broadcast(t.Context(), tx, "holiday") })
	e.drain()
	e.want("other", "b")
	e.want("third", "b")
	e.start("parent", "fails", map[string]any{"n": 9})
	e.done("fails", "ask")
	e.want("fails", "sorry")
	e.start("parent", "gone", nil)
	e.update(func(tx *db.Tx) error { return e.flows.Cancel(t.Context(), tx, "gone") })
	e.want("gone", "")
	if n := count(t, e.db, `SELECT count(*) FROM workflow_instance WHERE topic = 'gone' AND state = 'running'`); n != 0 {
		t.Error("a child runs on")
	}
}

// Two processes that call each other for ever are refused, and nothing of them is kept.
func TestCallsWithoutEnd(t *testing.T) {
	e := newEngine(t)
	e.deploy("p", elements{process.Element{ID: "c", Kind: process.CallActivity, Calls: "p"}}, "start c", "c end")
	err := e.db.Update(t.Context(), func(tx *db.Tx) error {
		d, err := e.flows.Latest(t.Context(), tx, "p")
		if err != nil {
			return err
		}
		return e.flows.Start(t.Context(), tx, workflow.StartParams{Definition: d, Subject: "case", Places: places})
	})
	if err == nil || count(t, e.db, `SELECT count(*) FROM workflow_instance`) != 0 {
		t.Errorf("started: %v", err)
	}
}

func TestSendBack(t *testing.T) {
	s, d := setup(t)
	begin(t, s, d, "case", "2026-12-01")
	e := &engine{t: t, db: d, flows: s}
	e.done("case", "accept")
	e.done("case", "documents")
	back := func(to string, all bool) error {
		return d.Update(t.Context(), func(tx *db.Tx) error {
			p, err := s.Process(t.Context(), tx, "case")
			if err != nil {
				return err
			}
			return s.SendBack(t.Context(), tx, p, &p.Open[0], workflow.Back{To: to, All: all})
		})
	}
	if err := back("accept", false); !fault.HasKey(err, "workflow.other_branches") {
		t.Errorf("the other branch was forgotten: %v", err)
	}
	if err := back("decide", true); err != nil && !fault.HasKey(err, "workflow.no_way_back") {
		t.Error(err)
	}
	if e.at("case") == "inspection" {
		if err := back("accept", true); err != nil {
			t.Fatal(err)
		}
		e.want("case", "accept")
	}
}

// A circle through a time that is over fires once in a call, then at most once a minute, and in the end becomes an incident a keeper may take up again.
func TestTimerInCircle(t *testing.T) {
	e := newEngine(t)
	e.deploy("p", elements{el("x", process.ExclusiveGateway), on("past", process.IntermediateCatch, process.Event{Trigger: process.Timer, Clock: process.Clock{Date: `"2020-01-01"`}}),
		el("y", process.ExclusiveGateway), user("a")}, "start x", "x past", "past y", "y x n == 0", "y a n > 0", "a end")
	e.start("p", "case", map[string]any{"n": 0})
	began := time.Now()
	if n, err := e.flows.FireDue(t.Context()); err != nil || n != 1 {
		t.Fatalf("fired %d: %v", n, err)
	}
	e.update(func(tx *db.Tx) error {
		at, err := db.One[time.Time](t.Context(), tx, `SELECT fire_at FROM workflow_timer WHERE event = 'past'`)
		if at.Before(began.Add(time.Minute).Truncate(time.Millisecond)) {
			t.Errorf("it fires again at %v, after %v", at, began)
		}
		return err
	})
	if n, err := e.flows.FireDue(t.Context()); err != nil || n != 0 {
		t.Fatalf("fired %d at once again: %v", n, err)
	}
	e.exec(`UPDATE workflow_instance SET machine = replace(machine, '"f":{"past":1}', '"f":{"past":999}')`)
	for _, want := range []bool{true, false} {
		e.exec(`UPDATE workflow_timer SET fire_at = $1`, dayAgo())
		if _, err := e.flows.FireDue(t.Context()); errors.Is(err, machine.ErrOften) == want || want && err != nil {
			t.Fatalf("gave %v, want that it fires: %t", err, want)
		}
	}
	list, err := e.flows.Incidents(t.Context(), keeper, "", 10)
	if err != nil || len(list) != 1 || list[0].Reason != "unfired" || list[0].Element != "past" {
		t.Fatalf("%+v %v", list, err)
	}
	if err := e.flows.Retry(t.Context(), keeper, list[0].ID); err != nil {
		t.Fatal(err)
	}
	e.exec(`UPDATE workflow_timer SET fire_at = $1`, dayAgo())
	if n, err := e.flows.FireDue(t.Context()); err != nil || n != 1 {
		t.Errorf("after a keeper let it fire it fired %d: %v", n, err)
	}
}
