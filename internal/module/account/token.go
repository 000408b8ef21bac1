package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// hashToken is how tokens rest: whoever reads the table can't sign in.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewToken gives a bearer token for the API, good for twelve hours. It acts for the session's company, and where that is not named for the only
// company the account exists for.
func (s *Service) NewToken(ctx context.Context, in SignedIn) (token string, expires time.Time, err error) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	token = "xy_" + base64.RawURLEncoding.EncodeToString(b)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		expires = tx.Now.Add(tokenLife)
		company := in.Session.Company
		if company != "" {
			err = s.mayActFor(ctx, tx, in.Subject, company)
		} else {
			company, err = s.onlyCompany(ctx, tx, in.Account)
		}
		if err != nil {
			return err
		}
		return tx.Later(ctx, `INSERT INTO account_token (hash, account_id, company_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			hashToken(token), in.Account.ID, company, tx.Now, expires)
	})
	return token, expires, err
}

// EndToken makes a token worthless at once.
func (s *Service) EndToken(ctx context.Context, token string) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `DELETE FROM account_token WHERE hash = $1`, hashToken(token))
	})
	s.Forget()
	return err
}

// SweepTokens deletes tokens that have expired.
func (s *Service) SweepTokens(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `DELETE FROM account_token WHERE expires_at < $1`, tx.Now)
	})
}

// ByToken returns who a bearer token stands for: fault.Unauthenticated "account.token_expired" for an unknown or expired one.
func (s *Service) ByToken(ctx context.Context, token string) (actor.Actor, error) {
	hash := hashToken(token)
	return s.actorBy(ctx, actorKey{token: hash}, func(tx *db.Tx) (actor.Actor, error) {
		type tokenRow struct{ AccountID, CompanyID string }
		t, err := db.One[tokenRow](ctx, tx, `SELECT account_id, company_id FROM account_token WHERE hash = $1 AND expires_at > $2`, hash, tx.Now)
		if errors.Is(err, db.ErrNotFound) {
			return actor.Actor{}, fault.New(fault.Unauthenticated, "account.token_expired")
		}
		if err != nil {
			return actor.Actor{}, err
		}
		return s.actor(ctx, tx, t.AccountID, t.CompanyID, anyEpoch)
	})
}

// ActorOf returns who a session stands for now. fault.Unauthenticated "account.token_expired" when the account was locked, its password changed
// or all its sessions ended; fault.Forbidden "account.not_agent" when it may no longer act for the company.
func (s *Service) ActorOf(ctx context.Context, in Session) (actor.Actor, error) {
	return s.actorBy(ctx, actorKey{session: in}, func(tx *db.Tx) (actor.Actor, error) {
		return s.actor(ctx, tx, in.Account, in.Company, in.Epoch)
	})
}

// anyEpoch is for tokens, which are deleted when an account's sessions end.
const anyEpoch = -1

func (s *Service) actor(ctx context.Context, tx *db.Tx, accountID, companyID string, epoch int64) (actor.Actor, error) {
	type row struct {
		accountRow
		Level  int
		Region string
	}
	r, err := db.One[row](ctx, tx, `SELECT a.id, a.login, a.kind, a.subject_id, a.state, a.locked_until, a.totp, a.epoch, a.must_change, s.level, s.region
FROM account_account a JOIN account_subject s ON s.id = a.subject_id WHERE a.id = $1`, accountID)
	if errors.Is(err, db.ErrNotFound) || err == nil && (r.shut() || epoch != anyEpoch && epoch != r.Epoch) {
		return actor.Actor{}, fault.New(fault.Unauthenticated, "account.token_expired")
	}
	if err != nil {
		return actor.Actor{}, err
	}
	a := actor.Actor{Kind: actor.Person, Account: r.ID, Subject: r.SubjectID, Level: r.Level, Session: r.ID}
	if r.Region != "" {
		if a.Region, err = region.Parse(r.Region); err != nil {
			return a, err
		}
	}
	if r.Kind == Citizen {
		if companyID != "" {
			if err := s.mayActFor(ctx, tx, r.SubjectID, companyID); err != nil {
				return a, err
			}
			a.Company = companyID
		}
		return a, nil
	}
	a.Kind = actor.Officer
	if r.MustChange || s.enrols(r.accountRow) {
		return a, nil // without a password and a second factor of its own an account has no duties, only the pages to set them up
	}
	h, ok, err := s.needs.Posts.Holding(ctx, tx, r.ID)
	if err != nil || !ok {
		return a, err
	}
	a.Duties, a.Office, a.OfficePath, a.Region = h.Duties, h.Office, h.OfficePath, h.Region
	if r.Kind != Administrator {
		a.Duties = slices.DeleteFunc(slices.Clone(h.Duties), func(d actor.Duty) bool { return administrative[d.Role] })
	}
	a.Post = h.OfficeName
	return a, nil
}

// administrative are the roles that only an account with a second factor may use (三员).
var administrative = map[string]bool{"admin": true, "security": true, "auditor": true}
