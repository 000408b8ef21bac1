package power

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Publish makes an approved adjustment a version of the list, from its first day on: today or later, and not before the version before it.
// It is told as [Adjusted].
func (s *Service) Publish(ctx context.Context, by actor.Actor, id string, seen int, from civil.Date) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.take(ctx, tx, by, id, ActOfPublish)
		if err != nil {
			return err
		}
		last, err := lastVersion(ctx, tx, a.Code)
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return fmt.Errorf("reading the power: %w", err)
		}
		if last.Version != a.BaseVersion {
			return fault.New(fault.Conflict, "power.version_moved")
		}
		if today := civil.Of(tx.Now); from.IsZero() || from.Before(today) {
			return fault.New(fault.Invalid, "power.bad_proposal").Field("from", "power.from_past")
		} else if from.Before(last.From) {
			return fault.New(fault.Invalid, "power.bad_proposal").Field("from", "power.from_before_last", last.From.String())
		}
		a.From = from
		v, err := versionOf(a, last)
		if err != nil {
			return err
		}
		v.PublishedAt, v.PublishedBy = tx.Now, by.Name()
		if err := insertVersions(ctx, tx, a.ID, []Version{v}); err != nil {
			return fmt.Errorf("storing a version of power %s: %w", a.Code, err)
		}
		if err := s.move(ctx, tx, a, seen, Published); err != nil {
			return err
		}
		if err := insertStep(ctx, tx, by, a, Done{Act: ActOfPublish, Agrees: true}); err != nil {
			return err
		}
		err = s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "power.published", Actor: by.Name(), Office: by.OfficePath, Object: "power:" + a.Code, Basis: a.ground(),
			Data: map[string]any{"adjustment": a.ID, "change": a.Change, "version": v.Version, "digest": v.Digest, "from": v.From.String()}})
		if err != nil {
			return err
		}
		return s.announce(ctx, tx, v)
	})
	if db.IsUnique(err) {
		return fault.New(fault.Conflict, "power.moved_on").Because(err)
	}
	return err
}

// versionOf makes the next version of a power from what was approved.
func versionOf(a *Adjustment, last Version) (Version, error) {
	digest, err := digestOf(&a.Definition)
	if err != nil {
		return Version{}, err
	}
	v := Version{ID: db.NewKey(), Version: last.Version + 1, Change: a.Change, From: a.From, Reason: a.Document, Digest: digest, Definition: a.Definition}
	switch a.Change {
	case Adopt, Resume:
		v.State = InForce
	case Suspend:
		v.State = Suspended
	case Abolish:
		v.State = Abolished
	default:
		v.State = last.State
	}
	return v, nil
}
