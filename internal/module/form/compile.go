package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"xiangyun/internal/platform/rule"
)

// node is the part of a schema this package reads itself; the rest is left to the validator.
type node struct {
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Type        string     `json:"type"`
	Format      string     `json:"format"`
	Properties  properties `json:"properties"`
	Additional  *bool      `json:"additionalProperties"`
	Required    []string   `json:"required"`
	Items       *node      `json:"items"`
	Enum        []any      `json:"enum"`
	OneOf       []struct {
		Const string `json:"const"`
		Title string `json:"title"`
	} `json:"oneOf"`
	Examples  []any    `json:"examples"`
	MaxLength int      `json:"maxLength"`
	MaxItems  int      `json:"maxItems"`
	Show      string   `json:"x-show"`
	Needed    bool     `json:"x-required"`
	Refresh   bool     `json:"x-refresh"`
	Prefill   string   `json:"x-prefill"`
	Widget    string   `json:"x-widget"`
	Order     []string `json:"x-order"`
}

// properties keeps the written order, which encoding/json's maps lose.
type properties struct {
	names []string
	nodes map[string]*node
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *properties) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("properties is not an object")
	}
	p.nodes = map[string]*node{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if _, twice := p.nodes[name]; twice {
			return fmt.Errorf("property %q is there twice", name)
		}
		n := &node{}
		if err := d.Decode(n); err != nil {
			return fmt.Errorf("property %q: %w", name, err)
		}
		p.names, p.nodes[name] = append(p.names, name), n
	}
	return nil
}

// Parse reads a form without storing it, for whoever writes one: the errors are those of [Service.Deploy].
func Parse(text []byte) (*Definition, error) { return compile(text) }

// compile reads a schema text into a definition, or says what is wrong and where.
func compile(text json.RawMessage) (*Definition, error) {
	var root node
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("not a form schema: %w", err)
	}
	if root.Type != "object" || root.Title == "" {
		return nil, fmt.Errorf("the root must be an object with a title")
	}
	b := builder{vars: rule.Vars{}}
	fields, err := b.object("", &root)
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("a form without fields")
	}
	d := &Definition{Title: root.Title, Schema: text, Fields: fields}
	if d.schema, err = compileSchema(text); err != nil {
		return nil, err
	}
	if _, err := Check(d, Example(d)); err != nil {
		return nil, fmt.Errorf("the first examples together are no valid form: %w", err)
	}
	return d, nil
}

// builder turns nodes into fields; vars are the root fields a condition may use: those above it.
type builder struct{ vars rule.Vars }

func (b *builder) object(path string, n *node) ([]Field, error) {
	if n.Additional == nil || *n.Additional {
		return nil, fmt.Errorf("%s: additionalProperties must be false", where(path))
	}
	names := n.Properties.names
	if len(n.Order) > 0 {
		if len(n.Order) != len(names) {
			return nil, fmt.Errorf("%s: x-order does not name every property once", where(path))
		}
		names = n.Order
	}
	for _, r := range n.Required {
		p, ok := n.Properties.nodes[r]
		if !ok {
			return nil, fmt.Errorf("%s: required property %q does not exist", where(path), r)
		}
		if p.Show != "" {
			return nil, fmt.Errorf("%s: %q has a condition: use x-required", where(path), r)
		}
	}
	fields := make([]Field, 0, len(names))
	for _, name := range names {
		p, ok := n.Properties.nodes[name]
		if !ok {
			return nil, fmt.Errorf("%s: x-order names %q, which does not exist", where(path), name)
		}
		f, err := b.field(path, name, p)
		if err != nil {
			return nil, err
		}
		f.Required = p.Needed || slices.Contains(n.Required, name)
		fields = append(fields, f)
		if path == "" {
			b.vars[name] = f.variable()
		}
	}
	return fields, nil
}

func (b *builder) field(parent, name string, n *node) (Field, error) {
	f := Field{Name: name, Path: join(parent, name), Title: n.Title, Help: n.Description, Refresh: n.Refresh, Prefill: n.Prefill, Max: n.MaxLength}
	if n.Title == "" || len(n.Examples) == 0 {
		return f, fmt.Errorf("%s: a title and examples are needed", f.Path)
	}
	f.Example = n.Examples[0]
	f.Agree = n.Type == "boolean" && len(n.Enum) == 1 && n.Enum[0] == true
	if strings.ContainsAny(name, ".* ") {
		return f, fmt.Errorf("%s: a name may not hold dots, stars or spaces", f.Path)
	}
	if n.Show != "" {
		program, err := rule.Compile(b.vars, n.Show)
		if err != nil {
			return f, fmt.Errorf("%s: x-show: %w", f.Path, err)
		}
		f.show = program
	}
	var err error
	if f.Kind, err = kindOf(n); err != nil {
		return f, fmt.Errorf("%s: %w", f.Path, err)
	}
	switch f.Kind {
	case Group, List:
		if parent != "" {
			return f, fmt.Errorf("%s: groups are one level deep", f.Path)
		}
		path, of := f.Path, n
		if f.Kind == List {
			path, of, f.Max = f.Path+".*", n.Items, n.MaxItems
		}
		f.Fields, err = b.object(path, of)
	case Choice, Select:
		f.Options = n.options()
	case Choices:
		f.Options = n.Items.options()
	}
	return f, err
}

func kindOf(n *node) (Kind, error) {
	switch n.Type {
	case "integer":
		return Whole, nil
	case "number":
		return Number, nil
	case "boolean":
		return YesNo, nil
	case "object":
		return Group, nil
	case "array":
		switch {
		case n.Items == nil:
		case n.Items.Type == "object":
			return List, nil
		case n.Items.Type == "string" && len(n.Items.options()) > 0:
			return Choices, nil
		}
		return "", fmt.Errorf("an array is of objects or of listed texts")
	case "string":
		return textKind(n)
	}
	return "", fmt.Errorf("type %q is not known", n.Type)
}

func textKind(n *node) (Kind, error) {
	if options := n.options(); len(options) > 0 {
		if n.Widget == "select" || len(options) > 7 && n.Widget != "radio" {
			return Select, nil
		}
		return Choice, nil
	}
	if n.Format != "" {
		if f, ok := formats[n.Format]; ok {
			return f.kind, nil
		}
		return "", fmt.Errorf("format %q is not known", n.Format)
	}
	if n.Widget == "textarea" {
		return Long, nil
	}
	return Text, nil
}

func (n *node) options() []Option {
	var options []Option
	for _, o := range n.OneOf {
		options = append(options, Option{Value: o.Const, Title: o.Title})
	}
	for _, v := range n.Enum {
		if text, ok := v.(string); ok {
			options = append(options, Option{Value: text, Title: text})
		}
	}
	return options
}

// variable is the CEL type conditions see the field as.
func (f Field) variable() rule.Type {
	switch f.Kind {
	case Whole:
		return rule.Whole
	case Number:
		return rule.Number
	case YesNo:
		return rule.Truth
	case Choices:
		return rule.Texts
	case Group, List:
		return rule.Any
	default:
		return rule.Text
	}
}

func compileSchema(text []byte) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(jsonschema.SchemeURLLoader{}) // nothing is fetched from anywhere
	c.AssertFormat()
	for name, f := range formats {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: f.validate})
	}
	if err := c.AddResource("form.json", doc); err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	s, err := c.Compile("form.json")
	if err != nil {
		return nil, fmt.Errorf("compiling the schema: %w", err)
	}
	return s, checkAnnotations(s, "")
}

// checkAnnotations sees that every example of every property fits its property.
func checkAnnotations(s *jsonschema.Schema, path string) error {
	for name, p := range s.Properties {
		at := join(path, name)
		for i, e := range p.Examples {
			if err := p.Validate(e); err != nil {
				return fmt.Errorf("%s: example %d does not fit: %s", at, i+1, firstLine(err))
			}
		}
		inner := p
		if p.Items2020 != nil {
			inner = p.Items2020
		}
		if err := checkAnnotations(inner, at); err != nil {
			return err
		}
	}
	return nil
}

func where(path string) string {
	if path == "" {
		return "the root"
	}
	return path
}

func join(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "." + name
}

func firstLine(err error) string {
	lines := strings.Split(err.Error(), "\n")
	return lines[len(lines)-1]
}
