package workflow

import (
	"context"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// transfer gives a task to a named officer of the office, back to the whole post, or, with the right of a chief over both, to another office. Its
// role stays: nobody gets to decide what his post does not decide.
func (c *command) transfer(ctx context.Context, tx *db.Tx) error {
	if err := c.asHolder(ctx, tx); err != nil {
		// A chief moves what lies in his offices without holding it.
		if c.task.State != "open" || c.may(ActMove, c.task.OfficePath) != nil {
			return err
		}
	}
	for i := range c.in.To {
		c.in.To[i].Role = c.task.Role
	}
	a, err := c.one(ctx, tx)
	if err != nil {
		return err
	}
	office := a.Office
	if a.Account != "" {
		o := a.tell[0]
		if !holds(actor.Actor{Duties: o.Duties}, c.task.Role, c.task.OfficePath, c.matter.Item) && !holds(actor.Actor{Duties: o.Duties}, c.task.Role, office.Path, c.matter.Item) {
			return fault.New(fault.Invalid, "workflow.task_bad_order").Field("to", "workflow.task_other_role")
		}
		if holds(actor.Actor{Duties: o.Duties}, c.task.Role, c.task.OfficePath, c.matter.Item) {
			office = Office{ID: c.task.OfficeID, Path: c.task.OfficePath, Name: c.task.OfficeName}
		}
	}
	if office.Path != c.task.OfficePath {
		for _, path := range []string{c.task.OfficePath, office.Path} {
			if err := c.may(ActMove, path); err != nil {
				return err
			}
		}
	} else if a.Account == c.task.Holder {
		return fault.New(fault.Conflict, "workflow.task_there_already")
	}
	c.data["to_office"], c.data["to"] = office.Path, a.Account
	if err := c.touch(ctx, tx, "open", `holder = $3, office_id = $4, office_path = $5, office_name = $6`, a.Account, office.ID, office.Path, office.Name); err != nil {
		return err
	}
	return c.tell(ctx, tx, "workflow.told.transferred", []to{a})
}

// forward hands a task up to the office of the same department one level higher (上报), by the head of the office.
func (c *command) forward(ctx context.Context, tx *db.Tx) error {
	if c.task.State != "open" {
		return errGone
	}
	if err := c.may(ActMove, c.task.OfficePath); err != nil {
		return err
	}
	if !c.t.internal(c.task.Action) {
		return errNotInside
	}
	above, err := c.t.needs.Offices.Above(ctx, tx, c.task.OfficePath)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Conflict, "workflow.task_top")
	}
	if err != nil {
		return err
	}
	c.in.To = []Addressee{{Office: above.Path, Role: c.task.Role}}
	a, err := c.one(ctx, tx)
	if err != nil {
		return err
	}
	c.data["to_office"], c.target, c.letter = above.Path, above.Name, ForwardLetter
	if err := c.touch(ctx, tx, "open", `holder = '', office_id = $3, office_path = $4, office_name = $5`, above.ID, above.Path, above.Name); err != nil {
		return err
	}
	return c.tell(ctx, tx, "workflow.told.forwarded", []to{a})
}

// delegate has a colleague of the same office do the work; done, the task comes back to who delegated it and completes it.
func (c *command) delegate(ctx context.Context, tx *db.Tx) error {
	if err := c.asHolder(ctx, tx); err != nil {
		return err
	}
	a, err := c.one(ctx, tx)
	if err != nil {
		return err
	}
	wrong := fault.New(fault.Invalid, "workflow.task_bad_order")
	switch {
	case a.Account == "":
		return wrong.Field("to", "workflow.task_name_somebody")
	case a.Account == c.by.Account:
		return wrong.Field("to", "workflow.task_not_yourself")
	case !strings.HasPrefix(a.Path, c.task.OfficePath):
		return wrong.Field("to", "workflow.task_other_office")
	}
	busy, err := db.One[int](ctx, tx, `SELECT count(*) FROM workflow_side WHERE task_id = $1 AND kind = 'delegate' AND state = 'open'`, c.task.ID)
	if err != nil {
		return err
	}
	if busy > 0 {
		return fault.New(fault.Conflict, "workflow.task_delegated")
	}
	c.data["to"] = a.Account
	holder := c.self()
	if c.task.Holder != "" {
		holder = c.task.Holder
	}
	if err := c.touch(ctx, tx, "open", `holder = $3, blocks = blocks + 1`, holder); err != nil {
		return err
	}
	if err := c.insertSides(ctx, tx, []Side{c.sideFor(Delegated, a, db.NewKey(), 0, "open", c.task.DueOn)}); err != nil {
		return err
	}
	return c.tell(ctx, tx, "workflow.told.delegated", []to{a})
}

func (c *command) sideFor(kind SideKind, a to, request string, turn int, state, dueOn string) Side {
	return Side{Kind: kind, RequestID: request, Turn: turn, OfficeID: a.ID, OfficePath: a.Path, OfficeName: a.Name, Role: a.Role, Account: a.Account, State: state, DueOn: dueOn}
}
