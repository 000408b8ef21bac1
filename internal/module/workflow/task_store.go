package workflow

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

const (
	selectTaskRow = `SELECT ` + taskColumns + `, ` + standingColumns + `,
t.instance_id, i.definition_id, t.state, t.done_at, t.done_by, t.done_for, t.outcome, t.given FROM workflow_task t JOIN workflow_instance i ON i.id = t.instance_id `
	sideColumns = `id, task_id, request_id, subject, kind, turn, office_id, office_path, office_name, role, account, title, number, due_on, state, words, asked_by, asked_for,
asked_post, asked_path, opened_at, done_at, done_by, done_for, done_post, outcome, answer`
	selectSide      = `SELECT ` + sideColumns + ` FROM workflow_side `
	selectCopy      = `SELECT id, task_id, subject, title, number, account, office_path, office_name, role, words, sent_by, sent_post, sent_at, read_at, read_by FROM workflow_copy `
	selectGathering = `SELECT id, task_id, subject, kind, held_on, place, host_by, host_for, host_post, state, opened_at, closed_at FROM workflow_gathering `
)

// load reads what the verb is about. Who may not know of the matter is told that there is no such task.
func (c *command) load(ctx context.Context, tx *db.Tx, on what, id string) (err error) {
	task := id
	switch on {
	case onSide:
		if c.side, err = db.One[Side](ctx, tx, selectSide+`WHERE id = $1`, id); err == nil {
			task = c.side.TaskID
		}
	case onCopy:
		if c.copy, err = db.One[Copy](ctx, tx, selectCopy+`WHERE id = $1`, id); err == nil {
			task = c.copy.TaskID
		}
	case onGathering:
		if c.gather, err = db.One[Gathering](ctx, tx, selectGathering+`WHERE id = $1`, id); err == nil {
			task = c.gather.TaskID
		}
	}
	if err == nil {
		c.task, err = db.One[taskRow](ctx, tx, selectTaskRow+`WHERE t.id = $1`, task)
	}
	if errors.Is(err, db.ErrNotFound) {
		return errNoTask
	}
	if err != nil {
		return err
	}
	c.matter, err = c.t.needs.Concerns.Concern(ctx, tx, c.by, c.task.Subject)
	if fault.Is(err, fault.NotFound) {
		return errNoTask
	}
	return err
}

var (
	errNoTask    error = fault.New(fault.NotFound, "workflow.task_not_found")
	errNotYours  error = fault.New(fault.Forbidden, "workflow.not_your_task")
	errBarred    error = fault.New(fault.Forbidden, "workflow.task_barred")
	errHeld      error = fault.New(fault.Forbidden, "workflow.task_held")
	errBlocked   error = fault.New(fault.Conflict, "workflow.task_blocked")
	errWasAsked  error = fault.New(fault.Conflict, "workflow.task_side_done")
	errNotInside error = fault.New(fault.Conflict, "workflow.task_binding")
)

// touch changes the task unless somebody else changed or completed it meanwhile. set begins its own placeholders at $3.
func (c *command) touch(ctx context.Context, tx *db.Tx, state, set string, args ...any) error {
	args = append([]any{c.task.ID, c.task.Version}, args...)
	c.task.Version++
	return tx.LaterOne(ctx, errGone, `UPDATE workflow_task SET version = version + 1, `+set+` WHERE id = $1 AND version = $2 AND state = '`+state+`'`, args...)
}

// insertSides writes side tasks, their words sealed.
func (c *command) insertSides(ctx context.Context, tx *db.Tx, list []Side) error {
	for i := range list {
		s := &list[i]
		s.ID = db.NewKey()
		c.made = append(c.made, s.ID)
		words, err := c.t.seal(s.ID, c.in.Words)
		if err != nil {
			return err
		}
		err = tx.Later(ctx, `INSERT INTO workflow_side (id, task_id, request_id, subject, kind, turn, office_id, office_path, office_name, role, account, title, number, due_on, rank, state, words,
asked_by, asked_for, asked_post, asked_path, opened_at, done_by, done_for, done_post, outcome) VALUES (`+db.In(26, 1)+`)`,
			s.ID, c.task.ID, s.RequestID, c.task.Subject, string(s.Kind), s.Turn, s.OfficeID, s.OfficePath, s.OfficeName, s.Role, s.Account, c.task.Title, c.task.Number, s.DueOn, 0, s.State,
			words, c.by.Name(), c.by.Behalf, c.by.Post, c.by.OfficePath, tx.Now, "", "", "", "")
		if err != nil {
			return err
		}
	}
	return nil
}

// dropSides ends everything that is still asked about a subject: its process is over.
func dropSides(ctx context.Context, tx *db.Tx, subject string) error {
	if err := tx.Later(ctx, `UPDATE workflow_side SET state = 'removed', done_at = $1 WHERE subject = $2 AND state IN ('waiting', 'open')`, tx.Now, subject); err != nil {
		return err
	}
	return tx.Later(ctx, `UPDATE workflow_gathering SET state = 'removed', closed_at = $1 WHERE subject = $2 AND state = 'open'`, tx.Now, subject)
}

// dropSidesOf ends what is still asked about one task.
func dropSidesOf(ctx context.Context, tx *db.Tx, task string) error {
	if err := tx.Later(ctx, `UPDATE workflow_side SET state = 'removed', done_at = $1 WHERE task_id = $2 AND kind <> 'after' AND state IN ('waiting', 'open')`, tx.Now, task); err != nil {
		return err
	}
	return tx.Later(ctx, `UPDATE workflow_gathering SET state = 'removed', closed_at = $1 WHERE task_id = $2 AND state = 'open'`, tx.Now, task)
}

// seal closes a text for the row it belongs to; an empty one needs none.
func (t *Tasks) seal(row, text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	sealed, err := t.needs.Keys.Seal([]byte(text), []byte("workflow/"+row))
	if err != nil {
		return nil, fmt.Errorf("sealing words of a task: %w", err)
	}
	return sealed, nil
}

func (t *Tasks) unseal(row string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	plain, err := t.needs.Keys.Open(sealed, []byte("workflow/"+row))
	if err != nil {
		return nil, fmt.Errorf("opening words of a task: %w", err)
	}
	return plain, nil
}

// MayTake tells whether by may complete a task now: one of its duties is the task's, items included, and nobody else holds it.
func MayTake(by actor.Actor, t OpenTask, item string) bool {
	return by.Kind == actor.System || holds(by, t.Role, t.OfficePath, item) && !t.heldFrom(by) && !t.barredFrom(by)
}

// heldFrom tells whether somebody else holds the task.
func (t OpenTask) heldFrom(by actor.Actor) bool {
	return t.Holder != "" && t.Holder != by.Account && t.Holder != by.Behalf && by.Kind != actor.System
}
