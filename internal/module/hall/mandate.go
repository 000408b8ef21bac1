package hall

import (
	"context"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Mandate says that an office may act for somebody (帮办代办授权).
type Mandate struct {
	ID         string
	SubjectID  string
	OfficePath string
	OfficeName string
	BaseCode   string // "" for every item
	ItemName   string
	Words      string // what the person said or signed
	UntilOn    civil.Date
	MadeAt     time.Time
	EndedAt    time.Time
}

// Runs tells whether it holds on a day.
func (m Mandate) Runs(on civil.Date) bool { return m.EndedAt.IsZero() && !m.UntilOn.Before(on) }

type mandateRow struct {
	ID         string
	SubjectID  string
	OfficePath string
	OfficeName string
	BaseCode   string
	ItemName   string
	Words      []byte
	UntilOn    civil.Date
	MadeAt     time.Time
	EndedAt    time.Time
}

const mandateColumns = `id, subject_id, office_path, office_name, base_code, item_name, words, until_on, made_at, ended_at`

func (s *Service) mandateOf(r mandateRow) (Mandate, error) {
	words, err := s.unseal(r.Words, r.ID, "mandate")
	return Mandate{r.ID, r.SubjectID, r.OfficePath, r.OfficeName, r.BaseCode, r.ItemName, words, r.UntilOn, r.MadeAt, r.EndedAt}, err
}

// longestMandate is how many days somebody may authorise an office ahead.
const longestMandate = 366

// Authorise writes down that by's office may act for somebody, as that person said or signed before by. The person is told and can end it at any time.
func (s *Service) Authorise(ctx context.Context, by actor.Actor, m Mandate) (id string, err error) {
	if err := s.needs.Rights.Check(by, ActServe, actor.Target{OfficePath: by.OfficePath}); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		today := s.today(tx)
		f := fault.New(fault.Invalid, "hall.bad_mandate")
		checkWords(f, "words", m.Words)
		if m.UntilOn.IsZero() || m.UntilOn.Before(today) || today.Days(m.UntilOn) > longestMandate {
			f.Field("until", "hall.mandate_until", longestMandate)
		}
		if m.SubjectID == "" {
			f.Field("number", "hall.persons_only")
		}
		if err := f.OrNil(); err != nil {
			return err
		}
		id = db.NewKey()
		sealed, err := s.seal(strings.TrimSpace(m.Words), id, "mandate")
		if err != nil {
			return err
		}
		err = tx.Later(ctx, `INSERT INTO hall_mandate (`+mandateColumns+`, made_by, ended_by) VALUES (`+db.In(12, 1)+`)`, id, m.SubjectID, by.OfficePath, m.OfficeName, m.BaseCode,
			m.ItemName, sealed, m.UntilOn, s.now(tx), nil, by.Account, "")
		if err != nil {
			return err
		}
		if err := s.leaf(ctx, tx, by, "hall.authorised", "mandate:"+id, m.SubjectID, map[string]any{"until": m.UntilOn.String(), "item": m.BaseCode}); err != nil {
			return err
		}
		return s.needs.Notices.Send(ctx, tx, Notice{Subject: m.SubjectID, Key: "hall.told.authorised", Args: []string{m.OfficeName, m.UntilOn.Chinese()}, Link: "/me/mandates"})
	})
	return id, err
}

// Running returns the authorisations by's office holds from somebody now.
func (s *Service) Running(ctx context.Context, by actor.Actor, subject string) (out []Mandate, err error) {
	if err := s.needs.Rights.Check(by, ActServe, actor.Target{OfficePath: by.OfficePath}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[mandateRow](ctx, tx, `SELECT `+mandateColumns+` FROM hall_mandate WHERE subject_id = $1 AND office_path = $2 AND ended_at IS NULL AND until_on >= $3
ORDER BY id DESC LIMIT 50`, subject, by.OfficePath, s.today(tx))
		if err != nil {
			return err
		}
		out = make([]Mandate, len(rows))
		for i, r := range rows {
			if out[i], err = s.mandateOf(r); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Mandates returns whom by authorised, the latest first; before is the last row's ID.
func (s *Service) Mandates(ctx context.Context, by actor.Actor, before string, limit int) (out []Mandate, next string, err error) {
	if by.For() == "" {
		return nil, "", nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		args, where := []any{by.For(), limit + 1}, ""
		if before != "" {
			args, where = append(args, before), ` AND id < $3`
		}
		rows, err := db.All[mandateRow](ctx, tx, `SELECT `+mandateColumns+` FROM hall_mandate WHERE subject_id = $1`+where+` ORDER BY id DESC LIMIT $2`, args...)
		out, next = nil, ""
		for i, r := range rows {
			if i == limit {
				next = rows[i-1].ID
				break
			}
			m, err := s.mandateOf(r)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return err
	})
	return out, next, err
}

// EndMandate ends one of by's authorisations at once. Doing it twice is doing it once.
func (s *Service) EndMandate(ctx context.Context, by actor.Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := db.One[mandateRow](ctx, tx, `SELECT `+mandateColumns+` FROM hall_mandate WHERE id = $1 AND subject_id = $2`, id, by.For())
		if err != nil || by.For() == "" {
			return missing(err, "hall.no_mandate")
		}
		n, err := tx.Exec(ctx, `UPDATE hall_mandate SET ended_at = $1, ended_by = $2 WHERE id = $3 AND ended_at IS NULL`, s.now(tx), by.Account, id)
		if err != nil || n == 0 {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.mandate_ended", "mandate:"+id, r.SubjectID, nil)
	})
}
