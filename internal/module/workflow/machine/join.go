package machine

import (
	"xiangyun/internal/module/workflow/process"
)

// lookAhead finds, for each inclusive join and each flow that leads to it, the elements from which a token can still come by that flow.
func (p *Program) lookAhead() {
	for _, e := range p.process.Elements {
		if e.Kind != process.InclusiveGateway || len(e.Incoming) < 2 {
			continue
		}
		p.upstream[e.ID] = map[string]map[string]bool{}
		for _, f := range e.Incoming {
			p.upstream[e.ID][f] = p.before(f, e.ID)
		}
	}
}

// before walks back from a flow, never through the gateway itself.
func (p *Program) before(flow, gateway string) map[string]bool {
	seen := map[string]bool{}
	walk := []string{p.flows[flow].From}
	for len(walk) > 0 {
		id := walk[len(walk)-1]
		walk = walk[:len(walk)-1]
		if id == gateway || seen[id] {
			continue
		}
		seen[id] = true
		e := p.elements[id]
		if e.Kind == process.BoundaryEvent {
			walk = append(walk, e.Attached)
		}
		for _, f := range e.Incoming {
			walk = append(walk, p.flows[f].From)
		}
	}
	return seen
}

// openInclusive opens the first inclusive join at which nothing more can arrive. True tells that one was opened.
func (r *step) openInclusive() bool {
	for _, t := range r.s.Tokens {
		if t.Wait == WaitJoin && r.p.upstream[t.At] != nil && r.opened(t) {
			return true
		}
	}
	return false
}

// opened opens the inclusive join a token waits at when every token that can still arrive there is there. A token on its way counts when it can
// reach a flow nobody came by and none that somebody came by (BPMN 2.0, table 13.3).
func (r *step) opened(t Token) bool {
	gateway := r.p.elements[t.At]
	came := map[string]int{}
	for _, other := range r.s.Tokens {
		if other.Scope == t.Scope && other.At == t.At && other.Wait == WaitJoin && came[other.From] == 0 {
			came[other.From] = other.ID
		}
	}
	for _, other := range r.s.Tokens {
		if other.Scope != t.Scope || other.At == t.At && other.Wait == WaitJoin {
			continue
		}
		toEmpty, toFilled := false, false
		for _, f := range gateway.Incoming {
			if r.p.upstream[gateway.ID][f][other.At] {
				toEmpty = toEmpty || came[f] == 0
				toFilled = toFilled || came[f] != 0
			}
		}
		if toEmpty && !toFilled {
			return false
		}
	}
	for _, f := range ordered(came) {
		if came[f] != t.ID {
			r.s.remove(came[f])
		}
	}
	r.s.Token(t.ID).Wait = ""
	r.leave(t.ID)
	return true
}
