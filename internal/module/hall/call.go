package hall

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// errElsewhere is what is told when a window no longer serves the number the page shows: somebody pressed twice, or another page did it.
var errElsewhere error = fault.New(fault.Conflict, "hall.turn_moved_on")

// Next finishes the number a window serves and calls the next one it may serve; ok is false when nobody waits. now is the ID of the number the caller
// sees at his window, "" for none: of two presses the second is told fault.Conflict "hall.turn_moved_on" and calls nobody.
func (s *Service) Next(ctx context.Context, by actor.Actor, now string) (t Turn, ok bool, err error) {
	err = s.atSeat(ctx, by, now, func(tx *db.Tx, h Hall, w Window, served *Turn) error {
		ok = false
		if served != nil {
			if err := s.finish(ctx, tx, by, *served); err != nil {
				return err
			}
		}
		list, err := waiting(ctx, tx, h.ID, s.today(tx), []Window{w}, 1)
		if err != nil || len(list) == 0 {
			return err
		}
		t, ok = list[0], true
		t.WindowID, t.State, t.CalledAt, t.Calls = w.ID, "called", s.now(tx), t.Calls+1
		err = tx.LaterOne(ctx, errElsewhere, `UPDATE hall_turn SET state = 'called', window_id = $1, account_id = $2, called_at = $3, calls = calls + 1
WHERE id = $4 AND state = 'waiting'`, w.ID, by.Account, t.CalledAt, t.ID)
		if err != nil {
			return err
		}
		if err := s.leaf(ctx, tx, by, "hall.turn_called", "turn:"+t.ID, t.SubjectID, map[string]any{"window": w.Number, "number": t.Name()}); err != nil {
			return err
		}
		return s.tellAhead(ctx, tx, h, t.ID)
	})
	return t, ok, err
}

// mayCall tells whether a window calls a number: one that was handed over to a window only there.
func mayCall(w Window, t Turn) bool {
	if t.Fixed {
		return t.WindowID == w.ID
	}
	return w.Serves(t.Letter)
}

// atSeat runs a step at by's window, with the queue of its hall to itself. now must be what is served there.
func (s *Service) atSeat(ctx context.Context, by actor.Actor, now string, step func(tx *db.Tx, h Hall, w Window, served *Turn) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := seat(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		h, err := moved(ctx, tx, w.HallID)
		if err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, ActServe, actor.Target{OfficePath: h.OfficePath}); err != nil {
			return err
		}
		t, busy, err := atWindow(ctx, tx, w.ID)
		if err != nil {
			return err
		}
		if busy != (now != "") || busy && t.ID != now {
			return errElsewhere
		}
		if !busy {
			return step(tx, h, w, nil)
		}
		return step(tx, h, w, &t)
	})
}

// serving runs a step that needs a number at the window.
func (s *Service) serving(ctx context.Context, by actor.Actor, now string, step func(tx *db.Tx, h Hall, w Window, t Turn) error) error {
	return s.atSeat(ctx, by, now, func(tx *db.Tx, h Hall, w Window, t *Turn) error {
		if t == nil {
			return fault.New(fault.Conflict, "hall.nobody_here")
		}
		return step(tx, h, w, *t)
	})
}

func (s *Service) finish(ctx context.Context, tx *db.Tx, by actor.Actor, t Turn) error {
	now := s.now(tx)
	err := tx.LaterOne(ctx, errElsewhere, `UPDATE hall_turn SET state = 'done', finished_at = $1, seconds = $2 WHERE id = $3 AND state = 'called'`, now,
		int(now.Sub(t.CalledAt).Seconds()), t.ID)
	if err != nil {
		return err
	}
	return s.leaf(ctx, tx, by, "hall.turn_done", "turn:"+t.ID, t.SubjectID, nil)
}

// Finish ends the service of a number without calling another.
func (s *Service) Finish(ctx context.Context, by actor.Actor, now string) error {
	return s.serving(ctx, by, now, func(tx *db.Tx, _ Hall, _ Window, t Turn) error { return s.finish(ctx, tx, by, t) })
}

// Recall calls the same number again.
func (s *Service) Recall(ctx context.Context, by actor.Actor, now string) error {
	return s.serving(ctx, by, now, func(tx *db.Tx, _ Hall, w Window, t Turn) error {
		err := tx.Later(ctx, `UPDATE hall_turn SET calls = calls + 1, called_at = $1 WHERE id = $2`, s.now(tx), t.ID)
		if err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.turn_called", "turn:"+t.ID, t.SubjectID, map[string]any{"window": w.Number, "number": t.Name(), "again": true})
	})
}

// Pass puts a number back whose holder did not come (过号): it comes again after three others, and leaves the queue after the third time.
func (s *Service) Pass(ctx context.Context, by actor.Actor, now string) error {
	return s.serving(ctx, by, now, func(tx *db.Tx, h Hall, w Window, t Turn) error {
		if t.Passes+1 >= h.Rules.PassesMost {
			if err := tx.Later(ctx, `UPDATE hall_turn SET state = 'gone', passes = passes + 1, finished_at = $1 WHERE id = $2`, s.now(tx), t.ID); err != nil {
				return err
			}
			return s.leaf(ctx, tx, by, "hall.turn_gone", "turn:"+t.ID, t.SubjectID, nil)
		}
		list, err := waiting(ctx, tx, h.ID, s.today(tx), []Window{w}, h.Rules.PassBehind)
		if err != nil {
			return err
		}
		rank, place := behind(list, t)
		err = tx.Later(ctx, `UPDATE hall_turn SET state = 'waiting', passes = passes + 1, rank = $1, place = $2, told = false WHERE id = $3`, rank, place, t.ID)
		if err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.turn_passed", "turn:"+t.ID, t.SubjectID, nil)
	})
}

// behind is the place right after these others, or t's own without any. Who waits with the same place was there before: his key is older or his place
// smaller by one.
func behind(others []Turn, t Turn) (rank int, place int64) {
	if len(others) == 0 {
		return t.Rank, t.Place
	}
	last := others[len(others)-1]
	return last.Rank, last.Place + 1
}

// Transfer hands a number over to another window of the hall (转移): it is called there next, and nowhere else.
func (s *Service) Transfer(ctx context.Context, by actor.Actor, now string, number int) error {
	return s.serving(ctx, by, now, func(tx *db.Tx, h Hall, w Window, t Turn) error {
		list, err := windows(ctx, tx, h.ID)
		if err != nil {
			return err
		}
		for _, to := range list {
			if to.Number != number || to.ID == w.ID {
				continue
			}
			if to.Account == "" {
				return fault.New(fault.Conflict, "hall.window_empty", number)
			}
			err := tx.Later(ctx, `UPDATE hall_turn SET state = 'waiting', window_id = $1, fixed = true, rank = 0, place = 0 WHERE id = $2`, to.ID, t.ID)
			if err != nil {
				return err
			}
			return s.leaf(ctx, tx, by, "hall.turn_transferred", "turn:"+t.ID, t.SubjectID, map[string]any{"window": number})
		}
		return fault.New(fault.Invalid, "hall.no_window").Field("window", "hall.no_window")
	})
}

// tellAhead tells the holders of numbers that are soon called, once each; called is the one that is called now. Each line is looked at with the windows
// that serve it: so many of the first who are called there are enough, however many wait.
func (s *Service) tellAhead(ctx context.Context, tx *db.Tx, h Hall, called string) error {
	all, err := windows(ctx, tx, h.ID)
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for _, l := range h.Rules.Lines {
		list, err := waiting(ctx, tx, h.ID, s.today(tx), staffed(all, Turn{Letter: l.Letter}), h.Rules.TellAhead+2)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(t Turn) bool { return t.ID == called })
		for _, t := range list[:min(len(list), h.Rules.TellAhead+1)] {
			if t.SubjectID == "" || t.Told || told[t.ID] || t.Letter != l.Letter && !t.Fixed {
				continue
			}
			told[t.ID] = true
			if err := tx.Later(ctx, `UPDATE hall_turn SET told = true WHERE id = $1`, t.ID); err != nil {
				return err
			}
			err := s.needs.Notices.Send(ctx, tx, Notice{Subject: t.SubjectID, Key: "hall.told.soon", Args: []string{h.Name, t.Name()}, Link: "/turns/" + t.Code})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
