package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// What follows is all that tasks ask of the engine besides completing: to move on past a task that was signed, to go back to an element, to take
// back what was done last, and to tell which elements came before.

var (
	errNoWayBack error = fault.New(fault.Conflict, "workflow.task_no_way_back")
	errTakenUp   error = fault.New(fault.Conflict, "workflow.task_taken_up")
)

// behind makes the process of a task ready to move, whatever became of the task itself.
func (s *Service) behind(ctx context.Context, tx *db.Tx, t *taskRow) (*work, *running, error) {
	w := s.work()
	r, err := w.instance(ctx, tx, t.InstanceID)
	if err != nil {
		return nil, nil, err
	}
	if r == nil {
		return nil, nil, errGone // it is over
	}
	if r.Titled == "" { // it was begun before instances knew what they are about
		r.Titled, r.Numbered = t.Title, t.Number
		if r.Due == "" && t.DueOn != noDue {
			r.Due = t.DueOn
		}
	}
	return w, r, nil
}

// moveOn takes the token behind a task that was done and signed to where it goes.
func (s *Service) moveOn(ctx context.Context, tx *db.Tx, by actor.Actor, t *taskRow) error {
	w, r, err := s.behind(ctx, tx, t)
	if err != nil {
		return err
	}
	token, err := r.token(t.TokenID)
	if err != nil {
		return err
	}
	done := Done{Outcome: t.Outcome}
	if t.Given != "" {
		if err := json.Unmarshal([]byte(t.Given), &done.Values); err != nil {
			return fmt.Errorf("reading what task %s brought: %w", t.ID, err)
		}
	}
	err = w.last(ctx, tx, r, machine.Command{Do: machine.Complete, Token: token, Outcome: done.Outcome, Values: done.Values})
	if err != nil || w.over(r) {
		return err
	}
	_, err = s.skipSame(ctx, tx, by, w, t.Subject, done)
	return err
}

// rewind takes a token of the process of t back to an earlier element. What lies between is withdrawn with all that was asked about it.
func (s *Service) rewind(ctx context.Context, tx *db.Tx, t *taskRow, token, node string) error {
	w, r, err := s.behind(ctx, tx, t)
	if err != nil {
		return err
	}
	c := machine.Command{Do: machine.Rewind, To: node, All: true}
	if c.Token, err = r.token(token); err != nil {
		return err
	}
	return w.last(ctx, tx, r, c)
}

// retake lets the process wait again for a task that was done, while its branch waits at its join or other offices still do theirs. It returns the token
// that waits, "" when the process has gone on.
func (s *Service) retake(ctx context.Context, tx *db.Tx, t *taskRow) (token string, err error) {
	since, err := db.One[int](ctx, tx, `SELECT count(*) FROM workflow_task WHERE subject = $1 AND instance_id = $2 AND node = $3 AND opened_at > $4 AND state <> 'cancelled'`,
		t.Subject, t.InstanceID, t.Node, t.OpenedAt)
	if err != nil {
		return "", err
	}
	if since > 0 {
		return "", errTakenUp // it was done again since
	}
	w, r, err := s.behind(ctx, tx, t)
	if err != nil {
		return "", err
	}
	err = w.move(ctx, tx, r, machine.Command{Do: machine.Retake, To: t.Node, Code: t.OfficePath, Outcome: t.Outcome})
	switch {
	case fault.HasKey(err, "workflow.task_gone"):
		return "", nil
	case fault.HasKey(err, "workflow.no_way_back"):
		return "", errNoWayBack
	case err != nil:
		return "", refused(err)
	}
	// The task itself is opened again, with its history, rather than another in its place.
	i := slices.IndexFunc(r.pending, func(e machine.Effect) bool { return e.Do == machine.OpenTask && e.Element == t.Node })
	if i < 0 {
		return "", errNoWayBack
	}
	token = tokenName(r.pending[i].Token)
	r.pending = slices.Delete(r.pending, i, i+1)
	return token, w.finish(ctx, tx)
}

// hold moves the version of a running instance on, so that nothing else moves it in the same moment.
func (s *Service) hold(ctx context.Context, tx *db.Tx, instance string) error {
	return tx.LaterOne(ctx, errGone, `UPDATE workflow_instance SET version = version + 1 WHERE id = $1 AND state = 'running'`, instance)
}

// followers returns the open tasks that came of a done one. errTakenUp when somebody took one of them up, errNoWayBack when something else came of it
// that going back would not undo. What was skipped for the same person counts as not there.
func (s *Service) followers(ctx context.Context, tx *db.Tx, t *taskRow) (open []taskRow, err error) {
	d, err := s.Definition(ctx, tx, t.DefinitionID)
	if err != nil {
		return nil, err
	}
	if e := d.program.Element(t.Node); e == nil || e.Loop != nil {
		return nil, errNoWayBack // others did it too
	}
	rows, err := db.All[taskRow](ctx, tx, selectTaskRow+`WHERE t.subject = $1 AND t.instance_id = $2 AND t.opened_at >= $3 AND t.state IN ('open', 'done') ORDER BY t.id LIMIT 200`,
		t.Subject, t.InstanceID, t.DoneAt)
	if err != nil {
		return nil, err
	}
	for at := []string{t.Node}; len(at) > 0; at = at[1:] {
		next, plain := d.program.Next(at[0])
		if !plain {
			return nil, errNoWayBack
		}
		for _, r := range rows {
			switch {
			case !slices.Contains(next, r.Node) || r.ID == t.ID:
			case !r.OpenedAt.Equal(t.DoneAt):
				return nil, errTakenUp
			case r.State == "done" && r.Outcome == samePerson && r.DoneAt.Equal(t.DoneAt):
				at = append(at, r.Node)
			case r.State == "done" || r.Version != 0:
				return nil, errTakenUp
			default:
				open = append(open, r)
			}
		}
	}
	if len(open) == 0 {
		return nil, errTakenUp
	}
	return open, nil
}

// waypoint is what a task can be sent back to: a step, or the whole of a parallel part by the gateway that splits.
type waypoint struct {
	BackTo
	actions []string // of the tasks it opens
}

// fits tells whether a matter would take all that is to be done again.
func (p waypoint) fits(takes []string) bool {
	return !slices.ContainsFunc(p.actions, func(a string) bool { return !slices.Contains(takes, a) })
}

// earlier lists the waypoints of a task's process that were passed, nearest first.
func (s *Service) earlier(ctx context.Context, tx *db.Tx, t *taskRow) (list []waypoint, err error) {
	d, err := s.Definition(ctx, tx, t.DefinitionID)
	if err != nil {
		return nil, err
	}
	passed, err := db.All[string](ctx, tx, `SELECT DISTINCT node FROM workflow_task WHERE subject = $1 AND instance_id = $2 AND state = 'done'`, t.Subject, t.InstanceID)
	if err != nil {
		return nil, err
	}
	for _, id := range d.program.Earlier(t.Node) {
		opens := []string{id}
		if d.program.Element(id).Kind != process.UserTask {
			opens, _ = d.program.Next(id)
		}
		p, names := waypoint{BackTo: BackTo{ID: id}}, []string{}
		was := false
		for _, task := range opens {
			e := d.program.Element(task)
			p.actions, names = append(p.actions, e.Duty.Action), append(names, e.Name)
			was = was || slices.Contains(passed, task)
		}
		if p.Name = strings.Join(names, "、"); was {
			list = append(list, p)
		}
	}
	return list, nil
}
