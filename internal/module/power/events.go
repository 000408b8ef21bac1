package power

import (
	"context"
	"fmt"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

// Adjusted tells that a version of a power was published, or that the first day of one published before has come.
type Adjusted struct {
	Code      string     `json:"code"`
	Name      string     `json:"name"`
	Kind      Kind       `json:"kind"`
	Version   int        `json:"version"`
	VersionID string     `json:"version_id"`
	Change    Change     `json:"change"`
	From      civil.Date `json:"from"`
	Begun     bool       `json:"begun"` // the first day has come
}

// EventName implements event.Event.
func (Adjusted) EventName() string { return "power.adjusted" }

// Beginning is the job that tells of a version on its first day.
type Beginning struct{ Adjusted }

// JobKind implements job.Args.
func (Beginning) JobKind() string { return "power.beginning" }

// announce tells of a version at once and, when it begins later, has it told again on its first day: who must follow learns of it in time to
// prepare, and once more when it counts.
func (s *Service) announce(ctx context.Context, tx *db.Tx, v Version) error {
	e := Adjusted{Code: v.Code, Name: v.Name, Kind: v.Kind, Version: v.Version, VersionID: v.ID, Change: v.Change, From: v.From, Begun: !v.From.After(civil.Of(tx.Now))}
	if err := s.needs.Events.Emit(ctx, tx, e); err != nil {
		return fmt.Errorf("telling of power %s: %w", v.Code, err)
	}
	if e.Begun {
		return nil
	}
	if err := s.needs.Queue.Insert(ctx, tx, Beginning{e}, job.Unique(v.ID), job.At(v.From.Start())); err != nil {
		return fmt.Errorf("keeping what is to be told of power %s: %w", v.Code, err)
	}
	return nil
}

// Begin tells of a version whose first day has come. It may run twice: who hears it must bear that.
func (s *Service) Begin(ctx context.Context, b Beginning) error {
	e := b.Adjusted
	e.Begun = true
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.needs.Events.Emit(ctx, tx, e) })
}
