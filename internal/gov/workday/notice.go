package workday

import (
	"encoding/json"
	"errors"
	"fmt"

	"xiangyun/internal/gov/civil"
)

// Reasons why [ParseNotice] and [New] refuse a notice.
var (
	ErrNotice = errors.New("workday: the text is no notice")
	ErrYear   = errors.New("workday: a day lies outside the year of its notice")
	ErrTwice  = errors.New("workday: a day is listed twice with different meanings")
	ErrEmpty  = errors.New("workday: a notice without days covers nothing")
)

// Notice is the yearly notice of the General Office of the State Council on holidays (国务院办公厅关于部分节假日安排的通知), in the
// JSON form of the holiday-cn project: the machine form everybody in China exchanges.
type Notice struct {
	Year   int      `json:"year"`
	Papers []string `json:"papers"` // titles or addresses of the official text
	Days   []Day    `json:"days"`   // days that differ from the plain week, and weekends within a holiday
}

// Day is one day of a notice.
type Day struct {
	Name string     `json:"name"` // 春节
	Date civil.Date `json:"date"`
	Off  bool       `json:"isOffDay"` // false: a weekend day on which offices work (调休上班)
}

// ParseNotice reads a notice and checks that it can be used. Days may lie up to two weeks outside the year, as New Year's do.
func ParseNotice(text []byte) (Notice, error) {
	var n Notice
	if err := json.Unmarshal(text, &n); err != nil {
		return Notice{}, fmt.Errorf("%w: %w", ErrNotice, err)
	}
	return n, n.check()
}

func (n Notice) check() error {
	if n.Year < 1950 || n.Year > 9999 {
		return ErrYear
	}
	if len(n.Days) == 0 {
		return ErrEmpty
	}
	first, _ := civil.New(n.Year, 1, 1)
	seen := make(map[civil.Date]bool, len(n.Days))
	for _, d := range n.Days {
		if offset := first.Days(d.Date); d.Date.IsZero() || offset < -14 || offset > 366+14 {
			return fmt.Errorf("%w: %s in %d", ErrYear, d.Date, n.Year)
		}
		if off, twice := seen[d.Date]; twice && off != d.Off {
			return fmt.Errorf("%w: %s", ErrTwice, d.Date)
		}
		seen[d.Date] = d.Off
	}
	return nil
}

// Extra is a holiday of one region that returns each year on the same day, such as the founding day of an autonomous prefecture (州庆).
type Extra struct {
	Region   string     `json:"region"` // code prefix: everything within keeps the day
	Name     string     `json:"name"`
	Month    int        `json:"month"`
	Day      int        `json:"day"`
	From     civil.Date `json:"from"`           // first day it is kept; no date: always
	Until    civil.Date `json:"until,omitzero"` // first day it is not kept any more; no date: it goes on
	Source   string     `json:"source"`
	Doubtful bool       `json:"doubtful"` // not confirmed from the source: known, but not applied
}

// Local is one date on which a region works or rests otherwise than the country (地方放假、补休、调班).
type Local struct {
	Region string     `json:"region"` // code prefix: everything within keeps it
	Name   string     `json:"name"`
	Date   civil.Date `json:"date"`
	Off    bool       `json:"isOffDay"`
}
