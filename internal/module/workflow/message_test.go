package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
)

// by is a start that a message brings about.
func by(id, message string) process.Element {
	return on(id, process.StartEvent, process.Event{Trigger: process.Message, Name: message})
}

func (e *engine) tell(m workflow.Message) (found bool) {
	e.t.Helper()
	e.update(func(tx *db.Tx) (err error) {
		found, err = e.flows.Correlate(e.t.Context(), tx, m)
		return err
	})
	return found
}

func (e *engine) begun(key string) int {
	e.t.Helper()
	return count(e.t, e.db, `SELECT count(*) FROM workflow_instance i JOIN workflow_definition d ON d.id = i.definition_id WHERE d.definition_key = $1`, key)
}

// A message nobody waits for begins an instance of each process in force that has a start for it, once, beside the subject that is its key.
func TestMessageStarts(t *testing.T) {
	e := newEngine(t)
	if e.tell(workflow.Message{Name: "objection", Key: "case", Places: places}) {
		t.Error("somebody heard it before there was anything")
	}
	start := by("start", "objection")
	start.Outputs = map[string]string{"n": "result.n"}
	e.deploy("hear", elements{start, user("h")}, "start h", "h end")
	e.deploy("either", elements{el("start", process.StartEvent), by("m", "objection"), user("a"), user("b")}, "start a", "m b", "a end", "b end")
	e.deploy("before", elements{by("start", "objection"), user("old")}, "start old", "old end")
	e.deploy("before", elements{by("start", "another"), user("new")}, "start new", "new end")
	e.deploy("p", elements{user("x")}, "start x", "x end")
	e.start("p", "case", nil)

	objection := workflow.Message{Name: "objection", Key: "case", Values: map[string]any{"n": 7}}
	for range 2 { // the second time it is known
		if !e.tell(objection) {
			t.Fatal("nobody heard it")
		}
	}
	e.want("case", "x b h")
	if e.begun("hear") != 1 || e.begun("either") != 1 || e.begun("before") != 0 {
		t.Errorf("begun %d, %d and %d", e.begun("hear"), e.begun("either"), e.begun("before"))
	}
	if n := count(t, e.db, `SELECT count(*) FROM workflow_instance WHERE topic = 'case' AND variables = '{"n":7}' AND region = '220102000000'`); n != 1 {
		t.Error("what the message brought, or whose it is, is lost")
	}
	for _, task := range open(t, e.flows, e.db, "case") {
		if task.Title != "t" || task.Number != "n" || task.DueOn != "2026-12-01" || task.OfficeName != "市场监督管理局" {
			t.Errorf("the task is %+v", task)
		}
	}

	e.deploy("hear", elements{by("start", "objection"), user("h2")}, "start h2", "h2 end")
	if !e.tell(objection) || e.begun("hear") != 1 {
		t.Error("a new version heard it again")
	}
	if !e.tell(workflow.Message{Name: "objection", Key: "case/2", Title: "second", Places: places}) {
		t.Error("another one was not heard")
	}
	e.want("case/2", "b h2")
	if e.tell(workflow.Message{Name: "objection", Places: places}) {
		t.Error("one without a key was heard")
	}
	e.done("case", "h")
	e.done("case", "b")
	e.done("case", "x")
	if n := count(t, e.db, `SELECT count(*) FROM workflow_instance WHERE state = 'running' AND (subject = 'case' OR topic = 'case')`); n != 0 {
		t.Errorf("%d run on", n)
	}
	if !e.tell(objection) || e.begun("hear") != 2 {
		t.Error("it begins again what is over")
	}
}

// An instance that waits takes a message, and nothing begins with it.
func TestMessageIsTakenByWhoWaits(t *testing.T) {
	e := newEngine(t)
	objection := process.Event{Trigger: process.Message, Name: "objection"}
	e.deploy("hear", elements{by("start", "objection"), user("h"), on("more", process.IntermediateCatch, objection), user("i")}, "start h", "h more", "more i", "i end")
	e.deploy("publicity", elements{on("wait", process.IntermediateCatch, objection), user("a")}, "start wait", "wait a", "a end")
	e.start("publicity", "case", nil)
	m := workflow.Message{Name: "objection", Key: "case"}
	if !e.tell(m) || e.begun("hear") != 0 {
		t.Errorf("%d begun although one waited", e.begun("hear"))
	}
	e.want("case", "a")
	if !e.tell(m) || e.begun("hear") != 1 {
		t.Errorf("%d begun", e.begun("hear"))
	}
	e.done("case", "h") // what began waits for the same now
	if !e.tell(m) || e.begun("hear") != 1 {
		t.Error("it began beside the one that waits")
	}
	e.want("case", "a i")
}

// A process sends a message that begins another: it is about what the sender is about. What can't go on from there stops no sender.
func TestProcessBeginsAnother(t *testing.T) {
	e := newEngine(t)
	send := on("send", process.IntermediateThrow, process.Event{Trigger: process.Message, Name: "check", Key: `"check/" + subject`})
	e.deploy("p", elements{send, user("a")}, "start send", "send a", "a end")
	e.deploy("check", elements{by("start", "check"), user("c")}, "start c", "c end")
	broken := by("start", "check")
	broken.Outputs = map[string]string{"n": "result.nothing"}
	e.deploy("stops", elements{broken, user("c")}, "start c", "c end")
	e.start("p", "case", nil)
	e.want("case", "a")
	e.want("check/case", "c")
	if task := open(t, e.flows, e.db, "check/case")[0]; task.Title != "t" || task.OfficeName != "市场监督管理局" {
		t.Errorf("the task is %+v", task)
	}
	list, err := e.flows.Incidents(t.Context(), keeper, "", 10)
	if err != nil || len(list) != 1 || list[0].Process != "stops" || list[0].Element != "start" {
		t.Errorf("%+v %v", list, err)
	}
	if e.tell(workflow.Message{Name: "check", Key: "nowhere"}); count(t, e.db, `SELECT count(*) FROM workflow_incident WHERE reason = 'nobody' AND office_path = '22'`) != 1 {
		t.Error("nobody looks after what is nobody's")
	}
}

// A process that only messages begin is begun by nobody else.
func TestMessageStartIsNoOther(t *testing.T) {
	e := newEngine(t)
	e.deploy("hear", elements{by("start", "objection"), user("h")}, "start h", "h end")
	err := e.db.Update(t.Context(), func(tx *db.Tx) error {
		return e.flows.Start(t.Context(), tx, workflow.StartParams{Definition: e.defs["hear"], Subject: "case", Places: places})
	})
	if err == nil || count(t, e.db, `SELECT count(*) FROM workflow_instance`) != 0 {
		t.Errorf("began: %v", err)
	}
	s := workflow.NewDefinitions(e.db, workflow.DefinitionNeeds{Rights: all{}, Log: e.log})
	for called, want := range map[string]int{"hear": 1, "p": 0} {
		if called == "p" {
			e.deploy("p", elements{user("x")}, "start x", "x end")
		}
		_, findings, err := s.Examine(t.Context(), actor.Program("test"), calling(called))
		if err != nil || len(findings) != want {
			t.Errorf("calling %s: %v %v", called, findings, err)
		}
	}
}

// all lets everybody do everything.
type all struct{}

func (all) Check(actor.Actor, string, actor.Target) error { return nil }

func calling(key string) []byte {
	return fmt.Appendf(nil, `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="caller" isExecutable="true"><startEvent id="s"/>
<sequenceFlow id="f" sourceRef="s" targetRef="c"/><callActivity id="c" calledElement="%s"/><sequenceFlow id="g" sourceRef="c" targetRef="e"/><endEvent id="e"/></process></definitions>`, key)
}

// On the page of a case somebody may tell what begins a process beside it, until it was told; on the page of no other.
func TestAwaitedStarts(t *testing.T) {
	e := newEngine(t)
	start := by("start", "objection")
	start.Name, start.Extra = "提出异议", map[string]string{"from": "applicant", "beside": "food p"}
	e.deploy("hear", elements{start, user("h")}, "start h", "h end")
	e.deploy("silent", elements{by("start", "objection"), user("i")}, "start i", "i end")
	e.deploy("p", elements{user("x")}, "start x", "x end")
	e.deploy("q", elements{user("x")}, "start x", "x end")
	e.start("p", "case", nil)
	e.start("q", "other", nil)
	awaited := func(subject string) (list []workflow.Awaited) {
		e.update(func(tx *db.Tx) (err error) {
			list, err = e.flows.Awaited(t.Context(), tx, subject)
			return err
		})
		return list
	}
	want := []workflow.Awaited{{Event: "hear:start", Name: "objection", Title: "提出异议", From: "applicant"}}
	if list := awaited("case"); !slices.Equal(list, want) {
		t.Fatalf("%+v", list)
	}
	if list := awaited("other"); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	e.tell(workflow.Message{Name: "objection", Key: "case"})
	e.want("case", "x h i")
	if list := awaited("case"); len(list) != 0 {
		t.Errorf("it may be told again: %+v", list)
	}
}

// Two nodes get the same messages at the same moment, and die at any. Each begins one instance, with all its rows or none.
func TestMessageStartsOnce(t *testing.T) {
	first, second := twoStores(t)
	nodes := []*engine{node(t, first), node(t, second)}
	nodes[0].deploy("hear", elements{by("start", "objection"), user("h")}, "start h", "h end")
	nodes[0].deploy("note", elements{by("start", "objection"), user("i")}, "start i", "i end")
	const messages = 20
	for i := range messages {
		m := workflow.Message{Name: "objection", Key: fmt.Sprint("case", i), Title: "t", Places: places}
		var heard atomic.Int64
		var wg sync.WaitGroup
		for _, n := range append(slices.Clone(nodes), nodes...) {
			after := int64(5 + rand.IntN(60))
			wg.Go(func() {
				ctx := die(t.Context(), after)
				err := n.db.Update(ctx, func(tx *db.Tx) error {
					_, err := n.flows.Correlate(ctx, tx, m)
					return err
				})
				if err == nil {
					heard.Add(1)
				}
			})
		}
		wg.Wait()
		if n := count(t, first, `SELECT count(*) FROM workflow_task WHERE subject = $1`, m.Key); heard.Load() > 0 && n != 2 || n != 0 && n != 2 {
			t.Errorf("%d tasks after %d heard it", n, heard.Load())
		}
		if !nodes[i%2].tell(m) {
			t.Fatal("nobody heard it")
		}
		nodes[0].want(m.Key, "h i")
	}
	for query, want := range map[string]int{`SELECT count(*) FROM workflow_instance`: 2 * messages, `SELECT count(*) FROM workflow_opened`: 2 * messages,
		`SELECT count(*) FROM workflow_opened o JOIN workflow_instance i ON i.id = o.instance_id`: 2 * messages} {
		if n := count(t, first, query); n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
}
