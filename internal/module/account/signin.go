package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Credentials are what somebody signs in with.
type Credentials struct {
	Login    string
	Password string
	Code     string // of the second factor, when the account has one
	Address  string // network address, for the log
}

// SignedIn is a successful sign-in.
type SignedIn struct {
	Account Account
	Name    string // masked
	Subject string
	// Enrol asks the person to set up a second factor before anything else.
	Enrol bool
}

type accountRow struct {
	ID          string
	Login       string
	Kind        Use
	SubjectID   string
	Password    string
	State       string
	Failures    int
	LockedUntil time.Time
	Totp        []byte
	TotpStep    int64
	CreatedAt   time.Time
}

func (r accountRow) account() Account {
	return Account{ID: r.ID, Login: r.Login, Use: r.Kind, SubjectID: r.SubjectID, State: r.State, Failures: r.Failures,
		LockedUntil: r.LockedUntil, CreatedAt: r.CreatedAt, TOTP: len(r.Totp) > 0}
}

const selectAccount = `SELECT id, login, kind, subject_id, password, state, failures, locked_until, totp, totp_step, created_at FROM account_account WHERE `

// SignIn checks credentials. Unknown name and wrong password are the same fault.Unauthenticated "account.wrong" after the same work; a
// locked account is fault.TooMany "account.locked"; a missing or wrong second factor fault.Unauthenticated "account.totp_required".
func (s *Service) SignIn(ctx context.Context, c Credentials) (SignedIn, error) {
	row, err := s.byLogin(ctx, c.Login)
	known := err == nil
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return SignedIn{}, err
	}
	stored := nobody
	if known {
		stored = row.Password
	}
	fits := false
	if err := s.hashing.do(ctx, func() { fits = passwordFits(stored, c.Password) }); err != nil {
		return SignedIn{}, err
	}
	if !known {
		return SignedIn{}, errWrong
	}
	var refused error
	var out SignedIn
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out, refused, err = s.decide(ctx, tx, row.ID, fits, c)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return out, refused
}

var (
	errWrong = fault.New(fault.Unauthenticated, "account.wrong")
	errTOTP  = fault.New(fault.Unauthenticated, "account.totp_required")
)

func (s *Service) byLogin(ctx context.Context, login string) (row accountRow, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err = db.One[accountRow](ctx, tx, selectAccount+`login = $1`, login)
		return err
	})
	return row, err
}

// decide reads the account again inside the transaction that counts, so that guesses at the same time are all counted. What it refuses is
// committed: a failure must not be rolled back.
func (s *Service) decide(ctx context.Context, tx *db.Tx, id string, fits bool, c Credentials) (out SignedIn, refused, err error) {
	row, err := db.One[accountRow](ctx, tx, selectAccount+`id = $1`, id)
	if err != nil {
		return out, nil, err
	}
	locked := row.State == "locked" && (row.LockedUntil.IsZero() || row.LockedUntil.After(tx.Now))
	if locked {
		return out, fault.New(fault.TooMany, "account.locked", int(lockedFor/time.Minute)), nil
	}
	if !fits {
		return out, errWrong, s.fail(ctx, tx, row, c, "password")
	}
	if len(row.Totp) > 0 {
		secret, err := s.needs.Keys.Open(row.Totp, aad(row.ID, "totp"))
		if err != nil {
			return out, nil, err
		}
		if c.Code == "" {
			return out, errTOTP, nil
		}
		step, ok := totpFits(secret, c.Code, tx.Now, row.TotpStep)
		if !ok {
			return out, errTOTP, s.fail(ctx, tx, row, c, "second factor")
		}
		row.TotpStep = step
	}
	_, err = tx.Exec(ctx, `UPDATE account_account SET failures = 0, state = 'active', locked_until = NULL, totp_step = $1 WHERE id = $2`, row.TotpStep, row.ID)
	if err != nil {
		return out, nil, err
	}
	sub, err := s.Subject(ctx, tx, row.SubjectID)
	if err != nil {
		return out, nil, err
	}
	out = SignedIn{Account: row.account(), Name: sub.Name, Subject: sub.ID, Enrol: row.Kind == Administrator && len(row.Totp) == 0}
	return out, nil, s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "account.signed_in", Actor: row.ID, Object: "account:" + row.ID, Basis: "登录",
		Data: map[string]string{"address": c.Address}})
}

func (s *Service) fail(ctx context.Context, tx *db.Tx, row accountRow, c Credentials, what string) error {
	failures, state, until := row.Failures+1, "active", time.Time{}
	if failures >= maxFailures {
		failures, state, until = 0, "locked", tx.Now.Add(lockedFor)
	}
	_, err := tx.Exec(ctx, `UPDATE account_account SET failures = $1, state = $2, locked_until = $3 WHERE id = $4`, failures, state, until, row.ID)
	if err != nil {
		return err
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "account.sign_in_failed", Actor: row.ID, Object: "account:" + row.ID, Basis: "登录",
		Data: map[string]string{"address": c.Address, "what": what, "state": state}})
}

// hashToken is how tokens rest: whoever reads the table can't sign in.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewToken gives a bearer token for the API, good for twelve hours.
func (s *Service) NewToken(ctx context.Context, in SignedIn) (token string, expires time.Time, err error) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	token = "xy_" + base64.RawURLEncoding.EncodeToString(b)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		expires = tx.Now.Add(tokenLife)
		company, err := s.onlyCompany(ctx, tx, in.Account)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO account_token (hash, account_id, company_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			hashToken(token), in.Account.ID, company, tx.Now, expires)
		return err
	})
	return token, expires, err
}

// EndToken makes a token worthless at once.
func (s *Service) EndToken(ctx context.Context, token string) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM account_token WHERE hash = $1`, hashToken(token))
		return err
	})
	s.Forget()
	return err
}

// SweepTokens deletes tokens that have expired.
func (s *Service) SweepTokens(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM account_token WHERE expires_at < $1`, tx.Now)
		return err
	})
}

// ByToken returns who a bearer token stands for: fault.Unauthenticated "account.token_expired" for an unknown or expired one.
func (s *Service) ByToken(ctx context.Context, token string) (actor.Actor, error) {
	hash := hashToken(token)
	if a, ok := s.remembered(actorKey{token: hash}); ok {
		return a, nil
	}
	var out actor.Actor
	err := s.db.View(ctx, func(tx *db.Tx) error {
		type tokenRow struct{ AccountID, CompanyID string }
		t, err := db.One[tokenRow](ctx, tx, `SELECT account_id, company_id FROM account_token WHERE hash = $1 AND expires_at > $2`, hash, tx.Now)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.Unauthenticated, "account.token_expired")
		}
		if err != nil {
			return err
		}
		out, err = s.actor(ctx, tx, t.AccountID, t.CompanyID)
		return err
	})
	if err == nil {
		s.remember(actorKey{token: hash}, out)
	}
	return out, err
}

// ActorOf returns who an account is now, acting for a company of its own when one is named. fault.Unauthenticated when the account was locked.
func (s *Service) ActorOf(ctx context.Context, accountID, companyID string) (actor.Actor, error) {
	key := actorKey{account: accountID, company: companyID}
	if a, ok := s.remembered(key); ok {
		return a, nil
	}
	var out actor.Actor
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		out, err = s.actor(ctx, tx, accountID, companyID)
		return err
	})
	if err == nil {
		s.remember(key, out)
	}
	return out, err
}

func (s *Service) actor(ctx context.Context, tx *db.Tx, accountID, companyID string) (actor.Actor, error) {
	type row struct {
		accountRow
		Level  int
		Region string
	}
	r, err := db.One[row](ctx, tx, `SELECT a.id, a.login, a.kind, a.subject_id, a.state, a.locked_until, a.totp, s.level, s.region
FROM account_account a JOIN account_subject s ON s.id = a.subject_id WHERE a.id = $1`, accountID)
	if errors.Is(err, db.ErrNotFound) || err == nil && r.State == "locked" && (r.LockedUntil.IsZero() || r.LockedUntil.After(tx.Now)) {
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
	if r.Kind == Administrator && len(r.Totp) == 0 && !s.needs.Demo {
		return a, nil // without a second factor an administrator has no duties, only the page to set it up
	}
	h, ok, err := s.needs.Posts.Holding(ctx, tx, r.ID)
	if err != nil || !ok {
		return a, err
	}
	a.Duties, a.Office, a.OfficePath, a.Region = h.Duties, h.Office, h.OfficePath, h.Region
	a.Post = h.OfficeName
	return a, nil
}
