package workflow

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// urge reminds whoever has the task (催办): by who applied, or a superior; once a day. What was urged goes before the rest of the inbox.
func (c *command) urge(ctx context.Context, tx *db.Tx) error {
	if c.by.Kind != actor.Person || c.by.For() == "" || c.by.For() != c.matter.Owner {
		if err := c.may(ActUrge, c.task.OfficePath); err != nil {
			return err
		}
	}
	if c.task.State != "open" {
		return errGone
	}
	today := civil.Of(tx.Now).String()
	on, err := db.One[string](ctx, tx, `SELECT urged_on FROM workflow_task WHERE id = $1`, c.task.ID)
	if err != nil {
		return err
	}
	if on == today {
		return fault.New(fault.Conflict, "workflow.task_urged_today")
	}
	// The version stays: an officer at work is not told that the task moved because somebody urged him.
	err = tx.LaterOne(ctx, fault.New(fault.Conflict, "workflow.task_urged_today"), `UPDATE workflow_task SET rank = -1, urged = urged + 1, urged_on = $1
WHERE id = $2 AND state = 'open' AND urged_on <> $3`, today, c.task.ID, today)
	if err != nil {
		return err
	}
	c.target, c.data["count"] = c.task.OfficeName, c.task.Urged+1
	if c.by.Kind == actor.Officer {
		c.letter = UrgeLetter // what an applicant asks for is no letter of an office
	}
	if c.task.Holder != "" {
		return c.tellAccount(ctx, tx, "workflow.told.urged", c.task.Holder)
	}
	there, err := c.t.needs.People.At(ctx, tx, c.task.OfficePath)
	if err != nil {
		return err
	}
	there = slices.DeleteFunc(there, func(o Officer) bool { return !has(o, c.task.Role, c.task.OfficePath) })
	if len(there) > mostAddressees {
		there = there[:mostAddressees]
	}
	return c.tell(ctx, tx, "workflow.told.urged", []to{{tell: there}})
}
