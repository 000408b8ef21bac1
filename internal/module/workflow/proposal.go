package workflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// ProposalState is how far a proposal is.
//
//	waiting ──approve, by another──▶ deployed
//	   ├──return, by another──▶ returned
//	   └──withdraw, by its author──▶ withdrawn
type ProposalState string

// The states.
const (
	Waiting   ProposalState = "waiting"
	Approved  ProposalState = "deployed"
	Returned  ProposalState = "returned"
	TakenBack ProposalState = "withdrawn"
)

// ProposalStates lists the states in the order of a proposal's life.
func ProposalStates() []ProposalState { return []ProposalState{Waiting, Approved, Returned, TakenBack} }

// Proposal is a process one keeper wants deployed, and another must approve: cases of the whole province run by it, so nobody deploys alone (四眼原则).
type Proposal struct {
	ID            string
	DefinitionKey string
	Name          string
	Source        string // "" in lists
	Digest        string
	FromVersion   int // that its author began with, 0 of a new process
	State         ProposalState
	Subject       string // the person who made it, whatever the account
	Account       string
	Behalf        string // whom he stood in for
	Post          string // what others may read of him
	MadeAt        time.Time
	DecidedAt     time.Time
	DecidedBy     string
	DecidedPost   string
	Reason        string // why it was returned
	Version       int    // that came of it
}

// listed are the columns a list shows; a source may be large.
const listed = `id, definition_key, name, digest, from_version, state, subject, account, behalf, post, made_at, decided_at, decided_by, decided_post, reason, version`

// Own tells whether somebody made a proposal, himself or by a deputy, as the person or by the account: then another must decide.
func (p *Proposal) Own(by actor.Actor) bool {
	mine := slices.DeleteFunc([]string{by.Account, by.Behalf}, func(s string) bool { return s == "" })
	return by.Subject != "" && by.Subject == p.Subject || slices.Contains(mine, p.Account) || p.Behalf != "" && slices.Contains(mine, p.Behalf)
}

// Proposals returns proposals in a state without their sources, newest first, at most limit, those before the id named when it is not empty.
func (s *Definitions) Proposals(ctx context.Context, by actor.Actor, state ProposalState, before string, limit int) (list []Proposal, err error) {
	if err := s.May(by); err != nil {
		return nil, err
	}
	if before == "" {
		before = "g" // after every hexadecimal key
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = db.All[Proposal](ctx, tx, `SELECT `+listed+` FROM workflow_proposal WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, string(state), before, limit)
		return err
	})
	return list, err
}

// Proposal returns one with its source; fault.NotFound "workflow.proposal_gone" when there is none.
func (s *Definitions) Proposal(ctx context.Context, by actor.Actor, id string) (p Proposal, err error) {
	if err := s.May(by); err != nil {
		return p, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err = db.One[Proposal](ctx, tx, `SELECT `+listed+`, source FROM workflow_proposal WHERE id = $1`, id)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return p, fault.New(fault.NotFound, "workflow.proposal_gone")
	}
	return p, err
}
