package machine

import (
	"slices"

	"xiangyun/internal/module/workflow/process"
)

// Move is one token of a state and where a migration takes it.
type Move struct {
	Token  int
	From   string
	To     string
	Reason string // why it can't be taken there; "" when it can
}

// Why a token can't be migrated.
const (
	Missing  = "missing"  // the new version has no such element
	Unlike   = "unlike"   // it is of another kind, or repeated where the old one is not
	Elsewise = "elsewise" // it lies in another sub-process
)

// Plan tells where each token of a state of the process from would stand in this one. Elements keep their ids unless names says otherwise.
func (p *Program) Plan(from *Program, s State, names map[string]string) []Move {
	var moves []Move
	for _, t := range s.Tokens {
		m := Move{Token: t.ID, From: t.At, To: named(names, t.At)}
		was, is := from.elements[t.At], p.elements[m.To]
		switch {
		case is == nil:
			m.Reason = Missing
		case was == nil || was.Kind != is.Kind || (was.Loop == nil) != (is.Loop == nil) || was.Triggered != is.Triggered ||
			t.Wait == WaitEvent && was.Kind != process.ReceiveTask && was.Event.Trigger != is.Event.Trigger:
			m.Reason = Unlike
		case named(names, was.Parent) != is.Parent:
			m.Reason = Elsewise
		case t.Wait == WaitJoin && !slices.Contains(is.Incoming, named(names, t.From)):
			m.Reason = Missing
		}
		moves = append(moves, m)
	}
	return moves
}

func named(names map[string]string, id string) string {
	if to, ok := names[id]; ok {
		return to
	}
	return id
}

// Migrate takes a state of the process from into this one. Whoever asked [Program.Plan] first gets no error; otherwise ErrTarget tells that a token
// can't be taken over. Open tasks stay open under their new element; what was armed is armed anew, so its time begins again.
func (p *Program) Migrate(from *Program, s State, names map[string]string, env Env) (State, []Effect, error) {
	if s.Ended || s.Last == 0 {
		return s, nil, ErrGone
	}
	for _, m := range p.Plan(from, s, names) {
		if m.Reason != "" {
			return s, nil, ErrTarget
		}
	}
	r := &step{p: from, s: s.clone(), values: env.Values}
	for _, t := range s.Tokens {
		r.disarm(t.ID, "")
	}
	for _, c := range s.Scopes {
		r.disarm(c.ID, "")
	}
	r.p = p
	for i := range r.s.Scopes {
		if at := r.s.Scopes[i].At; at != "" {
			r.s.Scopes[i].At = named(names, at)
		}
	}
	for i := range r.s.Tokens {
		t := &r.s.Tokens[i]
		t.At = named(names, t.At)
		if t.From != "" {
			t.From = named(names, t.From)
		}
		if t.Wait == WaitTask {
			e := p.elements[t.At]
			r.emit(Effect{Do: MoveTask, Token: t.ID, Element: e.ID, Name: e.Name, Duty: &e.Duty})
		}
	}
	if !r.armAll() {
		return s, nil, ErrTarget
	}
	if !r.settle() {
		return s, nil, ErrTarget
	}
	return r.s, r.effects, nil
}

// armAll arms everything that a state waits for.
func (r *step) armAll() bool {
	for _, c := range slices.Clone(r.s.Scopes) {
		if c.Loop == nil && !r.armScope(c.ID, c.At) {
			return false
		}
	}
	for _, t := range slices.Clone(r.s.Tokens) {
		e := r.p.elements[t.At]
		if t.Wait == WaitEvent {
			if e.Kind == process.EventGateway {
				for _, f := range e.Outgoing {
					if !r.arm(t.ID, t.ID, r.p.elements[r.p.flows[f].To]) {
						return false
					}
				}
			} else if !r.arm(t.ID, t.ID, e) {
				return false
			}
		}
		if t.Item > 0 || t.Wait == WaitJoin {
			continue
		}
		for _, b := range r.p.edges[e.ID] {
			if b.Event.Trigger != process.Error && !r.arm(t.ID, t.ID, b) {
				return false
			}
		}
	}
	return true
}
