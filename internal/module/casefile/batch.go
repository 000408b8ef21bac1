package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// Batch is one step taken with many cases (批量办理). Steps that need a reason of their own for each case are not taken so.
type Batch struct {
	Tasks   []string
	Action  Action
	Comment string
	Agree   *bool // of opine; nil agrees
}

// BatchResult is what became of one task.
type BatchResult struct {
	Task   string
	Number string // "" for a task that is not there
	State  State
	Err    error // nil when the step was taken
}

// mostBatch is how many tasks a batch may hold.
const mostBatch = 100

// batched are the actions that can be taken with many cases.
var batched = []Action{Accept, Opine, Approve, Deliver}

// ActOnMany takes a step with up to a hundred tasks of one step, each in a transaction of its own: what is refused for one does not hold up the
// others. fault.Invalid when they are not of one step.
func (s *Service) ActOnMany(ctx context.Context, by actor.Actor, b Batch) ([]BatchResult, error) {
	wrong := fault.New(fault.Invalid, "casefile.bad_batch")
	slices.Sort(b.Tasks)
	b.Tasks = slices.Compact(b.Tasks)
	switch {
	case !slices.Contains(batched, b.Action):
		wrong.Field("action", "casefile.batch_action")
	case len(b.Tasks) == 0:
		wrong.Field("task", "casefile.batch_none")
	case len(b.Tasks) > mostBatch:
		wrong.Field("task", "casefile.batch_many", mostBatch)
	case b.Comment == "" && ways[b.Action].said:
		key := "casefile.comment_missing." + string(b.Action)
		wrong.Field("comment", key)
	}
	if err := wrong.OrNil(); err != nil {
		return nil, err
	}
	if by.Kind != actor.Officer {
		return nil, fault.New(fault.Forbidden, "casefile.officers_only")
	}
	var tasks []workflow.OpenTask
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		tasks, err = s.needs.Flows.ByID(ctx, tx, b.Tasks)
		return err
	})
	if err != nil {
		return nil, err
	}
	known := map[string]workflow.OpenTask{}
	for _, t := range tasks {
		if t.Name != tasks[0].Name || t.Action != tasks[0].Action || t.Action != ways[b.Action].task {
			return nil, wrong.Field("task", "casefile.batch_mixed")
		}
		known[t.ID] = t
	}
	out := make([]BatchResult, len(b.Tasks))
	for i, id := range b.Tasks {
		r := BatchResult{Task: id, Err: errHidden}
		if t, ok := known[id]; ok {
			r.State, r.Err = s.Act(ctx, by, Step{Number: t.Number, Task: id, Action: b.Action, Comment: b.Comment, Agree: b.Agree}, once.Params{})
			if _, told := fault.Of(r.Err); r.Err != nil && !told {
				return nil, r.Err // those before it are done, and a second press tells so
			}
			if !fault.Is(r.Err, fault.NotFound) {
				r.Number = t.Number
			}
		}
		out[i] = r
	}
	return out, nil
}

// Picked returns what by may still do of the tasks with these ids, up to a hundred, with their cases.
func (s *Service) Picked(ctx context.Context, by actor.Actor, ids []string) (out []Waiting, err error) {
	if by.Kind != actor.Officer {
		return nil, fault.New(fault.Forbidden, "casefile.officers_only")
	}
	if len(ids) > mostBatch {
		return nil, fault.New(fault.Invalid, "casefile.bad_batch").Field("task", "casefile.batch_many", mostBatch)
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		tasks, err := s.needs.Flows.ByID(ctx, tx, ids)
		if err != nil {
			return err
		}
		list, err := s.needs.Flows.StandIns(ctx, tx, by)
		if err != nil {
			return err
		}
		return s.waiting(ctx, tx, append([]actor.Actor{by}, list...), tasks, &out)
	})
	return out, err
}
