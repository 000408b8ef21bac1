package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Progress is where the process of a subject stands, as everybody may know it who may know of the subject: offices, never persons.
type Progress struct {
	Process *process.Process
	Version int
	Ended   bool
	Steps   map[string]StepDone // by element: what was done, and what is being done
}

// StepDone is how far one element is.
type StepDone struct {
	Now     bool     // something stands there; else it was done
	Offices []string // by name, in the order of the first
	Since   time.Time
	Times   int // how often it was or is being done
}

// ProgressOf reads where the process of a subject stands; the zero Progress when it has none. Of a task that was done again the last time counts.
func (s *Service) ProgressOf(ctx context.Context, tx *db.Tx, subject string) (p Progress, err error) {
	type instance struct {
		ID           string
		DefinitionID string
		State        string
		Machine      string
		BeganAt      time.Time
	}
	i, err := db.One[instance](ctx, tx, `SELECT id, definition_id, state, machine, began_at FROM workflow_instance WHERE subject = $1`, subject)
	if errors.Is(err, db.ErrNotFound) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	d, err := s.Definition(ctx, tx, i.DefinitionID)
	if err != nil {
		return p, err
	}
	p = Progress{Process: d.program.Process(), Version: d.Version, Ended: i.State != "running", Steps: map[string]StepDone{}}
	type task struct {
		Node       string
		State      string
		OfficeName string
		OpenedAt   time.Time
		DoneAt     time.Time
	}
	tasks, err := db.All[task](ctx, tx, `SELECT node, state, office_name, opened_at, done_at FROM workflow_task
WHERE subject = $1 AND instance_id = $2 AND state IN ('open', 'done') ORDER BY id LIMIT 1000`, subject, i.ID)
	if err != nil {
		return p, err
	}
	for _, t := range tasks {
		n, since := p.Steps[t.Node], t.DoneAt
		if t.State == "open" {
			n.Now, since = true, t.OpenedAt
		}
		if !slices.Contains(n.Offices, t.OfficeName) {
			n.Offices = append(n.Offices, t.OfficeName)
		}
		n.Times++
		n.Since = since
		p.Steps[t.Node] = n
	}
	for _, e := range p.Process.Elements {
		if e.Kind == process.StartEvent && e.Parent == "" && e.Event.Trigger == process.None {
			p.Steps[e.ID] = StepDone{Since: i.BeganAt}
		}
		if e.Kind == process.EndEvent && e.Parent == "" && i.State == "ended" {
			p.Steps[e.ID] = StepDone{}
		}
	}
	return p, p.stand(i.Machine)
}

// stand marks what tokens stand at that is no task: a time or a message that is waited for, a service, a sub-process.
func (p *Progress) stand(text string) error {
	if p.Ended || text == "" {
		return nil
	}
	var state machine.State
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		return fmt.Errorf("reading where a process stands: %w", err)
	}
	for _, t := range state.Tokens {
		n := p.Steps[t.At]
		if t.Wait == machine.WaitJoin || n.Now {
			continue
		}
		n.Now = true
		p.Steps[t.At] = n
	}
	return nil
}

// Running is an instance that a keeper may take to another version.
type Running struct {
	ID        string
	Subject   string
	Number    string
	Title     string
	StartedAt time.Time
}

// RunningOf returns the running instances of a version of a process that by may look after, in the order they began, from the one behind after. Those that
// another process called go with it. There is no index for this: it is asked seldom, and each instance would pay for it twice. Whose it is stands in its
// places, so that others' are passed over here.
func (s *Service) RunningOf(ctx context.Context, by actor.Actor, key string, version int, after string, limit int) (list []Running, err error) {
	reach := s.needs.Rights.Reach(by, ActKeep)
	if len(reach) == 0 {
		return nil, fault.New(fault.Forbidden, "workflow.not_keeper")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		id, err := db.One[string](ctx, tx, `SELECT id FROM workflow_definition WHERE definition_key = $1 AND version = $2`, key, version)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.NotFound, "workflow.no_version")
		}
		if err != nil {
			return err
		}
		list, err = runningOf(ctx, tx, id, after, limit, func(p Places) bool {
			return slices.ContainsFunc(reach, func(prefix string) bool { return strings.HasPrefix(p.home(), prefix) })
		})
		return err
	})
	return list, err
}

// passedOver is how many instances are read at once where others' lie between.
const passedOver = 500

func runningOf(ctx context.Context, tx *db.Tx, definition, after string, limit int, mine func(Places) bool) (list []Running, err error) {
	type row struct {
		Running
		Places db.JSON[Places]
	}
	for {
		rows, err := db.All[row](ctx, tx, `SELECT id, subject, number, title, started_at, places FROM workflow_instance
WHERE definition_id = $1 AND state = 'running' AND parent_id IS NULL AND id > $2 ORDER BY id LIMIT $3`, definition, after, passedOver)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if after = r.ID; !mine(r.Places.V) {
				continue
			}
			if list = append(list, r.Running); len(list) == limit {
				return list, nil
			}
		}
		if len(rows) < passedOver {
			return list, nil
		}
	}
}
