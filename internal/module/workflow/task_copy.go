package workflow

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// copyTo lets others know of a matter (抄送); whether they read it can be seen.
func (c *command) copyTo(ctx context.Context, tx *db.Tx) error {
	if err := c.asWorking(ctx, tx); err != nil {
		return err
	}
	list, err := c.findAll(ctx, tx)
	if err != nil {
		return err
	}
	c.data["count"] = len(list)
	for _, a := range list {
		id := db.NewKey()
		c.made = append(c.made, id)
		words, err := c.t.seal(id, c.in.Words)
		if err != nil {
			return err
		}
		err = tx.Later(ctx, `INSERT INTO workflow_copy (id, task_id, subject, title, number, account, office_path, office_name, role, words, sent_by, sent_post, sent_at, read_by)
VALUES (`+db.In(14, 1)+`)`, id, c.task.ID, c.task.Subject, c.task.Title, c.task.Number, a.Account, a.Path, a.Name, a.Role, words, c.by.Name(), c.by.Post, tx.Now, "")
		if err != nil {
			return err
		}
	}
	return c.tell(ctx, tx, "workflow.told.copied", list)
}

// asWorking lets whoever may complete the task, or did.
func (c *command) asWorking(ctx context.Context, tx *db.Tx) error {
	if c.task.State == "done" && (c.task.DoneBy == c.by.Account || c.task.DoneFor == c.by.Account) {
		return nil
	}
	return c.asHolder(ctx, tx)
}

// readCopy says that a copy was read; the first reading counts.
func (c *command) readCopy(ctx context.Context, tx *db.Tx) error {
	if !c.copy.sentTo(c.by) {
		return errNotYours
	}
	if c.copy.ReadBy != "" {
		c.nothing = true
		return nil
	}
	n, err := tx.Exec(ctx, `UPDATE workflow_copy SET read_at = $1, read_by = $2 WHERE id = $3 AND read_at IS NULL`, tx.Now, c.by.Name(), c.copy.ID)
	c.nothing = n == 0
	return err
}

func (c Copy) sentTo(by actor.Actor) bool {
	if c.Account != "" {
		return c.Account == by.Account
	}
	return slices.ContainsFunc(by.Duties, func(d actor.Duty) bool { return d.Role == c.Role && d.OfficePath == c.OfficePath })
}
