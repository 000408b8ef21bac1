package workflow_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// days is a calendar that can be corrected.
type days struct{ now *workday.Calendar }

func (d *days) Calendar(context.Context, *db.Tx, region.Code) (*workday.Calendar, error) {
	return d.now, nil
}

// A corrected calendar moves the timers that count in it, once, and tells which: none that counts otherwise, none whose time has come.
func TestReckonTimers(t *testing.T) {
	e := newEngine(t)
	plain, err := workday.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	known := &days{plain}
	e.flows = workflow.New(e.db, workflow.Needs{Rights: rights{}, Queue: e.queue, Log: e.log, Calendars: known})
	timed := func(clock process.Clock) elements {
		return elements{user("a"), edge("late", "a", process.Event{Trigger: process.Timer, Clock: clock}), user("b")}
	}
	e.deploy("counted", timed(process.Clock{Workdays: "5"}), "start a", "a end", "late b", "b end")
	e.deploy("hours", timed(process.Clock{Duration: "P30D"}), "start a", "a end", "late b", "b end")
	const many = 600 // more than a batch
	for i := range many {
		e.start("counted", fmt.Sprint("case", i), nil)
	}
	e.start("counted", "due", nil)
	e.start("hours", "hours", nil)
	due := time.Now().Add(-time.Minute)
	e.exec(`UPDATE workflow_timer SET fire_at = $1 WHERE instance_id = (SELECT id FROM workflow_instance WHERE subject = 'due')`, due)
	reckon := func() int {
		t.Helper()
		n, err := e.flows.ReckonTimers(t.Context(), actor.Program("test"), "change")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := reckon(); n != 0 || e.log.has("workflow.reckoned") {
		t.Errorf("%d moved by a calendar that did not change", n)
	}
	var off []workday.Extra
	for d := range 20 {
		day := civil.Of(time.Now()).Add(d)
		off = append(off, workday.Extra{Name: "节", Month: int(day.Month()), Day: day.Day()})
	}
	if known.now, err = workday.New(nil, off); err != nil {
		t.Fatal(err)
	}
	if _, err := e.flows.ReckonTimers(t.Context(), keeper, "change"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a keeper asked: %v", err)
	}
	if n := reckon(); n != many || !e.log.has("workflow.reckoned") {
		t.Errorf("%d moved, want %d", n, many)
	}
	if n := reckon(); n != 0 {
		t.Errorf("%d moved again", n)
	}
	e.update(func(tx *db.Tx) error {
		list, err := e.flows.MovedTimers(t.Context(), tx, "change", []string{"2"}, "", many+1)
		if len(list) != many || err != nil {
			t.Fatalf("%d are listed, %v", len(list), err)
		}
		set, err := db.One[civil.Date](t.Context(), tx, `SELECT set_on FROM workflow_timer WHERE id = $1`, list[0].TimerID)
		if err != nil {
			return err
		}
		want := known.now.Add(set, 5).End()
		if m := list[0]; !m.AfterAt.Equal(want) || !m.BeforeAt.Before(want) || m.Name != "late" || m.Number != "n" {
			t.Errorf("%+v, want it at %v", m, want)
		}
		none, err := e.flows.MovedTimers(t.Context(), tx, "change", nil, "", 1)
		more, errMore := e.flows.MovedTimers(t.Context(), tx, "change", []string{"2"}, list[many-2].TimerID, 10)
		if err != nil || errMore != nil || len(none) != 0 || len(more) != 1 {
			t.Errorf("%d of no office, %d behind the last but one; %v %v", len(none), len(more), err, errMore)
		}
		return nil
	})
	if n := count(t, e.db, `SELECT count(*) FROM workflow_timer_move`); n != many {
		t.Errorf("%d lines were written", n)
	}
}
