package office

import (
	"context"
	"errors"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// Overview is what the administration's first page shows.
type Overview struct {
	Offices, Regions int
	Posts            int      // held now
	LastYear         int      // of the latest notice of holidays
	NextYearMissing  bool     // from October on, when the State Council's notice is near
	Mergers          []Merger // within one's reach that wait for another administrator, or are under way
	WaitingDays      int      // of regions, that wait for another administrator
}

// Overview counts for the administration's first page.
func (s *Service) Overview(ctx context.Context, by actor.Actor) (out Overview, err error) {
	if err := s.Check(by, ActSee, actor.Target{}); err != nil {
		return out, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if out.Offices, out.Regions, err = s.Count(ctx, tx); err != nil {
			return err
		}
		if out.Posts, err = db.One[int](ctx, tx, `SELECT count(*) FROM office_post WHERE from_at <= $1 AND (until_at IS NULL OR until_at > $2)`, tx.Now, tx.Now); err != nil {
			return err
		}
		out.LastYear, err = db.One[int](ctx, tx, `SELECT year FROM office_notice ORDER BY year DESC LIMIT 1`)
		if errors.Is(err, db.ErrNotFound) {
			err = nil // none at all: year 0 is missing enough
		}
		if err != nil {
			return err
		}
		var args []any
		where := db.PrefixAny("from_path", s.Reach(by, ActSee), &args)
		if out.Mergers, err = db.All[Merger](ctx, tx, `SELECT `+mergerColumns+` FROM office_merger WHERE state IN ('waiting', 'running') AND `+where+` ORDER BY id LIMIT 50`, args...); err != nil {
			return err
		}
		args = nil
		where = db.PrefixAny("region", s.Reach(by, ActSee), &args)
		out.WaitingDays, err = db.One[int](ctx, tx, `SELECT count(*) FROM office_local_day WHERE state = 'waiting' AND `+where, args...)
		today := civil.Of(tx.Now)
		out.NextYearMissing = out.LastYear < today.Year() || out.LastYear == today.Year() && today.Month() >= time.October
		return err
	})
	return out, err
}

// Imported is a notice of holidays in force.
type Imported struct {
	Year       int
	Papers     string
	ImportedBy string
	ImportedAt time.Time
}

// NoticesInForce lists the years' notices of holidays, the newest first.
func (s *Service) NoticesInForce(ctx context.Context, by actor.Actor) (out []Imported, err error) {
	if err := s.Check(by, ActSee, actor.Target{}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All[Imported](ctx, tx, `SELECT year, papers, imported_by, imported_at FROM office_notice ORDER BY year DESC LIMIT 50`)
		return err
	})
	return out, err
}

// Held returns what an account holds now, for the administration.
func (s *Service) Held(ctx context.Context, by actor.Actor, accountID string) (out []Post, err error) {
	if err := s.Check(by, ActSee, actor.Target{}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = s.Posts(ctx, tx, accountID)
		return err
	})
	return out, err
}
