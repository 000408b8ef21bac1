package workflow

import (
	"context"
	"fmt"
	"strconv"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/platform/db"
)

// Instances that were started before the machine kept a state have their tokens as rows, one for each task and one for each branch that waits at a
// join. They are taken over when somebody moves them: the state is made from the rows, and the rows go with the first step.

type tokenRow struct {
	ID         string
	Node       string
	Office     db.JSON[Office]
	TokenGroup string
	number     int // of the token it became; 0 without a task
}

// adopt makes the state of an instance from its tokens. A group of tokens at one task are the instances of a multi-instance task.
func (r *running) adopt(ctx context.Context, tx *db.Tx) error {
	rows, err := db.All[tokenRow](ctx, tx, `SELECT id, node, office, token_group FROM workflow_token WHERE instance_id = $1 ORDER BY id`, r.InstanceID)
	if err != nil {
		return err
	}
	r.adopted = rows
	s := machine.State{Last: 1, Scopes: []machine.Scope{{ID: 1}}}
	next := func() int { s.Last++; return s.Last }
	owner := map[string]int{} // scope by task
	waiting := map[string]int{}
	for i, t := range rows {
		node := r.definition.Node(t.Node)
		switch {
		case node == nil:
			return fmt.Errorf("process %s: a token stands at %s, which is not there", r.InstanceID, t.Node)
		case node.Kind == Join:
			waiting[t.Node]++
		case t.TokenGroup == "":
			s.Tokens = append(s.Tokens, machine.Token{ID: next(), Scope: 1, At: t.Node, Wait: machine.WaitTask})
			r.adopted[i].number = s.Last
		default:
			scope := owner[t.Node]
			if scope == 0 {
				outer := next()
				s.Tokens = append(s.Tokens, machine.Token{ID: outer, Scope: 1, At: t.Node, Wait: machine.WaitInner})
				scope = next()
				owner[t.Node] = scope
				s.Scopes = append(s.Scopes, machine.Scope{ID: scope, Parent: 1, Owner: outer, At: t.Node, Loop: &machine.Turns{}})
			}
			turns := turnsOf(s.Scopes, scope)
			turns.Items = append(turns.Items, map[string]any{"id": t.Office.V.ID, "path": t.Office.V.Path, "name": t.Office.V.Name})
			turns.Begun++
			s.Tokens = append(s.Tokens, machine.Token{ID: next(), Scope: scope, At: t.Node, Wait: machine.WaitTask, Item: turns.Begun})
			r.adopted[i].number = s.Last
		}
	}
	r.arrive(&s, waiting, owner)
	r.state = s
	return nil
}

func turnsOf(scopes []machine.Scope, id int) *machine.Turns {
	for _, c := range scopes {
		if c.ID == id {
			return c.Loop
		}
	}
	return nil
}

// arrive lets the branches wait at their join that have no task any more: what waited there of a branch that has is within its multi-instance task.
func (r *running) arrive(s *machine.State, waiting, owner map[string]int) {
	for _, n := range r.definition.Nodes {
		if n.Kind != Split {
			continue
		}
		for _, next := range n.Next {
			join := r.definition.Node(next).Next[0]
			if waiting[join] > 0 && owner[next] == 0 {
				s.Last++
				s.Tokens = append(s.Tokens, machine.Token{ID: s.Last, Scope: 1, At: join, Wait: machine.WaitJoin, From: r.definition.program.Element(next).Outgoing[0]})
			}
		}
	}
}

// token returns the number of the token that a task's row names.
func (r *running) token(name string) (int, error) {
	for _, t := range r.adopted {
		if t.ID == name {
			return t.number, nil
		}
	}
	n, err := strconv.Atoi(name)
	if err != nil {
		return 0, errGone
	}
	return n, nil
}

// settleIn writes what an adoption changes: the tasks name their tokens by number, and the rows are gone.
func (r *running) settleIn(ctx context.Context, tx *db.Tx) error {
	for _, t := range r.adopted {
		if t.number == 0 {
			continue
		}
		err := tx.Later(ctx, `UPDATE workflow_task SET token_id = $1 WHERE subject = $2 AND token_id = $3`, tokenName(t.number), r.about(), t.ID)
		if err != nil {
			return err
		}
	}
	if len(r.adopted) == 0 {
		return nil
	}
	r.adopted = nil
	return tx.Later(ctx, `DELETE FROM workflow_token WHERE instance_id = $1`, r.InstanceID)
}
