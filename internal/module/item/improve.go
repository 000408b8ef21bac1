package item

import (
	"context"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Improve publishes what an office says of its own about an entry: a shorter promise, its address, phone, hours and windows. It
// makes the next version; anything worse than the base is refused.
func (s *Service) Improve(ctx context.Context, by actor.Actor, code string, o Override) (*Entry, error) {
	var e *Entry
	err := s.update(ctx, func(tx *db.Tx) error {
		old, err := s.Entry(ctx, tx, code)
		if err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, ActImprove, actor.Target{OfficePath: old.OfficePath, Item: old.BaseCode}); err != nil {
			return err
		}
		office := Office{ID: old.OfficeID, Path: old.OfficePath, Name: old.OfficeName, Code: old.OfficeCode, Region: old.Region}
		if _, err := s.claim(ctx, tx, by, old.BaseCode, []Claim{{Base: old.BaseCode, Office: office, Override: o}}); err != nil {
			return err
		}
		e, err = s.Entry(ctx, tx, code)
		return err
	})
	return e, conflict(err)
}

// SetState pauses, resumes or ends a base item (12 digits) or an entry (31 characters); a reason is needed for all but resuming.
// Ending is for ever. Cases under way are not touched. A base item whose power is not in force is not resumed: fault.Conflict "item.no_power".
func (s *Service) SetState(ctx context.Context, by actor.Actor, code string, to State, reason string) error {
	if to != InUse && reason == "" {
		return fault.New(fault.Invalid, "item.reason_needed").Field("reason", "item.nothing_said")
	}
	return s.update(ctx, func(tx *db.Tx) error {
		if err := s.maySetState(ctx, tx, by, code); err != nil {
			return err
		}
		return s.setState(ctx, tx, by, standingChange{code, to, reason})
	})
}

// maySetState asks for the right over the government that defined a base item, or over an entry's office.
func (s *Service) maySetState(ctx context.Context, tx *db.Tx, by actor.Actor, code string) error {
	if len(code) == 12 {
		return s.mayKeep(by, ActPublish, code)
	}
	r, err := s.Entry(ctx, tx, code)
	if err != nil {
		return err
	}
	return s.needs.Rights.Check(by, ActImprove, actor.Target{OfficePath: r.OfficePath, Item: r.BaseCode})
}

// standingChange is a new state of a base item or an entry, and why.
type standingChange struct {
	code   string
	to     State
	reason string
}

func (s *Service) setState(ctx context.Context, tx *db.Tx, by actor.Actor, c standingChange) error {
	set := setEntryState
	if len(c.code) == 12 {
		set = setBaseState
		if err := s.mayResume(ctx, tx, c.code, c.to); err != nil {
			return err
		}
	}
	n, err := set(ctx, tx, c.code, c.to, c.reason)
	if err != nil {
		return fmt.Errorf("setting the state of %s: %w", c.code, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "item.cancelled_for_ever")
	}
	if err := bumpRevision(ctx, tx); err != nil {
		return fmt.Errorf("counting the revision: %w", err)
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item." + string(c.to), Actor: by.Name(), Office: by.OfficePath,
		Object: "item:" + c.code, Basis: c.reason, Data: map[string]any{"state": c.to}})
}
