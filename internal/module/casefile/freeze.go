package casefile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// freeze keeps a calendar that dates were counted with, once for each version, and puts its content into the log: what was counted once can be
// counted again, although the notices have changed since.
func (s *Service) freeze(ctx context.Context, tx *db.Tx, cal *workday.Calendar) error {
	if _, known := s.calendars.Load(cal.Version()); known {
		return nil
	}
	text, err := json.Marshal(cal)
	if err != nil {
		return fmt.Errorf("writing a calendar: %w", err)
	}
	n, err := tx.Exec(ctx, `INSERT INTO casefile_calendar (version, content, at) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING`, cal.Version(), string(text), tx.Now)
	if err != nil {
		return fmt.Errorf("keeping a calendar: %w", err)
	}
	if n == 0 {
		s.calendars.Store(cal.Version(), cal) // somebody's transaction that has ended kept it
		return nil
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "calendar.frozen", Actor: program.Name(), Object: calendarObject(cal.Version()), Basis: "国务院办公厅放假通知",
		Data: map[string]any{"version": cal.Version(), "calendar": json.RawMessage(text)}})
}

// calendarObject is the log's name of a calendar.
func calendarObject(version string) string { return "calendar:" + version }

// calendarOf is the calendar a case's dates were counted with; of one that has none, that of its region today.
func (s *Service) calendarOf(ctx context.Context, tx *db.Tx, c *Case) (*workday.Calendar, error) {
	if c.Calendar == "" {
		return s.calendarToday(ctx, tx, c.Region)
	}
	if cal, known := s.calendars.Load(c.Calendar); known {
		return cal.(*workday.Calendar), nil
	}
	text, err := db.One[string](ctx, tx, `SELECT content FROM casefile_calendar WHERE version = $1`, c.Calendar)
	if errors.Is(err, db.ErrNotFound) {
		return nil, fmt.Errorf("the calendar %s of case %s is not kept", c.Calendar, c.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a kept calendar: %w", err)
	}
	cal, err := workday.ParseCalendar([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("reading calendar %s: %w", c.Calendar, err)
	}
	s.calendars.Store(c.Calendar, cal)
	return cal, nil
}

// calendarToday is the calendar of a region as it is now.
func (s *Service) calendarToday(ctx context.Context, tx *db.Tx, code string) (*workday.Calendar, error) {
	r, err := region.Parse(code)
	if err != nil {
		return nil, err
	}
	return s.needs.Offices.Calendar(ctx, tx, r)
}
