package bpmn

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"xiangyun/internal/module/workflow/process"
)

// Read reads a BPMN 2.0 file. What can't be read or is not supported is a fault of kind Invalid, "bpmn.refused", with a field for each finding, all of
// them at once; of a file that is no XML only where it breaks. The process is complete, and not checked yet: see [Check].
func Read(source []byte) (*process.Process, error) {
	p, _, err := read(source)
	return p, err
}

func read(source []byte) (*process.Process, *tree, error) {
	t, err := parse(source)
	var b broken
	if errors.As(err, &b) {
		return nil, nil, Refused([]Finding{b.Finding})
	}
	if err != nil {
		return nil, nil, err
	}
	r := &reader{tree: t, process: &process.Process{}, elements: map[string]*process.Element{}, nodes: map[string]*node{}, flows: map[string]*process.Flow{},
		named: map[string]*node{}, objects: map[string]bool{}}
	r.file()
	if err := Refused(r.findings); err != nil {
		return nil, nil, err
	}
	return r.process, t, nil
}

// reader turns nodes into a process and gathers what it can't.
type reader struct {
	*tree
	process  *process.Process
	elements map[string]*process.Element
	nodes    map[string]*node // by the id of the element or flow
	flows    map[string]*process.Flow
	named    map[string]*node // messages, signals and errors by id
	objects  map[string]bool  // ids of data objects
	findings []Finding
}

func (r *reader) refuse(n *node, key string, args ...any) {
	if len(r.findings) < mostFindings {
		r.findings = append(r.findings, Finding{Element: where(n), Severity: Error, Key: key, Args: args})
	}
}

// where is the id of the node or of what it belongs to, else its line.
func where(n *node) string {
	for at := n; at != nil && at.name != "definitions" && at.name != "process"; at = at.parent {
		if id := at.get("id"); id != "" && (at == n || kinds[at.name] != "") {
			return id
		}
	}
	return fmt.Sprintf("line %d", n.line)
}

func (r *reader) file() {
	root := r.root
	if !root.model("definitions") {
		r.refuse(root, "bpmn.read.not_bpmn")
		return
	}
	for _, id := range r.twice {
		r.findings = append(r.findings, Finding{Element: id, Severity: Error, Key: "bpmn.read.id_twice"})
	}
	r.attributesOf(root)
	var found *node
	for _, n := range root.children {
		switch {
		case n.model("process") && found == nil:
			found = n
		case n.model("process"):
			r.refuse(n, "bpmn.read.several_processes")
		case n.model("message"), n.model("signal"), n.model("error"):
			r.attributesOf(n)
			r.nothingIn(n)
			r.named[n.get("id")] = n
		case n.model("extension"):
			if n.get("mustUnderstand") == "true" {
				r.refuse(n, "bpmn.read.must_understand", n.get("definition"))
			}
		case n.space == diagramSpace:
		default:
			r.other(n)
		}
	}
	if found == nil {
		r.refuse(root, "bpmn.read.no_process")
		return
	}
	r.attributesOf(found)
	r.process.Key, r.process.Name = found.get("id"), found.get("name")
	r.identify(found)
	r.scope(found, "")
	r.connect()
}

// other refuses an element that is neither known here nor silent.
func (r *reader) other(n *node) {
	switch {
	case n.space == modelSpace && (silent[n.name] || n.name == "extensionElements"):
		if n.name == "extensionElements" {
			r.extensionsOf(n, nil)
		}
	case n.space == modelSpace && reasons[n.name]:
		r.refuse(n, "bpmn.no."+n.name)
	case n.space == modelSpace:
		r.refuse(n, "bpmn.read.element", n.name)
	default:
		r.refuse(n, "bpmn.read.misplaced", n.name)
	}
}

// nothingIn refuses every child that says something.
func (r *reader) nothingIn(n *node) {
	for _, c := range n.children {
		r.other(c)
	}
}

// attributesOf refuses attributes that are not known, or whose value is not. Those of other namespaces than ours are allowed by the standard to be
// ignored, but for xsi:type, which a condition has.
func (r *reader) attributesOf(n *node) {
	known, own := said[n.name], ours[n.name]
	if n.space == Namespace {
		known, own = ours["xiangyun:"+n.name], nil
	}
	for _, a := range n.attributes {
		allowed := known
		switch a.space {
		case "":
		case Namespace:
			allowed = own
		case modelSpace:
			allowed = nil // the standard's attributes have no prefix
		default:
			continue
		}
		values, ok := allowed[a.name]
		switch {
		case !ok:
			r.refuse(n, "bpmn.read.attribute", a.name)
		case values != "" && !slices.Contains(strings.Split(values, ","), a.value):
			r.refuse(n, "bpmn.read.value", a.name, a.value)
		}
	}
}

var identifier = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_.-]{0,199}$`)

func (r *reader) identify(n *node) string {
	id := n.get("id")
	if !identifier.MatchString(id) {
		r.refuse(n, "bpmn.read.no_id", n.name)
	}
	return id
}

// scope reads what lies in a process or sub-process.
func (r *reader) scope(n *node, parent string) {
	for _, c := range n.children {
		switch {
		case c.space == modelSpace && kinds[c.name] != "":
			r.element(c, parent)
		case c.model("sequenceFlow"):
			r.flow(c)
		case c.model("dataObject"):
			r.object(c)
		case c.model("dataObjectReference"):
			r.attributesOf(c)
			r.nothingIn(c)
		case parent == "": // the rest of a sub-process is read with it as an element
			r.other(c)
		}
	}
}

func (r *reader) object(n *node) {
	r.attributesOf(n)
	r.nothingIn(n)
	v := process.Variable{Name: n.get("name"), Type: n.in(Namespace, "type"), Form: n.in(Namespace, "form"), Field: n.in(Namespace, "field"),
		Personal: n.in(Namespace, "personal") == "true"}
	if v.Type == "" {
		v.Type = "string"
	}
	switch {
	case !variable.MatchString(v.Name):
		r.refuse(n, "bpmn.read.variable", v.Name)
	case r.objects[v.Name]:
		r.refuse(n, "bpmn.read.variable_twice", v.Name)
	}
	r.objects[v.Name] = true
	r.process.Variables = append(r.process.Variables, v)
}

// variable is a name an expression can use.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`)

func (r *reader) flow(n *node) {
	r.attributesOf(n)
	f := &process.Flow{ID: r.identify(n), Name: n.get("name"), From: n.get("sourceRef"), To: n.get("targetRef")}
	for _, c := range n.children {
		if !c.model("conditionExpression") {
			r.other(c)
			continue
		}
		f.When = r.expression(c)
	}
	if r.flows[f.ID] == nil {
		r.process.Flows = append(r.process.Flows, f)
		r.flows[f.ID], r.nodes[f.ID] = f, n
	}
}

// expression returns the text of an element that holds one.
func (r *reader) expression(n *node) string {
	r.attributesOf(n)
	r.nothingIn(n)
	text := strings.TrimSpace(string(n.text))
	if text == "" {
		r.refuse(n, "bpmn.read.empty", n.name)
	}
	return text
}

// connect ties flows to elements, when both are read, and looks at what refers to what.
func (r *reader) connect() {
	outgoing, incoming := map[string][]string{}, map[string][]string{}
	for _, f := range r.process.Flows {
		from, to := r.elements[f.From], r.elements[f.To]
		switch {
		case from == nil:
			r.refuse(r.nodes[f.ID], "bpmn.read.no_source", f.From)
		case to == nil:
			r.refuse(r.nodes[f.ID], "bpmn.read.no_target", f.To)
		case from.Parent != to.Parent:
			r.refuse(r.nodes[f.ID], "bpmn.read.crosses")
		default:
			outgoing[f.From], incoming[f.To] = append(outgoing[f.From], f.ID), append(incoming[f.To], f.ID)
			r.leaving(f, from)
		}
	}
	for _, e := range r.process.Elements {
		e.Outgoing, e.Incoming = r.order(e, "outgoing", outgoing[e.ID]), r.order(e, "incoming", incoming[e.ID])
		if e.Default != "" && !slices.Contains(e.Outgoing, e.Default) {
			r.refuse(r.nodes[e.ID], "bpmn.read.default", e.Default)
		}
		if f := r.flows[e.Default]; f != nil && f.When != "" {
			r.refuse(r.nodes[f.ID], "bpmn.read.default_condition")
		}
		r.attached(e)
	}
}

// leaving refuses a condition where no gateway looks at it, and flows where the standard has none.
func (r *reader) leaving(f *process.Flow, from *process.Element) {
	if f.When != "" && from.Kind != process.ExclusiveGateway && from.Kind != process.InclusiveGateway {
		r.refuse(r.nodes[f.ID], "bpmn.read.condition_place")
	}
	if from.Kind == process.EndEvent || from.Triggered {
		r.refuse(r.nodes[f.ID], "bpmn.read.after_end")
	}
	if to := r.elements[f.To]; to.Kind == process.StartEvent || to.Kind == process.BoundaryEvent || to.Triggered {
		r.refuse(r.nodes[f.ID], "bpmn.read.before_start")
	}
}

// order returns the flows in the order the element lists them, which is the order in which conditions are tried; in that of the file when it lists none.
func (r *reader) order(e *process.Element, name string, have []string) []string {
	var listed []string
	for _, c := range r.nodes[e.ID].children {
		if c.model(name) {
			listed = append(listed, localName(strings.TrimSpace(string(c.text))))
		}
	}
	if len(listed) == 0 {
		return have
	}
	a, b := slices.Clone(listed), slices.Clone(have)
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		r.refuse(r.nodes[e.ID], "bpmn.read.flows_differ", name)
		return have
	}
	return listed
}

func (r *reader) attached(e *process.Element) {
	if e.Kind != process.BoundaryEvent {
		return
	}
	host := r.elements[e.Attached]
	switch {
	case host == nil || !activities[host.Kind] || host.Triggered:
		r.refuse(r.nodes[e.ID], "bpmn.read.attached", e.Attached)
	case host.Parent != e.Parent:
		r.refuse(r.nodes[e.ID], "bpmn.read.attached_scope", e.Attached)
	}
}

// localName takes the prefix off a reference.
func localName(ref string) string {
	if i := strings.LastIndexByte(ref, ':'); i >= 0 {
		return ref[i+1:]
	}
	return ref
}
