package rule_test

import (
	"reflect"
	"strings"
	"testing"

	"xiangyun/internal/platform/rule"
)

func TestValue(t *testing.T) {
	env, err := rule.NewEnv(rule.Vars{"n": rule.Whole, "list": rule.Any, "m": rule.Any})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]any{"n": float64(3), "list": []any{"a", "b"}, "m": map[string]any{"x": []any{1.5, true, nil}}}
	for text, want := range map[string]any{"n + 1": int64(4), "list": []any{"a", "b"}, "m.x": []any{1.5, true, nil}, "m": values["m"], "{'k': n}": map[string]any{"k": int64(3)},
		"n > 2": true, "'a' + 'b'": "ab", "null": nil, "timestamp('2026-11-26T08:00:00+08:00')": "2026-11-26T00:00:00Z"} {
		p, err := env.CompileValue(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Value(values); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %#v, want %#v: %v", text, got, want, err)
		}
	}
	for _, text := range []string{"type(n)", "{1: 2}", "18446744073709551615u", "m.nothing", "1.0 / 0.0", "bytes('x')", "list.all(a, list.all(b, a == b)) ? n / 0 : n / 0"} {
		p, err := env.CompileValue(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Value(values); err == nil {
			t.Errorf("%s is %#v", text, got)
		}
	}
	if _, err := env.CompileValue("unknown + 1"); err == nil {
		t.Error("an unknown name was taken")
	}
}

// The keys by which an expression looks into a variable, and no text that only looks like one.
func TestFields(t *testing.T) {
	env, err := rule.NewEnv(rule.Vars{"a": rule.Any, "b": rule.Any})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{`has(a.x) && a["y"] > 1 && a.x != 2`: "x y", `"a.x" == b.a.x`: "", `a.x.y`: "x", `[1, 2].exists(i, i == a.n)`: "n", `a.`: "", `a`: ""} {
		if got := strings.Join(env.Fields(text, "a"), " "); got != want {
			t.Errorf("%s looks at %q, want %q", text, got, want)
		}
	}
}
