// Package civil is a date without a time of day (日期).
//
// Deadlines, dates of birth, and the validity of certificates are dates: they begin and end with the civil day in China and not
// with an instant. An instant becomes a date only through [Of], which reads the clock of Shanghai, so that a server's own time zone can
// never move a deadline. A [Date] is stored as ISO 8601 text ("2006-01-02"), which sorts correctly on both databases.
package civil

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// Reasons why [Parse] and [New] refuse.
var (
	ErrFormat = errors.New("civil: a date is written 2006-01-02")
	ErrDate   = errors.New("civil: no such day in the calendar")
)

// Shanghai is the civil time of the People's Republic, UTC+8. It is fixed on purpose: daylight saving time ended in 1991, and a
// machine without time zone files must count the same days.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is one day of the Gregorian calendar, years 1 to 9999. The zero Date is "no date" and is stored as NULL.
// Dates may be compared with == and used as map keys.
type Date struct {
	year  int16
	month int8
	day   int8
}

// New returns the date of a year, month and day, or [ErrDate] if the calendar has no such day.
func New(year int, month time.Month, day int) (Date, error) {
	if year < 1 || year > 9999 || month < time.January || month > time.December || day < 1 || day > 31 {
		return Date{}, ErrDate
	}
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day {
		return Date{}, ErrDate
	}
	return Date{int16(year), int8(month), int8(day)}, nil
}

// MustParse is [Parse] for tests and package variables; it panics on a mistake.
func MustParse(text string) Date {
	d, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// Parse reads "2006-01-02" and nothing else. It returns [ErrFormat] or [ErrDate].
func Parse(text string) (Date, error) {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return Date{}, ErrFormat
	}
	year, ok1 := number(text[:4])
	month, ok2 := number(text[5:7])
	day, ok3 := number(text[8:])
	if !ok1 || !ok2 || !ok3 {
		return Date{}, ErrFormat
	}
	return New(year, time.Month(month), day)
}

func number(text string) (int, bool) {
	n := 0
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// Of returns the day in China on which the instant falls. The zero time has no date.
func Of(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	return ofDay(t.In(Shanghai))
}

func ofDay(t time.Time) Date {
	y, m, d := t.Date()
	if y < 1 || y > 9999 {
		return Date{}
	}
	return Date{int16(y), int8(m), int8(d)}
}

// Year returns the year, 0 for no date.
func (d Date) Year() int { return int(d.year) }

// Month returns the month, 0 for no date.
func (d Date) Month() time.Month { return time.Month(d.month) }

// Day returns the day of the month, 0 for no date.
func (d Date) Day() int { return int(d.day) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// IsZero tells whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Start returns the first instant of the day in China, in UTC.
func (d Date) Start() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, Shanghai).UTC()
}

// End returns the first instant after the day: a term that ends on d has run out when the clock reaches it.
func (d Date) End() time.Time { return d.Start().AddDate(0, 0, 1) }

// Add returns the date n days later, or earlier when n is negative. It is no date when the result leaves the years 1 to 9999.
func (d Date) Add(days int) Date {
	if d.IsZero() {
		return d
	}
	return ofDay(d.utc().AddDate(0, 0, days))
}

// AddMonths returns the same day n months later. A day that month does not have becomes its last day, as the Civil Code counts
// months (民法典第二百零二条): 31 January + 1 = 28 or 29 February.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	first := time.Date(int(d.year), time.Month(d.month)+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return ofDay(first.AddDate(0, 0, min(int(d.day), last)-1))
}

// AddYears returns the same day n years later; 29 February becomes 28 February in a common year.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// Days returns how many days later e is than d; it is negative when e is earlier. Neither may be the zero Date.
func (d Date) Days(e Date) int { return int((e.utc().Unix() - d.utc().Unix()) / 86400) }

// Before tells whether d is earlier than e. No date is earlier than any date.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After tells whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Compare returns -1, 0 or +1, fit for slices.SortFunc.
func (d Date) Compare(e Date) int {
	a := int(d.year)<<16 | int(d.month)<<8 | int(d.day)
	b := int(e.year)<<16 | int(e.month)<<8 | int(e.day)
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Equal tells whether both are the same day. It is the same as == and is there for go-cmp.
func (d Date) Equal(e Date) bool { return d == e }

// String returns "2006-01-02", or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// Chinese returns "2026年11月24日", the form of official papers, or "" for no date.
func (d Date) Chinese() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d年%d月%d日", d.year, d.month, d.day)
}

// Compact returns "20061124", the form inside numbers of cases and certificates, or "" for no date.
func (d Date) Compact() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d%02d%02d", d.year, d.month, d.day)
}

// MarshalText writes what String returns.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [Parse] reads; empty text is no date.
func (d *Date) UnmarshalText(text []byte) error { return d.read(string(text)) }

// Value stores ISO text, or NULL for no date.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads ISO text, or NULL and empty text as no date. It refuses instants: use [Of] where the time zone is known.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.read(v)
	case []byte:
		return d.read(string(v))
	}
	return fmt.Errorf("civil: reading a date from %T", src)
}

func (d *Date) read(text string) error {
	if text == "" {
		*d = Date{}
		return nil
	}
	v, err := Parse(text)
	if err != nil {
		return err
	}
	*d = v
	return nil
}

func (d Date) utc() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}
