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
