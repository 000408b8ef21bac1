package machine_test

import (
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
)

// walks is a process with all that may lie between tasks:
//
//	a → f ┬ b1 → b2 ┬ j → x ┬ c → v → g → sub(s2 → h → e2) → e
//	      └ d ──────┘       └ back to a
var walks = connect([]process.Element{start, user("a"), el("f", process.ParallelGateway), user("b1"), user("b2"), user("d"), el("j", process.ParallelGateway),
	el("x", process.ExclusiveGateway), user("c"), el("v", process.ServiceTask), user("g"), el("sub", process.SubProcess), in("sub", el("s2", process.StartEvent)), in("sub", user("h")),
	in("sub", el("e2", process.EndEvent)), edge("late", "c", process.Timer, "P1D", false), user("sorry"), edge("aside", "c", process.Timer, "P2D", true), user("note"), end},
	"s a", "a f", "f b1", "b1 b2", "b2 j", "f d", "d j", "j x", "x c n == 0", "x a n > 0", "c v", "v g", "g sub", "s2 h", "h e2", "sub e", "late sorry", "sorry e", "aside note", "note e")

func TestEarlier(t *testing.T) {
	p, err := machine.Compile(walks)
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		"a":     "",              // all else is reached through it
		"b1":    "a",             // not where its own parallel part begins
		"b2":    "b1 a",          // nor another branch
		"c":     "f a",           //
		"g":     "c f a",         // the service between is passed over
		"h":     "g c f a",       // out of the sub-process
		"sorry": "c f a",         // what was interrupted
		"note":  "",              // beside the way: there would be one token more
		"sub":   "g c f a",       //
		"gone":  "",              //
		"e":     "g c f a sorry", // sorted below
	} {
		got := p.Earlier(from)
		if from == "e" {
			slices.Sort(got)
			want = "a c f g sorry"
		}
		if strings.Join(got, " ") != want {
			t.Errorf("before %s are %v, want %s", from, got, want)
		}
	}
}

func TestNext(t *testing.T) {
	p, err := machine.Compile(walks)
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{"a": "b1 d plain", "f": "b1 d plain", "b1": "b2 plain", "b2": "", "x": "a c plain", "c": "", "g": "h plain", "h": "", "sorry": "plain", "gone": ""} {
		got, plain := p.Next(from)
		if plain {
			got = append(got, "plain")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("behind %s are %v, want %s", from, got, want)
		}
	}
}

// A part that is done again begins with all its branches, whatever came of them before.
func TestRewindToSplit(t *testing.T) {
	for _, kind := range []process.Kind{process.ParallelGateway, process.InclusiveGateway} {
		p := connect([]process.Element{start, user("a"), el("f", kind), user("b"), user("c"), el("j", kind), user("d"), end}, "s a", "a f", "f b", "f c", "b j", "c j", "j d", "d e")
		i := begin(t, p, nil)
		for _, e := range []string{"a", "b", "c"} {
			i.complete(e)
		}
		for range 2 {
			i.must(machine.Command{Do: machine.Rewind, Token: i.token("d"), To: "f"})
			i.want("b c")
			i.complete("c")
			i.complete("b")
			i.want("d")
		}
		if err := i.do(machine.Command{Do: machine.Rewind, Token: i.token("d"), To: "j"}); err == nil {
			t.Error("sent to a join, which would wait for ever")
		}
		i.complete("d")
		i.over()
	}
}
