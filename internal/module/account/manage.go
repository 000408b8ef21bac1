package account

import (
	"context"
	"errors"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Profile is what a person sees of itself, in clear.
type Profile struct {
	Account Account
	Subject Subject
	// Enrol asks for a second factor before anything else.
	Enrol bool
}

// Profile returns by's own account and subject.
func (s *Service) Profile(ctx context.Context, by actor.Actor) (out Profile, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err := db.One[accountRow](ctx, tx, selectAccount+`id = $1`, by.Account)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.Unauthenticated, "account.token_expired")
		}
		if err != nil {
			return err
		}
		sub, err := s.open(ctx, tx, row.SubjectID)
		out = Profile{row.account(), sub, s.enrols(row)}
		return err
	})
	return out, err
}

// List returns accounts whose login begins with the text, by login, those after `after`.
func (s *Service) List(ctx context.Context, by actor.Actor, text, after string, limit int) (out []Account, err error) {
	if err := s.needs.Rights.Check(by, ActSee, actor.Target{}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[accountRow](ctx, tx, selectAccount+`login LIKE $1 AND login > $2 ORDER BY login LIMIT $3`, strings.ToLower(text)+"%", after, limit)
		for _, r := range rows {
			out = append(out, r.account())
		}
		return err
	})
	return out, err
}

// Find returns the account with this login; fault.NotFound "account.no_account".
func (s *Service) Find(ctx context.Context, by actor.Actor, login string) (Account, error) {
	return s.look(ctx, by, `login = $1`, strings.ToLower(login))
}

// Account returns the account with this id; fault.NotFound "account.no_account".
func (s *Service) Account(ctx context.Context, by actor.Actor, id string) (Account, error) {
	return s.look(ctx, by, `id = $1`, id)
}

func (s *Service) look(ctx context.Context, by actor.Actor, where, value string) (out Account, err error) {
	if err := s.needs.Rights.Check(by, ActSee, actor.Target{}); err != nil {
		return out, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err := db.One[accountRow](ctx, tx, selectAccount+where, value)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.NotFound, "account.no_account")
		}
		out = row.account()
		return err
	})
	return out, err
}

// Logins names accounts by their ids, for lists of posts and log entries; unknown ids are left out.
func (s *Service) Logins(ctx context.Context, by actor.Actor, ids []string) (map[string]string, error) {
	out := map[string]string{}
	if err := s.needs.Rights.Check(by, ActSee, actor.Target{}); err != nil || len(ids) == 0 {
		return out, err
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	type row struct{ ID, Login string }
	err := s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[row](ctx, tx, `SELECT id, login FROM account_account WHERE id IN (`+db.In(len(ids), 1)+`)`, args...)
		for _, r := range rows {
			out[r.ID] = r.Login
		}
		return err
	})
	return out, err
}

// Lock keeps an account out until it is unlocked, and ends its sessions and tokens for good: what was stolen does not come to life again with the
// account. Unlock lets it in again and forgets failures. fault.NotFound "account.no_account".
func (s *Service) Lock(ctx context.Context, by actor.Actor, id string) error {
	return s.state(ctx, by, id, "account.locked_by",
		`UPDATE account_account SET state = 'locked', locked_until = NULL, failures = 0, epoch = epoch + 1 WHERE id = $1`, `DELETE FROM account_token WHERE account_id = $1`)
}

// Unlock lets a locked account in again.
func (s *Service) Unlock(ctx context.Context, by actor.Actor, id string) error {
	return s.state(ctx, by, id, "account.unlocked_by", `UPDATE account_account SET state = 'active', locked_until = NULL, failures = 0 WHERE id = $1`)
}

func (s *Service) state(ctx context.Context, by actor.Actor, id, kind, update string, more ...string) error {
	if err := s.needs.Rights.Check(by, ActManage, actor.Target{}); err != nil {
		return err
	}
	if id == by.Account {
		return fault.New(fault.Conflict, "account.own")
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, update, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "account.no_account")
		}
		for _, statement := range more {
			if err := tx.Later(ctx, statement, id); err != nil {
				return err
			}
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "account:" + id, Basis: "账号管理"})
	})
	s.Forget()
	return err
}

// Enrolment is a second factor being set up: shown once, kept only after [Service.ConfirmTOTP].
type Enrolment struct {
	Secret  string // to type into an app
	Address string // otpauth://, for a QR code
}

// BeginTOTP makes a fresh secret for by's account.
func (s *Service) BeginTOTP(ctx context.Context, by actor.Actor) (Enrolment, error) {
	p, err := s.Profile(ctx, by)
	if err != nil {
		return Enrolment{}, err
	}
	secret := newSecret()
	return Enrolment{secretText(secret), enrolment(p.Account.Login, secret)}, nil
}

// ResumeTOTP shows an enrolment again whose first code was typed wrong: an app that has read the secret must not read another.
func (s *Service) ResumeTOTP(ctx context.Context, by actor.Actor, secret string) (Enrolment, error) {
	raw, err := decodeSecret(secret)
	if err != nil || len(raw) != secretSize {
		return s.BeginTOTP(ctx, by)
	}
	p, err := s.Profile(ctx, by)
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{secretText(raw), enrolment(p.Account.Login, raw)}, nil
}

// ConfirmTOTP keeps the secret once its first code was typed right; from then on the account signs in with codes.
func (s *Service) ConfirmTOTP(ctx context.Context, by actor.Actor, secret, code string) error {
	raw, err := decodeSecret(secret)
	if err != nil || len(raw) != secretSize {
		return fault.New(fault.Invalid, "account.totp_wrong").Field("code", "account.totp_again")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		step, ok := totpFits(raw, code, tx.Now, 0)
		if !ok {
			return fault.New(fault.Invalid, "account.totp_wrong").Field("code", "account.totp_again")
		}
		sealed, err := s.needs.Keys.Seal(raw, aad(by.Account, "totp"))
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE account_account SET totp = $1, totp_step = $2 WHERE id = $3 AND totp IS NULL`, sealed, step, by.Account)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "account.totp_there")
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "account.totp_set", Actor: by.Name(), Object: "account:" + by.Account, Basis: "双因素登录"})
	})
	s.Forget()
	return err
}
