package item

import (
	"context"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Improve publishes what an office says of its own about an entry: a shorter promise, its address, phone, hours and windows. It makes the next
// version; anything worse than the base is refused. It is for the program: people propose it ([Service.ProposeOverride]).
func (s *Service) Improve(ctx context.Context, by actor.Actor, code string, o Override) (*Entry, error) {
	if err := alone(by); err != nil {
		return nil, err
	}
	var e *Entry
	err := s.update(ctx, func(tx *db.Tx) error {
		if _, err := s.override(ctx, tx, by, code, o); err != nil {
			return err
		}
		var err error
		e, err = s.Entry(ctx, tx, code)
		return err
	})
	return e, conflict(err)
}

// override writes what an office says of its own, and returns 1 when that is a new version.
func (s *Service) override(ctx context.Context, tx *db.Tx, by actor.Actor, code string, o Override) (int, error) {
	if err := holdRevision(ctx, tx); err != nil {
		return 0, err
	}
	old, err := s.Entry(ctx, tx, code)
	if err != nil {
		return 0, err
	}
	office := Office{ID: old.OfficeID, Path: old.OfficePath, Name: old.OfficeName, Code: old.OfficeCode, Region: old.Region}
	n, err := s.claim(ctx, tx, by, old.BaseCode, []Claim{{Base: old.BaseCode, Office: office, Override: o}})
	if err != nil || n == 0 {
		return n, err
	}
	return n, s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.improved", Actor: by.Name(), Office: by.OfficePath, Object: "item:" + code,
		Data: map[string]any{"version": old.Version + 1}})
}

// improvable returns an entry for who may say what its office says of its own.
func (s *Service) improvable(ctx context.Context, tx *db.Tx, by actor.Actor, code string) (*Own, error) {
	e, err := s.Entry(ctx, tx, code)
	if err != nil {
		return nil, err
	}
	if err := s.needs.Rights.Check(by, ActImprove, actor.Target{OfficePath: e.OfficePath, Item: e.BaseCode}); err != nil {
		return nil, err
	}
	r, err := entryByVersion(ctx, tx, e.ID)
	if err != nil {
		return nil, fmt.Errorf("reading entry %s: %w", code, err)
	}
	return s.own(ctx, tx, r)
}

// SetState pauses, resumes or ends a base item (12 digits) or an entry (31 characters); a reason is needed for all but resuming.
// Ending is for ever and resuming puts in force again, so both take two persons ([Service.ProposeState]); a pause must be possible at once. Cases under way are not touched. A base item whose power is not in force is not resumed: fault.Conflict "item.no_power".
func (s *Service) SetState(ctx context.Context, by actor.Actor, code string, to State, reason string) error {
	if err := checkStanding(to, reason); err != nil {
		return err
	}
	if to != Paused {
		if err := alone(by); err != nil {
			return err
		}
	}
	return s.update(ctx, func(tx *db.Tx) error {
		if err := s.maySetState(ctx, tx, by, code); err != nil {
			return err
		}
		return s.setState(ctx, tx, by, standingChange{code, to, reason})
	})
}

// checkStanding refuses a state that is none, and one for which a reason is missing.
func checkStanding(to State, reason string) error {
	if to != InUse && to != Paused && to != Cancelled {
		return fault.New(fault.Invalid, "item.unknown_value").Field("to", "item.unknown_value")
	}
	if to != InUse && reason == "" {
		return fault.New(fault.Invalid, "item.reason_needed").Field("reason", "item.nothing_said")
	}
	return nil
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
	if err := holdRevision(ctx, tx); err != nil {
		return err
	}
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
	t := newLedger()
	if c.to == Cancelled {
		if t, err = endedLedger(ctx, tx, c.code); err != nil {
			return fmt.Errorf("reading whose %s is: %w", c.code, err)
		}
	}
	if err := changed(ctx, tx, t); err != nil {
		return err
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item." + string(c.to), Actor: by.Name(), Office: by.OfficePath,
		Object: "item:" + c.code, Basis: c.reason, Data: map[string]any{"state": c.to}})
}
