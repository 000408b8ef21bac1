package workflow

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// inForceWith are the definitions in force whose sources hold a text, parsed. A source may hold it in another place than the one that is meant.
func (s *Definitions) inForceWith(ctx context.Context, tx *db.Tx, text string) (out []*process.Process, err error) {
	rows, err := db.All[definitionRow](ctx, tx, `SELECT id, definition_key, version, source, digest FROM workflow_definition d WHERE source LIKE $1 AND `+inForce+` ORDER BY definition_key`, "%"+text+"%")
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		d, err := Parse([]byte(row.Source))
		if err != nil {
			return nil, fmt.Errorf("stored process %s: %w", row.ID, err)
		}
		out = append(out, d.program.Process())
	}
	return out, nil
}

// callers are the names of the processes in force that call a process which wants the applicant's answers: nobody would give it any.
func (s *Definitions) callers(ctx context.Context, tx *db.Tx, p *process.Process) (names []string, err error) {
	if len(p.Filled()) == 0 {
		return nil, nil
	}
	list, err := s.inForceWith(ctx, tx, p.Key)
	for _, other := range list {
		if slices.ContainsFunc(other.Elements, func(e *process.Element) bool { return e.Calls == p.Key }) {
			names = append(names, other.Name)
		}
	}
	return names, err
}

// Fits refuses fields of a form, which is to replace another of its key, that the processes in force could no longer be filled from: fault.Conflict
// "workflow.form_in_use" with the process and the field. Without it every application by such a process would be refused.
func (s *Definitions) Fits(ctx context.Context, tx *db.Tx, key string, fields bpmn.Form) error {
	list, err := s.inForceWith(ctx, tx, key)
	if err != nil {
		return err
	}
	for _, p := range list {
		for _, v := range p.Filled() {
			if v.Form == key && !fields.Fills(v) {
				return fault.New(fault.Conflict, "workflow.form_in_use", p.Name, v.Field)
			}
		}
	}
	return nil
}
