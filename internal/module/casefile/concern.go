package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Concern implements workflow.Concerns: what the tasks of a case are about. fault.NotFound "casefile.not_found" for who may not know of the case.
func (s *Service) Concern(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (workflow.Concern, error) {
	c, err := byID(ctx, tx, id)
	if err != nil {
		return workflow.Concern{}, err
	}
	if err := s.visible(ctx, tx, by, c); err != nil {
		return workflow.Concern{}, err
	}
	m := workflow.Concern{Number: c.Number, Name: c.ItemName, Item: c.BaseCode, Owner: c.ApplicantID}
	for _, a := range Actions {
		if w := ways[a]; w.task != "" && slices.Contains(w.from, c.State) && !slices.Contains(m.Takes, w.task) {
			m.Takes = append(m.Takes, w.task)
		}
	}
	return m, nil
}

// DueIn implements workflow.Concerns with the calendar of the case's region.
func (s *Service) DueIn(ctx context.Context, tx *db.Tx, id string, days int) (string, error) {
	c, err := byID(ctx, tx, id)
	if err != nil {
		return "", err
	}
	r, err := region.Parse(c.Region)
	if err != nil {
		return "", err
	}
	cal, err := s.needs.Offices.Calendar(ctx, tx, r)
	if err != nil {
		return "", err
	}
	return cal.Add(civil.Of(tx.Now), days).String(), nil
}

// Return implements workflow.Concerns: before acceptance the applicant is asked for a correction, with its notice; what was accepted can't be given
// back, because the law lets a correction be asked for once and before acceptance.
func (s *Service) Return(ctx context.Context, tx *db.Tx, by actor.Actor, id, reason string) error {
	c, err := byID(ctx, tx, id)
	if err != nil {
		return err
	}
	if c.State != Submitted {
		return fault.New(fault.Conflict, "casefile.returned_late")
	}
	st, err := s.look(ctx, tx, by, c, Step{Number: c.Number, Action: RequestCorrection, Comment: reason})
	if err != nil {
		return err
	}
	_, err = st.take(ctx, tx)
	return err
}
