package workday

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"xiangyun/internal/gov/civil"
)

// ErrCalendar is why [ParseCalendar] refuses a text that no calendar wrote.
var ErrCalendar = errors.New("workday: the text is no calendar")

// written is a calendar as text: what decides which days are working days, and nothing else. Where a notice was published moves no day.
type written struct {
	Notices []Notice `json:"notices"`
	Extras  []Extra  `json:"extras"`
	Local   []Local  `json:"local,omitempty"` // left out where there is none: calendars of before keep their version
}

// MarshalJSON writes everything the calendar decides by, always in the same order, so that equal calendars are equal texts.
func (c *Calendar) MarshalJSON() ([]byte, error) {
	w := written{Notices: []Notice{}, Extras: c.extras}
	for _, year := range slices.Sorted(maps.Keys(c.years)) {
		n := c.years[year]
		w.Notices = append(w.Notices, Notice{Year: n.Year, Papers: []string{}, Days: n.Days})
	}
	for _, day := range slices.SortedFunc(maps.Keys(c.local), civil.Date.Compare) {
		w.Local = append(w.Local, c.local[day])
	}
	if w.Extras == nil {
		w.Extras = []Extra{}
	}
	return json.Marshal(w)
}

// ParseCalendar reads what [Calendar.MarshalJSON] wrote: a date computed years ago can be computed again, by the calendar of that time.
// It returns [ErrCalendar] for anything else.
func ParseCalendar(text []byte) (*Calendar, error) {
	var w written
	if err := json.Unmarshal(text, &w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCalendar, err)
	}
	c, err := NewLocal(w.Notices, w.Extras, w.Local)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCalendar, err)
	}
	return c, nil
}

// Version names the calendar by its content: two calendars that decide alike for the same reasons have one version, and a holiday that is added,
// moved or renamed makes another. It is 32 hexadecimal digits of SHA-256.
func (c *Calendar) Version() string {
	c.once.Do(func() {
		text, err := c.MarshalJSON()
		if err != nil {
			panic(fmt.Sprintf("workday: writing a calendar: %v", err)) // its parts are plain values
		}
		sum := sha256.Sum256(text)
		c.version = hex.EncodeToString(sum[:16])
	})
	return c.version
}
