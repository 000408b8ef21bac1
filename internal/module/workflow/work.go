package workflow

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

// work is what one transaction does to instances. One step may lead to another: a child ends and its parent goes on, a message finds who waits
// for it. All of it is written together or not at all.
type work struct {
	s     *Service
	live  map[string]*running
	order []*running // in the order they came in, so that rows are written in one order
	mail  []deed
	steps int
}

// chain bounds how often one transaction moves an instance, and by tens how many it may start: two processes that call or write to each other for
// ever would meet it.
const chain = 100

var errChain = errors.New("processes that call or write to each other without end")

func (s *Service) work() *work { return &work{s: s, live: map[string]*running{}} }

func (w *work) add(r *running) *running {
	w.live[r.InstanceID] = r
	w.order = append(w.order, r)
	return r
}

// instance returns a running instance, nil when it is over.
func (w *work) instance(ctx context.Context, tx *db.Tx, id string) (*running, error) {
	if r := w.live[id]; r != nil {
		return r, nil
	}
	found, err := w.instances(ctx, tx, []string{id})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// instances loads those of some instances that run and are not loaded so far.
func (w *work) instances(ctx context.Context, tx *db.Tx, ids []string) ([]*running, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := db.All[instanceRow](ctx, tx, `SELECT `+instanceColumns+` FROM workflow_instance i WHERE i.id IN (`+db.In(len(ids), 1)+`) AND i.state = 'running'`, args...)
	if err != nil {
		return nil, err
	}
	out := make([]*running, 0, len(rows))
	for _, row := range rows {
		r, err := w.s.load(ctx, tx, row)
		if err != nil {
			return nil, err
		}
		out = append(out, w.add(r))
	}
	return out, nil
}

// move does one command with an instance, and what follows from it in others.
func (w *work) move(ctx context.Context, tx *db.Tx, r *running, c machine.Command) error {
	if w.steps++; w.steps > chain*max(1, len(w.live)) {
		return errChain
	}
	from := len(r.pending)
	if err := r.step(c); err != nil {
		return err
	}
	return w.follow(ctx, tx, r, r.pending[from:])
}

func (w *work) follow(ctx context.Context, tx *db.Tx, r *running, effects []machine.Effect) error {
	for _, e := range effects {
		var err error
		switch e.Do {
		case machine.SendMessage:
			w.mail = append(w.mail, deed{r, e})
		case machine.StartChild:
			err = w.call(ctx, tx, r, e)
		case machine.StopChild:
			err = w.stopChild(ctx, tx, r, e.Token)
		case machine.OpenIncident:
			if e.Name == machine.Uncaught && r.ParentID != "" {
				err = w.fail(ctx, tx, r, e.Key)
			}
		case machine.Ended:
			if r.ParentID != "" && !r.failed && !r.cancelled {
				err = w.back(ctx, tx, r, machine.Command{Do: machine.EndChild, Values: r.values})
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// over tells whether the process of an instance has ended: of a child, the one that called it.
func (w *work) over(r *running) bool {
	for r.state.Ended && r.ParentID != "" {
		parent := w.live[r.ParentID]
		if parent == nil {
			return false
		}
		r = parent
	}
	return r.state.Ended
}

// back tells the parent of an instance how it ended.
func (w *work) back(ctx context.Context, tx *db.Tx, r *running, c machine.Command) error {
	parent, err := w.instance(ctx, tx, r.ParentID)
	if err != nil || parent == nil {
		return err
	}
	c.Token = r.ParentToken
	return w.move(ctx, tx, parent, c)
}

// fail ends a child by an error nobody in it catches.
func (w *work) fail(ctx context.Context, tx *db.Tx, r *running, code string) error {
	r.failed = true
	if err := w.cancel(ctx, tx, r); err != nil {
		return err
	}
	return w.back(ctx, tx, r, machine.Command{Do: machine.FailChild, Code: code})
}

// cancel ends an instance and all it called.
func (w *work) cancel(ctx context.Context, tx *db.Tx, r *running) error {
	r.cancelled = true
	return w.move(ctx, tx, r, machine.Command{Do: machine.Cancel})
}

// call starts an instance of another process for a token.
func (w *work) call(ctx context.Context, tx *db.Tx, r *running, e machine.Effect) error {
	if len(w.live) > chain*10 {
		return errChain
	}
	d, err := w.s.standing(ctx, tx, e.Name, r.BeganAt)
	if err != nil {
		return err
	}
	values := e.Values
	if values == nil {
		values = map[string]any{}
	}
	id := db.NewKey()
	child := &running{instanceRow: instanceRow{InstanceID: id, DefinitionID: d.ID, Whose: id, Topic: r.about(), Titled: r.Titled, Numbered: r.Numbered, Due: r.Due,
		Region: r.Region, Steps: 1, ParentID: r.InstanceID, ParentToken: e.Token, BeganAt: r.BeganAt}, fresh: true, definition: d, values: values, places: r.places, changed: true}
	return w.move(ctx, tx, w.add(child), machine.Command{Do: machine.Start})
}

func (w *work) stopChild(ctx context.Context, tx *db.Tx, r *running, token int) error {
	for _, other := range w.order {
		if other.ParentID == r.InstanceID && other.ParentToken == token && !other.state.Ended {
			return w.cancel(ctx, tx, other)
		}
	}
	id, err := db.One[string](ctx, tx, `SELECT id FROM workflow_instance WHERE parent_id = $1 AND parent_token = $2 AND state = 'running'`, r.InstanceID, token)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	child, err := w.instance(ctx, tx, id)
	if err != nil || child == nil || child.state.Ended {
		return err
	}
	return w.cancel(ctx, tx, child)
}

// finish writes everything, then delivers the messages that were sent and writes what came of them.
func (w *work) finish(ctx context.Context, tx *db.Tx) error {
	for round := 0; ; round++ {
		if err := w.write(ctx, tx); err != nil {
			return err
		}
		if len(w.mail) == 0 {
			return nil
		}
		if round > chain {
			return errChain
		}
		mail := w.mail
		w.mail = nil
		for _, e := range mail {
			if _, err := w.deliver(ctx, tx, e.message()); err != nil {
				return fmt.Errorf("delivering the message %s: %w", e.Effect.Name, err)
			}
		}
	}
}

// signalJob throws a signal to all who wait for it at a moment.
type signalJob struct {
	Name  string
	Until string // no wait that was made after this key
}

// JobKind implements job.Args.
func (signalJob) JobKind() string { return "workflow.signal" }

// serviceJob runs a service.
type serviceJob struct{ ID string }

// JobKind implements job.Args.
func (serviceJob) JobKind() string { return "workflow.service" }

var errNoQueue = errors.New("a process asks for work outside the transaction, and no queue was given")

func (s *Service) insert(ctx context.Context, tx *db.Tx, a job.Args, options ...job.Option) error {
	if s.needs.Queue == nil {
		return errNoQueue
	}
	return s.needs.Queue.Insert(ctx, tx, a, options...)
}
