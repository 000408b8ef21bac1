package workflow_test

import (
	"fmt"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/process"
)

// BenchmarkTimers fires timers that interrupt a task and open another.
func BenchmarkTimers(b *testing.B) {
	e := newEngine(b)
	e.deploy("p", elements{user("a"), edge("late", "a", process.Event{Trigger: process.Timer, Clock: process.Clock{Duration: "P1D"}}), user("b")}, "start a", "a end", "late b", "b end")
	for i := range b.N {
		e.start("p", fmt.Sprint("case", i), nil)
	}
	e.exec(`UPDATE workflow_timer SET fire_at = $1`, dayAgo())
	b.ResetTimer()
	if n, err := e.flows.FireDue(b.Context()); err != nil || n != b.N {
		b.Fatalf("%d %v", n, err)
	}
}

// BenchmarkOneTask starts an instance of one task and completes it.
func BenchmarkOneTask(b *testing.B) {
	e := newEngine(b)
	e.deploy("p", elements{user("a")}, "start a", "a end")
	b.ResetTimer()
	for i := range b.N {
		subject := fmt.Sprint("case", i)
		e.start("p", subject, nil)
		if _, err := complete(b, e.flows, e.db, actor.Program("test"), subject, open(b, e.flows, e.db, subject)[0].ID); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParallel runs an instance with a parallel part from its start to its end.
func BenchmarkParallel(b *testing.B) {
	s, d := setup(b)
	b.ResetTimer()
	for i := range b.N {
		subject := fmt.Sprint("case", i)
		begin(b, s, d, subject, "")
		for list := open(b, s, d, subject); len(list) > 0; list = open(b, s, d, subject) {
			if _, err := complete(b, s, d, actor.Program("test"), subject, list[0].ID); err != nil {
				b.Fatal(err)
			}
		}
	}
}
