package account

import (
	"context"
	"errors"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// ChangePassword replaces by's own password and ends all its other sessions and tokens; the session it returns goes on. A wrong old password
// counts as a failed sign-in.
func (s *Service) ChangePassword(ctx context.Context, by actor.Actor, old, fresh string) (Session, error) {
	row, err := s.own(ctx, by)
	if err != nil {
		return Session{}, err
	}
	if key := checkPassword(fresh, row.Login); key != "" {
		return Session{}, fault.New(fault.Invalid, "account.bad_password").Field("fresh", key)
	}
	if old == fresh {
		return Session{}, fault.New(fault.Invalid, "account.bad_password").Field("fresh", "account.password_same")
	}
	var fits bool
	var hash string
	if err := s.hashing.do(ctx, func() {
		if fits = passwordFits(row.Password, old); fits {
			hash = hashPassword(fresh)
		}
	}); err != nil {
		return Session{}, err
	}
	var refused error
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if !fits {
			refused, err = s.fail(ctx, tx, row.ID, Credentials{}, "old password")
			if refused == errWrong {
				refused = fault.New(fault.Invalid, "account.bad_password").Field("old", "account.old_wrong")
			}
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE account_account SET password = $1, must_change = $2, epoch = epoch + 1, failures = 0 WHERE id = $3 AND password = $4`,
			hash, false, row.ID, row.Password)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "account.moved_on")
		}
		return s.ended(ctx, tx, by, row.ID, "account.password_changed", "本人修改密码")
	})
	s.Forget()
	if err == nil {
		err = refused
	}
	return Session{Account: row.ID, Company: by.Company, Epoch: row.Epoch + 1}, err
}

// EndSessions ends all of by's sessions and tokens, on every device; the session it returns goes on.
func (s *Service) EndSessions(ctx context.Context, by actor.Actor) (Session, error) {
	out := Session{Account: by.Account, Company: by.Company}
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		out.Epoch, err = db.One[int64](ctx, tx, `UPDATE account_account SET epoch = epoch + 1 WHERE id = $1 RETURNING epoch`, by.Account)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.Unauthenticated, "account.token_expired")
		}
		if err != nil {
			return err
		}
		return s.ended(ctx, tx, by, by.Account, "account.sessions_ended", "本人退出全部登录")
	})
	s.Forget()
	return out, err
}

// ended deletes an account's tokens and writes the leaf.
func (s *Service) ended(ctx context.Context, tx *db.Tx, by actor.Actor, id, kind, basis string) error {
	if err := tx.Later(ctx, `DELETE FROM account_token WHERE account_id = $1`, id); err != nil {
		return err
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "account:" + id, Basis: basis})
}

func (s *Service) own(ctx context.Context, by actor.Actor) (row accountRow, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err = db.One[accountRow](ctx, tx, selectAccount+`id = $1`, by.Account)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.Unauthenticated, "account.token_expired")
		}
		return err
	})
	return row, err
}

// Reset gives an account a password that its owner must replace, unlocks it and ends its sessions. The password is returned once and kept by
// nobody. An administrator's second factor is taken off with it, to be set up anew.
func (s *Service) Reset(ctx context.Context, by actor.Actor, id string) (password string, err error) {
	if err := s.needs.Rights.Check(by, ActManage, actor.Target{}); err != nil {
		return "", err
	}
	if id == by.Account {
		return "", fault.New(fault.Conflict, "account.own")
	}
	password = newPassword()
	var hash string
	if err := s.hashing.do(ctx, func() { hash = hashPassword(password) }); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE account_account SET password = $1, must_change = $2, epoch = epoch + 1, failures = 0, state = 'active', locked_until = NULL,
totp = NULL, totp_step = 0 WHERE id = $3`, hash, true, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "account.no_account")
		}
		return s.ended(ctx, tx, by, id, "account.reset", "账号管理")
	})
	s.Forget()
	return password, err
}
