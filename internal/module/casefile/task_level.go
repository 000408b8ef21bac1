package casefile

import (
	"context"

	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// levels adds to the places of a case the offices of other levels that its process names (层级): of the same department, above the place or on the line down
// to where the applicant lives. fault.Invalid "casefile.no_level" when there is none.
func (s *Service) levels(ctx context.Context, tx *db.Tx, p *prepared) error {
	for _, e := range p.flow.Program().Process().Elements {
		d := e.Duty
		if e.Kind != process.UserTask || d.Level == "" || len(p.places[d.Place]) == 0 {
			continue // without an office at all it is refused for that
		}
		there := false
		for _, o := range p.places[d.Place] {
			there = there || process.LevelOf(o.Path) == d.Level
		}
		if there {
			continue
		}
		path := process.AtLevel(p.places[d.Place][0].Path, d.Level, p.applicant.Region)
		o, err := s.needs.Offices.At(ctx, tx, path)
		if path == "" || fault.Is(err, fault.NotFound) {
			return fault.New(fault.Invalid, "casefile.no_level", e.Name).Field("applicant", "casefile.no_level", e.Name)
		}
		if err != nil {
			return err
		}
		p.places[d.Place] = append(p.places[d.Place], o)
	}
	return nil
}
