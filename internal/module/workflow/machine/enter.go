package machine

import (
	"xiangyun/internal/module/workflow/process"
)

// enter lets a token do what the element it came to means.
func (r *step) enter(id int) {
	t := r.s.Token(id)
	e := r.p.elements[t.At]
	switch e.Kind {
	case process.EndEvent:
		r.end(id, e)
	case process.IntermediateThrow:
		if r.bringAbout(id, e) {
			r.leave(id)
		}
	case process.IntermediateCatch:
		r.stand(id, r.arm(id, id, e))
	case process.EventGateway:
		ok := true
		for _, f := range e.Outgoing {
			ok = ok && r.arm(id, id, r.p.elements[r.p.flows[f].To])
		}
		r.stand(id, ok)
	case process.ExclusiveGateway:
		flows, ok := r.chosen(id, e, true)
		switch {
		case !ok:
			r.incident(id, NoValue, "")
		case len(flows) == 0:
			r.incident(id, NoWay, "")
		default:
			r.follow(id, flows[0])
		}
	case process.ParallelGateway:
		r.parallel(id, e)
	case process.InclusiveGateway:
		if len(e.Incoming) > 1 {
			t.Wait = WaitJoin // looked at when everything else stands
			return
		}
		r.leave(id)
	case process.StartEvent, process.BoundaryEvent: // a token is put there by a rewind only
		r.leave(id)
	default:
		r.activity(id, e)
	}
}

// stand makes a token wait for its arms; when they could not be set it has an incident.
func (r *step) stand(id int, ok bool) {
	if !ok {
		r.disarm(id, "")
		r.incident(id, NoValue, "")
		return
	}
	r.s.Token(id).Wait = WaitEvent
}

// parallel waits for a token from each flow that leads here, takes one of each and sends one along each flow that leads on.
func (r *step) parallel(id int, e *process.Element) {
	t := r.s.Token(id)
	if len(e.Incoming) > 1 {
		t.Wait = WaitJoin
		came := map[string]int{}
		for _, other := range r.s.Tokens {
			if other.Scope == t.Scope && other.At == e.ID && other.Wait == WaitJoin && came[other.From] == 0 {
				came[other.From] = other.ID
			}
		}
		if len(came) < len(e.Incoming) {
			return
		}
		for _, f := range ordered(came) {
			if came[f] != id {
				r.s.remove(came[f])
			}
		}
	}
	if len(e.Outgoing) == 0 {
		r.consume(id)
		return
	}
	r.split(id, e.Outgoing)
}

// bringAbout throws what an event throws. False: its arguments could not be computed.
func (r *step) bringAbout(id int, e *process.Element) bool {
	switch e.Event.Trigger {
	case process.Message:
		key, ok := r.key(id, e)
		var values map[string]any
		if ok {
			values, ok = r.arguments(id, e)
		}
		if !ok {
			r.incident(id, NoValue, "")
			return false
		}
		r.emit(Effect{Do: SendMessage, Token: id, Element: e.ID, Name: e.Event.Name, Key: key, Values: values})
	case process.Signal:
		r.emit(Effect{Do: ThrowSignal, Token: id, Element: e.ID, Name: e.Event.Name})
	}
	return true
}

// key gives the value by which a message finds its instance; without one it is the subject.
func (r *step) key(id int, e *process.Element) (string, bool) {
	text := e.Event.Key
	if text == "" {
		subject, _ := r.values["subject"].(string)
		return subject, true
	}
	v, ok := r.eval(id, text)
	if !ok {
		return "", false
	}
	switch v := v.(type) {
	case string:
		return v, true
	case int64:
		return whole(v), true
	}
	return "", false
}

func (r *step) end(id int, e *process.Element) {
	switch e.Event.Trigger {
	case process.Error:
		r.throw(id, e.Event.Name)
		return
	case process.Terminate:
		r.clear(r.s.Token(id).Scope, id)
	default:
		if !r.bringAbout(id, e) {
			return
		}
	}
	r.consume(id)
}
