package hall

import (
	"context"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// The priorities (优先): who is served before others. "booked" is given by a booking at its time, never asked for.
var priorities = map[string]bool{"": true, "elderly": true, "disabled": true, "pregnant": true, "soldier": true}

// Request asks for a number.
type Request struct {
	Hall     string
	Kiosk    string // the code of the hall's kiosks, for who stands at one; "" from afar
	Letter   string
	Priority string
	Booking  string    // code of a booking: line and priority are then the booking's
	Subject  string    // whom to tell; "" for nobody
	Birth    time.Time // of the person who showed a card: from 60 on one is served before others; zero for nobody
}

// elderlyFrom is the age from which one is served before others (老年人权益保障法第五十三条、第二条).
const elderlyFrom = 60

// Take gives the next number of a line. Whoever stands at a kiosk of the hall needs no name. From afar a number is for who has booked, or is signed in
// (fault.Unauthenticated "hall.take_signed_in"), one open number a day and hall (fault.Conflict "hall.number_held"); priorities and cards are for
// kiosks alone (fault.Forbidden "hall.kiosk_only"). fault.Conflict "hall.line_full" when the line gave the most numbers of a day. Numbers run from 1 for each day and letter, without gaps or doubles. fault.Conflict "hall.closed" while
// the hall does not serve. With a key the same request gets the same number, however often it is sent.
func (s *Service) Take(ctx context.Context, by actor.Actor, r Request, key once.Params) (t Turn, err error) {
	if !priorities[r.Priority] {
		return t, fault.New(fault.Invalid, "hall.bad_priority").Field("priority", "hall.bad_priority")
	}
	// Asked before the key is: what a kiosk was given is told to a kiosk only.
	if err := s.mayTake(ctx, by, r); err != nil {
		return t, err
	}
	code, _, err := once.Do(ctx, s.db, key, func(tx *db.Tx) (string, error) {
		t, err = s.take(ctx, tx, by, r)
		return t.Code, err
	})
	if err != nil {
		return t, err
	}
	return t, s.db.View(ctx, func(tx *db.Tx) error {
		t, err = turnByCode(ctx, tx, code)
		return err
	})
}

// mayTake refuses what is for kiosks alone, and who has no right to a number from afar.
func (s *Service) mayTake(ctx context.Context, by actor.Actor, r Request) error {
	switch {
	case r.Kiosk != "":
		return s.AtKiosk(ctx, by, r.Hall, r.Kiosk)
	case r.Priority != "" || r.Subject != "" || !r.Birth.IsZero():
		return fault.New(fault.Forbidden, "hall.kiosk_only").Field("priority", "hall.kiosk_only")
	case r.Booking == "" && by.For() == "":
		return fault.New(fault.Unauthenticated, "hall.take_signed_in")
	}
	return nil
}

// unheld refuses a second open number of a person from afar.
func (s *Service) unheld(ctx context.Context, tx *db.Tx, t Turn) error {
	held, err := db.All[string](ctx, tx, `SELECT id FROM hall_turn WHERE subject_id = $1 AND subject_id <> '' AND hall_id = $2 AND day = $3 AND state IN ('waiting', 'called') LIMIT 1`,
		t.SubjectID, t.HallID, t.Day)
	if err == nil && len(held) > 0 {
		err = fault.New(fault.Conflict, "hall.number_held")
	}
	return err
}

func (s *Service) take(ctx context.Context, tx *db.Tx, by actor.Actor, r Request) (t Turn, err error) {
	h, err := moved(ctx, tx, r.Hall)
	if err != nil {
		return t, err
	}
	now, today := s.now(tx), s.today(tx)
	c, err := s.calendar(ctx, tx, h)
	if err != nil {
		return t, err
	}
	if !h.Open(now, c) {
		return t, fault.New(fault.Conflict, "hall.closed")
	}
	t = Turn{ID: db.NewKey(), HallID: h.ID, Day: today, Letter: r.Letter, Code: newCode(), Priority: r.Priority, Rank: 1, Place: now.UnixMilli(), State: "waiting",
		SubjectID: r.Subject, TakenAt: now}
	if t.SubjectID == "" {
		t.SubjectID = by.For()
	}
	if !r.Birth.IsZero() && t.Priority == "" && !r.Birth.AddDate(elderlyFrom, 0, 0).After(now) {
		t.Priority = "elderly"
	}
	if r.Booking != "" {
		if err := s.arrive(ctx, tx, h, r.Booking, &t); err != nil {
			return t, err
		}
	}
	if _, ok := h.Rules.Line(t.Letter); !ok {
		return t, errNoLine
	}
	if r.Kiosk == "" {
		if err := s.unheld(ctx, tx, t); err != nil {
			return t, err
		}
	}
	if t.Priority != "" {
		t.Rank = 0
	}
	t.Number, err = db.One[int](ctx, tx, `INSERT INTO hall_series (hall_id, day, letter, last) VALUES ($1, $2, $3, 1)
ON CONFLICT (hall_id, day, letter) DO UPDATE SET last = hall_series.last + 1 RETURNING last`, h.ID, today, t.Letter)
	if err == nil && r.Booking == "" && t.Number > h.Rules.NumbersMost {
		err = fault.New(fault.Conflict, "hall.line_full").Field("letter", "hall.line_full")
	}
	if err != nil {
		return t, err
	}
	err = tx.Later(ctx, `INSERT INTO hall_turn (id, hall_id, day, letter, number, code, priority, rank, place, state, subject_id, booking_id, window_id, fixed, account_id,
calls, passes, told, taken_at, seconds) VALUES (`+db.In(20, 1)+`)`, t.ID, t.HallID, t.Day, t.Letter, t.Number, t.Code, t.Priority, t.Rank, t.Place, t.State, t.SubjectID,
		t.BookingID, "", false, "", 0, 0, false, now, 0)
	if err != nil {
		return t, err
	}
	return t, s.leaf(ctx, tx, by, "hall.turn_taken", "turn:"+t.ID, t.SubjectID, map[string]any{"hall": h.ID, "number": t.Name()})
}

// arrive uses a booking up. At its time, a little before or after, it goes before those who came without one; else its number is an ordinary one.
func (s *Service) arrive(ctx context.Context, tx *db.Tx, h Hall, code string, t *Turn) error {
	b, err := db.One[Booking](ctx, tx, `SELECT `+bookingColumns+` FROM hall_booking WHERE code = $1 AND hall_id = $2`, code, h.ID)
	if err != nil {
		return missing(err, "hall.no_booking")
	}
	if b.Day != t.Day {
		return fault.New(fault.Conflict, "hall.booking_other_day", b.Day.String())
	}
	n, err := tx.Exec(ctx, `UPDATE hall_booking SET state = 'arrived', ended_at = $1 WHERE id = $2 AND state = 'booked'`, t.TakenAt, b.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "hall.booking_over")
	}
	t.BookingID, t.Letter, t.SubjectID = b.ID, b.Letter, b.SubjectID
	grace := time.Duration(h.Rules.Grace) * time.Minute
	if late := t.TakenAt.Sub(b.At()); late <= grace && late >= -grace && t.Priority == "" {
		t.Priority = "booked"
		t.Place = b.At().UnixMilli()
	}
	return nil
}

// OpenBooking returns the code of the booking that somebody has at a hall today, "" for none: whoever shows a card needs no QR code.
func (s *Service) OpenBooking(ctx context.Context, _ actor.Actor, hallID, subject string) (code string, err error) {
	if subject == "" {
		return "", nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err := db.All[string](ctx, tx, `SELECT code FROM hall_booking WHERE subject_id = $1 AND hall_id = $2 AND day = $3 AND state = 'booked' LIMIT 1`,
			subject, hallID, s.today(tx))
		if err == nil && len(list) == 1 {
			code = list[0]
		}
		return err
	})
	return code, err
}
