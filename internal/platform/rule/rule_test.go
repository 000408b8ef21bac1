package rule_test

import (
	"strings"
	"testing"

	"xiangyun/internal/platform/rule"
)

func TestTruth(t *testing.T) {
	vars := rule.Vars{"place": rule.Text, "staff": rule.Whole, "online": rule.Truth, "goods": rule.Texts}
	for _, c := range []struct {
		text   string
		values map[string]any
		want   bool
	}{
		{`place == "catering" && online`, map[string]any{"place": "catering", "online": true}, true},
		{`place == "catering" && online`, map[string]any{"place": "catering"}, false},
		{`staff > 2`, map[string]any{"staff": float64(3)}, true},
		{`staff > 2`, nil, false},
		{`"milk" in goods`, map[string]any{"goods": []any{"milk", "tea"}}, true},
		{`size(goods) == 0`, map[string]any{"goods": "not a list"}, true},
		{`place == ""`, map[string]any{"place": 7}, true},
	} {
		p, err := rule.Compile(vars, c.text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Truth(c.values)
		if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s with %v is %v", c.text, c.values, got)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	vars := rule.Vars{"place": rule.Text, "goods": rule.Texts}
	for text, reason := range map[string]string{
		`plase == "x"`:  "undeclared",
		`place == 3`:    "no matching overload",
		`place`:         "not true or false",
		`place == "x`:   "Syntax error",
		`size(goods)+1`: "not true or false",
	} {
		_, err := rule.Compile(vars, text)
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v, want %q", text, err, reason)
		}
	}
}

func TestTruthStopsAtTheLimit(t *testing.T) {
	p, err := rule.Compile(rule.Vars{"goods": rule.Texts}, `goods.all(a, goods.all(b, goods.all(c, size(a) + size(b) + size(c) >= 0)))`)
	if err != nil {
		t.Fatal(err)
	}
	many := make([]string, 200)
	for i := range many {
		many[i] = strings.Repeat("x", i)
	}
	if _, err := p.Truth(map[string]any{"goods": many}); err == nil {
		t.Error("an expression without end was evaluated")
	}
}
