package job

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"xiangyun/internal/platform/db"
)

// leadership is how long a leader's lease holds; it is renewed at a third of it.
const leadership = 15 * time.Second

// period is work that comes back.
type period struct {
	name  string
	every time.Duration
	run   func(ctx context.Context) error
	next  time.Time // owned by lead
}

// Every runs f each time d has passed, on the leading node only. Periods of a minute and more remember their last run over restarts.
func (q *Queue) Every(name string, d time.Duration, f func(ctx context.Context) error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.periods = append(q.periods, &period{name: name, every: d, run: f})
}

// lead runs the periods while this node holds the lease.
func (q *Queue) lead(ctx context.Context) {
	q.Every("job.prune", time.Hour, q.prune)
	var until time.Time
	for ctx.Err() == nil {
		now := time.Now()
		if until.Sub(now) < leadership*2/3 {
			held, err := q.takeLead(ctx)
			switch {
			case err != nil && ctx.Err() == nil:
				q.log.Warn("taking the lead", "error", err)
			case held:
				until = now.Add(leadership)
			}
		}
		if now.Before(until) {
			q.runPeriods(ctx, now)
		}
		pause(ctx, 100*time.Millisecond)
		if !now.Before(until) {
			pause(ctx, leadership/5)
		}
	}
	q.resign(context.WithoutCancel(ctx))
}

func (q *Queue) takeLead(ctx context.Context) (bool, error) {
	held := false
	err := q.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO job_leader (name, node, until_at) VALUES ('periods', $1, $2)
ON CONFLICT (name) DO UPDATE SET node = excluded.node, until_at = excluded.until_at
WHERE job_leader.node = excluded.node OR job_leader.until_at < $3`, q.node, tx.Now.Add(leadership), tx.Now)
		held = n == 1
		return err
	})
	return held, err
}

// resign lets the next node lead at once after an orderly stop.
func (q *Queue) resign(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := q.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `DELETE FROM job_leader WHERE name = 'periods' AND node = $1`, q.node)
	})
	if err != nil {
		q.log.Warn("giving up the lead", "error", err)
	}
}

func (q *Queue) runPeriods(ctx context.Context, now time.Time) {
	q.mu.RLock()
	periods := q.periods
	q.mu.RUnlock()
	for _, p := range periods {
		if ctx.Err() != nil || now.Before(p.next) {
			continue
		}
		if p.next.IsZero() && p.every >= time.Minute {
			last, err := q.lastRun(ctx, p.name)
			if err != nil {
				q.log.Warn("reading a period", "period", p.name, "error", err)
				continue
			}
			if p.next = last.Add(p.every); now.Before(p.next) {
				continue
			}
		}
		p.next = now.Add(p.every)
		if err := q.runPeriod(ctx, p); err != nil && ctx.Err() == nil {
			q.log.Error("periodic work failed", "period", p.name, "error", err)
		}
	}
}

func (q *Queue) runPeriod(ctx context.Context, p *period) (err error) {
	defer func() {
		if r := recover(); r != nil {
			q.log.Error("periodic work panicked", "period", p.name, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if err := p.run(ctx); err != nil || p.every < time.Minute {
		return err
	}
	return q.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `INSERT INTO job_period (name, last_at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at`, p.name, tx.Now)
	})
}

func (q *Queue) lastRun(ctx context.Context, name string) (last time.Time, err error) {
	err = q.db.View(ctx, func(tx *db.Tx) error {
		last, err = db.One[time.Time](ctx, tx, `SELECT last_at FROM job_period WHERE name = $1`, name)
		if errors.Is(err, db.ErrNotFound) {
			return nil
		}
		return err
	})
	return last, err
}

// keptFor is how long a completed job can be looked at; discarded and cancelled ones stay until an administrator deals with them.
const keptFor = 7 * 24 * time.Hour

// prune deletes old completed jobs, a thousand in a transaction so that nobody waits long.
func (q *Queue) prune(ctx context.Context) error {
	for {
		var n int64
		err := q.db.Update(ctx, func(tx *db.Tx) (err error) {
			n, err = tx.Exec(ctx, `DELETE FROM job_job WHERE id IN (SELECT id FROM job_job WHERE finished_at < $1 AND state = 'completed' ORDER BY finished_at LIMIT 1000)`, tx.Now.Add(-keptFor))
			return err
		})
		if err != nil || n < 1000 {
			return err
		}
	}
}
