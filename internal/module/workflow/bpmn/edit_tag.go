package bpmn

import (
	"bytes"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"xiangyun/internal/module/workflow/process"
)

// element cuts what differs between an element as it is and as it should be.
func (s *surgeon) element(n *node, have, want *process.Element) {
	s.attribute(n, "", "name", want.Name)
	if !reflect.DeepEqual(have.Duty, want.Duty) || !maps.Equal(have.Inputs, want.Inputs) || !maps.Equal(have.Outputs, want.Outputs) || !maps.Equal(have.Extra, want.Extra) {
		s.extension(n, want)
	}
	if want.Default != have.Default {
		s.attribute(n, "", "default", want.Default)
	}
	switch have.Kind {
	case process.ServiceTask:
		s.attribute(n, Namespace, "handler", want.Handler)
	case process.ScriptTask:
		s.attribute(n, Namespace, "result", want.Result)
		if want.Script != have.Script {
			s.swap(n, n.child("script"), s.body(&process.Element{Script: want.Script, Kind: have.Kind}, ""))
		}
	case process.CallActivity:
		s.attribute(n, "", "calledElement", want.Calls)
	case process.BoundaryEvent:
		if want.Keep != have.Keep {
			s.attribute(n, "", "cancelActivity", strconv.FormatBool(!want.Keep))
		}
	case process.StartEvent:
		if want.Keep != have.Keep {
			s.attribute(n, "", "isInterrupting", strconv.FormatBool(!want.Keep))
		}
	}
	s.event(n, have, want)
	if !reflect.DeepEqual(have.Loop, want.Loop) {
		var lines []string
		if want.Loop != nil {
			lines = s.loop(want.Loop)
		}
		s.swap(n, n.child("multiInstanceLoopCharacteristics"), lines)
	}
}

// event changes what an event waits for; whether it waits for a time or a message is drawn.
func (s *surgeon) event(n *node, have, want *process.Element) {
	if have.Event == want.Event {
		return
	}
	kind := kindOfRef[have.Event.Trigger]
	ref := ""
	if kind != "" && want.Event.Name != "" {
		ref = s.reference(kind, want.Event.Name)
	}
	if activities[have.Kind] {
		s.attribute(n, "", "messageRef", ref)
		s.attribute(n, Namespace, "key", want.Event.Key)
		return
	}
	for _, c := range n.children {
		if triggers[c.name] == have.Event.Trigger && c.space == modelSpace {
			ev := want.Event
			ev.Trigger = have.Event.Trigger
			s.swap(n, c, s.definition(ev, ref))
		}
	}
}

// reference returns the id of the message, signal or error of a name, declaring it before the process when it is new.
func (s *surgeon) reference(kind, name string) string {
	for _, c := range s.root.children {
		if c.model(kind) && (c.get("errorCode") == name || c.get("errorCode") == "" && c.get("name") == name) {
			return c.get("id")
		}
	}
	id := kind + "_1"
	for i := 2; s.ids[id]; i++ {
		id = kind + "_" + strconv.Itoa(i)
	}
	s.ids[id] = true
	code := ""
	if kind == "error" {
		code = name
	}
	at := s.root.child("process").start
	s.cut(at, at, "<"+tag(s.model+kind, []string{"id", id, "name", name, "errorCode", code})+"/>\n"+s.indent(s.root.child("process")))
	return id
}

// extension writes our part of the extension elements anew; what others wrote there stays.
func (s *surgeon) extension(n *node, want *process.Element) {
	lines := s.extensions(want)
	block := n.child("extensionElements")
	if block == nil {
		if len(lines) == 0 {
			return
		}
		name := s.model + "extensionElements"
		for i := range lines {
			lines[i] = "  " + lines[i]
		}
		lines = append(append([]string{"<" + name + ">"}, lines...), "</"+name+">")
		s.after(n, n.child("documentation"), lines)
		return
	}
	for _, c := range block.children {
		if c.space == Namespace {
			s.cut(s.lineStart(c.start), c.end, "")
		}
	}
	if block.close == block.open { // <extensionElements/>
		s.swap(n, block, append(append([]string{"<" + s.raw(block) + ">"}, lines...), "</"+s.raw(block)+">"))
		return
	}
	s.cut(block.open, block.open, s.lines(block, lines))
}

// raw is the name of a node as the file has it.
func (s *surgeon) raw(n *node) string {
	if n.prefix == "" {
		return n.name
	}
	return n.prefix + ":" + n.name
}

// swap puts lines where a child is, or where it belongs when there is none; no lines take it away.
func (s *surgeon) swap(n, child *node, lines []string) {
	switch {
	case child == nil && len(lines) > 0:
		s.insert(n, lines)
	case child == nil:
	case len(lines) == 0:
		s.cut(s.lineStart(child.start), child.end, "")
	default:
		s.cut(child.start, child.end, strings.Join(lines, "\n"+s.indent(child)))
	}
}

// early are the children that come before all others by the standard's schema.
var early = map[string]bool{"documentation": true, "extensionElements": true, "incoming": true, "outgoing": true, "property": true, "dataInputAssociation": true,
	"dataOutputAssociation": true}

// insert puts lines into a node, behind the children that come first.
func (s *surgeon) insert(n *node, lines []string) {
	if len(lines) == 0 {
		return
	}
	var last *node
	for _, c := range n.children {
		if c.space == modelSpace && early[c.name] {
			last = c
		}
	}
	s.after(n, last, lines)
}

// after puts lines behind a child of n, or first of all; a node without end tag gets one.
func (s *surgeon) after(n, child *node, lines []string) {
	switch {
	case n.close == n.open:
		at := bytes.LastIndexByte(s.source[n.start:n.open], '/') + n.start
		s.openUp(n, at, s.lines(n, lines))
	case child != nil:
		s.cut(child.end, child.end, s.lines(n, lines))
	default:
		s.cut(n.open, n.open, s.lines(n, lines))
	}
}

// openUp turns <a/> into <a>…</a>; what is put in later goes before the end tag.
func (s *surgeon) openUp(n *node, at int, text string) {
	end := "\n" + s.indent(n) + "</" + s.raw(n) + ">"
	for i, c := range s.cuts {
		if c.from == at && c.to == n.open {
			s.cuts[i].text = strings.TrimSuffix(c.text, end) + text + end
			return
		}
	}
	s.cut(at, n.open, ">"+text+end)
}

// lines sets lines below a node, indented one step more than it.
func (s *surgeon) lines(n *node, lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString("\n" + s.indent(n) + "  " + l)
	}
	return b.String()
}

// indent is the white space before a node on its line.
func (s *surgeon) indent(n *node) string {
	from := s.lineStart(n.start)
	return strings.TrimPrefix(string(s.source[from:n.start]), "\n")
}

// lineStart goes back over white space to the end of the line before, when only that stands before at.
func (s *surgeon) lineStart(at int) int {
	i := at
	for i > 0 && (s.source[i-1] == ' ' || s.source[i-1] == '\t') {
		i--
	}
	if i > 0 && s.source[i-1] == '\n' {
		return i - 1
	}
	return at
}

// attribute sets an attribute of a start tag, "" takes it away.
func (s *surgeon) attribute(n *node, space, name, value string) {
	spans := s.spans(n)
	for i, a := range n.attributes {
		if a.space != space || a.name != name {
			continue
		}
		switch {
		case a.value == value:
		case value == "":
			s.cut(spans[i].from, spans[i].to, "")
		default:
			raw := string(s.source[spans[i].name:spans[i].equals])
			s.cut(spans[i].name, spans[i].to, raw+`="`+escape(value)+`"`)
		}
		return
	}
	if value == "" {
		return
	}
	if space == Namespace {
		name = s.own + name
	}
	at := s.nameEnd(n)
	if len(spans) > 0 {
		at = spans[len(spans)-1].to
	}
	s.cut(at, at, " "+name+`="`+escape(value)+`"`)
}

type span struct{ from, name, equals, to int } // from includes the white space before; equals is the end of the name

// nameEnd is where the name in a start tag ends.
func (s *surgeon) nameEnd(n *node) int { return n.start + 1 + len(s.raw(n)) }

// spans finds the attributes of a start tag, which is known to be well-formed, in their order.
func (s *surgeon) spans(n *node) []span {
	var out []span
	at := s.nameEnd(n)
	for {
		from := at
		for at < n.open && bytes.IndexByte([]byte(" \t\r\n"), s.source[at]) >= 0 {
			at++
		}
		if at >= n.open || s.source[at] == '>' || s.source[at] == '/' {
			return out
		}
		x := span{from: from, name: at}
		for s.source[at] != '=' && bytes.IndexByte([]byte(" \t\r\n"), s.source[at]) < 0 {
			at++
		}
		x.equals = at
		for s.source[at] != '"' && s.source[at] != '\'' {
			at++
		}
		at += 1 + bytes.IndexByte(s.source[at+1:], s.source[at]) + 1
		x.to = at
		out = append(out, x)
	}
}
