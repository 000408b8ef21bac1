package bpmn

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/fault"
)

// Edit changes the properties of one element in a file and leaves every other byte as it is: its picture, and what other programs wrote. want is the
// element as it should read: its kind, place and trigger stay, as do its flows. An element that is not there is fault.NotFound, one that can't be said
// fault.Invalid.
func Edit(source []byte, want *process.Element) ([]byte, error) {
	p, t, err := editable(source)
	if err != nil {
		return nil, err
	}
	have := p.Element(want.ID)
	n := t.find(want.ID)
	if have == nil || n == nil {
		return nil, fault.New(fault.NotFound, "bpmn.no_element")
	}
	s := &surgeon{tree: t, source: t.source}
	s.prefixes(n)
	s.element(n, have, want)
	return s.finish(func(p *process.Process) bool { return reads(p, want) })
}

// reads tells whether an element of a process is as was wanted.
func reads(p *process.Process, want *process.Element) bool {
	got := *p.Element(want.ID)
	same := *want
	same.Incoming, same.Outgoing, same.Kind, same.Parent, same.Attached, same.Triggered = got.Incoming, got.Outgoing, got.Kind, got.Parent, got.Attached, got.Triggered
	return reflect.DeepEqual(normal(got), normal(same))
}

// MaxEdited is how many elements a process may have that is changed here. Nobody draws more; a file of a megabyte may hold more.
const MaxEdited = 2000

// editable reads a file that is to be changed.
func editable(source []byte) (*process.Process, *tree, error) {
	p, t, err := read(source)
	if err == nil && (len(p.Elements) > MaxEdited || len(p.Flows) > 2*MaxEdited) {
		err = Refused([]Finding{{Severity: Error, Key: "bpmn.check.too_many", Args: []any{MaxEdited}}})
	}
	return p, t, err
}

// normal makes empty maps nil, so that what reads alike compares alike.
func normal(e process.Element) process.Element {
	for _, m := range []*map[string]string{&e.Inputs, &e.Outputs, &e.Extra, &e.Duty.Fields} {
		if len(*m) == 0 {
			*m = nil
		}
	}
	return e
}

// EditProcess changes the name of the process and its variables, as [Edit] does an element. A variable that is drawn can't be taken away here.
func EditProcess(source []byte, name string, variables []process.Variable) ([]byte, error) {
	_, t, err := editable(source)
	if err != nil {
		return nil, err
	}
	s := &surgeon{tree: t, source: t.source}
	n := t.root.child("process")
	s.prefixes(n)
	s.attribute(n, "", "name", name)
	kept := map[string]bool{}
	t.each(n, func(c *node) {
		if !c.model("dataObject") {
			return
		}
		i := slices.IndexFunc(variables, func(v process.Variable) bool { return v.Name == c.get("name") })
		if i < 0 {
			s.cut(c.start, c.end, "")
			return
		}
		kept[variables[i].Name] = true
		for at, parts := 2, s.variable(variables[i]); at < len(parts); at += 2 { // behind the name, by which it was found
			s.attribute(c, Namespace, strings.TrimPrefix(parts[at], s.own), parts[at+1])
		}
	})
	var lines []string
	for i, v := range variables {
		if !kept[v.Name] {
			id := "data_" + strconv.Itoa(i+1)
			for t.ids[id] {
				id += "_"
			}
			t.ids[id] = true
			lines = append(lines, "<"+tag(s.model+"dataObject", append([]string{"id", id}, s.variable(v)...))+"/>")
		}
	}
	s.insert(n, lines)
	if err := s.drawn(n, variables); err != nil {
		return nil, err
	}
	return s.finish(func(p *process.Process) bool { return p.Name == name && sameVariables(p.Variables, variables) })
}

// sameVariables tells whether two lists hold the same, in whatever order.
func sameVariables(a, b []process.Variable) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(v process.Variable) bool { return !slices.Contains(b, v) })
}

// drawn refuses to take away what a picture still shows.
func (s *surgeon) drawn(n *node, variables []process.Variable) error {
	ids, refused := map[string]bool{}, error(nil)
	s.each(n, func(c *node) {
		if c.model("dataObject") && !slices.ContainsFunc(variables, func(v process.Variable) bool { return v.Name == c.get("name") }) {
			ids[c.get("id")] = true
		}
	})
	s.each(n, func(c *node) {
		if c.model("dataObjectReference") && ids[localName(c.get("dataObjectRef"))] {
			refused = fault.New(fault.Conflict, "bpmn.variable_drawn")
		}
	})
	return refused
}

// each walks everything below a node.
func (t *tree) each(n *node, visit func(*node)) {
	for _, c := range n.children {
		visit(c)
		t.each(c, visit)
	}
}

// find returns the BPMN node with this id.
func (t *tree) find(id string) (found *node) {
	t.each(t.root, func(n *node) {
		if n.space == modelSpace && n.get("id") == id {
			found = n
		}
	})
	return found
}

// surgeon gathers cuts and does them all at the end.
type surgeon struct {
	*tree
	dialect
	source   []byte
	cuts     []cut
	declared map[string]string // prefixes that the cuts add, by namespace
}

type cut struct {
	from, to int
	text     string
}

func (s *surgeon) cut(from, to int, text string) {
	s.cuts = append(s.cuts, cut{from, to, text})
}

var errEdit = errors.New("the changed file does not read as was asked")

// finish does the cuts and reads the result: what does not read as was asked is not given out.
func (s *surgeon) finish(asked func(*process.Process) bool) ([]byte, error) {
	slices.SortStableFunc(s.cuts, func(a, b cut) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out []byte
	at := 0
	for _, c := range s.cuts {
		if c.from < at {
			return nil, fmt.Errorf("editing a process: %w: two changes meet at %d", errEdit, c.from)
		}
		out = append(append(out, s.source[at:c.from]...), c.text...)
		at = c.to
	}
	out = append(out, s.source[at:]...)
	p, err := Read(out)
	if err != nil {
		return nil, err
	}
	if !asked(p) {
		return nil, fault.New(fault.Invalid, "bpmn.not_said").Because(errEdit)
	}
	return out, nil
}

// prefixes finds those in force at a node; ours is declared at the root, once, when the file has none.
func (s *surgeon) prefixes(n *node) {
	if s.model = ""; n.prefix != "" {
		s.model = n.prefix + ":"
	}
	if s.own = s.prefix(n, Namespace); s.own == "" {
		s.own = s.declare("xiangyun", Namespace)
	}
}

// schema is the prefix of xsi:type.
func (s *surgeon) schema() string {
	if p := s.prefix(s.root, schemaSpace); p != "" {
		return p
	}
	return s.declare("xsi", schemaSpace)
}

// declare adds a prefix at the root, another one when it means something else already.
func (s *surgeon) declare(prefix, space string) string {
	if known := s.declared[space]; known != "" {
		return known
	}
	for bytes.Contains(s.source, []byte(prefix+":")) || bytes.Contains(s.source, []byte("xmlns:"+prefix+"=")) {
		prefix += "_"
	}
	at := s.nameEnd(s.root)
	s.cut(at, at, " xmlns:"+prefix+`="`+space+`"`)
	if s.declared == nil {
		s.declared = map[string]string{}
	}
	s.declared[space] = prefix + ":"
	return prefix + ":"
}

// prefix returns a prefix with its colon that means this namespace at a node, "" when there is none.
func (s *surgeon) prefix(n *node, space string) string {
	hidden := map[string]bool{}
	for at := n; at != nil; at = at.parent {
		for _, a := range at.attributes {
			if a.space != "xmlns" {
				continue
			}
			if a.value == space && a.name != "" && !hidden[a.name] {
				return a.name + ":"
			}
			hidden[a.name] = true
		}
	}
	return ""
}
