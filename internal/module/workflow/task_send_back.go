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
	list, err := c.t.flows.earlier(ctx, tx, &c.task)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(p waypoint) bool { return p.ID == c.in.Node })
	if i < 0 {
		return fault.New(fault.Invalid, "workflow.task_bad_order").Field("node", "workflow.task_node_unknown")
	}
	if !list[i].fits(c.matter.Takes) {
		return errNoWayBack
	}
	c.target = list[i].Name
	// The task is changed first: of two who go different ways from here, one does.
	if err := c.touch(ctx, tx, "open", `rank = rank`); err != nil {
		return err
	}
	return c.t.flows.rewind(ctx, tx, &c.task, c.task.TokenID, c.in.Node)
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
		if err := c.t.flows.hold(ctx, tx, c.task.InstanceID); err != nil {
			return err
		}
		err := tx.Later(ctx, `UPDATE workflow_side SET state = 'waiting' WHERE task_id = $1 AND kind = 'after' AND state = 'open'`, c.task.ID)
		if err != nil {
			return err
		}
		return c.reopen(ctx, tx)
	}
	token, err := c.t.flows.retake(ctx, tx, &c.task)
	if err != nil {
		return err
	}
	if token != "" {
		c.task.TokenID = token
		return c.reopen(ctx, tx)
	}
	next, err := c.t.flows.followers(ctx, tx, &c.task)
	if err != nil {
		return err
	}
	for _, o := range next {
		n, err := tx.Exec(ctx, `UPDATE workflow_task SET version = version + 1 WHERE id = $1 AND version = 0 AND state = 'open'`, o.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return errTakenUp
		}
	}
	if err := c.touch(ctx, tx, "done", `rank = rank`); err != nil {
		return err
	}
	return c.t.flows.rewind(ctx, tx, &c.task, next[0].TokenID, c.task.Node)
}

// reopen gives a done task back to who did it.
func (c *command) reopen(ctx context.Context, tx *db.Tx) error {
	return c.touch(ctx, tx, "done", `state = 'open', token_id = $3, done_at = NULL, done_by = NULL, done_for = '', done_post = NULL, outcome = NULL`, c.task.TokenID)
}
