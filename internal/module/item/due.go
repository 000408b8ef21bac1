package item

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

// clockwork acts for who decided earlier that something comes into force on a day.
var clockwork = actor.Program("item.due")

// Due is the job of one day: what was decided to come into force on it does.
type Due struct {
	On civil.Date `json:"on"`
}

// JobKind implements job.Args.
func (Due) JobKind() string { return "item.due" }

// awake has the day's job run at the day's start in China; one job serves everything of the day.
func (s *Service) awake(ctx context.Context, tx *db.Tx, on civil.Date) error {
	if err := s.needs.Queue.Insert(ctx, tx, Due{On: on}, job.At(on.Start()), job.Unique(on.String())); err != nil {
		return fmt.Errorf("setting the clock for %s: %w", on, err)
	}
	return nil
}

// Register gives the queue what runs on a day, and what is carried out after its approval.
func (s *Service) Register(q *job.Queue) {
	job.Handle(q, func(ctx context.Context, _ Due) error { return s.DoDue(ctx) })
	job.Handle(q, func(ctx context.Context, c CarryOut) error { return s.doProposal(ctx, c.Proposal) })
}

// DoDue publishes the approved drafts and carries out the plans whose day has come. Each is done in a transaction of its own and once only,
// however often this runs and wherever it was killed. What can't be published any more goes back to who wrote it with the reason.
func (s *Service) DoDue(ctx context.Context) error {
	var drafts, plans []string
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		today := civil.Of(tx.Now)
		if drafts, err = dueDrafts(ctx, tx, today, Most); err != nil {
			return err
		}
		plans, err = duePlans(ctx, tx, today, Most)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading what is due: %w", err)
	}
	var failed []error
	for _, id := range drafts {
		failed = append(failed, s.publishDue(ctx, id))
	}
	for _, id := range plans {
		failed = append(failed, s.doPlan(ctx, id))
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	if len(drafts) == Most || len(plans) == Most {
		return s.DoDue(ctx)
	}
	return nil
}

func (s *Service) publishDue(ctx context.Context, id string) error {
	err := conflict(s.update(ctx, func(tx *db.Tx) error {
		d, err := s.dueDraft(ctx, tx, id)
		if err != nil || d.State != DraftApproved {
			return err
		}
		return s.actOn(ctx, tx, clockwork, d, d.Revision, DraftPublish, func(tx *db.Tx, d *Draft) error {
			return s.publishDraft(ctx, tx, clockwork, d)
		})
	}))
	refusal, ok := fault.Of(err)
	if !ok || refusal.Kind != fault.Invalid && refusal.Kind != fault.Conflict {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := s.dueDraft(ctx, tx, id)
		if err != nil || d.State != DraftApproved {
			return err
		}
		return s.returned(ctx, tx, clockwork, d, d.Revision, keptKey(refusal))
	})
}

// keptKey is the key of a refusal as it is kept for somebody who reads it later: what is kept has no place for the values of a sentence.
func keptKey(refusal *fault.Error) string {
	switch refusal.Key {
	case "item.cases_running":
		return "item.later_cases_running"
	case "item.bad_definition":
		return "item.later_bad_definition"
	case "item.no_power":
		return "item.later_no_power"
	}
	return refusal.Key
}

// dueDraft reads a draft again, in the transaction that acts on it: another node may have acted already.
func (s *Service) dueDraft(ctx context.Context, tx *db.Tx, id string) (*Draft, error) {
	r, err := draftByID(ctx, tx, id)
	if err != nil {
		return nil, fmt.Errorf("reading a draft that is due: %w", err)
	}
	return r.draft(), nil
}
