package hall

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Revision is how a hall shall be from now on. What it does not name, the hall's name and office, stays.
type Revision struct {
	Hall    string
	Seen    string // [Mark] of what was shown when somebody began to change it
	Address string
	Phone   string
	Rules   Rules
	Windows []Window // number, name and letters; a window that is not named any more is taken away
	Sure    bool     // visits that no longer fit are called off
}

// mostWindows is how many windows a hall may have.
const mostWindows = 200

// Mark tells two states of what can be revised apart: whoever changes a hall must have seen how it is. Who sits where is not part of it.
func Mark(h Hall, list []Window) string {
	list = slices.Clone(list)
	for i := range list {
		list[i].Account = ""
	}
	text, _ := json.Marshal([]any{h.Address, h.Phone, h.Rules, list}) // plain values: it never fails
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// Arranges tells whether by may revise a hall.
func (s *Service) Arranges(by actor.Actor, h Hall) bool {
	return s.needs.Rights.Check(by, ActArrange, actor.Target{OfficePath: h.OfficePath}) == nil
}

// Revise changes a hall's rules, hours and windows. It returns the open visits that fit them no longer. Unless r is sure, it then changes nothing:
// fault.Conflict "hall.visits_outside". If it is, they are called off, which nobody is blocked for, and the people told. fault.Conflict
// "hall.revised_meanwhile" when somebody else was faster, "hall.window_held" for a window somebody sits at, "hall.line_waits" for a line people wait for.
func (s *Service) Revise(ctx context.Context, by actor.Actor, r Revision) (outside []Booking, err error) {
	r.Rules = r.Rules.usual()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		outside = nil
		h, err := moved(ctx, tx, r.Hall)
		if err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, ActArrange, actor.Target{OfficePath: h.OfficePath}); err != nil {
			return err
		}
		before, err := windows(ctx, tx, h.ID)
		if err != nil {
			return err
		}
		if err := r.check(); err != nil {
			return err
		}
		if r.Seen != Mark(h, before) {
			return fault.New(fault.Conflict, "hall.revised_meanwhile")
		}
		if err := s.linesLeft(ctx, tx, h, r.Rules); err != nil {
			return err
		}
		if outside, err = s.outside(ctx, tx, h, r.Rules); err != nil {
			return err
		}
		if len(outside) > 0 && !r.Sure {
			return fault.New(fault.Conflict, "hall.visits_outside", len(outside))
		}
		if err := s.arrange(ctx, tx, h, before, r); err != nil {
			return err
		}
		if err := s.callOff(ctx, tx, by, h, outside); err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.put", "hall:"+h.ID, "", map[string]any{"windows": len(r.Windows), "called_off": len(outside)})
	})
	return outside, err
}

// check refuses what people can't be served by.
func (r Revision) check() error {
	f := fault.New(fault.Invalid, "hall.bad_rules")
	if r.Address == "" {
		f.Field("address", "hall.address_missing")
	}
	if err, ok := fault.Of(r.Rules.check()); ok {
		f = err
	}
	numbers := map[int]bool{}
	for _, w := range r.Windows {
		unknown := slices.ContainsFunc(w.Letters, func(l string) bool { _, ok := r.Rules.Line(l); return !ok })
		if w.Number < 1 || w.Number > 999 || numbers[w.Number] || w.Name == "" || unknown {
			f.Field("windows", "hall.bad_windows")
			break
		}
		numbers[w.Number] = true
	}
	if len(r.Windows) > mostWindows {
		f.Field("windows", "hall.too_many_windows", mostWindows)
	}
	for _, l := range r.Rules.Lines {
		if !slices.ContainsFunc(r.Windows, func(w Window) bool { return w.Serves(l.Letter) }) {
			f.Field("windows", "hall.line_unserved", l.Letter)
		}
	}
	return f.OrNil()
}

// linesLeft refuses to end a line people wait for today.
func (s *Service) linesLeft(ctx context.Context, tx *db.Tx, h Hall, to Rules) error {
	letters, err := db.All[string](ctx, tx, `SELECT DISTINCT letter FROM hall_turn WHERE hall_id = $1 AND day = $2 AND state = 'waiting'`, h.ID, s.today(tx))
	for _, l := range letters {
		if _, ok := to.Line(l); !ok {
			return fault.New(fault.Conflict, "hall.line_waits", l).Field("lines", "hall.line_waits", l)
		}
	}
	return err
}

// outside finds the visits still to come that nobody could serve under these rules. How many there are is bounded by the places of the days ahead.
func (s *Service) outside(ctx context.Context, tx *db.Tx, h Hall, to Rules) (out []Booking, err error) {
	list, err := db.All[Booking](ctx, tx, `SELECT `+bookingColumns+` FROM hall_booking WHERE hall_id = $1 AND day >= $2 AND state = 'booked' ORDER BY day, minute, id`, h.ID, s.today(tx))
	for _, b := range list {
		_, served := to.Line(b.Letter)
		if b.At().After(s.now(tx)) && (!served || !(Hall{Rules: to}).within(b.Minute)) {
			out = append(out, b)
		}
	}
	return out, err
}

// arrange writes a revision down. Whoever was sent on to a window that is gone waits for any other.
func (s *Service) arrange(ctx context.Context, tx *db.Tx, h Hall, before []Window, r Revision) error {
	if err := tx.Later(ctx, `UPDATE hall_hall SET address = $1, phone = $2, rules = $3 WHERE id = $4`, r.Address, r.Phone, db.JSON[Rules]{V: r.Rules}, h.ID); err != nil {
		return err
	}
	for _, w := range before {
		if slices.ContainsFunc(r.Windows, func(x Window) bool { return x.Number == w.Number }) {
			continue
		}
		if w.Account != "" {
			return fault.New(fault.Conflict, "hall.window_held", w.Number).Field("windows", "hall.window_held", w.Number)
		}
		if err := tx.Later(ctx, `UPDATE hall_turn SET fixed = false WHERE hall_id = $1 AND day = $2 AND window_id = $3 AND state = 'waiting'`, h.ID, s.today(tx), w.ID); err != nil {
			return err
		}
		if err := tx.Later(ctx, `DELETE FROM hall_window WHERE id = $1`, w.ID); err != nil {
			return err
		}
	}
	return putWindows(ctx, tx, h.ID, r.Windows)
}

// callOff ends visits the hall can't keep and tells the people.
func (s *Service) callOff(ctx context.Context, tx *db.Tx, by actor.Actor, h Hall, list []Booking) error {
	for _, b := range list {
		if err := s.giveBack(ctx, tx, b); err != nil {
			return err
		}
		if err := s.leaf(ctx, tx, by, "hall.cancelled", "booking:"+b.ID, b.SubjectID, map[string]any{"by_hall": true}); err != nil {
			return err
		}
		err := s.needs.Notices.Send(ctx, tx, Notice{Subject: b.SubjectID, Key: "hall.told.called_off", Args: []string{h.Name, b.Day.Chinese(), Clock(b.Minute)}, Link: "/halls/" + h.ID + "/book"})
		if err != nil {
			return err
		}
	}
	return nil
}
