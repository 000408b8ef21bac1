package workflow

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// MovedTask is an open task with a limit of its own that a corrected calendar moved.
type MovedTask struct {
	TaskID     string
	Subject    string
	Number     string
	Title      string
	Name       string
	OfficePath string // where it is done
	BeforeOn   civil.Date
	AfterOn    civil.Date
}

type limitedRow struct {
	MovedTask
	CountedOn civil.Date
	LimitDays int
	Region    string
}

// ReckonTasks finds anew when the open tasks are due that have a limit of their own, as [Service.ReckonTimers] does with timers: each that moves is written
// down under the name of the change, a batch a transaction with its leaf, and what stands right is not touched. One that was late by the old calendar and is
// not by the new one is late no more. A limit that rests is worked out when it counts again. Only the program may ask.
func (s *Service) ReckonTasks(ctx context.Context, by actor.Actor, change string) (moved int, err error) {
	if by.Kind != actor.System {
		return 0, fault.New(fault.Forbidden, "workflow.not_keeper")
	}
	return s.batches(ctx, func(tx *db.Tx, after string) (n int, last string, err error) {
		rows, err := db.All[limitedRow](ctx, tx, `SELECT t.id AS task_id, t.subject, t.number, t.title, t.name, t.office_path, t.due_on AS before_on, t.counted_on, t.limit_days, i.region
FROM workflow_task t JOIN workflow_instance i ON i.id = t.instance_id WHERE t.limited AND t.state = 'open' AND t.counted_on <> '' AND t.id > $1 ORDER BY t.id LIMIT $2`, after, batch)
		if err != nil || len(rows) == 0 {
			return 0, "", err
		}
		n, err = s.reckonTasks(ctx, tx, by, change, rows)
		return n, rows[len(rows)-1].TaskID, err
	})
}

func (s *Service) reckonTasks(ctx context.Context, tx *db.Tx, by actor.Actor, change string, rows []limitedRow) (int, error) {
	var late []MovedTask
	var bound []any
	for _, r := range rows {
		calendar, err := s.calendar(ctx, tx, r.Region)
		if err != nil {
			return 0, err
		}
		if r.AfterOn = calendar.Add(r.CountedOn, r.LimitDays); r.AfterOn == r.BeforeOn {
			continue
		}
		late = append(late, r.MovedTask)
		bound = append(bound, r.TaskID, r.AfterOn.String(), r.BeforeOn.String())
	}
	if len(late) == 0 {
		return 0, nil
	}
	// One that was done, or rests since, is no longer there to be moved.
	ids, err := db.All[string](ctx, tx, `WITH at (task_id, after_on, before_on) AS (VALUES `+valuesWith(len(late), 3, 1)+`) UPDATE workflow_task SET due_on = at.after_on FROM at
WHERE workflow_task.id = at.task_id AND workflow_task.due_on = at.before_on AND workflow_task.state = 'open' AND workflow_task.counted_on <> '' RETURNING id`, bound...)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	slices.Sort(ids)
	var values []any
	for _, m := range late {
		if _, there := slices.BinarySearch(ids, m.TaskID); there {
			values = append(values, change, m.TaskID, m.Subject, m.Number, m.Title, m.Name, m.OfficePath, m.BeforeOn, m.AfterOn)
		}
	}
	err = tx.Later(ctx, `INSERT INTO workflow_task_move (change_id, task_id, subject, number, title, name, office_path, before_on, after_on) VALUES `+db.Values(len(ids), 9, 1)+`
ON CONFLICT (change_id, task_id) DO UPDATE SET after_on = excluded.after_on`, values...)
	if err != nil {
		return 0, err
	}
	return len(ids), s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "workflow.reckoned", Actor: by.Name(), Object: "change:" + change, Basis: "行政许可法第82条",
		Data: map[string]any{"tasks": len(ids), "first": ids[0], "last": ids[len(ids)-1]}})
}

// MovedTasks returns the tasks a change moved that are done at offices under one of some paths, those behind a task when it is not empty. Whether somebody
// may see them is the caller's to know.
func (s *Service) MovedTasks(ctx context.Context, tx *db.Tx, change string, under []string, after string, limit int) ([]MovedTask, error) {
	args := []any{change, after, limit}
	return db.All[MovedTask](ctx, tx, `SELECT task_id, subject, number, title, name, office_path, before_on, after_on FROM workflow_task_move
WHERE change_id = $1 AND task_id > $2 AND `+db.PrefixAny("office_path", under, &args)+` ORDER BY task_id LIMIT $3`, args...)
}
