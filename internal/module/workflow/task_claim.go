package workflow

import (
	"context"

	"xiangyun/internal/platform/db"
)

// claim takes a task of the post for oneself. What is one's own already stays so.
func (c *command) claim(ctx context.Context, tx *db.Tx) error {
	if err := c.asHolder(ctx, tx); err != nil {
		return err
	}
	if c.task.Holder != "" {
		c.nothing = true
		return nil
	}
	return c.touch(ctx, tx, "open", `holder = $3`, c.self())
}

// release gives a task back to the post: whoever holds it, or the head of the office for somebody who does not come.
func (c *command) release(ctx context.Context, tx *db.Tx) error {
	if c.task.State != "open" {
		return errGone
	}
	if c.task.Holder == "" {
		c.nothing = true
		return c.asHolder(ctx, tx)
	}
	if err := c.asHolder(ctx, tx); err != nil {
		if c.may(ActMove, c.task.OfficePath) != nil {
			return err
		}
	}
	c.data["holder"] = c.task.Holder
	return c.touch(ctx, tx, "open", `holder = ''`)
}

// self is whose a task becomes that by takes: his own, or his who is away, so that it is there when he comes back.
func (c *command) self() string {
	if c.by.Behalf != "" {
		return c.by.Behalf
	}
	return c.by.Account
}
