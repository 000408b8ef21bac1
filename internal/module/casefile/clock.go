package casefile

import (
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/item"
)

// Colour warns of a deadline (预警).
type Colour string

// The colours: yellow with a fifth of the limit or one day left, red when it has passed.
const (
	Green  Colour = "green"
	Yellow Colour = "yellow"
	Red    Colour = "red"
)

// Clock is a case's two terms as of a day.
type Clock struct {
	Begun      bool       // accepted
	Running    bool       // it counts today: begun, not in a special procedure, not decided
	LegalDue   civil.Date // zero while it stands still: the end is not known
	PromiseDue civil.Date
	LegalDays  int // the limit, extension included
	Promise    int
	Used       int // working days of the promise used up
	Left       int // days left of the promise; negative when late
	Excluded   int // working days not counted
	Colour     Colour
	Intervals  []Interval
}

// terms are the dates two limits end on when excluded days are left out. The day of acceptance is not counted (民法典第二百零一条).
func terms(cal *workday.Calendar, c *Case, excluded int) (legal, promise civil.Date) {
	if c.AcceptedOn.IsZero() {
		return civil.Date{}, civil.Date{}
	}
	more := excluded + c.ExtendedDays
	return end(cal, c.AcceptedOn, c.LegalDays, more, c.LegalUnit), end(cal, c.AcceptedOn, c.PromiseDays, more, c.PromiseUnit)
}

// end is the last day of a limit that more working days lengthen. A limit in calendar days that ends on a day off ends on the next working day
// (民法典第二百零三条).
func end(cal *workday.Calendar, from civil.Date, days, more int, u item.Unit) civil.Date {
	if u == item.CalendarDays {
		return cal.Next(cal.Add(from, more).Add(days))
	}
	return cal.Add(from, days+more)
}

// excluded counts the working days of the special procedures up to a day. The day one begins is still counted, the day it ends is not.
func excluded(cal *workday.Calendar, list []Interval, today civil.Date) int {
	n := 0
	for _, i := range list {
		if i.Kind == correctionInterval {
			continue // before acceptance: never in the limit
		}
		until := i.UntilOn
		if until.IsZero() {
			until = today
		}
		if until.After(i.FromOn) {
			n += cal.Between(i.FromOn, until)
		}
	}
	return n
}

// clock reads the terms of a case on a day.
func clock(cal *workday.Calendar, c *Case, list []Interval, today civil.Date) Clock {
	k := Clock{Begun: !c.AcceptedOn.IsZero(), LegalDays: c.LegalDays + c.ExtendedDays, Promise: c.PromiseDays + c.ExtendedDays, Colour: Green, Intervals: list}
	if !k.Begun {
		return k
	}
	at := today
	if !c.DecidedAt.IsZero() {
		at = civil.Of(c.DecidedAt)
	} else if !c.ClosedAt.IsZero() {
		at = civil.Of(c.ClosedAt)
	}
	k.Running = c.State == Accepted
	k.Excluded = excluded(cal, list, at)
	legal, promise := terms(cal, c, k.Excluded)
	k.Used = max(0, cal.Between(c.AcceptedOn, at)-k.Excluded)
	k.Left = cal.Between(at, promise)
	if c.State != Suspended {
		k.LegalDue, k.PromiseDue = legal, promise
	}
	switch {
	case at.After(promise):
		k.Colour = Red
	case k.Left <= 1 || k.Left*5 <= k.Promise:
		k.Colour = Yellow
	}
	if !c.State.Open() && k.Colour == Yellow || c.State == ApprovedAs && k.Colour == Yellow || c.State == RefusedAs && k.Colour == Yellow {
		k.Colour = Green // decided in time
	}
	return k
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
