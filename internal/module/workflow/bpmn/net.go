package bpmn

import (
	"slices"

	"xiangyun/internal/module/workflow/process"
)

// net is a process as a net of places: a token on a flow, an activity under way, an event that may still happen. Data is left out: every way out of a
// gateway may be taken.
type net struct {
	*checker
	places  int
	flow    map[string]int // by flow
	busy    map[string]int // by activity that can be interrupted, and by sub-process
	armed   map[string]int // by event that may happen once while something is under way
	to      []*process.Element
	rank    map[string]int
	within  map[string][]int            // places in a scope, however deep, armed ones too
	tokens  map[string][]int            // the same without armed ones
	starts  map[string]*process.Element // by sub-process
	begins  []*process.Element          // the starts of the process itself
	feeding map[string]map[string]bool  // flow into an inclusive join → flows from which a token can come there past no other way into the join
}

func newNet(c *checker) *net {
	n := &net{checker: c, flow: map[string]int{}, busy: map[string]int{}, armed: map[string]int{}, rank: map[string]int{}, within: map[string][]int{},
		tokens: map[string][]int{}, starts: map[string]*process.Element{}, feeding: map[string]map[string]bool{}}
	for _, f := range c.p.Flows {
		n.flow[f.ID] = n.place(c.elements[f.From].Parent, true)
		n.to = append(n.to, c.elements[f.To])
	}
	for _, e := range c.p.Elements {
		switch {
		case e.Kind == process.StartEvent && e.Parent == "":
			n.begins = append(n.begins, e)
		case e.Kind == process.StartEvent:
			n.starts[e.Parent] = e
		}
		if e.Kind == process.SubProcess || len(c.attached[e.ID]) > 0 {
			n.busy[e.ID] = n.place(e.Parent, true)
		}
	}
	for _, e := range c.p.Elements {
		if e.Kind == process.BoundaryEvent && e.Keep || e.Triggered {
			n.armed[e.ID] = n.place(e.Parent, false)
		}
	}
	n.ranks()
	for _, e := range c.p.Elements {
		if e.Kind == process.InclusiveGateway && len(e.Incoming) > 1 {
			n.feed(e)
		}
	}
	return n
}

// place makes a place in a scope and in those around it.
func (n *net) place(scope string, token bool) int {
	i := n.places
	n.places++
	for {
		n.within[scope] = append(n.within[scope], i)
		if token {
			n.tokens[scope] = append(n.tokens[scope], i)
		}
		if scope == "" {
			return i
		}
		scope = n.elements[scope].Parent
	}
}

// ranks numbers the elements so that, circles aside, what comes first has the smaller number: it is moved first, so that tokens meet where they can.
func (n *net) ranks() {
	state, order := map[string]bool{}, []*process.Element(nil)
	var walk func(e *process.Element)
	walk = func(e *process.Element) {
		state[e.ID] = true
		for _, next := range slices.Backward(n.after(e)) {
			if !state[next.ID] {
				walk(next)
			}
		}
		order = append(order, e)
	}
	for _, e := range n.p.Elements {
		if !state[e.ID] && (e.Kind == process.StartEvent || e.Triggered) && e.Parent == "" {
			walk(e)
		}
	}
	for i, e := range order {
		n.rank[e.ID] = len(order) - i
		if e.Event.Trigger == process.Terminate || e.Kind == process.EndEvent && e.Event.Trigger == process.Error {
			n.rank[e.ID] += len(order) // it takes others' tokens away: they show first what they would have done
		}
	}
}

// feed walks back from each flow into an inclusive join.
func (n *net) feed(join *process.Element) {
	for _, id := range join.Incoming {
		seen := map[string]bool{id: true}
		queue := []string{id}
		for i := 0; i < len(queue); i++ {
			from := n.elements[n.flows[queue[i]].From]
			if from.Kind == process.BoundaryEvent {
				from = n.elements[from.Attached]
			}
			if from.ID == join.ID {
				continue
			}
			for _, before := range from.Incoming {
				if !seen[before] {
					seen[before] = true
					queue = append(queue, before)
				}
			}
		}
		n.feeding[id] = seen
	}
}

// marking says how many tokens are at each place, two at most: more say nothing new.
type marking []byte

// begin is how an instance stands that began at a start.
func (n *net) begin(start *process.Element) marking {
	m := make(marking, n.places)
	n.arm(m, "")
	n.leave(m, start)
	return m
}

// arm lets the events of a scope happen.
func (n *net) arm(m marking, scope string) {
	for _, e := range n.inside[scope] {
		if e.Triggered {
			m[n.armed[e.ID]] = 1
		}
	}
}

// enter starts a sub-process: its events are armed, its start sends tokens on.
func (n *net) enter(m marking, scope string) {
	n.arm(m, scope)
	n.leave(m, n.starts[scope])
}

// leave puts a token on every flow out of an element.
func (n *net) leave(m marking, e *process.Element) {
	for _, id := range e.Outgoing {
		n.put(m, n.flow[id])
	}
}

func (n *net) put(m marking, place int) {
	if m[place] < 2 {
		m[place]++
	}
}

// clear takes everything out of a scope.
func (n *net) clear(m marking, scope string) {
	for _, i := range n.within[scope] {
		m[i] = 0
	}
}

func (n *net) empty(m marking, scope string) bool {
	for _, i := range n.tokens[scope] {
		if m[i] > 0 {
			return false
		}
	}
	return true
}

// finish ends an activity under way: what could have happened to it can no more.
func (n *net) finish(m marking, e *process.Element) {
	if i := n.busy[e.ID]; m[i] > 0 {
		m[i]--
	}
	for _, b := range n.attached[e.ID] {
		if b.Keep {
			m[n.armed[b.ID]] = 0
		}
	}
	if e.Kind == process.SubProcess {
		n.clear(m, e.ID)
	}
}

// start begins an activity that can be interrupted, or a sub-process.
func (n *net) start(m marking, e *process.Element) {
	n.put(m, n.busy[e.ID])
	for _, b := range n.attached[e.ID] {
		if b.Keep {
			m[n.armed[b.ID]] = 1
		}
	}
	if e.Kind == process.SubProcess {
		n.enter(m, e.ID)
	}
}

// fail ends what is around an error end, out to whoever takes the error.
func (n *net) fail(m marking, e *process.Element) {
	takes := func(s *process.Element) bool {
		return s.Event.Trigger == process.Error && (s.Event.Name == "" || s.Event.Name == e.Event.Name)
	}
	for scope, from := e.Parent, ""; ; scope, from = n.elements[scope].Parent, scope {
		for _, inner := range n.inside[scope] {
			if s := n.starts[inner.ID]; inner.Triggered && inner.ID != from && s != nil && takes(s) {
				n.clear(m, scope)
				n.start(m, inner)
				return
			}
		}
		if scope == "" {
			n.clear(m, "")
			return
		}
		for _, b := range n.attached[scope] {
			if takes(b) {
				n.finish(m, n.elements[scope])
				n.leave(m, b)
				return
			}
		}
		n.finish(m, n.elements[scope])
	}
}
