package workflow

import (
	"context"
	"slices"
	"strings"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/platform/db"
)

// Awaited is a message that the process of a subject waits for and somebody may tell.
type Awaited struct {
	Event string // id of the element; of a start, behind the key of its process and a colon
	Name  string // of the message
	Title string // as people read it
	From  string // "applicant", or a role
}

// Awaited returns the messages about a subject that its process waits for, or that begin another process beside it, and says who may tell them.
func (s *Service) Awaited(ctx context.Context, tx *db.Tx, subject string) (out []Awaited, err error) {
	type row struct{ Event, Name, DefinitionID string }
	rows, err := db.All[row](ctx, tx, `SELECT w.event, w.name, i.definition_id FROM workflow_wait w JOIN workflow_instance i ON i.id = w.instance_id
WHERE i.subject = $1 AND i.state = 'running' AND w.kind = 'message' AND w.correlation = $2 ORDER BY w.id LIMIT 20`, subject, subject)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		d, err := s.Definition(ctx, tx, r.DefinitionID)
		if err != nil {
			return nil, err
		}
		if e := d.program.Element(r.Event); e != nil && e.Extra[bpmn.Teller] != "" {
			out = append(out, Awaited{Event: r.Event, Name: r.Name, Title: e.Name, From: e.Extra[bpmn.Teller]})
		}
	}
	more, err := s.openings(ctx, tx, subject)
	return append(out, more...), err
}

// openings are the messages that begin a process beside that of a subject, and did not so far.
func (s *Service) openings(ctx context.Context, tx *db.Tx, subject string) (out []Awaited, err error) {
	type row struct{ DefinitionID, Event, Name, Beside string }
	rows, err := db.All[row](ctx, tx, `SELECT o.definition_id, o.event, o.name, b.definition_key AS beside FROM workflow_opening o JOIN workflow_definition d ON d.id = o.definition_id,
workflow_instance i JOIN workflow_definition b ON b.id = i.definition_id WHERE o.told AND i.subject = $1 AND i.state = 'running' AND `+inForce+`
AND NOT EXISTS (SELECT 1 FROM workflow_opened x WHERE x.definition_key = d.definition_key AND x.name = o.name AND x.correlation = $2)
ORDER BY d.definition_key, o.event LIMIT 200`, subject, subject)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		d, err := s.Definition(ctx, tx, r.DefinitionID)
		if err != nil {
			return nil, err
		}
		if e := d.program.Element(r.Event); e != nil && slices.Contains(strings.Fields(e.Extra[bpmn.Beside]), r.Beside) {
			out = append(out, Awaited{Event: d.Key + ":" + r.Event, Name: r.Name, Title: e.Name, From: e.Extra[bpmn.Teller]})
		}
	}
	return out, nil
}
