package hall

import (
	"context"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Booking is a booked visit.
type Booking struct {
	ID        string
	HallID    string
	SubjectID string
	Letter    string
	Day       civil.Date
	Minute    int
	ItemCode  string
	Code      string
	State     string // booked cancelled arrived missed
}

// At is the instant of the visit.
func (b Booking) At() time.Time { return instant(b.Day, b.Minute) }

// Clock says a minute of the day as clocks do: 09:30.
func Clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

const bookingColumns = `id, hall_id, subject_id, letter, day, minute, item_code, code, state`

var (
	errNoLine = fault.New(fault.Invalid, "hall.no_line").Field("letter", "hall.no_line")
	errNoSlot = fault.New(fault.Invalid, "hall.no_slot").Field("slot", "hall.no_slot")
	errFull   = fault.New(fault.Conflict, "hall.full").Field("slot", "hall.full")
)

// Wish is a visit somebody wants to book.
type Wish struct {
	Hall   string
	Letter string
	Day    civil.Date
	Minute int
	Item   string // code of the entry it is about; may be ""
}

// Book books a visit for whom by acts for. Of several who take the last place exactly one gets it; the others get fault.Conflict "hall.full". A
// person has one open booking a hall and day (fault.Conflict "hall.booked_already"); who missed too many is refused for a while (fault.Forbidden
// "hall.blocked").
func (s *Service) Book(ctx context.Context, by actor.Actor, w Wish) (b Booking, err error) {
	if by.For() == "" {
		return b, fault.New(fault.Forbidden, "hall.persons_only")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		h, err := kept(ctx, tx, w.Hall)
		if err != nil {
			return err
		}
		if err := s.mayBook(ctx, tx, by, h, w); err != nil {
			return err
		}
		list, err := windows(ctx, tx, h.ID)
		if err != nil {
			return err
		}
		b = Booking{ID: db.NewKey(), HallID: h.ID, SubjectID: by.For(), Letter: w.Letter, Day: w.Day, Minute: w.Minute, ItemCode: w.Item, Code: newCode(), State: "booked"}
		n, err := tx.Exec(ctx, `INSERT INTO hall_booking (`+bookingColumns+`, reminded, made_at) VALUES (`+db.In(11, 1)+`)
ON CONFLICT (subject_id, hall_id, day) WHERE state = 'booked' DO NOTHING`,
			b.ID, b.HallID, b.SubjectID, b.Letter, b.Day, b.Minute, b.ItemCode, b.Code, b.State, false, s.now(tx))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "hall.booked_already").Field("slot", "hall.booked_already")
		}
		// The whole hall first, always: two bookings of different lines must take their rows in the same order.
		for _, letter := range []string{"", w.Letter} {
			if err := takePlace(ctx, tx, b, letter, h.Rules.capacity(list, letter)); err != nil {
				return err
			}
		}
		if err := s.leaf(ctx, tx, by, "hall.booked", "booking:"+b.ID, b.SubjectID, map[string]any{"hall": h.ID, "day": b.Day.String()}); err != nil {
			return err
		}
		return s.needs.Notices.Send(ctx, tx, Notice{Subject: b.SubjectID, Key: "hall.told.booked", Args: []string{h.Name, b.Day.Chinese(), Clock(b.Minute)}, Link: "/bookings"})
	})
	return b, err
}

// takePlace takes one place of a slot as long as there is one: the count and the limit are looked at in one statement.
func takePlace(ctx context.Context, tx *db.Tx, b Booking, letter string, most int) error {
	if most < 1 {
		return errFull
	}
	n, err := tx.Exec(ctx, `INSERT INTO hall_slot (hall_id, day, minute, letter, taken) VALUES ($1, $2, $3, $4, 1)
ON CONFLICT (hall_id, day, minute, letter) DO UPDATE SET taken = hall_slot.taken + 1 WHERE hall_slot.taken < $5`, b.HallID, b.Day, b.Minute, letter, most)
	if err == nil && n == 0 {
		return errFull
	}
	return err
}

// mayBook refuses what can't be booked and who may not book now.
func (s *Service) mayBook(ctx context.Context, tx *db.Tx, by actor.Actor, h Hall, w Wish) error {
	if _, ok := h.Rules.Line(w.Letter); !ok {
		return errNoLine
	}
	c, err := s.calendar(ctx, tx, h)
	if err != nil {
		return err
	}
	if !s.bookable(tx, h, c, w.Day, w.Minute) {
		return errNoSlot
	}
	if w.Item != "" {
		if _, err := s.needs.Items.Entry(ctx, tx, w.Item); err != nil {
			return err
		}
	}
	until, err := s.blocked(ctx, tx, h.Rules, by.For())
	if err == nil && !until.IsZero() {
		err = fault.New(fault.Forbidden, "hall.blocked", h.Rules.MissedMost, until.String())
	}
	return err
}

// blocked is the last day on which somebody may not book online; no date when he may. The latest missed visits decide: so many of them within so many
// days block until so many days after the last.
func (s *Service) blocked(ctx context.Context, tx *db.Tx, r Rules, subject string) (civil.Date, error) {
	days, err := db.All[civil.Date](ctx, tx, `SELECT day FROM hall_booking WHERE subject_id = $1 AND state = 'missed' ORDER BY day DESC LIMIT $2`, subject, r.MissedMost)
	if err != nil || len(days) < r.MissedMost {
		return civil.Date{}, err
	}
	last, first := days[0], days[len(days)-1]
	if until := last.Add(r.BlockedDays); first.Days(last) < r.MissedDays && !until.Before(s.today(tx)) {
		return until, nil
	}
	return civil.Date{}, nil
}

// Cancel gives a booked visit back until an hour before it; fault.Conflict "hall.too_late" after that, "hall.booking_over" when it is over.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		b, err := db.One[Booking](ctx, tx, `SELECT `+bookingColumns+` FROM hall_booking WHERE id = $1 AND subject_id = $2`, id, by.For())
		if err != nil {
			return missing(err, "hall.no_booking")
		}
		h, err := kept(ctx, tx, b.HallID)
		if err != nil {
			return err
		}
		if b.At().Add(-time.Duration(h.Rules.CancelBefore) * time.Minute).Before(s.now(tx)) {
			return fault.New(fault.Conflict, "hall.too_late", h.Rules.CancelBefore)
		}
		if err := s.giveBack(ctx, tx, b); err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.cancelled", "booking:"+id, b.SubjectID, nil)
	})
}

// giveBack ends an open visit and frees its places; fault.Conflict "hall.booking_over" when it is over.
func (s *Service) giveBack(ctx context.Context, tx *db.Tx, b Booking) error {
	n, err := tx.Exec(ctx, `UPDATE hall_booking SET state = 'cancelled', ended_at = $1 WHERE id = $2 AND state = 'booked'`, s.now(tx), b.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "hall.booking_over")
	}
	for _, letter := range []string{"", b.Letter} {
		if err := tx.Later(ctx, `UPDATE hall_slot SET taken = taken - 1 WHERE hall_id = $1 AND day = $2 AND minute = $3 AND letter = $4 AND taken > 0`,
			b.HallID, b.Day, b.Minute, letter); err != nil {
			return err
		}
	}
	return nil
}

// Visit is one of somebody's bookings with its hall.
type Visit struct {
	Booking
	Hall Hall
}

// Bookings returns the visits of whom by acts for, the latest first; before is the last row's ID.
func (s *Service) Bookings(ctx context.Context, by actor.Actor, before string, limit int) (out []Visit, next string, err error) {
	if by.For() == "" {
		return nil, "", nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		args, where := []any{by.For(), limit + 1}, ""
		if before != "" {
			args, where = append(args, before), ` AND id < $3`
		}
		rows, err := db.All[Booking](ctx, tx, `SELECT `+bookingColumns+` FROM hall_booking WHERE subject_id = $1`+where+` ORDER BY id DESC LIMIT $2`, args...)
		out, next = nil, ""
		for i, b := range rows {
			if i == limit {
				next = rows[i-1].ID
				break
			}
			h, err := one(ctx, tx, b.HallID)
			if err != nil {
				return err
			}
			out = append(out, Visit{b, h})
		}
		return err
	})
	return out, next, err
}
