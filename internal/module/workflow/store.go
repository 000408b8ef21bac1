package workflow

import (
	"context"
	"sort"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

const taskColumns = `t.id, t.subject, t.node, t.name, t.action, t.role, t.office_id, t.office_path, t.office_name, t.title, t.number, t.due_on, t.opened_at, t.token_id`

const selectTask = `SELECT ` + taskColumns + ` FROM workflow_task t `

// Open returns the open tasks of a subject, oldest first.
func (s *Service) Open(ctx context.Context, tx *db.Tx, subject string) ([]OpenTask, error) {
	return db.All[OpenTask](ctx, tx, selectTask+`WHERE subject = $1 AND state = 'open' ORDER BY id LIMIT 50`, subject)
}

// Done returns the tasks of a subject that were done, in order.
func (s *Service) Done(ctx context.Context, tx *db.Tx, subject string) ([]DoneTask, error) {
	return db.All[DoneTask](ctx, tx, `SELECT name, office_name, office_path, opened_at, done_at, done_post, outcome, comment FROM workflow_task
WHERE subject = $1 AND state = 'done' ORDER BY done_at, id LIMIT 200`, subject)
}

// Touched tells whether an office a duty of by reaches has or had a task of the subject.
func (s *Service) Touched(ctx context.Context, tx *db.Tx, by actor.Actor, subject string) (bool, error) {
	paths, err := db.All[string](ctx, tx, `SELECT DISTINCT office_path FROM workflow_task WHERE subject = $1`, subject)
	if err != nil {
		return false, err
	}
	for _, p := range paths {
		for _, d := range by.Duties {
			if len(p) >= len(d.OfficePath) && p[:len(d.OfficePath)] == d.OfficePath {
				return true, nil
			}
		}
	}
	return false, nil
}

// After is where a page of an inbox begins: behind this due date and task.
type After struct{ DueOn, ID string }

// Inbox returns the open tasks of by's posts, the most urgent first. Each post is one range of one index, so the cost does not grow with
// what others have to do.
func (s *Service) Inbox(ctx context.Context, tx *db.Tx, by actor.Actor, after After, limit int) ([]OpenTask, error) {
	var out []OpenTask
	seen := map[[2]string]bool{}
	for _, d := range by.Duties {
		post := [2]string{d.OfficePath, d.Role}
		if seen[post] {
			continue
		}
		seen[post] = true
		rows, err := db.All[OpenTask](ctx, tx, selectTask+`WHERE office_path = $1 AND role = $2 AND state = 'open' AND (due_on, id) > ($3, $4)
ORDER BY due_on, id LIMIT $5`, d.OfficePath, d.Role, after.DueOn, after.ID, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].DueOn != out[j].DueOn {
			return out[i].DueOn < out[j].DueOn
		}
		return out[i].ID < out[j].ID
	})
	if len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}

// Reschedule gives the open tasks of a subject, and those that timers and messages will open, a new due date; empty means none while the clock
// stands.
func (s *Service) Reschedule(ctx context.Context, tx *db.Tx, subject, dueOn string) error {
	err := tx.Later(ctx, `UPDATE workflow_instance SET due_on = $1 WHERE (subject = $2 OR topic = $3) AND state = 'running'`, dueOn, subject, subject)
	if err != nil {
		return err
	}
	if dueOn == "" {
		dueOn = noDue
	}
	return tx.Later(ctx, `UPDATE workflow_task SET due_on = $1 WHERE subject = $2 AND state = 'open'`, dueOn, subject)
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
	const whose = `instance_id IN (SELECT id FROM workflow_instance WHERE subject = $1 OR topic = $2)`
	for _, text := range []string{`DELETE FROM workflow_timer WHERE ` + whose, `DELETE FROM workflow_wait WHERE ` + whose, `DELETE FROM workflow_service WHERE ` + whose} {
		if err := tx.Later(ctx, text, subject, subject); err != nil {
			return err
		}
	}
	return tx.Later(ctx, `UPDATE workflow_incident SET closed_at = $1 WHERE closed_at IS NULL AND instance_id IN (SELECT id FROM workflow_instance
WHERE subject = $2 OR topic = $3)`, tx.Now, subject, subject)
}
