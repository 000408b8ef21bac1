package job

import (
	"context"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Row is a job as an administrator sees it.
type Row struct {
	ID          string
	Kind        string
	State       string
	Attempt     int
	MaxAttempts int
	DueAt       time.Time
	CreatedAt   time.Time
	FinishedAt  time.Time
	Errors      db.JSON[[]Failure]
}

// Count is how many jobs of a kind are in a state.
type Count struct {
	Kind  string
	State string
	Jobs  int
}

// Counts counts waiting, running, discarded and cancelled jobs by kind; completed ones are not counted, there may be millions.
func (q *Queue) Counts(ctx context.Context, tx *db.Tx) ([]Count, error) {
	return db.All[Count](ctx, tx, `SELECT kind, state, count(*) AS jobs FROM job_job WHERE state IN ('available', 'running', 'discarded', 'cancelled') GROUP BY kind, state ORDER BY kind, state`)
}

// List returns jobs of a state, newest first, those before the key `before` when it is not empty.
func (q *Queue) List(ctx context.Context, tx *db.Tx, state, before string, limit int) ([]Row, error) {
	if before == "" {
		before = "g" // after every hexadecimal key
	}
	return db.All[Row](ctx, tx, `SELECT id, kind, state, attempt, max_attempts, due_at, created_at, finished_at, errors FROM job_job
WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, state, before, limit)
}

// Retry makes a discarded or cancelled job available again, with a fresh count of attempts. fault.NotFound when there is none, fault.Conflict
// "job.again_already" when another of the same key waits or runs: that one does the work.
func (q *Queue) Retry(ctx context.Context, tx *db.Tx, id string) error {
	n, err := tx.Exec(ctx, `UPDATE job_job SET state = 'available', attempt = 0, due_at = $1, finished_at = NULL WHERE id = $2 AND state IN ('discarded', 'cancelled')`, tx.Now, id)
	if db.IsUnique(err) {
		return fault.New(fault.Conflict, "job.again_already").Because(err)
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "job.not_stopped")
	}
	q.nudge()
	return nil
}
