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

// rewind sends a token back to an element of its scope or of one around it: an activity, an event, or a gateway at which a parallel part begins
// anew. What lies in the way is withdrawn; other branches only when the command says All. Into a branch from outside it, and from one branch into another, nothing can be sent: the join behind would wait for ever.
func (r *step) rewind(c Command) error {
	t, to := r.s.Token(c.Token), r.p.elements[c.To]
	if t == nil || t.Wait == "" {
		return ErrGone
	}
	if to == nil || to.Triggered || !activity(to.Kind) && !splits(to) && to.Kind != process.StartEvent && to.Kind != process.IntermediateCatch {
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

// retake opens a task again that was done, while nothing behind it has happened: one office's turn of a multi-instance task that others still do, or a
// branch that waits at its join. What is past a join can only be rewound.
func (r *step) retake(c Command) error {
	e := r.p.elements[c.To]
	if e == nil || e.Kind != process.UserTask {
		return ErrTarget
	}
	for i := range r.s.Scopes {
		scope := &r.s.Scopes[i]
		if scope.At != e.ID || scope.Loop == nil || e.Loop == nil || e.Loop.Sequential {
			continue
		}
		if turn := r.turnOf(scope, c.Code); turn > 0 {
			scope.Loop.Done--
			if slices.Contains(against, c.Outcome) {
				scope.Loop.Refused--
			} else {
				scope.Loop.Agreed--
			}
			r.moving = append(r.moving, r.s.add(Token{Scope: scope.ID, At: e.ID, Item: turn}))
			return nil
		}
	}
	for _, t := range r.s.Tokens {
		if t.Wait != WaitJoin || r.p.flows[t.From].From != e.ID {
			continue
		}
		if e.Loop == nil {
			return r.rewind(Command{Token: t.ID, To: e.ID})
		}
		return r.retakeTurn(t, e, c)
	}
	return ErrGone
}

// turnOf returns which instance of a multi-instance task was for an office and is done; 0 when it is open, or nobody's.
func (r *step) turnOf(scope *Scope, path string) int {
	for i, item := range scope.Loop.Items[:scope.Loop.Begun] {
		m, _ := item.(map[string]any)
		open := slices.ContainsFunc(r.s.Tokens, func(t Token) bool { return t.Scope == scope.ID && t.Item == i+1 })
		if m["path"] == path && !open {
			return i + 1
		}
	}
	return 0
}

// retakeTurn opens one instance of a multi-instance task again of which all were done. How the others voted is no longer known, so one that ends by
// votes is not opened again.
func (r *step) retakeTurn(t Token, e *process.Element, c Command) error {
	v, ok := r.eval(t.ID, e.Loop.Each)
	items, isList := v.([]any)
	if !ok || !isList || e.Loop.Until != "" || e.Loop.Sequential {
		return ErrTarget
	}
	id := r.s.open(Scope{Parent: t.Scope, Owner: t.ID, At: e.ID, Loop: &Turns{Items: items, Begun: len(items), Done: len(items) - 1, Agreed: len(items) - 1}})
	turn := r.turnOf(r.s.scope(id), c.Code)
	if turn == 0 {
		return ErrGone
	}
	owner := r.s.Token(t.ID)
	owner.At, owner.From, owner.Wait = e.ID, "", WaitInner
	for _, b := range r.p.edges[e.ID] {
		if b.Event.Trigger != process.Error && !r.arm(t.ID, t.ID, b) {
			return ErrTarget
		}
	}
	r.moving = append(r.moving, r.s.add(Token{Scope: id, At: e.ID, Item: turn}))
	return nil
}
