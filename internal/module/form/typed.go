package form

import "strings"

// Typed is a field as others compute with it.
type Typed struct {
	Path     string // "area", "owner.name"; entries of lists have none
	Type     string // string, int, double, bool, list, map, date
	Personal bool   // it, or a field in it, names or reaches a person
	Always   bool   // every valid form answers it
}

// types say what a kind of field is computed with; every other is a string.
var types = map[Kind]string{Whole: "int", Number: "double", YesNo: "bool", Choices: "list", List: "list", Group: "map", Date: "date"}

// Typed returns the fields of a form, those of its groups behind them.
func (d *Definition) Typed() (out []Typed) {
	for _, f := range d.Fields {
		t := f.typed(true)
		out = append(out, t)
		if f.Kind != Group {
			continue
		}
		for _, g := range f.Fields {
			out = append(out, g.typed(t.Always))
		}
	}
	return out
}

func (f Field) typed(within bool) Typed {
	t := Typed{Path: f.Path, Type: types[f.Kind], Personal: f.Personal(), Always: within && f.Required && !f.Conditional()}
	if t.Type == "" {
		t.Type = "string"
	}
	for _, g := range f.Fields {
		t.Personal = t.Personal || g.Personal()
	}
	return t
}

// Answer returns what was answered at the path of a field; nil when nothing was.
func Answer(answers map[string]any, path string) any {
	name, rest, inner := strings.Cut(path, ".")
	if !inner {
		return answers[name]
	}
	group, _ := answers[name].(map[string]any)
	return Answer(group, rest)
}
