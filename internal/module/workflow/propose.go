package workflow

import (
	"context"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Propose keeps a source that is sound, for another keeper to deploy. from is the version its author began with, 0 for a new process. fault.Invalid lists
// everything that is wrong; fault.Conflict tells that another version was deployed meanwhile, that the newest reads so already, or that the same waits.
func (s *Definitions) Propose(ctx context.Context, by actor.Actor, source []byte, from int) (p Proposal, err error) {
	if err := s.May(by); err != nil {
		return p, err
	}
	c, err := s.sound(ctx, source)
	if err != nil {
		return p, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		last, err := s.newest(ctx, tx, c.process.Key)
		switch {
		case err != nil:
			return err
		case last.Digest == c.digest:
			return fault.New(fault.Conflict, "workflow.proposed_nothing", last.Version)
		case last.Version != from:
			return fault.New(fault.Conflict, "workflow.deployed_meanwhile", last.Version)
		}
		p = Proposal{ID: db.NewKey(), DefinitionKey: c.process.Key, Name: c.process.Name, Source: string(source), Digest: c.digest, FromVersion: from, State: Waiting,
			Subject: by.Subject, Account: by.Name(), Behalf: by.Behalf, Post: by.Post, MadeAt: tx.Now}
		_, err = tx.Exec(ctx, `INSERT INTO workflow_proposal (id, definition_key, name, source, digest, from_version, state, subject, account, behalf, post, made_at)
VALUES (`+db.In(12, 1)+`)`, p.ID, p.DefinitionKey, p.Name, p.Source, p.Digest, p.FromVersion, string(p.State), p.Subject, p.Account, p.Behalf, p.Post, p.MadeAt)
		if db.IsUnique(err) {
			return fault.New(fault.Conflict, "workflow.proposed_already")
		}
		if err != nil {
			return err
		}
		return s.proposalLeaf(ctx, tx, by, &p, "workflow.proposed", "流程定义提请")
	})
	return p, err
}

func (s *Definitions) proposalLeaf(ctx context.Context, tx *db.Tx, by actor.Actor, p *Proposal, kind, basis string) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "process:" + p.DefinitionKey, Basis: basis,
		Data: map[string]any{"proposal": p.ID, "from": p.FromVersion, "digest": p.Digest}})
}

// Approve is the second pair of eyes: what was proposed becomes the newest version of its process, checked once more against what is deployed now.
// fault.Forbidden "workflow.own_proposal" for its author; fault.Conflict "workflow.proposal_gone" when it does not wait any more, "workflow.proposal_stale"
// when another version was deployed meanwhile: nobody compared it with that.
func (s *Definitions) Approve(ctx context.Context, by actor.Actor, id string) (out Deployed, err error) {
	p, err := s.deciding(ctx, by, id)
	if err != nil {
		return out, err
	}
	c, err := s.sound(ctx, []byte(p.Source))
	if err != nil {
		return out, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if out, err = s.put(ctx, tx, by, c, p.FromVersion, map[string]any{"proposal": p.ID, "proposed_by": p.Account}); err != nil {
			return err
		}
		if out.Same {
			return fault.New(fault.Conflict, "workflow.deployed_meanwhile", out.Version)
		}
		return s.decided(ctx, tx, by, p, Approved, out.Version)
	})
	if fault.HasKey(err, "workflow.deployed_meanwhile") {
		return out, s.staleOrGone(ctx, by, id, err)
	}
	return out, err
}

// staleOrGone tells who came too late why: the proposal itself was approved by somebody else, or another version stands.
func (s *Definitions) staleOrGone(ctx context.Context, by actor.Actor, id string, cause error) error {
	now, err := s.Proposal(ctx, by, id)
	if err != nil {
		return err
	}
	if now.State != Waiting {
		return fault.New(fault.Conflict, "workflow.proposal_gone").Because(cause)
	}
	return fault.New(fault.Conflict, "workflow.proposal_stale").Because(cause)
}

// mostReason is how many characters a reason may have.
const mostReason = 500

// Return sends a proposal back to its author, with a reason; another must do it, as with [Definitions.Approve].
func (s *Definitions) Return(ctx context.Context, by actor.Actor, id, reason string) error {
	p, err := s.deciding(ctx, by, id)
	if err != nil {
		return err
	}
	p.Reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(p.Reason); n == 0 || n > mostReason {
		return fault.New(fault.Invalid, "workflow.return_reason", mostReason).Field("reason", "workflow.return_reason", mostReason)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.decided(ctx, tx, by, p, Returned, 0); err != nil {
			return err
		}
		return s.proposalLeaf(ctx, tx, by, p, "workflow.returned", p.Reason)
	})
}

// TakeBack ends a proposal of by's own that still waits: its author thought better of it. fault.Forbidden "workflow.not_own_proposal" for everybody
// else; fault.Conflict "workflow.proposal_gone" when somebody decided meanwhile.
func (s *Definitions) TakeBack(ctx context.Context, by actor.Actor, id string) error {
	p, err := s.Proposal(ctx, by, id)
	switch {
	case err != nil:
		return err
	case !p.Own(by):
		return fault.New(fault.Forbidden, "workflow.not_own_proposal")
	case p.State != Waiting:
		return fault.New(fault.Conflict, "workflow.proposal_gone")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.decided(ctx, tx, by, &p, TakenBack, 0); err != nil {
			return err
		}
		return s.proposalLeaf(ctx, tx, by, &p, "workflow.proposal_withdrawn", "流程提请撤回")
	})
}

// deciding returns a proposal that by may decide on.
func (s *Definitions) deciding(ctx context.Context, by actor.Actor, id string) (*Proposal, error) {
	p, err := s.Proposal(ctx, by, id)
	switch {
	case err != nil:
		return nil, err
	case p.Own(by):
		return nil, fault.New(fault.Forbidden, "workflow.own_proposal")
	case p.State != Waiting:
		return nil, fault.New(fault.Conflict, "workflow.proposal_gone")
	}
	return &p, nil
}

// decided ends a proposal that waits: of two who press at once one did, and one was too late.
func (s *Definitions) decided(ctx context.Context, tx *db.Tx, by actor.Actor, p *Proposal, to ProposalState, version int) error {
	n, err := tx.Exec(ctx, `UPDATE workflow_proposal SET state = $1, decided_at = $2, decided_by = $3, decided_post = $4, reason = $5, version = $6 WHERE id = $7 AND state = 'waiting'`,
		string(to), tx.Now, by.Name(), by.Post, p.Reason, version, p.ID)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "workflow.proposal_gone")
	}
	return err
}
