package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Office is where a task can be done.
type Office struct {
	ID   string `json:"id"`
	Path string `json:"path"`
	Name string `json:"name"`
}

// Places are the offices of an instance by the names definitions use: "office", "centre", "township", "opinions".
type Places map[string][]Office

// of are the offices where a duty may be done: those found for its level, or else those of its place that are of the level; without a level, and where none
// is of it, those of the level of the first.
func (p Places) of(d process.Duty) []Office {
	at := p[d.Place]
	if found := p[d.Leveled()]; len(found) > 0 {
		return found
	}
	if out := ofLevel(at, d.Level); len(out) > 0 || len(at) == 0 {
		return out
	}
	return ofLevel(at, process.LevelOf(at[0].Path))
}

func ofLevel(offices []Office, level string) (out []Office) {
	for _, o := range offices {
		if process.LevelOf(o.Path) == level {
			out = append(out, o)
		}
	}
	return out
}

// has tells whether it is known which office does a duty that names a level.
func (p Places) has(d process.Duty) bool {
	return len(p[d.Leveled()]) > 0 || len(ofLevel(p[d.Place], d.Level)) > 0
}

// instanceRow is an instance as it is stored. Its state and variables stay text until somebody moves it.
type instanceRow struct {
	InstanceID   string
	DefinitionID string
	Whose        string // its subject
	Topic        string
	Titled       string
	Numbered     string
	Due          string
	Region       string
	Places       string
	Machine      string
	Variables    string
	Steps        int64 // how often it moved; compared and set
	ParentID     string
	ParentToken  int
	BeganAt      time.Time // when the outermost instance began
}

const instanceColumns = `i.id AS instance_id, i.definition_id, i.subject AS whose, i.topic, i.title AS titled, i.number AS numbered, i.due_on AS due, i.region, i.places, i.machine, i.variables, i.version AS steps,
i.parent_id, i.parent_token, i.began_at`

// running is an instance that moves inside a transaction.
type running struct {
	instanceRow
	fresh      bool // it has no row so far
	definition *Definition
	state      machine.State
	values     map[string]any // its variables
	places     Places
	env        machine.Env
	changed    bool // its variables
	moved      bool
	failed     bool // ended by an error its parent has to deal with
	cancelled  bool
	pending    []machine.Effect // not written so far
	adopted    []tokenRow       // rows its state was made from, see adopt
}

// about is whose process it is in the eyes of people: a child's tasks are its first parent's.
func (r *running) about() string {
	if r.Topic != "" {
		return r.Topic
	}
	return r.Whose
}

// load makes a row ready to move.
func (s *Service) load(ctx context.Context, tx *db.Tx, row instanceRow) (*running, error) {
	r := &running{instanceRow: row, values: map[string]any{}}
	var err error
	if r.definition, err = s.Definition(ctx, tx, row.DefinitionID); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(row.Places), &r.places); err != nil {
		return nil, fmt.Errorf("reading where process %s is done: %w", row.InstanceID, err)
	}
	if row.Variables != "" && row.Variables != "{}" {
		if err := json.Unmarshal([]byte(row.Variables), &r.values); err != nil {
			return nil, fmt.Errorf("reading the variables of process %s: %w", row.InstanceID, err)
		}
	}
	if row.Machine == "" {
		return r, r.adopt(ctx, tx)
	}
	if err := json.Unmarshal([]byte(row.Machine), &r.state); err != nil {
		return nil, fmt.Errorf("reading where process %s stands: %w", row.InstanceID, err)
	}
	return r, nil
}

// look is what the machine may look at: variables, places and the subject.
func (r *running) look() machine.Env {
	if r.env.Values == nil {
		places := make(map[string]any, len(r.places))
		for name, offices := range r.places {
			list := make([]any, len(offices))
			for i, o := range offices {
				list[i] = map[string]any{"id": o.ID, "path": o.Path, "name": o.Name}
			}
			places[name] = list
		}
		r.env.Values = make(map[string]any, len(r.values)+2)
		for name, v := range r.values {
			r.env.Values[name] = v
		}
		r.env.Values["places"], r.env.Values["subject"] = places, r.about()
	}
	return r.env
}

var errGone error = fault.New(fault.Conflict, "workflow.task_gone")

// errEndless tells that a step would never end; it had no effect.
var errEndless = errors.New("automatic steps without end")

// step moves the instance. What has to be written is kept for later.
func (r *running) step(c machine.Command) error {
	next, effects, err := r.definition.program.Step(r.state, c, r.look())
	switch {
	case errors.Is(err, machine.ErrGone):
		return errGone
	case errors.Is(err, machine.ErrParallel):
		return fault.New(fault.Conflict, "workflow.other_branches")
	case errors.Is(err, machine.ErrTarget) && c.Do != machine.Start:
		return fault.New(fault.Conflict, "workflow.no_way_back")
	case err != nil:
		return fmt.Errorf("moving process %s: %w", r.InstanceID, err)
	case len(effects) == 1 && effects[0].Name == machine.Endless && effects[0].Do == machine.OpenIncident:
		return errEndless
	}
	r.take(next, effects)
	return nil
}

func (r *running) take(next machine.State, effects []machine.Effect) {
	r.state, r.moved = next, true
	for _, e := range effects {
		if e.Do == machine.SetVariable {
			r.values[e.Name], r.changed = e.Value, true
			r.env.Values[e.Name] = e.Value
		}
	}
	r.pending = append(r.pending, effects...)
}

// office returns the office of a task.
func (r *running) office(e machine.Effect) (Office, error) {
	m, _ := e.Item.(map[string]any)
	o := Office{}
	o.ID, _ = m["id"].(string)
	o.Path, _ = m["path"].(string)
	o.Name, _ = m["name"].(string)
	if o.Path == "" {
		return o, fmt.Errorf("process %s: nobody is at the place %q of task %s", r.definition.Key, e.Duty.Place, e.Element)
	}
	return o, nil
}

// home is the path of the office whose process it is, for who looks after it. What is nobody's is looked after by the province.
func (p Places) home() string {
	for _, name := range []string{"office", "centre"} {
		if len(p[name]) > 0 {
			return p[name][0].Path
		}
	}
	return province
}
