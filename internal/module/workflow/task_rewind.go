package workflow

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// What follows is all that tasks ask of the engine besides completing: to move on past a task that was signed, to go back to an element, to take
// a branch back that waits at its join, and to tell which elements came before.

// processAt reads an instance as [Service.Process] does, also when nothing of it is open.
func (s *Service) processAt(ctx context.Context, tx *db.Tx, t *taskRow) (*Process, error) {
	p := &Process{id: t.InstanceID}
	places, err := db.One[db.JSON[Places]](ctx, tx, `SELECT places FROM workflow_instance WHERE id = $1 AND state = 'running'`, t.InstanceID)
	if err != nil {
		return nil, err
	}
	p.places = places.V
	if p.definition, err = s.Definition(ctx, tx, t.DefinitionID); err != nil {
		return nil, err
	}
	p.tokens, err = db.All[tokenRow](ctx, tx, `SELECT id, node, office, token_group, group_size FROM workflow_token WHERE instance_id = $1 ORDER BY id`, p.id)
	return p, err
}

// moveOn takes the token behind a task that was done and signed to where it goes.
func (s *Service) moveOn(ctx context.Context, tx *db.Tx, by actor.Actor, t *taskRow) error {
	p, err := s.processAt(ctx, tx, t)
	if err != nil {
		return err
	}
	ended, err := p.advance(ctx, tx, &t.OpenTask, t.DueOn)
	if err != nil || ended {
		return err
	}
	_, err = s.skipSame(ctx, tx, by, p.definition, &t.OpenTask)
	return err
}

// rewind withdraws what is open of a process and puts its one token at an earlier element.
func (s *Service) rewind(ctx context.Context, tx *db.Tx, t *taskRow, node string) error {
	p, err := s.processAt(ctx, tx, t)
	if err != nil {
		return err
	}
	if err := tx.Later(ctx, `DELETE FROM workflow_token WHERE instance_id = $1`, p.id); err != nil {
		return err
	}
	if err := tx.Later(ctx, `UPDATE workflow_task SET state = 'cancelled', version = version + 1, done_at = $1 WHERE instance_id = $2 AND state = 'open'`, tx.Now, p.id); err != nil {
		return err
	}
	state, effects, err := p.definition.enter(State{}, node, p.places, Token{})
	if err != nil {
		return err
	}
	in := instance{ID: p.id, Subject: t.Subject, title: t.Title, number: t.Number, dueOn: t.DueOn}
	return in.apply(ctx, tx, p.definition, nil, state, effects)
}

// retake puts the token of a branch that waits at its join back to the branch's task; it tells whether one waited there.
func (s *Service) retake(ctx context.Context, tx *db.Tx, t *taskRow) (bool, error) {
	p, err := s.processAt(ctx, tx, t)
	if err != nil {
		return false, err
	}
	join := p.definition.Node(p.definition.Node(t.Node).Next[0])
	if join.Kind != Join {
		return false, nil
	}
	for _, r := range p.tokens {
		if r.Node != join.ID || r.TokenGroup != p.definition.group(t.Node) {
			continue
		}
		here := Office{ID: t.OfficeID, Path: t.OfficePath, Name: t.OfficeName}
		token := db.NewKey()
		err := tx.LaterOne(ctx, errGone, `UPDATE workflow_token SET id = $1, node = $2, office = $3 WHERE id = $4`, token, t.Node, db.JSON[Office]{V: here}, r.ID)
		if err != nil {
			return false, err
		}
		t.TokenID = token
		return true, nil
	}
	return false, nil
}

// group is what the tokens of a task before a join belong to: the split that opened it, or itself.
func (d *Definition) group(task string) string {
	for _, n := range d.Nodes {
		if n.Kind == Split {
			for _, next := range n.Next {
				if next == task {
					return n.ID
				}
			}
		}
	}
	return task
}

// earlier lists the elements a process can go back to from a task, nearest first: tasks on the one way that leads to it, and of a parallel part the
// whole, by what splits.
func (d *Definition) earlier(task string) []*Node {
	before := map[string]*Node{}
	for i := range d.Nodes {
		for _, next := range d.Nodes[i].Next {
			before[next] = &d.Nodes[i]
		}
	}
	at := d.group(task)
	var out []*Node
	for n := before[at]; n != nil; n = before[n.ID] {
		switch n.Kind {
		case Task:
			out = append(out, n)
		case Join:
			first := before[n.ID] // one of the tasks that lead here
			whole := d.Node(d.group(first.ID))
			out = append(out, whole)
			n = whole
		}
	}
	return out
}

// actions are those of the tasks an element opens.
func (d *Definition) actions(n *Node) (list []*Node) {
	if n.Kind == Task {
		return []*Node{n}
	}
	for _, next := range n.Next {
		list = append(list, d.Node(next))
	}
	return list
}

var errNoWayBack error = fault.New(fault.Conflict, "workflow.task_no_way_back")
