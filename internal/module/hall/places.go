package hall

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Draft of a hall to be put in place: its windows by number.
type Draft struct {
	Hall
	Windows []Window
}

// Put sets a hall up, or changes what it says; windows that are there keep who sits at them. It is for whoever sets an installation up.
func (s *Service) Put(ctx context.Context, by actor.Actor, d Draft) (id string, err error) {
	if err := s.needs.Rights.Check(by, ActOpen, actor.Target{OfficePath: d.OfficePath}); err != nil {
		return "", err
	}
	if err := d.Rules.usual().check(); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		key := db.NewKey()
		kiosk, err := s.seal(newCode(), key, "kiosk")
		if err != nil {
			return err
		}
		id, err = db.One[string](ctx, tx, `INSERT INTO hall_hall (`+hallColumns+`, kiosk) VALUES (`+db.In(11, 1)+`) ON CONFLICT (office_path, name)
DO UPDATE SET address = excluded.address, phone = excluded.phone, rules = excluded.rules, version = hall_hall.version + 1 RETURNING id`,
			key, d.OfficePath, d.Region.String(), d.Name, d.Address, d.Phone, db.JSON[Rules]{V: d.Rules}, "", "", 1, kiosk)
		if err != nil {
			return err
		}
		for _, w := range d.Windows {
			for _, l := range w.Letters {
				if _, ok := d.Rules.Line(l); !ok {
					return fault.New(fault.Invalid, "hall.bad_lines")
				}
			}
		}
		if err := putWindows(ctx, tx, id, d.Windows); err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.put", "hall:"+id, "", map[string]any{"windows": len(d.Windows)})
	})
	return id, err
}

// putWindows writes windows by their numbers; those that are there keep who sits at them.
func putWindows(ctx context.Context, tx *db.Tx, hallID string, list []Window) error {
	for _, w := range list {
		err := tx.Later(ctx, `INSERT INTO hall_window (id, hall_id, number, name, letters, account_id) VALUES ($1, $2, $3, $4, $5, '')
ON CONFLICT (hall_id, number) DO UPDATE SET name = excluded.name, letters = excluded.letters`, db.NewKey(), hallID, w.Number, w.Name, db.JSON[[]string]{V: w.Letters})
		if err != nil {
			return err
		}
	}
	return nil
}

// Query asks for halls of a region; the zero region is the province. Those of the governments above the region are found too.
type Query struct {
	Region region.Code
	After  string // name of the last row, with its id: Row.Key
	Limit  int
}

// Row is a hall in a list.
type Row struct {
	Hall
	OpenNow bool
	Waiting int
	Staffed int // windows somebody sits at
}

// List returns halls by their key. Everybody may see them.
func (s *Service) List(ctx context.Context, _ actor.Actor, q Query) (rows []Row, next string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		args := []any{q.After, q.Limit + 1}
		within := db.PrefixAny("office_path", []string{q.Region.Prefix()}, &args)
		list, err := db.All[hallRow](ctx, tx, `SELECT `+hallColumns+` FROM hall_hall WHERE id > $1 AND `+within+` ORDER BY id LIMIT $2`, args...)
		if err != nil {
			return err
		}
		rows, next = nil, ""
		for i, r := range list {
			if i == q.Limit {
				next = list[i-1].ID
				break
			}
			h, err := r.hall()
			if err != nil {
				return err
			}
			rows = append(rows, Row{Hall: h})
		}
		return s.count(ctx, tx, rows)
	})
	return rows, next, err
}

func (s *Service) row(ctx context.Context, tx *db.Tx, h Hall) (Row, error) {
	one := []Row{{Hall: h}}
	err := s.count(ctx, tx, one)
	return one[0], err
}

// count fills in how halls stand now, with two questions however many they are.
func (s *Service) count(ctx context.Context, tx *db.Tx, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]any, len(rows))
	at := map[string]*Row{}
	for i := range rows {
		r := &rows[i]
		ids[i], at[r.ID] = r.ID, r
		c, err := s.needs.Offices.Calendar(ctx, tx, r.Region)
		if err != nil {
			return err
		}
		r.OpenNow = r.Open(s.now(tx), c)
	}
	type counted struct {
		HallID string
		N      int
	}
	waiting, err := db.All[counted](ctx, tx, `SELECT hall_id, count(*) AS n FROM hall_turn WHERE day = $1 AND state = 'waiting' AND hall_id IN (`+db.In(len(ids), 2)+`) GROUP BY hall_id`,
		append([]any{s.today(tx)}, ids...)...)
	if err != nil {
		return err
	}
	for _, c := range waiting {
		at[c.HallID].Waiting = c.N
	}
	staffed, err := db.All[counted](ctx, tx, `SELECT hall_id, count(*) AS n FROM hall_window WHERE account_id <> '' AND hall_id IN (`+db.In(len(ids), 1)+`) GROUP BY hall_id`, ids...)
	for _, c := range staffed {
		at[c.HallID].Staffed = c.N
	}
	return err
}

// Get returns a hall with its windows; fault.NotFound "hall.not_found".
func (s *Service) Get(ctx context.Context, _ actor.Actor, id string) (r Row, list []Window, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		h, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		if r, err = s.row(ctx, tx, h); err != nil {
			return err
		}
		list, err = windows(ctx, tx, id)
		return err
	})
	return r, list, err
}

// SetOpen opens or closes a hall for today against its hours (延时服务、临时停办); to "" goes back to the hours.
func (s *Service) SetOpen(ctx context.Context, by actor.Actor, id, to string) error {
	if to != "" && to != "open" && to != "closed" {
		return fault.New(fault.Invalid, "hall.bad_hours")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		h, err := moved(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, ActOpen, actor.Target{OfficePath: h.OfficePath}); err != nil {
			return err
		}
		if err := tx.Later(ctx, `UPDATE hall_hall SET set_to = $1, set_on = $2 WHERE id = $3`, to, s.today(tx).String(), id); err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.set_open", "hall:"+id, "", map[string]any{"to": to})
	})
}

// Seat is where somebody sits, and what happens there.
type Seat struct {
	Hall   Row
	Window Window
	Now    *Turn // the number being served
}

// Seat returns where by sits; fault.Conflict "hall.no_seat" when nowhere.
func (s *Service) Seat(ctx context.Context, by actor.Actor) (out Seat, err error) {
	if err := s.needs.Rights.Check(by, ActServe, actor.Target{}); err != nil {
		return out, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if out.Window, err = seat(ctx, tx, by.Account); err != nil {
			return err
		}
		h, err := one(ctx, tx, out.Window.HallID)
		if err != nil {
			return err
		}
		if out.Hall, err = s.row(ctx, tx, h); err != nil {
			return err
		}
		t, ok, err := atWindow(ctx, tx, out.Window.ID)
		out.Now = nil
		if ok {
			out.Now = &t
		}
		return err
	})
	return out, err
}

// Sit takes a free window of a hall of by's own office. fault.Conflict "hall.window_taken" when somebody else sits there, "hall.seated" when by sits elsewhere.
func (s *Service) Sit(ctx context.Context, by actor.Actor, windowID string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := db.One[windowRow](ctx, tx, `SELECT `+windowColumns+` FROM hall_window WHERE id = $1`, windowID)
		if err != nil {
			return missing(err, "hall.no_window")
		}
		h, err := moved(ctx, tx, w.HallID)
		if err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, ActServe, actor.Target{OfficePath: h.OfficePath}); err != nil {
			return err
		}
		if there, err := seat(ctx, tx, by.Account); err == nil && there.ID != windowID {
			return fault.New(fault.Conflict, "hall.seated", there.Number)
		} else if err != nil && !fault.HasKey(err, "hall.no_seat") {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE hall_window SET account_id = $1, sat_at = $2 WHERE id = $3 AND account_id IN ('', $4)`, by.Account, s.now(tx), windowID, by.Account)
		if db.IsUnique(err) || err == nil && n == 0 {
			return fault.New(fault.Conflict, "hall.window_taken")
		}
		if err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.sat", "hall:"+h.ID, "", map[string]any{"window": w.Number})
	})
}

// Leave frees by's window. fault.Conflict "hall.still_serving" while a number is being served there.
func (s *Service) Leave(ctx context.Context, by actor.Actor) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := seat(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		if _, err := moved(ctx, tx, w.HallID); err != nil {
			return err
		}
		if _, busy, err := atWindow(ctx, tx, w.ID); err != nil || busy {
			if err == nil {
				err = fault.New(fault.Conflict, "hall.still_serving")
			}
			return err
		}
		if err := tx.Later(ctx, `UPDATE hall_window SET account_id = '', sat_at = NULL WHERE id = $1 AND account_id = $2`, w.ID, by.Account); err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.left", "hall:"+w.HallID, "", map[string]any{"window": w.Number})
	})
}

// calendar reads the working days of a hall.
func (s *Service) calendar(ctx context.Context, tx *db.Tx, h Hall) (*workday.Calendar, error) {
	return s.needs.Offices.Calendar(ctx, tx, h.Region)
}
