package casefile_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// moving is the hall's offices with a calendar that changes.
type moving struct {
	casefile.Offices
	now  atomic.Pointer[workday.Calendar]
	fail atomic.Int64 // at this many further questions it fails: a node that dies
}

var errDied = errors.New("the node died")

func (m *moving) Calendar(context.Context, *db.Tx, region.Code) (*workday.Calendar, error) {
	if m.fail.Add(-1) == 0 {
		return nil, errDied
	}
	return m.now.Load(), nil
}

// correct is a hall in which a day off is announced after cases were accepted.
func correct(t *testing.T, h *casefiletest.Hall) *moving {
	t.Helper()
	m := &moving{Offices: h.Needs.Offices}
	m.now.Store(calendar)
	h.Needs.Offices = m
	h.Cases = casefile.New(h.DB, h.Needs)
	return m
}

// announce makes a day off of the n-th working day from today, and notes the new revision.
func (m *moving) announce(t *testing.T, h *casefiletest.Hall, revision string, n int) civil.Date {
	t.Helper()
	var today civil.Date
	err := h.DB.Update(t.Context(), func(tx *db.Tx) error {
		today = civil.Of(tx.Now)
		if err := h.Cases.NoteCalendar(t.Context(), tx, "first", "2026"); err != nil {
			return err
		}
		return h.Cases.NoteCalendar(t.Context(), tx, revision, "2026")
	})
	if err != nil {
		t.Fatal(err)
	}
	off := calendar.Add(today, n)
	c, err := workday.New(workday.Notices(), []workday.Extra{{Name: "临时放假", Month: int(off.Month()), Day: off.Day(), From: off}})
	if err != nil {
		t.Fatal(err)
	}
	m.now.Store(c)
	return off
}

func apply(h *casefiletest.Hall, id string) (bool, error) {
	return h.Cases.ApplyChange(context.Background(), actor.Program("test"), id)
}

// A holiday announced afterwards moves every open date behind it, once, with a leaf, a line in the list and a message; what was decided stays.
func TestCalendarCorrectedAfterTheFact(t *testing.T) {
	h, l := logged(t)
	m := correct(t, h)
	accepted, submitted, decided, suspended := casefiletest.Accepted(t, h), casefiletest.Submitted(t, h).Number, casefiletest.Approved(t, h), casefiletest.Accepted(t, h)
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: suspended, Action: casefile.Suspend, Procedure: "inspection", Days: 6})
	before := map[string]casefile.Case{}
	for _, n := range []string{accepted, submitted, decided, suspended} {
		before[n] = view(t, h, casefiletest.Company, n).Case
	}
	m.announce(t, h, "second", 3)
	if c := view(t, h, casefiletest.Company, accepted); c.Clock.PromiseDue != before[accepted].PromiseDue {
		t.Error("a date moved before anybody was told")
	}
	if done, err := apply(h, "second"); err != nil || done {
		t.Fatalf("the first round: %v, %v", done, err)
	}
	if done, err := apply(h, "second"); err != nil || !done {
		t.Fatalf("the second round: %v, %v", done, err)
	}
	if done, err := apply(h, "second"); err != nil || !done {
		t.Fatalf("a third time: %v, %v", done, err)
	}
	after := view(t, h, casefiletest.Company, accepted)
	if c := after.Case; c.PromiseDue != calendar.Add(before[accepted].PromiseDue, 1) || c.Calendar == before[accepted].Calendar || c.RedOn != c.PromiseDue.Add(1) ||
		c.Version != before[accepted].Version+1 || after.Tasks[0].DueOn != c.PromiseDue.String() || after.Events[len(after.Events)-1].Action != casefile.Reckon {
		t.Errorf("%+v", after.Case)
	}
	if c := view(t, h, casefiletest.Company, submitted).Case; c.ReplyDue != calendar.Add(before[submitted].ReplyDue, 1) {
		t.Errorf("the answer is due on %s, was %s", c.ReplyDue, before[submitted].ReplyDue)
	}
	if v := view(t, h, casefiletest.Company, suspended); v.Clock.StandsTill != calendar.Add(v.Clock.Intervals[0].FromOn, 7) || v.Clock.Intervals[0].LimitOn != v.Clock.StandsTill {
		t.Errorf("%+v", v.Clock)
	}
	if c := view(t, h, casefiletest.Company, decided).Case; c.PromiseDue != before[decided].PromiseDue || c.Version != before[decided].Version {
		t.Errorf("a decided case moved: %+v", c)
	}
	for _, n := range []string{accepted, submitted, decided, suspended} {
		if r := recompute(t, h, l, n); !r.Agrees {
			t.Errorf("the log gives %+v", r)
		}
	}
	list, err := h.Cases.Affected(t.Context(), casefiletest.Chief, "second", "", 50)
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, x := range list {
		if !x.AfterOn.After(x.BeforeOn) || x.Number == decided {
			t.Errorf("%+v", x)
		}
	}
	if list, err := h.Cases.Affected(t.Context(), casefiletest.Foreign, "second", "", 50); err != nil || len(list) != 0 {
		t.Errorf("another county reads %+v, %v", list, err)
	}
	changes, err := h.Cases.Changes(t.Context(), casefiletest.Chief, "", 10)
	if err != nil || len(changes) != 2 || changes[0].Moved != 3 || changes[0].FinishedAt.IsZero() {
		t.Errorf("%+v, %v", changes, err)
	}
	told := 0
	for _, x := range h.Messages(t, casefiletest.CompanyID) {
		if strings.HasPrefix(x.Name, "casefile.told.reckon_") {
			told++
		}
	}
	if told != 3 {
		t.Errorf("%d messages", told)
	}
	if _, err := h.Cases.ApplyChange(t.Context(), casefiletest.Chief, "second"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer runs the job: %v", err)
	}
}

// The job dies in the middle, and two nodes take it up: every case is moved once.
func TestChangeKilledAndTakenUp(t *testing.T) {
	h := casefiletest.Open(t)
	m := correct(t, h)
	var numbers []string
	for range 12 {
		numbers = append(numbers, casefiletest.Accepted(t, h))
	}
	m.announce(t, h, "second", 3)
	ctx, kill := context.WithCancel(t.Context())
	kill()
	if _, err := h.Cases.ApplyChange(ctx, actor.Program("test"), "second"); !errors.Is(err, context.Canceled) {
		t.Errorf("killed at once: %v", err)
	}
	m.fail.Store(5)
	if _, err := apply(h, "second"); !errors.Is(err, errDied) {
		t.Errorf("one case failed: %v", err)
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				done, err := apply(h, "second")
				if err != nil {
					t.Error(err)
				}
				if done || err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, n := range numbers {
		leaves := 0
		for _, l := range h.Leaves(t, n) {
			if l.Name == "case.reckoned" {
				leaves++
			}
		}
		if c := view(t, h, casefiletest.Company, n).Case; leaves != 1 || c.Version != 3 || c.Calendar != m.now.Load().Version() {
			t.Errorf("%d leaves, %+v", leaves, c)
		}
	}
}

// An officer and the calendar move a case at once: both steps stand, and the date is the new calendar's.
func TestStepAndChangeAtOnce(t *testing.T) {
	h := casefiletest.Open(t)
	m := correct(t, h)
	for i := range 6 {
		number := casefiletest.Accepted(t, h)
		m.now.Store(calendar)
		m.announce(t, h, "r"+string(rune('a'+i)), 3)
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := apply(h, "r"+string(rune('a'+i))); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if err := act(h, casefiletest.Chief, number, casefile.Extend, saying("案情复杂"), func(in *casefile.Step) { in.Days = 5 }); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if _, err := apply(h, "r"+string(rune('a'+i))); err != nil {
			t.Error(err)
		}
		c := view(t, h, casefiletest.Company, number).Case
		if want := m.now.Load().Add(c.AcceptedOn, 12); c.PromiseDue != want || c.ExtendedDays != 5 {
			t.Errorf("due %s, want %s; %+v", c.PromiseDue, want, c)
		}
	}
}

// A rule of warning is data: setting one moves the days of warning of open cases, and no date of anybody.
func TestWarningRule(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	before := view(t, h, casefiletest.Company, number).Case
	field(t, "a condition nobody can read", warn(h, casefile.Warning{Yellow: "days < 3", Source: "x"}), "yellow", "casefile.warning_unclear")
	field(t, "without a ground", warn(h, casefile.Warning{Yellow: "left < 3"}), "source", "casefile.warning_source")
	field(t, "nowhere", warn(h, casefile.Warning{Yellow: "left < 3", Source: "x", Region: "长春"}), "region", "casefile.warning_scope")
	if _, err := h.Cases.SetWarning(t.Context(), casefiletest.Reviewer, casefile.Warning{Yellow: "left < 3", Source: "x"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by a reviewer: %v", err)
	}
	id, err := h.Cases.SetWarning(t.Context(), actor.Program("test"), casefile.Warning{BaseCode: casefiletest.Food, Region: "2201", Yellow: "left <= 4", Source: "市政务服务局通知"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := apply(h, id); err != nil {
			t.Fatal(err)
		}
	}
	c := view(t, h, casefiletest.Company, number).Case
	if c.YellowOn != calendar.Add(before.AcceptedOn, 3) || c.PromiseDue != before.PromiseDue || c.Version != before.Version {
		t.Errorf("warns on %s, before %s", c.YellowOn, before.YellowOn)
	}
	fresh := casefiletest.Accepted(t, h)
	if c := view(t, h, casefiletest.Company, fresh).Case; c.YellowOn != calendar.Add(c.AcceptedOn, 3) {
		t.Errorf("a new case warns on %s", c.YellowOn)
	}
	h.Exec(t, `UPDATE casefile_case SET yellow_on = NULL, red_on = NULL WHERE number = $1`, fresh)
	if n, err := h.Cases.MarkClocks(t.Context()); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if c := view(t, h, casefiletest.Company, fresh).Case; c.YellowOn.IsZero() || c.RedOn != c.PromiseDue.Add(1) {
		t.Errorf("%+v", c)
	}
}

// A rule ordered for a later day changes nothing until then, begins once, and is previewed truly.
func TestAWarningBeginsOnItsDay(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	before := view(t, h, casefiletest.Company, number).Case
	today, day := civil.Of(time.Now()), calendar.Add(before.AcceptedOn, 1) // a working day to come, on which nothing is nearly due yet
	w := casefile.Warning{Region: "2201", Yellow: casefile.Threshold(300, 0), Source: "市政务服务局通知", From: day}
	e, err := h.Cases.PreviewWarning(t.Context(), casefiletest.Supervisor, w)
	if want := (casefile.WarningEffect{Looked: 1, ToYellow: 1}); err != nil || e != want {
		t.Fatalf("%+v, %v", e, err)
	}
	beyond, past := w, w
	beyond.Region, past.From = "22", today.Add(-2)
	if _, err := h.Cases.SetWarning(t.Context(), casefiletest.Supervisor, beyond); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the city for the province: %v", err)
	}
	field(t, "yesterday", warn(h, past), "from", "casefile.warning_past")
	id, err := h.Cases.SetWarning(t.Context(), casefiletest.Supervisor, w)
	if err != nil {
		t.Fatal(err)
	}
	begin := func() []casefile.Warning {
		t.Helper()
		if err := h.Cases.BeginWarnings(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, _, err := h.Cases.Warnings(t.Context(), casefiletest.Supervisor, casefile.Warning{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if list := begin(); len(list) != 0 {
		t.Errorf("a day early: %+v", list)
	}
	h.Exec(t, `UPDATE casefile_warning_order SET from_on = $1 WHERE id = $2`, today.Add(-1), id)
	for range 2 {
		if list := begin(); len(list) != 1 || list[0].Yellow != w.Yellow {
			t.Errorf("%+v", list)
		}
	}
	if _, err := apply(h, id); err != nil {
		t.Fatal(err)
	}
	if c := view(t, h, casefiletest.Company, number).Case; c.YellowOn != c.AcceptedOn || before.YellowOn == c.YellowOn {
		t.Errorf("warns on %s, before %s", c.YellowOn, before.YellowOn)
	}
	if _, _, err := h.Cases.Warnings(t.Context(), casefiletest.Reviewer, casefile.Warning{}, 10); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a reviewer: %v", err)
	}
}

func TestThresholdsAreReadAsWritten(t *testing.T) {
	for _, condition := range []string{"left <= 2", "left <= 2 || left * 100 <= limit * 5 && used > 3", ""} {
		if _, _, ok := casefile.ReadThreshold(condition); ok {
			t.Errorf("%q is no threshold", condition)
		}
	}
	if days, percent, ok := casefile.ReadThreshold(casefile.Threshold(3, 25)); days != 3 || percent != 25 || !ok {
		t.Error(days, percent, ok)
	}
}

func warn(h *casefiletest.Hall, w casefile.Warning) error {
	_, err := h.Cases.SetWarning(context.Background(), actor.Program("test"), w)
	return err
}

// Nothing is forecast from fewer than twenty cases; each counts once however often it is told.
func TestForecast(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	if f := view(t, h, casefiletest.Company, number).Forecast; f.Cases != 0 {
		t.Errorf("from nothing %+v", f)
	}
	decided := casefiletest.Approved(t, h)
	h.Exec(t, `UPDATE casefile_case SET used_days = 300 WHERE number = $1`, decided)
	for range 3 {
		if err := h.DB.Update(t.Context(), func(tx *db.Tx) error { return h.Cases.CountPace(t.Context(), tx, h.ID(t, decided)) }); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.Events(t, "casefile.decided")) != 1 {
		t.Error("the decision was not told")
	}
	path := view(t, h, casefiletest.Reviewer, number).Case.OfficePath
	put := func(office, base string, days, cases int) {
		h.Exec(t, `INSERT INTO casefile_pace (office_path, base_code, days, cases) VALUES ($1, $2, $3, $4)`, office, base, days, cases)
	}
	put(path, casefiletest.Food, 3, 18)
	if f := view(t, h, casefiletest.Company, number).Forecast; f.Cases != 0 {
		t.Errorf("from nineteen %+v", f)
	}
	put(path, casefiletest.Food, 5, 6)
	v := view(t, h, casefiletest.Company, number)
	if f := v.Forecast; f.Cases != 25 || f.Half != 3 || f.Most != 5 || f.Scope != casefile.PaceItem || f.HalfOn != calendar.Add(v.Case.AcceptedOn, 3) || f.MostOn != calendar.Add(v.Case.AcceptedOn, 5) {
		t.Errorf("%+v", f)
	}
	pension := h.Submit(t, casefiletest.Citizen, h.PensionApplication(t)).Number
	if f := view(t, h, casefiletest.Citizen, pension).Forecast; f.Cases != 0 {
		t.Errorf("another office's cases are not this one's: %+v", f)
	}
	put("220102d99", casefiletest.Pension, 1, 30)
	if f := view(t, h, casefiletest.Citizen, pension).Forecast; f.Cases != 30 || f.Scope != casefile.PaceCounty || !f.HalfOn.IsZero() {
		t.Errorf("the county's %+v", f)
	}
	if f := view(t, h, casefiletest.Company, decided).Forecast; f.Cases != 0 {
		t.Errorf("of what is decided %+v", f)
	}
}
