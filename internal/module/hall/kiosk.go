package hall

import (
	"context"
	"crypto/subtle"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// kioskRow is what a hall's kiosks present.
type kioskRow struct {
	ID         string
	OfficePath string
	Kiosk      []byte
}

func (s *Service) kiosk(ctx context.Context, tx *db.Tx, hallID string) (r kioskRow, code string, err error) {
	if r, err = db.One[kioskRow](ctx, tx, `SELECT id, office_path, kiosk FROM hall_hall WHERE id = $1`, hallID); err != nil {
		return r, "", missing(err, "hall.not_found")
	}
	code, err = s.unseal(r.Kiosk, r.ID, "kiosk")
	return r, code, err
}

// AtKiosk refuses who does not present the code of a hall's kiosks: fault.Forbidden "hall.not_kiosk".
func (s *Service) AtKiosk(ctx context.Context, _ actor.Actor, hallID, code string) error {
	return s.db.Glance(ctx, func(tx *db.Tx) error {
		_, want, err := s.kiosk(ctx, tx, hallID)
		if err == nil && subtle.ConstantTimeCompare([]byte(code), []byte(want)) != 1 {
			err = fault.New(fault.Forbidden, "hall.not_kiosk").Field("code", "hall.not_kiosk")
		}
		return err
	})
}

// KioskCode tells an officer of a hall the code its kiosks present.
func (s *Service) KioskCode(ctx context.Context, by actor.Actor, hallID string) (code string, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		r, known, err := s.kiosk(ctx, tx, hallID)
		if err != nil {
			return err
		}
		code = known
		return s.needs.Rights.Check(by, ActOpen, actor.Target{OfficePath: r.OfficePath})
	})
	if err != nil {
		return "", err
	}
	return code, nil
}

// RenewKiosk gives a hall's kiosks another code: machines that present the old one are kiosks no more. It is for the day somebody carried it out.
func (s *Service) RenewKiosk(ctx context.Context, by actor.Actor, hallID string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		h, err := one(ctx, tx, hallID)
		if err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, ActOpen, actor.Target{OfficePath: h.OfficePath}); err != nil {
			return err
		}
		sealed, err := s.seal(newCode(), h.ID, "kiosk")
		if err != nil {
			return err
		}
		if err := tx.Later(ctx, `UPDATE hall_hall SET kiosk = $1 WHERE id = $2`, sealed, h.ID); err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.kiosk_renewed", "hall:"+h.ID, "", nil)
	})
}
