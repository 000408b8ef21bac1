package workflow

import (
	"context"
	"slices"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// sendBack has an earlier step done again, or gives the matter back to who applied (驳回). A step whose action the matter would not take any more
// can't be done again: what binds somebody outside stays.
func (c *command) sendBack(ctx context.Context, tx *db.Tx) error {
	if err := c.asHolder(ctx, tx); err != nil {
		return err
	}
	if c.task.Blocks > 0 {
		return errBlocked
	}
	c.data["to_node"] = c.in.Node
	if c.in.Node == ToApplicant {
		return c.t.needs.Concerns.Return(ctx, tx, c.by, c.task.Subject, c.in.Words)
	}
	d, err := c.t.flows.Definition(ctx, tx, c.task.DefinitionID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.earlier(c.task.Node), func(n *Node) bool { return n.ID == c.in.Node })
	if i < 0 {
		return fault.New(fault.Invalid, "workflow.task_bad_order").Field("node", "workflow.task_node_unknown")
	}
	to := d.earlier(c.task.Node)[i]
	for _, n := range d.actions(to) {
		if !slices.Contains(c.matter.Takes, n.Action) {
			return errNoWayBack
		}
	}
	c.target = d.nameOf(to)
	// The task is changed first: of two who go different ways from here, one does.
	if err := c.touch(ctx, tx, "open", `rank = rank`); err != nil {
		return err
	}
	if err := dropSides(ctx, tx, c.task.Subject); err != nil {
		return err
	}
	return c.t.flows.rewind(ctx, tx, &c.task, to.ID)
}

// nameOf says what an element is called: a parallel part by its tasks.
func (d *Definition) nameOf(n *Node) string {
	out := ""
	for _, t := range d.actions(n) {
		if out != "" {
			out += "、"
		}
		out += t.Name
	}
	return out
}

// withdraw takes back what by did last, as long as nobody took up what follows (撤销).
func (c *command) withdraw(ctx context.Context, tx *db.Tx) error {
	switch {
	case c.task.State != "done":
		return fault.New(fault.Conflict, "workflow.task_not_done")
	case c.task.DoneBy != c.by.Account && c.task.DoneFor != c.by.Account:
		return errNotYours
	case !c.t.internal(c.task.Action):
		return errNotInside
	case !slices.Contains(c.matter.Takes, c.task.Action):
		return errNoWayBack
	}
	if c.task.Follows > 0 { // nobody has gone on
		err := tx.Later(ctx, `UPDATE workflow_side SET state = 'waiting' WHERE task_id = $1 AND kind = 'after' AND state = 'open'`, c.task.ID)
		if err != nil {
			return err
		}
		return c.reopen(ctx, tx)
	}
	back, err := c.t.flows.retake(ctx, tx, &c.task)
	if err != nil {
		return err
	}
	if back {
		return c.reopen(ctx, tx)
	}
	next, err := c.t.flows.Open(ctx, tx, c.task.Subject)
	if err != nil {
		return err
	}
	d, err := c.t.flows.Definition(ctx, tx, c.task.DefinitionID)
	if err != nil {
		return err
	}
	if d.Node(d.Node(c.task.Node).Next[0]).Kind == Join {
		return errNoWayBack // others' opinions went on with it
	}
	for _, o := range next {
		if o.Version != 0 || !o.OpenedAt.Equal(c.task.DoneAt) {
			return fault.New(fault.Conflict, "workflow.task_taken_up")
		}
		n, err := tx.Exec(ctx, `UPDATE workflow_task SET version = version + 1 WHERE id = $1 AND version = 0 AND state = 'open'`, o.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "workflow.task_taken_up")
		}
	}
	if len(next) == 0 {
		return errNoWayBack
	}
	if err := c.touch(ctx, tx, "done", `rank = rank`); err != nil {
		return err
	}
	return c.t.flows.rewind(ctx, tx, &c.task, c.task.Node)
}

// reopen gives a done task back to who did it.
func (c *command) reopen(ctx context.Context, tx *db.Tx) error {
	return c.touch(ctx, tx, "done", `state = 'open', token_id = $3, done_at = NULL, done_by = NULL, done_for = '', done_post = NULL, outcome = NULL`, c.task.TokenID)
}
