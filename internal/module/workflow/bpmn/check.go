package bpmn

import (
	"context"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
)

// MaxElements is how many elements a process may have: the machine looks ahead over all of them.
const MaxElements = 5000

// Check tells what is wrong with a process: by its structure, by its expressions, and by walking through what can happen. deployed tells whether a process
// of a key can be called; nil asks nobody. No error among the findings means that every instance can be worked on to an end.
func Check(p *process.Process, deployed func(key string) bool) []Finding {
	findings, _ := CheckWithin(context.Background(), p, Known{Deployed: deployed}) // nothing ends it
	return findings
}

// CheckWithin is [Check] against all that the process names, and gives up with the error of ctx when that is done.
func CheckWithin(ctx context.Context, p *process.Process, known Known) ([]Finding, error) {
	c := newChecker(p)
	c.ctx = ctx
	c.check(known)
	return c.findings, ctx.Err()
}

func (c *checker) check(known Known) {
	p := c.p
	if len(p.Elements) > MaxElements || len(p.Flows) > 2*MaxElements {
		c.say("", Error, "bpmn.check.too_many", MaxElements)
		return
	}
	c.starts()
	for _, e := range p.Elements {
		if c.over() {
			return
		}
		c.element(e, known.Deployed)
	}
	c.named(known)
	c.reach()
	c.endless()
	c.expressions()
	if !slices.ContainsFunc(c.findings, func(f Finding) bool { return f.Severity == Error && !strings.HasPrefix(f.Key, "bpmn.rule.") }) {
		c.walk() // what is broken by structure says nothing when it is walked through
	}
}

// over tells that the check is given up: what it found so far is told to nobody.
func (c *checker) over() bool { return c.ctx.Err() != nil }

type checker struct {
	ctx      context.Context // of this one check
	p        *process.Process
	elements map[string]*process.Element
	flows    map[string]*process.Flow
	attached map[string][]*process.Element
	inside   map[string][]*process.Element
	findings []Finding
}

func newChecker(p *process.Process) *checker {
	c := &checker{p: p, elements: make(map[string]*process.Element, len(p.Elements)), flows: make(map[string]*process.Flow, len(p.Flows)),
		attached: map[string][]*process.Element{}, inside: map[string][]*process.Element{}}
	for _, e := range p.Elements {
		c.elements[e.ID] = e
		c.inside[e.Parent] = append(c.inside[e.Parent], e)
		if e.Kind == process.BoundaryEvent {
			c.attached[e.Attached] = append(c.attached[e.Attached], e)
		}
	}
	for _, f := range p.Flows {
		c.flows[f.ID] = f
	}
	return c
}

func (c *checker) say(id string, s Severity, key string, args ...any) {
	if len(c.findings) < mostFindings {
		c.findings = append(c.findings, Finding{Element: id, Severity: s, Key: key, Args: args})
	}
}

// starts checks that the process and each sub-process begins at one place. The process itself may begin with messages besides or instead, each another.
func (c *checker) starts() {
	scopes := []string{""}
	for _, e := range c.p.Elements {
		if e.Kind == process.SubProcess {
			scopes = append(scopes, e.ID)
		}
	}
	for _, scope := range scopes {
		n, messages := 0, map[string]bool{}
		for _, e := range c.inside[scope] {
			switch {
			case e.Kind != process.StartEvent:
			case scope == "" && e.Event.Trigger == process.Message:
				c.opening(e, messages)
			default:
				n++
			}
		}
		switch {
		case n == 0 && len(messages) == 0:
			c.say(scope, Error, "bpmn.check.no_start")
		case n > 1:
			c.say(scope, Error, "bpmn.check.several_starts", n)
		}
	}
}

// opening checks a start that a message brings about.
func (c *checker) opening(e *process.Element, messages map[string]bool) {
	if messages[e.Event.Name] && e.Event.Name != "" {
		c.say(e.ID, Error, "bpmn.check.opened_twice", e.Event.Name)
	}
	messages[e.Event.Name] = true
	told, beside := e.Extra[Teller], e.Extra[Beside]
	switch {
	case told != "" && beside == "":
		c.say(e.ID, Warning, "bpmn.check.told_nowhere")
	case told == "" && beside != "":
		c.say(e.ID, Warning, "bpmn.check.told_by_nobody")
	}
}

func (c *checker) element(e *process.Element, deployed func(string) bool) {
	c.ways(e)
	c.event(e)
	switch e.Kind {
	case process.UserTask:
		c.duty(e)
	case process.ServiceTask:
		if e.Handler == "" {
			c.say(e.ID, Error, "bpmn.check.no_handler")
		}
	case process.ScriptTask:
		if e.Script == "" {
			c.say(e.ID, Error, "bpmn.check.no_script")
		}
	case process.CallActivity:
		switch {
		case e.Calls == "":
			c.say(e.ID, Error, "bpmn.check.calls_nothing")
		case e.Calls == c.p.Key:
			c.say(e.ID, Error, "bpmn.check.calls_itself")
		case deployed != nil && !deployed(e.Calls):
			c.say(e.ID, Error, "bpmn.check.not_deployed", e.Calls)
		}
	case process.ExclusiveGateway, process.InclusiveGateway:
		c.conditions(e)
	case process.EventGateway:
		for _, id := range e.Outgoing {
			to := c.elements[c.flows[id].To]
			if to.Kind != process.IntermediateCatch && to.Kind != process.ReceiveTask {
				c.say(e.ID, Error, "bpmn.check.waits_for_nothing", name(to))
			}
		}
	}
}

// name is how a person knows an element.
func name(e *process.Element) string {
	if e.Name != "" {
		return e.Name
	}
	return e.ID
}

// ways checks that an element can be reached and left as its kind wants.
func (c *checker) ways(e *process.Element) {
	first := e.Kind == process.StartEvent || e.Kind == process.BoundaryEvent || e.Triggered
	if !first && len(e.Incoming) == 0 {
		c.say(e.ID, Error, "bpmn.check.no_way_in")
	}
	if e.Triggered && len(e.Incoming)+len(e.Outgoing) > 0 {
		c.say(e.ID, Error, "bpmn.check.event_process_flows")
	}
	if e.Kind != process.EndEvent && !e.Triggered && len(e.Outgoing) == 0 {
		c.say(e.ID, Error, "bpmn.check.no_way_on")
	}
}

func (c *checker) duty(e *process.Element) {
	d := e.Duty
	if e.Name == "" {
		c.say(e.ID, Error, "bpmn.check.no_name")
	}
	if d.Action == "" {
		c.say(e.ID, Error, "bpmn.check.no_action")
	}
	if d.Role == "" {
		c.say(e.ID, Error, "bpmn.check.no_role")
	}
	if d.Place == "" && e.Loop == nil {
		c.say(e.ID, Error, "bpmn.check.no_place")
	}
}

// event checks that an event has what its trigger needs.
func (c *checker) event(e *process.Element) {
	switch e.Event.Trigger {
	case process.Message, process.Signal:
		if e.Event.Name == "" {
			c.say(e.ID, Error, "bpmn.check.no_event_name")
		}
	case process.Error:
		if e.Kind == process.EndEvent && e.Event.Name == "" {
			c.say(e.ID, Error, "bpmn.check.no_event_name")
		}
		if e.Kind == process.EndEvent && !c.caught(e) {
			c.say(e.ID, Warning, "bpmn.check.error_uncaught", e.Event.Name)
		}
	case process.Timer:
		k := e.Event.Clock
		if k.Duration != "" && !validDuration(k.Duration) {
			c.say(e.ID, Error, "bpmn.check.duration", k.Duration)
		}
		if k.Cycle != "" && !validDuration(k.Cycle) && !workCycle.MatchString(k.Cycle) {
			c.say(e.ID, Error, "bpmn.check.duration", k.Cycle)
		}
		if t, err := machine.After(time.Unix(0, 0), k.Cycle); err == nil && t.Before(time.Unix(60, 0)) {
			c.say(e.ID, Error, "bpmn.check.cycle_short")
		}
		if k.Cycle != "" && !e.Keep {
			c.say(e.ID, Error, "bpmn.check.cycle_interrupts")
		}
	}
}

// caught tells whether somebody around an error end takes its error.
func (c *checker) caught(e *process.Element) bool {
	takes := func(ev *process.Element) bool {
		return ev.Event.Trigger == process.Error && (ev.Event.Name == "" || ev.Event.Name == e.Event.Name)
	}
	for scope := e.Parent; ; scope = c.elements[scope].Parent {
		for _, inner := range c.inside[scope] {
			if inner.Triggered && slices.ContainsFunc(c.inside[inner.ID], func(s *process.Element) bool { return s.Kind == process.StartEvent && takes(s) }) && inner.ID != e.Parent {
				return true
			}
		}
		if scope == "" {
			return false
		}
		if slices.ContainsFunc(c.attached[scope], takes) {
			return true
		}
	}
}

// conditions checks the ways out of a gateway: one of them must hold.
func (c *checker) conditions(e *process.Element) {
	if len(e.Outgoing) < 2 {
		return
	}
	var texts []string
	for _, id := range e.Outgoing {
		f := c.flows[id]
		switch {
		case id == e.Default:
		case f.When == "" && e.Kind == process.ExclusiveGateway:
			c.say(f.ID, Error, "bpmn.check.no_condition", name(e))
		case f.When == "":
			return // an inclusive gateway always takes it
		default:
			texts = append(texts, f.When)
		}
	}
	if e.Default == "" && len(texts) == len(e.Outgoing) && !opposite(texts) {
		c.say(e.ID, Warning, "bpmn.check.no_default")
	}
}

// opposite tells whether one of the conditions is the other's negation, so that one of them always holds.
func opposite(texts []string) bool {
	plain := func(s string) string { return strings.ReplaceAll(s, " ", "") }
	for _, a := range texts {
		for _, b := range texts {
			if n := plain(b); n == "!("+plain(a)+")" || n == "!"+plain(a) && variable.MatchString(plain(a)) {
				return true
			}
			if strings.Count(a, "==") == 1 && !strings.ContainsAny(a, "&|?") && strings.Replace(plain(a), "==", "!=", 1) == plain(b) {
				return true
			}
		}
	}
	return false
}

// after returns the elements a token can go to from an element or an event on it, and from inside of a sub-process.
func (c *checker) after(e *process.Element) []*process.Element {
	var out []*process.Element
	for _, id := range e.Outgoing {
		out = append(out, c.elements[c.flows[id].To])
	}
	out = append(out, c.attached[e.ID]...)
	if e.Kind == process.SubProcess {
		for _, inner := range c.inside[e.ID] {
			if inner.Kind == process.StartEvent || inner.Triggered {
				out = append(out, inner)
			}
		}
	}
	return out
}

// reach finds elements nobody comes to, and such from which no way leads to an end.
func (c *checker) reach() {
	seen := map[string]bool{}
	var queue []*process.Element
	for _, e := range c.inside[""] {
		if e.Kind == process.StartEvent || e.Triggered {
			queue = append(queue, e)
			seen[e.ID] = true
		}
	}
	before := map[string][]*process.Element{}
	for i := 0; i < len(queue); i++ {
		for _, next := range c.after(queue[i]) {
			if next.Parent == queue[i].Parent {
				before[next.ID] = append(before[next.ID], queue[i])
			}
			if !seen[next.ID] {
				seen[next.ID] = true
				queue = append(queue, next)
			}
		}
	}
	ends := map[string]bool{}
	var back []*process.Element
	for _, e := range queue {
		if e.Kind == process.EndEvent || e.Triggered {
			ends[e.ID] = true
			back = append(back, e)
		}
	}
	for i := 0; i < len(back); i++ {
		for _, e := range before[back[i].ID] {
			if !ends[e.ID] {
				ends[e.ID] = true
				back = append(back, e)
			}
		}
	}
	for _, e := range c.p.Elements {
		switch {
		case !seen[e.ID] && len(e.Incoming) > 0:
			c.say(e.ID, Error, "bpmn.check.unreachable")
		case seen[e.ID] && !ends[e.ID] && len(e.Outgoing) > 0:
			c.say(e.ID, Error, "bpmn.check.no_end")
		}
	}
}

// automatic tells whether an element is passed without anybody or anything being waited for.
func automatic(e *process.Element) bool {
	switch e.Kind {
	case process.ScriptTask, process.ExclusiveGateway, process.ParallelGateway, process.InclusiveGateway, process.IntermediateThrow, process.SendTask:
		return true
	}
	return false
}

// endless finds circles in which nothing is waited for.
func (c *checker) endless() {
	state := map[string]int{}
	var walk func(e *process.Element)
	walk = func(e *process.Element) {
		state[e.ID] = 1
		for _, id := range e.Outgoing {
			next := c.elements[c.flows[id].To]
			if !automatic(next) {
				continue
			}
			switch state[next.ID] {
			case 0:
				walk(next)
			case 1:
				c.say(next.ID, Error, "bpmn.check.endless", name(next))
			}
		}
		state[e.ID] = 2
	}
	for _, e := range c.p.Elements {
		if automatic(e) && state[e.ID] == 0 {
			walk(e)
		}
	}
}
