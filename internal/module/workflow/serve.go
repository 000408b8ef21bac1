package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

// Call is what a handler of a service task is asked.
type Call struct {
	Subject string         // whose process asks: of a case its id
	Key     string         // the same each time this very call is made: who has done it before answers as before
	Inputs  map[string]any // as the process says them
	Attempt int            // from 1
}

// Handler does a service task between two transactions. It may be asked again with the same key when nobody knows whether it was done.
type Handler struct {
	bpmn.Handled // what a process may say to it; the check of definitions holds them to it
	Run          func(ctx context.Context, c Call) (map[string]any, error)
	Limit        time.Duration // how long it may take; 0 is 30 s
	Attempts     int           // how often it is tried before a keeper must look; 0 is 8, over about an hour
}

// Failure is an error that the process knows by its code and may catch. Every other error is tried again.
type Failure struct{ Code string }

// Error implements error.
func (f Failure) Error() string { return "the service failed with " + f.Code }

// Handle says what does the service tasks that name this handler. Before the queue runs; two of one name are a mistake of the program.
func (s *Service) Handle(name string, h Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.handlers[name]; taken {
		panic("workflow: two handlers for " + name)
	}
	if h.Limit == 0 {
		h.Limit = 30 * time.Second
	}
	if h.Attempts == 0 {
		h.Attempts = 8
	}
	s.handlers[name] = h
}

// Handled returns what the handlers are called with and bring, by name, for who draws processes and for their check.
func (s *Service) Handled() map[string]bpmn.Handled {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[string]bpmn.Handled, len(s.handlers))
	for name, h := range s.handlers {
		out[name] = h.Handled
	}
	return out
}

// serviceRow is a call that waits or is being made.
type serviceRow struct {
	ID         string
	Subject    string
	InstanceID string
	Owner      int
	Handler    string
	Inputs     db.JSON[map[string]any]
	Attempt    int
}

var errNoHandler = errors.New("no handler of this name")

// serve makes one call and brings its result to the process.
func (s *Service) serve(ctx context.Context, j serviceJob) error {
	var row serviceRow
	err := s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		row, err = db.One[serviceRow](ctx, tx, `SELECT s.id, CASE WHEN i.topic = '' THEN i.subject ELSE i.topic END AS subject, s.instance_id, s.owner, s.handler, s.inputs,
s.attempt FROM workflow_service s JOIN workflow_instance i ON i.id = s.instance_id WHERE s.id = $1`, j.ID)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil // done, or no longer wanted
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	h, known := s.handlers[row.Handler]
	s.mu.Unlock()
	if !known {
		h.Attempts = 1
		h.Run = func(context.Context, Call) (map[string]any, error) { return nil, errNoHandler }
	}
	out, err := h.call(ctx, Call{row.Subject, row.ID, row.Inputs.V, row.Attempt + 1})
	if ctx.Err() != nil {
		return ctx.Err() // this node stops; another asks again
	}
	failure, coded := errors.AsType[Failure](err)
	switch {
	case err == nil:
		return s.answer(ctx, row, machine.Command{Do: machine.Serve, Values: out})
	case coded && failure.Code != "":
		return s.answer(ctx, row, machine.Command{Do: machine.FailService, Code: failure.Code})
	case row.Attempt+1 >= h.Attempts:
		return s.answer(ctx, row, machine.Command{Do: machine.FailService})
	}
	if err := s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `UPDATE workflow_service SET attempt = $1 WHERE id = $2 AND attempt = $3`, row.Attempt+1, row.ID, row.Attempt)
	}); err != nil {
		return err
	}
	return job.Snooze(backoff(row.Attempt))
}

// backoff is how long a call waits after it failed: 10 s, then each time double.
func backoff(attempt int) time.Duration { return 10 * time.Second << min(attempt, 12) }

// call runs the handler within its time. One that does not heed the end of its time is left behind: what it still does, the key makes harmless.
func (h Handler) call(ctx context.Context, c Call) (out map[string]any, err error) {
	if h.Limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, h.Limit)
		defer cancel()
	}
	type result struct {
		out map[string]any
		err error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r.err = fmt.Errorf("panic: %v", p)
			}
			done <- r
		}()
		r.out, r.err = h.Run(ctx, c)
	}()
	select {
	case r := <-done:
		return r.out, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// answer brings the result of a call to its process, once: the call's row ends with it.
func (s *Service) answer(ctx context.Context, row serviceRow, c machine.Command) (err error) {
	c.Token = row.Owner
	for range 20 {
		err = s.db.Alongside(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(ctx, `DELETE FROM workflow_service WHERE id = $1`, row.ID)
			if err != nil || n == 0 {
				return err // another node was faster, or the process went another way
			}
			w := s.work()
			r, err := w.instance(ctx, tx, row.InstanceID)
			if err != nil || r == nil {
				return err
			}
			if err := w.move(ctx, tx, r, c); err != nil {
				return err
			}
			return w.finish(ctx, tx)
		})
		if err == nil || ctx.Err() != nil || !fault.HasKey(err, "workflow.task_gone") {
			break // or else somebody else moved the process at the same moment
		}
	}
	if errors.Is(err, errEndless) && c.Outcome == "" {
		// What it brought leads the process into a circle: it stays where it is, for a keeper to migrate, send back or retry.
		return s.answer(ctx, row, machine.Command{Do: machine.FailService, Outcome: machine.Endless})
	}
	return err
}

// running loads one running instance by itself.
func (s *Service) running(ctx context.Context, tx *db.Tx, id string) (*running, error) {
	r, err := s.work().instance(ctx, tx, id)
	if err == nil && r == nil {
		err = fault.New(fault.NotFound, "workflow.no_instance")
	}
	return r, err
}
