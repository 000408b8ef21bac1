package bpmn_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
)

// draw makes a process of a short text: "s a:user g:xor(x) e" says the elements, "s>a a>g[cond] ..." the flows. Tasks are complete.
func draw(elements, flows string) *process.Process {
	p := &process.Process{Key: "p", Name: "P", Variables: []process.Variable{{Name: "n", Type: "int"}}}
	kinds := map[string]process.Kind{"user": process.UserTask, "xor": process.ExclusiveGateway, "and": process.ParallelGateway, "or": process.InclusiveGateway,
		"script": process.ScriptTask, "event": process.EventGateway, "catch": process.IntermediateCatch, "sub": process.SubProcess, "start": process.StartEvent,
		"end": process.EndEvent, "call": process.CallActivity, "service": process.ServiceTask, "fail": process.EndEvent, "stop": process.EndEvent, "edge": process.BoundaryEvent,
		"keep": process.BoundaryEvent, "vsub": process.SubProcess, "vstart": process.StartEvent, "kstart": process.StartEvent, "wrong": process.BoundaryEvent,
		"mstart": process.StartEvent}
	for _, w := range strings.Fields(elements) {
		id, rest, _ := strings.Cut(w, ":")
		kind, where, _ := strings.Cut(rest, "@") // where an event sits, or an element lies
		e := &process.Element{ID: id, Kind: kinds[kind], Parent: where}
		switch kind {
		case "user":
			e.Name, e.Duty = id, process.Duty{Action: "opine", Role: "reviewer", Place: "office"}
		case "script":
			e.Script, e.Result = "n + 1", "n"
		case "service":
			e.Handler = "h"
		case "call":
			e.Calls = "other"
		case "catch":
			e.Event = process.Event{Trigger: process.Message, Name: id}
		case "mstart":
			e.Event = process.Event{Trigger: process.Message, Name: id}
		case "fail":
			e.Event = process.Event{Trigger: process.Error, Name: "E"}
		case "stop":
			e.Event = process.Event{Trigger: process.Terminate}
		case "vsub":
			e.Triggered = true
		case "vstart", "kstart":
			e.Event, e.Keep = process.Event{Trigger: process.Signal, Name: id}, kind == "kstart"
		case "edge", "keep", "wrong":
			e.Attached, e.Keep, e.Parent = where, kind == "keep", ""
			e.Event = process.Event{Trigger: process.Signal, Name: id}
			if kind == "wrong" {
				e.Event = process.Event{Trigger: process.Error}
			}
		}
		p.Elements = append(p.Elements, e)
	}
	for _, w := range strings.Fields(flows) {
		ends, when, _ := strings.Cut(strings.TrimSuffix(w, "]"), "[")
		from, to, _ := strings.Cut(ends, ">")
		f := &process.Flow{ID: from + "_" + to, From: from, To: to, When: when}
		if when == "default" {
			f.When = ""
			p.Element(from).Default = f.ID
		}
		p.Flows = append(p.Flows, f)
		p.Element(from).Outgoing = append(p.Element(from).Outgoing, f.ID)
		p.Element(to).Incoming = append(p.Element(to).Incoming, f.ID)
	}
	return p
}

func TestCheck(t *testing.T) {
	change := func(p *process.Process, id string, do func(e *process.Element)) *process.Process {
		do(p.Element(id))
		return p
	}
	line := func(kind string) *process.Process { return draw("s:start a:"+kind+" e:end", "s>a a>e") }
	for name, c := range map[string]struct {
		p    *process.Process
		want string // element and key, "" for nothing
	}{
		"line":               {line("user"), ""},
		"split-and-ends":     {draw("s:start g:and a:user b:user e:end f:end", "s>g g>a g>b a>e b>f"), ""},
		"split-and-join":     {draw("s:start g:and a:user b:user j:and e:end", "s>g g>a g>b a>j b>j j>e"), ""},
		"choice":             {draw("s:start g:xor a:user b:user j:xor e:end", "s>g g>a[n>1] g>b[default] a>j b>j j>e"), ""},
		"loop-with-task":     {draw("s:start j:xor a:user g:xor e:end", "s>j j>a a>g g>j[n<3] g>e[default]"), ""},
		"inclusive":          {draw("s:start g:or a:user b:user j:or e:end", "s>g g>a[n>1] g>b[default] a>j b>j j>e"), ""},
		"boundary":           {draw("s:start a:user q:edge@a b:user e:end f:end", "s>a a>e q>b b>f"), ""},
		"keeps":              {draw("s:start a:user q:keep@a b:user e:end f:end", "s>a a>e q>b b>f"), ""},
		"sub-process":        {draw("s:start a:sub i:start@a u:user@a v:end@a q:edge@a b:user e:end f:end", "s>a a>e i>u u>v q>b b>f"), ""},
		"event-sub-process":  {draw("s:start a:user e:end v:vsub i:vstart@v u:user@v x:end@v", "s>a a>e i>u u>x"), ""},
		"error-caught":       {draw("s:start a:sub i:start@a g:xor@a u:user@a x:fail@a y:end@a q:wrong@a b:user e:end f:end", "s>a a>e i>u u>g g>x[n>1] g>y[default] q>b b>f"), ""},
		"terminate":          {draw("s:start g:and a:user b:user e:stop f:end", "s>g g>a g>b a>e b>f"), ""},
		"message-start":      {draw("s:mstart a:user e:end", "s>a a>e"), ""},
		"start-or-message":   {draw("s:start m:mstart a:user j:xor b:user e:end", "s>a a>j m>j j>b b>e"), ""},
		"two-messages":       {draw("m:mstart o:mstart j:xor a:user b:user g:and k:and e:end", "m>j o>j j>g g>a g>b a>k b>k k>e"), ""},
		"starves-by-message": {draw("s:start m:mstart a:user k:and e:end", "s>a a>k m>k k>e"), "k bpmn.walk.join_starves"},
		"opened-twice": {change(draw("m:mstart o:mstart j:xor a:user e:end", "m>j o>j j>a a>e"), "o", func(e *process.Element) { e.Event.Name = "m" }),
			"o bpmn.check.opened_twice"},
		"opened-by-no-name": {change(draw("m:mstart a:user e:end", "m>a a>e"), "m", func(e *process.Element) { e.Event.Name = "" }), "m bpmn.check.no_event_name"},
		"told-nowhere": {change(draw("m:mstart a:user e:end", "m>a a>e"), "m", func(e *process.Element) {
			e.Name, e.Extra = "异议", map[string]string{"from": "applicant"}
		}), "m bpmn.check.told_nowhere"},
		"told-by-nobody": {change(draw("m:mstart a:user e:end", "m>a a>e"), "m", func(e *process.Element) {
			e.Extra = map[string]string{"beside": "food"}
		}), "m bpmn.check.told_by_nobody"},
		"told-without-a-name": {change(draw("m:mstart a:user e:end", "m>a a>e"), "m", func(e *process.Element) {
			e.Extra = map[string]string{"beside": "food", "from": "applicant"}
		}), "m bpmn.check.no_name"},
		"no-start":             {draw("a:user e:end", "a>e"), " bpmn.check.no_start"},
		"two-starts":           {draw("s:start t:start a:user j:xor e:end", "s>j t>j j>a a>e"), " bpmn.check.several_starts"},
		"sub-without-start":    {draw("s:start a:sub u:end@a e:end", "s>a a>e"), "a bpmn.check.no_start"},
		"unreachable":          {draw("s:start a:user b:user c:user e:end", "s>a a>e b>c c>b c>e"), "b bpmn.check.unreachable"},
		"no-way-in":            {draw("s:start a:user b:user e:end", "s>a a>e b>e"), "b bpmn.check.no_way_in"},
		"no-way-on":            {draw("s:start g:xor a:user b:user e:end", "s>g g>a[n>1] g>b[default] a>e"), "b bpmn.check.no_way_on"},
		"no-end":               {draw("s:start g:xor a:user b:user e:end", "s>g g>a[n>1] g>e[default] a>b b>a"), "a bpmn.check.no_end"},
		"no-role":              {change(line("user"), "a", func(e *process.Element) { e.Duty.Role = "" }), "a bpmn.check.no_role"},
		"no-place":             {change(line("user"), "a", func(e *process.Element) { e.Duty.Place = "" }), "a bpmn.check.no_place"},
		"no-action":            {change(line("user"), "a", func(e *process.Element) { e.Duty.Action = "" }), "a bpmn.check.no_action"},
		"no-name":              {change(line("user"), "a", func(e *process.Element) { e.Name = "" }), "a bpmn.check.no_name"},
		"no-handler":           {change(line("service"), "a", func(e *process.Element) { e.Handler = "" }), "a bpmn.check.no_handler"},
		"no-script":            {change(line("script"), "a", func(e *process.Element) { e.Script = "" }), "a bpmn.check.no_script"},
		"calls-nothing":        {change(line("call"), "a", func(e *process.Element) { e.Calls = "" }), "a bpmn.check.calls_nothing"},
		"calls-itself":         {change(line("call"), "a", func(e *process.Element) { e.Calls = "p" }), "a bpmn.check.calls_itself"},
		"not-deployed":         {line("call"), "a bpmn.check.not_deployed"},
		"message-without-name": {change(line("catch"), "a", func(e *process.Element) { e.Event.Name = "" }), "a bpmn.check.no_event_name"},
		"duration": {change(line("catch"), "a", func(e *process.Element) {
			e.Event = process.Event{Trigger: process.Timer, Clock: process.Clock{Duration: "15 minutes"}}
		}), "a bpmn.check.duration"},
		"no-duration": {change(line("catch"), "a", func(e *process.Element) {
			e.Event = process.Event{Trigger: process.Timer, Clock: process.Clock{Duration: "PT0S"}}
		}), "a bpmn.check.duration"},
		"cycle-interrupts": {change(line("catch"), "a", func(e *process.Element) {
			e.Event = process.Event{Trigger: process.Timer, Clock: process.Clock{Cycle: "P1D"}}
		}), "a bpmn.check.cycle_interrupts"},
		"cycle-short": {change(line("catch"), "a", func(e *process.Element) {
			e.Event = process.Event{Trigger: process.Timer, Clock: process.Clock{Cycle: "PT59S"}}
		}), "a bpmn.check.cycle_short"},
		"error-uncaught":      {draw("s:start g:xor a:user e:end x:fail", "s>a a>g g>e[n>1] g>x[default]"), "x bpmn.check.error_uncaught"},
		"no-condition":        {draw("s:start g:xor a:user e:end", "s>a a>g g>e g>a[n>1]"), "g_e bpmn.check.no_condition"},
		"no-default":          {draw("s:start j:xor g:xor a:user e:end", "s>j j>a a>g g>e[n==1] g>j[n>1]"), "g bpmn.check.no_default"},
		"endless":             {draw("s:start j:xor a:script g:xor e:end", "s>j j>a a>g g>j[n<3] g>e[default]"), "j bpmn.check.endless"},
		"waits-for-nothing":   {draw("s:start g:event a:catch b:user j:xor e:end", "s>g g>a g>b a>j b>j j>e"), "g bpmn.check.waits_for_nothing"},
		"event-process-flows": {draw("s:start a:user e:end v:vsub i:vstart@v x:end@v", "s>a a>e v>e i>x"), "v bpmn.check.event_process_flows"},
		"misspelt":            {draw("s:start g:xor a:user e:end f:end", "s>a a>g g>e[m>1] g>f[default]"), "g_e bpmn.rule.broken"},
		"no-truth":            {draw("s:start g:xor a:user e:end f:end", "s>a a>g g>e[n+1] g>f[default]"), "g_e bpmn.rule.kind.bool"},
		"limit-no-number":     {change(line("user"), "a", func(e *process.Element) { e.Duty.Limit = `"5"` }), "a bpmn.rule.kind.int"},
		"each-no-list":        {change(line("user"), "a", func(e *process.Element) { e.Loop = &process.Loop{Each: "n"} }), "a bpmn.rule.kind.list"},
		"date-no-date": {change(line("catch"), "a", func(e *process.Element) {
			e.Event = process.Event{Trigger: process.Timer, Clock: process.Clock{Date: "n"}}
		}), "a bpmn.rule.kind.string"},
		"reserved":             {change(line("script"), "a", func(e *process.Element) { e.Result = "outcome" }), "a bpmn.rule.reserved"},
		"empty-output":         {change(line("user"), "a", func(e *process.Element) { e.Outputs = map[string]string{"x": ""} }), "a bpmn.rule.empty"},
		"join-starves":         {draw("s:start g:xor a:user b:user j:and e:end", "s>g g>a[n>1] g>b[default] a>j b>j j>e"), "j bpmn.walk.join_starves"},
		"join-after-boundary":  {draw("s:start a:user q:edge@a b:user c:user j:and e:end", "s>a a>b q>c b>j c>j j>e"), "j bpmn.walk.join_starves"},
		"twice":                {draw("s:start g:and a:user b:user j:xor c:user e:end", "s>g g>a g>b a>j b>j j>c c>e"), "c bpmn.walk.twice"},
		"stuck-in-sub-process": {draw("s:start a:sub i:start@a g:xor@a b:user@a c:user@a j:and@a v:end@a e:end", "s>a a>e i>g g>b[n>1] g>c[default] b>j c>j j>v"), "j bpmn.walk.join_starves"},
	} {
		t.Run(name, func(t *testing.T) {
			found := bpmn.Check(c.p, func(key string) bool { return key == "deployed" })
			if c.want == "" && len(found) > 0 {
				t.Errorf("found %v", found)
			}
			for _, f := range found {
				if f.Element+" "+f.Key == c.want {
					return
				}
			}
			if c.want != "" {
				t.Errorf("found %v, want %s", found, c.want)
			}
		})
	}
}

// blocks draws a random process of nested blocks, which is sound by how it is made, and remembers its parallel blocks.
type blocks struct {
	r         *rand.Rand
	n         int
	elements  []string
	flows     []string
	parallels [][2]string
}

func (b *blocks) id(kind string) string {
	b.n++
	id := fmt.Sprintf("x%d", b.n)
	b.elements = append(b.elements, id+":"+kind)
	return id
}

func (b *blocks) flow(from, to, when string) {
	b.flows = append(b.flows, from+">"+to+when)
}

// block makes a block between two elements.
func (b *blocks) block(depth int) (first, last string) {
	kind := b.r.IntN(7)
	if depth == 0 {
		kind = 0
	}
	switch kind {
	case 1: // one after the other
		a, c := b.block(depth - 1)
		d, e := b.block(depth - 1)
		b.flow(c, d, "")
		return a, e
	case 2, 3, 4: // parallel, exclusive, inclusive
		name := []string{"and", "xor", "or"}[kind-2]
		split, join := b.id(name), b.id(name)
		for i := range 2 + b.r.IntN(2) {
			a, c := b.block(depth - 1)
			when := fmt.Sprintf("[n==%d]", i)
			if i == 0 {
				when = "[default]"
			}
			if kind == 2 {
				when = ""
			}
			b.flow(split, a, when)
			b.flow(c, join, "")
		}
		if kind == 2 {
			b.parallels = append(b.parallels, [2]string{split, join})
		}
		return split, join
	case 5: // again until
		join, split := b.id("xor"), b.id("xor")
		a, c := b.block(depth - 1)
		work := b.id("user")
		b.flow(join, a, "")
		b.flow(c, work, "")
		b.flow(work, split, "")
		b.flow(split, join, "[n<3]")
		out := b.id("user")
		b.flow(split, out, "[default]")
		return join, out
	case 6: // with a way out of a task
		task, join := b.id("user"), b.id("xor")
		event := b.id("edge@" + task)
		a, c := b.block(depth - 1)
		b.flow(task, join, "")
		b.flow(event, a, "")
		b.flow(c, join, "")
		return task, join
	}
	task := b.id("user")
	return task, task
}

func TestCheckKnowsSoundFromBroken(t *testing.T) {
	broken := 0
	for seed := range uint64(300) {
		b := &blocks{r: rand.New(rand.NewPCG(seed, 1))}
		first, last := b.block(3)
		b.elements = append([]string{"s:start"}, append(b.elements, "e:end")...)
		b.flow("s", first, "")
		b.flow(last, "e", "")
		elements, flows := strings.Join(b.elements, " "), strings.Join(b.flows, " ")
		for _, f := range bpmn.Check(draw(elements, flows), nil) {
			if f.Severity == bpmn.Error || f.Key == "bpmn.walk.twice" {
				t.Fatalf("seed %d, a sound process: %s\n%s\n%s", seed, f, elements, flows)
			}
		}
		if len(b.parallels) == 0 {
			continue
		}
		broken++
		p := draw(elements, flows)
		pair := b.parallels[b.r.IntN(len(b.parallels))]
		split := p.Element(pair[0])
		split.Kind = process.ExclusiveGateway // one way only, and the join waits for all
		for _, id := range split.Outgoing[1:] {
			p.Flow(id).When = "n == 1"
		}
		split.Default = split.Outgoing[0]
		found := false
		for _, f := range bpmn.Check(p, nil) {
			found = found || f.Key == "bpmn.walk.join_starves" && f.Element == pair[1] || f.Key == "bpmn.walk.too_many"
		}
		if !found {
			t.Fatalf("seed %d: nobody saw that the join %s starves\n%s\n%s", seed, pair[1], elements, flows)
		}
	}
	if broken < 50 {
		t.Fatalf("only %d processes were broken", broken)
	}
}
