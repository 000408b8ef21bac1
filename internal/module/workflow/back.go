package workflow

import (
	"context"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/platform/db"
)

// Back says where a process is sent back to.
type Back struct {
	To    string // an element
	All   bool   // parallel branches are taken back as well
	DueOn string // of what is opened there; "" when the task sent back was
}

// SendBack takes the process of an open task back to an earlier element of it, as [machine.Rewind] says: what lies between is withdrawn, the task
// itself as well, and the element begins anew. Other branches are taken back only with All: fault.Conflict "workflow.other_branches" without.
// fault.Conflict "workflow.no_way_back" when nothing can be sent there. Whether somebody may send back is the caller's to ask.
func (s *Service) SendBack(ctx context.Context, tx *db.Tx, p *Process, t *OpenTask, b Back) error {
	w, r, err := s.taken(ctx, tx, p, t, b.DueOn)
	if err != nil {
		return err
	}
	token, err := r.token(t.TokenID)
	if err != nil {
		return err
	}
	return w.last(ctx, tx, r, machine.Command{Do: machine.Rewind, Token: token, To: b.To, All: b.All})
}

// Move does one command with an instance by its id, for what moves a process without an open task: a token is named as a task's row names it.
// fault.Conflict "workflow.task_gone" when the token is no longer there.
func (s *Service) Move(ctx context.Context, tx *db.Tx, instance, token string, c machine.Command) (ended bool, err error) {
	w := s.work()
	r, err := w.instance(ctx, tx, instance)
	if err != nil {
		return false, err
	}
	if r == nil {
		return false, errGone
	}
	if token != "" {
		if c.Token, err = r.token(token); err != nil {
			return false, err
		}
	}
	err = w.last(ctx, tx, r, c)
	return r.state.Ended, err
}

// last does one command and writes all that came of it.
func (w *work) last(ctx context.Context, tx *db.Tx, r *running, c machine.Command) error {
	if err := w.move(ctx, tx, r, c); err != nil {
		return refused(err)
	}
	return w.finish(ctx, tx)
}
