package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Migration says which instance goes to which version of its process.
type Migration struct {
	Subject string            // whose process it is
	Version int               // of the same key
	Names   map[string]string // elements that have another id in the new version
	Reason  string            // why; a plan needs none
}

// Plan is what a migration would do.
type Plan struct {
	Number   string // what people know the instance by, with its title
	Title    string
	From     int // version
	To       int
	Moves    []machine.Move
	Possible bool // no move has a reason against it
}

// PlanMigration tells where the tokens of an instance would stand in another version, and which can't be taken there. Nothing is changed.
func (s *Service) PlanMigration(ctx context.Context, by actor.Actor, m Migration) (p Plan, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r, to, err := s.migrating(ctx, tx, by, m)
		if err != nil {
			return err
		}
		p = planOf(r, to, m)
		return nil
	})
	return p, err
}

func planOf(r *running, to *Definition, m Migration) Plan {
	p := Plan{Number: r.Numbered, Title: r.Titled, From: r.definition.Version, To: to.Version, Moves: to.program.Plan(r.definition.program, r.state, m.Names), Possible: true}
	for _, move := range p.Moves {
		p.Possible = p.Possible && move.Reason == ""
	}
	return p
}

func (s *Service) migrating(ctx context.Context, tx *db.Tx, by actor.Actor, m Migration) (*running, *Definition, error) {
	id, err := db.One[string](ctx, tx, `SELECT id FROM workflow_instance WHERE subject = $1 AND state = 'running'`, m.Subject)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil, fault.New(fault.NotFound, "workflow.no_instance")
	}
	if err != nil {
		return nil, nil, err
	}
	r, err := s.running(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	if err := s.needs.Rights.Check(by, ActKeep, actor.Target{OfficePath: r.places.home()}); err != nil {
		return nil, nil, err
	}
	row, err := db.One[definitionRow](ctx, tx, selectDefinition+`WHERE definition_key = $1 AND version = $2`, r.definition.Key, m.Version)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil, fault.New(fault.NotFound, "workflow.no_version")
	}
	if err != nil {
		return nil, nil, err
	}
	to, err := s.keep(row)
	return r, to, err
}

// Migrate takes an instance to another version. fault.Conflict "workflow.not_migratable" when a token can't be taken there, as [Service.PlanMigration]
// tells. Open tasks stay open; timers begin anew.
func (s *Service) Migrate(ctx context.Context, by actor.Actor, m Migration) error {
	why, err := reasonOf(m.Reason)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, to, err := s.migrating(ctx, tx, by, m)
		if err != nil {
			return err
		}
		if !planOf(r, to, m).Possible {
			return fault.New(fault.Conflict, "workflow.not_migratable")
		}
		for _, v := range to.program.Process().Filled() {
			if _, there := r.values[v.Name]; !there {
				return fault.New(fault.Conflict, "workflow.migrate_unfilled", v.Name)
			}
		}
		if err := s.leveled(ctx, tx, r, to); err != nil {
			return err
		}
		state, effects, err := to.program.Migrate(r.definition.program, r.state, m.Names, r.look())
		if err != nil {
			return fault.New(fault.Conflict, "workflow.not_migratable").Because(err)
		}
		from := r.definition
		r.definition, r.DefinitionID, r.BeganAt = to, to.ID, tx.Now // it calls what stands now, as the new version was checked with
		r.take(state, effects)
		w := s.work()
		if err := w.follow(ctx, tx, w.add(r), effects); err != nil {
			return err
		}
		if err := w.finish(ctx, tx); err != nil {
			return err
		}
		if err := tx.Later(ctx, `UPDATE workflow_instance SET definition_id = $1, began_at = $2 WHERE id = $3`, to.ID, r.BeganAt, r.InstanceID); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "workflow.migrated", Actor: by.Name(), Office: by.OfficePath, Object: "workflow:" + m.Subject,
			Basis: why, Data: map[string]any{"process": to.Key, "from": from.Version, "to": to.Version}})
	})
}

// moved is how many rows one transaction of a reassignment changes.
const moved = 200

// tasksOf and sidesOf pick what is open at an office, of tasks first what is the whole post's, then what somebody holds: each has its index.
var (
	tasksOf = []string{`SELECT id FROM workflow_task WHERE office_path = $4 AND state = 'open' AND holder = '' ORDER BY office_path, role, rank, due_on, id LIMIT $5`,
		`SELECT id FROM workflow_task WHERE office_path = $4 AND state = 'open' AND holder <> '' ORDER BY id LIMIT $5`}
	sidesOf = `SELECT id FROM workflow_side WHERE office_path = $4 AND state IN ('open', 'waiting') AND account = '' ORDER BY id LIMIT $5`
)

// Reassign gives the open tasks of an office, what others asked of its posts, and what its running processes will still ask of it, to another office:
// when one is dissolved. What somebody had claimed is the whole post's again; what was asked of somebody by name stays his. It works in batches,
// with a leaf for each task, and may be called again when it was interrupted. why is the number of the decision. It returns how many tasks it moved.
func (s *Service) Reassign(ctx context.Context, by actor.Actor, from string, to Office, why string) (tasks int, err error) {
	if from == "" || to.Path == "" || from == to.Path {
		return 0, fault.New(fault.Invalid, "workflow.no_office").Field("to", "workflow.no_office")
	}
	for _, path := range []string{from, to.Path} {
		if err := s.needs.Rights.Check(by, ActKeep, actor.Target{OfficePath: path}); err != nil {
			return 0, err
		}
	}
	// What will be asked comes before what is asked already: a step that still reads the old office then loses against the new version.
	if err := s.replace(ctx, from, to); err != nil {
		return 0, err
	}
	const office = ` SET office_id = $1, office_path = $2, office_name = $3`
	for _, text := range []string{`UPDATE workflow_task` + office + `, holder = '', version = version + 1 WHERE state = 'open' AND id IN (` + tasksOf[0] + `) RETURNING id, subject`,
		`UPDATE workflow_task` + office + `, holder = '', version = version + 1 WHERE state = 'open' AND id IN (` + tasksOf[1] + `) RETURNING id, subject`,
		`UPDATE workflow_side` + office + ` WHERE state IN ('open', 'waiting') AND id IN (` + sidesOf + `) RETURNING id, subject`} {
		for n := 1; n > 0; tasks += n {
			err := s.db.Update(ctx, func(tx *db.Tx) error {
				list, err := db.All[reassigned](ctx, tx, text, to.ID, to.Path, to.Name, from, moved)
				if n = len(list); err != nil {
					return err
				}
				for _, t := range list {
					err := s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "workflow.reassigned", Actor: by.Name(), Office: by.OfficePath, Object: "workflow:" + t.Subject, Basis: why,
						Data: map[string]string{"task": t.ID, "from": from, "to": to.Path}})
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return tasks, err
			}
		}
	}
	return tasks, nil
}

// reassigned is a task, or what was asked beside one, that went to another office.
type reassigned struct{ ID, Subject string }

// openAt counts what tasksOf and sidesOf pick: one question about all of them would be served by none of their indexes.
var openAt = []string{`SELECT count(*) FROM workflow_task WHERE office_path = $1 AND state = 'open' AND holder = ''`,
	`SELECT count(*) FROM workflow_task WHERE office_path = $1 AND state = 'open' AND holder <> ''`,
	`SELECT count(*) FROM workflow_side WHERE office_path = $1 AND state IN ('open', 'waiting') AND account = ''`}

// OpenAt tells how many open tasks an office has, and how much was asked of its posts.
func (s *Service) OpenAt(ctx context.Context, tx *db.Tx, officePath string) (all int, err error) {
	for _, text := range openAt {
		n, err := db.One[int](ctx, tx, text, officePath)
		if err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

// replace puts the new office where running processes name the old one. It walks them by key, so that it neither misses nor repeats one.
func (s *Service) replace(ctx context.Context, from string, to Office) error {
	type row struct {
		ID      string
		Places  db.JSON[Places]
		Machine string
		Version int64
	}
	for after := ""; ; {
		var rows []row
		err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
			rows, err = db.All[row](ctx, tx, `SELECT id, places, machine, version FROM workflow_instance WHERE state = 'running' AND id > $1 ORDER BY id LIMIT 1000`, after)
			if err != nil {
				return err
			}
			for _, r := range rows {
				changed := exchange(r.Places.V, from, to)
				if strings.Contains(r.Machine, `"path":"`+from+`"`) { // an office whose turn in a multi-instance task has not come
					if r.Machine, err = exchangeTurns(r.Machine, from, to); err != nil {
						return err
					}
					changed = true
				}
				if !changed {
					continue
				}
				// The version moves on, so that nobody who read the old place writes it back.
				err := tx.LaterOne(ctx, errGone, `UPDATE workflow_instance SET places = $1, machine = $2, version = version + 1 WHERE id = $3 AND version = $4`,
					r.Places, r.Machine, r.ID, r.Version)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if fault.HasKey(err, "workflow.task_gone") {
			continue // one of them moved meanwhile: the same batch again
		}
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].ID
	}
}

// exchange puts an office where another was, and tells whether it was anywhere.
func exchange(p Places, from string, to Office) (changed bool) {
	for _, offices := range p {
		for i := range offices {
			if offices[i].Path == from {
				offices[i], changed = to, true
			}
		}
	}
	return changed
}

func exchangeTurns(text, from string, to Office) (string, error) {
	var s machine.State
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return "", fmt.Errorf("reading where a process stands: %w", err)
	}
	for _, c := range s.Scopes {
		if c.Loop == nil {
			continue
		}
		for i, item := range c.Loop.Items {
			if m, ok := item.(map[string]any); ok && m["path"] == from {
				c.Loop.Items[i] = map[string]any{"id": to.ID, "path": to.Path, "name": to.Name}
			}
		}
	}
	out, err := json.Marshal(s)
	return string(out), err
}
