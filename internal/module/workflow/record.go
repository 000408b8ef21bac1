package workflow

import (
	"context"
	"maps"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
)

// Entry is what somebody wrote down with a task, in its form. The answers are sealed by whoever asked for them.
type Entry struct {
	ID         string
	TaskID     string
	Name       string // of the task
	FormID     string
	Answers    []byte
	Post       string
	OfficePath string
	At         time.Time
}

// Keep stores what somebody wrote down with a task.
func (s *Service) Keep(ctx context.Context, tx *db.Tx, by actor.Actor, t *OpenTask, formID string, sealed []byte) error {
	return tx.Later(ctx, `INSERT INTO workflow_record (id, task_id, subject, name, form_id, answers, post, office_path, at) VALUES (`+db.In(9, 1)+`)`,
		db.NewKey(), t.ID, t.Subject, t.Name, formID, sealed, by.Post, t.OfficePath, tx.Now)
}

// Kept returns what was written down with the tasks of a subject, oldest first.
func (s *Service) Kept(ctx context.Context, tx *db.Tx, subject string) ([]Entry, error) {
	return db.All[Entry](ctx, tx, `SELECT id, task_id, name, form_id, answers, post, office_path, at FROM workflow_record WHERE subject = $1 ORDER BY id LIMIT 200`, subject)
}

// DutyOf is what the definition of an open task says of it; the zero Duty when its process has no such element any more.
func (s *Service) DutyOf(ctx context.Context, tx *db.Tx, p *Process, t *OpenTask) (process.Duty, error) {
	d, err := s.Definition(ctx, tx, p.rows[p.of[t.ID]].DefinitionID)
	if err != nil {
		return process.Duty{}, err
	}
	if e := d.program.Element(t.Node); e != nil {
		return e.Duty, nil
	}
	return process.Duty{}, nil
}

// Share is what the definition says of a task that somebody has, had or could take.
type Share struct {
	process.Duty
	Now bool // it is open, and he may complete it
}

// hides tells whether a task of the process hides a field from who does it.
func hides(p *process.Process) bool {
	return slices.ContainsFunc(p.Elements, func(e *process.Element) bool {
		return slices.Contains(slices.Collect(maps.Values(e.Duty.Fields)), "hidden")
	})
}

// SharesOf returns what the definitions say of the tasks of a subject that one of who has, had or could take, wherever its process stands; nothing where
// no task hides anything. Processes that are called later are not looked into before they begin.
func (s *Service) SharesOf(ctx context.Context, tx *db.Tx, who []actor.Actor, subject, item string) (out []Share, err error) {
	type row struct {
		ID, DefinitionID string
		Places           db.JSON[Places]
	}
	rows, err := db.All[row](ctx, tx, `SELECT id, definition_id, places FROM workflow_instance WHERE subject = $1
UNION ALL SELECT id, definition_id, places FROM workflow_instance WHERE topic = $2 AND topic <> '' LIMIT 100`, subject, subject)
	if err != nil {
		return nil, err
	}
	processes, hiding := map[string]*process.Process{}, false
	for _, r := range rows {
		d, err := s.Definition(ctx, tx, r.DefinitionID)
		if err != nil {
			return nil, err
		}
		processes[r.ID] = d.program.Process()
		hiding = hiding || hides(processes[r.ID])
	}
	if !hiding {
		return nil, nil
	}
	for _, r := range rows {
		for _, e := range processes[r.ID].Elements {
			if couldTake(who, e.Duty, r.Places.V, item) {
				out = append(out, Share{Duty: e.Duty})
			}
		}
	}
	had, err := s.had(ctx, tx, who, subject, item, processes)
	return append(out, had...), err
}

// couldTake tells whether one of who has a task's role where it would be opened: at its place, or at any where a variable says where.
func couldTake(who []actor.Actor, d process.Duty, places Places, item string) bool {
	at := places.of(d)
	if len(at) == 0 {
		at = slices.Concat(slices.Collect(maps.Values(places))...)
	}
	return d.Role != "" && slices.ContainsFunc(who, func(a actor.Actor) bool {
		return slices.ContainsFunc(at, func(o Office) bool { return holds(a, d.Role, o.Path, item) })
	})
}

// had are the shares in tasks that were opened.
func (s *Service) had(ctx context.Context, tx *db.Tx, who []actor.Actor, subject, item string, processes map[string]*process.Process) (out []Share, err error) {
	type row struct {
		InstanceID, Node, Role, OfficePath, State, Holder, Barred string
		DoneBy, DoneFor                                           string
	}
	rows, err := db.All[row](ctx, tx, `SELECT instance_id, node, role, office_path, state, holder, barred, COALESCE(done_by, '') AS done_by, done_for
FROM workflow_task WHERE subject = $1 ORDER BY id LIMIT 1000`, subject)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		p := processes[r.InstanceID]
		if p == nil || p.Element(r.Node) == nil {
			continue
		}
		t := OpenTask{Role: r.Role, OfficePath: r.OfficePath}
		t.Holder, t.Barred = r.Holder, r.Barred
		share, mine := Share{Duty: p.Element(r.Node).Duty}, false
		for _, a := range who {
			share.Now = share.Now || r.State == "open" && MayTake(a, t, item)
			mine = mine || holds(a, r.Role, r.OfficePath, item) || a.Account != "" && (r.DoneBy == a.Account || r.DoneFor == a.Account) || a.Behalf != "" && r.DoneBy == a.Behalf
		}
		if mine || share.Now {
			out = append(out, share)
		}
	}
	return out, nil
}

// TaskOffices returns the paths of the offices that have or had a task of a subject.
func (s *Service) TaskOffices(ctx context.Context, tx *db.Tx, subject string) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT DISTINCT office_path FROM workflow_task WHERE subject = $1 AND state IN ('open', 'done') ORDER BY office_path LIMIT 200`, subject)
}

// bar writes who may not do a task that was opened just now.
func (r *running) bar(ctx context.Context, tx *db.Tx, id, element string) error {
	e := r.definition.program.Element(element)
	if e == nil || e.Extra[bpmn.Apart] == "" {
		return nil
	}
	done, err := db.All[string](ctx, tx, `SELECT done_by FROM workflow_task WHERE subject = $1 AND instance_id = $2 AND node = $3 AND state = 'done' ORDER BY done_at DESC, id DESC LIMIT 1`,
		r.about(), r.InstanceID, e.Extra[bpmn.Apart])
	if err != nil || len(done) == 0 {
		return err
	}
	return tx.Later(ctx, `UPDATE workflow_task SET barred = $1 WHERE id = $2`, done[0], id)
}

// barredFrom tells whether a task must be done by somebody else than by.
func (t OpenTask) barredFrom(by actor.Actor) bool {
	return t.Barred != "" && (t.Barred == by.Name() || t.Barred == by.Behalf)
}
