package formweb

import (
	"encoding/json"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/form"
)

// refreshName is the name of the buttons that only show the fields again: 更新, 增加, 删除. Their value says what else to do.
const refreshName = "refresh"

// Refreshing tells whether a request only asks to see the fields again, with what was typed: the handler renders the page with
// what [Parse] reads and neither checks nor goes on.
func Refreshing(r *http.Request) bool {
	if r.Form.Has(refreshName) {
		return true
	}
	for name := range r.Form {
		if strings.HasPrefix(name, form.Prefix) && strings.HasSuffix(name, ".refine") {
			return true
		}
	}
	return false
}

// Parse reads the inputs of a field set into answers of the types the definition asks for. What can't be read as its type is kept
// as the text it was, so that it is refused by the check and shown again as typed. Entries of a list are added and removed as the
// pressed button says.
func Parse(d *form.Definition, values url.Values) map[string]any {
	answers := map[string]any{}
	for _, f := range d.Fields {
		if v := parse(f, form.Prefix+f.Name, values); v != nil {
			answers[f.Name] = v
		}
	}
	return answers
}

// parse returns nil for nothing sent.
func parse(f form.Field, name string, values url.Values) any {
	switch f.Kind {
	case form.Group:
		if inner := parseObject(f, name, values); len(inner) > 0 {
			return inner
		}
		return nil
	case form.List:
		return parseList(f, name, values)
	case form.Choices:
		var list []any
		for _, v := range values[name] {
			if v != "" {
				list = append(list, v)
			}
		}
		if list == nil {
			return nil
		}
		return list
	case form.Region:
		if v := design.RegionValue(values[name]); v != "" {
			return v
		}
		return nil
	case form.Date:
		if v := strings.TrimSpace(values.Get(name)); v != "" {
			return v
		}
		if v := design.DateValue(values, name); v != "" {
			return v
		}
		return nil
	}
	text := strings.TrimSpace(values.Get(name))
	if text == "" {
		return nil
	}
	return typed(f.Kind, text)
}

func typed(kind form.Kind, text string) any {
	switch kind {
	case form.Whole, form.Number:
		if n, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64); err == nil && json.Valid([]byte(strconv.FormatFloat(n, 'f', -1, 64))) {
			return n
		}
	case form.YesNo:
		switch text {
		case "true", "1", "on", "yes":
			return true
		case "false", "0", "off", "no":
			return false
		}
	}
	return text
}

func parseObject(f form.Field, name string, values url.Values) map[string]any {
	inner := map[string]any{}
	for _, g := range f.Fields {
		if v := parse(g, name+"."+g.Name, values); v != nil {
			inner[g.Name] = v
		}
	}
	return inner
}

// parseList reads the entries in the order of their numbers, closing gaps and leaving out empty ones.
func parseList(f form.Field, name string, values url.Values) any {
	removed := values.Get(refreshName)
	numbers := map[int]bool{}
	for key := range values {
		rest, ok := strings.CutPrefix(key, name+".")
		if !ok {
			continue
		}
		number, _, _ := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(number); err == nil && n >= 0 && n < 1000 {
			numbers[n] = true
		}
	}
	order := make([]int, 0, len(numbers))
	for n := range numbers {
		order = append(order, n)
	}
	sort.Ints(order)
	var list []any
	for _, n := range order {
		at := name + "." + strconv.Itoa(n)
		if removed == "remove:"+at {
			continue
		}
		if inner := parseObject(f, at, values); len(inner) > 0 {
			list = append(list, inner)
		}
	}
	if removed == "add:"+name && (f.Max == 0 || len(list) < f.Max) {
		list = append(list, map[string]any{})
	}
	if list == nil {
		return nil
	}
	return list
}
