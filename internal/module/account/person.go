package account

import (
	"context"
	"errors"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// PersonOf returns the id and the name of the person behind an account that is not shut, for colleagues: no number, no phone. fault.NotFound
// "account.no_account".
func (s *Service) PersonOf(ctx context.Context, tx *db.Tx, accountID string) (subject, name string, err error) {
	row, err := db.One[accountRow](ctx, tx, `SELECT id, login, kind, subject_id, state, locked_until FROM account_account WHERE id = $1`, accountID)
	if errors.Is(err, db.ErrNotFound) || err == nil && row.shut() {
		return "", "", fault.New(fault.NotFound, "account.no_account")
	}
	if err != nil {
		return "", "", err
	}
	name, err = s.Name(ctx, tx, row.SubjectID)
	return row.SubjectID, name, err
}

// AgentsOf lists who may act for a company now, names masked, for a use case that asked already who may know. ID is the person's subject.
func (s *Service) AgentsOf(ctx context.Context, tx *db.Tx, companyID string) ([]Agent, error) {
	ids, err := db.All[string](ctx, tx, `SELECT person_id FROM account_agent WHERE company_id = $1 AND from_at <= $2 AND (until_at IS NULL OR until_at > $3)
ORDER BY id LIMIT 200`, companyID, tx.Now, tx.Now)
	if err != nil {
		return nil, err
	}
	out := make([]Agent, 0, len(ids))
	for _, id := range ids {
		name, err := s.Name(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, Agent{ID: id, Name: MaskName(name)})
	}
	return out, nil
}

// CitizenAccounts lists the ids of the accounts a person signs in with for himself and his companies, not those he holds in office, for a use case that
// asked already who may know.
func (s *Service) CitizenAccounts(ctx context.Context, tx *db.Tx, subject string) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT id FROM account_account WHERE subject_id = $1 AND kind = $2 ORDER BY id`, subject, string(Citizen))
}
