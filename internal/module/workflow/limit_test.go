package workflow_test

import (
	"fmt"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// limited is an engine whose calendar can be corrected, with a process whose task "a" may take five working days and whose task "b" has no limit.
func limited(t *testing.T) (*engine, *days, civil.Date) {
	t.Helper()
	e := newEngine(t)
	plain, err := workday.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	known := &days{plain}
	e.flows = workflow.New(e.db, workflow.Needs{Rights: rights{}, Queue: e.queue, Log: e.log, Calendars: known})
	a := user("a")
	a.Duty.Limit = "5"
	e.deploy("p", elements{a, user("b")}, "start a", "a b", "b end")
	var today civil.Date
	e.update(func(tx *db.Tx) error {
		today = civil.Of(tx.Now)
		return nil
	})
	return e, known, today
}

// off makes days off of those from a day on.
func (d *days) off(t *testing.T, from civil.Date, many int) {
	t.Helper()
	var extras []workday.Extra
	for n := range many {
		day := from.Add(n)
		extras = append(extras, workday.Extra{Name: "节", Month: int(day.Month()), Day: day.Day()})
	}
	var err error
	if d.now, err = workday.New(nil, extras); err != nil {
		t.Fatal(err)
	}
}

func (e *engine) due(subject string) string {
	e.t.Helper()
	return open(e.t, e.flows, e.db, subject)[0].DueOn
}

// A corrected calendar moves the open tasks with a limit of their own, once, and tells which: none without one, none that was done.
func TestReckonTasks(t *testing.T) {
	e, known, today := limited(t)
	const many = 520 // more than a batch
	for i := range many {
		e.start("p", fmt.Sprint("case", i), nil)
	}
	e.start("p", "further", nil)
	e.done("further", "a")
	before := known.now.Add(today, 5)
	if e.due("case1") != before.String() || e.due("further") != "2026-12-01" {
		t.Fatalf("due on %s", e.due("case1"))
	}
	further := e.due("further")
	reckon := func() int {
		t.Helper()
		n, err := e.flows.ReckonTasks(t.Context(), actor.Program("test"), "change")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := reckon(); n != 0 || e.log.has("workflow.reckoned") {
		t.Errorf("%d moved by a calendar that did not change", n)
	}
	known.off(t, today, 20)
	if _, err := e.flows.ReckonTasks(t.Context(), keeper, "change"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a keeper asked: %v", err)
	}
	if n := reckon(); n != many || !e.log.has("workflow.reckoned") {
		t.Errorf("%d moved, want %d", n, many)
	}
	if n := reckon(); n != 0 {
		t.Errorf("%d moved again", n)
	}
	after := known.now.Add(today, 5)
	if e.due("case1") != after.String() || e.due("further") != further {
		t.Errorf("due on %s and %s, want %s and %s", e.due("case1"), e.due("further"), after, further)
	}
	e.update(func(tx *db.Tx) error {
		list, err := e.flows.MovedTasks(t.Context(), tx, "change", []string{"2"}, "", many+1)
		if err != nil || len(list) != many {
			t.Fatalf("%d are listed, %v", len(list), err)
		}
		if m := list[0]; m.BeforeOn != before || m.AfterOn != after || m.Name != "a" || m.Number != "n" || m.Title != "t" || m.Subject == "" {
			t.Errorf("%+v", m)
		}
		none, err := e.flows.MovedTasks(t.Context(), tx, "change", []string{"2201028"}, "", 1)
		more, errMore := e.flows.MovedTasks(t.Context(), tx, "change", []string{"2"}, list[many-2].TaskID, 10)
		if err != nil || errMore != nil || len(none) != 0 || len(more) != 1 {
			t.Errorf("%d of another office, %d behind the last but one; %v %v", len(none), len(more), err, errMore)
		}
		return nil
	})
	known.off(t, today, 40) // corrected once more under the same name: the list says from where it came
	reckon()
	e.update(func(tx *db.Tx) error {
		list, err := e.flows.MovedTasks(t.Context(), tx, "change", []string{"2"}, "", 1)
		if err != nil || list[0].BeforeOn != before || list[0].AfterOn != known.now.Add(today, 5) {
			t.Errorf("%+v %v", list, err)
		}
		return nil
	})
}

// While the clock of its subject stands a limit rests, and goes on with what was left. A calendar corrected meanwhile counts for the rest.
func TestLimitRests(t *testing.T) {
	e, known, today := limited(t)
	e.start("p", "case", nil)
	reschedule := func(on string, stands bool) {
		t.Helper()
		e.update(func(tx *db.Tx) error { return e.flows.Reschedule(t.Context(), tx, "case", on, stands) })
	}
	own := known.now.Add(today, 5).String()
	reschedule("2036-01-04", false)
	if e.due("case") != own {
		t.Errorf("the case's date became the task's: %s", e.due("case"))
	}
	// It began three working days ago.
	since := known.now.Add(today, -3)
	e.exec(`UPDATE workflow_task SET counted_on = $1, due_on = $2`, since, known.now.Add(since, 5))
	left := known.now.Between(today, known.now.Add(since, 5))
	reschedule("2036-02-01", true)
	reschedule("2036-03-01", true) // prolonged
	if e.due("case") != "2036-03-01" {
		t.Errorf("due on %s while the clock stands", e.due("case"))
	}
	known.off(t, today, 20)
	if n, err := e.flows.ReckonTasks(t.Context(), actor.Program("test"), "change"); err != nil || n != 0 {
		t.Errorf("%d moved while it rests: %v", n, err)
	}
	reschedule("2036-04-01", false)
	if want := known.now.Add(today, left).String(); e.due("case") != want {
		t.Errorf("due on %s, want %s", e.due("case"), want)
	}
	reschedule("", true)
	if e.due("case") != "9" {
		t.Errorf("due on %s when there is no date", e.due("case"))
	}
	reschedule("2036-05-01", false)
	e.done("case", "a")
	if e.due("case") != "2036-05-01" {
		t.Errorf("what follows is due on %s, not when the case is", e.due("case"))
	}
}
