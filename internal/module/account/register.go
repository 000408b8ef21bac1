package account

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Registration is what a person gives to register.
type Registration struct {
	Login    string
	Password string
	Name     string
	Number   string
	Phone    string
	Region   string // 12 digits; may be empty
}

var (
	loginForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{3,39}$`)
	phoneForm = regexp.MustCompile(`^1[3-9]\d{9}$`)
)

func (r Registration) check() error {
	f := fault.New(fault.Invalid, "account.bad_registration")
	if !loginForm.MatchString(r.Login) {
		f.Field("login", "account.login_form")
	}
	if r.Password == "" {
		f.Field("password", "account.password_short")
	} else if key := checkPassword(r.Password, r.Login); key != "" {
		f.Field("password", key)
	}
	if n := len([]rune(r.Name)); n < 2 || n > 40 {
		f.Field("name", "account.name_missing")
	}
	if !phoneForm.MatchString(r.Phone) {
		f.Field("phone", "account.phone_form")
	}
	if _, err := personid.Parse(r.Number); err != nil {
		f.Field("number", numberFault(Person, err))
	}
	return f.OrNil()
}

// Register makes a person's account after the name was checked against the number (level 2). Somebody already registered under the number is
// fault.Conflict "account.number_taken", a taken login "account.login_taken". by is the stranger who registers.
func (s *Service) Register(ctx context.Context, by actor.Actor, r Registration) (Account, error) {
	r.Login, r.Name, r.Number = strings.ToLower(strings.TrimSpace(r.Login)), strings.TrimSpace(r.Name), strings.TrimSpace(r.Number)
	if err := r.check(); err != nil {
		return Account{}, err
	}
	if err := s.matches(ctx, r); err != nil {
		return Account{}, err
	}
	var hash string
	if err := s.hashing.do(ctx, func() { hash = hashPassword(r.Password) }); err != nil {
		return Account{}, err
	}
	var out Account
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if id, err := personid.Parse(r.Number); err != nil || id.Birth().After(civil.Of(tx.Now)) {
			return fault.New(fault.Invalid, "account.bad_registration").Field("number", "account.number_date")
		}
		subject, _, err := s.put(ctx, tx, NewSubject{Kind: Person, Name: r.Name, Number: r.Number, Phone: r.Phone, Level: 2, Region: r.Region})
		if err != nil {
			return err
		}
		taken, err := db.One[int](ctx, tx, `SELECT count(*) FROM account_account WHERE subject_id = $1 AND kind = 'citizen'`, subject)
		if err != nil {
			return err
		}
		if taken > 0 {
			return fault.New(fault.Conflict, "account.number_taken")
		}
		out, err = s.insert(ctx, tx, by, r.Login, Citizen, subject, hash)
		return err
	})
	return out, err
}

// matches asks the register outside any transaction: it is another system.
func (s *Service) matches(ctx context.Context, r Registration) error {
	ok, err := s.needs.RealName.Matches(ctx, r.Name, r.Number)
	if err != nil {
		return fault.New(fault.Busy, "account.register_unreachable").Because(err)
	}
	if !ok {
		return fault.New(fault.Invalid, "account.bad_registration").Field("name", "account.name_mismatch")
	}
	return nil
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, by actor.Actor, login string, use Use, subject, hash string) (Account, error) {
	a := Account{ID: db.NewKey(), Login: login, Use: use, SubjectID: subject, State: "active", CreatedAt: tx.Now}
	_, err := tx.Exec(ctx, `INSERT INTO account_account (id, login, kind, subject_id, password, state, failures, totp_step, created_at)
VALUES ($1, $2, $3, $4, $5, 'active', 0, 0, $6)`, a.ID, login, string(use), subject, hash, tx.Now)
	if db.IsUnique(err) {
		return a, fault.New(fault.Conflict, "account.login_taken")
	}
	if err != nil {
		return a, err
	}
	return a, s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "account.created", Actor: maker(by, a.ID), Office: by.OfficePath, Subject: subject, Object: "account:" + a.ID, Basis: "注册",
		Data: map[string]string{"use": string(use)}})
}

// maker is who made an account: somebody who registers makes its own.
func maker(by actor.Actor, own string) string {
	if by.Kind == actor.Nobody {
		return own
	}
	return by.Name()
}

// NewAccount is an account to be made by the program: seeds, and the first administrators.
type NewAccount struct {
	Login    string
	Password string
	Use      Use
	Subject  NewSubject
}

// Create makes an account and its subject where they lack, for seeds and `admin create`. An existing login is returned as it is.
func (s *Service) Create(ctx context.Context, by actor.Actor, p NewAccount) (Account, error) {
	if by.Kind != actor.System {
		return Account{}, fault.New(fault.Forbidden, "account.program_only")
	}
	row, _, err := s.byLogin(ctx, p.Login)
	if err == nil {
		return row.account(), nil
	}
	if !errors.Is(err, db.ErrNotFound) {
		return Account{}, err
	}
	if key := checkPassword(p.Password, p.Login); key != "" {
		return Account{}, fault.New(fault.Invalid, "account.bad_registration").Field("password", key)
	}
	hash := hashPassword(p.Password)
	var out Account
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		subject, _, err := s.put(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		out, err = s.insert(ctx, tx, by, p.Login, p.Use, subject, hash)
		return err
	})
	return out, err
}

// PutSubject writes a subject where its number is new, for seeds and registers, and returns its id.
func (s *Service) PutSubject(ctx context.Context, by actor.Actor, n NewSubject) (id string, err error) {
	if by.Kind != actor.System {
		return "", fault.New(fault.Forbidden, "account.program_only")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		id, _, err = s.put(ctx, tx, n)
		return err
	})
	return id, err
}
