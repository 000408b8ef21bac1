package workflow

import (
	"encoding/json"
	"fmt"

	"xiangyun/internal/module/workflow/process"
)

// The short form is JSON with five kinds of nodes, enough for most items and easy to read:
//
//	{"key": "food", "name": "食品经营许可", "nodes": [{"id": "start", "kind": "start", "next": ["accept"]}, …]}

// parseShort reads and checks the short form: one start, every way leads on and ends, tasks say who and where, every split meets its join.
func parseShort(source []byte) (*Definition, error) {
	var d Definition
	if err := json.Unmarshal(source, &d); err != nil {
		return nil, fmt.Errorf("reading a process: %w", err)
	}
	starts := 0
	seen := map[string]bool{}
	for i, n := range d.Nodes {
		if n.ID == "" || seen[n.ID] {
			return nil, fmt.Errorf("process %s: node %d has no id of its own", d.Key, i+1)
		}
		seen[n.ID] = true
		if n.Kind == Start {
			starts++
		}
	}
	if d.Key == "" || starts != 1 {
		return nil, fmt.Errorf("process %q needs a key and exactly one start, it has %d", d.Key, starts)
	}
	for _, n := range d.Nodes {
		if err := d.check(n); err != nil {
			return nil, fmt.Errorf("process %s, node %s: %w", d.Key, n.ID, err)
		}
	}
	return &d, d.terminates()
}

func (d *Definition) check(n Node) error {
	ways := map[Kind][2]int{Start: {1, 1}, Task: {1, 1}, Split: {1, 20}, Join: {1, 1}, End: {0, 0}}
	w, ok := ways[n.Kind]
	switch {
	case !ok:
		return fmt.Errorf("elements of the kind %q are not supported", n.Kind)
	case len(n.Next) < w[0] || len(n.Next) > w[1]:
		return fmt.Errorf("has %d ways on, a %s has %d to %d", len(n.Next), n.Kind, w[0], w[1])
	case n.Kind == Task && (n.Name == "" || n.Action == "" || n.Role == "" || n.Place == ""):
		return fmt.Errorf("a task needs name, action, role and place")
	}
	for _, next := range n.Next {
		if d.Node(next) == nil {
			return fmt.Errorf("leads to %s, which is not there", next)
		}
		if n.Kind == Split && d.Node(next).Kind != Task {
			return fmt.Errorf("a split leads to tasks, %s is none", next)
		}
	}
	return nil
}

// terminates walks every way: no circles, every way ends, and the tasks behind a split lead to one join.
func (d *Definition) terminates() error {
	done := map[string]bool{}
	var walk func(id string, seen map[string]bool) error
	walk = func(id string, seen map[string]bool) error {
		if seen[id] {
			return fmt.Errorf("process %s goes in a circle at %s", d.Key, id)
		}
		if done[id] {
			return nil
		}
		seen[id] = true
		defer delete(seen, id)
		n := d.Node(id)
		if n.Kind == Split {
			for _, next := range n.Next {
				after := d.Node(d.Node(next).Next[0])
				if after.Kind != Join || after.ID != d.Node(d.Node(n.Next[0]).Next[0]).ID {
					return fmt.Errorf("process %s: the ways of split %s must meet in one join", d.Key, id)
				}
			}
		}
		for _, next := range n.Next {
			if err := walk(next, seen); err != nil {
				return err
			}
		}
		done[id] = true
		return nil
	}
	return walk(d.start().ID, map[string]bool{})
}

func (d *Definition) start() *Node {
	for i := range d.Nodes {
		if d.Nodes[i].Kind == Start {
			return &d.Nodes[i]
		}
	}
	return nil // parseShort refuses a definition without
}

// kinds are what the short form's nodes are in BPMN.
var kinds = map[Kind]process.Kind{Start: process.StartEvent, Task: process.UserTask, Split: process.ParallelGateway, Join: process.ParallelGateway, End: process.EndEvent}

// process says the short form in BPMN's words. A task before a join is done once by each office of its place: a parallel multi-instance task.
func (d *Definition) process() *process.Process {
	p := &process.Process{Key: d.Key, Name: d.Name}
	for _, n := range d.Nodes {
		e := &process.Element{ID: n.ID, Kind: kinds[n.Kind], Name: n.Name}
		if n.Kind == Task {
			e.Duty = process.Duty{Action: n.Action, Role: n.Role, Place: n.Place, SkipSame: n.SkipSame}
			if d.Node(n.Next[0]).Kind == Join {
				e.Loop = &process.Loop{Each: fmt.Sprintf("places[%q]", n.Place)}
			}
		}
		p.Elements = append(p.Elements, e)
	}
	for _, n := range d.Nodes {
		for _, next := range n.Next {
			f := &process.Flow{ID: n.ID + "_" + next, From: n.ID, To: next}
			for p.Element(f.ID) != nil || p.Flow(f.ID) != nil {
				f.ID += "_"
			}
			p.Flows = append(p.Flows, f)
			from, to := p.Element(f.From), p.Element(f.To)
			from.Outgoing, to.Incoming = append(from.Outgoing, f.ID), append(to.Incoming, f.ID)
		}
	}
	return p
}
