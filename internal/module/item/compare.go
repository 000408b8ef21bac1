package item

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Difference is one thing two definitions say differently.
type Difference struct {
	Element string // "promise_days", "guide.materials"
	Row     string // the row of a list it is in, as people know it: a material's code, a step's name; "" outside of lists
	Part    string // "name": the row's or element's part; "" for the whole
	Before  string // "" when it is new
	After   string // "" when it is gone
	Added   bool   // the whole row is new
	Removed bool   // the whole row is gone
}

// Compare returns what differs between two definitions, in the order they are written. Rows of lists are told apart by their code or name, not by
// their place, so a row put in between changes nothing of the others.
func Compare(before, after *Definition) []Difference {
	var out []Difference
	a, b := statementsOf(before), statementsOf(after)
	for _, at := range a.order {
		was, is := a.said[at], b.said[at]
		if was == is {
			continue
		}
		d := Difference{Element: at.element, Row: at.row, Part: at.part, Before: was, After: is}
		if at.row != "" && !b.rows[at.rowPlace()] {
			if at.part != "" {
				continue // the row as a whole tells it
			}
			d.Removed = true
		}
		if at.row != "" && at.part == "" && !d.Removed {
			continue // its parts tell it
		}
		out = append(out, d)
	}
	for _, at := range b.order {
		if _, there := a.said[at]; there || b.said[at] == "" {
			continue
		}
		fresh := at.row != "" && !a.rows[at.rowPlace()]
		if fresh != (at.row != "" && at.part == "") {
			continue
		}
		out = append(out, Difference{Element: at.element, Row: at.row, Part: at.part, After: b.said[at], Added: fresh})
	}
	slices.SortStableFunc(out, func(x, y Difference) int { return elementOrder[x.Element] - elementOrder[y.Element] })
	return out
}

// place is where a definition says something.
type place struct{ element, row, part string }

func (p place) rowPlace() place { return place{element: p.element, row: p.row} }

// statements are what a definition says, place by place.
type statements struct {
	order []place
	said  map[place]string
	rows  map[place]bool
}

func statementsOf(d *Definition) *statements {
	s := &statements{said: map[place]string{}, rows: map[place]bool{}}
	s.object("", reflect.ValueOf(*d))
	return s
}

func (s *statements) say(at place, text string) {
	s.order = append(s.order, at)
	s.said[at] = text
}

// object states the fields of a definition, or of its guide.
func (s *statements) object(prefix string, v reflect.Value) {
	for i := range v.NumField() {
		name := prefix + elementName(v.Type().Field(i))
		f := reflect.Indirect(v.Field(i))
		switch {
		case name == "guide":
			s.object("guide.", f)
		case !f.IsValid():
			s.say(place{element: name}, "")
		case f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct:
			s.list(name, f)
		case f.Kind() == reflect.Struct && !scalar(f):
			for j := range f.NumField() {
				s.say(place{element: name, part: elementName(f.Type().Field(j))}, told(f.Field(j)))
			}
		default:
			s.say(place{element: name}, told(f))
		}
	}
}

func (s *statements) list(name string, list reflect.Value) {
	for i, key := range keysOf(list) {
		row := list.Index(i)
		s.rows[place{element: name, row: key}] = true
		s.say(place{element: name, row: key}, told(row))
		for j := range row.NumField() {
			s.say(place{name, key, elementName(row.Type().Field(j))}, told(row.Field(j)))
		}
	}
}

// rowNames are the parts a row is known by, the first that says something.
var rowNames = []string{"code", "key", "name", "question", "law", "department", "about"}

// keysOf returns how the rows of a list are known; equal ones are counted.
func keysOf(list reflect.Value) []string {
	keys, seen := make([]string, list.Len()), map[string]int{}
	for i := range keys {
		row := list.Index(i)
		var parts []string
		for _, name := range rowNames {
			if text := partOf(row, name); text != "" {
				parts = append(parts, text)
				if name == "law" {
					parts = append(parts, partOf(row, "article"))
				}
				break
			}
		}
		key := strings.TrimSpace(strings.Join(parts, " "))
		if key == "" {
			key = fmt.Sprint(i + 1)
		}
		seen[key]++
		if n := seen[key]; n > 1 {
			key += fmt.Sprintf(" (%d)", n)
		}
		keys[i] = key
	}
	return keys
}

func partOf(row reflect.Value, name string) string {
	for i := range row.NumField() {
		if elementName(row.Type().Field(i)) == name {
			return told(row.Field(i))
		}
	}
	return ""
}

// told writes a value in words a keeper can compare: lists joined, rows with their parts that say something.
func told(v reflect.Value) string {
	v = reflect.Indirect(v)
	if !v.IsValid() {
		return ""
	}
	if text, ok := textOf(v); ok {
		return text
	}
	switch v.Kind() {
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = told(v.Index(i))
		}
		return strings.Join(parts, "、")
	case reflect.Struct:
		var parts []string
		for i := range v.NumField() {
			if text := told(v.Field(i)); text != "" && !v.Field(i).IsZero() {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, "；")
	case reflect.Map:
		text, err := json.Marshal(v.Interface())
		if err != nil {
			return ""
		}
		return string(text)
	}
	return fmt.Sprint(v.Interface())
}

// textOf returns the text of a value that knows how to write itself, as codes and dates do.
func textOf(v reflect.Value) (string, bool) {
	if t, ok := v.Interface().(fmt.Stringer); ok && v.Kind() == reflect.Struct {
		return t.String(), true
	}
	return "", false
}

func scalar(v reflect.Value) bool {
	_, ok := textOf(v)
	return ok
}

// elementName is what a field is called in definitions and on pages.
func elementName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		return f.Name
	}
	return name
}

// elementOrder is the order of elements in a definition.
var elementOrder = func() map[string]int {
	order := map[string]int{}
	definition := reflect.TypeFor[Definition]()
	for i := range definition.NumField() {
		name := elementName(definition.Field(i))
		order[name] = (i + 1) * 100
		if name != "guide" {
			continue
		}
		for j := range definition.Field(i).Type.NumField() {
			order["guide."+elementName(definition.Field(i).Type.Field(j))] = (i+1)*100 + j
		}
	}
	return order
}()
