package casefile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Changes lists what moved the dates of open cases, the newest first, before the change with an id.
func (s *Service) Changes(ctx context.Context, by actor.Actor, before string, limit int) (out []Change, err error) {
	if err := s.MaySearch(by); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if before == "" {
			out, err = db.All[Change](ctx, tx, `SELECT `+changeColumns+` FROM casefile_change ORDER BY at DESC, id DESC LIMIT $1`, limit)
			return err
		}
		c, err := changeByID(ctx, tx, before)
		if err != nil {
			return err
		}
		out, err = db.All[Change](ctx, tx, `SELECT `+changeColumns+` FROM casefile_change WHERE (at, id) < ($1, $2) ORDER BY at DESC, id DESC LIMIT $3`, c.At, c.ID, limit)
		return err
	})
	return out, err
}

// Change returns one change; fault.NotFound "casefile.no_change".
func (s *Service) Change(ctx context.Context, by actor.Actor, id string) (c Change, err error) {
	if err := s.MaySearch(by); err != nil {
		return c, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err = changeByID(ctx, tx, id)
		return err
	})
	return c, err
}

func changeByID(ctx context.Context, tx *db.Tx, id string) (Change, error) {
	c, err := db.One[Change](ctx, tx, `SELECT `+changeColumns+` FROM casefile_change WHERE id = $1`, id)
	if errors.Is(err, db.ErrNotFound) {
		return c, fault.New(fault.NotFound, "casefile.no_change")
	}
	return c, err
}

// AffectedTimers returns the timers of processes that a change moved, those behind a timer when it is not empty: of the offices by may search whatever
// item it is about, so that whoever is limited to some items sees none. fault.Forbidden for who may not search.
func (s *Service) AffectedTimers(ctx context.Context, by actor.Actor, change, after string, limit int) (out []workflow.MovedTimer, err error) {
	if err := s.MaySearch(by); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = s.needs.Flows.MovedTimers(ctx, tx, change, s.whole(by), after, limit)
		return err
	})
	return out, err
}

// AffectedTasks returns the tasks with a limit of their own that a change moved, to whom and as [Service.AffectedTimers] does.
func (s *Service) AffectedTasks(ctx context.Context, by actor.Actor, change, after string, limit int) (out []workflow.MovedTask, err error) {
	if err := s.MaySearch(by); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = s.needs.Flows.MovedTasks(ctx, tx, change, s.whole(by), after, limit)
		return err
	})
	return out, err
}

// whole are the paths of the offices under which by may search whatever item it is about.
func (s *Service) whole(by actor.Actor) (under []string) {
	for _, sc := range s.scopes(by) {
		if len(sc.items) == 0 {
			under = append(under, sc.path)
		}
	}
	return under
}

// Affected lists the cases within by's reach whose dates a change moved, by their keys, after the case with a key.
func (s *Service) Affected(ctx context.Context, by actor.Actor, change, after string, limit int) (out []MovedDate, err error) {
	if err := s.MaySearch(by); err != nil {
		return nil, err
	}
	args := []any{change, after}
	var reach []string
	for _, sc := range s.scopes(by) {
		reach = append(reach, db.PrefixAny("office_path", []string{sc.path}, &args)+itemTerm(sc, &args))
	}
	args = append(args, limit)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All[MovedDate](ctx, tx, `SELECT case_id, number, item_name, office_path, base_code, what, before_on, after_on, legal_before, legal_after FROM casefile_change_case
WHERE change_id = $1 AND case_id > $2 AND (`+strings.Join(reach, " OR ")+`) ORDER BY case_id LIMIT `+fmt.Sprintf("$%d", len(args)), args...)
		return err
	})
	return out, err
}
