// Package workday counts working days (工作日), in which the Administrative Licensing Law measures every term (行政许可法第八十二条).
//
// A [Calendar] is the plain week, changed by the yearly notices of the State Council ([Notice]), by the holidays of a region ([Extra]) and by single
// dates on which it does otherwise ([Local]).
// The day something happened is not counted (民法典第二百零一条): five working days from 31 December 2025 end on 8 January 2026.
//
//	calendar := workday.Standard(region)        // embedded notices
//	due := calendar.Add(accepted, 20)
//	if !calendar.Covers(due) { … }              // next year's notice is not out: the date may still move
//
// Notices come out in autumn for the next year. Until then a calendar knows only the weekend and the holidays that the law itself ties
// to a day of the solar year; it says so through Covers, and terms are computed anew when the notice arrives. Notices are data: embedded
// for the years this program was made in, and added from the database by the office module.
package workday

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
)

// Calendar knows which days are working days in one region. It does not change once made and may be used by many goroutines.
type Calendar struct {
	days   map[civil.Date]Day
	years  map[int]Notice
	extras []Extra
	local  map[civil.Date]Local

	once    sync.Once // version is made when it is first asked for
	version string
}

// The holidays of all citizens that fall on a day of the solar year (全国年节及纪念日放假办法, as amended 2024).
var solar = map[[2]int]string{
	{1, 1}: "元旦", {5, 1}: "劳动节", {5, 2}: "劳动节", {10, 1}: "国庆节", {10, 2}: "国庆节", {10, 3}: "国庆节",
}

// New makes a calendar of notices and of the extras of one region. A later notice of the same year replaces an earlier one, as
// corrections do. Doubtful extras are left out: a wrong holiday would let an office be late.
func New(notices []Notice, extras []Extra) (*Calendar, error) { return NewLocal(notices, extras, nil) }

// NewLocal is New with single dates of the region, the wider region's first: of two for a date the later one counts. They are stronger than any notice
// and than what returns each year: a region that makes up for a holiday says so for that year.
func NewLocal(notices []Notice, extras []Extra, local []Local) (*Calendar, error) {
	c := &Calendar{days: map[civil.Date]Day{}, years: map[int]Notice{}, local: map[civil.Date]Local{}}
	for _, n := range notices {
		if err := n.check(); err != nil {
			return nil, err
		}
		c.years[n.Year] = n
	}
	for _, year := range slices.Sorted(maps.Keys(c.years)) {
		for _, d := range c.years[year].Days {
			c.days[d.Date] = d
		}
	}
	for _, e := range extras {
		if _, err := civil.New(2024, time.Month(e.Month), e.Day); err != nil {
			return nil, fmt.Errorf("extra holiday %s: %w", e.Name, err)
		}
		if !e.Doubtful {
			c.extras = append(c.extras, e)
		}
	}
	for _, l := range local {
		if l.Date.IsZero() {
			return nil, fmt.Errorf("%w: local day %s", ErrYear, l.Name)
		}
		c.local[l.Date] = l
	}
	return c, nil
}

// Standard returns the calendar of a region from the embedded notices and extras. No region gives the national calendar.
func Standard(r region.Code) *Calendar {
	c, err := New(Notices(), ExtrasOf(r, Extras()))
	if err != nil {
		panic(err) // the embedded data is read by the tests
	}
	return c
}

// ExtrasOf returns those extras that the region keeps: its own and those of what it lies in.
func ExtrasOf(r region.Code, extras []Extra) []Extra {
	var kept []Extra
	for _, e := range extras {
		if c, err := region.Parse(e.Region); err == nil && c.Contains(r) {
			kept = append(kept, e)
		}
	}
	return kept
}

// IsWorkday tells whether offices work on that day.
func (c *Calendar) IsWorkday(d civil.Date) bool {
	if l, own := c.local[d]; own {
		return !l.Off
	}
	day, listed := c.days[d]
	if listed && !day.Off { // 调休上班 is stronger than the weekend, not than a region's own day
		return c.extra(d) == ""
	}
	if listed || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		return false
	}
	if !c.Covers(d) && solar[[2]int{int(d.Month()), d.Day()}] != "" {
		return false
	}
	return c.extra(d) == ""
}

// Name returns why the day is special: the holiday it belongs to, also for a weekend day on which offices work for its sake; "" for a plain day.
func (c *Calendar) Name(d civil.Date) string {
	if l, own := c.local[d]; own {
		return l.Name
	}
	if name := c.extra(d); name != "" {
		return name
	}
	if day, listed := c.days[d]; listed {
		return day.Name
	}
	if !c.Covers(d) {
		return solar[[2]int{int(d.Month()), d.Day()}]
	}
	return ""
}

func (c *Calendar) extra(d civil.Date) string {
	for _, e := range c.extras {
		if int(d.Month()) == e.Month && d.Day() == e.Day && !d.Before(e.From) && (e.Until.IsZero() || d.Before(e.Until)) {
			return e.Name
		}
	}
	return ""
}

// Covers tells whether the notice of the day's year is known. A date for which it is false may still move.
func (c *Calendar) Covers(d civil.Date) bool {
	_, ok := c.years[d.Year()]
	return ok
}

// Papers returns where the holidays of a year were announced, nil when the notice is not known.
func (c *Calendar) Papers(year int) []string { return slices.Clone(c.years[year].Papers) }

// Add returns the n-th working day after d, which itself is not counted, or the n-th before it when n is negative. Add(d, 0) is d.
func (c *Calendar) Add(d civil.Date, n int) civil.Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 && !d.IsZero() {
		d = d.Add(step)
		if c.IsWorkday(d) {
			n--
		}
	}
	return d
}

// Next returns d if it is a working day, or else the first after it: what comes in on a holiday counts as of then.
func (c *Calendar) Next(d civil.Date) civil.Date {
	for !d.IsZero() && !c.IsWorkday(d) {
		d = d.Add(1)
	}
	return d
}

// Between counts the working days after from, up to and including to; it is negative when to is earlier. Between(d, Add(d, n)) is n.
// Neither may be the zero Date.
func (c *Calendar) Between(from, to civil.Date) int {
	if to.Before(from) {
		n := 0
		for d := to; d.Before(from); d = d.Add(1) {
			if c.IsWorkday(d) {
				n--
			}
		}
		return n
	}
	n := 0
	for d := from; d.Before(to); {
		d = d.Add(1)
		if c.IsWorkday(d) {
			n++
		}
	}
	return n
}
