package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// CompanyRegistration is what a legal representative gives to bring a company in.
type CompanyRegistration struct {
	Name    string
	Number  string // 统一社会信用代码
	Address string
	Region  string // 12 digits; may be empty
}

func (r CompanyRegistration) check() error {
	f := fault.New(fault.Invalid, "account.bad_company")
	if n := len([]rune(r.Name)); n < 4 || n > 100 {
		f.Field("name", "account.company_name_missing")
	}
	if _, err := uscc.Parse(r.Number); err != nil {
		f.Field("number", numberFault(Company, err))
	}
	return f.OrNil()
}

// RegisterCompany brings a company in and makes by, its legal representative in the register of companies, its first manager. It returns the
// company's subject id. Somebody whose name was not checked is fault.Forbidden "account.level_low"; a company that has a representative
// here already is fault.Conflict "account.company_taken".
func (s *Service) RegisterCompany(ctx context.Context, by actor.Actor, r CompanyRegistration) (id string, err error) {
	r.Name, r.Number, r.Address = strings.TrimSpace(r.Name), strings.TrimSpace(r.Number), strings.TrimSpace(r.Address)
	if by.Kind != actor.Person || by.Level < 2 {
		return "", fault.New(fault.Forbidden, "account.level_low")
	}
	if err := r.check(); err != nil {
		return "", err
	}
	if s.needs.Companies == nil {
		return "", fault.New(fault.Busy, "account.register_unreachable")
	}
	me, err := s.Profile(ctx, by)
	if err != nil {
		return "", err
	}
	// Outside the transaction: the register is another system.
	fits, err := s.needs.Companies.Represents(ctx, r.Name, r.Number, me.Subject.Name)
	if err != nil {
		return "", fault.New(fault.Busy, "account.register_unreachable").Because(err)
	}
	if !fits {
		return "", fault.New(fault.Invalid, "account.bad_company").Field("name", "account.not_representative")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		company, _, err := s.put(ctx, tx, NewSubject{Kind: Company, Name: r.Name, Number: r.Number, Representative: me.Subject.Name, Address: r.Address,
			Level: 2, Region: r.Region})
		if err != nil {
			return err
		}
		taken, err := db.One[int](ctx, tx, `SELECT count(*) FROM account_agent WHERE company_id = $1 AND role IN ('representative', 'manager')
AND (until_at IS NULL OR until_at > $2)`, company, tx.Now)
		if err != nil {
			return err
		}
		if taken > 0 {
			return fault.New(fault.Conflict, "account.company_taken")
		}
		id = company
		if err := s.addAgent(ctx, tx, by, company, by.Subject, RoleRepresentative); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "company.registered", Actor: by.Name(), Subject: company, Object: "subject:" + company,
			Basis: "法人注册", Data: map[string]int{"level": 2}})
	})
	return id, err
}

// Phone returns a subject's mobile number in clear, "" when it has none: for sending messages, never for showing.
func (s *Service) Phone(ctx context.Context, tx *db.Tx, subject string) (string, error) {
	return s.value(ctx, tx, subject, "phone")
}

// Name returns a subject's name in clear, for documents addressed to it.
func (s *Service) Name(ctx context.Context, tx *db.Tx, subject string) (string, error) {
	return s.value(ctx, tx, subject, "name")
}

// value opens one sealed column of a subject; the column is never what somebody sent.
func (s *Service) value(ctx context.Context, tx *db.Tx, subject, column string) (string, error) {
	sealed, err := db.One[[]byte](ctx, tx, `SELECT `+column+` FROM account_subject WHERE id = $1`, subject)
	if errors.Is(err, db.ErrNotFound) {
		return "", fault.New(fault.NotFound, "account.no_subject")
	}
	if err != nil || len(sealed) == 0 {
		return "", err
	}
	plain, err := s.needs.Keys.Open(sealed, aad(subject, column))
	if err != nil {
		return "", fmt.Errorf("opening %s of a subject: %w", column, err)
	}
	return string(plain), nil
}
