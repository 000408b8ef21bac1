package casefile

import (
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
)

// Colour warns of a deadline (预警).
type Colour string

// The colours: yellow when the rule of the item and region says so, red when the promised limit has passed.
const (
	Green  Colour = "green"
	Yellow Colour = "yellow"
	Red    Colour = "red"
)

// Clock is a case's two terms as of a day.
type Clock struct {
	Begun      bool       // accepted
	Running    bool       // it counts today: begun, not decided, not in the announced time of a special procedure
	LegalDue   civil.Date // zero while it stands still: the end is not known
	PromiseDue civil.Date
	LegalDays  int // the limit, extension included
	Promise    int
	Used       int        // working days of the promise used up
	Left       int        // days left of the promise; negative when late
	Excluded   int        // working days not counted
	StandsTill civil.Date // last day the procedure under way is left out; then the clock runs again by itself
	Lapsed     bool       // it runs again because the announced time of a procedure is over
	YellowOn   civil.Date // first day of warning, first day too late; zero while it stands still or is over
	RedOn      civil.Date
	Colour     Colour
	AcceptedOn civil.Date
	At         civil.Date // the day it was read for; for what is over the day it ended
	Intervals  []Interval // the times that do not count
	Ledger     []Interval // these and the running ones
}

// clock reads the terms of a case on a day.
func clock(cal *workday.Calendar, c *Case, list []Interval, today civil.Date) Clock {
	k := Clock{Begun: !c.AcceptedOn.IsZero(), LegalDays: c.LegalDays + c.ExtendedDays, Promise: c.PromiseDays + c.ExtendedDays, Colour: Green, Intervals: notRunning(list),
		Ledger: list, AcceptedOn: c.AcceptedOn, At: today}
	if !k.Begun {
		return k
	}
	f := factsOf(cal, c, list, today)
	r := Recompute(f)
	k.At = f.at()
	k.Used, k.Left, k.Excluded, k.StandsTill = r.Used, r.Left, r.Excluded, r.StandsTill
	stands := c.State == Suspended && !r.StandsTill.IsZero()
	k.Running = c.State == Accepted || c.State == Suspended && !stands
	k.Lapsed = k.Running && lapsed(f)
	if !stands {
		k.LegalDue, k.PromiseDue = r.LegalDue, r.PromiseDue
	}
	yellow := c.YellowOn
	if yellow.IsZero() {
		yellow = f.yellowOn(usualWarning, c, r)
	}
	switch {
	case k.At.After(r.PromiseDue):
		k.Colour = Red
	case f.EndedOn.IsZero() && !k.At.Before(yellow):
		k.Colour = Yellow // what was decided in time is green
	}
	if k.Running {
		k.YellowOn, k.RedOn = yellow, r.PromiseDue.Add(1)
	}
	return k
}

// lapsed tells whether the last special procedure used up all the time that was announced for it.
func lapsed(f Facts) bool {
	w := f.stretches()
	if len(w) == 0 {
		return false
	}
	last := w[len(w)-1]
	until := f.Intervals[last.line].UntilOn
	return f.at().After(last.limit) && (until.IsZero() || !until.Before(last.limit))
}

// received is the working day something handed in at an instant counts for: after hours it is the next one.
func received(cal *workday.Calendar, at time.Time, closes int) civil.Date {
	day := civil.Of(at)
	if cal.IsWorkday(day) && at.In(civil.Shanghai).Hour() >= closes {
		day = day.Add(1)
	}
	return cal.Next(day)
}

// replyDays is how long an office may take to accept, reject or ask for a correction (行政许可法第三十二条第四项).
const replyDays = 5

// correctionInterval is the kind of the time the applicant takes for a correction.
const correctionInterval = "correction"
