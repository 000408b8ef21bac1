package account

import (
	"context"
	"errors"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Agency is a company a person may act for (经办).
type Agency struct {
	CompanyID string
	Name      string
	Code      string
	Role      string // representative, manager, agent
}

func (s *Service) mayActFor(ctx context.Context, tx *db.Tx, person, company string) error {
	_, err := db.One[string](ctx, tx, `SELECT id FROM account_agent WHERE company_id = $1 AND person_id = $2 AND from_at <= $3
AND (until_at IS NULL OR until_at > $4)`, company, person, tx.Now, tx.Now)
	if errors.Is(err, db.ErrNotFound) {
		return fault.New(fault.Forbidden, "account.not_agent")
	}
	return err
}

// Agencies lists the companies by may act for.
func (s *Service) Agencies(ctx context.Context, by actor.Actor) (out []Agency, err error) {
	type row struct{ CompanyID, Role string }
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[row](ctx, tx, `SELECT company_id, role FROM account_agent WHERE person_id = $1 AND from_at <= $2
AND (until_at IS NULL OR until_at > $3) ORDER BY company_id LIMIT 200`, by.Subject, tx.Now, tx.Now)
		if err != nil {
			return err
		}
		out = make([]Agency, 0, len(rows))
		for _, r := range rows {
			c, err := s.open(ctx, tx, r.CompanyID)
			if err != nil {
				return err
			}
			out = append(out, Agency{r.CompanyID, c.Name, c.Number, r.Role})
		}
		return nil
	})
	return out, err
}

// onlyCompany returns the company of an account that exists to act for one: its login acts for it from the start.
func (s *Service) onlyCompany(ctx context.Context, tx *db.Tx, a Account) (string, error) {
	if a.Use != Citizen {
		return "", nil
	}
	ids, err := db.All[string](ctx, tx, `SELECT company_id FROM account_agent WHERE person_id = $1 AND role = 'agent' AND from_at <= $2
AND (until_at IS NULL OR until_at > $3) ORDER BY company_id LIMIT 2`, a.SubjectID, tx.Now, tx.Now)
	if err != nil || len(ids) != 1 {
		return "", err
	}
	return ids[0], nil
}

// DefaultCompany returns the company a fresh session of the account acts for; "" for oneself.
func (s *Service) DefaultCompany(ctx context.Context, in SignedIn) (company string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		company, err = s.onlyCompany(ctx, tx, in.Account)
		return err
	})
	return company, err
}

// AddAgent lets a person act for a company. Only one of its representatives or managers may, or the program when it seeds. Adding again
// changes nothing.
func (s *Service) AddAgent(ctx context.Context, by actor.Actor, companyID, personID, role string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if by.Kind != actor.System {
			own, err := db.One[string](ctx, tx, `SELECT role FROM account_agent WHERE company_id = $1 AND person_id = $2 AND from_at <= $3
AND (until_at IS NULL OR until_at > $4)`, companyID, by.Subject, tx.Now, tx.Now)
			if errors.Is(err, db.ErrNotFound) || err == nil && own == "agent" {
				return fault.New(fault.Forbidden, "account.not_manager")
			}
			if err != nil {
				return err
			}
		}
		n, err := tx.Exec(ctx, `INSERT INTO account_agent (id, company_id, person_id, role, from_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (company_id, person_id) DO NOTHING`, db.NewKey(), companyID, personID, role, tx.Now)
		if err != nil || n == 0 {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "agent.added", Actor: by.Name(), Subject: companyID, Object: "subject:" + companyID,
			Basis: "法人授权经办", Data: map[string]string{"person": personID, "role": role}})
	})
}
