package workflow

import (
	"context"
	"encoding/json"
	"fmt"
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

// ledger gathers what is opened and closed of one kind. What one transaction opens and closes again is never written.
type ledger struct{ opened, closed []machine.Effect }

func (l *ledger) open(e machine.Effect) { l.opened = append(l.opened, e) }

func (l *ledger) shut(e machine.Effect) {
	i := slices.IndexFunc(l.opened, func(o machine.Effect) bool { return o.Token == e.Token && o.Event == e.Event })
	if i < 0 {
		l.closed = append(l.closed, e)
		return
	}
	l.opened = slices.Delete(l.opened, i, i+1)
}

// change is what an instance's steps ask to be written.
type change struct {
	tasks, services, timers, waits, incidents ledger
	moved                                     []machine.Effect
	signals                                   []string
}

func changeOf(effects []machine.Effect) (c change) {
	for _, e := range effects {
		switch e.Do {
		case machine.OpenTask:
			c.tasks.open(e)
		case machine.WithdrawTask:
			c.tasks.shut(e)
		case machine.MoveTask:
			c.moved = append(c.moved, e)
		case machine.RunService:
			c.services.open(e)
		case machine.StopService:
			c.services.shut(e)
		case machine.SetTimer:
			c.timers.open(e)
		case machine.ClearTimer:
			c.timers.shut(e)
		case machine.WaitMessage, machine.WaitSignal:
			c.waits.open(e)
		case machine.ClearWait:
			c.waits.shut(e)
		case machine.OpenIncident:
			c.incidents.open(e)
		case machine.CloseIncident:
			c.incidents.shut(e)
		case machine.ThrowSignal:
			c.signals = append(c.signals, e.Name)
		}
	}
	return c
}

// write stores an instance that moved, with its tasks, timers and what else it waits for.
func (s *Service) write(ctx context.Context, tx *db.Tx, r *running) error {
	if !r.moved {
		return nil
	}
	c := changeOf(r.pending)
	if err := r.settleIn(ctx, tx); err != nil {
		return err
	}
	if err := s.writeInstance(ctx, tx, r); err != nil {
		return err
	}
	r.pending, r.moved, r.changed = nil, false, false
	for _, part := range []func(context.Context, *db.Tx, *running, change) error{s.writeTasks, s.writeServices, s.writeTimers, s.writeWaits, s.writeIncidents} {
		if err := part(ctx, tx, r, c); err != nil {
			return err
		}
	}
	for _, name := range c.signals {
		if err := s.Broadcast(ctx, tx, name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) writeInstance(ctx context.Context, tx *db.Tx, r *running) error {
	state, err := json.Marshal(r.state)
	if err != nil {
		return fmt.Errorf("writing down where process %s stands: %w", r.InstanceID, err)
	}
	if r.changed {
		text, err := json.Marshal(r.values)
		if err != nil {
			return fmt.Errorf("writing down the variables of process %s: %w", r.InstanceID, err)
		}
		r.Variables = string(text)
	}
	r.Machine = string(state)
	now, ended := "running", time.Time{}
	if r.state.Ended {
		now, ended = "ended", tx.Now
		if r.cancelled {
			now = "cancelled"
		}
	}
	if !r.fresh {
		r.Steps++
		return tx.LaterOne(ctx, errGone, `UPDATE workflow_instance SET machine = $1, variables = $2, version = version + 1, state = $3, ended_at = $4, due_on = $5
WHERE id = $6 AND version = $7 AND state = 'running'`, r.Machine, r.Variables, now, ended, r.Due, r.InstanceID, r.Steps-1)
	}
	r.fresh = false
	var parent any
	if r.ParentID != "" {
		parent = r.ParentID
	}
	if r.Variables == "" {
		r.Variables = "{}"
	}
	return tx.Later(ctx, `INSERT INTO workflow_instance (id, definition_id, subject, state, places, started_at, ended_at, machine, variables, version, topic, title, number,
due_on, region, parent_id, parent_token, began_at) VALUES (`+db.In(18, 1)+`)`, r.InstanceID, r.DefinitionID, r.Whose, now, db.JSON[Places]{V: r.places}, tx.Now, ended, r.Machine,
		r.Variables, r.Steps, r.Topic, r.Titled, r.Numbered, r.Due, r.Region, parent, r.ParentToken, r.BeganAt)
}

func (s *Service) writeTasks(ctx context.Context, tx *db.Tx, r *running, c change) error {
	for _, e := range c.tasks.closed {
		err := tx.Later(ctx, `UPDATE workflow_task SET state = 'cancelled', done_at = $1 WHERE subject = $2 AND instance_id = $3 AND token_id = $4 AND state = 'open'`,
			tx.Now, r.about(), r.InstanceID, tokenName(e.Token))
		if err != nil {
			return err
		}
		if err := r.dropToken(ctx, tx, tokenName(e.Token)); err != nil {
			return err
		}
	}
	for _, e := range c.moved {
		err := tx.Later(ctx, `UPDATE workflow_task SET node = $1, name = $2, action = $3, role = $4 WHERE subject = $5 AND instance_id = $6 AND token_id = $7
AND (state = 'open' OR state = 'done' AND follows > 0)`,
			e.Element, e.Name, e.Duty.Action, e.Duty.Role, r.about(), r.InstanceID, tokenName(e.Token))
		if err != nil {
			return err
		}
	}
	if len(c.tasks.opened) == 0 {
		return nil
	}
	var rows []any
	ids := make([]string, len(c.tasks.opened))
	for i, e := range c.tasks.opened {
		o, err := r.office(e)
		if err != nil {
			return err
		}
		due := r.Due
		if e.Limit > 0 {
			calendar, err := s.calendar(ctx, tx, r)
			if err != nil {
				return err
			}
			due = calendar.Add(civil.Of(tx.Now), e.Limit).String()
		}
		if due == "" {
			due = noDue
		}
		ids[i] = db.NewKey()
		rows = append(rows, ids[i], r.InstanceID, tokenName(e.Token), r.about(), e.Element, e.Name, e.Duty.Action, e.Duty.Role, o.ID, o.Path, o.Name, r.Titled, r.Numbered,
			due, "open", tx.Now)
	}
	err := tx.Later(ctx, `INSERT INTO workflow_task (id, instance_id, token_id, subject, node, name, action, role, office_id, office_path, office_name, title, number, due_on, state, opened_at)
VALUES `+db.Values(len(c.tasks.opened), 16, 1), rows...)
	for i, e := range c.tasks.opened {
		if err == nil {
			err = r.bar(ctx, tx, ids[i], e.Element)
		}
	}
	return err
}

// tokenName is how a task's row names its token.
func tokenName(token int) string { return strconv.Itoa(token) }

func (s *Service) writeServices(ctx context.Context, tx *db.Tx, r *running, c change) error {
	for _, e := range c.services.closed {
		if err := tx.Later(ctx, `DELETE FROM workflow_service WHERE instance_id = $1 AND owner = $2`, r.InstanceID, e.Token); err != nil {
			return err
		}
	}
	for _, e := range c.services.opened {
		id := db.NewKey()
		err := tx.Later(ctx, `INSERT INTO workflow_service (id, instance_id, owner, handler, inputs, attempt) VALUES ($1, $2, $3, $4, $5, 0)`,
			id, r.InstanceID, e.Token, e.Name, db.JSON[map[string]any]{V: e.Values})
		if err != nil {
			return err
		}
		if err := s.insert(ctx, tx, serviceJob{id}, job.Unique(id)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) writeTimers(ctx context.Context, tx *db.Tx, r *running, c change) error {
	for _, e := range c.timers.closed {
		if err := tx.Later(ctx, `DELETE FROM workflow_timer WHERE instance_id = $1 AND owner = $2 AND event = $3`, r.InstanceID, e.Token, e.Event); err != nil {
			return err
		}
	}
	if len(c.timers.opened) == 0 {
		return nil
	}
	var rows []any
	for _, e := range c.timers.opened {
		at, err := s.fireAt(ctx, tx, r, e.Due)
		if err != nil {
			return err
		}
		if soonest := tx.Now.Add(rest); e.Again && at.Before(soonest) {
			at = soonest
		}
		rows = append(rows, db.NewKey(), r.InstanceID, e.Token, e.Event, at)
	}
	return tx.Later(ctx, `INSERT INTO workflow_timer (id, instance_id, owner, event, fire_at) VALUES `+db.Values(len(c.timers.opened), 5, 1), rows...)
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
	calendar, err := s.calendar(ctx, tx, r)
	if err != nil {
		return time.Time{}, err
	}
	return calendar.Add(civil.Of(tx.Now), due.Workdays).End(), nil
}

func (s *Service) calendar(ctx context.Context, tx *db.Tx, r *running) (*workday.Calendar, error) {
	code, err := region.Parse(r.Region)
	if err != nil {
		code = region.Code{} // a process of no region keeps the State Council's days
	}
	if s.needs.Calendars == nil {
		return workday.Standard(code), nil
	}
	return s.needs.Calendars.Calendar(ctx, tx, code)
}

func (s *Service) writeWaits(ctx context.Context, tx *db.Tx, r *running, c change) error {
	for _, e := range c.waits.closed {
		if err := tx.Later(ctx, `DELETE FROM workflow_wait WHERE instance_id = $1 AND owner = $2 AND event = $3`, r.InstanceID, e.Token, e.Event); err != nil {
			return err
		}
	}
	if len(c.waits.opened) == 0 {
		return nil
	}
	var rows []any
	for _, e := range c.waits.opened {
		kind := "message"
		if e.Do == machine.WaitSignal {
			kind = "signal"
		}
		rows = append(rows, db.NewKey(), r.InstanceID, e.Token, e.Event, kind, e.Name, e.Key)
	}
	return tx.Later(ctx, `INSERT INTO workflow_wait (id, instance_id, owner, event, kind, name, correlation) VALUES `+db.Values(len(c.waits.opened), 7, 1), rows...)
}

func (s *Service) writeIncidents(ctx context.Context, tx *db.Tx, r *running, c change) error {
	for _, e := range c.incidents.closed {
		err := tx.Later(ctx, `UPDATE workflow_incident SET closed_at = $1 WHERE instance_id = $2 AND owner = $3 AND closed_at IS NULL`, tx.Now, r.InstanceID, e.Token)
		if err != nil {
			return err
		}
	}
	for _, e := range c.incidents.opened {
		err := tx.Later(ctx, `INSERT INTO workflow_incident (id, instance_id, owner, element, reason, code, office_path, opened_at) VALUES (`+db.In(8, 1)+`)`,
			db.NewKey(), r.InstanceID, e.Token, e.Element, e.Name, e.Key, r.home(), tx.Now)
		if err != nil {
			return err
		}
	}
	return nil
}
