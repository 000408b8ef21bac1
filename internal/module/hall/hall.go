package hall

import (
	"slices"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/fault"
)

// Hall is a place where a government serves people.
type Hall struct {
	ID         string
	OfficePath string
	Region     region.Code
	Name       string
	Address    string
	Phone      string
	Rules      Rules
	SetTo      string // "open" or "closed" against the hours, on SetOn
	SetOn      civil.Date
	Version    int64
}

// Span is a part of a day in minutes after midnight, Beijing time.
type Span struct {
	From  int `json:"from"`
	Until int `json:"until"`
}

// Line is a kind of business with a letter of its own.
type Line struct {
	Letter string   `json:"letter"`
	Name   string   `json:"name"`
	Themes []string `json:"themes,omitempty"` // of items; none is everything else
}

// Rules are what a hall goes by. A zero stands for what is usual.
type Rules struct {
	Hours        []Span `json:"hours"`         // of a working day
	Lines        []Line `json:"lines"`         //
	SlotMinutes  int    `json:"slot_minutes"`  // how long a bookable slot is: 30
	MinutesEach  int    `json:"minutes_each"`  // what one visit is planned with: 15
	OnlineShare  int    `json:"online_share"`  // per cent of the places that may be booked: 50
	DaysAhead    int    `json:"days_ahead"`    // how many days ahead: 7
	CancelBefore int    `json:"cancel_before"` // minutes: 60
	MissedMost   int    `json:"missed_most"`   // missed bookings that block: 3
	MissedDays   int    `json:"missed_days"`   // within so many days: 30
	BlockedDays  int    `json:"blocked_days"`  // and for so long: 30
	Grace        int    `json:"grace"`         // minutes a booking is kept before and after its time: 15
	PassBehind   int    `json:"pass_behind"`   // who is passed comes again after so many: 3
	PassesMost   int    `json:"passes_most"`   // and leaves after so many times: 3
	TellAhead    int    `json:"tell_ahead"`    // told when so many are before: 3
	AnswerDays   int    `json:"answer_days"`   // working days to answer an obstacle: 3
	NumbersMost  int    `json:"numbers_most"`  // given a line and day to those who have not booked: 500
}

// Figure is a number among the rules, with the bounds between which a hall can work.
type Figure struct {
	Name  string // as in the stored rules
	Value *int
	Usual int
	Least int
	Most  int
}

// Figures are the numbers of the rules, in the order people read them.
func (r *Rules) Figures() []Figure {
	return []Figure{{"slot_minutes", &r.SlotMinutes, 30, 5, 240}, {"minutes_each", &r.MinutesEach, 15, 1, 240}, {"online_share", &r.OnlineShare, 50, 1, 100},
		{"days_ahead", &r.DaysAhead, 7, 1, 60}, {"cancel_before", &r.CancelBefore, 60, 1, 1440}, {"missed_most", &r.MissedMost, 3, 1, 100},
		{"missed_days", &r.MissedDays, 30, 1, 366}, {"blocked_days", &r.BlockedDays, 30, 1, 366}, {"grace", &r.Grace, 15, 1, 240},
		{"pass_behind", &r.PassBehind, 3, 1, 50}, {"passes_most", &r.PassesMost, 3, 1, 20}, {"tell_ahead", &r.TellAhead, 3, 1, 50},
		{"answer_days", &r.AnswerDays, 3, 1, 60}, {"numbers_most", &r.NumbersMost, 500, 1, 999}}
}

// usual fills in what a hall does not say.
func (r Rules) usual() Rules {
	for _, f := range r.Figures() {
		if *f.Value == 0 {
			*f.Value = f.Usual
		}
	}
	return r
}

// check refuses rules nobody can work by.
func (r Rules) check() error {
	f := fault.New(fault.Invalid, "hall.bad_rules")
	last := 0
	for _, h := range r.Hours {
		if h.From < last || h.Until <= h.From || h.Until > 24*60 {
			f.Field("hours", "hall.bad_hours")
		}
		last = h.Until
	}
	seen := map[string]bool{}
	for _, l := range r.Lines {
		if len(l.Letter) != 1 || l.Letter[0] < 'A' || l.Letter[0] > 'Z' || seen[l.Letter] || l.Name == "" {
			f.Field("lines", "hall.bad_lines")
		}
		seen[l.Letter] = true
	}
	if len(r.Hours) == 0 {
		f.Field("hours", "hall.bad_hours")
	}
	if len(r.Lines) == 0 {
		f.Field("lines", "hall.bad_lines")
	}
	for _, n := range r.Figures() {
		if *n.Value < n.Least || *n.Value > n.Most {
			f.Field(n.Name, "hall.bad_figure", n.Least, n.Most)
		}
	}
	return f.OrNil()
}

// Line returns the line with this letter.
func (r Rules) Line(letter string) (Line, bool) {
	i := slices.IndexFunc(r.Lines, func(l Line) bool { return l.Letter == letter })
	if i < 0 {
		return Line{}, false
	}
	return r.Lines[i], true
}

// LineOf is the line of an item's themes: the first that names one of them, else the first for everything.
func (r Rules) LineOf(themes []string) (Line, bool) {
	for _, l := range r.Lines {
		if slices.ContainsFunc(l.Themes, func(t string) bool { return slices.Contains(themes, t) }) {
			return l, true
		}
	}
	for _, l := range r.Lines {
		if len(l.Themes) == 0 {
			return l, true
		}
	}
	return Line{}, false
}

// Open tells whether the hall serves at an instant: by its hours on a working day, unless an officer decided otherwise for that day.
func (h Hall) Open(at time.Time, c *workday.Calendar) bool {
	day := civil.Of(at)
	if h.SetOn == day && h.SetTo != "" {
		return h.SetTo == "open"
	}
	return c.IsWorkday(day) && h.within(minuteOf(at))
}

func (h Hall) within(minute int) bool {
	return slices.ContainsFunc(h.Rules.Hours, func(s Span) bool { return minute >= s.From && minute < s.Until })
}

// minuteOf is the minute of the day in China.
func minuteOf(at time.Time) int {
	t := at.In(civil.Shanghai)
	return t.Hour()*60 + t.Minute()
}

// instant is a minute of a day.
func instant(d civil.Date, minute int) time.Time {
	return d.Start().Add(time.Duration(minute) * time.Minute)
}

// Window is where an officer sits.
type Window struct {
	ID      string
	HallID  string
	Number  int
	Name    string
	Letters []string // none serves all lines (综合窗口)
	Account string   // who sits there; "" for nobody
}

// Serves tells whether the window calls numbers of a line.
func (w Window) Serves(letter string) bool {
	return len(w.Letters) == 0 || slices.Contains(w.Letters, letter)
}
