package workflow

import (
	"context"
	"slices"

	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Leveled returns the tasks that name a level of government, of a process and of what it calls as that is deployed now, one for each place and level. What
// definitions that were deployed before levels were heeded say besides is left out.
func (s *Service) Leveled(ctx context.Context, tx *db.Tx, d *Definition) (out []*process.Element, err error) {
	asked, there := map[string]bool{d.Key: true}, map[string]bool{}
	for rest := []*Definition{d}; len(rest) > 0; rest = rest[1:] {
		for _, e := range rest[0].program.Process().Elements {
			switch {
			case e.Kind == process.UserTask && slices.Contains(process.Levels, e.Duty.Level) && !there[e.Duty.Leveled()]:
				there[e.Duty.Leveled()] = true
				out = append(out, e)
			case e.Calls != "" && !asked[e.Calls]:
				asked[e.Calls] = true
				called, err := s.Latest(ctx, tx, e.Calls)
				if err != nil {
					return nil, err
				}
				rest = append(rest, called)
			}
		}
	}
	return out, nil
}

// leveled refuses to migrate an instance to a definition that names a level for which no office was looked up when it began: the place's own office would
// do what is another's. What its own definition names is looked up already, as far as it could be.
func (s *Service) leveled(ctx context.Context, tx *db.Tx, r *running, to *Definition) error {
	before, err := s.Leveled(ctx, tx, r.definition)
	if err != nil {
		return err
	}
	after, err := s.Leveled(ctx, tx, to)
	if err != nil {
		return err
	}
	for _, e := range after {
		same := func(b *process.Element) bool { return b.Duty.Leveled() == e.Duty.Leveled() }
		if !r.places.has(e.Duty) && !slices.ContainsFunc(before, same) {
			return fault.New(fault.Conflict, "workflow.migrate_level", e.Name)
		}
	}
	return nil
}
