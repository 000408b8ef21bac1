package account

import (
	"context"
	"crypto/rand"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// NewOfficer is an account for somebody at work, made by an administrator. Posts are given by another (三员分立).
type NewOfficer struct {
	Login         string
	Name          string
	Number        string
	Phone         string
	Administrator bool // one of the three: needs a second factor
}

// CreateOfficer makes an account for somebody at work after the name was checked against the number, and returns the password its owner must
// replace at the first sign-in.
func (s *Service) CreateOfficer(ctx context.Context, by actor.Actor, n NewOfficer) (out Account, password string, err error) {
	if err := s.needs.Rights.Check(by, ActManage, actor.Target{}); err != nil {
		return out, "", err
	}
	password = newPassword()
	r := Registration{Login: strings.ToLower(strings.TrimSpace(n.Login)), Password: password, Name: strings.TrimSpace(n.Name), Number: strings.TrimSpace(n.Number), Phone: strings.TrimSpace(n.Phone)}
	if err := r.check(); err != nil {
		return out, "", err
	}
	if by.Kind != actor.System { // the first administrators are made at the console, by who installs, before any register is connected
		if err := s.matches(ctx, r); err != nil {
			return out, "", err
		}
	}
	var hash string
	if err := s.hashing.do(ctx, func() { hash = hashPassword(password) }); err != nil {
		return out, "", err
	}
	use := Officer
	if n.Administrator {
		use = Administrator
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		subject, _, err := s.put(ctx, tx, NewSubject{Kind: Person, Name: r.Name, Number: r.Number, Phone: r.Phone, Level: 2})
		if err != nil {
			return err
		}
		if n.Administrator {
			there, err := db.One[int](ctx, tx, `SELECT count(*) FROM account_account WHERE subject_id = $1 AND kind = 'administrator'`, subject)
			if err != nil {
				return err
			}
			if there > 0 {
				return fault.New(fault.Conflict, "account.administrator_twice")
			}
		}
		if out, err = s.insert(ctx, tx, by, r.Login, use, subject, hash); err != nil {
			return err
		}
		return tx.Later(ctx, `UPDATE account_account SET must_change = $1 WHERE id = $2`, true, out.ID)
	})
	return out, password, err
}

// letters leaves out those people mix up when a password is read to them.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

func newPassword() string {
	b := make([]byte, 14)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	b[4], b[9] = '-', '-'
	return string(b)
}
