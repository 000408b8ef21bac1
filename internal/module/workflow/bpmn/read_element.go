package bpmn

import (
	"slices"
	"strings"

	"xiangyun/internal/module/workflow/process"
)

func (r *reader) element(n *node, parent string) {
	r.attributesOf(n)
	e := &process.Element{ID: r.identify(n), Kind: kinds[n.name], Name: n.get("name"), Parent: parent, Default: n.get("default")}
	if r.elements[e.ID] == nil { // a second one of the same id is a finding already
		r.process.Elements = append(r.process.Elements, e)
		r.elements[e.ID], r.nodes[e.ID] = e, n
	}
	if e.Kind == process.SubProcess {
		e.Triggered = n.get("triggeredByEvent") == "true"
	}
	var definitions []*node
	for _, c := range n.children {
		switch {
		case c.model("incoming"), c.model("outgoing"):
		case c.model("extensionElements"):
			r.extensionsOf(c, e)
		case c.space == modelSpace && strings.HasSuffix(c.name, "EventDefinition") && !activities[e.Kind]:
			definitions = append(definitions, c)
		case c.model("multiInstanceLoopCharacteristics") && activities[e.Kind] && !e.Triggered:
			r.loop(c, e)
		case c.model("script") && e.Kind == process.ScriptTask:
			e.Script = r.expression(c)
		case c.model("dataInputAssociation"), c.model("dataOutputAssociation"):
			r.association(c)
		case c.model("property") && c.get("name") == "__targetRef_placeholder": // what bpmn-js puts behind a drawn data association
		case e.Kind == process.SubProcess && scoped(c): // read with what lies in it
		default:
			r.other(c)
		}
	}
	r.event(n, e, definitions)
	switch e.Kind {
	case process.ServiceTask:
		e.Handler = n.in(Namespace, "handler")
	case process.ScriptTask:
		e.Result = n.in(Namespace, "result")
	case process.CallActivity:
		e.Calls = localName(n.get("calledElement"))
	case process.SubProcess:
		r.scope(n, e.ID)
	}
}

// scoped tells whether a child of a sub-process is part of what lies in it.
func scoped(n *node) bool {
	return n.space == modelSpace && (kinds[n.name] != "" || n.name == "sequenceFlow" || n.name == "dataObject" || n.name == "dataObjectReference")
}

// association is a line between a data object and an element. Every variable can be read everywhere, so it says nothing by itself; one that copies or
// computes would.
func (r *reader) association(n *node) {
	for _, c := range n.children {
		if !c.model("sourceRef") && !c.model("targetRef") {
			r.other(c)
		}
	}
}

func (r *reader) loop(n *node, e *process.Element) {
	r.attributesOf(n)
	e.Loop = &process.Loop{Sequential: n.get("isSequential") == "true", Each: n.in(Namespace, "each"), As: n.in(Namespace, "as")}
	for _, c := range n.children {
		if !c.model("completionCondition") {
			r.other(c)
			continue
		}
		e.Loop.Until = r.expression(c)
	}
	if e.Loop.Each == "" {
		r.refuse(n, "bpmn.read.no_each")
	}
	if e.Loop.As != "" && !variable.MatchString(e.Loop.As) {
		r.refuse(n, "bpmn.read.variable", e.Loop.As)
	}
}

// event reads what an event waits for or brings about.
func (r *reader) event(n *node, e *process.Element, definitions []*node) {
	switch e.Kind {
	case process.ReceiveTask, process.SendTask:
		e.Event = process.Event{Trigger: process.Message, Name: r.nameOf(n, "message"), Key: n.in(Namespace, "key")}
		return
	case process.BoundaryEvent:
		e.Attached, e.Keep = n.get("attachedToRef"), n.get("cancelActivity") == "false"
	case process.StartEvent:
		e.Keep = n.get("isInterrupting") == "false"
	case process.EndEvent, process.IntermediateCatch, process.IntermediateThrow:
	default:
		for _, d := range definitions {
			r.other(d)
		}
		return
	}
	if len(definitions) > 1 {
		r.refuse(n, "bpmn.read.several_triggers")
	}
	for _, d := range definitions {
		trigger, ok := triggers[d.name]
		if !ok {
			r.other(d)
			return
		}
		e.Event = r.definition(d, trigger)
	}
	r.fits(n, e)
}

// fits refuses triggers where the standard or the machine has none.
func (r *reader) fits(n *node, e *process.Element) {
	may := fitting[e.Kind]
	if e.Kind == process.StartEvent {
		switch host := r.elements[e.Parent]; {
		case host != nil && host.Triggered:
			may = []process.Trigger{process.Timer, process.Message, process.Signal, process.Error}
		default: // an instance begins with its case or with a message, an embedded sub-process with its token
			may = []process.Trigger{process.None}
			if e.Parent == "" {
				may = append(may, process.Message)
			}
			if e.Keep {
				r.refuse(n, "bpmn.read.keep_place")
			}
			if e.Event.Key != "" {
				r.refuse(n, "bpmn.read.start_key")
			}
		}
	}
	if !slices.Contains(may, e.Event.Trigger) {
		r.refuse(n, "bpmn.read.trigger_place", string(e.Event.Trigger))
	}
	if e.Keep && e.Event.Trigger == process.Error {
		r.refuse(n, "bpmn.read.error_keeps")
	}
}

func (r *reader) definition(n *node, trigger process.Trigger) process.Event {
	r.attributesOf(n)
	ev := process.Event{Trigger: trigger}
	switch trigger {
	case process.Timer:
		ev.Clock = r.clock(n)
		return ev
	case process.Message:
		ev.Name, ev.Key = r.nameOf(n, "message"), n.in(Namespace, "key")
	case process.Signal:
		ev.Name = r.nameOf(n, "signal")
	case process.Error:
		ev.Name = r.nameOf(n, "error")
	}
	r.nothingIn(n)
	return ev
}

// nameOf follows messageRef, signalRef or errorRef to the name of what it refers to. No reference is no name: of an error that is every one.
func (r *reader) nameOf(n *node, what string) string {
	ref := localName(n.get(what + "Ref"))
	if ref == "" {
		return ""
	}
	found := r.named[ref]
	if found == nil || found.name != what {
		r.refuse(n, "bpmn.read.reference", ref)
		return ""
	}
	if code := found.get("errorCode"); code != "" {
		return code
	}
	return found.get("name")
}

func (r *reader) clock(n *node) process.Clock {
	c := process.Clock{Workdays: n.in(Namespace, "workdays")}
	said := 0
	if c.Workdays != "" {
		said++
	}
	for _, child := range n.children {
		switch {
		case child.model("timeDate"):
			c.Date = dateExpression(r.expression(child))
		case child.model("timeDuration"):
			c.Duration = r.expression(child)
		case child.model("timeCycle"):
			var ok bool
			if c.Cycle, c.Times, ok = cycle(r.expression(child)); !ok {
				r.refuse(child, "bpmn.read.cycle")
			}
		default:
			r.other(child)
			continue
		}
		said++
	}
	if said != 1 {
		r.refuse(n, "bpmn.read.clock")
	}
	return c
}

// extensionsOf reads what our namespace says about an element; e is nil where it says nothing. What other programs say stays in the file.
func (r *reader) extensionsOf(n *node, e *process.Element) {
	duties := 0
	for _, c := range n.children {
		if c.space != Namespace {
			if c.space == modelSpace {
				r.refuse(c, "bpmn.read.misplaced", c.name)
			}
			continue
		}
		if ours["xiangyun:"+c.name] == nil || c.name == "field" || e == nil {
			r.refuse(c, "bpmn.read.extension", c.name)
			continue
		}
		r.attributesOf(c)
		switch c.name {
		case "duty":
			if duties++; duties > 1 || e.Kind != process.UserTask {
				r.refuse(c, "bpmn.read.extension", c.name)
			}
			e.Duty = r.duty(c)
		case "input":
			r.entry(c, &e.Inputs)
		case "output":
			r.entry(c, &e.Outputs)
		case "property":
			r.entry(c, &e.Extra)
		}
	}
}

func (r *reader) duty(n *node) process.Duty {
	get := n.get
	d := process.Duty{Action: get("action"), Role: get("role"), Place: get("place"), Level: get("level"), Form: get("form"), Document: get("document"),
		Limit: get("limit"), SkipSame: get("skipSame") == "true"}
	for _, c := range n.children {
		if c.space != Namespace || c.name != "field" {
			r.refuse(c, "bpmn.read.extension", c.name)
			continue
		}
		r.attributesOf(c)
		name, right := c.get("name"), c.get("right")
		if name == "" || right == "" || d.Fields[name] != "" {
			r.refuse(c, "bpmn.read.entry", c.name)
			continue
		}
		if d.Fields == nil {
			d.Fields = map[string]string{}
		}
		d.Fields[name] = right
	}
	return d
}

// entry reads <xiangyun:input name="a">expression</xiangyun:input> and its like.
func (r *reader) entry(n *node, into *map[string]string) {
	name := n.get("name")
	if _, twice := (*into)[name]; twice || name == "" || len(n.children) > 0 {
		r.refuse(n, "bpmn.read.entry", n.name)
		return
	}
	if *into == nil {
		*into = map[string]string{}
	}
	(*into)[name] = strings.TrimSpace(string(n.text))
}
