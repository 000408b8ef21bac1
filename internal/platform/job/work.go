package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"xiangyun/internal/platform/db"
)

// idle is how long a node sleeps when nothing is due and nobody nudges: what another node inserted waits this long at most.
const idle = 250 * time.Millisecond

// claimed is a job this node holds a lease on.
type claimed struct {
	ID          string
	Kind        string
	Args        string
	Attempt     int
	MaxAttempts int
	Errors      db.JSON[[]Failure]
}

// Failure is one attempt that went wrong, kept in the job's row.
type Failure struct {
	At      time.Time `json:"at"`
	Attempt int       `json:"attempt"`
	Error   string    `json:"error"`
}

// Run claims and works until ctx ends, then lets what runs finish.
func (q *Queue) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { q.lead(ctx) })
	slots := make(chan struct{}, q.workers)
	for ctx.Err() == nil {
		n, err := q.claimAndStart(ctx, slots, &wg)
		if err != nil && ctx.Err() == nil {
			q.log.Error("claiming jobs", "error", err)
		}
		if n > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-q.hint:
			// The transaction that nudged commits within this moment, or the next idle round finds its job.
			pause(ctx, 2*time.Millisecond)
		case <-time.After(idle):
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// claimAndStart fills the free slots.
func (q *Queue) claimAndStart(ctx context.Context, slots chan struct{}, wg *sync.WaitGroup) (int, error) {
	free := cap(slots) - len(slots)
	if free == 0 {
		pause(ctx, time.Millisecond)
		return 1, nil
	}
	jobs, err := q.claim(ctx, free)
	for _, j := range jobs {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			q.work(context.WithoutCancel(ctx), j)
		})
	}
	return len(jobs), err
}

const lookSQL = `SELECT id FROM job_job WHERE finished_at IS NULL AND due_at <= $1 ORDER BY due_at, id LIMIT 1`

func claimSQL(lock string) string {
	return `UPDATE job_job SET state = 'running', attempt = attempt + 1, lease = $1, due_at = $2
WHERE id IN (SELECT id FROM job_job WHERE finished_at IS NULL AND due_at <= $3 ORDER BY due_at, id LIMIT $4` + lock + `)
RETURNING id, kind, args, attempt, max_attempts, errors`
}

// claim takes a lease on up to limit due jobs. A reader looks first: on SQLite an idle node must not write.
func (q *Queue) claim(ctx context.Context, limit int) ([]claimed, error) {
	due := false
	err := q.db.View(ctx, func(tx *db.Tx) error {
		_, err := db.One[string](ctx, tx, lookSQL, tx.Now)
		due = err == nil
		if errors.Is(err, db.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil || !due {
		return nil, err
	}
	lock := ""
	if q.db.Engine() == db.PostgreSQL {
		lock = " FOR UPDATE SKIP LOCKED"
	}
	var jobs []claimed
	err = q.db.Update(ctx, func(tx *db.Tx) error {
		jobs, err = db.All[claimed](ctx, tx, claimSQL(lock), q.node, tx.Now.Add(q.lease), tx.Now, limit)
		return err
	})
	return jobs, err
}

// work runs one job and records how it ended.
func (q *Queue) work(ctx context.Context, j claimed) {
	stop := q.keepLease(ctx, j)
	err := q.call(ctx, j)
	stop()
	if err := q.finish(ctx, j, err); err != nil {
		q.log.Error("recording the end of a job", "job", j.ID, "kind", j.Kind, "error", err)
	}
}

// call runs the handler; a panic is that job's failure, not the node's.
func (q *Queue) call(ctx context.Context, j claimed) (err error) {
	q.mu.RLock()
	h, ok := q.handlers[j.Kind]
	q.mu.RUnlock()
	if !ok {
		// A newer node may have written it: leave it to one that knows it.
		return Snooze(time.Minute)
	}
	defer func() {
		if p := recover(); p != nil {
			q.log.Error("job panicked", "kind", j.Kind, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return h(ctx, json.RawMessage(j.Args))
}

// keepLease lengthens the lease of a slow job until stop is called.
func (q *Queue) keepLease(ctx context.Context, j claimed) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(q.lease/2, func() { q.lengthen(ctx, j) })
	return func() { timer.Stop(); cancel() }
}

func (q *Queue) lengthen(ctx context.Context, j claimed) {
	for ctx.Err() == nil {
		err := q.db.Update(ctx, func(tx *db.Tx) error {
			err := tx.Later(ctx, `UPDATE job_job SET due_at = $1 WHERE id = $2 AND lease = $3 AND attempt = $4 AND state = 'running'`,
				tx.Now.Add(q.lease), j.ID, q.node, j.Attempt)
			return err
		})
		if err != nil && ctx.Err() == nil {
			q.log.Warn("lengthening a job's lease", "job", j.ID, "error", err)
		}
		pause(ctx, q.lease/2)
	}
}

// finish writes the outcome, unless the lease ran out and another node has the job now.
func (q *Queue) finish(ctx context.Context, j claimed, outcome error) error {
	return q.db.Update(ctx, func(tx *db.Tx) error {
		state, due, finished, attempt := "completed", tx.Now, tx.Now, j.Attempt
		failures := j.Errors.V
		wait, snoozed := asSnooze(outcome)
		switch {
		case outcome == nil:
		case snoozed:
			state, due, finished, attempt = "available", tx.Now.Add(wait), time.Time{}, j.Attempt-1
		default:
			failures = append(failures, Failure{At: tx.Now, Attempt: j.Attempt, Error: outcome.Error()})
			switch {
			case asCancel(outcome):
				state = "cancelled"
			case j.Attempt >= j.MaxAttempts:
				state = "discarded"
			default:
				state, due, finished = "available", tx.Now.Add(backoff(j.Attempt)), time.Time{}
			}
			q.log.Warn("job failed", "kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "state", state, "error", outcome)
		}
		err := tx.Later(ctx, `UPDATE job_job SET state = $1, due_at = $2, finished_at = $3, attempt = $4, errors = $5, lease = NULL
WHERE id = $6 AND lease = $7 AND attempt = $8 AND state = 'running'`,
			state, due, finished, attempt, db.JSON[[]Failure]{V: failures}, j.ID, q.node, j.Attempt)
		return err
	})
}

// backoff grows with the fourth power of the attempt, as River's does: 1 s, 16 s, 81 s … three weeks in all, with a tenth of chance.
func backoff(attempt int) time.Duration {
	base := time.Duration(attempt*attempt*attempt*attempt) * time.Second
	return base + time.Duration(rand.Int64N(int64(base)/10+1))
}

// Drain works on due jobs, one after the other, until none is left: for tests, which need no sleeping then.
func (q *Queue) Drain(ctx context.Context) error {
	for {
		jobs, err := q.claim(ctx, 16)
		if err != nil || len(jobs) == 0 {
			return err
		}
		for _, j := range jobs {
			q.work(ctx, j)
		}
	}
}
