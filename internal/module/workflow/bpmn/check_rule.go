package bpmn

import (
	"maps"
	"slices"
	"strings"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/rule"
)

// expressions compiles everything that is computed, each text once.
func (c *checker) expressions() {
	for _, v := range c.p.Variables {
		if _, taken := machine.Reserved[v.Name]; taken {
			c.say("", Error, "bpmn.rule.reserved", v.Name)
		}
	}
	env, err := rule.NewEnv(machine.Names(c.p))
	if err != nil {
		c.say("", Error, "bpmn.rule.names")
		return
	}
	x := &expressions{checker: c, env: env, known: map[string]yield{}}
	for _, f := range c.p.Flows {
		x.want(f.ID, f.When, "bool")
	}
	for _, e := range c.p.Elements {
		x.element(e)
	}
}

type yield struct {
	kind string
	err  error
}

type expressions struct {
	*checker
	env   *rule.Env
	known map[string]yield
}

func (x *expressions) element(e *process.Element) {
	x.want(e.ID, e.Script, "")
	x.want(e.ID, e.Duty.Limit, "int")
	x.want(e.ID, e.Event.Key, "")
	x.want(e.ID, e.Event.Clock.Workdays, "int")
	x.want(e.ID, e.Event.Clock.Date, "string timestamp")
	if e.Loop != nil {
		x.want(e.ID, e.Loop.Each, "list")
		x.want(e.ID, e.Loop.Until, "bool")
	}
	for _, m := range []map[string]string{e.Inputs, e.Outputs} {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if m[name] == "" {
				x.say(e.ID, Error, "bpmn.rule.empty", name)
			}
			x.want(e.ID, m[name], "")
		}
	}
	for _, name := range append(slices.Sorted(maps.Keys(e.Outputs)), e.Result) {
		if _, taken := machine.Reserved[name]; taken {
			x.say(e.ID, Error, "bpmn.rule.reserved", name)
		} else if name != "" && !variable.MatchString(name) {
			x.say(e.ID, Error, "bpmn.read.variable", name)
		}
	}
}

// want checks one expression: it compiles and yields one of the kinds, or what only its run tells. An empty text is nothing to compute.
func (x *expressions) want(id, text, kinds string) {
	if text == "" || x.over() {
		return
	}
	y, ok := x.known[text]
	if !ok {
		y.kind, y.err = x.env.Examine(text)
		x.known[text] = y
	}
	switch {
	case y.err != nil:
		x.say(id, Error, "bpmn.rule.broken", shorten(text), reason(y.err))
	case kinds != "" && y.kind != "dyn" && !slices.ContainsFunc(strings.Fields(kinds), func(k string) bool { return strings.HasPrefix(y.kind, k) }):
		x.say(id, Error, "bpmn.rule.kind."+strings.Fields(kinds)[0], shorten(text))
	}
}

// reason is what CEL says, without where it stands and the expression itself.
func reason(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, `": `); i >= 0 {
		text = text[i+3:]
	}
	if _, after, ok := strings.Cut(text, "<input>:"); ok {
		if _, said, ok := strings.Cut(after, ": "); ok {
			text = said
		}
	}
	return shorten(text)
}

func shorten(text string) string {
	if r := []rune(text); len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return text
}
