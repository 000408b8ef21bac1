package account

import (
	"context"
	"errors"
	"time"

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
	Account  Account
	Name     string // masked, for the frame of pages others may see
	FullName string // in clear, for the person itself
	Subject  string
	Session  Session
	// Enrol asks the person to set up a second factor before anything else.
	Enrol bool
	// Renew asks the person to replace a password that somebody else chose.
	Renew bool
}

// Session is what a signed-in browser stands for: kept by the edge, turned into an actor by [Service.ActorOf].
type Session struct {
	Account string
	Company string // acting for it; "" for oneself
	Epoch   int64  // of the account when it signed in: a later one ends the session
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
	Epoch       int64
	MustChange  bool
	CreatedAt   time.Time
}

// locked tells whether the account is kept out at this time.
func (r accountRow) locked(now time.Time) bool {
	return r.State == "locked" && (r.LockedUntil.IsZero() || r.LockedUntil.After(now))
}

// shut tells whether an administrator locked the account, which ends what it is signed in with. Wrong guesses only keep it from signing in: else
// any stranger could throw people out of what they are doing.
func (r accountRow) shut() bool { return r.State == "locked" && r.LockedUntil.IsZero() }

// enrols tells whether an administrator must set up a second factor before anything else; the demo's may do it later.
func (s *Service) enrols(r accountRow) bool {
	return r.Kind == Administrator && len(r.Totp) == 0 && !s.needs.Demo
}

func (r accountRow) account() Account {
	return Account{ID: r.ID, Login: r.Login, Use: r.Kind, SubjectID: r.SubjectID, State: r.State, Failures: r.Failures,
		LockedUntil: r.LockedUntil, CreatedAt: r.CreatedAt, TOTP: len(r.Totp) > 0}
}

const selectAccount = `SELECT id, login, kind, subject_id, password, state, failures, locked_until, totp, totp_step, epoch, must_change, created_at FROM account_account WHERE `

// SignIn checks credentials. Unknown name and wrong password are the same fault.Unauthenticated "account.wrong" after the same work; a
// locked account, and a name nobody has after as many guesses, is fault.TooMany "account.locked"; a missing or wrong second factor fault.Unauthenticated "account.totp_required".
func (s *Service) SignIn(ctx context.Context, c Credentials) (SignedIn, error) {
	row, now, err := s.byLogin(ctx, c.Login)
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
		return SignedIn{}, s.strangers.fail(c.Login, now)
	}
	var refused error
	var out SignedIn
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out, refused, err = s.decide(ctx, tx, row, fits, c)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return out, refused
}

// What somebody who is not let in is told, as values that can be compared.
var (
	errWrong  error = fault.New(fault.Unauthenticated, "account.wrong")
	errTOTP   error = fault.New(fault.Unauthenticated, "account.totp_required")
	errLocked error = fault.New(fault.TooMany, "account.locked", int(lockedFor/time.Minute))
)

func (s *Service) byLogin(ctx context.Context, login string) (row accountRow, now time.Time, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		now = tx.Now
		row, err = db.One[accountRow](ctx, tx, selectAccount+`login = $1`, login)
		return err
	})
	return row, now, err
}

// decide reads the account again inside the transaction that counts. What it refuses is committed: a failure must not be rolled back. Guesses
// at the same time are all counted, and one code of the second factor lets one in, because each write compares what it read.
func (s *Service) decide(ctx context.Context, tx *db.Tx, seen accountRow, fits bool, c Credentials) (out SignedIn, refused, err error) {
	row, err := db.One[accountRow](ctx, tx, selectAccount+`id = $1`, seen.ID)
	if err != nil {
		return out, nil, err
	}
	if row.locked(tx.Now) {
		return out, errLocked, nil
	}
	if !fits || row.Password != seen.Password {
		refused, err = s.fail(ctx, tx, row.ID, c, "password")
		return out, refused, err
	}
	step := row.TotpStep
	if len(row.Totp) > 0 {
		secret, err := s.needs.Keys.Open(row.Totp, aad(row.ID, "totp"))
		if err != nil {
			return out, nil, err
		}
		if c.Code == "" {
			return out, errTOTP, nil
		}
		next, ok := totpFits(secret, c.Code, tx.Now, row.TotpStep)
		if !ok {
			refused, err := s.fail(ctx, tx, row.ID, c, "second factor")
			if refused == errWrong {
				refused = errTOTP
			}
			return out, refused, err
		}
		step = next
	}
	n, err := tx.Exec(ctx, `UPDATE account_account SET failures = 0, state = 'active', locked_until = NULL, totp_step = $1
WHERE id = $2 AND totp_step = $3 AND (state = 'active' OR locked_until <= $4)`, step, row.ID, row.TotpStep, tx.Now)
	if err != nil {
		return out, nil, err
	}
	if n == 0 && len(row.Totp) > 0 {
		return out, errTOTP, nil // the same code was used a moment ago
	}
	if n == 0 {
		return out, errLocked, nil
	}
	sub, err := s.open(ctx, tx, row.SubjectID)
	if err != nil {
		return out, nil, err
	}
	out = SignedIn{Account: row.account(), Name: MaskName(sub.Name), FullName: sub.Name, Subject: sub.ID, Session: Session{Account: row.ID, Epoch: row.Epoch},
		Enrol: s.enrols(row), Renew: row.MustChange}
	return out, nil, s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "account.signed_in", Actor: row.ID, Object: "account:" + row.ID, Basis: "登录",
		Data: map[string]string{"address": c.Address}})
}

// fail counts one wrong guess and locks the account at the fifth. It returns what the person is told.
func (s *Service) fail(ctx context.Context, tx *db.Tx, id string, c Credentials, what string) (refused, err error) {
	failures, err := db.One[int](ctx, tx, `UPDATE account_account SET failures = failures + 1, state = 'active', locked_until = NULL
WHERE id = $1 AND (state = 'active' OR locked_until <= $2) RETURNING failures`, id, tx.Now)
	if errors.Is(err, db.ErrNotFound) {
		return errLocked, nil // locked a moment ago
	}
	if err != nil {
		return nil, err
	}
	state := "active"
	if failures >= maxFailures {
		state = "locked"
		err := tx.Later(ctx, `UPDATE account_account SET failures = 0, state = 'locked', locked_until = $1 WHERE id = $2`, tx.Now.Add(lockedFor), id)
		if err != nil {
			return nil, err
		}
	}
	return errWrong, s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "account.sign_in_failed", Actor: id, Object: "account:" + id, Basis: "登录",
		Data: map[string]string{"address": c.Address, "what": what, "state": state}})
}
