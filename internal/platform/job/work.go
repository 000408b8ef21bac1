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
	var periods, working, recording sync.WaitGroup
	periods.Go(func() { q.lead(ctx) })
	recording.Go(q.record)
	slots := make(chan struct{}, q.workers)
	for ctx.Err() == nil {
		n, err := q.claimAndStart(ctx, slots, &working)
		if err != nil && ctx.Err() == nil {
			q.log.Error("claiming jobs", "error", err)
		}
		if n > 0 && err == nil {
			pause(ctx, gather)
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
	working.Wait()
	close(q.ended)
	recording.Wait()
	periods.Wait()
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// gather is how long claims and ends of jobs wait for company: under load a transaction each would take from those who wait for an answer.
const gather = 10 * time.Millisecond

// ahead is how many jobs are claimed for each free slot: most take a moment, and a claim is a transaction.
const ahead = 4

// claimAndStart claims for the free slots and starts what it got.
func (q *Queue) claimAndStart(ctx context.Context, slots chan struct{}, working *sync.WaitGroup) (int, error) {
	free := cap(slots) - len(slots)
	if free == 0 {
		pause(ctx, time.Millisecond)
		return 1, nil
	}
	jobs, err := q.claim(ctx, free*ahead)
	kept := make([]func(), len(jobs))
	for i, j := range jobs {
		kept[i] = q.keepLease(context.WithoutCancel(ctx), j)
	}
	for i, j := range jobs {
		select {
		case slots <- struct{}{}:
			working.Go(func() {
				outcome := q.call(context.WithoutCancel(ctx), j)
				kept[i]()
				<-slots
				q.ended <- ended{j, outcome}
			})
		case <-ctx.Done():
			kept[i]()
			q.ended <- ended{j, Snooze(0)} // the next node takes it at once
		}
	}
	return len(jobs), err
}

// ended is a job that ran, and how.
type ended struct {
	job     claimed
	outcome error
}

// record writes how jobs ended, all that ended while the last were written with one statement, until there are no more. A node that dies before
// does some of its jobs twice, as it always may.
func (q *Queue) record() {
	for first := range q.ended {
		together := []ended{first}
		if len(q.ended) > 0 {
			pause(context.Background(), gather)
		}
		for waiting := true; waiting && len(together) < mostRecorded; {
			select {
			case next, open := <-q.ended:
				if waiting = open; open {
					together = append(together, next)
				}
			default:
				waiting = false
			}
		}
		q.recordAll(context.Background(), together)
	}
}

// mostRecorded is how many ends share a transaction.
const mostRecorded = 100

func (q *Queue) recordAll(ctx context.Context, together []ended) {
	var done []claimed
	for _, e := range together {
		if e.outcome == nil {
			done = append(done, e.job)
		} else if err := q.finish(ctx, e.job, e.outcome); err != nil {
			q.log.Error("recording the end of a job", "job", e.job.ID, "kind", e.job.Kind, "error", err)
		}
	}
	if err := q.complete(ctx, done); err != nil {
		q.log.Error("recording the end of jobs", "jobs", len(done), "first", done[0].ID, "error", err)
	}
}

// complete records jobs that came to their end, but for those whose lease ran out and that another node has now.
func (q *Queue) complete(ctx context.Context, done []claimed) error {
	attempts := map[int][]any{}
	for _, j := range done {
		attempts[j.Attempt] = append(attempts[j.Attempt], j.ID)
	}
	if len(attempts) == 0 {
		return nil
	}
	return q.db.Update(ctx, func(tx *db.Tx) error {
		for attempt, ids := range attempts {
			err := tx.Later(ctx, `UPDATE job_job SET state = 'completed', due_at = $1, finished_at = $2, lease = NULL WHERE lease = $3 AND attempt = $4
AND state = 'running' AND id IN (`+db.In(len(ids), 5)+`)`, append([]any{tx.Now, tx.Now, q.node, attempt}, ids...)...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

const lookSQL = `SELECT id FROM job_job WHERE finished_at IS NULL AND due_at <= $1 ORDER BY due_at, id LIMIT 1`

func claimSQL(lock string) string {
	return `UPDATE job_job SET state = 'running', attempt = attempt + 1, lease = $1, due_at = $2
WHERE id IN (SELECT id FROM job_job WHERE finished_at IS NULL AND due_at <= $3 ORDER BY due_at, id LIMIT $4` + lock + `)
RETURNING id, kind, args, attempt, max_attempts, errors`
}

// claim takes a lease on up to limit due jobs.
func (q *Queue) claim(ctx context.Context, limit int) ([]claimed, error) {
	lock := " FOR UPDATE SKIP LOCKED"
	if q.db.Engine() == db.SQLite {
		lock = ""
		// A reader looks first: an idle node must not write.
		if due, err := q.look(ctx); err != nil || !due {
			return nil, err
		}
	}
	var jobs []claimed
	err := q.db.Update(ctx, func(tx *db.Tx) (err error) {
		jobs, err = db.All[claimed](ctx, tx, claimSQL(lock), q.node, tx.Now.Add(q.lease), tx.Now, limit)
		return err
	})
	return jobs, err
}

// look tells whether anything is due.
func (q *Queue) look(ctx context.Context) (due bool, err error) {
	err = q.db.View(ctx, func(tx *db.Tx) error {
		_, err := db.One[string](ctx, tx, lookSQL, tx.Now)
		due = err == nil
		if errors.Is(err, db.ErrNotFound) {
			return nil
		}
		return err
	})
	return due, err
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
			if err := q.finish(ctx, j, q.call(ctx, j)); err != nil {
				return err
			}
		}
	}
}
