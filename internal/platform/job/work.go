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
	if err := q.release(ctx); err != nil && ctx.Err() == nil {
		q.log.Error("taking over the jobs of a program that was killed", "error", err)
	}
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
const gather = 25 * time.Millisecond

// mostClaimed bounds a claim. The first is for the free slots; each that came back full and was started at once doubles the next, so that
// what takes a moment is claimed by the hundred and what takes long is left to the other nodes.
const mostClaimed = 256

// claimAndStart claims jobs and starts what it got.
func (q *Queue) claimAndStart(ctx context.Context, slots chan struct{}, working *sync.WaitGroup) (int, error) {
	free := cap(slots) - len(slots)
	if free == 0 {
		pause(ctx, time.Millisecond)
		return 1, nil
	}
	limit := max(free, q.next)
	jobs, err := q.claim(ctx, limit)
	begin := time.Now()
	units := q.together(jobs)
	for i := range units {
		units[i].keep = q.keepLease(context.WithoutCancel(ctx), units[i].jobs)
	}
	for _, u := range units {
		select {
		case slots <- struct{}{}:
			working.Go(func() {
				outcomes := q.call(context.WithoutCancel(ctx), u.jobs)
				u.keep()
				<-slots
				for i, j := range u.jobs {
					q.ended <- ended{j, outcomes[i]}
				}
			})
		case <-ctx.Done():
			u.keep()
			for _, j := range u.jobs {
				q.ended <- ended{j, Snooze(0)} // the next node takes it at once
			}
		}
	}
	q.next = 0
	if len(jobs) == limit && time.Since(begin) < gather {
		q.next = min(2*limit, mostClaimed)
	}
	return len(jobs), err
}

// unit is what one slot works on: a job, or those of a kind that are handled together.
type unit struct {
	jobs []claimed
	keep func()
}

// together puts jobs into units.
func (q *Queue) together(jobs []claimed) (units []unit) {
	q.mu.RLock()
	defer q.mu.RUnlock()
	at := map[string]int{}
	for _, j := range jobs {
		i, begun := at[j.Kind]
		if begun && q.handlers[j.Kind].many {
			units[i].jobs = append(units[i].jobs, j)
			continue
		}
		at[j.Kind] = len(units)
		units = append(units, unit{jobs: []claimed{j}})
	}
	return units
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
	err = q.db.Glance(ctx, func(tx *db.Tx) error {
		_, err := db.One[string](ctx, tx, lookSQL, tx.Now)
		due = err == nil
		if errors.Is(err, db.ErrNotFound) {
			return nil
		}
		return err
	})
	return due, err
}

// call runs the handler and returns each job's outcome; a panic is the jobs' failure, not the node's.
func (q *Queue) call(ctx context.Context, jobs []claimed) (outcomes []error) {
	kind := jobs[0].Kind
	q.mu.RLock()
	h, ok := q.handlers[kind]
	q.mu.RUnlock()
	if !ok {
		// A newer node may have written it: leave it to one that knows it.
		return all(jobs, Snooze(time.Minute))
	}
	defer func() {
		if p := recover(); p != nil {
			q.log.Error("job panicked", "kind", kind, "panic", p, "stack", string(debug.Stack()))
			outcomes = all(jobs, fmt.Errorf("panic: %v", p))
		}
	}()
	args := make([]json.RawMessage, len(jobs))
	for i, j := range jobs {
		args[i] = json.RawMessage(j.Args)
	}
	return h.run(ctx, args)
}

// all gives every job the same outcome.
func all(jobs []claimed, outcome error) []error {
	outcomes := make([]error, len(jobs))
	for i := range outcomes {
		outcomes[i] = outcome
	}
	return outcomes
}

// keepLease lengthens the lease of slow jobs until stop is called.
func (q *Queue) keepLease(ctx context.Context, jobs []claimed) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(q.lease/2, func() { q.lengthen(ctx, jobs) })
	return func() { timer.Stop(); cancel() }
}

func (q *Queue) lengthen(ctx context.Context, jobs []claimed) {
	for ctx.Err() == nil {
		err := q.db.Update(ctx, func(tx *db.Tx) error {
			for _, j := range jobs {
				err := tx.Later(ctx, `UPDATE job_job SET due_at = $1 WHERE id = $2 AND lease = $3 AND attempt = $4 AND state = 'running'`,
					tx.Now.Add(q.lease), j.ID, q.node, j.Attempt)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil && ctx.Err() == nil {
			q.log.Warn("lengthening the lease of jobs", "first", jobs[0].ID, "error", err)
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
		return tx.Later(ctx, `UPDATE job_job SET state = $1, due_at = $2, finished_at = $3, attempt = $4, errors = $5, lease = NULL
WHERE id = $6 AND lease = $7 AND attempt = $8 AND state = 'running'`,
			state, due, finished, attempt, db.JSON[[]Failure]{V: failures}, j.ID, q.node, j.Attempt)
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
			if err := q.finish(ctx, j, q.call(ctx, []claimed{j})[0]); err != nil {
				return err
			}
		}
	}
}
