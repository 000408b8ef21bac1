package account

import (
	"context"
	"errors"
	"time"

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

// mayActFor refuses everybody but the company's agents and the ward's guardians.
func (s *Service) mayActFor(ctx context.Context, tx *db.Tx, person, company string) error {
	_, err := db.One[string](ctx, tx, `SELECT id FROM account_agent WHERE company_id = $1 AND person_id = $2 AND from_at <= $3
AND (until_at IS NULL OR until_at > $4)`, company, person, tx.Now, tx.Now)
	if !errors.Is(err, db.ErrNotFound) {
		return err
	}
	guards, err := s.guards(ctx, tx, person, company)
	if err == nil && !guards {
		err = fault.New(fault.Forbidden, "account.not_agent")
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
// changes nothing; somebody whose time ended may act again.
func (s *Service) AddAgent(ctx context.Context, by actor.Actor, companyID, personID, role string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.mayManage(ctx, tx, by, companyID); err != nil {
			return err
		}
		return s.addAgent(ctx, tx, by, companyID, personID, role)
	})
}

// mayManage refuses everybody but a company's representatives and managers, and the program.
func (s *Service) mayManage(ctx context.Context, tx *db.Tx, by actor.Actor, companyID string) error {
	if by.Kind == actor.System {
		return nil
	}
	own, err := s.RoleIn(ctx, tx, companyID, by.Subject)
	if err == nil && own != RoleRepresentative && own != RoleManager {
		return fault.New(fault.Forbidden, "account.not_manager")
	}
	return err
}

// RoleIn returns as what a person acts for a company now, "" for who does not.
func (s *Service) RoleIn(ctx context.Context, tx *db.Tx, companyID, personID string) (string, error) {
	role, err := db.One[string](ctx, tx, `SELECT role FROM account_agent WHERE company_id = $1 AND person_id = $2 AND from_at <= $3
AND (until_at IS NULL OR until_at > $4)`, companyID, personID, tx.Now, tx.Now)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return role, err
}

func (s *Service) addAgent(ctx context.Context, tx *db.Tx, by actor.Actor, companyID, personID, role string) error {
	n, err := tx.Exec(ctx, `INSERT INTO account_agent (id, company_id, person_id, role, from_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (company_id, person_id) DO UPDATE SET role = excluded.role, from_at = excluded.from_at, until_at = NULL
WHERE account_agent.until_at IS NOT NULL AND account_agent.until_at <= $6`, db.NewKey(), companyID, personID, role, tx.Now, tx.Now)
	if err != nil || n == 0 {
		return err
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "agent.added", Actor: by.Name(), Subject: companyID, Object: "subject:" + companyID,
		Basis: "法人授权经办", Data: map[string]string{"person": personID, "role": role}})
}

// The roles of those who act for a company.
const (
	RoleRepresentative = "representative" // 法定代表人
	RoleManager        = "manager"        // 管理员: may add and remove agents
	RoleAgent          = "agent"          // 经办人
)

// Agent is a person who may act for a company.
type Agent struct {
	ID   string
	Name string // masked
	Role string
	From time.Time
	Self bool // it is whoever asks
}

// Agents lists who may act for the company by acts for; for a ward there are none. fault.Forbidden "account.not_agent" for anybody else.
func (s *Service) Agents(ctx context.Context, by actor.Actor) (out []Agent, err error) {
	type row struct {
		ID, PersonID, Role string
		FromAt             time.Time
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := s.mayActFor(ctx, tx, by.Subject, by.Company); err != nil {
			return err
		}
		rows, err := db.All[row](ctx, tx, `SELECT id, person_id, role, from_at FROM account_agent WHERE company_id = $1 AND from_at <= $2
AND (until_at IS NULL OR until_at > $3) ORDER BY id LIMIT 200`, by.Company, tx.Now, tx.Now)
		if err != nil {
			return err
		}
		out = make([]Agent, 0, len(rows))
		for _, r := range rows {
			p, err := s.Subject(ctx, tx, r.PersonID)
			if err != nil {
				return err
			}
			out = append(out, Agent{r.ID, p.Name, r.Role, r.FromAt, r.PersonID == by.Subject})
		}
		return nil
	})
	return out, err
}

// Invite lets a registered person act for the company by acts for. Name and number must both fit: fault.Invalid "account.bad_subject".
func (s *Service) Invite(ctx context.Context, by actor.Actor, name, number, role string) error {
	if role != RoleManager && role != RoleAgent {
		return fault.New(fault.Invalid, "account.bad_subject").Field("role", "account.role_unknown")
	}
	normal, err := NewSubject{Kind: Person, Number: number}.normal()
	if err != nil {
		return fault.New(fault.Invalid, "account.bad_subject").Field("number", numberFault(Person, err))
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.mayManage(ctx, tx, by, by.Company); err != nil {
			return err
		}
		person, err := s.FindSubject(ctx, tx, Person, normal, name)
		if err != nil {
			return err
		}
		if person.ID == "" {
			return fault.New(fault.Invalid, "account.bad_subject").Field("name", "account.no_match")
		}
		return s.addAgent(ctx, tx, by, by.Company, person.ID, role)
	})
}

// EndAgent ends an agent's right at once. A representative's ends only with the company's registration: fault.Conflict
// "account.representative_stays".
func (s *Service) EndAgent(ctx context.Context, by actor.Actor, id string) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.mayManage(ctx, tx, by, by.Company); err != nil {
			return err
		}
		type row struct{ PersonID, Role string }
		r, err := db.One[row](ctx, tx, `SELECT person_id, role FROM account_agent WHERE id = $1 AND company_id = $2 AND until_at IS NULL`, id, by.Company)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.NotFound, "account.no_agent")
		}
		if err != nil {
			return err
		}
		if r.Role == RoleRepresentative {
			return fault.New(fault.Conflict, "account.representative_stays")
		}
		if err := tx.Later(ctx, `UPDATE account_agent SET until_at = $1 WHERE id = $2`, tx.Now, id); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "agent.ended", Actor: by.Name(), Subject: by.Company, Object: "subject:" + by.Company,
			Basis: "法人授权经办", Data: map[string]string{"person": r.PersonID, "role": r.Role}})
	})
	s.Forget()
	return err
}
