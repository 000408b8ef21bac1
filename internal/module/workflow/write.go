package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/platform/db"
)

// deed is an effect of an instance.
type deed struct {
	*running
	machine.Effect
}

// ledger gathers what is opened and closed of one kind. What one transaction opens and closes again is never written.
type ledger struct {
	opened, closed []deed
	from           int // where what the instance at hand opened begins
}

func (l *ledger) open(d deed) { l.opened = append(l.opened, d) }

func (l *ledger) shut(d deed) {
	i := slices.IndexFunc(l.opened[l.from:], func(o deed) bool { return o.Token == d.Token && o.Event == d.Event })
	if i < 0 {
		l.closed = append(l.closed, d)
		return
	}
	l.opened = slices.Delete(l.opened, l.from+i, l.from+i+1)
}

// change is what the steps of some instances ask to be written.
type change struct {
	tasks, services, timers, waits, incidents ledger
	moved                                     []deed
	signals                                   []string
}

// add gathers what an instance asks for. Each is added once.
func (c *change) add(r *running, effects []machine.Effect) {
	for _, l := range []*ledger{&c.tasks, &c.services, &c.timers, &c.waits, &c.incidents} {
		l.from = len(l.opened)
	}
	for _, e := range effects {
		d := deed{r, e}
		switch e.Do {
		case machine.OpenTask:
			c.tasks.open(d)
		case machine.WithdrawTask:
			c.tasks.shut(d)
		case machine.MoveTask:
			c.moved = append(c.moved, d)
		case machine.RunService:
			c.services.open(d)
		case machine.StopService:
			c.services.shut(d)
		case machine.SetTimer:
			c.timers.open(d)
		case machine.ClearTimer:
			c.timers.shut(d)
		case machine.WaitMessage, machine.WaitSignal:
			c.waits.open(d)
		case machine.ClearWait:
			c.waits.shut(d)
		case machine.OpenIncident:
			c.incidents.open(d)
		case machine.CloseIncident:
			c.incidents.shut(d)
		case machine.ThrowSignal:
			c.signals = append(c.signals, e.Name)
		}
	}
}

// write stores the instances that moved, with their tasks, timers and what else they wait for. Many go by as few statements as one.
func (w *work) write(ctx context.Context, tx *db.Tx) error {
	var moved []*running
	var c change
	for _, r := range w.order {
		if !r.moved {
			continue
		}
		if err := r.settleIn(ctx, tx); err != nil {
			return err
		}
		moved = append(moved, r)
		c.add(r, r.pending)
	}
	if len(moved) == 0 {
		return nil
	}
	if err := writeInstances(ctx, tx, moved); err != nil {
		return err
	}
	for _, r := range moved {
		r.pending, r.moved, r.changed = nil, false, false
	}
	for _, part := range []func(context.Context, *db.Tx, *change) error{w.s.writeTasks, w.s.writeServices, w.s.writeTimers, writeWaits, writeIncidents} {
		if err := part(ctx, tx, &c); err != nil {
			return err
		}
	}
	for _, name := range c.signals {
		if err := w.s.Broadcast(ctx, tx, name); err != nil {
			return err
		}
	}
	return nil
}

// fewRows is how many new rows travel with the next question or the commit; more go by the way for many.
const fewRows = 25

// insert writes new rows of a table.
func insert(ctx context.Context, tx *db.Tx, table string, columns []string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	if len(rows) > fewRows {
		return tx.Bulk(ctx, table, columns, rows)
	}
	return tx.Later(ctx, `INSERT INTO `+table+` (`+strings.Join(columns, ", ")+`) VALUES `+db.Values(len(rows), len(columns), 1), slices.Concat(rows...)...)
}

// ending says whether an instance runs, and since when it does not.
type ending struct {
	state string
	ended time.Time
}

// encode turns where an instance stands into what its row holds.
func (r *running) encode(now time.Time) (ending, error) {
	state, err := json.Marshal(r.state)
	if err != nil {
		return ending{}, fmt.Errorf("writing down where process %s stands: %w", r.InstanceID, err)
	}
	if r.changed {
		text, err := json.Marshal(r.values)
		if err != nil {
			return ending{}, fmt.Errorf("writing down the variables of process %s: %w", r.InstanceID, err)
		}
		r.Variables = string(text)
	}
	r.Machine = string(state)
	switch {
	case !r.state.Ended:
		return ending{state: "running"}, nil
	case r.cancelled:
		return ending{"cancelled", now}, nil
	}
	return ending{"ended", now}, nil
}

var instanceRowColumns = []string{"id", "definition_id", "subject", "state", "places", "started_at", "ended_at", "machine", "variables", "version", "topic", "title", "number",
	"due_on", "region", "parent_id", "parent_token", "began_at"}

func writeInstances(ctx context.Context, tx *db.Tx, moved []*running) error {
	var fresh, known [][]any
	for _, r := range moved {
		at, err := r.encode(tx.Now)
		if err != nil {
			return err
		}
		if !r.fresh {
			known = append(known, []any{r.InstanceID, r.Steps, r.Machine, r.Variables, at.state, r.Due})
			r.Steps++
			continue
		}
		r.fresh = false
		places, err := json.Marshal(r.places)
		if err != nil {
			return fmt.Errorf("writing down where process %s is done: %w", r.InstanceID, err)
		}
		var parent any
		if r.ParentID != "" {
			parent = r.ParentID
		}
		if r.Variables == "" {
			r.Variables = "{}"
		}
		fresh = append(fresh, []any{r.InstanceID, r.DefinitionID, r.Whose, at.state, string(places), tx.Now, at.ended, r.Machine, r.Variables, r.Steps, r.Topic, r.Titled, r.Numbered,
			r.Due, r.Region, parent, int64(r.ParentToken), r.BeganAt})
	}
	if err := updateInstances(ctx, tx, known); err != nil {
		return err
	}
	return insert(ctx, tx, "workflow_instance", instanceRowColumns, fresh)
}

// updateInstances writes where instances stand that nobody else moved since they were read; errGone when somebody did.
func updateInstances(ctx context.Context, tx *db.Tx, rows [][]any) error {
	const set = ` UPDATE workflow_instance SET machine = at.machine, variables = at.variables, version = workflow_instance.version + 1, state = at.state, due_on = at.due_on,
ended_at = CASE WHEN at.state = 'running' THEN NULL ELSE CAST($1 AS timestamp) END FROM at
WHERE workflow_instance.id = at.id AND workflow_instance.version = at.version AND workflow_instance.state = 'running'`
	switch len(rows) {
	case 0:
		return nil
	case 1:
		r, ended := rows[0], time.Time{}
		if r[4] != "running" {
			ended = tx.Now
		}
		return tx.LaterOne(ctx, errGone, `UPDATE workflow_instance SET machine = $1, variables = $2, version = version + 1, state = $3, ended_at = $4, due_on = $5
WHERE id = $6 AND version = $7 AND state = 'running'`, r[2], r[3], r[4], ended, r[5], r[0], r[1])
	}
	n, err := tx.Exec(ctx, `WITH at (id, version, machine, variables, state, due_on) AS (VALUES `+valuesWith(len(rows), 6, 2, "text", "bigint")+`)`+set,
		append([]any{tx.Now}, slices.Concat(rows...)...)...)
	if err == nil && n != int64(len(rows)) {
		return errGone
	}
	return err
}

// valuesWith is [db.Values] for a list the engines can't tell the types of: the first row says them, for the columns behind the last it is text.
func valuesWith(rows, columns, from int, types ...string) string {
	first := make([]string, columns)
	for i := range first {
		kind := "text"
		if i < len(types) {
			kind = types[i]
		}
		first[i] = "CAST($" + strconv.Itoa(from+i) + " AS " + kind + ")"
	}
	text := "(" + strings.Join(first, ", ") + ")"
	if rows > 1 {
		text += "," + db.Values(rows-1, columns, from+columns)
	}
	return text
}
