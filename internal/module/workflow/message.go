package workflow

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
)

// A message tells one thing, so it has one effect. The instance that waits for it takes it; only when none does it begins instances, one of each process in
// force that has a start for it. BPMN lets an event that waits and a start both react. Then an objection to a case would be heard twice, by the process that
// stands at its publicity and by one that was begun beside it, and two officers would answer it.
//
// What a message began is remembered by process, name and key for good. Who is not sure whether a message came sends it again: it begins nothing more. What
// is another thing has another key.

// Message is what one process or another part of the program tells an instance.
type Message struct {
	Name   string
	Key    string // the subject of the instance, unless its process says another; without one nothing begins
	Values map[string]any

	// Of an instance that begins with it, when no process has the key as its subject: else all of this is that process's. Of what a process sends it is the
	// sender's.
	Title  string
	Number string
	DueOn  string
	Region string
	Places Places
}

// message is what an instance sends.
func (d deed) message() Message {
	return Message{Name: d.Effect.Name, Key: d.Key, Values: d.Values, Title: d.Titled, Number: d.Numbered, DueOn: d.running.Due, Region: d.Region, Places: d.places}
}

// Correlate brings a message to the instance that has waited longest for this name and key. When none waits, an instance of each process in force that has a
// start for the message begins; its tasks are those of the subject that is the key. The same name and key again begins nothing and is true all the same.
// False: nobody waits and nothing begins with it, and the message is lost. Whether its sender may send it is the caller's to know.
func (s *Service) Correlate(ctx context.Context, tx *db.Tx, m Message) (bool, error) {
	w := s.work()
	found, err := w.deliver(ctx, tx, m)
	if err != nil || !found {
		return false, err
	}
	return true, w.finish(ctx, tx)
}

func (w *work) deliver(ctx context.Context, tx *db.Tx, m Message) (bool, error) {
	for {
		list, err := db.All[ready](ctx, tx, `SELECT id, instance_id, owner, event FROM workflow_wait WHERE kind = 'message' AND name = $1 AND correlation = $2 ORDER BY id LIMIT 1`, m.Name, m.Key)
		if err != nil {
			return false, err
		}
		if len(list) == 0 {
			return w.open(ctx, tx, m)
		}
		n, err := tx.Exec(ctx, `DELETE FROM workflow_wait WHERE id = $1`, list[0].ID)
		if err != nil {
			return false, err
		}
		if n == 0 {
			continue // somebody else's message was faster
		}
		r, err := w.instance(ctx, tx, list[0].InstanceID)
		if err != nil {
			return false, err
		}
		if r == nil {
			continue // its process is over
		}
		return true, w.move(ctx, tx, r, machine.Command{Do: machine.Fire, Token: list[0].Owner, Event: list[0].Event, Values: m.Values})
	}
}

// inForce is said of a definition d of which there is no newer version.
const inForce = `NOT EXISTS (SELECT 1 FROM workflow_definition newer WHERE newer.definition_key = d.definition_key AND newer.version > d.version)`

// open begins an instance of each process in force that begins with a message. False: there is none.
func (w *work) open(ctx context.Context, tx *db.Tx, m Message) (bool, error) {
	if m.Key == "" {
		return false, nil
	}
	type row struct{ DefinitionID, DefinitionKey, Event string }
	rows, err := db.All[row](ctx, tx, `SELECT o.definition_id, d.definition_key, o.event FROM workflow_opening o JOIN workflow_definition d ON d.id = o.definition_id
WHERE o.name = $1 AND `+inForce+` ORDER BY d.definition_key, o.event`, m.Name)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	if m, err = inherit(ctx, tx, m); err != nil {
		return false, err
	}
	for _, r := range rows {
		id := db.NewKey()
		n, err := tx.Exec(ctx, `INSERT INTO workflow_opened (definition_key, name, correlation, instance_id, opened_at) VALUES (`+db.In(5, 1)+`)
ON CONFLICT (definition_key, name, correlation) DO NOTHING`, r.DefinitionKey, m.Name, m.Key, id, tx.Now)
		if err != nil {
			return false, err
		}
		if n == 0 {
			continue // it came before, or another node was faster
		}
		if err := w.begin(ctx, tx, id, r.DefinitionID, r.Event, m); err != nil {
			return false, fmt.Errorf("beginning process %s: %w", r.DefinitionKey, err)
		}
	}
	return true, nil
}

// inherit takes what an instance that begins with a message is about from the process of its key.
func inherit(ctx context.Context, tx *db.Tx, m Message) (Message, error) {
	type row struct {
		Title, Number, DueOn, Region string
		Places                       db.JSON[Places]
	}
	r, err := db.One[row](ctx, tx, `SELECT title, number, due_on, region, places FROM workflow_instance WHERE subject = $1`, m.Key)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return m, nil
	case err != nil:
		return m, fmt.Errorf("looking for the process of a message's key: %w", err)
	}
	m.Title, m.Number, m.DueOn, m.Region, m.Places = r.Title, r.Number, r.DueOn, r.Region, r.Places.V
	return m, nil
}

// begin starts an instance at the start that a message came to. What can't go on from there is an incident: its sender has done his part.
func (w *work) begin(ctx context.Context, tx *db.Tx, id, definition, event string, m Message) error {
	if len(w.live) > chain*10 {
		return errChain
	}
	d, err := w.s.Definition(ctx, tx, definition)
	if err != nil {
		return err
	}
	r := &running{instanceRow: instanceRow{InstanceID: id, DefinitionID: d.ID, Whose: id, Topic: m.Key, Titled: m.Title, Numbered: m.Number, Due: m.DueOn, Region: m.Region, Steps: 1,
		BeganAt: tx.Now}, fresh: true, definition: d, values: map[string]any{}, places: m.Places}
	return w.move(ctx, tx, w.add(r), machine.Command{Do: machine.Start, Event: event, Values: m.Values})
}

// fileOpenings writes which messages begin instances of a definition.
func fileOpenings(ctx context.Context, tx *db.Tx, id string, p *process.Process) error {
	var rows [][]any
	for _, e := range p.Openings() {
		rows = append(rows, []any{id, e.ID, e.Event.Name, e.Extra[bpmn.Teller] != "" && e.Extra[bpmn.Beside] != ""})
	}
	return insert(ctx, tx, "workflow_opening", []string{"definition_id", "event", "name", "told"}, rows)
}
