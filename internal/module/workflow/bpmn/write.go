package bpmn

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/module/workflow/process"
)

// Write writes a process as a BPMN file with a picture laid out from left to right. It is for processes made from nothing: of one that was read, the
// file it came from says more; change that with [Edit]. Reading what it wrote gives the same process.
func Write(p *process.Process) []byte {
	w := &writer{inside: map[string][]*process.Element{}, flows: map[string]*process.Flow{}, elements: map[string]*process.Element{}, refs: map[[2]string]string{}}
	for _, e := range p.Elements {
		w.inside[e.Parent] = append(w.inside[e.Parent], e)
		w.elements[e.ID] = e
	}
	for _, f := range p.Flows {
		w.flows[f.ID] = f
	}
	w.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	w.open("bpmn:definitions", "xmlns:bpmn", modelSpace, "xmlns:bpmndi", diagramSpace, "xmlns:dc", "http://www.omg.org/spec/DD/20100524/DC",
		"xmlns:di", "http://www.omg.org/spec/DD/20100524/DI", "xmlns:xsi", schemaSpace, "xmlns:xiangyun", Namespace, "id", "definitions_"+p.Key,
		"targetNamespace", Namespace, "expressionLanguage", languages)
	w.declare(p)
	w.open("bpmn:process", "id", p.Key, "name", p.Name, "isExecutable", "true")
	for i, v := range p.Variables {
		w.empty("bpmn:dataObject", append([]string{"id", w.free("data_" + strconv.Itoa(i+1))}, dialect{"bpmn:", "xiangyun:"}.variable(v)...)...)
	}
	w.scope(p, "")
	w.shut("bpmn:process")
	w.diagram(p)
	w.shut("bpmn:definitions")
	return []byte(w.b.String())
}

type writer struct {
	b        strings.Builder
	depth    int
	inside   map[string][]*process.Element
	elements map[string]*process.Element
	flows    map[string]*process.Flow
	refs     map[[2]string]string // kind and name of a message, signal or error → its id
}

func (w *writer) line(text string) {
	w.b.WriteString(strings.Repeat("  ", w.depth) + text + "\n")
}

// tag writes a start tag's inside; attributes come as names and values, an empty value leaves the attribute out.
func tag(name string, attributes []string) string {
	var b strings.Builder
	b.WriteString(name)
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] != "" {
			b.WriteString(" " + attributes[i] + `="` + escape(attributes[i+1]) + `"`)
		}
	}
	return b.String()
}

func (w *writer) open(name string, attributes ...string) {
	w.line("<" + tag(name, attributes) + ">")
	w.depth++
}

func (w *writer) shut(name string) {
	w.depth--
	w.line("</" + name + ">")
}

func (w *writer) empty(name string, attributes ...string) { w.line("<" + tag(name, attributes) + "/>") }

func (w *writer) leaf(name, text string, attributes ...string) {
	w.line("<" + tag(name, attributes) + ">" + escape(text) + "</" + name + ">")
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;", "\t", "&#9;", "\r", "&#13;")

func escape(text string) string { return escaper.Replace(text) }

// free returns an id that no element or flow has.
func (w *writer) free(id string) string {
	for w.elements[id] != nil || w.flows[id] != nil {
		id += "_"
	}
	return id
}

// kindOfRef is the root element a trigger refers to.
var kindOfRef = map[process.Trigger]string{process.Message: "message", process.Signal: "signal", process.Error: "error"}

// declare writes the messages, signals and errors of the process, each once.
func (w *writer) declare(p *process.Process) {
	for _, e := range p.Elements {
		kind := kindOfRef[e.Event.Trigger]
		key := [2]string{kind, e.Event.Name}
		if kind == "" || e.Event.Name == "" || w.refs[key] != "" {
			continue
		}
		w.refs[key] = w.free(fmt.Sprintf("%s_%d", kind, len(w.refs)+1))
		if kind == "error" {
			w.empty("bpmn:error", "id", w.refs[key], "name", e.Event.Name, "errorCode", e.Event.Name)
		} else {
			w.empty("bpmn:"+kind, "id", w.refs[key], "name", e.Event.Name)
		}
	}
}

func (w *writer) scope(p *process.Process, parent string) {
	for _, e := range w.inside[parent] {
		w.element(p, e)
	}
	for _, f := range p.Flows {
		from := w.elements[f.From]
		if from == nil || from.Parent != parent {
			continue
		}
		attributes := []string{"id", f.ID, "name", f.Name, "sourceRef", f.From, "targetRef", f.To}
		if f.When == "" {
			w.empty("bpmn:sequenceFlow", attributes...)
			continue
		}
		w.open("bpmn:sequenceFlow", attributes...)
		w.leaf("bpmn:conditionExpression", f.When, "xsi:type", "bpmn:tFormalExpression")
		w.shut("bpmn:sequenceFlow")
	}
}

func (w *writer) element(p *process.Process, e *process.Element) {
	name := "bpmn:" + string(e.Kind)
	w.open(name, w.attributes(e)...)
	if block := (dialect{"bpmn:", "xiangyun:"}).extensions(e); len(block) > 0 {
		w.open("bpmn:extensionElements")
		for _, l := range block {
			w.line(l)
		}
		w.shut("bpmn:extensionElements")
	}
	for _, id := range e.Incoming {
		w.leaf("bpmn:incoming", id)
	}
	for _, id := range e.Outgoing {
		w.leaf("bpmn:outgoing", id)
	}
	d := dialect{"bpmn:", "xiangyun:"}
	for _, l := range d.body(e, w.refs[[2]string{kindOfRef[e.Event.Trigger], e.Event.Name}]) {
		w.line(l)
	}
	if e.Kind == process.SubProcess {
		w.scope(p, e.ID)
	}
	w.shut(name)
}

// attributes of the start tag: those of the standard, then ours.
func (w *writer) attributes(e *process.Element) []string {
	a := []string{"id", e.ID, "name", e.Name, "default", e.Default}
	ref := w.refs[[2]string{kindOfRef[e.Event.Trigger], e.Event.Name}]
	switch e.Kind {
	case process.StartEvent:
		if e.Keep {
			a = append(a, "isInterrupting", "false")
		}
	case process.BoundaryEvent:
		a = append(a, "attachedToRef", e.Attached, "cancelActivity", strconv.FormatBool(!e.Keep))
	case process.SubProcess:
		if e.Triggered {
			a = append(a, "triggeredByEvent", "true")
		}
	case process.SendTask, process.ReceiveTask:
		a = append(a, "messageRef", ref, "xiangyun:key", e.Event.Key)
	case process.ServiceTask:
		a = append(a, "xiangyun:handler", e.Handler)
	case process.ScriptTask:
		a = append(a, "scriptFormat", "cel", "xiangyun:result", e.Result)
	case process.CallActivity:
		a = append(a, "calledElement", e.Calls)
	}
	return a
}

// dialect holds the prefixes a file uses for BPMN and for our namespace, each with its colon.
type dialect struct{ model, own string }

// variable returns the attributes of a data object but its id, as names and values.
func (d dialect) variable(v process.Variable) []string {
	personal := ""
	if v.Personal {
		personal = "true"
	}
	return []string{"name", v.Name, d.own + "type", v.Type, d.own + "form", v.Form, d.own + "field", v.Field, d.own + "personal", personal}
}

// extensions returns what our namespace says about an element, one element a line.
func (d dialect) extensions(e *process.Element) []string {
	var out []string
	if t := e.Duty; e.Kind == process.UserTask && !emptyDuty(t) {
		skip := ""
		if t.SkipSame {
			skip = "true"
		}
		head := tag(d.own+"duty", []string{"action", t.Action, "role", t.Role, "place", t.Place, "level", t.Level, "form", t.Form, "document", t.Document,
			"limit", t.Limit, "skipSame", skip})
		if len(t.Fields) == 0 {
			out = append(out, "<"+head+"/>")
		} else {
			out = append(out, "<"+head+">")
			for _, name := range slices.Sorted(maps.Keys(t.Fields)) {
				out = append(out, "  <"+tag(d.own+"field", []string{"name", name, "right", t.Fields[name]})+"/>")
			}
			out = append(out, "</"+d.own+"duty>")
		}
	}
	for _, part := range []struct {
		name    string
		entries map[string]string
	}{{"input", e.Inputs}, {"output", e.Outputs}, {"property", e.Extra}} {
		for _, name := range slices.Sorted(maps.Keys(part.entries)) {
			out = append(out, "<"+tag(d.own+part.name, []string{"name", name})+">"+escape(part.entries[name])+"</"+d.own+part.name+">")
		}
	}
	return out
}

func emptyDuty(d process.Duty) bool {
	return d.Action == "" && d.Role == "" && d.Place == "" && d.Level == "" && d.Form == "" && d.Document == "" && d.Limit == "" && !d.SkipSame && len(d.Fields) == 0
}

// body returns what the standard says inside an element behind its flows: event, loop, script.
func (d dialect) body(e *process.Element, ref string) []string {
	var out []string
	if e.Event.Trigger != process.None && !activities[e.Kind] {
		out = append(out, d.definition(e.Event, ref)...)
	}
	if l := e.Loop; l != nil {
		out = append(out, d.loop(l)...)
	}
	if e.Script != "" {
		out = append(out, "<"+d.model+"script>"+escape(e.Script)+"</"+d.model+"script>")
	}
	return out
}

func (d dialect) loop(l *process.Loop) []string {
	head := tag(d.model+"multiInstanceLoopCharacteristics", []string{"isSequential", strconv.FormatBool(l.Sequential), d.own + "each", l.Each, d.own + "as", l.As})
	if l.Until == "" {
		return []string{"<" + head + "/>"}
	}
	return []string{"<" + head + ">", "  <" + d.model + "completionCondition>" + escape(l.Until) + "</" + d.model + "completionCondition>",
		"</" + d.model + "multiInstanceLoopCharacteristics>"}
}

func (d dialect) definition(ev process.Event, ref string) []string {
	name := d.model + string(ev.Trigger) + "EventDefinition"
	switch ev.Trigger {
	case process.Timer:
		inside := d.timer(ev.Clock)
		head := tag(name, []string{d.own + "workdays", ev.Clock.Workdays})
		if inside == "" {
			return []string{"<" + head + "/>"}
		}
		return []string{"<" + head + ">", "  " + inside, "</" + name + ">"}
	case process.Message:
		return []string{"<" + tag(name, []string{"messageRef", ref, d.own + "key", ev.Key}) + "/>"}
	case process.Signal:
		return []string{"<" + tag(name, []string{"signalRef", ref}) + "/>"}
	case process.Error:
		return []string{"<" + tag(name, []string{"errorRef", ref}) + "/>"}
	}
	return []string{"<" + name + "/>"}
}

func (d dialect) timer(c process.Clock) string {
	for _, part := range [][2]string{{"timeDate", dateText(c.Date)}, {"timeDuration", c.Duration}, {"timeCycle", c.Cycle}} {
		if part[1] == "" {
			continue
		}
		text := part[1]
		if part[0] == "timeCycle" {
			text = cycleText(c.Cycle, c.Times)
		}
		return "<" + d.model + part[0] + ">" + escape(text) + "</" + d.model + part[0] + ">"
	}
	return ""
}

// diagram writes where everything is drawn (BPMNDI).
func (w *writer) diagram(p *process.Process) {
	plan := Arrange(p)
	w.open("bpmndi:BPMNDiagram", "id", "diagram_"+p.Key)
	w.open("bpmndi:BPMNPlane", "id", "plane_"+p.Key, "bpmnElement", p.Key)
	for _, e := range p.Elements {
		expanded := ""
		if e.Kind == process.SubProcess {
			expanded = "true"
		}
		b := plan.Boxes[e.ID]
		w.open("bpmndi:BPMNShape", "id", "shape_"+e.ID, "bpmnElement", e.ID, "isExpanded", expanded)
		w.empty("dc:Bounds", "x", strconv.Itoa(b.X), "y", strconv.Itoa(b.Y), "width", strconv.Itoa(b.W), "height", strconv.Itoa(b.H))
		w.shut("bpmndi:BPMNShape")
	}
	for _, f := range p.Flows {
		w.open("bpmndi:BPMNEdge", "id", "edge_"+f.ID, "bpmnElement", f.ID)
		for _, at := range plan.Lines[f.ID] {
			w.empty("di:waypoint", "x", strconv.Itoa(at.X), "y", strconv.Itoa(at.Y))
		}
		w.shut("bpmndi:BPMNEdge")
	}
	w.shut("bpmndi:BPMNPlane")
	w.shut("bpmndi:BPMNDiagram")
}
