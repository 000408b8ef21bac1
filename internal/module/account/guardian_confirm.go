package account

import (
	"context"
	"errors"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

var (
	errOwnAffair   = fault.New(fault.Forbidden, "account.own_affair")
	errSameOfficer = fault.New(fault.Forbidden, "account.same_officer")
)

// ConfirmGuardian puts a guardianship in force: an officer of that office or of one above, who did not write it down himself and is neither of the two.
// Confirming again changes nothing. fault.NotFound "account.no_guardian".
func (s *Service) ConfirmGuardian(ctx context.Context, by actor.Actor, id string) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		type row struct{ WardID, GuardianID, OfficePath, RecordedBy, Basis string }
		r, err := db.One[row](ctx, tx, `SELECT ward_id, guardian_id, office_path, recorded_by, basis FROM account_guardian WHERE id = $1`+notOver+`$2)`, id, civil.Of(tx.Now))
		if errors.Is(err, db.ErrNotFound) {
			return errNoGuardian
		}
		if err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, ActGuard, actor.Target{OfficePath: r.OfficePath}); err != nil {
			return err
		}
		switch {
		case r.RecordedBy == by.Name():
			return errSameOfficer
		case by.Subject != "" && (by.Subject == r.WardID || by.Subject == r.GuardianID):
			return errOwnAffair
		}
		n, err := tx.Exec(ctx, `UPDATE account_guardian SET confirmed_at = $1, confirmed_by = $2 WHERE id = $3 AND confirmed_at IS NULL`, tx.Now, by.Name(), id)
		if err != nil || n == 0 {
			return err
		}
		if err := s.tellOfGuardian(ctx, tx, r.WardID, r.GuardianID, "account.told.guardian_confirmed"); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "guardian.confirmed", Actor: by.Name(), Office: by.OfficePath, Subject: r.WardID, Object: "subject:" + r.WardID,
			Basis: r.Basis, Data: map[string]string{"guardian": r.GuardianID}})
	})
	s.Forget()
	return err
}

// tellOfGuardian tells both; what they are told names neither.
func (s *Service) tellOfGuardian(ctx context.Context, tx *db.Tx, ward, guardian, key string) error {
	if s.needs.Notices == nil {
		return nil
	}
	for _, subject := range []string{ward, guardian} {
		if err := s.needs.Notices.Tell(ctx, tx, subject, key, "/me/companies"); err != nil {
			return err
		}
	}
	return nil
}

// Guardians lists who looks after by, an adult, or is to, once it is confirmed: those he may end.
func (s *Service) Guardians(ctx context.Context, by actor.Actor) (out []Guardianship, err error) {
	type row struct {
		ID, GuardianID string
		Kind           GuardianKind
		Basis          string
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[row](ctx, tx, `SELECT id, guardian_id, kind, basis FROM account_guardian WHERE ward_id = $1 AND last_on IS NULL AND ended_at IS NULL ORDER BY id LIMIT 50`,
			by.Subject)
		if err != nil {
			return err
		}
		for _, r := range rows {
			name, err := s.Name(ctx, tx, r.GuardianID)
			if err != nil {
				return err
			}
			out = append(out, Guardianship{ID: r.ID, Guardian: MaskName(name), Kind: r.Kind, Basis: r.Basis})
		}
		return nil
	})
	return out, err
}
