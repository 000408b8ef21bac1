package workflow

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// cosign adds others who must sign: before the task can be completed (前加签), or after it was and before the process moves on (后加签). What binds
// somebody outside as soon as it is done can't be signed afterwards.
func (c *command) cosign(ctx context.Context, tx *db.Tx) error {
	if err := c.asHolder(ctx, tx); err != nil {
		return err
	}
	switch {
	case c.in.Kind != SignBefore && c.in.Kind != SignAfter:
		return fault.New(fault.Invalid, "workflow.task_bad_order").Field("kind", "workflow.task_kind_missing")
	case c.in.Kind == SignAfter && !c.t.internal(c.task.Action):
		return errNotInside
	}
	list, err := c.findAll(ctx, tx)
	if err != nil {
		return err
	}
	request, state := db.NewKey(), "open"
	if c.in.Kind == SignAfter {
		state = "waiting"
	}
	var sides []Side
	for i, a := range list {
		if a.Account == c.by.Account {
			return fault.New(fault.Invalid, "workflow.task_bad_order").Field("to", "workflow.task_not_yourself")
		}
		turn := 0
		if c.in.InTurn {
			turn = i
		}
		s := c.sideFor(c.in.Kind, a, request, turn, state, c.task.DueOn)
		if turn > 0 {
			s.State = "waiting"
		}
		sides = append(sides, s)
	}
	set := `holder = $3, blocks = blocks + $4`
	if c.in.Kind == SignAfter {
		set = `holder = $3, follows = follows + $4`
	}
	holder := c.task.Holder
	if holder == "" {
		holder = c.self() // whoever asks others to sign means to complete it himself
	}
	c.data["kind"], c.data["count"] = string(c.in.Kind), len(sides)
	if err := c.touch(ctx, tx, "open", set, holder, len(sides)); err != nil {
		return err
	}
	if err := c.insertSides(ctx, tx, sides); err != nil {
		return err
	}
	if c.in.Kind == SignAfter {
		return nil // they are told when it is their turn
	}
	if c.in.InTurn {
		list = list[:1]
	}
	return c.tell(ctx, tx, "workflow.told.cosign", list)
}

// answer signs, answers or files what was asked of by.
func (c *command) answer(ctx context.Context, tx *db.Tx) error {
	s := &c.side
	if !s.askedOf(c.by, c.matter.Item) {
		err := c.asAny(ctx, tx, func(a actor.Actor) bool { return s.askedOf(a, c.matter.Item) }, func() error { return errNotYours })
		if err != nil {
			return err
		}
	}
	if s.State != "open" {
		return errWasAsked
	}
	agree := c.in.Agree == nil || *c.in.Agree
	signature := s.Kind == SignBefore || s.Kind == SignAfter
	if c.in.Words == "" && (!signature || !agree) {
		return fault.New(fault.Invalid, "workflow.task_bad_order").Field("words", "workflow.task_words_missing")
	}
	outcome := "answered"
	if signature {
		outcome = "agree"
		if !agree {
			outcome = "disagree"
		}
	}
	answer, err := c.t.seal(s.ID+"/answer", c.in.Words)
	if err != nil {
		return err
	}
	err = tx.LaterOne(ctx, errWasAsked, `UPDATE workflow_side SET state = 'done', done_at = $1, done_by = $2, done_for = $3, done_post = $4, outcome = $5, answer = $6
WHERE id = $7 AND state = 'open'`, tx.Now, c.by.Name(), c.by.Behalf, c.by.Post, outcome, answer, s.ID)
	if err != nil {
		return err
	}
	c.target, c.data["kind"], c.data["outcome"] = s.AskedPost, string(s.Kind), outcome
	if err := c.tellAccount(ctx, tx, "workflow.told.answered", s.AskedBy); err != nil {
		return err
	}
	return c.less(ctx, tx, outcome)
}

// remove takes back what was asked and not answered so far (减签): by whoever asked, or who holds the task.
func (c *command) remove(ctx context.Context, tx *db.Tx) error {
	s := &c.side
	if s.AskedBy != c.by.Account && s.AskedFor != c.by.Account {
		if err := c.asHolder(ctx, tx); err != nil {
			return err
		}
	}
	if s.State != "open" && s.State != "waiting" {
		return errWasAsked
	}
	err := tx.LaterOne(ctx, errWasAsked, `UPDATE workflow_side SET state = 'removed', done_at = $1, done_by = $2 WHERE id = $3 AND state IN ('open', 'waiting')`, tx.Now, c.by.Name(), s.ID)
	if err != nil {
		return err
	}
	c.target, c.data["kind"] = s.OfficeName, string(s.Kind)
	return c.less(ctx, tx, "removed")
}

// less counts one side task less, and does what follows when it was the last its task waited for.
func (c *command) less(ctx context.Context, tx *db.Tx, outcome string) error {
	s := &c.side
	switch s.Kind {
	case SignBefore, Delegated:
		if err := c.touch(ctx, tx, "open", `blocks = blocks - 1`); err != nil {
			return err
		}
		return c.following(ctx, tx)
	case SignAfter:
		return c.lessAfter(ctx, tx, outcome)
	}
	if c.task.State != "open" {
		return nil // the task was completed without the answer
	}
	return c.touch(ctx, tx, "open", `sides = sides - 1`)
}

// lessAfter is less for signatures that come after. Who does not agree gives the task back to who completed it.
func (c *command) lessAfter(ctx context.Context, tx *db.Tx, outcome string) error {
	if outcome == "disagree" {
		err := tx.Later(ctx, `UPDATE workflow_side SET state = 'removed', done_at = $1 WHERE task_id = $2 AND kind = 'after' AND state IN ('waiting', 'open')`, tx.Now, c.task.ID)
		if err != nil {
			return err
		}
		if err := c.t.flows.hold(ctx, tx, c.task.InstanceID); err != nil {
			return err
		}
		return c.touch(ctx, tx, "done", `state = 'open', follows = 0, done_at = NULL, done_by = NULL, done_for = '', done_post = NULL, outcome = NULL`)
	}
	state := c.task.State
	if err := c.touch(ctx, tx, state, `follows = follows - 1`); err != nil {
		return err
	}
	if state != "done" {
		return nil // taken away before the task was completed
	}
	if c.task.Follows > 1 {
		return c.following(ctx, tx)
	}
	return c.t.flows.moveOn(ctx, tx, c.by, &c.task)
}

// following opens the next signature of those that come in turn.
func (c *command) following(ctx context.Context, tx *db.Tx) error {
	rest, err := db.All[Side](ctx, tx, selectSide+`WHERE request_id = $1 AND id <> $2 AND state IN ('waiting', 'open') ORDER BY turn, id LIMIT 20`, c.side.RequestID, c.side.ID)
	if err != nil || len(rest) == 0 || rest[0].State == "open" {
		return err
	}
	if c.side.Kind == SignAfter && c.task.State == "open" {
		return nil // nobody signs before the task is completed
	}
	return tx.Later(ctx, `UPDATE workflow_side SET state = 'open', opened_at = $1 WHERE request_id = $2 AND turn = $3 AND state = 'waiting'`, tx.Now, c.side.RequestID, rest[0].Turn)
}
