package machine

import (
	"maps"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/workflow/process"
)

// seen returns the values a token sees: the instance's, and the element of each multi-instance activity it is in, the innermost first.
func (r *step) seen(id int) map[string]any {
	values, own := r.values, false
	set := func(name string, v any) {
		if !own {
			if values, own = maps.Clone(values), true; values == nil {
				values = map[string]any{}
			}
		}
		values[name] = v
	}
	named := map[string]bool{}
	for t := r.s.Token(id); t != nil; {
		scope := r.s.scope(t.Scope)
		if e := r.p.elements[t.At]; scope.Loop != nil && t.Item > 0 && e.Loop != nil && e.Loop.As != "" && !named[e.Loop.As] {
			named[e.Loop.As] = true
			set(e.Loop.As, scope.Loop.Items[t.Item-1])
		}
		t = r.s.Token(scope.Owner)
	}
	for _, v := range r.p.process.Variables {
		if _, there := values[v.Name]; !there {
			switch v.Type {
			case "list":
				set(v.Name, []any{})
			case "map":
				set(v.Name, map[string]any{})
			}
		}
	}
	return values
}

// eval gives the value of an expression as a token sees it.
func (r *step) eval(id int, text string) (any, bool) {
	v, err := r.p.values[text].Value(r.seen(id))
	return v, err == nil
}

// arguments evaluates the inputs of an activity.
func (r *step) arguments(id int, e *process.Element) (map[string]any, bool) {
	if len(e.Inputs) == 0 {
		return nil, true
	}
	seen, out := r.seen(id), map[string]any{}
	for _, name := range ordered(e.Inputs) {
		v, err := r.p.values[e.Inputs[name]].Value(seen)
		if err != nil {
			return nil, false
		}
		out[name] = v
	}
	return out, true
}

// outputs sets the variables an activity or event gives over what it brought. All are computed before the first is set. When one fails the token
// has an incident and false is returned.
func (r *step) outputs(id int, e *process.Element, result map[string]any) bool {
	if len(e.Outputs) == 0 {
		return true
	}
	seen := maps.Clone(r.seen(id))
	if seen == nil {
		seen = map[string]any{}
	}
	if result == nil {
		result = map[string]any{}
	}
	seen["result"] = result
	names := ordered(e.Outputs)
	values := make([]any, len(names))
	for i, name := range names {
		v, err := r.p.values[e.Outputs[name]].Value(seen)
		if err != nil {
			r.incident(id, NoValue, "")
			return false
		}
		values[i] = v
	}
	for i, name := range names {
		r.set(name, values[i])
	}
	return true
}

// longestTerm is the most working days a timer or a task may say.
const longestTerm = 10_000

func days(v any) (int, bool) {
	var n int64
	switch v := v.(type) {
	case int64:
		n = v
	case float64:
		if v != float64(int64(v)) {
			return 0, false
		}
		n = int64(v)
	default:
		return 0, false
	}
	return int(n), n >= 0 && n <= longestTerm
}

// due evaluates a clock.
func (r *step) due(id int, c process.Clock) (Due, bool) {
	switch {
	case c.Date != "":
		v, ok := r.eval(id, c.Date)
		text, isText := v.(string)
		if !ok || !isText {
			return Due{}, false
		}
		if _, err := civil.Parse(text); err != nil {
			if _, err := time.Parse(time.RFC3339, text); err != nil {
				return Due{}, false
			}
		}
		return Due{Date: text}, true
	case c.Workdays != "":
		v, ok := r.eval(id, c.Workdays)
		if !ok {
			return Due{}, false
		}
		n, ok := days(v)
		return Due{Workdays: n}, ok
	}
	d, err := period(c)
	return d, err == nil
}
