package workflow

import (
	"context"

	"xiangyun/internal/platform/db"
)

// instance is what new tasks of a process carry.
type instance struct {
	ID      string
	Subject string
	title   string
	number  string
	dueOn   string
}

type tokenRow struct {
	ID         string
	Node       string
	Office     db.JSON[Office]
	TokenGroup string
	GroupSize  int
}

// advance moves the token behind a done task on.
func (p *Process) advance(ctx context.Context, tx *db.Tx, t *OpenTask, dueOn string) (ended bool, err error) {
	state, i := State{}, -1
	for n, r := range p.tokens {
		state.Tokens = append(state.Tokens, Token{Node: r.Node, Office: r.Office.V, Group: r.TokenGroup, Of: r.GroupSize})
		if r.ID == t.TokenID {
			i = n
		}
	}
	if i < 0 {
		return false, errGone // its token has moved on
	}
	next, effects, err := p.definition.Complete(state, i, p.places)
	if err != nil {
		return false, err
	}
	for _, e := range effects {
		ended = ended || e.Ended
	}
	in := instance{ID: p.id, Subject: t.Subject, title: t.Title, number: t.Number, dueOn: dueOn}
	return ended, in.apply(ctx, tx, p.definition, p.tokens, next, effects)
}

// apply stores a new state: tokens that are gone are deleted, those that waited at a join stay, new ones come with their tasks.
func (in instance) apply(ctx context.Context, tx *db.Tx, d *Definition, before []tokenRow, next State, effects []Effect) error {
	kept := map[string]bool{}
	var fresh []Token
	used := make([]bool, len(before))
	for _, t := range next.Tokens {
		found := false
		for i, b := range before {
			if !used[i] && b.Node == t.Node && b.TokenGroup == t.Group && b.Office.V == t.Office {
				used[i], found = true, true
				kept[b.ID] = true
				break
			}
		}
		if !found {
			fresh = append(fresh, t)
		}
	}
	for _, b := range before {
		if !kept[b.ID] {
			if err := tx.Later(ctx, `DELETE FROM workflow_token WHERE id = $1`, b.ID); err != nil {
				return err
			}
		}
	}
	if err := in.insert(ctx, tx, d, fresh); err != nil {
		return err
	}
	for _, e := range effects {
		if e.Ended {
			return tx.Later(ctx, `UPDATE workflow_instance SET state = 'ended', ended_at = $1 WHERE id = $2`, tx.Now, in.ID)
		}
	}
	return nil
}

// insert writes new tokens and the tasks of those that stand at one, each with one statement.
func (in instance) insert(ctx context.Context, tx *db.Tx, d *Definition, fresh []Token) error {
	if len(fresh) == 0 {
		return nil
	}
	due := in.dueOn
	if due == "" {
		due = noDue
	}
	var tokens, tasks []any
	count := 0
	for _, t := range fresh {
		id, n := db.NewKey(), d.Node(t.Node)
		tokens = append(tokens, id, in.ID, t.Node, db.JSON[Office]{V: t.Office}, t.Group, t.Of)
		if n.Kind != Task {
			continue
		}
		count++
		tasks = append(tasks, db.NewKey(), in.ID, id, in.Subject, n.ID, n.Name, n.Action, n.Role, t.Office.ID, t.Office.Path, t.Office.Name, in.title, in.number, due, "open", tx.Now)
	}
	err := tx.Later(ctx, `INSERT INTO workflow_token (id, instance_id, node, office, token_group, group_size) VALUES `+db.Values(len(fresh), 6, 1), tokens...)
	if err != nil || count == 0 {
		return err
	}
	return tx.Later(ctx, `INSERT INTO workflow_task (id, instance_id, token_id, subject, node, name, action, role, office_id, office_path, office_name, title, number, due_on, state, opened_at)
VALUES `+db.Values(count, 16, 1), tasks...)
}

const selectTask = `SELECT id, subject, node, name, action, role, office_id, office_path, office_name, title, number, due_on, opened_at, token_id, ` + standingColumns + ` FROM workflow_task t `

// Open returns the open tasks of a subject, oldest first.
func (s *Service) Open(ctx context.Context, tx *db.Tx, subject string) ([]OpenTask, error) {
	return db.All[OpenTask](ctx, tx, selectTask+`WHERE subject = $1 AND state = 'open' ORDER BY id LIMIT 50`, subject)
}

// Done returns the tasks of a subject that were done, in order.
func (s *Service) Done(ctx context.Context, tx *db.Tx, subject string) ([]DoneTask, error) {
	return db.All[DoneTask](ctx, tx, `SELECT name, office_name, office_path, opened_at, done_at, done_post, outcome, comment FROM workflow_task
WHERE subject = $1 AND state = 'done' ORDER BY done_at, id LIMIT 200`, subject)
}

// Reschedule gives the open tasks of a subject a new due date; empty means none while the clock stands.
func (s *Service) Reschedule(ctx context.Context, tx *db.Tx, subject, dueOn string) error {
	if dueOn == "" {
		dueOn = noDue
	}
	return tx.Later(ctx, `UPDATE workflow_task SET due_on = $1 WHERE subject = $2 AND state = 'open'`, dueOn, subject)
}

// Cancel ends a subject's process: nothing more is to be done.
func (s *Service) Cancel(ctx context.Context, tx *db.Tx, subject string) error {
	if err := tx.Later(ctx, `UPDATE workflow_task SET state = 'cancelled', done_at = $1 WHERE subject = $2 AND state = 'open'`, tx.Now, subject); err != nil {
		return err
	}
	if err := dropSides(ctx, tx, subject); err != nil {
		return err
	}
	return tx.Later(ctx, `UPDATE workflow_instance SET state = 'cancelled', ended_at = $1 WHERE subject = $2 AND state = 'running'`, tx.Now, subject)
}
