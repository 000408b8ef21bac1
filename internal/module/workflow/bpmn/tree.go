package bpmn

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The namespaces of a file.
const (
	modelSpace   = "http://www.omg.org/spec/BPMN/20100524/MODEL"
	diagramSpace = "http://www.omg.org/spec/BPMN/20100524/DI"
	schemaSpace  = "http://www.w3.org/2001/XMLSchema-instance"
	xmlSpace     = "http://www.w3.org/XML/1998/namespace"
	Namespace    = "https://xiangyun.gov.example/bpmn" // what the standard leaves open
)

// Limits of a file. No process people can read comes near them.
const (
	MaxBytes      = 10 << 20
	maxDepth      = 64
	maxAttributes = 100 // of one element
)

type attribute struct{ space, name, value string }

// node is an element of the file. Elements of other namespaces are kept without what is inside.
type node struct {
	space, prefix, name string
	attributes          []attribute
	start, open         int // offsets: of the start tag, behind it
	close, end          int // of the end tag, behind it; close == open == end for <a/>
	line                int
	parent              *node
	children            []*node
	text                []byte // between the start tag and the first child
}

// get returns an attribute without namespace, "" when it is not there.
func (n *node) get(name string) string { return n.in("", name) }

func (n *node) in(space, name string) string {
	for _, a := range n.attributes {
		if a.space == space && a.name == name {
			return a.value
		}
	}
	return ""
}

// model tells whether the node is the BPMN element of this name.
func (n *node) model(name string) bool { return n.space == modelSpace && n.name == name }

// child returns the first BPMN child of this name, nil when there is none.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.model(name) {
			return c
		}
	}
	return nil
}

// broken is a file that can't be read on: the rest of it is unknown.
type broken struct{ Finding }

func (b broken) Error() string { return b.Finding.String() }

func stop(line int, key string, args ...any) error {
	return broken{Finding{Element: fmt.Sprintf("line %d", line), Severity: Error, Key: key, Args: args}}
}

// tree reads a file into nodes in one pass. It refuses document types, entities, other encodings than UTF-8, and what is not well-formed.
type tree struct {
	d      *xml.Decoder
	source []byte
	root   *node
	at     *node // the innermost open node
	depth  int
	skip   int                 // depth at which a foreign element opened; 0 outside
	open   []string            // raw names, to match the end tags
	space  map[string]string   // prefix → namespace in force
	undo   []map[string]string // what each open element hid
	ids    map[string]bool
	twice  []string // ids that are there more than once
}

func parse(source []byte) (*tree, error) {
	if len(source) > MaxBytes {
		return nil, stop(1, "bpmn.read.too_big", MaxBytes>>20)
	}
	source = bytes.TrimPrefix(source, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(source) || bytes.IndexByte(source, 0) >= 0 {
		return nil, stop(1, "bpmn.read.charset")
	}
	t := &tree{d: xml.NewDecoder(bytes.NewReader(source)), source: source, space: map[string]string{"xml": xmlSpace}, ids: map[string]bool{}}
	t.d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // refused below, with its own reason
	for {
		before := int(t.d.InputOffset())
		token, err := t.d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := t.d.InputPos()
		if err != nil {
			return nil, stop(line, "bpmn.read.not_xml")
		}
		if err := t.token(token, before, line); err != nil {
			return nil, err
		}
	}
	line, _ := t.d.InputPos()
	if t.depth > 0 || t.root == nil {
		return nil, stop(line, "bpmn.read.not_xml")
	}
	return t, nil
}

func (t *tree) token(token xml.Token, before, line int) error {
	switch token := token.(type) {
	case xml.StartElement:
		return t.enter(token, before, line)
	case xml.EndElement:
		return t.leave(token, before, line)
	case xml.CharData:
		if t.depth == 0 && strings.TrimSpace(string(token)) != "" {
			return stop(line, "bpmn.read.not_xml")
		}
		if t.at != nil && t.skip == 0 && len(t.at.children) == 0 {
			t.at.text = append(t.at.text, token...) // only before the first child: text between elements means nothing in BPMN
		}
	case xml.Directive:
		return stop(line, "bpmn.read.document_type")
	case xml.ProcInst:
		if token.Target != "xml" {
			return nil // a style sheet, say: it is for those who show the file
		}
		if before != 0 || !plainEncoding(string(token.Inst)) {
			return stop(line, "bpmn.read.charset")
		}
	}
	return nil
}

// plainEncoding tells whether an XML declaration names UTF-8 or no encoding.
func plainEncoding(declaration string) bool {
	_, rest, found := strings.Cut(declaration, "encoding")
	if !found {
		return true
	}
	name := strings.Trim(strings.TrimLeft(rest, " \t\r\n="), " \t\r\n")
	return len(name) > 6 && strings.EqualFold(name[1:6], "utf-8") && name[6] == name[0]
}

func (t *tree) enter(s xml.StartElement, before, line int) error {
	if t.depth == 0 && t.root != nil {
		return stop(line, "bpmn.read.not_xml")
	}
	if t.depth++; t.depth > maxDepth {
		return stop(line, "bpmn.read.too_deep", maxDepth)
	}
	if len(s.Attr) > maxAttributes {
		return stop(line, "bpmn.read.many_attributes", maxAttributes)
	}
	var hidden map[string]string
	for _, a := range s.Attr {
		prefix, declares := a.Name.Local, a.Name.Space == "xmlns"
		if a.Name.Space == "" && a.Name.Local == "xmlns" {
			prefix, declares = "", true
		}
		if declares {
			if hidden == nil {
				hidden = map[string]string{}
			}
			hidden[prefix] = t.space[prefix]
			t.space[prefix] = a.Value
		}
	}
	t.undo, t.open = append(t.undo, hidden), append(t.open, s.Name.Space+":"+s.Name.Local)
	n := &node{prefix: s.Name.Space, name: s.Name.Local, start: before, open: int(t.d.InputOffset()), line: line, parent: t.at}
	var ok bool
	if n.space, ok = t.resolve(s.Name.Space); !ok {
		return stop(line, "bpmn.read.prefix", s.Name.Space)
	}
	if err := t.attributes(n, s.Attr); err != nil {
		return err
	}
	if id := n.get("id"); id != "" && (n.space == modelSpace || n.space == diagramSpace) {
		if t.ids[id] {
			t.twice = append(t.twice, id)
		}
		t.ids[id] = true
	}
	if t.skip > 0 {
		return nil
	}
	if t.root == nil {
		t.root = n
	} else {
		t.at.children = append(t.at.children, n)
	}
	t.at = n
	if n.space != modelSpace && n.space != Namespace {
		t.skip = t.depth
	}
	return nil
}

// resolve returns the namespace of a prefix; the empty prefix may have none.
func (t *tree) resolve(prefix string) (string, bool) {
	space, ok := t.space[prefix]
	return space, ok && space != "" || prefix == ""
}

func (t *tree) attributes(n *node, list []xml.Attr) error {
	seen := make(map[[2]string]bool, len(list))
	for _, a := range list {
		at := attribute{name: a.Name.Local, value: a.Value}
		switch {
		case a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns":
			at.space = "xmlns"
			if a.Name.Space == "" {
				at.name = ""
			}
		case a.Name.Space != "":
			var ok bool
			if at.space, ok = t.resolve(a.Name.Space); !ok {
				return stop(n.line, "bpmn.read.prefix", a.Name.Space)
			}
		}
		key := [2]string{at.space, at.name}
		if seen[key] {
			return stop(n.line, "bpmn.read.attribute_twice", a.Name.Local)
		}
		seen[key] = true
		n.attributes = append(n.attributes, at)
	}
	return nil
}

func (t *tree) leave(e xml.EndElement, before, line int) error {
	last := len(t.open) - 1
	if last < 0 || t.open[last] != e.Name.Space+":"+e.Name.Local {
		return stop(line, "bpmn.read.not_xml")
	}
	for prefix, space := range t.undo[last] {
		t.space[prefix] = space
	}
	t.open, t.undo = t.open[:last], t.undo[:last]
	if t.skip == 0 || t.skip == t.depth {
		t.at.close, t.at.end = before, int(t.d.InputOffset())
		t.at, t.skip = t.at.parent, 0
	}
	t.depth--
	return nil
}
