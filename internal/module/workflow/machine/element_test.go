package machine_test

import (
	"errors"
	"testing"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
)

var start, end = el("s", process.StartEvent), el("e", process.EndEvent)

func TestExclusive(t *testing.T) {
	g := el("g", process.ExclusiveGateway)
	g.Default = "g>c"
	p := connect([]process.Element{start, g, user("a"), user("b"), user("c"), end}, "s g", "g a n > 10", "g b n > 5", "g c", "a e", "b e", "c e")
	for n, want := range map[int]string{20: "a", 7: "b", 1: "c"} {
		i := begin(t, p, map[string]any{"n": n})
		i.want(want)
		i.complete(want)
		i.over()
	}
	g.Default = ""
	i := begin(t, connect([]process.Element{start, g, user("a"), end}, "s g", "g a n > 10", "a e"), map[string]any{"n": 1})
	if len(i.stuck) != 1 || i.s.Tokens[0].At != "g" {
		t.Fatalf("no incident names the gateway: %v %+v", i.stuck, i.s)
	}
	i.values["n"] = 11
	i.must(machine.Command{Do: machine.Retry, Token: i.s.Tokens[0].ID})
	i.want("a")
	i.complete("a")
	i.over()
}

func TestParallelWaitsForAll(t *testing.T) {
	i := begin(t, connect([]process.Element{start, el("f", process.ParallelGateway), user("a"), user("b"), user("c"), el("j", process.ParallelGateway), user("d"), end},
		"s f", "f a", "f b", "f c", "a j", "b j", "c j", "j d", "d e"), nil)
	i.want("a b c")
	i.complete("b")
	i.complete("a")
	i.want("c")
	i.complete("c")
	i.want("d")
	i.complete("d")
	i.over()
	if err := i.do(machine.Command{Do: machine.Complete, Token: 2}); !errors.Is(err, machine.ErrGone) {
		t.Errorf("after the end: %v", err)
	}
}

// The inclusive join waits for exactly those that can still arrive: not for branches that were not taken, but for one that is still before a later
// choice.
func TestInclusive(t *testing.T) {
	p := connect([]process.Element{start, el("f", process.InclusiveGateway), user("a"), user("b"), user("c"), el("x", process.ExclusiveGateway), el("j", process.InclusiveGateway),
		user("d"), user("aside"), end, el("e2", process.EndEvent)},
		"s f", "f a n > 0", "f b n > 1", "f c n > 2", "a j", "b x", "x j kind == 'join'", "x aside kind != 'join'", "aside e2", "c j", "j d", "d e")
	i := begin(t, p, map[string]any{"n": 1})
	i.want("a")
	i.complete("a")
	i.want("d")
	i.complete("d")
	i.over()
	i = begin(t, p, map[string]any{"n": 2, "kind": "aside"})
	i.want("a b")
	i.complete("a")
	i.want("b") // the join waits: b can still come
	i.complete("b")
	i.want("aside d") // now it can't
	i.complete("d")
	i.complete("aside")
	i.over()
	i = begin(t, p, map[string]any{"n": 3, "kind": "join"})
	i.complete("c")
	i.complete("b")
	i.want("a")
	i.complete("a")
	i.want("d")
}

func TestEventGateway(t *testing.T) {
	p := connect([]process.Element{start, el("g", process.EventGateway), on("m", process.IntermediateCatch, process.Message, "objection"),
		on("w", process.IntermediateCatch, process.Timer, "P7D"), user("a"), user("b"), end}, "s g", "g m", "g w", "m a", "w b", "a e", "b e")
	i := begin(t, p, nil)
	if len(i.armed) != 2 {
		t.Fatalf("armed %v", i.armed)
	}
	i.fire("m")
	i.want("a")
	if len(i.armed) != 0 {
		t.Errorf("still armed: %v", i.armed)
	}
	i.complete("a")
	i.over()
	i = begin(t, p, nil)
	i.fire("w")
	i.want("b")
}

func TestBoundary(t *testing.T) {
	p := connect([]process.Element{start, user("a"), edge("late", "a", process.Timer, "P3D", false), edge("hint", "a", process.Message, "hint", true), user("b"), user("h"), end,
		el("e2", process.EndEvent)}, "s a", "a e", "late b", "b e", "hint h", "h e2")
	i := begin(t, p, nil)
	i.fire("hint")
	i.fire("hint") // one that does not interrupt may come again
	i.want("a h h")
	i.fire("late")
	i.want("b h h")
	i.complete("b")
	i.complete("h")
	i.complete("h")
	i.over()
	i = begin(t, p, nil)
	i.complete("a") // what was armed is taken away
	i.over()
}

func TestCycleComesAsOftenAsSaid(t *testing.T) {
	b := process.Element{ID: "urge", Kind: process.BoundaryEvent, Attached: "a", Keep: true, Event: process.Event{Trigger: process.Timer, Clock: process.Clock{Cycle: "P1WD", Times: 2}}}
	i := begin(t, connect([]process.Element{start, user("a"), b, on("n", process.EndEvent, process.Signal, "urged"), end}, "s a", "a e", "urge n"), nil)
	i.fire("urge")
	i.fire("urge")
	if len(i.armed) != 0 {
		t.Errorf("a third time is armed: %v", i.armed)
	}
	i.complete("a")
	i.over()
}

func TestSubProcess(t *testing.T) {
	sub := el("sub", process.SubProcess)
	p := connect([]process.Element{start, sub, in("sub", el("s2", process.StartEvent)), in("sub", el("f", process.ParallelGateway)), in("sub", user("a")), in("sub", user("b")),
		in("sub", el("e2", process.EndEvent)), in("sub", on("e3", process.EndEvent, process.Error, "broken")), edge("caught", "sub", process.Error, "broken", false),
		edge("any", "sub", process.Error, "", false), user("c"), user("d"), end},
		"s sub", "s2 f", "f a", "f b", "a e2", "b e3 n == 1", "b e2 n != 1", "sub c", "c e", "caught d", "d e", "any e")
	i := begin(t, p, map[string]any{"n": 0})
	i.want("a b")
	i.complete("b")
	i.complete("a")
	i.want("c")
	i.complete("c")
	i.over()
	i = begin(t, p, map[string]any{"n": 1})
	i.complete("b") // an error ends the whole scope, a's task with it
	i.want("d")
	i.complete("d")
	i.over()
}

func TestTerminateEndsItsScopeOnly(t *testing.T) {
	p := connect([]process.Element{start, el("f", process.ParallelGateway), el("sub", process.SubProcess), in("sub", el("s2", process.StartEvent)),
		in("sub", el("f2", process.ParallelGateway)), in("sub", user("a")), in("sub", user("b")), in("sub", on("stop", process.EndEvent, process.Terminate, "")),
		in("sub", el("e2", process.EndEvent)), user("c"), end}, "s f", "f sub", "f c", "s2 f2", "f2 a", "f2 b", "a stop", "b e2", "sub e", "c e")
	i := begin(t, p, nil)
	i.want("a b c")
	i.complete("a")
	i.want("c")
	i.complete("c")
	i.over()
}

func TestEventSubProcess(t *testing.T) {
	x := el("x", process.SubProcess)
	x.Triggered = true
	s2 := in("x", on("s2", process.StartEvent, process.Message, "withdrawn"))
	p := connect([]process.Element{start, user("a"), end, x, s2, in("x", user("b")), in("x", el("e2", process.EndEvent))}, "s a", "a e", "s2 b", "b e2")
	i := begin(t, p, nil)
	i.fire("s2")
	i.want("b")
	i.complete("b")
	i.over()
	p.Element("s2").Keep = true
	i = begin(t, p, nil)
	i.fire("s2")
	i.fire("s2")
	i.want("a b b")
	i.complete("a")
	i.complete("b")
	i.complete("b")
	i.over()
	p.Element("s2").Keep, p.Element("s2").Event = false, process.Event{Trigger: process.Error}
	p.Element("e").Event = process.Event{Trigger: process.Error, Name: "no"}
	i = begin(t, p, nil)
	i.complete("a")
	i.want("b")
	i.complete("b")
	i.over()
}

func TestServices(t *testing.T) {
	sv := process.Element{ID: "v", Kind: process.ServiceTask, Handler: "check", Inputs: map[string]string{"what": "kind"}, Outputs: map[string]string{"n": "result.found + 1"}}
	p := connect([]process.Element{start, sv, edge("no", "v", process.Error, "none", false), user("a"), user("b"), end}, "s v", "v a", "no b", "a e", "b e")
	i := begin(t, p, map[string]any{"kind": "k"})
	if w := i.works[i.token("v")]; w.Name != "check" || w.Values["what"] != "k" {
		t.Fatalf("asks for %+v", w)
	}
	i.must(machine.Command{Do: machine.Serve, Token: i.token("v"), Values: map[string]any{"found": int64(2)}})
	if i.values["n"] != int64(3) {
		t.Errorf("n is %v", i.values["n"])
	}
	i.want("a")
	i = begin(t, p, nil)
	i.must(machine.Command{Do: machine.FailService, Token: i.token("v"), Code: "none"})
	i.want("b")
	i = begin(t, p, nil)
	v := i.token("v")
	i.must(machine.Command{Do: machine.FailService, Token: v})
	if i.stuck[v] != machine.Service {
		t.Fatalf("incidents %v", i.stuck)
	}
	i.must(machine.Command{Do: machine.Retry, Token: v})
	if err := i.do(machine.Command{Do: machine.Serve, Token: v}); !errors.Is(err, machine.ErrGone) {
		t.Errorf("the first attempt came back after the second had begun: %v", err)
	}
	v = i.token("v")
	i.must(machine.Command{Do: machine.Serve, Token: v, Values: map[string]any{}}) // the result lacks what the outputs ask
	if i.stuck[v] != machine.NoValue {
		t.Fatalf("incidents %v", i.stuck)
	}
	i = begin(t, p, nil)
	i.must(machine.Command{Do: machine.FailService, Token: i.token("v"), Code: "other"})
	if i.stuck[i.s.Tokens[0].ID] != machine.Uncaught {
		t.Fatalf("incidents %v", i.stuck)
	}
}

func TestCallsThrowsAndScripts(t *testing.T) {
	call := process.Element{ID: "c", Kind: process.CallActivity, Calls: "other", Inputs: map[string]string{"x": "n"}, Outputs: map[string]string{"kind": "result.kind"}}
	sc := process.Element{ID: "k", Kind: process.ScriptTask, Script: "n * 2", Result: "n"}
	m := on("m", process.IntermediateThrow, process.Message, "hello")
	m.Event.Key = "n"
	p := connect([]process.Element{start, sc, m, on("g", process.SendTask, process.Message, "task"), on("si", process.IntermediateThrow, process.Signal, "all"), call,
		edge("bad", "c", process.Error, "", false), on("r", process.ReceiveTask, process.Message, "reply"), user("b"), end},
		"s k", "k m", "m g", "g si", "si c", "c r", "r e", "bad b", "b e")
	i := begin(t, p, map[string]any{"n": 4})
	i.want("", "message hello 8", "message task case", "signal all")
	if w := i.works[i.token("c")]; w.Name != "other" || w.Values["x"] != int64(8) {
		t.Fatalf("calls %+v", w)
	}
	i.must(machine.Command{Do: machine.EndChild, Token: i.token("c"), Values: map[string]any{"kind": "z"}})
	if i.values["kind"] != "z" {
		t.Errorf("kind is %v", i.values["kind"])
	}
	i.fire("r")
	i.over()
	i = begin(t, p, nil)
	i.must(machine.Command{Do: machine.FailChild, Token: i.token("c"), Code: "x"})
	i.want("b")
}

func TestMultiInstance(t *testing.T) {
	a := user("a")
	a.Loop = &process.Loop{Each: "list", As: "who"}
	b := user("b")
	p := connect([]process.Element{start, a, edge("late", "a", process.Timer, "P1D", false), b, end, el("e2", process.EndEvent)}, "s a", "a b", "b e", "late e2")
	list := map[string]any{"list": []any{"x", "y", "z"}}
	i := begin(t, p, list)
	i.want("a a a")
	if i.items[i.token("a")] != "x" {
		t.Errorf("the first is for %v", i.items)
	}
	i.complete("a")
	i.complete("a", "disagree")
	i.want("a")
	i.complete("a")
	i.want("b")
	i.complete("b")
	i.over()
	i = begin(t, p, list)
	i.complete("a")
	i.fire("late")
	i.over()
	i = begin(t, p, nil) // for nobody
	i.want("b")
	for until, orders := range map[string][][]string{
		"agreed >= 1":                       {{"agree"}, {"disagree", "agree"}},
		"agreed * 2 > total":                {{"agree", "agree"}, {"agree", "refuse", "agree"}},
		"refused > 0 || done == total":      {{"refuse"}, {"agree", "refuse"}},
		"refused * 2 > total && done > 100": {{"agree", "agree", "agree"}},
	} {
		p.Element("a").Loop.Until = until
		for _, order := range orders {
			for _, sequential := range []bool{false, true} {
				p.Element("a").Loop.Sequential = sequential
				i := begin(t, p, list)
				for n, outcome := range order {
					if want := 3 - n; !sequential && len(i.tasks) != want || sequential && len(i.tasks) != 1 {
						t.Fatalf("%s: %d tasks", until, len(i.tasks))
					}
					i.complete("a", outcome)
				}
				i.want("b")
				i.complete("b")
				i.over()
			}
		}
	}
}

func TestMultiInstanceSubProcess(t *testing.T) {
	sub := el("sub", process.SubProcess)
	sub.Loop = &process.Loop{Each: "list", As: "who"}
	k := in("sub", process.Element{ID: "k", Kind: process.ExclusiveGateway, Default: "k>b"})
	p := connect([]process.Element{start, sub, in("sub", el("s2", process.StartEvent)), k, in("sub", user("a")), in("sub", user("b")), in("sub", el("e2", process.EndEvent)), end},
		"s sub", "s2 k", "k a who == 'x'", "k b", "a e2", "b e2", "sub e")
	i := begin(t, p, map[string]any{"list": []any{"x", "y", "x"}})
	i.want("a a b")
	i.complete("a")
	i.complete("b")
	i.complete("a")
	i.over()
}

func TestEndlessHasNoEffect(t *testing.T) {
	p := connect([]process.Element{start, user("a"), el("x", process.ExclusiveGateway), process.Element{ID: "k", Kind: process.ScriptTask, Script: "n + 1", Result: "n"}, el("y", process.ExclusiveGateway), end},
		"s a", "a x", "x k", "k y", "y x n > 0", "y e n < 0")
	i := begin(t, p, map[string]any{"n": 1})
	before := encode(t, i.s)
	next, effects, err := i.p.Step(i.s, machine.Command{Do: machine.Complete, Token: i.token("a")}, machine.Env{Values: i.values})
	if err != nil || encode(t, next) != before || len(effects) != 1 || effects[0].Name != machine.Endless {
		t.Errorf("%v %v", effects, err)
	}
}

func TestStuckIsSaid(t *testing.T) {
	i := begin(t, connect([]process.Element{start, el("x", process.ExclusiveGateway), user("a"), user("b"), el("j", process.ParallelGateway), end},
		"s x", "x a n > 0", "x b n <= 0", "a j", "b j", "j e"), nil)
	i.complete("b")
	if len(i.stuck) != 1 {
		t.Errorf("incidents %v at %+v", i.stuck, i.s)
	}
}

func TestCancel(t *testing.T) {
	i := begin(t, connect([]process.Element{start, el("f", process.ParallelGateway), user("a"), edge("late", "a", process.Timer, "P1D", false), process.Element{ID: "v", Kind: process.ServiceTask, Handler: "h"}, end},
		"s f", "f a", "f v", "a e", "v e", "late e"), nil)
	i.must(machine.Command{Do: machine.Cancel})
	i.over()
}

func TestRewind(t *testing.T) {
	p := connect([]process.Element{start, user("a"), el("f", process.ParallelGateway), user("b1"), user("b2"), user("c"), el("j", process.ParallelGateway), user("d"),
		el("sub", process.SubProcess), in("sub", el("s2", process.StartEvent)), in("sub", user("g")), in("sub", el("e2", process.EndEvent)), end},
		"s a", "a f", "f b1", "b1 b2", "b2 j", "f c", "c j", "j d", "d sub", "s2 g", "g e2", "sub e")
	i := begin(t, p, nil)
	back := func(from, to string, all bool) error {
		return i.do(machine.Command{Do: machine.Rewind, Token: i.token(from), To: to, All: all})
	}
	i.complete("a")
	i.complete("b1")
	i.want("b2 c")
	if err := back("b2", "b1", false); err != nil { // within a branch
		t.Fatal(err)
	}
	i.want("b1 c")
	if err := back("b1", "a", false); !errors.Is(err, machine.ErrParallel) {
		t.Errorf("the other branch was forgotten: %v", err)
	}
	if err := back("c", "b1", true); !errors.Is(err, machine.ErrTarget) {
		t.Errorf("from branch to branch: %v", err)
	}
	i.complete("c") // waits at the join now, and is in the way as well
	if err := back("b1", "a", false); !errors.Is(err, machine.ErrParallel) {
		t.Errorf("the other branch was forgotten: %v", err)
	}
	if err := back("b1", "a", true); err != nil {
		t.Fatal(err)
	}
	i.want("a")
	for _, e := range []string{"a", "b1", "b2", "c"} {
		i.complete(e)
	}
	i.want("d")
	if err := back("d", "b1", true); !errors.Is(err, machine.ErrTarget) {
		t.Errorf("into a branch: %v", err)
	}
	i.complete("d")
	i.want("g")
	if err := back("g", "d", false); err != nil { // out of a sub-process
		t.Fatal(err)
	}
	i.want("d")
	if err := back("d", "g", false); !errors.Is(err, machine.ErrTarget) {
		t.Errorf("into a sub-process: %v", err)
	}
	i.complete("d")
	i.complete("g")
	i.over()
}

func TestRetake(t *testing.T) {
	b := user("b")
	b.Loop = &process.Loop{Each: "list"}
	p := connect([]process.Element{start, user("x"), el("f", process.ParallelGateway), user("a"), b, el("j", process.ParallelGateway), user("d"), end},
		"s x", "x f", "f a", "f b", "a j", "b j", "j d", "d e")
	office := func(path string) any { return map[string]any{"path": path} }
	i := begin(t, p, map[string]any{"list": []any{office("1"), office("2")}})
	again := func(at, path string) error { return i.do(machine.Command{Do: machine.Retake, To: at, Code: path}) }
	i.complete("x")
	i.complete("a")
	i.want("b b")
	if err := again("a", ""); err != nil {
		t.Fatal(err)
	}
	i.want("a b b")
	i.complete("b", "refuse")
	if err := i.do(machine.Command{Do: machine.Retake, To: "b", Code: "1", Outcome: "refuse"}); err != nil {
		t.Fatal(err)
	}
	if err := again("b", "1"); !errors.Is(err, machine.ErrGone) {
		t.Errorf("taken back twice: %v", err)
	}
	i.complete("b")
	i.complete("b")
	i.want("a")
	if err := again("b", "3"); !errors.Is(err, machine.ErrGone) {
		t.Errorf("somebody else's: %v", err)
	}
	if err := again("b", "2"); err != nil { // all had been done, the branch waited at the join
		t.Fatal(err)
	}
	i.want("a b")
	i.complete("b")
	i.complete("a")
	i.want("d")
	if err := again("a", ""); !errors.Is(err, machine.ErrGone) {
		t.Errorf("what is past the join came back: %v", err)
	}
	i.complete("d")
	i.over()
}

func TestMigrate(t *testing.T) {
	a := user("a")
	a.Loop = &process.Loop{Each: "list"}
	old := connect([]process.Element{start, a, edge("late", "a", process.Timer, "P1D", false), user("b"), end}, "s a", "a b", "b e", "late e")
	a.ID, a.Name = "a9", "a9"
	fresh := connect([]process.Element{start, a, edge("later", "a9", process.Timer, "P2D", false), user("b"), user("x"), end}, "s a9", "a9 x", "x b", "b e", "later e")
	to, err := machine.Compile(fresh)
	if err != nil {
		t.Fatal(err)
	}
	i := begin(t, old, map[string]any{"list": []any{"1", "2"}})
	i.complete("a")
	if plan := to.Plan(i.p, i.s, nil); plan[0].Reason != machine.Missing {
		t.Errorf("%+v", plan)
	}
	if _, _, err := to.Migrate(i.p, i.s, nil, machine.Env{Values: i.values}); !errors.Is(err, machine.ErrTarget) {
		t.Errorf("was taken over: %v", err)
	}
	s, effects, err := to.Migrate(i.p, i.s, map[string]string{"a": "a9"}, machine.Env{Values: i.values})
	if err != nil {
		t.Fatal(err)
	}
	i.p, i.s = to, s
	for _, e := range effects {
		i.effect(e)
	}
	i.want("a9")
	i.complete("a9")
	i.want("x")
	i.complete("x")
	i.complete("b")
	i.over()
}

func TestCompileRefuses(t *testing.T) {
	for name, p := range map[string]*process.Process{
		"no start":      connect([]process.Element{user("a"), end}, "a e"),
		"expression":    connect([]process.Element{start, user("a"), end}, "s a", "a e m > 1"),
		"kind":          connect([]process.Element{start, el("a", "complexGateway"), end}, "s a", "a e"),
		"host":          connect([]process.Element{start, edge("b", "x", process.Error, "", false), end}, "s e", "b e"),
		"timer":         connect([]process.Element{start, on("a", process.IntermediateCatch, process.Timer, "P1X"), end}, "s a", "a e"),
		"message":       connect([]process.Element{start, on("a", process.IntermediateCatch, process.Message, ""), end}, "s a", "a e"),
		"parent":        connect([]process.Element{start, in("a", user("a")), end}, "s e"),
		"reserved name": {Key: "p", Elements: []*process.Element{{ID: "s", Kind: process.StartEvent}}, Variables: []process.Variable{{Name: "places", Type: "map"}}},
	} {
		if _, err := machine.Compile(p); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
