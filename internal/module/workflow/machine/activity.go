package machine

import (
	"strconv"

	"xiangyun/internal/module/workflow/process"
)

func whole(n int64) string { return strconv.FormatInt(n, 10) }

// activity begins an activity: its boundary events are armed, a multi-instance one begins its instances.
func (r *step) activity(id int, e *process.Element) {
	t := r.s.Token(id)
	instance := t.Item > 0
	if !instance {
		for _, b := range r.p.edges[e.ID] {
			if b.Event.Trigger != process.Error && !r.arm(id, id, b) {
				r.disarm(id, "")
				r.incident(id, NoValue, "")
				return
			}
		}
		if e.Loop != nil {
			r.repeat(id, e)
			return
		}
	}
	r.begin(id, e)
}

// begin does one instance of an activity, or the only one.
func (r *step) begin(id int, e *process.Element) {
	t := r.s.Token(id)
	switch e.Kind {
	case process.UserTask:
		r.offer(id, e)
	case process.ServiceTask, process.CallActivity:
		values, ok := r.arguments(id, e)
		if !ok {
			r.incident(id, NoValue, "")
			return
		}
		if e.Kind == process.CallActivity {
			t.Wait = WaitChild
			r.emit(Effect{Do: StartChild, Token: id, Element: e.ID, Name: e.Calls, Values: values})
			return
		}
		t.Wait = WaitService
		r.emit(Effect{Do: RunService, Token: id, Element: e.ID, Name: e.Handler, Values: values})
	case process.SendTask:
		if r.bringAbout(id, e) {
			r.finish(id, false)
		}
	case process.ReceiveTask:
		if !r.arm(id, id, e) {
			r.incident(id, NoValue, "")
			return
		}
		t.Wait = WaitEvent
	case process.ScriptTask:
		if e.Script != "" {
			v, ok := r.eval(id, e.Script)
			if !ok {
				r.incident(id, NoValue, "")
				return
			}
			if e.Result != "" {
				r.set(e.Result, v)
			}
		}
		r.finish(id, false)
	case process.SubProcess:
		r.descend(id, e, nil)
	}
}

// offer opens a task, at the office it is an instance for or at that of its duty.
func (r *step) offer(id int, e *process.Element) {
	t := r.s.Token(id)
	var item any
	if t.Item > 0 {
		item = r.s.scope(t.Scope).Loop.Items[t.Item-1]
	}
	if places, told := r.values["places"].(map[string]any); told && !isOffice(item) {
		if item = officeOf(places, e.Duty); item == nil {
			r.incident(id, Nobody, "")
			return
		}
	}
	limit := 0
	if e.Duty.Limit != "" {
		v, ok := r.eval(id, e.Duty.Limit)
		if ok {
			limit, ok = days(v)
		}
		if !ok {
			r.incident(id, NoValue, "")
			return
		}
	}
	t.Wait = WaitTask
	r.emit(Effect{Do: OpenTask, Token: id, Element: e.ID, Name: e.Name, Item: item, Limit: limit, Duty: &e.Duty})
}

// officeOf is the office of a duty: the one its instance found for the level, or else the first of its place that is of the level. Where there is none, as in
// what began before levels were heeded, it is the first of the place; nil for an empty place.
func officeOf(places map[string]any, d process.Duty) any {
	if found, _ := places[d.Leveled()].([]any); len(found) > 0 {
		return found[0]
	}
	offices, _ := places[d.Place].([]any)
	for _, o := range offices {
		m, _ := o.(map[string]any)
		if path, _ := m["path"].(string); d.Level == "" || process.LevelOf(path) == d.Level {
			return o
		}
	}
	if len(offices) == 0 {
		return nil
	}
	return offices[0]
}

// isOffice tells whether the element of a multi-instance activity is an office itself, which then does the task.
func isOffice(item any) bool {
	m, ok := item.(map[string]any)
	path, isText := m["path"].(string)
	return ok && isText && path != ""
}

// descend starts a sub-process at its plain start, or an event sub-process at the start that was triggered.
func (r *step) descend(id int, e *process.Element, at *process.Element) {
	if at == nil {
		for _, s := range r.p.starts[e.ID] {
			if s.Event.Trigger == process.None {
				at = s
				break
			}
		}
	}
	if at == nil {
		r.incident(id, Unreachable, "")
		return
	}
	t := r.s.Token(id)
	t.Wait = WaitInner
	scope := r.s.open(Scope{Parent: t.Scope, Owner: id, At: e.ID})
	if !r.armScope(scope, e.ID) {
		r.withdrawInner(id)
		r.incident(id, NoValue, "")
		return
	}
	r.leave(r.s.add(Token{Scope: scope, At: at.ID}))
}

// repeat begins a multi-instance activity.
func (r *step) repeat(id int, e *process.Element) {
	v, ok := r.eval(id, e.Loop.Each)
	items, isList := v.([]any)
	switch {
	case !ok || !isList:
		r.incident(id, NoValue, "")
		return
	case len(items) > mostItems:
		r.incident(id, TooMany, "")
		return
	case len(items) == 0:
		r.finish(id, false)
		return
	}
	t := r.s.Token(id)
	t.Wait = WaitInner
	scope := r.s.open(Scope{Parent: t.Scope, Owner: id, At: e.ID, Loop: &Turns{Items: items}})
	for range items {
		r.instance(scope, e)
		if e.Loop.Sequential {
			return
		}
	}
}

// instance begins the next instance of a multi-instance activity.
func (r *step) instance(scope int, e *process.Element) {
	turns := r.s.scope(scope).Loop
	turns.Begun++
	r.moving = append(r.moving, r.s.add(Token{Scope: scope, At: e.ID, Item: turns.Begun}))
}

// finish ends an activity or one instance of it.
func (r *step) finish(id int, refused bool) {
	t := r.s.Token(id)
	if t.Item == 0 {
		r.disarm(id, "")
		r.leave(id)
		return
	}
	e, c := r.p.elements[t.At], r.s.scope(t.Scope)
	scope, owner := c.ID, c.Owner
	c.Loop.Done++
	if refused {
		c.Loop.Refused++
	} else {
		c.Loop.Agreed++
	}
	turns := *c.Loop
	r.disarm(id, "")
	r.s.remove(id)
	over := turns.Done == len(turns.Items)
	if e.Loop.Until != "" && !over {
		values := map[string]any{}
		for name, v := range r.seen(owner) {
			values[name] = v
		}
		values["done"], values["agreed"], values["refused"], values["total"] = turns.Done, turns.Agreed, turns.Refused, len(turns.Items)
		enough, err := r.p.truths[e.Loop.Until].Truth(values)
		if err != nil {
			r.incident(owner, NoValue, "")
			return
		}
		over = enough
	}
	switch {
	case over:
		r.withdrawInner(owner)
		r.disarm(owner, "")
		r.leave(owner)
	case e.Loop.Sequential:
		r.instance(scope, e)
	}
}
