package casefile

import (
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/item"
)

// Limit is a term as the guide gives it.
type Limit struct {
	Days int
	Unit item.Unit
}

// Facts are everything a case's dates follow from.
type Facts struct {
	Calendar   *workday.Calendar
	AcceptedOn civil.Date // zero: nothing has begun
	Legal      Limit
	Promise    Limit
	Extended   int        // working days added to both limits (第四十二条)
	Intervals  []Interval // the ledger, oldest first
	EndedOn    civil.Date // decided or given up; zero while it goes on
	On         civil.Date // the day for which it is asked how far the clock is
}

// Reckoning is what facts come to. It holds dates and sums only; [Facts.Steps] says how they were found.
type Reckoning struct {
	LegalDue   civil.Date
	PromiseDue civil.Date
	Used       int        // working days counted
	Left       int        // of the promise; negative when late
	Excluded   int        // working days left out
	StandsTill civil.Date // last day that the procedure under way is left out; zero when the clock runs
}

// Recompute finds the dates of a case from its facts alone. It reads nothing else: the same facts give the same dates on every machine and in
// every year. A limit ends on the day that uses up its last day; days of excluded intervals use up none (第四十五条), as far as they were
// announced: beyond the announced working days the clock counts again, whatever the office does.
func Recompute(f Facts) Reckoning {
	var r Reckoning
	if f.AcceptedOn.IsZero() || f.Calendar == nil {
		return r
	}
	at, w := f.at(), f.stretches()
	r.LegalDue, r.PromiseDue = f.due(f.Legal, w), f.due(f.Promise, w)
	for _, x := range w {
		if x.open && !at.After(x.limit) {
			r.StandsTill = x.limit
		}
	}
	r.Excluded = f.excluded(w, at)
	r.Used = max(0, f.Calendar.Between(f.AcceptedOn, at)-r.Excluded)
	r.Left = f.Promise.Days + f.Extended - r.Used
	if f.Promise.Unit == item.CalendarDays && !r.PromiseDue.IsZero() {
		r.Left = f.Calendar.Between(at, r.PromiseDue)
	}
	return r
}

// at is the day up to which is counted.
func (f Facts) at() civil.Date {
	if !f.EndedOn.IsZero() {
		return f.EndedOn
	}
	return f.On
}

// stretch is an excluded interval as it counts: (from, until], never beyond its limit.
type stretch struct {
	from, until, limit civil.Date
	open               bool
	line               int // of the ledger
}

// stretches cuts what is excluded to what was announced, and what lasts to the day that is asked for.
func (f Facts) stretches() []stretch {
	var out []stretch
	for n, i := range f.Intervals {
		if i.Part != PartExcluded {
			continue
		}
		w := stretch{from: i.FromOn, open: i.UntilOn.IsZero() && f.EndedOn.IsZero(), line: n}
		if i.Follows && len(out) > 0 {
			// What was announced is a number of working days: where the first notice ends follows from the calendar, also from a corrected one.
			w.from = out[len(out)-1].limit
		}
		w.limit = f.Calendar.Add(w.from, i.Days)
		w.until = earlier(w.limit, f.at())
		if !i.UntilOn.IsZero() {
			w.until = earlier(w.until, i.UntilOn)
		}
		out = append(out, w)
	}
	return out
}

func earlier(a, b civil.Date) civil.Date {
	if b.Before(a) {
		return b
	}
	return a
}

// leftOut tells whether a day lies in an excluded stretch.
func leftOut(w []stretch, d civil.Date) bool {
	for _, x := range w {
		if d.After(x.from) && !d.After(x.until) {
			return true
		}
	}
	return false
}

// excluded counts the working days after acceptance that are left out up to a day; one that lies in two windows is one day.
func (f Facts) excluded(w []stretch, until civil.Date) int {
	n := 0
	for i, x := range w {
		for d := x.from.Add(1); !d.IsZero() && !d.After(earlier(x.until, until)); d = d.Add(1) {
			if d.After(f.AcceptedOn) && f.Calendar.IsWorkday(d) && !leftOut(w[:i], d) {
				n++
			}
		}
	}
	return n
}

// due is the day that uses up a limit. An extension is in working days; a limit in calendar days that ends on a day off ends on the next working
// day (民法典第二百零三条).
func (f Facts) due(l Limit, w []stretch) civil.Date {
	working, natural := f.Extended, 0
	if l.Unit == item.CalendarDays {
		natural = l.Days
	} else {
		working += l.Days
	}
	d := f.AcceptedOn
	for (working > 0 || natural > 0) && !d.IsZero() {
		d = d.Add(1)
		switch {
		case leftOut(w, d):
		case working > 0 && f.Calendar.IsWorkday(d):
			working--
		case working == 0:
			natural--
		}
	}
	return f.Calendar.Next(d) // also of a limit of no days, should the day itself have become a holiday since
}

// usedOn counts the working days that are used up by the end of a day, from those used on the day before.
func (f Facts) usedOn(w []stretch, d civil.Date, before int) int {
	if d.After(f.AcceptedOn) && f.Calendar.IsWorkday(d) && !leftOut(w, d) {
		return before + 1
	}
	return before
}

// factsOf are the facts of a stored case.
func factsOf(cal *workday.Calendar, c *Case, list []Interval, on civil.Date) Facts {
	f := Facts{Calendar: cal, AcceptedOn: c.AcceptedOn, Legal: Limit{c.LegalDays, c.LegalUnit}, Promise: Limit{c.PromiseDays, c.PromiseUnit}, Extended: c.ExtendedDays,
		Intervals: list, On: on}
	switch {
	case !c.DecidedAt.IsZero():
		f.EndedOn = civil.Of(c.DecidedAt)
	case !c.ClosedAt.IsZero():
		f.EndedOn = civil.Of(c.ClosedAt)
	}
	return f
}
