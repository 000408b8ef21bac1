package machine_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
)

// maker makes random processes of nested blocks, which are sound: from every state the end can be reached.
type maker struct {
	*rand.Rand
	elements []process.Element
	flows    []string
	depth    int
}

func (m *maker) add(parent string, e process.Element) string {
	e.ID, e.Parent = fmt.Sprint("n", len(m.elements)), parent
	m.elements = append(m.elements, e)
	return e.ID
}

func (m *maker) link(from, to, when string) {
	text := from + " " + to
	if when != "" {
		text += " " + when
	}
	m.flows = append(m.flows, text)
}

// block makes a block and returns its first and last element.
func (m *maker) block(parent string) (first, last string) {
	m.depth++
	defer func() { m.depth-- }()
	kind := m.IntN(11)
	if m.depth > 4 || len(m.elements) > 60 {
		kind = m.IntN(3)
	}
	switch kind {
	case 0:
		id := m.add(parent, process.Element{Kind: process.ServiceTask, Handler: "h"})
		return id, id
	case 1:
		id := m.add(parent, process.Element{Kind: process.ScriptTask, Script: "n + 1", Result: "n"})
		return id, id
	case 2, 3:
		e := process.Element{Kind: process.UserTask}
		if m.IntN(3) == 0 {
			e.Loop = &process.Loop{Each: "list", Sequential: m.IntN(2) == 0, Until: []string{"", "agreed >= 1", "refused > 1"}[m.IntN(3)]}
		}
		id := m.add(parent, e)
		return id, id
	case 4:
		a, b := m.block(parent)
		c, d := m.block(parent)
		m.link(b, c, "")
		return a, d
	case 5, 6, 7:
		return m.gateways(parent)
	case 8:
		return m.sub(parent)
	case 9:
		g, x := m.add(parent, process.Element{Kind: process.EventGateway}), m.add(parent, process.Element{Kind: process.ExclusiveGateway})
		for _, t := range []process.Event{{Trigger: process.Message, Name: "m"}, {Trigger: process.Timer, Clock: process.Clock{Workdays: "n"}}} {
			c := m.add(parent, process.Element{Kind: process.IntermediateCatch, Event: t})
			a, b := m.block(parent)
			m.link(g, c, "")
			m.link(c, a, "")
			m.link(b, x, "")
		}
		return g, x
	}
	return m.bounded(parent)
}

func (m *maker) gateways(parent string) (first, last string) {
	kind := []process.Kind{process.ExclusiveGateway, process.ParallelGateway, process.InclusiveGateway}[m.IntN(3)]
	f, j := m.add(parent, process.Element{Kind: kind}), m.add(parent, process.Element{Kind: kind})
	for i := range 2 + m.IntN(2) {
		a, b := m.block(parent)
		when := ""
		if kind != process.ParallelGateway && i > 0 {
			when = fmt.Sprintf("n %% %d == 0", 1+m.IntN(4))
		}
		m.link(f, a, when)
		m.link(b, j, "")
	}
	return f, j
}

func (m *maker) sub(parent string) (first, last string) {
	e := process.Element{Kind: process.SubProcess}
	if m.IntN(3) == 0 {
		e.Loop = &process.Loop{Each: "list", As: "who", Sequential: m.IntN(2) == 0}
	}
	id := m.add(parent, e)
	s, z := m.add(id, process.Element{Kind: process.StartEvent}), m.add(id, process.Element{Kind: process.EndEvent})
	a, b := m.block(id)
	m.link(s, a, "")
	m.link(b, z, "")
	if m.IntN(3) == 0 {
		x := m.add(id, process.Element{Kind: process.SubProcess, Triggered: true})
		s := m.add(x, process.Element{Kind: process.StartEvent, Keep: m.IntN(2) == 0, Event: process.Event{Trigger: process.Signal, Name: "sig"}})
		z := m.add(x, process.Element{Kind: process.EndEvent})
		a, b := m.block(x)
		m.link(s, a, "")
		m.link(b, z, "")
	}
	return id, id
}

// bounded makes an activity with a boundary event that leads around it, or aside to an end of its own.
func (m *maker) bounded(parent string) (first, last string) {
	var host string
	if m.IntN(2) == 0 {
		host, _ = m.sub(parent)
	} else {
		host = m.add(parent, process.Element{Kind: process.UserTask})
	}
	x := m.add(parent, process.Element{Kind: process.ExclusiveGateway})
	keep := m.IntN(2) == 0
	b := m.add(parent, process.Element{Kind: process.BoundaryEvent, Attached: host, Keep: keep, Event: process.Event{Trigger: process.Timer, Clock: process.Clock{Duration: "P1D"}}})
	a, z := m.block(parent)
	m.link(host, x, "")
	m.link(b, a, "")
	if keep {
		e := m.add(parent, process.Element{Kind: process.EndEvent})
		m.link(z, e, "")
	} else {
		m.link(z, x, "")
	}
	return host, x
}

func random(chance *rand.Rand) *process.Process {
	m := &maker{Rand: chance}
	s, z := m.add("", process.Element{Kind: process.StartEvent}), m.add("", process.Element{Kind: process.EndEvent})
	a, b := m.block("")
	m.link(s, a, "")
	m.link(b, z, "")
	return connect(m.elements, m.flows...)
}

// commands lists what may happen in a state, in order.
func (i *instance) commands() (list []machine.Command) {
	for _, id := range slices.Sorted(maps.Keys(i.tasks)) {
		list = append(list, machine.Command{Do: machine.Complete, Token: id, Outcome: "agree"}, machine.Command{Do: machine.Complete, Token: id, Outcome: "refuse"})
	}
	for _, id := range slices.Sorted(maps.Keys(i.works)) {
		list = append(list, machine.Command{Do: machine.Serve, Token: id})
	}
	for _, k := range slices.Sorted(maps.Keys(i.armed)) {
		e := i.armed[k]
		list = append(list, machine.Command{Do: machine.Fire, Token: e.Token, Event: e.Event})
	}
	return list
}

// consistent checks that what the outside knows is what the state waits for: no token is lost, none is there twice.
func (i *instance) consistent() {
	i.t.Helper()
	waits := map[machine.Wait]int{}
	for _, t := range i.s.Tokens {
		waits[t.Wait]++
		if i.s.Ended || t.Wait == "" {
			i.t.Fatalf("a token is on its way after a step: %s", encode(i.t, i.s))
		}
		if t.Wait == machine.WaitTask && i.tasks[t.ID] != t.At {
			i.t.Fatalf("token %d waits for a task that is not open", t.ID)
		}
		if t.Wait == machine.WaitInner && !slices.ContainsFunc(i.s.Scopes, func(c machine.Scope) bool { return c.Owner == t.ID }) {
			i.t.Fatalf("token %d waits for nothing", t.ID)
		}
	}
	if waits[machine.WaitTask] != len(i.tasks) || waits[machine.WaitService]+waits[machine.WaitChild] != len(i.works) || len(i.s.Arms) != len(i.armed) {
		i.t.Fatalf("the outside knows other things than the state: %s, %v %v %v", encode(i.t, i.s), i.tasks, i.works, i.armed)
	}
	for _, a := range i.s.Arms {
		if i.s.Token(a.Owner) == nil && !slices.ContainsFunc(i.s.Scopes, func(c machine.Scope) bool { return c.ID == a.Owner }) {
			i.t.Fatalf("%+v is armed beside nothing", a)
		}
	}
}

// returns checks that a task can be sent to everything that is told to be before it, and that nothing is lost on the way.
func (i *instance) returns() {
	i.t.Helper()
	for _, id := range slices.Sorted(maps.Keys(i.tasks)) {
		for _, to := range i.p.Earlier(i.tasks[id]) {
			next, _, err := i.p.Step(i.s, machine.Command{Do: machine.Rewind, Token: id, To: to, All: true}, machine.Env{Values: i.values})
			if err != nil {
				i.t.Fatalf("from %s to %s: %v at %s", i.tasks[id], to, err, encode(i.t, i.s))
			}
			if slices.ContainsFunc(next.Tokens, func(t machine.Token) bool { return t.ID == id }) {
				i.t.Fatalf("sent from %s to %s, the token is where it was: %s", i.tasks[id], to, encode(i.t, next))
			}
		}
	}
}

// run plays an instance to its end: first at random, then without events that only make work.
func run(t testing.TB, chance *rand.Rand, in *process.Process) {
	t.Helper()
	i := begin(t, in, map[string]any{"n": chance.IntN(5), "list": []any{"x", "y"}[:chance.IntN(3)]})
	for turn := 0; !i.s.Ended; turn++ {
		i.consistent()
		if len(i.stuck) > 0 {
			t.Fatalf("incidents in a sound process: %v at %s of %s", i.stuck, encode(t, i.s), encode(t, in))
		}
		i.returns()
		list := i.commands()
		if turn > 60 { // events that do not interrupt could go on for ever
			list = slices.DeleteFunc(list, func(c machine.Command) bool {
				e := in.Element(c.Event)
				return e != nil && e.Keep
			})
		}
		if len(list) == 0 || turn > 2000 {
			t.Fatalf("does not end: %s of %s", encode(t, i.s), encode(t, in))
		}
		c := list[chance.IntN(len(list))]
		if turn < 40 && len(i.tasks) > 0 && chance.IntN(8) == 0 {
			tokens := slices.Sorted(maps.Keys(i.tasks))
			c = machine.Command{Do: machine.Rewind, Token: tokens[chance.IntN(len(tokens))], To: in.Elements[chance.IntN(len(in.Elements))].ID, All: chance.IntN(2) == 0}
			if err := i.do(c); err != nil && !errors.Is(err, machine.ErrParallel) && !errors.Is(err, machine.ErrTarget) {
				t.Fatal(err)
			}
			continue
		}
		i.must(c)
		if c.Do != machine.Fire { // once is all
			if err := i.do(c); !errors.Is(err, machine.ErrGone) {
				t.Fatalf("%+v was done twice: %v", c, err)
			}
		}
	}
	i.over()
}

// Every instance of every sound process ends, whatever happens in whatever order; no step loses a token or asks for something twice; the same
// input gives the same bytes.
func TestRandomProcessesEnd(t *testing.T) {
	for seed := range uint64(1500) {
		chance := rand.New(rand.NewPCG(seed, 7))
		in := random(chance)
		if !t.Run(fmt.Sprint(seed), func(t *testing.T) { run(t, chance, in) }) {
			return
		}
	}
}

// FuzzStep does anything at any moment: a step may refuse, it never breaks its own books.
func FuzzStep(f *testing.F) {
	f.Add(uint64(1), []byte{1, 2, 3, 4, 5, 6, 7, 8})
	f.Add(uint64(99), []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	verbs := []machine.Verb{machine.Complete, machine.Serve, machine.FailService, machine.Fire, machine.Retry, machine.Rewind, machine.Retake, machine.Start, machine.FailChild, machine.Cancel}
	f.Fuzz(func(t *testing.T, seed uint64, script []byte) {
		in := random(rand.New(rand.NewPCG(seed, 1)))
		i := begin(t, in, map[string]any{"n": int(seed % 5), "list": []any{"x"}})
		for n := 0; n+2 < len(script) && n < 300; n += 3 {
			c := machine.Command{Do: verbs[int(script[n])%len(verbs)], Token: int(script[n+1]) % 40, Event: in.Elements[int(script[n+2])%len(in.Elements)].ID,
				To: in.Elements[int(script[n+2])%len(in.Elements)].ID, All: script[n]%2 == 0, Code: []string{"", "x"}[script[n+1]%2]}
			if c.Do == machine.Cancel && n < 100 {
				continue
			}
			if err := i.do(c); err == nil {
				i.consistent()
			}
		}
	})
}
