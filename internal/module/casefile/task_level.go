package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// levels adds to the places of a case, each under a name of its own, the offices of other levels that its process and those it calls name (层级): of the same
// department, above the place or on the line down to where the applicant lives. Where there is none the place's own office does the task, as it does in
// definitions that were deployed before levels were heeded.
func (s *Service) levels(ctx context.Context, tx *db.Tx, p *prepared) error {
	list, err := s.needs.Flows.Leveled(ctx, tx, p.flow)
	if err != nil {
		return err
	}
	for _, e := range list {
		d := e.Duty
		own := p.places[d.Place]
		if len(own) == 0 || slices.ContainsFunc(own, func(o workflow.Office) bool { return process.LevelOf(o.Path) == d.Level }) {
			continue // without an office at all it is refused for that
		}
		at := own[0]
		if path := process.AtLevel(own[0].Path, d.Level, p.applicant.Region); path != "" {
			found, err := s.needs.Offices.At(ctx, tx, path)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			if err == nil {
				at = found
			}
		}
		p.places[d.Leveled()] = []workflow.Office{at}
	}
	return nil
}
