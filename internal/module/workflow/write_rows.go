package workflow

import (
	"context"
	"slices"
	"strconv"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

var taskRowColumns = []string{"id", "instance_id", "token_id", "subject", "node", "name", "action", "role", "office_id", "office_path", "office_name", "title", "number", "due_on",
	"state", "opened_at", "limited", "limit_days", "counted_on"}

func (s *Service) writeTasks(ctx context.Context, tx *db.Tx, c *change) error {
	if err := withdraw(ctx, tx, c.tasks.closed); err != nil {
		return err
	}
	for _, e := range c.moved {
		err := tx.Later(ctx, `UPDATE workflow_task SET node = $1, name = $2, action = $3, role = $4 WHERE subject = $5 AND instance_id = $6 AND token_id = $7
AND (state = 'open' OR state = 'done' AND follows > 0)`,
			e.Element, e.Name, e.Duty.Action, e.Duty.Role, e.about(), e.InstanceID, tokenName(e.Token))
		if err != nil {
			return err
		}
	}
	var rows [][]any
	for _, e := range c.tasks.opened {
		o, err := e.office(e.Effect)
		if err != nil {
			return err
		}
		due, since := e.running.Due, ""
		if e.Limit > 0 {
			since = civil.Of(tx.Now).String()
			calendar, err := s.calendar(ctx, tx, e.Region)
			if err != nil {
				return err
			}
			due = calendar.Add(civil.Of(tx.Now), e.Limit).String()
		}
		if due == "" {
			due = noDue
		}
		rows = append(rows, []any{db.NewKey(), e.InstanceID, tokenName(e.Token), e.about(), e.Element, e.Effect.Name, e.Duty.Action, e.Duty.Role, o.ID, o.Path, o.Name, e.Titled, e.Numbered,
			due, "open", tx.Now, e.Limit > 0, int64(e.Limit), since})
	}
	if err := insert(ctx, tx, "workflow_task", taskRowColumns, rows); err != nil {
		return err
	}
	for i, e := range c.tasks.opened {
		if err := e.bar(ctx, tx, rows[i][0].(string), e.Element); err != nil {
			return err
		}
	}
	return nil
}

// withdraw ends the open tasks of tokens that were withdrawn, and what is still asked about them. One that was done, and waited for who signs after it,
// stays done: it is history, and moves nothing any more.
func withdraw(ctx context.Context, tx *db.Tx, gone []deed) error {
	if len(gone) == 0 {
		return nil
	}
	list := `WITH gone (subject, instance_id, token_id) AS (VALUES ` + valuesWith(len(gone), 3, 2) + `) `
	args := make([]any, 0, 1+3*len(gone))
	args = append(args, tx.Now)
	for _, e := range gone {
		args = append(args, e.about(), e.InstanceID, tokenName(e.Token))
	}
	const its = ` g.subject = t.subject AND g.instance_id = t.instance_id AND g.token_id = t.token_id`
	asked, err := db.All[int](ctx, tx, list+`UPDATE workflow_task AS t SET state = 'cancelled', done_at = $1 FROM gone g WHERE t.state = 'open' AND`+its+
		` RETURNING blocks + follows + sides`, slices.Clone(args)...)
	if err != nil {
		return err
	}
	const about = ` IN (SELECT t.id FROM gone g JOIN workflow_task t ON` + its + `)`
	err = tx.Later(ctx, list+`UPDATE workflow_gathering AS m SET state = 'removed', closed_at = $1 FROM gone g WHERE m.state = 'open' AND m.subject = g.subject AND m.task_id`+about,
		slices.Clone(args)...)
	if err != nil || len(asked) == len(gone) && !slices.ContainsFunc(asked, func(n int) bool { return n > 0 }) {
		return err // nobody was asked anything: a task counts whom it waits for
	}
	if err := tx.Later(ctx, list+`UPDATE workflow_side SET state = 'removed', done_at = $1 WHERE state IN ('waiting', 'open') AND task_id`+about, args...); err != nil {
		return err
	}
	return tx.Later(ctx, `WITH gone (subject, instance_id, token_id) AS (VALUES `+valuesWith(len(gone), 3, 1)+`) UPDATE workflow_task AS t SET follows = 0, version = t.version + 1
FROM gone g WHERE t.state = 'done' AND t.follows > 0 AND`+its, args[1:]...)
}

// tokenName is how a task's row names its token.
func tokenName(token int) string { return strconv.Itoa(token) }

func (s *Service) writeServices(ctx context.Context, tx *db.Tx, c *change) error {
	for _, e := range c.services.closed {
		if err := tx.Later(ctx, `DELETE FROM workflow_service WHERE instance_id = $1 AND owner = $2`, e.InstanceID, e.Token); err != nil {
			return err
		}
	}
	for _, e := range c.services.opened {
		id := db.NewKey()
		err := tx.Later(ctx, `INSERT INTO workflow_service (id, instance_id, owner, handler, inputs, attempt) VALUES ($1, $2, $3, $4, $5, 0)`,
			id, e.InstanceID, e.Token, e.Name, db.JSON[map[string]any]{V: e.Values})
		if err != nil {
			return err
		}
		if err := s.insert(ctx, tx, serviceJob{id}, job.Unique(id)); err != nil {
			return err
		}
	}
	return nil
}

var timerColumns = []string{"id", "instance_id", "owner", "event", "fire_at", "workdays", "set_on", "region"}

func (s *Service) writeTimers(ctx context.Context, tx *db.Tx, c *change) error {
	for _, e := range c.timers.closed {
		if err := tx.Later(ctx, `DELETE FROM workflow_timer WHERE instance_id = $1 AND owner = $2 AND event = $3`, e.InstanceID, e.Token, e.Event); err != nil {
			return err
		}
	}
	var rows [][]any
	for _, e := range c.timers.opened {
		at, err := s.fireAt(ctx, tx, e.running, e.Effect.Due)
		if err != nil {
			return err
		}
		if soonest := tx.Now.Add(rest); e.Again && at.Before(soonest) {
			at = soonest
		}
		days, since := int64(0), ""
		if e.Effect.Due.Counted() {
			days, since = int64(e.Effect.Due.Workdays), civil.Of(tx.Now).String()
		}
		rows = append(rows, []any{db.NewKey(), e.InstanceID, int64(e.Token), e.Event, at, days, since, e.Region})
	}
	return insert(ctx, tx, "workflow_timer", timerColumns, rows)
}

// rest is the shortest time between two firings of one timer in an instance: a circle through a time that is over would otherwise fire without end.
const rest = time.Minute

// fireAt tells when a timer fires that is set now. Working days are whole: it fires when the last of them is over.
func (s *Service) fireAt(ctx context.Context, tx *db.Tx, r *running, due machine.Due) (time.Time, error) {
	switch {
	case due.Date != "":
		if d, err := civil.Parse(due.Date); err == nil {
			return d.Start(), nil
		}
		return time.Parse(time.RFC3339, due.Date)
	case due.Duration != "":
		return machine.After(tx.Now, due.Duration)
	}
	calendar, err := s.calendar(ctx, tx, r.Region)
	if err != nil {
		return time.Time{}, err
	}
	return calendar.Add(civil.Of(tx.Now), due.Workdays).End(), nil
}

func (s *Service) calendar(ctx context.Context, tx *db.Tx, of string) (*workday.Calendar, error) {
	code, err := region.Parse(of)
	if err != nil {
		code = region.Code{} // a process of no region keeps the State Council's days
	}
	if s.needs.Calendars == nil {
		return workday.Standard(code), nil
	}
	return s.needs.Calendars.Calendar(ctx, tx, code)
}

func writeWaits(ctx context.Context, tx *db.Tx, c *change) error {
	for _, e := range c.waits.closed {
		if err := tx.Later(ctx, `DELETE FROM workflow_wait WHERE instance_id = $1 AND owner = $2 AND event = $3`, e.InstanceID, e.Token, e.Event); err != nil {
			return err
		}
	}
	var rows [][]any
	for _, e := range c.waits.opened {
		kind := "message"
		if e.Do == machine.WaitSignal {
			kind = "signal"
		}
		rows = append(rows, []any{db.NewKey(), e.InstanceID, int64(e.Token), e.Event, kind, e.Name, e.Key})
	}
	return insert(ctx, tx, "workflow_wait", []string{"id", "instance_id", "owner", "event", "kind", "name", "correlation"}, rows)
}

func writeIncidents(ctx context.Context, tx *db.Tx, c *change) error {
	for _, e := range c.incidents.closed {
		err := tx.Later(ctx, `UPDATE workflow_incident SET closed_at = $1 WHERE instance_id = $2 AND owner = $3 AND closed_at IS NULL`, tx.Now, e.InstanceID, e.Token)
		if err != nil {
			return err
		}
	}
	for _, e := range c.incidents.opened {
		err := tx.Later(ctx, `INSERT INTO workflow_incident (id, instance_id, owner, element, reason, code, office_path, opened_at) VALUES (`+db.In(8, 1)+`)`,
			db.NewKey(), e.InstanceID, e.Token, e.Element, e.Name, e.Key, e.places.home(), tx.Now)
		if err != nil {
			return err
		}
	}
	return nil
}
