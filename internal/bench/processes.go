package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

// The process engine is measured by itself, through its service, on a store that holds nothing else. Beside it stand the same rows written by the
// engine of the database alone: without a definition, a state or a right, and without reading.

// promisedInstances is how many instances of one task an hour of rush must not wait for, a second.
const promisedInstances = 2000

// promisedTimers is how long a million timers may take, in seconds.
const promisedTimers = 300.0

const oneTask = `{"key":"one","name":"一步","nodes":[{"id":"start","kind":"start","next":["accept"]},
{"id":"accept","kind":"task","name":"受理","action":"accept","role":"window","place":"office","next":["end"]},{"id":"end","kind":"end"}]}`

// twelveTasks is a case as it is handled: eight steps one after the other and four offices at once.
var twelveTasks = func() string {
	var nodes []string
	task := func(id, next string) {
		nodes = append(nodes, fmt.Sprintf(`{"id":%q,"kind":"task","name":%q,"action":"opine","role":"reviewer","place":"office","next":[%q]}`, id, id, next))
	}
	nodes = append(nodes, `{"id":"start","kind":"start","next":["t1"]}`)
	for i := 1; i <= 3; i++ {
		task(fmt.Sprint("t", i), fmt.Sprint("t", i+1))
	}
	task("t4", "split")
	nodes = append(nodes, `{"id":"split","kind":"split","next":["p1","p2","p3","p4"]}`)
	for i := 1; i <= 4; i++ {
		task(fmt.Sprint("p", i), "join")
	}
	nodes = append(nodes, `{"id":"join","kind":"join","next":["t5"]}`)
	for i := 5; i <= 7; i++ {
		task(fmt.Sprint("t", i), fmt.Sprint("t", i+1))
	}
	task("t8", "end")
	return `{"key":"twelve","name":"十二步","nodes":[` + strings.Join(append(nodes, `{"id":"end","kind":"end"}`), ",") + `]}`
}()

// timed is a task with a limit: when it is over, the case goes to another.
const timed = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xiangyun="https://xiangyun.gov.example/bpmn" id="definitions_timed" targetNamespace="https://xiangyun.gov.example/bpmn" expressionLanguage="https://cel.dev">
  <bpmn:process id="timed" name="限时" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="a" name="审查"><bpmn:extensionElements><xiangyun:duty action="opine" role="reviewer" place="office"/></bpmn:extensionElements><bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
    <bpmn:boundaryEvent id="late" attachedToRef="a"><bpmn:outgoing>f3</bpmn:outgoing><bpmn:timerEventDefinition><bpmn:timeDuration>PT1M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:userTask id="b" name="督办"><bpmn:extensionElements><xiangyun:duty action="decide" role="chief" place="office"/></bpmn:extensionElements><bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="end"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="end2"><bpmn:incoming>f4</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="a"/>
    <bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="end"/>
    <bpmn:sequenceFlow id="f3" sourceRef="late" targetRef="b"/>
    <bpmn:sequenceFlow id="f4" sourceRef="b" targetRef="end2"/>
  </bpmn:process>
</bpmn:definitions>`

// processStore is a store with the engine's tables only.
type processStore struct {
	b     *bench
	e     *engine
	store *store
	db    *db.DB
	flows *workflow.Service
}

func (b *bench) openProcesses(ctx context.Context, e *engine, purpose string) (*processStore, error) {
	st, err := e.store(ctx, purpose)
	if err != nil {
		return nil, err
	}
	url := st.url
	if url == "" {
		url = "sqlite:" + filepath.Join(st.data, "processes.db")
	}
	d, err := db.Open(ctx, db.Config{URL: url})
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, job.Schema, workflow.Schema); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return &processStore{b: b, e: e, store: st, db: d, flows: workflow.New(d, workflow.Needs{})}, nil
}

func (p *processStore) close(ctx context.Context) error {
	return errors.Join(p.db.Close(), p.store.remove(ctx))
}

func (p *processStore) deploy(ctx context.Context, source string) (d *workflow.Definition, err error) {
	err = p.db.Update(ctx, func(tx *db.Tx) error {
		d, err = p.flows.Deploy(ctx, tx, []byte(source))
		return err
	})
	return d, err
}

var benchPlaces = workflow.Places{"office": {{ID: "office", Path: "220102d31", Name: "市场监督管理局"}}}

func (p *processStore) start(ctx context.Context, d *workflow.Definition, subject string) error {
	return p.db.Alongside(ctx, func(tx *db.Tx) error {
		return p.flows.Start(ctx, tx, workflow.StartParams{Definition: d, Subject: subject, Title: "食品经营许可", Number: "220102031261124000017", DueOn: "2027-01-15", Places: benchPlaces})
	})
}

// complete does the first open task of a subject, and tells whether the process is over.
func (p *processStore) complete(ctx context.Context, subject string) (ended bool, err error) {
	var at *workflow.Process
	err = p.db.Glance(ctx, func(tx *db.Tx) error {
		at, err = p.flows.Process(ctx, tx, subject)
		return err
	})
	if err != nil {
		return false, err
	}
	if len(at.Open) == 0 {
		return false, fmt.Errorf("nothing is open")
	}
	err = p.db.Alongside(ctx, func(tx *db.Tx) (err error) {
		ended, err = p.flows.Complete(ctx, tx, actor.Program("bench"), at, &at.Open[0], "", workflow.Done{Outcome: "opine"})
		return err
	})
	return ended, err
}

// whole runs an instance from its start to its end.
func (p *processStore) whole(d *workflow.Definition) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		subject := db.NewKey()
		if err := p.start(ctx, d, subject); err != nil {
			return err
		}
		for ended := false; !ended; {
			var err error
			if ended, err = p.complete(ctx, subject); err != nil {
				return err
			}
		}
		return nil
	}
}

// bare returns what an instance writes from its start to its end, done by the database alone, statement by statement, a transaction for each step.
func (p *processStore) bare(ctx context.Context, d *workflow.Definition) (func(ctx context.Context) error, int, error) {
	subject := db.NewKey()
	last, err := snapshot(ctx, p.db)
	if err != nil {
		return nil, 0, err
	}
	var all []recording
	for step, ended := 0, false; !ended; step++ {
		if step == 0 {
			err = p.start(ctx, d, subject)
		} else {
			ended, err = p.complete(ctx, subject)
		}
		if err != nil {
			return nil, 0, err
		}
		now, err := snapshot(ctx, p.db)
		if err != nil {
			return nil, 0, err
		}
		all, last = append(all, now.since(last)), now
	}
	names, rows := rename(all...), 0
	plans := make([]plan, len(all))
	for i, r := range all {
		plans[i] = r.plan(names)
		rows += r.rows()
	}
	return func(ctx context.Context) error {
		replacer := rename(all...).replacer()
		for _, plan := range plans {
			if err := plan.replay(ctx, p.db, replacer); err != nil {
				return err
			}
		}
		return nil
	}, rows, nil
}

// runningClients is how many clients move processes at once.
const runningClients = 64

// processes measures the engine.
func (b *bench) processes(ctx context.Context, e *engine) error {
	p, err := b.openProcesses(ctx, e, "processes")
	if err != nil {
		return err
	}
	defer func() { _ = p.close(context.WithoutCancel(ctx)) }() // what matters was measured
	one, err := p.deploy(ctx, oneTask)
	if err != nil {
		return err
	}
	twelve, err := p.deploy(ctx, twelveTasks)
	if err != nil {
		return err
	}
	for _, m := range []struct {
		name string
		d    *workflow.Definition
	}{{"process_one_task", one}, {"process_twelve_tasks", twelve}} {
		bare, rows, err := p.bare(ctx, m.d)
		if err != nil {
			return fmt.Errorf("recording %s: %w", m.name, err)
		}
		got, err := load(ctx, runningClients, b.warm, b.measured, p.whole(m.d))
		if err != nil {
			return err
		}
		limit, err := load(ctx, runningClients, b.warm, b.measured, bare)
		if err != nil {
			return fmt.Errorf("replaying: %w", err)
		}
		err = b.tell(Result{Name: m.name, Engine: e.name, Value: got.perSecond, Unit: "instances/s", N: got.n,
			LimitName: fmt.Sprintf("the same %d row changes by the database alone, each step a transaction of its own", rows), Limit: limit.perSecond})
		if err != nil {
			return err
		}
	}
	return errors.Join(p.growing(ctx, one), b.timers(ctx, e))
}

// growing measures instances of one task while ever more others run.
func (p *processStore) growing(ctx context.Context, one *workflow.Definition) error {
	live, small := 0, 0.0
	for n := 1000; n <= p.b.live(); n *= 10 {
		if err := p.seed(ctx, one, n-live, false); err != nil {
			return err
		}
		live = n
		if err := p.rest(ctx); err != nil {
			return err
		}
		got, err := load(ctx, runningClients, p.b.warm, p.b.measured, p.whole(one))
		if err != nil {
			return err
		}
		r := Result{Name: fmt.Sprintf("process_one_task_beside_%d", n), Engine: p.e.name, Value: got.perSecond, Unit: "instances/s", N: got.n,
			LimitName: "what is promised", Limit: promisedInstances}
		if small == 0 {
			small = got.perSecond
		} else {
			r.LimitName, r.Limit = "beside 1000", small
		}
		if err := p.b.tell(r); err != nil {
			return err
		}
	}
	return nil
}

// rest lets PostgreSQL do what it does by itself within minutes.
func (p *processStore) rest(ctx context.Context) error {
	if p.store.url == "" {
		return nil
	}
	for _, statement := range []string{"ANALYZE", "CHECKPOINT"} {
		if err := p.e.run(ctx, p.store, statement); err != nil {
			return err
		}
	}
	return nil
}

// timers measures how fast timers are fired that are due at once.
func (b *bench) timers(ctx context.Context, e *engine) error {
	p, err := b.openProcesses(ctx, e, "timers")
	if err != nil {
		return err
	}
	defer func() { _ = p.close(context.WithoutCancel(ctx)) }() // what matters was measured
	d, err := p.deploy(ctx, timed)
	if err != nil {
		return err
	}
	n := b.live()
	if err := p.seed(ctx, d, n, true); err != nil {
		return err
	}
	if err := p.rest(ctx); err != nil {
		return err
	}
	begin := time.Now()
	fired, err := p.flows.FireDue(ctx)
	if err != nil {
		return err
	}
	if fired != n {
		return fmt.Errorf("%d of %d timers were fired", fired, n)
	}
	took := time.Since(begin).Seconds()
	fmt.Fprintf(b.Progress, "%s: %d timers in %.1f s, %.0f a second\n", e.name, fired, took, float64(fired)/took)
	return b.tell(Result{Name: "process_timers", Engine: e.name, Value: took, Unit: "s", N: fired, LimitName: fmt.Sprintf("what is promised for %d", n),
		Limit: promisedTimers * float64(n) / mostLive})
}

// mostLive is how many instances run beside what is measured, and how many timers are due at once.
const mostLive = 1_000_000

func (b *bench) live() int {
	if b.Live > 0 {
		return b.Live
	}
	return mostLive
}

// seed makes running instances like one that is started, each with its open task, of a thousand offices; with timers each has one that is due.
func (p *processStore) seed(ctx context.Context, d *workflow.Definition, n int, timers bool) error {
	sample := db.NewKey()
	if err := p.start(ctx, d, sample); err != nil {
		return err
	}
	type row struct{ Machine, Places, TokenID, Node string }
	var like row
	err := p.db.View(ctx, func(tx *db.Tx) (err error) {
		like, err = db.One[row](ctx, tx, `SELECT i.machine, i.places, t.token_id, t.node FROM workflow_instance i JOIN workflow_task t ON t.instance_id = i.id WHERE i.subject = $1`, sample)
		return err
	})
	if err != nil {
		return err
	}
	for ended := timers; !ended; {
		if ended, err = p.complete(ctx, sample); err != nil {
			return err
		}
	}
	if timers { // the sample's own is not due
		n--
		err := p.db.Update(ctx, func(tx *db.Tx) error {
			return tx.Later(ctx, `UPDATE workflow_timer SET fire_at = $1`, tx.Now.Add(-time.Hour))
		})
		if err != nil {
			return err
		}
	}
	owner, err := strconv.ParseInt(like.TokenID, 10, 64)
	if err != nil {
		return err
	}
	const batch = 5000
	for at := 0; at < n; at += batch {
		err := p.db.Update(ctx, func(tx *db.Tx) error {
			var instances, tasks, due [][]any
			for i := at; i < min(n, at+batch); i++ {
				id, subject, office := db.NewKey(), db.NewKey(), fmt.Sprintf("22%04dd31", i%1000)
				instances = append(instances, []any{id, d.ID, subject, "running", like.Places, tx.Now, like.Machine, "{}", int64(1), "食品经营许可", "220102031261124000018"})
				tasks = append(tasks, []any{db.NewKey(), id, like.TokenID, subject, like.Node, "受理", "accept", "window", "office", office, "市场监督管理局", "食品经营许可",
					"220102031261124000018", fmt.Sprintf("2027-01-%02d", 1+i%28), "open", tx.Now})
				due = append(due, []any{db.NewKey(), id, owner, "late", tx.Now.Add(-time.Duration(i%60) * time.Second)})
			}
			err := errors.Join(
				tx.Bulk(ctx, "workflow_instance", []string{"id", "definition_id", "subject", "state", "places", "started_at", "machine", "variables", "version", "title", "number"}, instances),
				tx.Bulk(ctx, "workflow_task", []string{"id", "instance_id", "token_id", "subject", "node", "name", "action", "role", "office_id", "office_path", "office_name",
					"title", "number", "due_on", "state", "opened_at"}, tasks))
			if err != nil || !timers {
				return err
			}
			return tx.Bulk(ctx, "workflow_timer", []string{"id", "instance_id", "owner", "event", "fire_at"}, due)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
