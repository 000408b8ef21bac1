package power

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// List returns the powers a query asks for as they stand today, by code.
func (s *Service) List(ctx context.Context, q Query) (p Page, err error) {
	q.Limit = cmp.Or(min(q.Limit, Most), 20)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p = Page{}
		today := civil.Of(tx.Now)
		rows, err := versions(ctx, tx, today, q)
		if err != nil {
			return fmt.Errorf("listing powers: %w", err)
		}
		for i, r := range rows {
			if i == q.Limit {
				p.Next = rows[i-1].Code
				break
			}
			p.Rows = append(p.Rows, r.on(today))
		}
		return nil
	})
	return p, err
}

// Found is a power with all its versions.
type Found struct {
	Version            // the one asked for
	Today   State      // where the power stands today, whatever version was asked for
	Current int        // number of the version that says so
	All     []Version  // newest first
	Date    civil.Date // today
}

// Find returns one version of a power; 0 is the one of today, or the first for a power that has not begun. fault.NotFound "power.not_found" when
// there is none.
func (s *Service) Find(ctx context.Context, code string, version int) (f Found, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		f = Found{Date: civil.Of(tx.Now)}
		rows, err := versionsOf(ctx, tx, code)
		if err != nil {
			return fmt.Errorf("reading a power: %w", err)
		}
		if len(rows) == 0 {
			return fault.New(fault.NotFound, "power.not_found")
		}
		current := rows[len(rows)-1]
		for _, r := range rows { // newest first: the first that has begun
			if !r.FromOn.After(f.Date) {
				current = r
				break
			}
		}
		f.Today, f.Current = current.on(f.Date).State, current.Number
		for _, r := range rows {
			f.All = append(f.All, r.version())
			if r.Number == cmp.Or(version, f.Current) {
				f.Version = r.version()
			}
		}
		if f.Version.ID == "" {
			return fault.New(fault.NotFound, "power.not_found")
		}
		return nil
	})
	return f, err
}

// InForce tells whether a power is in force today.
func (s *Service) InForce(ctx context.Context, tx *db.Tx, code string) (bool, error) {
	state, err := stateOn(ctx, tx, code, civil.Of(tx.Now))
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	return state == InForce, err
}

// Lacking returns those of some powers that are not in force today, unknown ones too.
func (s *Service) Lacking(ctx context.Context, tx *db.Tx, codes []string) ([]string, error) {
	var lacking []string
	for part := range slices.Chunk(codes, Most) {
		there, err := inForce(ctx, tx, civil.Of(tx.Now), part)
		if err != nil {
			return nil, fmt.Errorf("looking for powers in force: %w", err)
		}
		for _, c := range part {
			if !slices.Contains(there, c) {
				lacking = append(lacking, c)
			}
		}
	}
	return lacking, nil
}

// Current hands every power that has begun and is not abolished to f, as it stands today, by code. It is for who works on the list.
func (s *Service) Current(ctx context.Context, by actor.Actor, f func(Version) error) error {
	if err := s.needs.Rights.Check(by, ActSee, actor.Target{}); err != nil {
		return err
	}
	return s.db.View(ctx, func(tx *db.Tx) error { return eachCurrent(ctx, tx, civil.Of(tx.Now), f) })
}

// MaySee tells whether by sees adjustments and differences.
func (s *Service) MaySee(by actor.Actor) bool {
	return s.needs.Rights.Check(by, ActSee, actor.Target{}) == nil
}

// AdjustmentQuery asks for adjustments, the newest on top.
type AdjustmentQuery struct {
	Ended bool // published and withdrawn ones; else those that wait
	After string
	Limit int
}

// Adjustments is a page of adjustments.
type Adjustments struct {
	Rows []Adjustment
	Next string
}

// Adjustments lists those within by's reach.
func (s *Service) Adjustments(ctx context.Context, by actor.Actor, q AdjustmentQuery) (list Adjustments, err error) {
	if err := s.needs.Rights.Check(by, ActSee, actor.Target{}); err != nil {
		return list, err
	}
	q.Limit = cmp.Or(min(q.Limit, Most), 20)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = Adjustments{}
		rows, err := adjustments(ctx, tx, s.needs.Rights.Reach(by, ActSee), q)
		if err != nil {
			return fmt.Errorf("listing adjustments: %w", err)
		}
		for i, r := range rows {
			if i == q.Limit {
				list.Next = rows[i-1].ID
				break
			}
			list.Rows = append(list.Rows, r.adjustment())
		}
		return nil
	})
	return list, err
}

// Adjustment returns one with its steps, the version it was proposed on, and what by may do with it. fault.NotFound
// "power.adjustment_not_found" for one beyond by's reach.
func (s *Service) Adjustment(ctx context.Context, by actor.Actor, id string) (a *Adjustment, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if a, err = s.adjustment(ctx, tx, id); err != nil {
			return err
		}
		if s.needs.Rights.Check(by, ActSee, actor.Target{OfficePath: a.OfficePath}) != nil {
			return errNotFound
		}
		if a.BaseVersion > 0 {
			before, err := oneVersion(ctx, tx, a.Code, a.BaseVersion)
			if err != nil {
				return fmt.Errorf("reading the version an adjustment was proposed on: %w", err)
			}
			a.Before = &before
		}
		for _, what := range []Act{ActOfEstablish, ActOfLegality, ActOfApprove, ActOfPublish, ActOfResubmit, ActOfWithdraw} {
			if a.waits(what) && s.needs.Rights.Check(by, rightOf[what], s.target(a, what)) == nil && !(onceOnly[what] && a.took(person(by))) {
				a.May = append(a.May, what)
			}
		}
		return nil
	})
	return a, err
}
