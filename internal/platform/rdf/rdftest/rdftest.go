// Package rdftest reads Turtle and JSON-LD for tests: the part of both that package rdf writes, by their grammars and not by its code.
package rdftest

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Class is the property that says what a thing is.
const Class = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

// Value is a thing by its IRI, or a text with its language or its datatype.
type Value struct{ IRI, Text, Language, Datatype string }

// Graph has for each subject the values of each property, all names in full.
type Graph map[string]map[string][]Value

func (g Graph) add(subject, property string, v Value) {
	if g[subject] == nil {
		g[subject] = map[string][]Value{}
	}
	g[subject][property] = append(g[subject][property], v)
}

// Lines lists the graph's statements sorted, to compare graphs by.
func (g Graph) Lines() []string {
	var all []string
	for s, properties := range g {
		for p, values := range properties {
			for _, v := range values {
				all = append(all, fmt.Sprintf("%q %q %q", s, p, v))
			}
		}
	}
	sort.Strings(all)
	return all
}

// ReadJSONLD reads a document whose nodes stand in one @graph and whose values are lists of objects.
func ReadJSONLD(text []byte) (Graph, error) {
	var doc struct {
		Context map[string]string            `json:"@context"`
		Nodes   []map[string]json.RawMessage `json:"@graph"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	full := func(name string) string {
		short, rest, _ := strings.Cut(name, ":")
		return doc.Context[short] + rest
	}
	g := Graph{}
	for _, n := range doc.Nodes {
		var subject string
		if err := json.Unmarshal(n["@id"], &subject); err != nil {
			return nil, err
		}
		for key, raw := range n {
			switch key {
			case "@id":
			case "@type":
				var classes []string
				if err := json.Unmarshal(raw, &classes); err != nil {
					return nil, err
				}
				for _, c := range classes {
					g.add(subject, Class, Value{IRI: full(c)})
				}
			default:
				var values []struct {
					ID       string `json:"@id"`
					Value    string `json:"@value"`
					Language string `json:"@language"`
					Type     string `json:"@type"`
				}
				if err := json.Unmarshal(raw, &values); err != nil {
					return nil, fmt.Errorf("%s: %w", key, err)
				}
				for _, v := range values {
					datatype := ""
					if v.Type != "" {
						datatype = full(v.Type)
					}
					g.add(subject, full(key), Value{v.ID, v.Value, v.Language, datatype})
				}
			}
		}
	}
	return g, nil
}

// ReadTurtle reads a document of prefixes and of statements with `;` and `,`, without blank nodes and lists.
func ReadTurtle(text string) (Graph, error) {
	p := &parser{rest: text, prefixes: map[string]string{}}
	g := Graph{}
	for {
		p.space()
		if p.rest == "" {
			return g, nil
		}
		if strings.HasPrefix(p.rest, "@prefix") {
			if err := p.prefix(); err != nil {
				return nil, err
			}
			continue
		}
		if err := p.statements(g); err != nil {
			return nil, err
		}
	}
}

type parser struct {
	rest     string
	prefixes map[string]string
}

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *parser) fail(what string) error {
	return fmt.Errorf("%s at %q", what, p.rest[:min(40, len(p.rest))])
}

func (p *parser) prefix() error {
	p.rest = strings.TrimPrefix(p.rest, "@prefix")
	p.space()
	name, rest, ok := strings.Cut(p.rest, ":")
	p.rest = rest
	p.space()
	full, err := p.iri()
	if err != nil || !ok {
		return p.fail("a prefix")
	}
	p.prefixes[name] = full
	return p.mark('.')
}

func (p *parser) mark(c byte) error {
	p.space()
	if p.rest == "" || p.rest[0] != c {
		return p.fail("no " + string(c))
	}
	p.rest = p.rest[1:]
	return nil
}

// iri reads <…> with nothing inside that an IRIREF may not hold.
func (p *parser) iri() (string, error) {
	end := strings.IndexByte(p.rest, '>')
	if p.rest == "" || p.rest[0] != '<' || end < 0 {
		return "", p.fail("no IRI")
	}
	iri := p.rest[1:end]
	if strings.ContainsAny(iri, "<\"{}|^`\\") || strings.ContainsFunc(iri, func(r rune) bool { return r <= ' ' }) {
		return "", p.fail("an IRI with a character none may hold")
	}
	p.rest = p.rest[end+1:]
	return iri, nil
}

// name reads an IRI or a name with a prefix.
func (p *parser) name() (string, error) {
	p.space()
	if strings.HasPrefix(p.rest, "<") {
		return p.iri()
	}
	end := strings.IndexAny(p.rest, " \t\n,;.")
	if end <= 0 {
		return "", p.fail("no name")
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	if word == "a" {
		return Class, nil
	}
	short, local, ok := strings.Cut(word, ":")
	full, known := p.prefixes[short]
	if !ok || !known {
		return "", p.fail("an unknown prefix in " + word)
	}
	return full + local, nil
}

func (p *parser) statements(g Graph) error {
	subject, err := p.name()
	if err != nil {
		return err
	}
	for {
		property, err := p.name()
		if err != nil {
			return err
		}
		for {
			v, err := p.value()
			if err != nil {
				return err
			}
			g.add(subject, property, v)
			p.space()
			if !strings.HasPrefix(p.rest, ",") {
				break
			}
			p.rest = p.rest[1:]
		}
		if strings.HasPrefix(p.rest, ".") {
			p.rest = p.rest[1:]
			return nil
		}
		if err := p.mark(';'); err != nil {
			return err
		}
	}
}

func (p *parser) value() (Value, error) {
	p.space()
	if !strings.HasPrefix(p.rest, `"`) {
		iri, err := p.name()
		return Value{IRI: iri}, err
	}
	text, err := p.quoted()
	v := Value{Text: text}
	switch {
	case err != nil:
	case strings.HasPrefix(p.rest, "@"):
		end := strings.IndexAny(p.rest, " ,;.\n")
		v.Language, p.rest = p.rest[1:end], p.rest[end:]
	case strings.HasPrefix(p.rest, "^^"):
		p.rest = p.rest[2:]
		v.Datatype, err = p.name()
	}
	return v, err
}

func (p *parser) quoted() (string, error) {
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; c {
		case '"':
			p.rest = p.rest[i+1:]
			return b.String(), nil
		case '\n', '\r':
			return "", p.fail("a line that ends in a text")
		case '\\':
			i++
			if i == len(p.rest) {
				return "", p.fail("half an escape")
			}
			if p.rest[i] == 'u' && i+4 < len(p.rest) {
				n, err := strconv.ParseUint(p.rest[i+1:i+5], 16, 32)
				if err != nil {
					return "", err
				}
				b.WriteRune(rune(n))
				i += 4
				continue
			}
			at := strings.IndexByte(`"\nrt`, p.rest[i])
			if at < 0 {
				return "", p.fail("an unknown escape")
			}
			b.WriteByte("\"\\\n\r\t"[at])
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail("a text that does not end")
}
