package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
)

// presentHeard adds the hearing of a case and what is public of it.
func (s *Service) presentHeard(ctx context.Context, tx *db.Tx, by actor.Actor, v *View, calendar *workday.Calendar) (err error) {
	id := v.Case.ID
	if v.Held, err = hearingOf(ctx, tx, calendar, id); err != nil {
		return err
	}
	if v.Held.under(HearingOffered, HearingAsked) {
		v.Hearing = v.Held.Days
	}
	if v.PublicUntil, v.unanswered, err = s.loadPublicity(ctx, tx, id); err != nil {
		return err
	}
	if by.Kind == actor.Officer && !v.PublicUntil.IsZero() {
		v.Objections, err = s.objections(ctx, tx, `case_id = $1`, id)
	}
	return err
}

// presiders are whom who may call the hearing can have preside over it: nobody who has examined the case.
func (s *Service) presiders(ctx context.Context, tx *db.Tx, v *View) ([]workflow.Officer, error) {
	if !slices.Contains(v.Actions, CallHearing) {
		return nil, nil
	}
	list, err := s.needs.Flows.Officers(ctx, tx, v.Case.OfficePath)
	return slices.DeleteFunc(list, func(o workflow.Officer) bool {
		return slices.ContainsFunc(v.Events, func(e Event) bool { return e.Actor == o.Account && (e.Action == Opine || e.Action == Accept) })
	}), err
}
