package item

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

// alteredAtOnce is how many base items the approval of an alteration publishes by itself, all or none. Each moves the entries of up to thirteen thousand
// offices: more are published one by one behind the back of who approved them, who sees how far it is.
const alteredAtOnce = 3

// carrier acts for who approved what is carried out item by item.
var carrier = actor.Program("item.carry_out")

// CarryOut is the job of an approved proposal of many items.
type CarryOut struct {
	Proposal string `json:"proposal"`
}

// JobKind implements job.Args.
func (CarryOut) JobKind() string { return "item.carry_out" }

// ProposalStep is one item of a proposal that is carried out item by item.
type ProposalStep struct {
	Position int
	Code     string
	Name     string
	State    string // waiting, done or refused
	Problem  string // the key of the fault it was refused with
	DoneAt   time.Time
}

// Progress is how far a proposal is that is carried out item by item; all zero for one that was done at once.
type Progress struct {
	Total    int
	Done     int
	Refused  int
	Problems []ProposalStep // that were refused
}

// Waiting is how many items are still to come.
func (p Progress) Waiting() int { return p.Total - p.Done - p.Refused }

// ProposalProgress tells how far an approved proposal is.
func (s *Service) ProposalProgress(ctx context.Context, tx *db.Tx, p *Proposal) (out Progress, err error) {
	if p.Kind != ForAlteration || p.State != ProposalApproved {
		return out, nil
	}
	steps, err := proposalSteps(ctx, tx, p.ID)
	if err != nil {
		return out, fmt.Errorf("reading how far a proposal is: %w", err)
	}
	out.Total = len(steps)
	for _, x := range steps {
		switch x.State {
		case stepDone:
			out.Done++
		case stepRefused:
			out.Refused++
			out.Problems = append(out.Problems, x)
		}
	}
	return out, nil
}

// The states of a step.
const (
	stepDone    = "done"
	stepRefused = "refused"
)

// beginSteps has the items of an alteration published by a job.
func (s *Service) beginSteps(ctx context.Context, tx *db.Tx, p *Proposal) error {
	steps := make([]ProposalStep, len(p.Act.V.Codes))
	for i, code := range p.Act.V.Codes {
		name, err := s.nameOf(ctx, tx, code)
		if err != nil {
			return err
		}
		steps[i] = ProposalStep{Position: i + 1, Code: code, Name: name}
	}
	if err := insertSteps(ctx, tx, p.ID, steps); err != nil {
		return fmt.Errorf("writing what is to be done: %w", err)
	}
	if err := s.needs.Queue.Insert(ctx, tx, CarryOut{p.ID}, job.Unique(p.ID)); err != nil {
		return fmt.Errorf("having a proposal carried out: %w", err)
	}
	return nil
}

// doProposal publishes the items of an approved proposal that are still to come. Each is done in a transaction of its own and once only, however often
// this runs, wherever it was killed and on however many nodes. An item that can't be published any more is refused with its reason, and the others go on.
func (s *Service) doProposal(ctx context.Context, id string) error {
	for {
		if more, err := s.doStep(ctx, id); err != nil || !more {
			return err
		}
	}
}

// doStep does the next item; false when there is none.
func (s *Service) doStep(ctx context.Context, id string) (more bool, err error) {
	var x ProposalStep
	err = conflict(s.update(ctx, func(tx *db.Tx) (err error) {
		if x, err = s.takeStep(ctx, tx, id); err != nil {
			return err
		}
		p, err := proposalByID(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("reading a proposal: %w", err)
		}
		if err := s.publishStep(ctx, tx, &p, x); err != nil {
			return err
		}
		return s.endStep(ctx, tx, &p, x, stepDone, "")
	}))
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	refusal, ok := fault.Of(err)
	if err == nil || !ok || refusal.Kind == fault.Busy {
		return err == nil, err
	}
	// The first transaction is undone: the refusal is kept in one of its own.
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		again, err := s.takeStep(ctx, tx, id)
		if err != nil || again.Position != x.Position {
			return err // another node did it meanwhile
		}
		p, err := proposalByID(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("reading a proposal: %w", err)
		}
		return s.endStep(ctx, tx, &p, x, stepRefused, keptKey(refusal))
	})
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// takeStep returns the next item with every other change of the library waiting, so that two nodes never take the same; db.ErrNotFound at the end.
func (s *Service) takeStep(ctx context.Context, tx *db.Tx, id string) (ProposalStep, error) {
	if err := holdRevision(ctx, tx); err != nil {
		return ProposalStep{}, err
	}
	return nextStep(ctx, tx, id)
}

// publishStep publishes one item as it was proposed: on the version that was looked at, and as far as it is not so already.
func (s *Service) publishStep(ctx context.Context, tx *db.Tx, p *Proposal, x ProposalStep) error {
	a := p.Act.V
	b, err := s.Base(ctx, tx, x.Code)
	if err != nil {
		return err
	}
	if b.VersionID != a.Seen[x.Code] {
		return fault.New(fault.Conflict, "item.proposal_stale")
	}
	drafts, err := openDrafts(ctx, tx, []string{x.Code})
	if err != nil {
		return fmt.Errorf("reading drafts: %w", err)
	}
	altered, err := s.alter(ctx, tx, carrier, b, len(drafts) > 0, *a.Alteration)
	if err != nil {
		return err
	}
	if altered.Problem != nil {
		return altered.Problem
	}
	if len(altered.Differences) == 0 {
		return nil
	}
	_, _, err = s.publishFor(ctx, tx, carrier, altered.After, p.ID)
	return err
}

// endStep keeps what became of an item; with the last one the proposal is carried out.
func (s *Service) endStep(ctx context.Context, tx *db.Tx, p *Proposal, x ProposalStep, state, problem string) error {
	if err := setStep(ctx, tx, p.ID, x.Position, state, problem); err != nil {
		return fmt.Errorf("keeping what became of %s: %w", x.Code, err)
	}
	now, err := s.ProposalProgress(ctx, tx, p)
	if err != nil {
		return err
	}
	if err := setOutcome(ctx, tx, p.ID, int64(now.Done)); err != nil {
		return err
	}
	if now.Waiting() > 0 {
		return nil
	}
	if now.Refused > 0 {
		err := s.OpenTodo(ctx, tx, Todo{OfficePath: managementPath, Kind: StepsRefused, Object: p.ID, Cause: p.ID, Said: p.Name, OpenedBy: carrier.Name()})
		if err != nil {
			return err
		}
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.proposal_carried_out", Actor: carrier.Name(), Object: p.leafObject(), Basis: p.Reason,
		Data: map[string]any{"proposal": p.ID, "done": now.Done, "refused": now.Refused}})
}
