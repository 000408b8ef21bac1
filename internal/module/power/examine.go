package power

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Opinion is what an office or the government says to an adjustment. Who does not agree says why.
type Opinion struct {
	Act    Act // [ActOfEstablish], [ActOfLegality] or [ActOfApprove]
	Agrees bool
	Said   string
}

// The rights each act needs.
var rightOf = map[Act]string{ActOfResubmit: ActPropose, ActOfWithdraw: ActPropose, ActOfEstablish: ActEstablish, ActOfLegality: ActLegality,
	ActOfApprove: ActApprove, ActOfPublish: ActPublish}

// onceOnly are the acts of which one person does one in a round: who proposes does not examine, who examined does not approve.
var onceOnly = map[Act]bool{ActOfEstablish: true, ActOfLegality: true, ActOfApprove: true}

// Opine gives the opinion of the establishment office, of the legality office, or the government's decision. Once both offices agree the
// government is asked; who disagrees returns the adjustment to its department. seen is the Version the actor read: fault.Conflict
// "power.moved_on" when it has moved since. fault.Forbidden "power.same_person" when the actor has taken a step of this round
// or has proposed in any.
func (s *Service) Opine(ctx context.Context, by actor.Actor, id string, seen int, o Opinion) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if !onceOnly[o.Act] {
			return fault.New(fault.Invalid, "power.bad_opinion").Field("act", "power.unknown_value")
		}
		a, err := s.take(ctx, tx, by, id, o.Act)
		if err != nil {
			return err
		}
		if err := checkOpinion(o); err != nil {
			return err
		}
		to, kind := next(a, o), "power.opined"
		switch {
		case to == Returned:
			kind = "power.returned"
		case o.Act == ActOfApprove:
			kind = "power.approved"
		}
		if err := s.move(ctx, tx, a, seen, to); err != nil {
			return err
		}
		if err := insertStep(ctx, tx, by, a, Done{Act: o.Act, Agrees: o.Agrees, Said: o.Said}); err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, a, kind, map[string]any{"adjustment": a.ID, "round": a.Round, "act": o.Act, "agrees": o.Agrees})
	})
	if db.IsUnique(err) {
		return fault.New(fault.Conflict, "power.moved_on").Because(err)
	}
	return err
}

func checkOpinion(o Opinion) error {
	refusal := fault.New(fault.Invalid, "power.bad_opinion")
	switch n := utf8.RuneCountInString(o.Said); {
	case n == 0 && !o.Agrees:
		refusal.Field("said", "power.say_why")
	case n > LongestText:
		refusal.Field("said", "power.too_long", LongestText)
	}
	return refusal.OrNil()
}

// next is where an opinion brings an adjustment.
func next(a *Adjustment, o Opinion) Stage {
	switch {
	case !o.Agrees:
		return Returned
	case o.Act == ActOfApprove:
		return Approved
	case o.Act == ActOfEstablish && a.done(ActOfLegality) != nil, o.Act == ActOfLegality && a.done(ActOfEstablish) != nil:
		return Examined
	}
	return Proposed
}

var (
	errMovedOn    = fault.New(fault.Conflict, "power.moved_on")
	errSamePerson = fault.New(fault.Forbidden, "power.same_person")
	errNotFound   = fault.New(fault.NotFound, "power.adjustment_not_found")
)

// take reads an adjustment that by is about to do something with.
func (s *Service) take(ctx context.Context, tx *db.Tx, by actor.Actor, id string, what Act) (*Adjustment, error) {
	a, err := s.adjustment(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if err := s.needs.Rights.Check(by, rightOf[what], s.target(a, what)); err != nil {
		return nil, err
	}
	if !a.waits(what) {
		return nil, errMovedOn
	}
	if onceOnly[what] && a.took(person(by)) {
		return nil, errSamePerson
	}
	return a, nil
}

// target is the department for what its own people do, the province for the rest.
func (s *Service) target(a *Adjustment, what Act) actor.Target {
	if rightOf[what] == ActPropose {
		return actor.Target{OfficePath: a.OfficePath}
	}
	return actor.Target{OfficePath: keptAt}
}

// adjustment reads one with its steps.
func (s *Service) adjustment(ctx context.Context, tx *db.Tx, id string) (*Adjustment, error) {
	r, err := adjustmentByID(ctx, tx, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, errNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading an adjustment: %w", err)
	}
	a := r.adjustment()
	if a.Steps, err = stepsOf(ctx, tx, id); err != nil {
		return nil, fmt.Errorf("reading the steps of an adjustment: %w", err)
	}
	return &a, nil
}

// move brings an adjustment to its next stage, if nobody has moved it since it was seen.
func (s *Service) move(ctx context.Context, tx *db.Tx, a *Adjustment, seen int, to Stage) error {
	return moveAdjustment(ctx, tx, a.ID, seen, to, a.From)
}

// leaf writes that somebody did something with an adjustment.
func (s *Service) leaf(ctx context.Context, tx *db.Tx, by actor.Actor, a *Adjustment, kind string, data map[string]any) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "power:" + a.Code, Basis: a.ground(), Data: data})
}
