package form

import (
	"fmt"
	"strconv"
	"strings"
)

// Example returns the first examples together: a valid form.
func Example(d *Definition) map[string]any {
	answers := make(map[string]any, len(d.Fields))
	for _, f := range d.Fields {
		answers[f.Name] = f.Example
	}
	return answers
}

// Known are values the platform already has, by the names forms use in x-prefill: "subject.name", "situation.network".
type Known map[string]string

// Prefill returns first answers from what is known. Fields without a source, or whose source is not known, are left out.
func Prefill(d *Definition, known Known) map[string]any {
	answers := map[string]any{}
	for _, f := range d.Fields {
		if v, ok := f.prefilled(known); ok {
			answers[f.Name] = v
		}
		if f.Kind != Group {
			continue
		}
		inner := map[string]any{}
		for _, g := range f.Fields {
			if v, ok := g.prefilled(known); ok {
				inner[g.Name] = v
			}
		}
		if len(inner) > 0 {
			answers[f.Name] = inner
		}
	}
	return answers
}

func (f Field) prefilled(known Known) (any, bool) {
	text, ok := known[f.Prefill]
	if f.Prefill == "" || !ok || text == "" {
		return nil, false
	}
	switch f.Kind {
	case Group, List:
		return nil, false
	case YesNo:
		return text == "yes" || text == "true", true
	case Whole, Number:
		n, err := strconv.ParseFloat(text, 64)
		return n, err == nil
	case Choices:
		return []any{text}, true
	case Choice, Select:
		for _, o := range f.Options {
			if o.Value == text {
				return text, true
			}
		}
		return nil, false
	}
	return text, true
}

// Line is one answered field as people read it.
type Line struct {
	Path  string // "goods.0.name"
	Title string
	Value string // the option's title, "是", the text; "" for the heading of a group
	Kind  Kind
	Depth int // 0 at the root, 1 inside a group
}

// Summary lists the answered fields in the order of the form, for a page or a document. Numbers of persons are not masked:
// that is for whoever shows them.
func Summary(d *Definition, answers map[string]any) []Line {
	var lines []Line
	for _, f := range d.Fields {
		v, ok := answers[f.Name]
		if !ok {
			continue
		}
		switch f.Kind {
		case Group:
			inner, _ := v.(map[string]any)
			lines = append(lines, Line{Path: f.Path, Title: f.Title, Kind: f.Kind})
			lines = append(lines, f.lines(f.Path, inner)...)
		case List:
			entries, _ := v.([]any)
			for i, e := range entries {
				inner, _ := e.(map[string]any)
				path := join(f.Path, strconv.Itoa(i))
				lines = append(lines, Line{Path: path, Title: fmt.Sprintf("%s %d", f.Title, i+1), Kind: f.Kind})
				lines = append(lines, f.lines(path, inner)...)
			}
		default:
			lines = append(lines, Line{Path: f.Path, Title: f.Title, Value: f.Show(v), Kind: f.Kind})
		}
	}
	return lines
}

func (f Field) lines(path string, answers map[string]any) []Line {
	var lines []Line
	for _, g := range f.Fields {
		if v, ok := answers[g.Name]; ok {
			lines = append(lines, Line{Path: join(path, g.Name), Title: g.Title, Value: g.Show(v), Kind: g.Kind, Depth: 1})
		}
	}
	return lines
}

// Show returns an answer as people read it, in the language the form is written in.
func (f Field) Show(v any) string {
	switch t := v.(type) {
	case string:
		return f.optionTitle(t)
	case bool:
		if t {
			return "是"
		}
		return "否"
	case float64:
		return strconv.FormatFloat(t, 'f', -1, 64)
	case []any:
		titles := make([]string, 0, len(t))
		for _, e := range t {
			s, _ := e.(string)
			titles = append(titles, f.optionTitle(s))
		}
		return strings.Join(titles, "、")
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}
