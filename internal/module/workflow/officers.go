package workflow

import (
	"context"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Officer returns who is behind an account; fault.NotFound "workflow.task_no_officer" for who holds no post now.
func (s *Service) Officer(ctx context.Context, tx *db.Tx, account string) (Officer, error) {
	if account == "" {
		return Officer{}, fault.New(fault.NotFound, "workflow.task_no_officer")
	}
	return s.tasks.needs.People.Officer(ctx, tx, account)
}

// Officers returns who holds a post at an office now, by account.
func (s *Service) Officers(ctx context.Context, tx *db.Tx, path string) ([]Officer, error) {
	return s.tasks.needs.People.At(ctx, tx, path)
}
