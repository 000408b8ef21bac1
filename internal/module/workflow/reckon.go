package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// MovedTimer is a timer that a corrected calendar moved.
type MovedTimer struct {
	TimerID    string
	Subject    string
	Number     string
	Title      string
	Name       string // of its event
	OfficePath string // whose process it is
	BeforeAt   time.Time
	AfterAt    time.Time
}

// countedRow is a timer that counts working days, with its instance.
type countedRow struct {
	MovedTimer
	InstanceID   string
	DefinitionID string
	Event        string
	Places       string
	Region       string
	SetOn        civil.Date
	Workdays     int
}

// ReckonTimers finds anew when the timers fire that count working days, and writes down which of them moved under the name of the change that made it
// necessary: a batch a transaction, each with its leaf. It may be called again when it was interrupted, or when a node still knew an old calendar; what
// stands right is not touched. A timer whose time has come is left to fire. It returns how many it moved; only the program may ask.
func (s *Service) ReckonTimers(ctx context.Context, by actor.Actor, change string) (moved int, err error) {
	if by.Kind != actor.System {
		return 0, fault.New(fault.Forbidden, "workflow.not_keeper")
	}
	return s.batches(ctx, func(tx *db.Tx, after string) (n int, last string, err error) {
		rows, err := db.All[countedRow](ctx, tx, `SELECT t.id AS timer_id, t.instance_id, t.event, t.workdays, t.set_on, t.region, t.fire_at AS before_at, i.definition_id, i.places, i.number, i.title,
CASE WHEN i.topic <> '' THEN i.topic ELSE i.subject END AS subject FROM workflow_timer t JOIN workflow_instance i ON i.id = t.instance_id
WHERE t.workdays > 0 AND t.id > $1 ORDER BY t.id LIMIT $2`, after, batch)
		if err != nil || len(rows) == 0 {
			return 0, "", err
		}
		n, err = s.reckonTimers(ctx, tx, by, change, rows)
		return n, rows[len(rows)-1].TimerID, err
	})
}

// batches does a batch a transaction, each behind the row the one before ended with, until one finds no more.
func (s *Service) batches(ctx context.Context, do func(tx *db.Tx, after string) (n int, last string, err error)) (all int, err error) {
	for after := ""; ; {
		n, last := 0, ""
		err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
			n, last, err = do(tx, after)
			return err
		})
		if err != nil {
			return all, err
		}
		if all += n; last == "" {
			return all, nil
		}
		after = last
	}
}

func (s *Service) reckonTimers(ctx context.Context, tx *db.Tx, by actor.Actor, change string, rows []countedRow) (int, error) {
	var late []countedRow
	var bound []any
	for _, r := range rows {
		calendar, err := s.calendar(ctx, tx, r.Region)
		if err != nil {
			return 0, err
		}
		r.AfterAt = calendar.Add(r.SetOn, r.Workdays).End()
		if r.AfterAt.Equal(r.BeforeAt) || !r.BeforeAt.After(tx.Now) {
			continue
		}
		late = append(late, r)
		bound = append(bound, r.TimerID, r.AfterAt, r.BeforeAt)
	}
	if len(late) == 0 {
		return 0, nil
	}
	// One that fired or moved meanwhile is no longer there to be moved.
	ids, err := db.All[string](ctx, tx, `WITH at (timer_id, after_at, before_at) AS (VALUES `+valuesWith(len(late), 3, 1, "text", "timestamp", "timestamp")+`) UPDATE workflow_timer
SET fire_at = at.after_at FROM at WHERE workflow_timer.id = at.timer_id AND workflow_timer.fire_at = at.before_at RETURNING id`, bound...)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	slices.Sort(ids)
	var values []any
	for _, r := range late {
		if _, there := slices.BinarySearch(ids, r.TimerID); !there {
			continue
		}
		name, home, err := s.describe(ctx, tx, r)
		if err != nil {
			return 0, err
		}
		values = append(values, change, r.TimerID, r.Subject, r.Number, r.Title, name, home, r.BeforeAt, r.AfterAt)
	}
	err = tx.Later(ctx, `INSERT INTO workflow_timer_move (change_id, timer_id, subject, number, title, name, office_path, before_at, after_at) VALUES `+db.Values(len(ids), 9, 1)+`
ON CONFLICT (change_id, timer_id) DO UPDATE SET after_at = excluded.after_at`, values...)
	if err != nil {
		return 0, err
	}
	return len(ids), s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "workflow.reckoned", Actor: by.Name(), Object: "change:" + change, Basis: "行政许可法第82条",
		Data: map[string]any{"timers": len(ids), "first": ids[0], "last": ids[len(ids)-1]}})
}

// describe says what a timer is called, and whose it is.
func (s *Service) describe(ctx context.Context, tx *db.Tx, r countedRow) (name, home string, err error) {
	d, err := s.Definition(ctx, tx, r.DefinitionID)
	if err != nil {
		return "", "", err
	}
	at := running{instanceRow: instanceRow{InstanceID: r.InstanceID}, definition: d}
	if err := json.Unmarshal([]byte(r.Places), &at.places); err != nil {
		return "", "", fmt.Errorf("reading where process %s is done: %w", r.InstanceID, err)
	}
	name = r.Event
	if e := d.program.Element(r.Event); e != nil && e.Name != "" {
		name = e.Name
	}
	return name, at.places.home(), nil
}

// MovedTimers returns the timers a change moved whose processes are of offices under one of some paths, those behind a timer when it is not empty. Whether
// somebody may see them is the caller's to know.
func (s *Service) MovedTimers(ctx context.Context, tx *db.Tx, change string, under []string, after string, limit int) ([]MovedTimer, error) {
	args := []any{change, after, limit}
	return db.All[MovedTimer](ctx, tx, `SELECT timer_id, subject, number, title, name, office_path, before_at, after_at FROM workflow_timer_move
WHERE change_id = $1 AND timer_id > $2 AND `+db.PrefixAny("office_path", under, &args)+` ORDER BY timer_id LIMIT $3`, args...)
}
