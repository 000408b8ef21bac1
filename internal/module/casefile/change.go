package casefile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Change is what moved the dates of open cases, and how far the work on it is.
type Change struct {
	ID         string
	Cause      string // calendar, warning
	What       string // the notice's year; the scope of the rule
	At         time.Time
	AfterID    string // cases up to this key are done
	Round      int
	Seen       int
	Moved      int
	FinishedAt time.Time
}

const changeColumns = `id, cause, what, at, after_id, round, seen, moved, finished_at`

func insertChange(ctx context.Context, tx *db.Tx, c Change) error {
	return tx.Later(ctx, `INSERT INTO casefile_change (id, cause, what, at, after_id, round, seen, moved) VALUES ($1, $2, $3, $4, '', 0, 0, 0) ON CONFLICT (id) DO NOTHING`,
		c.ID, c.Cause, c.What, tx.Now)
}

// changeBatch is how many cases are looked at between two notes of how far it is.
const changeBatch = 100

// rounds is how often all open cases are gone through: the second finds those that a node moved by the calendar it still remembered.
const rounds = 2

// NoteCalendar notes that the calendars are of another revision than before; what says in a word what changed. The first revision ever is where
// things begin and moves nothing.
func (s *Service) NoteCalendar(ctx context.Context, tx *db.Tx, revision, what string) error {
	known, err := db.All[string](ctx, tx, `SELECT id FROM casefile_change WHERE cause = 'calendar' ORDER BY at DESC, id DESC LIMIT 1`)
	if err != nil || len(known) == 1 && known[0] == revision {
		return err
	}
	if err := insertChange(ctx, tx, Change{ID: revision, Cause: "calendar", What: what}); err != nil || len(known) > 0 {
		return err
	}
	return tx.Later(ctx, `UPDATE casefile_change SET round = $1, finished_at = $2 WHERE id = $3`, rounds, tx.Now, revision)
}

// UnfinishedChanges lists the changes there is work left on, the oldest first.
func (s *Service) UnfinishedChanges(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT id FROM casefile_change WHERE finished_at IS NULL ORDER BY at, id LIMIT 20`)
}

// ApplyChange finds the dates of every open case anew and goes on where it stood when it was stopped. Cases whose dates do not move keep
// everything but the name of their calendar. It returns true when all is done, false when another round is to follow later.
func (s *Service) ApplyChange(ctx context.Context, by actor.Actor, id string) (done bool, err error) {
	if by.Kind != actor.System {
		return false, fault.New(fault.Forbidden, "casefile.officers_only")
	}
	var change Change
	err = s.db.View(ctx, func(tx *db.Tx) error {
		change, err = db.One[Change](ctx, tx, `SELECT `+changeColumns+` FROM casefile_change WHERE id = $1`, id)
		return err
	})
	if err != nil || !change.FinishedAt.IsZero() {
		return true, err
	}
	var failed []error
	for {
		var page []string
		err := s.db.View(ctx, func(tx *db.Tx) (err error) {
			page, err = db.All[string](ctx, tx, `SELECT id FROM casefile_case WHERE state IN ('submitted', 'accepted', 'suspended') AND id > $1 ORDER BY id LIMIT $2`,
				change.AfterID, changeBatch)
			return err
		})
		if err != nil {
			return false, fmt.Errorf("finding open cases: %w", err)
		}
		for _, caseID := range page {
			if err := ctx.Err(); err != nil {
				return false, err // what was done stays done; the next run looks at this page again and finds it done
			}
			moved, err := s.reckonCase(ctx, &change, caseID)
			if err != nil {
				failed = append(failed, fmt.Errorf("reckoning case %s: %w", caseID, err))
			}
			if moved {
				change.Moved++
			}
		}
		ends := len(page) < changeBatch
		if err := s.noteChange(ctx, &change, page, ends); err != nil {
			return false, errors.Join(append(failed, err)...)
		}
		if ends {
			return change.Round >= rounds, errors.Join(failed...)
		}
	}
}

// noteChange writes how far a change is.
func (s *Service) noteChange(ctx context.Context, c *Change, page []string, ends bool) error {
	c.Seen += len(page)
	if len(page) > 0 {
		c.AfterID = page[len(page)-1]
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		now := *c
		if ends {
			now.AfterID, now.Round = "", c.Round+1
			if now.Round >= rounds {
				now.FinishedAt = tx.Now
			}
		}
		// How many moved is counted from the rows: a run that was killed has not told how many it moved.
		err := tx.Later(ctx, `UPDATE casefile_change SET after_id = $1, round = $2, seen = $3, finished_at = $4,
moved = (SELECT count(*) FROM casefile_change_case WHERE change_id = $5) WHERE id = $6`, now.AfterID, now.Round, now.Seen, now.FinishedAt, c.ID, c.ID)
		if err == nil && ends {
			c.AfterID, c.Round, c.FinishedAt = now.AfterID, now.Round, now.FinishedAt
		}
		return err
	})
}

// MarkClocks gives a first day of warning to running cases that have none: those accepted before there was one. It tells how many.
func (s *Service) MarkClocks(ctx context.Context) (marked int, err error) {
	after := ""
	for {
		var page []string
		err := s.db.View(ctx, func(tx *db.Tx) (err error) {
			page, err = db.All[string](ctx, tx, `SELECT id FROM casefile_case WHERE state = 'accepted' AND yellow_on IS NULL AND id > $1 ORDER BY id LIMIT $2`, after, changeBatch)
			return err
		})
		if err != nil {
			return marked, fmt.Errorf("finding clocks without a warning: %w", err)
		}
		for _, id := range page {
			if err := s.mark(ctx, id); err != nil {
				return marked, fmt.Errorf("marking case %s: %w", id, err)
			}
			marked++
		}
		if len(page) < changeBatch || ctx.Err() != nil {
			return marked, ctx.Err()
		}
		after = page[len(page)-1]
	}
}

// mark writes when one case warns, by the dates it has.
func (s *Service) mark(ctx context.Context, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := byID(ctx, tx, id)
		if err != nil || c.State != Accepted || c.AcceptedOn.IsZero() {
			return err
		}
		f, err := s.facts(ctx, tx, c)
		if err != nil {
			return err
		}
		rule, err := s.warningFor(ctx, tx, c)
		if err != nil {
			return err
		}
		r := Recompute(f)
		return tx.Later(ctx, `UPDATE casefile_case SET yellow_on = $1, red_on = $2 WHERE id = $3 AND version = $4`, f.yellowOn(rule, c, r), r.PromiseDue.Add(1), c.ID, c.Version)
	})
}

// facts reads what a case's dates follow from, by the calendar they were counted with.
func (s *Service) facts(ctx context.Context, tx *db.Tx, c *Case) (Facts, error) {
	cal, err := s.calendarOf(ctx, tx, c)
	if err != nil {
		return Facts{}, err
	}
	list, err := intervalsOf(ctx, tx, c.ID)
	return factsOf(cal, c, list, civil.Of(tx.Now)), err
}
