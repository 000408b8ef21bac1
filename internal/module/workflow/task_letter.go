package workflow

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Letter is what a letter or record says, for whoever issues it with a number and a seal.
type Letter struct {
	Kind     LetterKind
	Task     string // name of the step it was written at
	By       string // account of the officer
	Office   Office // the officer's; without a name when it is no more
	To       string // whom it is for, in words
	Words    string
	DueOn    string // ISO date; "" without one
	HeldOn   string // of a gathering, ISO date
	Place    string
	Host     string // post
	Findings []Finding
}

// Finding is what one of those who were called together found; without a text he filed nothing.
type Finding struct{ Office, Text string }

// Letter reads what a letter says, in the caller's transaction; fault.NotFound for a line of history that is none.
func (s *Service) Letter(ctx context.Context, tx *db.Tx, e LetterMade) (Letter, error) {
	t := s.tasks
	row, err := db.One[TaskEvent](ctx, tx, `SELECT id, task_id, verb, node, target, words, document, actor, actor_for, post, office_path, at FROM workflow_task_event
WHERE id = $1 AND subject = $2`, e.Event, e.Subject)
	if errors.Is(err, db.ErrNotFound) {
		return Letter{}, errNoTask
	}
	if err != nil {
		return Letter{}, err
	}
	words, err := t.unseal(row.ID, row.Words)
	if err != nil {
		return Letter{}, err
	}
	l := Letter{Kind: e.Kind, Task: row.Node, By: row.Actor, To: row.Target, Words: string(words)}
	if l.Office, err = t.needs.Offices.At(ctx, tx, row.OfficePath); err != nil && !fault.Is(err, fault.NotFound) {
		return l, err
	}
	switch e.Kind {
	case OpinionLetter:
		l.DueOn, err = db.One[string](ctx, tx, `SELECT due_on FROM workflow_side WHERE request_id = $1 ORDER BY id LIMIT 1`, e.Ref)
	case UrgeLetter, ForwardLetter:
		l.DueOn, err = db.One[string](ctx, tx, `SELECT due_on FROM workflow_task WHERE id = $1`, row.TaskID)
		if l.DueOn == noDue {
			l.DueOn = ""
		}
	default:
		err = t.recorded(ctx, tx, e.Ref, row, &l)
	}
	if err != nil {
		return l, fmt.Errorf("reading what a letter says: %w", err)
	}
	return l, nil
}

// recorded adds what a gathering found. Who was asked until the record was made and filed nothing is named; who was taken off the list before is not.
func (t *Tasks) recorded(ctx context.Context, tx *db.Tx, id string, row TaskEvent, l *Letter) error {
	g, err := db.One[Gathering](ctx, tx, selectGathering+`WHERE id = $1`, id)
	if err != nil {
		return err
	}
	l.HeldOn, l.Place, l.Host = g.HeldOn, g.Place, g.HostPost
	sides, err := db.All[Side](ctx, tx, selectSide+`WHERE request_id = $1 ORDER BY id LIMIT 100`, id)
	if err != nil {
		return err
	}
	for _, s := range sides {
		f := Finding{Office: s.OfficeName}
		switch {
		case s.State == "done":
			text, err := t.unseal(s.ID+"/answer", s.Answer)
			if err != nil {
				return err
			}
			f.Text = string(text)
		case !s.DoneAt.Equal(row.At):
			continue
		}
		l.Findings = append(l.Findings, f)
	}
	return nil
}
