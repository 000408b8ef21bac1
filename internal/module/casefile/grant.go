package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Granted is an approved case as a certificate needs it, the applicant in clear.
type Granted struct {
	Case           Case
	Entry          *item.Entry
	Applicant      Applicant
	Content        Content
	DecisionNumber string // of the approval's document
	DecidedOn      civil.Date
}

// Granted reads a case that was decided for its applicant, for the module that issues certificates: nobody looks at what it returns but the
// certificate's holder, so it writes no leaf. fault.Conflict "casefile.not_granted" for any other case.
func (s *Service) Granted(ctx context.Context, tx *db.Tx, caseID string) (g Granted, err error) {
	c, err := byID(ctx, tx, caseID)
	if err != nil {
		return g, err
	}
	if c.Outcome != string(ApprovedAs) {
		return g, fault.New(fault.Conflict, "casefile.not_granted")
	}
	g = Granted{Case: *c, DecidedOn: civil.Of(c.DecidedAt)}
	if g.Entry, err = s.needs.Items.Pinned(ctx, tx, c.EntryID); err != nil {
		return g, err
	}
	if g.Applicant, err = s.needs.Subjects.Applicant(ctx, tx, c.ApplicantID); err != nil {
		return g, err
	}
	if g.Content, _, err = s.content(ctx, tx, c.ID); err != nil {
		return g, err
	}
	g.DecisionNumber, err = db.One[string](ctx, tx, `SELECT number FROM casefile_paper WHERE case_id = $1 AND kind IN ($2, $3, $4) ORDER BY id DESC LIMIT 1`,
		c.ID, string(ApprovalDecision), string(SpotDecision), string(RenewalDecision))
	return g, err
}

// decided are the states in which a case has its answer, or never will: what can be rated.
var decided = []State{ApprovedAs, RefusedAs, Delivered, Rejected, Withdrawn}

// OwnClosed returns a case of whom by acts for that was decided or has ended; fault.NotFound for any other.
func (s *Service) OwnClosed(ctx context.Context, tx *db.Tx, by actor.Actor, number string) (Case, error) {
	c, err := byNumber(ctx, tx, number)
	if err != nil {
		return Case{}, err
	}
	if !owns(by, c) || !slices.Contains(decided, c.State) {
		return Case{}, errHidden
	}
	return *c, nil
}
