package machine

import (
	"maps"
	"slices"

	"xiangyun/internal/module/workflow/process"
)

// branchSet are the branches an element lies in: the flows by which a parallel or inclusive gateway split, with the gateway; or the event that does
// not interrupt, without a flow.
type branchSet map[branch]bool

type branch struct{ gateway, flow string }

// findBranches tells for each element and flow in which branches of a split it lies: behind the flow, and before the element where all branches
// of that split meet again.
func (p *Program) findBranches() {
	p.branches, p.branchOf = map[string]branchSet{}, map[string]branchSet{}
	for _, e := range p.process.Elements {
		if e.Kind == process.BoundaryEvent && e.Keep {
			p.aside(e)
			continue
		}
		if e.Kind != process.ParallelGateway && e.Kind != process.InclusiveGateway || len(e.Outgoing) < 2 {
			continue
		}
		behind := make([]map[string]bool, len(e.Outgoing))
		for i, f := range e.Outgoing {
			behind[i] = p.behind(p.flows[f].To, "", e.ID)
		}
		for i, f := range e.Outgoing {
			b := branch{e.ID, f}
			for id := range p.behind(p.flows[f].To, p.meeting(p.flows[f].To, behind), e.ID) {
				p.mark(p.branches, id, b)
				for _, out := range p.elements[id].Outgoing {
					p.mark(p.branchOf, out, b)
				}
			}
			p.mark(p.branchOf, e.Outgoing[i], b)
		}
	}
}

// aside makes what follows an event that does not interrupt a branch of its own, as far as its activity does not lead there as well.
func (p *Program) aside(e *process.Element) {
	b := branch{e.ID, ""}
	main := map[string]bool{}
	for _, f := range p.elements[e.Attached].Outgoing {
		maps.Copy(main, p.behind(p.flows[f].To, "", e.Attached))
	}
	for id := range p.behind(e.ID, "", e.Attached) {
		if main[id] {
			continue
		}
		p.mark(p.branches, id, b)
		for _, out := range p.elements[id].Outgoing {
			p.mark(p.branchOf, out, b)
		}
	}
}

func (p *Program) mark(sets map[string]branchSet, id string, b branch) {
	if sets[id] == nil {
		sets[id] = branchSet{}
	}
	sets[id][b] = true
}

// behind returns what can be reached from an element, itself included, without entering stop or the split itself. Boundary events belong to their
// activity.
func (p *Program) behind(from, stop, gateway string) map[string]bool {
	seen := map[string]bool{}
	walk := []string{from}
	for len(walk) > 0 {
		id := walk[len(walk)-1]
		walk = walk[:len(walk)-1]
		if seen[id] || id == stop || id == gateway {
			continue
		}
		seen[id] = true
		for _, f := range p.elements[id].Outgoing {
			walk = append(walk, p.flows[f].To)
		}
		for _, b := range p.edges[id] {
			walk = append(walk, b.ID)
		}
	}
	return seen
}

// meeting returns the nearest element, in the order of a walk from one branch, that every branch leads to; "" when they never meet.
func (p *Program) meeting(from string, behind []map[string]bool) string {
	seen := map[string]bool{}
	walk := []string{from}
	for len(walk) > 0 {
		id := walk[0]
		walk = walk[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		if !slices.ContainsFunc(behind, func(m map[string]bool) bool { return !m[id] }) {
			return id
		}
		for _, f := range p.elements[id].Outgoing {
			walk = append(walk, p.flows[f].To)
		}
	}
	return ""
}

// where returns the branches a token is in: those of the flow it came by when it waits at a join.
func (r *step) where(t Token) branchSet {
	if t.Wait == WaitJoin {
		return r.p.branchOf[t.From]
	}
	return r.p.branches[t.At]
}

// rewind sends a token back to an element of its scope or of one around it. What lies in the way is withdrawn; other branches only when the
// command says All. Into a branch from outside it, and from one branch into another, nothing can be sent: the join behind would wait for ever.
func (r *step) rewind(c Command) error {
	t, to := r.s.Token(c.Token), r.p.elements[c.To]
	if t == nil || t.Wait == "" {
		return ErrGone
	}
	if to == nil || to.Triggered || !activity(to.Kind) && to.Kind != process.StartEvent && to.Kind != process.IntermediateCatch {
		return ErrTarget
	}
	// Outward, to the scope the target lies in. Inside a multi-instance activity the other instances are taken back as well.
	for t.Item > 0 || r.p.elements[t.At].Parent != to.Parent {
		scope := r.s.scope(t.Scope)
		if scope.ID == rootScope || r.p.elements[scope.At].Triggered {
			return ErrTarget
		}
		if len(r.s.in(scope.ID)) > 1 && !c.All {
			return ErrParallel
		}
		t = r.s.Token(scope.Owner)
	}
	here, there := r.where(*t), r.p.branches[to.ID]
	for b := range there {
		if !here[b] {
			return ErrTarget
		}
	}
	left := map[string]bool{} // the splits that are gone back behind
	for b := range maps.Keys(here) {
		if there[b] {
			continue
		}
		if b.flow == "" {
			return ErrTarget // from aside: there would be one token more on the main way
		}
		left[b.gateway] = true
	}
	id, scope := t.ID, t.Scope
	var others []int
	for _, other := range r.s.Tokens {
		if other.Scope != scope || other.ID == id {
			continue
		}
		for b := range r.where(other) {
			if left[b.gateway] {
				others = append(others, other.ID)
				break
			}
		}
	}
	if len(others) > 0 && !c.All {
		return ErrParallel
	}
	for _, other := range others {
		r.withdraw(other)
	}
	r.withdrawInner(id)
	r.disarm(id, "")
	t = r.s.Token(id)
	r.stop(*t)
	t.At, t.From = to.ID, ""
	r.enterLater(id)
	return nil
}
