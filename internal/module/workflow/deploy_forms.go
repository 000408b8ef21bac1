package workflow

import (
	"context"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
)

// Forms tells which fields forms have, met by the form module.
type Forms interface {
	// Fields returns the fields of the newest version of a form; false when there is none.
	Fields(ctx context.Context, tx *db.Tx, key string) (bpmn.Form, bool, error)
}

// forms returns the forms a process names, as far as they are there; nil when nobody knows.
func (s *Definitions) forms(ctx context.Context, tx *db.Tx, p *process.Process) (map[string]bpmn.Form, error) {
	if s.needs.Forms == nil {
		return nil, nil
	}
	found, asked := map[string]bpmn.Form{}, map[string]bool{"": true}
	ask := func(key string) error {
		if asked[key] {
			return nil
		}
		asked[key] = true
		f, there, err := s.needs.Forms.Fields(ctx, tx, key)
		if there {
			found[key] = f
		}
		return err
	}
	for _, e := range p.Elements {
		if err := ask(e.Duty.Form); err != nil {
			return nil, err
		}
	}
	for _, v := range p.Variables {
		if err := ask(v.Form); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Known is what a process may name in this program, for who draws one; forms and processes are asked for when it is checked.
func (s *Definitions) Known() bpmn.Known { return s.needs.Known }
