package hall

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/db"
)

// Slot is a time that can be booked.
type Slot struct {
	Day    civil.Date
	Minute int
	Free   int
}

// slots lists the slots of a working day in order.
func (r Rules) slots() []int {
	var out []int
	for _, h := range r.Hours {
		for m := h.From; m+r.SlotMinutes <= h.Until; m += r.SlotMinutes {
			out = append(out, m)
		}
	}
	return out
}

// capacity is how many of a line may book one slot: what its windows can do in it, times the share that is booked online. Letter "" asks for the
// whole hall. Windows count whether somebody sits there now or not: a booking is for another day.
func (r Rules) capacity(list []Window, letter string) int {
	n := 0
	for _, w := range list {
		if letter == "" || w.Serves(letter) {
			n++
		}
	}
	return n * r.SlotMinutes * r.OnlineShare / (r.MinutesEach * 100)
}

// FreeSlots returns what can be booked for a line from now on, on working days only; full ones are left out.
func (s *Service) FreeSlots(ctx context.Context, _ actor.Actor, hallID, letter string) (out []Slot, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		h, err := one(ctx, tx, hallID)
		if err != nil {
			return err
		}
		out, err = s.free(ctx, tx, h, letter)
		return err
	})
	return out, err
}

type takenRow struct {
	Day    civil.Date
	Minute int
	Letter string
	Taken  int
}

func (s *Service) free(ctx context.Context, tx *db.Tx, h Hall, letter string) ([]Slot, error) {
	if _, ok := h.Rules.Line(letter); !ok {
		return nil, errNoLine
	}
	c, err := s.calendar(ctx, tx, h)
	if err != nil {
		return nil, err
	}
	list, err := windows(ctx, tx, h.ID)
	if err != nil {
		return nil, err
	}
	today := s.today(tx)
	rows, err := db.All[takenRow](ctx, tx, `SELECT day, minute, letter, taken FROM hall_slot WHERE hall_id = $1 AND day >= $2 AND day <= $3 AND letter IN ('', $4)`,
		h.ID, today, today.Add(h.Rules.DaysAhead), letter)
	if err != nil {
		return nil, err
	}
	taken := map[takenRow]int{}
	for _, r := range rows {
		taken[takenRow{r.Day, r.Minute, r.Letter, 0}] = r.Taken
	}
	line, all := h.Rules.capacity(list, letter), h.Rules.capacity(list, "")
	var out []Slot
	for n := range h.Rules.DaysAhead + 1 {
		day := today.Add(n)
		for _, m := range h.Rules.slots() {
			left := min(line-taken[takenRow{day, m, letter, 0}], all-taken[takenRow{day, m, "", 0}])
			if left > 0 && s.bookable(tx, h, c, day, m) {
				out = append(out, Slot{day, m, left})
			}
		}
	}
	return out, nil
}

// bookable tells whether a slot may be asked for at all: on a working day within the days ahead, in the hours, not begun, not closed by an officer.
func (s *Service) bookable(tx *db.Tx, h Hall, c *workday.Calendar, day civil.Date, minute int) bool {
	today := s.today(tx)
	if day.Before(today) || today.Days(day) > h.Rules.DaysAhead || !c.Covers(day) || !c.IsWorkday(day) || h.SetOn == day && h.SetTo == "closed" {
		return false
	}
	return slotAt(h.Rules, minute) && instant(day, minute).After(s.now(tx))
}

func slotAt(r Rules, minute int) bool {
	for _, m := range r.slots() {
		if m == minute {
			return true
		}
	}
	return false
}
