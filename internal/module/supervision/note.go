package supervision

import (
	"context"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/db"
)

// Note writes down, in the transaction of a step, that a case has taken it. It costs one row; nothing is counted here, because the province's counter
// would be one row that every step waits for.
func (s *Service) Note(ctx context.Context, tx *db.Tx, m casefile.Moved) error {
	return tx.Later(ctx, `INSERT INTO supervision_change (id, case_id, action, staff, at) VALUES ($1, $2, $3, $4, $5)`,
		db.NewKey(), m.CaseID, string(m.Action), m.Staff, tx.Now)
}
