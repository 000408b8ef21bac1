package keeperweb

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/module/item"
)

// mostRows bounds what a form may send.
const mostRows = 300

// valueAt returns a place of a definition: "guide.pledge.text". What a nil pointer leads to is made when it is to be written, and is not valid when
// it is read.
func valueAt(v reflect.Value, at string, make bool) reflect.Value {
	for name := range strings.SplitSeq(at, ".") {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() && make {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		if !v.IsValid() {
			return v
		}
		v = part(v, name)
	}
	return v
}

// part returns the field that JSON calls name.
func part(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		if tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); tag == name {
			return v.Field(i)
		}
	}
	panic("keeperweb: a section asks for " + name + ", which no definition has")
}

func rowName(i int, name string) string { return "row." + strconv.Itoa(i) + "." + name }

// values writes what a definition says in a section as the values of its form.
func (s section) values(d *item.Definition) url.Values {
	out := url.Values{}
	root := reflect.ValueOf(d).Elem()
	for _, f := range s.fields {
		if v := valueAt(root, f.name, false); v.IsValid() {
			out[f.name] = f.written(v)
		}
	}
	if s.list == "" {
		return out
	}
	list := valueAt(root, s.list, false)
	out.Set("rows", strconv.Itoa(list.Len()))
	for i := range list.Len() {
		out.Set(rowName(i, "from"), strconv.Itoa(i))
		for _, f := range s.row {
			out[rowName(i, f.name)] = f.written(part(list.Index(i), f.name))
		}
	}
	return out
}

// written writes one value as a form sends it.
func (f fieldSpec) written(v reflect.Value) []string {
	switch f.kind {
	case tickKind:
		if v.Bool() {
			return []string{"1"}
		}
		return nil
	case manyKind:
		var all []string
		for i := range v.Len() {
			all = append(all, fmt.Sprint(v.Index(i).Interface()))
		}
		return all
	case linesKind:
		var all []string
		for i := range v.Len() {
			all = append(all, v.Index(i).String())
		}
		return []string{strings.Join(all, "\n")}
	case cellsKind:
		return []string{writeCells(v)}
	}
	return []string{fmt.Sprint(v.Interface())}
}

// writeCells writes rows one a line, their parts between bars, without the empty ones at the end.
func writeCells(list reflect.Value) string {
	lines := make([]string, list.Len())
	for i := range lines {
		row := list.Index(i)
		cells := make([]string, row.NumField())
		for j := range cells {
			if !row.Field(j).IsZero() {
				cells[j] = fmt.Sprint(row.Field(j).Interface())
			}
		}
		for len(cells) > 1 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		lines[i] = strings.Join(cells, " | ")
	}
	return strings.Join(lines, "\n")
}

// trouble is what can't be read of a form: the key of a sentence by the name of a field.
type trouble map[string]string

// read puts what a form says of a section into a definition. Rows ticked to be removed and rows that say nothing are
// left out.
func (s section) read(form url.Values, d *item.Definition) trouble {
	bad := trouble{}
	root := reflect.ValueOf(d).Elem()
	for _, f := range s.fields {
		f.take(form, f.name, valueAt(root, f.name, true), bad)
	}
	if p := d.Guide.Pledge; p != nil && *p == (item.Pledge{}) {
		d.Guide.Pledge = nil
	}
	if s.list == "" {
		return bad
	}
	to := valueAt(root, s.list, true)
	list := reflect.MakeSlice(to.Type(), 0, 0)
	for i := range rowsOf(form) {
		row := reflect.New(to.Type().Elem()).Elem()
		if from, err := strconv.Atoi(form.Get(rowName(i, "from"))); err == nil && from >= 0 && from < to.Len() {
			row.Set(to.Index(from)) // what the form does not ask for stays
		}
		for _, f := range s.row {
			f.take(form, rowName(i, f.name), part(row, f.name), bad)
		}
		if form.Get(rowName(i, "remove")) == "" && !s.saysNothing(form, i) {
			list = reflect.Append(list, row)
		}
	}
	setList(to, list)
	return bad
}

// setList writes a list. One that was empty stays as it was: none and an empty one are the same to people, not to the digest of a definition.
func setList(to, list reflect.Value) {
	if list.Len() > 0 || to.Len() > 0 {
		to.Set(list)
	}
}

// saysNothing tells whether nobody wrote anything into a row; what is chosen beforehand does not count.
func (s section) saysNothing(form url.Values, i int) bool {
	for _, f := range s.row {
		if f.kind != oneKind && f.kind != tickKind && strings.Trim(strings.TrimSpace(form.Get(rowName(i, f.name))), "0") != "" {
			return false
		}
	}
	return true
}

// rowsOf is how many rows a form sent.
func rowsOf(form url.Values) int {
	n, err := strconv.Atoi(form.Get("rows"))
	if err != nil || n < 0 {
		return 0
	}
	return min(n, mostRows)
}

func (f fieldSpec) take(form url.Values, name string, to reflect.Value, bad trouble) {
	text := strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
	switch f.kind {
	case tickKind:
		to.SetBool(text != "")
	case wholeKind:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil && text != "" {
			bad[name] = "page.not_a_number"
		}
		to.SetInt(n)
	case oneKind:
		if text != "" && !slices.Contains(f.options, text) {
			bad[name] = "item.unknown_value"
			return
		}
		to.SetString(text)
	case manyKind:
		takeMany(form[name], f.options, to)
	case linesKind:
		list := reflect.MakeSlice(to.Type(), 0, 0)
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				list = reflect.Append(list, reflect.ValueOf(line).Convert(to.Type().Elem()))
			}
		}
		setList(to, list)
	case cellsKind:
		if key := readCells(text, to); key != "" {
			bad[name] = key
		}
	default:
		to.SetString(text)
	}
}

// takeMany keeps what is chosen: in the order it had, then in the order of the options.
func takeMany(chosen, options []string, to reflect.Value) {
	list := reflect.MakeSlice(to.Type(), 0, 0)
	var had []string
	for i := range to.Len() {
		had = append(had, fmt.Sprint(to.Index(i).Interface()))
	}
	known := map[string]bool{}
	for _, o := range append(had, options...) {
		if !slices.Contains(chosen, o) || known[o] {
			continue
		}
		known[o] = true
		v := reflect.New(to.Type().Elem()).Elem()
		if v.Kind() == reflect.Int {
			n, err := strconv.Atoi(o)
			if err != nil {
				continue
			}
			v.SetInt(int64(n))
		} else {
			v.SetString(o)
		}
		list = reflect.Append(list, v)
	}
	setList(to, list)
}

// readCells reads what [writeCells] writes, and returns the key of a sentence when it can't: too many parts, or no number where one belongs.
func readCells(text string, to reflect.Value) string {
	list := reflect.MakeSlice(to.Type(), 0, 0)
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		row := reflect.New(to.Type().Elem()).Elem()
		cells := strings.Split(strings.ReplaceAll(line, "｜", "|"), "|")
		if len(cells) > row.NumField() {
			return "keeper.cells_too_many"
		}
		for i, cell := range cells {
			cell = strings.TrimSpace(cell)
			if row.Field(i).Kind() != reflect.Int {
				row.Field(i).SetString(cell)
				continue
			}
			n, err := strconv.ParseInt(cell, 10, 32)
			if err != nil && cell != "" {
				return "page.not_a_number"
			}
			row.Field(i).SetInt(n)
		}
		list = reflect.Append(list, row)
	}
	setList(to, list)
	return ""
}

// addRow adds an empty row to a form.
func addRow(form url.Values) { form.Set("rows", strconv.Itoa(min(rowsOf(form)+1, mostRows))) }
