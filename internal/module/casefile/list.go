package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// lastKey sorts behind every key: where a list that begins at its newest row begins.
const lastKey = "g"

// Mine returns the cases of whom by acts for, newest first, those older than the case id before when it is not empty; for an officer
// those his office received on behalf of others.
func (s *Service) Mine(ctx context.Context, by actor.Actor, before string, limit int) (out []Case, err error) {
	column, whose := `applicant_id = $1`, by.For()
	if by.Kind == actor.Officer {
		column, whose = `received_path = $1 AND received_path <> ''`, by.OfficePath
	}
	if !by.SignedIn() {
		return nil, fault.New(fault.Unauthenticated, "casefile.sign_in")
	}
	if whose == "" {
		return nil, nil // an officer without a post
	}
	if before == "" {
		before = lastKey
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All[Case](ctx, tx, selectCase+column+` AND id < $2 ORDER BY id DESC LIMIT $3`, whose, before, limit)
		return err
	})
	return out, err
}

// Waiting is a task of an inbox with its case.
type Waiting struct {
	Task  workflow.OpenTask // For tells for whom, when by would stand in for somebody
	Case  Case
	Clock Clock
}

// Inbox returns what waits for by's posts and for those he stands in for, what was urged first, then the most urgent. The next page begins after the
// last task of this one.
func (s *Service) Inbox(ctx context.Context, by actor.Actor, after workflow.After, limit int) ([]Waiting, error) {
	return s.inbox(ctx, by, s.needs.Flows.InboxOf, after, limit)
}

// Held is Inbox without what belongs to a whole post: what by, or whom he stands in for, claimed or was given by name.
func (s *Service) Held(ctx context.Context, by actor.Actor, after workflow.After, limit int) ([]Waiting, error) {
	return s.inbox(ctx, by, s.needs.Flows.HeldBy, after, limit)
}

type inboxPage func(ctx context.Context, tx *db.Tx, list []actor.Actor, after workflow.After, limit int) ([]workflow.OpenTask, error)

func (s *Service) inbox(ctx context.Context, by actor.Actor, read inboxPage, after workflow.After, limit int) (out []Waiting, err error) {
	if by.Kind != actor.Officer {
		return nil, fault.New(fault.Forbidden, "casefile.officers_only")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err := s.needs.Flows.StandIns(ctx, tx, by)
		if err != nil {
			return err
		}
		list = append([]actor.Actor{by}, list...)
		// A duty limited to some items passes over tasks of others: the page is filled from behind them.
		for len(out) < limit {
			tasks, err := read(ctx, tx, list, after, limit)
			if err != nil {
				return err
			}
			if err := s.waiting(ctx, tx, list, tasks, &out); err != nil {
				return err
			}
			if len(tasks) < limit {
				break
			}
			after = tasks[len(tasks)-1].After()
		}
		out = out[:min(len(out), limit)]
		return nil
	})
	return out, err
}

// waiting adds to out the tasks that somebody of the list may do, with their cases and clocks.
func (s *Service) waiting(ctx context.Context, tx *db.Tx, list []actor.Actor, tasks []workflow.OpenTask, out *[]Waiting) error {
	if len(tasks) == 0 {
		return nil
	}
	cases, err := casesOf(ctx, tx, tasks)
	if err != nil {
		return err
	}
	clocks, err := s.clocks(ctx, tx, cases)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		c, ok := cases[t.Subject]
		if !ok {
			continue
		}
		if i := slices.IndexFunc(list, func(a actor.Actor) bool { return t.Suits(a, c.BaseCode) }); i >= 0 {
			t.For = list[i].Behalf
			*out = append(*out, Waiting{t, c, clocks[c.ID]})
		}
	}
	return nil
}

// casesOf reads the cases of tasks with one statement, by id.
func casesOf(ctx context.Context, tx *db.Tx, tasks []workflow.OpenTask) (map[string]Case, error) {
	var ids []any
	out := map[string]Case{}
	for _, t := range tasks {
		if _, twice := out[t.Subject]; !twice {
			out[t.Subject] = Case{}
			ids = append(ids, t.Subject)
		}
	}
	clear(out)
	rows, err := db.All[Case](ctx, tx, selectCase+`id IN (`+db.In(len(ids), 1)+`)`, ids...)
	for _, c := range rows {
		out[c.ID] = c
	}
	return out, err
}

// clocks reads the clocks of several cases: their intervals with one statement, each region's calendar once.
func (s *Service) clocks(ctx context.Context, tx *db.Tx, cases map[string]Case) (map[string]Clock, error) {
	var begun []any
	for id, c := range cases {
		if !c.AcceptedOn.IsZero() {
			begun = append(begun, id)
		}
	}
	intervals := map[string][]Interval{}
	if len(begun) > 0 {
		type row struct {
			CaseID string
			Interval
		}
		rows, err := db.All[row](ctx, tx, `SELECT case_id, `+intervalColumns+` FROM casefile_interval
WHERE case_id IN (`+db.In(len(begun), 1)+`) ORDER BY id`, begun...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			intervals[r.CaseID] = append(intervals[r.CaseID], r.Interval)
		}
	}
	calendars, out := map[[2]string]*workday.Calendar{}, map[string]Clock{}
	for id, c := range cases {
		key := [2]string{c.Calendar, ""}
		if c.Calendar == "" {
			key[1] = c.Region
		}
		cal := calendars[key]
		if cal == nil {
			var err error
			if cal, err = s.calendarOf(ctx, tx, &c); err != nil {
				return nil, err
			}
			calendars[key] = cal
		}
		out[id] = clock(cal, &c, intervals[id], civil.Of(tx.Now))
	}
	return out, nil
}
