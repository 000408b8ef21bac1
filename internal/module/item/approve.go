package item

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Proposals lists proposals in a state within by's reach, oldest first, at most limit (≤ [Most]) after the id of the last row seen. fault.Forbidden
// for who keeps nothing; who keeps certain items sees what is about those alone.
func (s *Service) Proposals(ctx context.Context, by actor.Actor, state ProposalState, after string, limit int) ([]Proposal, error) {
	reach := s.needs.Rights.Reach(by, ActImprove)
	if len(reach) == 0 {
		return nil, fault.New(fault.Forbidden, "item.keepers_only")
	}
	var list []Proposal
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		list, err = nil, nil
		limit := min(limit, Most)
		for {
			rows, err := proposalsWithin(ctx, tx, reach, state, after, limit)
			if err != nil || !limited(by) {
				list = rows
				return err
			}
			for i := range rows {
				if len(list) < limit && s.overItems(by, ActImprove, &rows[i]) == nil {
					list = append(list, rows[i])
				}
			}
			if len(rows) < limit || len(list) == limit || limit < 1 {
				return nil
			}
			after = rows[len(rows)-1].ID
		}
	})
	return list, err
}

// FindProposal returns a proposal whoever keeps its office asks for; fault.NotFound "item.proposal_gone" when there is none.
func (s *Service) FindProposal(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (*Proposal, error) {
	p, err := proposalByID(ctx, tx, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, fault.New(fault.NotFound, "item.proposal_gone")
	}
	if err != nil {
		return nil, fmt.Errorf("reading a proposal: %w", err)
	}
	return &p, s.overItems(by, ActImprove, &p)
}

// overItems asks for a right over everything a proposal is about.
func (s *Service) overItems(by actor.Actor, action string, p *Proposal) error {
	items := p.items()
	if len(items) == 0 {
		return s.mayAll(by, action, p.OfficePath)
	}
	for _, item := range items {
		if err := s.needs.Rights.Check(by, action, actor.Target{OfficePath: p.OfficePath, Item: item}); err != nil {
			return err
		}
	}
	return nil
}

// MayDecide tells whether by may approve or return a proposal: a keeper who reviews, and did not propose it.
func (s *Service) MayDecide(by actor.Actor, p *Proposal) bool { return s.mayDecide(by, p) == nil }

func (s *Service) mayDecide(by actor.Actor, p *Proposal) error {
	if err := s.overItems(by, ActReview, p); err != nil {
		return err
	}
	if p.Author == person(by) {
		return fault.New(fault.Forbidden, "item.own_proposal")
	}
	return nil
}

// ApproveProposal is the second pair of eyes: what was proposed is done at once, all or nothing, by who approves it. fault.Forbidden
// "item.own_proposal" for its author; fault.Conflict "item.proposal_gone" when it does not wait any more, "item.proposal_stale" when what it was
// previewed on is not in force any more. More base items than a few are published one by one after it ([CarryOut]); an import only becomes allowed by it: see [Service.ImportProposed].
func (s *Service) ApproveProposal(ctx context.Context, by actor.Actor, id, remark string) (*Proposal, error) {
	var p *Proposal
	err := s.update(ctx, func(tx *db.Tx) (err error) {
		if p, err = s.decided(ctx, tx, by, id, ProposalApproved, remark); err != nil {
			return err
		}
		if p.Outcome, err = s.carryOut(ctx, tx, by, p); err != nil {
			return err
		}
		return setOutcome(ctx, tx, p.ID, p.Outcome)
	})
	return p, conflict(err)
}

// ReturnProposal refuses what was proposed, with a reason.
func (s *Service) ReturnProposal(ctx context.Context, by actor.Actor, id, reason string) (*Proposal, error) {
	if reason == "" {
		return nil, fault.New(fault.Invalid, "item.reason_needed").Field("reason", "item.nothing_said")
	}
	var p *Proposal
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if p, err = s.decided(ctx, tx, by, id, ProposalReturned, reason); err != nil {
			return err
		}
		return forgetParts(ctx, tx, id)
	})
	return p, err
}

// WithdrawProposal gives up what one proposed oneself.
func (s *Service) WithdrawProposal(ctx context.Context, by actor.Actor, id string) (*Proposal, error) {
	var p *Proposal
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if p, err = s.FindProposal(ctx, tx, by, id); err != nil {
			return err
		}
		if p.Author != person(by) {
			return fault.New(fault.Forbidden, "item.not_your_proposal")
		}
		if err := s.endedAs(ctx, tx, by, p, ProposalWithdrawn, ""); err != nil {
			return err
		}
		return forgetParts(ctx, tx, id)
	})
	return p, err
}

func (s *Service) decided(ctx context.Context, tx *db.Tx, by actor.Actor, id string, to ProposalState, remark string) (*Proposal, error) {
	p, err := s.FindProposal(ctx, tx, by, id)
	if err != nil {
		return nil, err
	}
	if err := s.mayDecide(by, p); err != nil {
		return nil, err
	}
	return p, s.endedAs(ctx, tx, by, p, to, remark)
}

// endedAs ends a proposal that waits, with what waited for it and its leaf.
func (s *Service) endedAs(ctx context.Context, tx *db.Tx, by actor.Actor, p *Proposal, to ProposalState, remark string) error {
	p.State, p.EndedAt, p.EndedBy, p.Remark = to, tx.Now, by.Name(), remark
	waited, err := endProposal(ctx, tx, p)
	if err != nil {
		return fmt.Errorf("ending a proposal: %w", err)
	}
	if !waited {
		return fault.New(fault.Conflict, "item.proposal_gone")
	}
	if err := s.settleTodos(ctx, tx, by, p.ID); err != nil {
		return err
	}
	return s.proposalLeaf(ctx, tx, by, p, "item.proposal_"+string(to))
}

// carryOut does what was proposed and returns how many versions came of it.
func (s *Service) carryOut(ctx context.Context, tx *db.Tx, by actor.Actor, p *Proposal) (int64, error) {
	if p.Kind != ForImport {
		if err := holdRevision(ctx, tx); err != nil { // what is seen below stays so until it is done
			return 0, err
		}
	}
	if err := s.stillSeen(ctx, tx, p); err != nil {
		return 0, err
	}
	a := p.Act.V
	switch p.Kind {
	case ForAlteration:
		if len(a.Codes) > alteredAtOnce {
			return 0, s.beginSteps(ctx, tx, p)
		}
		return s.carryOutAlteration(ctx, tx, by, a)
	case ForRecall:
		if _, err := s.mustDecide(ctx, tx, a.Codes[0], a.KeepCases); err != nil {
			return 0, err
		}
		_, err := s.recall(ctx, tx, by, p)
		return 1, err
	case ForState:
		if a.To == Cancelled {
			if _, err := s.mustDecide(ctx, tx, a.Codes[0], a.KeepCases); err != nil {
				return 0, err
			}
		}
		if a.Drop != "" {
			return 0, s.dropPlan(ctx, tx, by, a.Drop)
		}
		plan := Plan{Code: a.Codes[0], ToState: a.To, Reason: p.Reason, EffectiveOn: a.On}
		if a.On.IsZero() {
			return 0, s.setState(ctx, tx, by, standingChange{plan.Code, plan.ToState, plan.Reason})
		}
		return 0, s.planState(ctx, tx, by, &plan)
	case ForOverride:
		if err := stillUnlocked(ctx, tx, a.Stated); err != nil {
			return 0, err
		}
		n, err := s.override(ctx, tx, by, a.Codes[0], *a.Override)
		if err == nil && len(a.Stated) > 0 {
			err = s.State(ctx, tx, by, a.Codes[0], a.Stated, "proposal:"+p.ID)
		}
		return int64(n), err
	case ForContact:
		if err := s.contactSeen(ctx, tx, by, a); err != nil {
			return 0, err
		}
		n, err := s.setContact(ctx, tx, by, a.Office, a.Override.Contact)
		return int64(n), err
	case ForClaim:
		c, _, err := s.offered(ctx, tx, a.Codes[0], a.Office)
		if err != nil || c.Base == "" {
			return 0, err
		}
		n, err := s.claim(ctx, tx, by, c.Base, []Claim{c})
		return int64(n), err
	case ForElement:
		return 0, s.lockElement(ctx, tx, by, a.Element, false)
	case ForRule:
		return 0, s.setRule(ctx, tx, by, *a.Rule)
	}
	return 0, nil // an import is read after this transaction
}

// stillUnlocked refuses what an office was let say of elements one of which was locked since.
func stillUnlocked(ctx context.Context, tx *db.Tx, said map[string]string) error {
	if len(said) == 0 {
		return nil
	}
	list, err := elements(ctx, tx)
	if err != nil {
		return fmt.Errorf("reading the elements: %w", err)
	}
	for _, e := range list {
		if _, says := said[e.Key]; says && e.Locked {
			return fault.New(fault.Conflict, "item.proposal_stale")
		}
	}
	return nil
}

// contactSeen refuses an office's contact when other entries would change by it than were shown, or one says something else of its own by now.
func (s *Service) contactSeen(ctx context.Context, tx *db.Tx, by actor.Actor, a Act) error {
	rows, err := s.entriesToImprove(ctx, tx, by, a.Office)
	if err != nil {
		return err
	}
	change := 0
	for _, r := range rows {
		after := r.Override.V
		after.Contact = a.Override.Contact
		seen, shown := a.Seen[r.EntryCode]
		if shown && seen != r.ID || !shown && len(overridden(r.Override.V, after)) > 0 {
			return fault.New(fault.Conflict, "item.proposal_stale")
		}
		if shown {
			change++
		}
	}
	if change != len(a.Codes) {
		return fault.New(fault.Conflict, "item.proposal_stale")
	}
	return nil
}

// seenNow is what a proposal would see of a base item or an entry: the version in force and the state.
func (s *Service) seenNow(ctx context.Context, tx *db.Tx, code string) (version string, state State, err error) {
	if len(code) == 12 {
		b, err := s.Base(ctx, tx, code)
		if err != nil {
			return "", "", err
		}
		return b.VersionID, b.State, nil
	}
	e, err := s.Entry(ctx, tx, code)
	if err != nil {
		return "", "", err
	}
	return e.ID, e.State, nil
}

// stillSeen refuses what was proposed on versions that are not in force any more: nobody looked at what it would do now.
func (s *Service) stillSeen(ctx context.Context, tx *db.Tx, p *Proposal) error {
	if p.Kind == ForContact {
		return nil // asked of all entries at once: contactSeen
	}
	for code, seen := range p.Act.V.Seen {
		now, state, err := s.seenNow(ctx, tx, code)
		if err != nil {
			return err
		}
		if now != seen || p.Act.V.From != "" && state != p.Act.V.From {
			return fault.New(fault.Conflict, "item.proposal_stale")
		}
	}
	return nil
}

func (s *Service) carryOutAlteration(ctx context.Context, tx *db.Tx, by actor.Actor, a Act) (int64, error) {
	list, err := s.alterations(ctx, tx, by, a.Codes, *a.Alteration)
	if err != nil {
		return 0, err
	}
	for _, x := range list {
		if _, _, err := s.publish(ctx, tx, by, x.After); err != nil {
			return 0, err
		}
	}
	return int64(len(list)), nil
}
