package machine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
)

// flows are written "from to condition"; a flow's id is from>to.
func connect(elements []process.Element, flows ...string) *process.Process {
	p := &process.Process{Key: "p", Name: "p", Variables: []process.Variable{{Name: "n", Type: "int"}, {Name: "kind", Type: "string"}, {Name: "list", Type: "list"}}}
	for _, e := range elements {
		p.Elements = append(p.Elements, &e)
	}
	for _, text := range flows {
		part := strings.SplitN(text, " ", 3)
		f := &process.Flow{ID: part[0] + ">" + part[1], From: part[0], To: part[1]}
		if len(part) == 3 {
			f.When = part[2]
		}
		p.Flows = append(p.Flows, f)
		p.Element(f.From).Outgoing = append(p.Element(f.From).Outgoing, f.ID)
		p.Element(f.To).Incoming = append(p.Element(f.To).Incoming, f.ID)
	}
	return p
}

// instance runs a process and remembers what is open, as a store would.
type instance struct {
	t      testing.TB
	p      *machine.Program
	s      machine.State
	values map[string]any
	tasks  map[int]string            // token → element
	works  map[int]machine.Effect    // services and children by token
	armed  map[string]machine.Effect // "owner event"
	stuck  map[int]string            // incidents by token
	done   []string                  // messages, signals and ends, in order
	items  map[int]any
}

func begin(t testing.TB, in *process.Process, values map[string]any) *instance {
	t.Helper()
	p, err := machine.Compile(in)
	if err != nil {
		t.Fatal(err)
	}
	i := &instance{t: t, p: p, values: map[string]any{"subject": "case"}, tasks: map[int]string{}, works: map[int]machine.Effect{},
		armed: map[string]machine.Effect{}, stuck: map[int]string{}, items: map[int]any{}}
	maps.Copy(i.values, values)
	i.must(machine.Command{Do: machine.Start})
	return i
}

func (i *instance) must(c machine.Command) {
	i.t.Helper()
	if err := i.do(c); err != nil {
		i.t.Fatalf("%+v at %+v: %v", c, i.s, err)
	}
}

// do steps twice, once from a copy that went through JSON: both must give the same bytes. Nothing is opened twice or closed that is not open.
func (i *instance) do(c machine.Command) error {
	i.t.Helper()
	before := encode(i.t, i.s)
	next, effects, err := i.p.Step(i.s, c, machine.Env{Values: i.values})
	var copied machine.State
	if e := json.Unmarshal([]byte(before), &copied); e != nil {
		i.t.Fatal(e)
	}
	next2, effects2, err2 := i.p.Step(copied, c, machine.Env{Values: i.values})
	if encode(i.t, next) != encode(i.t, next2) || encode(i.t, effects) != encode(i.t, effects2) || !errors.Is(err2, err) {
		i.t.Fatalf("the same step gave two answers:\n%s\n%s", encode(i.t, effects), encode(i.t, effects2))
	}
	if encode(i.t, i.s) != before {
		i.t.Fatal("the step changed the state it was given")
	}
	if err != nil {
		return err
	}
	i.s = next
	if c.Do == machine.Fire {
		delete(i.armed, fmt.Sprint(c.Token, " ", c.Event))
	}
	if slices.Contains([]machine.Verb{machine.Complete}, c.Do) {
		delete(i.tasks, c.Token)
	}
	if slices.Contains([]machine.Verb{machine.Serve, machine.FailService, machine.EndChild, machine.FailChild}, c.Do) {
		delete(i.works, c.Token)
	}
	for _, e := range effects {
		i.effect(e)
	}
	return nil
}

func (i *instance) effect(e machine.Effect) {
	i.t.Helper()
	arm := fmt.Sprint(e.Token, " ", e.Event)
	switch e.Do {
	case machine.OpenTask:
		if _, there := i.tasks[e.Token]; there {
			i.t.Fatalf("the task of token %d was opened twice", e.Token)
		}
		i.tasks[e.Token], i.items[e.Token] = e.Element, e.Item
	case machine.WithdrawTask:
		if _, there := i.tasks[e.Token]; !there {
			i.t.Fatalf("the task of token %d was withdrawn and is not open", e.Token)
		}
		delete(i.tasks, e.Token)
	case machine.MoveTask:
		i.tasks[e.Token] = e.Element
	case machine.RunService, machine.StartChild:
		i.works[e.Token] = e
	case machine.StopService, machine.StopChild:
		delete(i.works, e.Token)
	case machine.SetTimer, machine.WaitMessage, machine.WaitSignal:
		if _, there := i.armed[arm]; there {
			i.t.Fatalf("%s was armed twice", arm)
		}
		i.armed[arm] = e
	case machine.ClearTimer, machine.ClearWait:
		if _, there := i.armed[arm]; !there {
			i.t.Fatalf("%s was cleared and is not armed", arm)
		}
		delete(i.armed, arm)
	case machine.OpenIncident:
		i.stuck[e.Token] = e.Name
	case machine.CloseIncident:
		delete(i.stuck, e.Token)
	case machine.SetVariable:
		i.values[e.Name] = e.Value
	case machine.SendMessage:
		i.done = append(i.done, "message "+e.Name+" "+e.Key)
	case machine.ThrowSignal:
		i.done = append(i.done, "signal "+e.Name)
	case machine.Ended:
		i.done = append(i.done, "ended")
	}
}

func encode(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// at lists the elements with open tasks, in order.
func (i *instance) at() string {
	return strings.Join(slices.Sorted(maps.Values(i.tasks)), " ")
}

func (i *instance) token(element string) int {
	i.t.Helper()
	for _, id := range slices.Sorted(maps.Keys(i.tasks)) {
		if i.tasks[id] == element {
			return id
		}
	}
	for _, id := range slices.Sorted(maps.Keys(i.works)) {
		if i.works[id].Element == element {
			return id
		}
	}
	i.t.Fatalf("nothing is open at %s: %+v", element, i.s)
	return 0
}

func (i *instance) complete(element string, outcome ...string) {
	i.t.Helper()
	i.must(machine.Command{Do: machine.Complete, Token: i.token(element), Outcome: strings.Join(outcome, "")})
}

func (i *instance) fire(event string) {
	i.t.Helper()
	for _, k := range slices.Sorted(maps.Keys(i.armed)) {
		if e := i.armed[k]; e.Event == event {
			i.must(machine.Command{Do: machine.Fire, Token: e.Token, Event: event})
			return
		}
	}
	i.t.Fatalf("%s is not armed: %+v", event, i.s)
}

func (i *instance) want(at string, more ...string) {
	i.t.Helper()
	if i.at() != at {
		i.t.Fatalf("open are %q, want %q: %s", i.at(), at, encode(i.t, i.s))
	}
	if at != "" || len(more) > 0 {
		for _, m := range more {
			if !slices.Contains(i.done, m) {
				i.t.Fatalf("%q did not happen: %v", m, i.done)
			}
		}
		return
	}
}

// over checks that the instance has ended and nothing is left of it.
func (i *instance) over() {
	i.t.Helper()
	if !i.s.Ended || len(i.tasks)+len(i.works)+len(i.armed)+len(i.stuck) > 0 || len(i.s.Tokens)+len(i.s.Scopes)+len(i.s.Arms) > 0 {
		i.t.Fatalf("not over: %s, tasks %v, works %v, armed %v, incidents %v", encode(i.t, i.s), i.tasks, i.works, i.armed, i.stuck)
	}
	if n := strings.Count(strings.Join(i.done, " "), "ended"); n != 1 {
		i.t.Fatalf("ended %d times", n)
	}
}

func user(id string) process.Element {
	return process.Element{ID: id, Kind: process.UserTask, Name: id}
}

func in(parent string, e process.Element) process.Element {
	e.Parent = parent
	return e
}

func el(id string, k process.Kind) process.Element { return process.Element{ID: id, Kind: k} }

func on(id string, k process.Kind, trigger process.Trigger, name string) process.Element {
	e := process.Element{ID: id, Kind: k, Event: process.Event{Trigger: trigger, Name: name}}
	if trigger == process.Timer {
		e.Event.Name, e.Event.Clock = "", process.Clock{Duration: name}
	}
	return e
}

func edge(id, host string, trigger process.Trigger, name string, keep bool) process.Element {
	e := on(id, process.BoundaryEvent, trigger, name)
	e.Attached, e.Keep = host, keep
	return e
}
