package item

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Plan is a change of state that comes on a day (计划暂停、计划取消), of a base item or an entry. Its readers are told before.
type Plan struct {
	ID          string
	Code        string // 12 or 31 characters
	ToState     State
	Reason      string
	EffectiveOn civil.Date
	MadeBy      string
}

// PlanState has a state come on a later day; an end and a resumption take two persons ([Service.ProposeState]). Rights and reasons are those of [Service.SetState]; fault.Invalid "item.plan_in_past" for a day that is
// not to come; fault.Conflict "item.plan_twice" when something is planned for the day already.
func (s *Service) PlanState(ctx context.Context, by actor.Actor, p Plan) (*Plan, error) {
	if err := checkStanding(p.ToState, p.Reason); err != nil {
		return nil, err
	}
	if p.ToState != Paused {
		if err := alone(by); err != nil {
			return nil, err
		}
	}
	err := s.update(ctx, func(tx *db.Tx) error {
		if err := s.maySetState(ctx, tx, by, p.Code); err != nil {
			return err
		}
		return s.planState(ctx, tx, by, &p)
	})
	return &p, err
}

func (s *Service) planState(ctx context.Context, tx *db.Tx, by actor.Actor, p *Plan) error {
	if !p.EffectiveOn.After(civil.Of(tx.Now)) {
		return fault.New(fault.Invalid, "item.plan_in_past").Field("effective_on", "item.plan_in_past")
	}
	if err := holdRevision(ctx, tx); err != nil { // every change of a plan takes the revision first, so that no two wait for each other
		return err
	}
	if err := s.notCancelled(ctx, tx, p.Code); err != nil {
		return err
	}
	p.ID, p.MadeBy = db.NewKey(), by.Name()
	err := insertPlan(ctx, tx, *p)
	if db.IsUnique(err) {
		return fault.New(fault.Conflict, "item.plan_twice").Field("effective_on", "item.plan_twice").Because(err)
	}
	if err != nil {
		return fmt.Errorf("storing a plan for %s: %w", p.Code, err)
	}
	if err := s.awake(ctx, tx, p.EffectiveOn); err != nil {
		return err
	}
	if err := bumpRevision(ctx, tx); err != nil {
		return fmt.Errorf("counting the revision: %w", err)
	}
	return s.planLeaf(ctx, tx, by, "item.planned", *p)
}

func (s *Service) planLeaf(ctx context.Context, tx *db.Tx, by actor.Actor, kind string, p Plan) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "item:" + p.Code, Basis: p.Reason,
		Data: map[string]any{"state": p.ToState, "effective_on": p.EffectiveOn.String()}})
}

func (s *Service) notCancelled(ctx context.Context, tx *db.Tx, code string) error {
	var state State
	if len(code) == 12 {
		b, err := s.Base(ctx, tx, code)
		if err != nil {
			return err
		}
		state = b.State
	} else {
		e, err := s.Entry(ctx, tx, code)
		if err != nil {
			return err
		}
		state = e.State
	}
	if state == Cancelled {
		return fault.New(fault.Conflict, "item.cancelled_for_ever")
	}
	return nil
}

// DropPlan gives a plan up before its day; fault.NotFound "item.plan_gone" when it was carried out or given up. What two decided one does not undo:
// fault.Forbidden "item.four_eyes" for a plan that was proposed, see [Service.ProposeDrop].
func (s *Service) DropPlan(ctx context.Context, by actor.Actor, id string) error {
	return s.update(ctx, func(tx *db.Tx) error {
		p, err := s.plan(ctx, tx, by, id)
		if err != nil {
			return err
		}
		proposed, err := s.wasProposed(ctx, tx, p)
		if err != nil {
			return err
		}
		if proposed {
			if err := alone(by); err != nil {
				return err
			}
		}
		return s.dropPlan(ctx, tx, by, id)
	})
}

// ProposeDrop asks for a plan to be given up that two decided on.
func (s *Service) ProposeDrop(ctx context.Context, by actor.Actor, id string) (*Proposal, error) {
	return s.proposed(ctx, by, func(tx *db.Tx, p *Proposal) error {
		plan, err := s.plan(ctx, tx, by, id)
		if err != nil {
			return err
		}
		path, _, err := s.ownerOf(ctx, tx, plan.Code)
		if err != nil {
			return err
		}
		e, err := s.Preview(ctx, tx, plan.Code[max(0, len(plan.Code)-12):])
		if err != nil {
			return err
		}
		_, state, err := s.seenNow(ctx, tx, plan.Code)
		if err != nil {
			return err
		}
		p.Kind, p.Object, p.Name, p.Reason, p.OfficePath = ForState, plan.ID, e.Name, plan.Reason, path
		p.Act.V = Act{Codes: []string{plan.Code}, To: state, On: plan.EffectiveOn, Drop: plan.ID}
		p.Preview.V.Rows = []PreviewRow{{plan.Code, e.Name, []Difference{{Element: "state", Before: string(plan.ToState), After: string(state)}}}}
		return s.follows(ctx, tx, p)
	})
}

// plan reads a plan for who may give it up.
func (s *Service) plan(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Plan, error) {
	p, err := planByID(ctx, tx, id)
	if errors.Is(err, db.ErrNotFound) {
		return p, fault.New(fault.NotFound, "item.plan_gone")
	}
	if err != nil {
		return p, fmt.Errorf("reading a plan: %w", err)
	}
	return p, s.maySetState(ctx, tx, by, p.Code)
}

// wasProposed tells whether two persons decided on a plan. An end and a resumption always are; a pause may be.
func (s *Service) wasProposed(ctx context.Context, tx *db.Tx, p Plan) (bool, error) {
	if p.ToState != Paused {
		return true, nil
	}
	acts, err := approvedStates(ctx, tx, p.Code)
	if err != nil {
		return false, fmt.Errorf("reading the proposals about %s: %w", p.Code, err)
	}
	return slices.ContainsFunc(acts, func(a db.JSON[Act]) bool { return p.cameOf(a.V) }), nil
}

func (s *Service) dropPlan(ctx context.Context, tx *db.Tx, by actor.Actor, id string) error {
	if err := holdRevision(ctx, tx); err != nil {
		return err
	}
	p, err := s.plan(ctx, tx, by, id)
	if err != nil {
		return err
	}
	n, err := endPlan(ctx, tx, id, "void")
	if err != nil {
		return fmt.Errorf("giving a plan up: %w", err)
	}
	if n == 0 {
		return fault.New(fault.NotFound, "item.plan_gone")
	}
	if err := bumpRevision(ctx, tx); err != nil {
		return fmt.Errorf("counting the revision: %w", err)
	}
	return s.planLeaf(ctx, tx, by, "item.plan_dropped", p)
}

// Plans returns what is to come for any of these codes, soonest first.
func (s *Service) Plans(ctx context.Context, tx *db.Tx, codes ...string) ([]Plan, error) {
	return plansOf(ctx, tx, codes)
}

// stillDecided refuses the end of an item on its day when cases run by then and nobody said that they are finished: those who approved the plan saw
// the cases of that day only.
func (s *Service) stillDecided(ctx context.Context, tx *db.Tx, p Plan) error {
	if p.ToState != Cancelled {
		return nil
	}
	acts, err := approvedStates(ctx, tx, p.Code)
	if err != nil {
		return fmt.Errorf("reading the proposals about %s: %w", p.Code, err)
	}
	keep := slices.ContainsFunc(acts, func(a db.JSON[Act]) bool { return p.cameOf(a.V) && a.V.KeepCases })
	if _, err = s.mustDecide(ctx, tx, p.Code, keep); fault.HasKey(err, "item.cases_running") {
		return fault.New(fault.Conflict, "item.plan_cases_running").Because(err) // a to-do repeats it without a number
	}
	return err
}

// cameOf tells whether an approved proposal decided on this plan.
func (p *Plan) cameOf(a Act) bool { return a.Drop == "" && a.To == p.ToState && a.On == p.EffectiveOn }

// doPlan carries out one plan, once. What can't be done any more, because it was cancelled, lost its power or got cases nobody decided about in the
// meantime, is void, and its keepers are told.
func (s *Service) doPlan(ctx context.Context, id string) error {
	err := s.update(ctx, func(tx *db.Tx) error {
		p, ok, err := s.duePlan(ctx, tx, id, "done")
		if err != nil || !ok {
			return err
		}
		if err := s.notCancelled(ctx, tx, p.Code); err != nil {
			return err
		}
		if err := s.stillDecided(ctx, tx, p); err != nil {
			return err
		}
		return s.setState(ctx, tx, clockwork, standingChange{p.Code, p.ToState, p.Reason})
	})
	refusal, ok := fault.Of(err)
	if !ok || refusal.Kind != fault.Conflict {
		return err
	}
	// The first transaction is undone: the refusal is kept in one of its own, so that it does not come again.
	return s.update(ctx, func(tx *db.Tx) error {
		p, ok, err := s.duePlan(ctx, tx, id, "void")
		if err != nil || !ok {
			return err
		}
		if err := bumpRevision(ctx, tx); err != nil {
			return fmt.Errorf("counting the revision: %w", err)
		}
		path, _, err := s.ownerOf(ctx, tx, p.Code)
		if err != nil {
			return err
		}
		if err := s.OpenTodo(ctx, tx, Todo{OfficePath: path, Kind: PlanVoid, Object: p.Code, Cause: p.ID, Said: keptKey(refusal), OpenedBy: clockwork.Name()}); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.plan_dropped", Actor: clockwork.Name(), Object: "item:" + p.Code, Basis: p.Reason,
			Data: map[string]any{"state": p.ToState, "effective_on": p.EffectiveOn.String(), "refusal": refusal.Key}})
	})
}

// duePlan reads a plan and ends it like that; ok is false when another node was faster, or it was given up.
func (s *Service) duePlan(ctx context.Context, tx *db.Tx, id, how string) (p Plan, ok bool, err error) {
	if err := holdRevision(ctx, tx); err != nil {
		return p, false, err
	}
	p, err = planByID(ctx, tx, id)
	if errors.Is(err, db.ErrNotFound) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("reading a plan that is due: %w", err)
	}
	n, err := endPlan(ctx, tx, id, how)
	if err != nil {
		return p, false, fmt.Errorf("ending a plan: %w", err)
	}
	return p, n == 1, nil
}
