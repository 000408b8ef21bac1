package workflow

import (
	"context"

	"xiangyun/internal/platform/db"
)

const taskColumns = `t.id, t.subject, t.node, t.name, t.action, t.role, t.office_id, t.office_path, t.office_name, t.title, t.number, t.due_on, t.opened_at, t.token_id`

const selectTask = `SELECT ` + taskColumns + `, ` + standingColumns + ` FROM workflow_task t `

// Open returns the open tasks of a subject, oldest first.
func (s *Service) Open(ctx context.Context, tx *db.Tx, subject string) ([]OpenTask, error) {
	return db.All[OpenTask](ctx, tx, selectTask+`WHERE subject = $1 AND state = 'open' ORDER BY id LIMIT 50`, subject)
}

// Done returns the tasks of a subject that were done, in order.
func (s *Service) Done(ctx context.Context, tx *db.Tx, subject string) ([]DoneTask, error) {
	return db.All[DoneTask](ctx, tx, `SELECT name, office_name, office_path, opened_at, done_at, done_post, outcome, comment FROM workflow_task
WHERE subject = $1 AND state = 'done' ORDER BY done_at, id LIMIT 200`, subject)
}

// Cancel ends a subject's process and all it called: nothing more is to be done.
func (s *Service) Cancel(ctx context.Context, tx *db.Tx, subject string) error {
	// The instance comes first: a timer that moves it at this moment is waited for, and what it opened is seen by what follows.
	const end = `UPDATE workflow_instance SET state = 'cancelled', ended_at = $1, version = version + 1 WHERE state = 'running' AND `
	for _, text := range []string{end + `subject = $2`, end + `topic = $2`, `UPDATE workflow_task SET state = 'cancelled', done_at = $1 WHERE subject = $2 AND state = 'open'`} {
		if err := tx.Later(ctx, text, tx.Now, subject); err != nil {
			return err
		}
	}
	if err := dropSides(ctx, tx, subject); err != nil {
		return err
	}
	const whose = `instance_id IN (SELECT id FROM workflow_instance WHERE subject = $1 OR topic = $2)`
	for _, text := range []string{`DELETE FROM workflow_timer WHERE ` + whose, `DELETE FROM workflow_wait WHERE ` + whose, `DELETE FROM workflow_service WHERE ` + whose} {
		if err := tx.Later(ctx, text, subject, subject); err != nil {
			return err
		}
	}
	return tx.Later(ctx, `UPDATE workflow_incident SET closed_at = $1 WHERE closed_at IS NULL AND instance_id IN (SELECT id FROM workflow_instance
WHERE subject = $2 OR topic = $3)`, tx.Now, subject, subject)
}
