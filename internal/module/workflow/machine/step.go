package machine

import (
	"cmp"
	"maps"
	"slices"

	"xiangyun/internal/module/workflow/process"
)

// Env is what a step may look at beside the state: the values of the instance's variables, of its places and its subject.
type Env struct{ Values map[string]any }

// stepLimit is how many elements tokens may enter in one step. A loop of gateways and scripts without anything to wait for meets it.
const stepLimit = 2000

// mostItems is how many instances a multi-instance activity may have.
const mostItems = 1000

// step is one command under way.
type step struct {
	p       *Program
	s       State
	values  map[string]any
	own     bool // values is this step's copy
	effects []Effect
	moving  []int // tokens on their way, in order
	entered int
}

// Step does one command. It returns the next state and what is to be done, in order. An error, one of the Err… of this package, says that the command
// can't be done; the state is then as it was. A command whose automatic steps find no end has no effect but an incident [Endless].
func (p *Program) Step(s State, c Command, env Env) (State, []Effect, error) {
	for _, t := range s.Tokens {
		if p.elements[t.At] == nil {
			return s, nil, ErrUnknown
		}
	}
	for _, a := range s.Arms {
		if p.elements[a.Event] == nil {
			return s, nil, ErrUnknown
		}
	}
	r := &step{p: p, s: s.clone(), values: env.Values}
	if err := r.command(c); err != nil {
		return s, nil, err
	}
	if !r.settle() {
		return s, []Effect{{Do: OpenIncident, Token: c.Token, Name: Endless}}, nil
	}
	return r.s, r.effects, nil
}

func (r *step) command(c Command) error {
	if c.Do == Start {
		return r.start(c)
	}
	if r.s.Ended || r.s.Last == 0 {
		return ErrGone
	}
	if c.Do == Cancel {
		r.clear(rootScope, 0)
		r.s.Arms, r.s.Scopes, r.s.Ended = nil, nil, true
		r.emit(Effect{Do: Ended})
		return nil
	}
	if c.Do == Fire {
		return r.fire(c)
	}
	t := r.s.Token(c.Token)
	waits := map[Verb]Wait{Complete: WaitTask, Serve: WaitService, FailService: WaitService, EndChild: WaitChild, FailChild: WaitChild, Retry: WaitIncident, Skip: WaitIncident}
	switch c.Do {
	case Rewind:
		return r.rewind(c)
	case Retake:
		return r.retake(c)
	}
	if t == nil || waits[c.Do] == "" || t.Wait != waits[c.Do] {
		return ErrGone
	}
	switch c.Do {
	case Complete:
		r.complete(c)
	case Serve, EndChild:
		if r.outputs(c.Token, r.p.elements[t.At], c.Values) {
			r.finish(c.Token, false)
		}
	case FailService, FailChild:
		if c.Code == "" {
			r.incident(c.Token, cmp.Or(c.Outcome, Service), "")
		} else {
			r.throw(c.Token, c.Code)
		}
	case Retry:
		r.emit(Effect{Do: CloseIncident, Token: t.ID})
		r.withdrawInner(t.ID)
		r.disarm(t.ID, "")
		r.enterLater(t.ID)
	case Skip:
		return r.skip(t.ID)
	}
	return nil
}

// skip lets a token leave the place of its incident. Where a way has to be chosen nothing can be skipped.
func (r *step) skip(id int) error {
	e := r.p.elements[r.s.Token(id).At]
	if !activity(e.Kind) && e.Kind != process.IntermediateCatch && e.Kind != process.IntermediateThrow {
		return ErrTarget
	}
	r.emit(Effect{Do: CloseIncident, Token: id})
	r.withdrawInner(id)
	r.disarm(id, "")
	r.finish(id, false)
	return nil
}

func (r *step) start(c Command) error {
	if r.s.Last != 0 {
		return ErrGone
	}
	var at *process.Element
	for _, e := range r.p.starts[""] {
		if e.ID == c.Event || c.Event == "" && e.Event.Trigger == process.None {
			at = e
			break
		}
	}
	if at == nil {
		return ErrTarget
	}
	r.s.open(Scope{})
	if !r.armScope(rootScope, "") {
		return ErrTarget
	}
	id := r.s.add(Token{Scope: rootScope, At: at.ID})
	if r.outputs(id, at, c.Values) {
		r.leave(id)
	}
	return nil
}

// against are the outcomes that count as refused in a multi-instance activity.
var against = []string{"disagree", "refuse", "reject"}

func (r *step) complete(c Command) {
	t := r.s.Token(c.Token)
	e := r.p.elements[t.At]
	if r.p.outcome {
		r.set("outcome", c.Outcome)
	}
	if len(e.Outputs) == 0 {
		for _, name := range ordered(c.Values) {
			if _, declared := r.p.types[name]; declared {
				r.set(name, c.Values[name])
			}
		}
	} else if !r.outputs(t.ID, e, c.Values) {
		return
	}
	r.finish(c.Token, slices.Contains(against, c.Outcome))
}

// settle moves tokens until all wait. False tells that they would not stop.
func (r *step) settle() bool {
	for {
		for len(r.moving) > 0 {
			id := r.moving[0]
			r.moving = r.moving[1:]
			if t := r.s.Token(id); t == nil || t.Wait != "" {
				continue // withdrawn on its way
			}
			if r.entered++; r.entered > stepLimit {
				return false
			}
			r.enter(id)
		}
		if !r.openInclusive() {
			break
		}
	}
	r.lookStuck()
	return true
}

// lookStuck opens an incident when nothing outside can move any token any more.
func (r *step) lookStuck() {
	if r.s.Ended || len(r.s.Tokens) == 0 || len(r.s.Arms) > 0 {
		return
	}
	for _, t := range r.s.Tokens {
		if t.Wait != WaitJoin && t.Wait != WaitInner {
			return
		}
	}
	for _, t := range r.s.Tokens {
		if t.Wait == WaitJoin {
			r.incident(t.ID, Stuck, "")
			return
		}
	}
}

func (r *step) emit(e Effect) { r.effects = append(r.effects, e) }

func (r *step) set(name string, v any) {
	if !r.own {
		r.values, r.own = maps.Clone(r.values), true
		if r.values == nil {
			r.values = map[string]any{}
		}
	}
	r.values[name] = v
	r.emit(Effect{Do: SetVariable, Name: name, Value: v})
}

// enterLater lets a token enter the element it stands at. It gets a new number, so that what it waited for before can't be taken for what it will
// wait for.
func (r *step) enterLater(id int) {
	t := r.s.Token(id)
	r.s.Last++
	t.ID, t.Wait = r.s.Last, ""
	r.moving = append(r.moving, t.ID)
}

// follow sends a token along a flow.
func (r *step) follow(id int, flow string) {
	t := r.s.Token(id)
	t.At, t.From, t.Item = r.p.flows[flow].To, flow, 0
	r.enterLater(id)
}

// split sends a token along some flows: itself along the first, a new one along each other.
func (r *step) split(id int, flows []string) {
	scope := r.s.Token(id).Scope
	for i, f := range flows {
		at := id
		if i > 0 {
			at = r.s.add(Token{Scope: scope, At: r.p.flows[f].From})
		}
		r.follow(at, f)
	}
}

// leave sends a token on from an event or activity: along every flow whose condition is true, its default when there is none.
func (r *step) leave(id int) {
	t := r.s.Token(id)
	e := r.p.elements[t.At]
	if len(e.Outgoing) == 0 {
		r.consume(id)
		return
	}
	if len(e.Outgoing) == 1 && r.p.flows[e.Outgoing[0]].When == "" {
		r.follow(id, e.Outgoing[0])
		return
	}
	flows, ok := r.chosen(id, e, false)
	switch {
	case !ok:
		r.incident(id, NoValue, "")
	case len(flows) == 0:
		r.incident(id, NoWay, "")
	default:
		r.split(id, flows)
	}
}

// chosen returns the flows whose conditions are true, only the first when first; the default when none is.
func (r *step) chosen(id int, e *process.Element, first bool) (flows []string, ok bool) {
	var values map[string]any
	for _, f := range e.Outgoing {
		if f == e.Default {
			continue
		}
		when := r.p.flows[f].When
		if when != "" {
			if values == nil {
				values = r.seen(id)
			}
			yes, err := r.p.truths[when].Truth(values)
			if err != nil {
				return nil, false
			}
			if !yes {
				continue
			}
		}
		if flows = append(flows, f); first {
			return flows, true
		}
	}
	if len(flows) == 0 && e.Default != "" {
		flows = []string{e.Default}
	}
	return flows, true
}

// consume ends a token, and its scope when it was the last there.
func (r *step) consume(id int) {
	scope := r.s.Token(id).Scope
	r.s.remove(id)
	if len(r.s.in(scope)) > 0 {
		return
	}
	r.disarm(scope, "")
	if scope == rootScope {
		r.s.Scopes, r.s.Ended = nil, true
		r.emit(Effect{Do: Ended})
		return
	}
	c := r.s.scope(scope)
	owner, at := c.Owner, c.At
	r.s.shut(scope)
	if r.p.elements[at].Triggered {
		r.consume(owner)
		return
	}
	r.finish(owner, false)
}

// incident stops a token until a keeper acts. What is armed beside it stays.
func (r *step) incident(id int, reason, code string) {
	t := r.s.Token(id)
	t.Wait = WaitIncident
	r.emit(Effect{Do: OpenIncident, Token: id, Element: t.At, Name: reason, Key: code})
}
