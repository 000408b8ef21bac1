package machine

import (
	"slices"

	"xiangyun/internal/module/workflow/process"
)

// arm waits for an event beside a token or scope; seen says whose values its expressions see. False: one of them failed.
func (r *step) arm(owner, seen int, e *process.Element) bool {
	return r.armAgain(owner, seen, e, 0)
}

func (r *step) armAgain(owner, seen int, e *process.Element, fired int) bool {
	f := Effect{Token: owner, Event: e.ID, Name: e.Event.Name}
	switch e.Event.Trigger {
	case process.Timer:
		due, ok := r.due(seen, e.Event.Clock)
		if !ok {
			return false
		}
		f.Do, f.Due, f.Name, f.Again = SetTimer, due, "", r.s.Fired[e.ID] > 0
	case process.Message:
		key, ok := r.key(seen, e)
		if !ok {
			return false
		}
		f.Do, f.Key = WaitMessage, key
	case process.Signal:
		f.Do = WaitSignal
	default:
		return false
	}
	r.s.Arms = append(r.s.Arms, Arm{Owner: owner, Event: e.ID, Fired: fired})
	r.emit(f)
	return true
}

// armScope arms the event sub-processes of a scope, whose element is at.
func (r *step) armScope(scope int, at string) bool {
	for _, x := range r.p.inner[at] {
		for _, s := range r.p.starts[x.ID] {
			if s.Event.Trigger != process.Error && s.Event.Trigger != process.None && !r.arm(scope, r.s.scope(scope).Owner, s) {
				return false
			}
		}
	}
	return true
}

// disarm takes away what is armed beside a token or scope, but the event that just happened.
func (r *step) disarm(owner int, but string) {
	r.s.Arms = slices.DeleteFunc(r.s.Arms, func(a Arm) bool {
		if a.Owner != owner {
			return false
		}
		if a.Event != but {
			do := ClearWait
			if r.p.elements[a.Event].Event.Trigger == process.Timer {
				do = ClearTimer
			}
			r.emit(Effect{Do: do, Token: owner, Event: a.Event})
		}
		return true
	})
}

// withdrawInner takes away the scope a token waits for, with everything in it.
func (r *step) withdrawInner(token int) {
	if c := r.s.owned(token); c != nil {
		id := c.ID
		r.clear(id, 0)
		r.disarm(id, "")
		r.s.shut(id)
	}
}

// clear withdraws every token of a scope but one.
func (r *step) clear(scope, but int) {
	for _, id := range r.s.in(scope) {
		if id != but {
			r.withdraw(id)
		}
	}
}

// withdraw takes a token away with all that waits for it.
func (r *step) withdraw(id int) {
	r.withdrawInner(id)
	r.disarm(id, "")
	t := r.s.Token(id)
	r.stop(*t)
	r.s.remove(id)
}

// stop tells the outside that a token no longer waits for it.
func (r *step) stop(t Token) {
	do := map[Wait]Deed{WaitTask: WithdrawTask, WaitService: StopService, WaitChild: StopChild, WaitIncident: CloseIncident}[t.Wait]
	if do != "" {
		r.emit(Effect{Do: do, Token: t.ID, Element: t.At})
	}
}

// fire lets an event happen that was armed.
func (r *step) fire(c Command) error {
	i := slices.IndexFunc(r.s.Arms, func(a Arm) bool { return a.Owner == c.Token && a.Event == c.Event })
	if i < 0 {
		return ErrGone
	}
	arm := r.s.Arms[i]
	e := r.p.elements[arm.Event]
	if e == nil {
		return ErrUnknown
	}
	if e.Event.Trigger == process.Timer && !r.count(e.ID, c.Often) {
		return ErrOften
	}
	r.s.Arms = slices.Delete(r.s.Arms, i, i+1)
	t := r.s.Token(arm.Owner)
	switch {
	case t == nil:
		r.trigger(arm, e, c.Values)
	case e.Kind == process.BoundaryEvent:
		r.boundary(arm, e, c.Values)
	case t.At == e.ID: // an event or a receiving task on its way
		if r.outputs(t.ID, e, c.Values) {
			r.finish(t.ID, false)
		}
	default: // one of those behind an event-based gateway
		r.disarm(t.ID, "")
		t.At, t.From = e.ID, ""
		if r.outputs(t.ID, e, c.Values) {
			r.leave(t.ID)
		}
	}
	return nil
}

// count notes that a timer fires. False: it did so often enough, and nobody said that it may all the same.
func (r *step) count(id string, often bool) bool {
	if r.s.Fired[id] >= MostFirings {
		if !often {
			return false
		}
		r.s.Fired[id] = 0
	}
	if r.s.Fired == nil {
		r.s.Fired = map[string]int{}
	}
	r.s.Fired[id]++
	return true
}

// again arms an event that does not interrupt once more, unless it has come often enough.
func (r *step) again(arm Arm, seen int, e *process.Element) {
	clock := e.Event.Clock
	if e.Event.Trigger == process.Timer && (clock.Cycle == "" || clock.Times > 0 && arm.Fired+1 >= clock.Times) {
		return
	}
	r.armAgain(arm.Owner, seen, e, arm.Fired+1) // it could be armed before with the same values
}

func (r *step) boundary(arm Arm, e *process.Element, result map[string]any) {
	id := arm.Owner
	if e.Keep {
		r.again(arm, id, e)
		id = r.s.add(Token{Scope: r.s.Token(id).Scope, At: e.ID})
	} else {
		r.interrupt(id, e)
	}
	if r.outputs(id, e, result) {
		r.leave(id)
	}
}

// interrupt takes a token from its activity to a boundary event.
func (r *step) interrupt(id int, e *process.Element) {
	r.withdrawInner(id)
	r.disarm(id, "")
	t := r.s.Token(id)
	r.stop(*t)
	t.At, t.From, t.Wait = e.ID, "", ""
}

// trigger starts an event sub-process.
func (r *step) trigger(arm Arm, start *process.Element, result map[string]any) {
	scope := r.s.scope(arm.Owner)
	if start.Keep {
		r.again(arm, scope.Owner, start)
	}
	r.runTriggered(arm.Owner, start, result)
}

// runTriggered runs the event sub-process of a start in a scope. One that interrupts ends everything else there.
func (r *step) runTriggered(scope int, start *process.Element, result map[string]any) {
	if !start.Keep {
		r.clear(scope, 0)
		r.disarm(scope, "")
	}
	x := r.p.elements[start.Parent]
	id := r.s.add(Token{Scope: scope, At: x.ID})
	if r.outputs(id, start, result) {
		r.descend(id, x, start)
	}
}

// throw brings an error to whoever catches it: the boundary of the token's activity, an event sub-process of its scope, and so on outward.
func (r *step) throw(id int, code string) {
	for at := id; ; {
		t := r.s.Token(at)
		if t.Item == 0 {
			if b := catches(r.p.edges[t.At], code); b != nil {
				r.interrupt(at, b)
				r.leave(at)
				return
			}
		}
		scope := r.s.scope(t.Scope)
		if scope.Loop == nil && !r.p.elements[t.At].Triggered {
			var starts []*process.Element
			for _, x := range r.p.inner[scope.At] {
				starts = append(starts, r.p.starts[x.ID]...)
			}
			if s := catches(starts, code); s != nil {
				r.runTriggered(scope.ID, s, nil)
				return
			}
		}
		if scope.ID == rootScope {
			r.incident(id, Uncaught, code)
			return
		}
		at = scope.Owner
	}
}

// catches finds the event that catches an error, rather by its name than one that catches all.
func catches(events []*process.Element, code string) *process.Element {
	var all *process.Element
	for _, e := range events {
		switch {
		case e.Event.Trigger != process.Error:
		case e.Event.Name == code:
			return e
		case e.Event.Name == "" && all == nil:
			all = e
		}
	}
	return all
}
