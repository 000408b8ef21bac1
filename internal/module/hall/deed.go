package hall

import (
	"context"
	"errors"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Deed is what was done at a window for somebody.
type Deed struct {
	ID         string
	AccountID  string
	Post       string
	OfficePath string
	WindowID   string
	TurnID     string
	SubjectID  string
	MandateID  string // "" when the person stood there
	ItemCode   string
	ItemName   string
	DraftID    string
	CaseNumber string
	BegunAt    time.Time
	HandedAt   time.Time
}

const deedColumns = `id, account_id, post, office_path, window_id, turn_id, subject_id, mandate_id, item_code, item_name, draft_id, case_number, begun_at, handed_at`

var errNoMandate error = fault.New(fault.Forbidden, "hall.mandate_lacks")

// Begin begins to act for somebody who was identified: he stands there, or gave by's office a mandate, which must run. turn is the number being
// served, "" without one.
func (s *Service) Begin(ctx context.Context, by actor.Actor, subject, mandate, turn string) (id string, err error) {
	if err := s.needs.Rights.Check(by, ActServe, actor.Target{OfficePath: by.OfficePath}); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if mandate != "" {
			if _, err := s.running(ctx, tx, by, subject, mandate); err != nil {
				return err
			}
		}
		id = db.NewKey()
		window := ""
		w, err := seat(ctx, tx, by.Account)
		switch {
		case err == nil:
			window = w.ID
		case !fault.HasKey(err, "hall.no_seat"):
			return err
		}
		if turn != "" {
			if t, busy, err := atWindow(ctx, tx, window); err != nil || !busy || t.ID != turn {
				if err == nil {
					err = errElsewhere
				}
				return err
			}
			// From now on the person can be told on his phone, and need not be asked who he is when he is handed over.
			if err := tx.Later(ctx, `UPDATE hall_turn SET subject_id = $1 WHERE id = $2 AND subject_id = ''`, subject, turn); err != nil {
				return err
			}
		}
		err = tx.Later(ctx, `INSERT INTO hall_deed (`+deedColumns+`) VALUES (`+db.In(14, 1)+`)`, id, by.Account, by.Post, by.OfficePath, window, turn, subject, mandate, "", "", "", "",
			s.now(tx), nil)
		if err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.deed_begun", "deed:"+id, subject, map[string]any{"mandate": mandate})
	})
	return id, err
}

// running refuses a mandate that is not the office's, not the person's, or has ended.
func (s *Service) running(ctx context.Context, tx *db.Tx, by actor.Actor, subject, id string) (mandateRow, error) {
	r, err := db.One[mandateRow](ctx, tx, `SELECT `+mandateColumns+` FROM hall_mandate WHERE id = $1 AND subject_id = $2 AND office_path = $3 AND ended_at IS NULL AND until_on >= $4`,
		id, subject, by.OfficePath, s.today(tx))
	if errors.Is(err, db.ErrNotFound) {
		return r, errNoMandate
	}
	return r, err
}

// Deed returns one of by's; fault.NotFound "hall.no_deed" for anybody else's.
func (s *Service) Deed(ctx context.Context, by actor.Actor, id string) (d Deed, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		d, err = s.deed(ctx, tx, by, id)
		return err
	})
	return d, err
}

func (s *Service) deed(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Deed, error) {
	d, err := db.One[Deed](ctx, tx, `SELECT `+deedColumns+` FROM hall_deed WHERE id = $1 AND account_id = $2`, id, by.Account)
	return d, missing(err, "hall.no_deed")
}

// Chosen says which item a deed is about and which draft was begun for it. Chosen before it is fault.Conflict "hall.deed_over": the
// first draft stays. A mandate that does not cover the item is fault.Forbidden "hall.mandate_lacks".
func (s *Service) Chosen(ctx context.Context, by actor.Actor, id, itemCode, draft string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := s.allowed(ctx, tx, by, id, itemCode)
		if err != nil {
			return err
		}
		return tx.LaterOne(ctx, fault.New(fault.Conflict, "hall.deed_over"), `UPDATE hall_deed SET item_code = $1, item_name = $2, draft_id = $3 WHERE id = $4 AND draft_id = ''`,
			itemCode, e, draft, id)
	})
}

// Allowed refuses an item that the deed's mandate does not cover, before a draft is begun.
func (s *Service) Allowed(ctx context.Context, by actor.Actor, id, itemCode string) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		_, err := s.allowed(ctx, tx, by, id, itemCode)
		return err
	})
}

func (s *Service) allowed(ctx context.Context, tx *db.Tx, by actor.Actor, id, itemCode string) (name string, err error) {
	d, err := s.deed(ctx, tx, by, id)
	if err != nil {
		return "", err
	}
	e, err := s.needs.Items.Entry(ctx, tx, itemCode)
	if err != nil || d.MandateID == "" {
		if err == nil {
			name = e.Short
		}
		return name, err
	}
	m, err := s.running(ctx, tx, by, d.SubjectID, d.MandateID)
	if err == nil && m.BaseCode != "" && m.BaseCode != e.BaseCode {
		err = errNoMandate
	}
	return e.Short, err
}

// HandIn implements casefile.Behalf: it writes the number of the case a deed led to, in the transaction that makes the case, and refuses a mandate that has
// ended meanwhile or does not cover the item: fault.Forbidden "hall.mandate_lacks". Whichever page hands a deed's draft in, it comes here.
func (s *Service) HandIn(ctx context.Context, tx *db.Tx, by actor.Actor, h casefile.HandIn) (mandated bool, err error) {
	d, err := db.One[Deed](ctx, tx, `SELECT `+deedColumns+` FROM hall_deed WHERE draft_id = $1 AND draft_id <> '' AND account_id = $2`, h.Draft, by.Account)
	if errors.Is(err, db.ErrNotFound) {
		return false, nil // received at an office without a window's desk
	}
	if err != nil {
		return false, err
	}
	if d.MandateID != "" {
		m, err := s.running(ctx, tx, by, d.SubjectID, d.MandateID)
		if err == nil && m.BaseCode != "" && m.BaseCode != h.BaseCode {
			err = errNoMandate
		}
		if err != nil {
			return false, err
		}
	}
	n, err := tx.Exec(ctx, `UPDATE hall_deed SET case_number = $1, handed_at = $2 WHERE id = $3 AND case_number = ''`, h.Number, s.now(tx), d.ID)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "hall.deed_over")
	}
	if err != nil {
		return false, err
	}
	return d.MandateID != "", s.leaf(ctx, tx, by, "hall.deed_handed", "case:"+h.Number, d.SubjectID, map[string]any{"mandate": d.MandateID, "deed": d.ID})
}

// LastItems returns the codes of the items by handled last, each once, the latest first.
func (s *Service) LastItems(ctx context.Context, by actor.Actor, limit int) (codes []string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all, err := db.All[string](ctx, tx, `SELECT item_code FROM hall_deed WHERE account_id = $1 AND item_code <> '' ORDER BY id DESC LIMIT 100`, by.Account)
		codes = nil
		seen := map[string]bool{}
		for _, c := range all {
			if !seen[c] && len(codes) < limit {
				seen[c] = true
				codes = append(codes, c)
			}
		}
		return err
	})
	return codes, err
}

// DeedsFor returns what offices did for whom by acts for, the latest first; before is the last row's ID.
func (s *Service) DeedsFor(ctx context.Context, by actor.Actor, before string, limit int) (out []Deed, next string, err error) {
	if by.For() == "" {
		return nil, "", nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		args, where := []any{by.For(), limit + 1}, ""
		if before != "" {
			args, where = append(args, before), ` AND id < $3`
		}
		rows, err := db.All[Deed](ctx, tx, `SELECT `+deedColumns+` FROM hall_deed WHERE subject_id = $1 AND item_code <> ''`+where+` ORDER BY id DESC LIMIT $2`, args...)
		out, next = rows, ""
		if len(rows) > limit {
			out, next = rows[:limit], rows[limit-1].ID
		}
		return err
	})
	return out, next, err
}
