package workflow

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

// Timers and signals are fired by the hundred. The step that an event leads to and the end of its row are one transaction, so it happens once or
// not at all, whichever node does it and wherever it is killed. What the step is to be is worked out before that transaction, which compares and sets
// the version of each instance.

// ready is an event whose time has come.
type ready struct {
	ID         string
	InstanceID string
	Owner      int
	Event      string
	FireAt     time.Time // of a timer
}

// batch is how many events are fired in one transaction, and firing how many such transactions are under way: while one waits for the disk the
// others work out what comes next.
const (
	batch  = 500
	firing = 4
)

// source is a table of events.
type source struct {
	pick     func(ctx context.Context, tx *db.Tx, after ready) ([]ready, error) // those behind an event in the order they are fired, a batch at most
	remove   string                                                             // takes the rows' keys behind it
	postpone string                                                             // takes a time and a key
}

// timersUntil are the timers whose time has come at a moment.
func timersUntil(until time.Time) source {
	return source{func(ctx context.Context, tx *db.Tx, after ready) ([]ready, error) {
		if after.ID == "" {
			return db.All[ready](ctx, tx, `SELECT id, instance_id, owner, event, fire_at FROM workflow_timer WHERE fire_at <= $1 ORDER BY fire_at, id LIMIT $2`, until, batch)
		}
		return db.All[ready](ctx, tx, `SELECT id, instance_id, owner, event, fire_at FROM workflow_timer WHERE fire_at <= $1 AND (fire_at, id) > ($2, $3) ORDER BY fire_at, id LIMIT $4`,
			until, after.FireAt, after.ID, batch)
	}, `DELETE FROM workflow_timer WHERE id IN (`, `UPDATE workflow_timer SET fire_at = $1, workdays = 0 WHERE id = $2`}
}

// waitsFor are the instances that wait for a signal. What waits again after it got the signal has a newer key and does not get it twice.
func waitsFor(j signalJob) source {
	return source{func(ctx context.Context, tx *db.Tx, after ready) ([]ready, error) {
		return db.All[ready](ctx, tx, `SELECT id, instance_id, owner, event FROM workflow_wait WHERE kind = 'signal' AND correlation = '' AND name = $1 AND id <= $2 AND id > $3
ORDER BY id LIMIT $4`, j.Name, j.Until, after.ID, batch)
	}, `DELETE FROM workflow_wait WHERE id IN (`, ``}
}

// errRaced tells that another node fired some of the same events.
var errRaced = errors.New("another node was there first")

// FireDue fires every timer whose time had come when it began, about the earliest first; what is set meanwhile waits for the next call. Several nodes may
// do it at once. A timer that fired [machine.MostFirings] times in one instance becomes an incident.
func (s *Service) FireDue(ctx context.Context) (fired int, err error) {
	var until time.Time
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		until = tx.Now
		return nil
	})
	if err != nil {
		return 0, err
	}
	return s.fireAll(ctx, timersUntil(until))
}

// fireAll fires all events of a source, some batches side by side, and returns how many are gone.
func (s *Service) fireAll(ctx context.Context, from source) (fired int, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan []ready)
	var mu sync.Mutex
	var failed []error
	var panicked any
	var under sync.WaitGroup
	for range firing {
		under.Go(func() {
			defer func() {
				if p := recover(); p != nil { // it goes on where the caller can catch it
					mu.Lock()
					panicked = p
					mu.Unlock()
					stop()
				}
			}()
			for list := range batches {
				n, err := s.fireSome(ctx, from, list)
				mu.Lock()
				if fired += n; err != nil {
					failed = append(failed, err)
				}
				mu.Unlock()
			}
		})
	}
	err = s.pickAll(ctx, from, batches)
	close(batches)
	under.Wait()
	if panicked != nil {
		panic(panicked)
	}
	return fired, errors.Join(append(failed, err)...)
}

// pickAll hands on the events of a source batch by batch. What was handed on and could not be fired is not handed on again.
func (s *Service) pickAll(ctx context.Context, from source, to chan<- []ready) error {
	var last ready
	for {
		var list []ready
		err := s.db.Glance(ctx, func(tx *db.Tx) (err error) {
			list, err = from.pick(ctx, tx, last)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		select {
		case to <- list:
		case <-ctx.Done():
			return ctx.Err()
		}
		if len(list) < batch {
			return nil
		}
		last = list[len(list)-1]
	}
}

// fireSome fires a batch and returns how many events are gone. When others got in its way, or one of them can't be fired, it fires the halves by
// themselves, and so on down to single ones.
func (s *Service) fireSome(ctx context.Context, from source, list []ready) (fired int, err error) {
	if len(list) == 1 {
		gone, err := s.fireOne(ctx, from, list[0])
		if gone {
			fired = 1
		}
		return fired, err
	}
	if err = s.fire(ctx, from, list); err == nil {
		return len(list), nil
	}
	if ctx.Err() != nil {
		return 0, err
	}
	half := len(list) / 2
	first, err := s.fireSome(ctx, from, list[:half])
	second, more := s.fireSome(ctx, from, list[half:])
	return first + second, errors.Join(err, more)
}

// fire fires events all together or none.
func (s *Service) fire(ctx context.Context, from source, list []ready) error {
	var w *work
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		w, err = s.workOut(ctx, tx, list)
		return err
	})
	if err != nil {
		return err
	}
	keys := make([]any, len(list))
	for i, e := range list {
		keys[i] = e.ID
	}
	written := false
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if written {
			return errGone // the engine wants it once more, but what was worked out is used up
		}
		written = true
		n, err := tx.Exec(ctx, from.remove+db.In(len(keys), 1)+`)`, keys...)
		if err != nil {
			return err
		}
		if n != int64(len(list)) {
			return errRaced
		}
		return w.finish(ctx, tx)
	})
}

// workOut moves the instances of events, and writes nothing.
func (s *Service) workOut(ctx context.Context, tx *db.Tx, list []ready) (*work, error) {
	w := s.work()
	var instances []string
	seen := map[string]bool{}
	for _, e := range list {
		if !seen[e.InstanceID] {
			seen[e.InstanceID] = true
			instances = append(instances, e.InstanceID)
		}
	}
	if _, err := w.instances(ctx, tx, instances); err != nil {
		return nil, err
	}
	for _, e := range list {
		r := w.live[e.InstanceID]
		if r == nil {
			continue // its process is over
		}
		err := w.move(ctx, tx, r, machine.Command{Do: machine.Fire, Token: e.Owner, Event: e.Event})
		if err != nil && !fault.HasKey(err, "workflow.task_gone") { // another event of this batch took its place
			return nil, err
		}
	}
	return w, nil
}

// postponed is how long an event waits that can't be fired: the fault is in its process, and others must not wait behind it.
const postponed = 10 * time.Minute

func (s *Service) fireOne(ctx context.Context, from source, e ready) (gone bool, err error) {
	for range 10 {
		err = s.fire(ctx, from, []ready{e})
		if err == nil || errors.Is(err, errRaced) {
			return true, nil
		}
		if ctx.Err() != nil || !fault.Is(err, fault.Conflict) {
			break
		}
	}
	err = fmt.Errorf("firing %s of process %s: %w", e.Event, e.InstanceID, err)
	if ctx.Err() != nil || fault.Is(err, fault.Conflict) {
		return false, err
	}
	return false, errors.Join(err, s.stop(ctx, from, e))
}

// stop keeps an event that can't be fired from holding up others, and tells who looks after processes. A timer is tried again later.
func (s *Service) stop(ctx context.Context, from source, e ready) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		var err error
		if from.postpone != "" {
			err = tx.Later(ctx, from.postpone, tx.Now.Add(postponed), e.ID)
		} else {
			err = tx.Later(ctx, from.remove+`$1)`, e.ID)
		}
		if err != nil {
			return err
		}
		there, err := db.All[string](ctx, tx, `SELECT id FROM workflow_incident WHERE instance_id = $1 AND owner = $2 AND element = $3 AND closed_at IS NULL LIMIT 1`,
			e.InstanceID, e.Owner, e.Event)
		if err != nil || len(there) > 0 {
			return err
		}
		row, err := s.running(ctx, tx, e.InstanceID)
		if err != nil {
			return err
		}
		var c change
		c.add(row, []machine.Effect{{Do: machine.OpenIncident, Token: e.Owner, Element: e.Event, Name: unfired}})
		return writeIncidents(ctx, tx, &c)
	})
}

// unfired is the reason of an incident of an event that could not be fired.
const unfired = "unfired"

// Broadcast throws a signal to every instance that waits for it now. They get it soon after the transaction, in batches.
func (s *Service) Broadcast(ctx context.Context, tx *db.Tx, name string) error {
	return s.insert(ctx, tx, signalJob{name, db.NewKey()})
}

// throw does the job of a signal.
func (s *Service) throw(ctx context.Context, j signalJob) error {
	_, err := s.fireAll(ctx, waitsFor(j))
	return err
}

// Register gives the queue what processes need of it: their services, their signals, their timers each second.
func (s *Service) Register(q *job.Queue) {
	job.Handle(q, s.serve)
	job.Handle(q, s.throw)
	q.Every("workflow.timers", time.Second, func(ctx context.Context) error {
		_, err := s.FireDue(ctx)
		return err
	})
}
