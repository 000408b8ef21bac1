package workflow

import (
	"context"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// A task whose definition gives it a limit has a day of its own; every other has the one of its subject. The subject's clock may stand, for a correction or
// a special procedure. A limit rests as long: what was left of it when the clock stopped is left when it runs again. The day it stops counts, the day it
// runs again does not.

// Reschedule gives the open tasks of a subject, and those that timers and messages will open, a new due date; empty means none. stands tells that the clock
// of the subject stands now: tasks with a limit of their own then have this date too, and their own again when it runs.
func (s *Service) Reschedule(ctx context.Context, tx *db.Tx, subject, dueOn string, stands bool) error {
	err := tx.Later(ctx, `UPDATE workflow_instance SET due_on = $1 WHERE (subject = $2 OR topic = $3) AND state = 'running'`, dueOn, subject, subject)
	if err != nil {
		return err
	}
	if dueOn == "" {
		dueOn = noDue
	}
	if err := tx.Later(ctx, `UPDATE workflow_task SET due_on = $1 WHERE subject = $2 AND state = 'open' AND NOT limited`, dueOn, subject); err != nil {
		return err
	}
	type row struct {
		ID, DueOn, CountedOn, Region string
		LimitDays                    int
	}
	rows, err := db.All[row](ctx, tx, `SELECT t.id, t.due_on, t.counted_on, t.limit_days, i.region FROM workflow_task t JOIN workflow_instance i ON i.id = t.instance_id
WHERE t.subject = $1 AND t.state = 'open' AND t.limited ORDER BY t.id LIMIT 1000`, subject)
	if err != nil {
		return err
	}
	today := civil.Of(tx.Now)
	for _, r := range rows {
		if !stands && r.CountedOn != "" {
			continue // it counts, and goes on counting
		}
		calendar, err := s.calendar(ctx, tx, r.Region)
		if err != nil {
			return err
		}
		due, since, left := dueOn, "", r.LimitDays
		switch {
		case !stands:
			due, since = calendar.Add(today, left).String(), today.String()
		case r.CountedOn != "":
			ends, err := civil.Parse(r.DueOn)
			if err != nil {
				return err
			}
			left = calendar.Between(today, ends)
		}
		if err := tx.Later(ctx, `UPDATE workflow_task SET due_on = $1, counted_on = $2, limit_days = $3 WHERE id = $4 AND state = 'open'`, due, since, left, r.ID); err != nil {
			return err
		}
	}
	return nil
}
