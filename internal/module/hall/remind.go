package hall

import (
	"context"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// someBookings is how many bookings one transaction of the clock looks at.
const someBookings = 200

// Remind tells who has a visit tomorrow, once each.
func (s *Service) Remind(ctx context.Context) error {
	return s.inParts(ctx, func(tx *db.Tx) (int, error) {
		list, err := db.All[Booking](ctx, tx, `SELECT `+bookingColumns+` FROM hall_booking WHERE state = 'booked' AND NOT reminded AND day = $1 ORDER BY id LIMIT $2`,
			s.today(tx).Add(1), someBookings)
		if err != nil {
			return 0, err
		}
		for _, b := range list {
			h, err := one(ctx, tx, b.HallID)
			if err != nil {
				return 0, err
			}
			n, err := tx.Exec(ctx, `UPDATE hall_booking SET reminded = true WHERE id = $1 AND NOT reminded`, b.ID)
			if err != nil {
				return 0, err
			}
			if n == 0 {
				continue // another node did it
			}
			err = s.needs.Notices.Send(ctx, tx, Notice{Subject: b.SubjectID, Key: "hall.told.tomorrow", Args: []string{h.Name, Clock(b.Minute)}, Link: "/bookings"})
			if err != nil {
				return 0, err
			}
		}
		return len(list), nil
	})
}

// CountMissed marks the visits nobody came to. A day is looked at when it is over: whoever came late was still served.
func (s *Service) CountMissed(ctx context.Context) error {
	by := actor.Program("hall.missed")
	return s.inParts(ctx, func(tx *db.Tx) (int, error) {
		list, err := db.All[Booking](ctx, tx, `SELECT `+bookingColumns+` FROM hall_booking WHERE state = 'booked' AND day < $1 ORDER BY day, id LIMIT $2`, s.today(tx), someBookings)
		if err != nil {
			return 0, err
		}
		for _, b := range list {
			n, err := tx.Exec(ctx, `UPDATE hall_booking SET state = 'missed', ended_at = $1 WHERE id = $2 AND state = 'booked'`, s.now(tx), b.ID)
			if err != nil {
				return 0, err
			}
			if n == 1 {
				if err := s.leaf(ctx, tx, by, "hall.missed", "booking:"+b.ID, b.SubjectID, nil); err != nil {
					return 0, err
				}
			}
		}
		return len(list), nil
	})
}

// inParts runs a step until it finds less than it looks at.
func (s *Service) inParts(ctx context.Context, step func(tx *db.Tx) (int, error)) error {
	for {
		var n int
		err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
			n, err = step(tx)
			return err
		})
		if err != nil || n < someBookings {
			return err
		}
	}
}

// turnsKept is how long a number is remembered: long enough for the figures of the last weeks.
const turnsKept = 90 * 24 * time.Hour

// Tidy ends the queues of days that are over and forgets old numbers.
func (s *Service) Tidy(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		today := s.today(tx)
		if err := tx.Later(ctx, `UPDATE hall_turn SET state = 'gone', finished_at = $1 WHERE state IN ('waiting', 'called') AND day < $2`, s.now(tx), today); err != nil {
			return err
		}
		old := s.now(tx).Add(-turnsKept)
		if err := tx.Later(ctx, `DELETE FROM hall_turn WHERE taken_at < $1`, old); err != nil {
			return err
		}
		if err := tx.Later(ctx, `DELETE FROM hall_series WHERE day < $1`, today); err != nil {
			return err
		}
		return tx.Later(ctx, `DELETE FROM hall_slot WHERE day < $1`, today)
	})
}
