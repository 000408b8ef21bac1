package workflow

import (
	"encoding/json"
	"fmt"
)

// Kind says what a node is.
type Kind string

// The kinds of nodes. Others are refused when a definition is deployed.
const (
	Start Kind = "start"
	Task  Kind = "task"
	Split Kind = "split" // all branches at once
	Join  Kind = "join"  // waits for all of them
	End   Kind = "end"
)

// Node is one element of a definition.
type Node struct {
	ID     string   `json:"id"`
	Kind   Kind     `json:"kind"`
	Name   string   `json:"name,omitempty"`   // as people read it
	Action string   `json:"action,omitempty"` // what completes the task, in the caller's words: accept, opine, decide
	Role   string   `json:"role,omitempty"`   // of the post that may do it
	Place  string   `json:"place,omitempty"`  // which of the instance's places; one task for each office there
	Next   []string `json:"next,omitempty"`

	SkipSame bool `json:"skip_same,omitempty"` // done of itself when who did the step before may do it as well (自动跳过同一人)
}

// Definition is a process as it is deployed.
type Definition struct {
	ID      string `json:"-"`
	Key     string `json:"key"`
	Version int    `json:"-"`
	Name    string `json:"name"`
	Nodes   []Node `json:"nodes"`
	nodes   map[string]*Node
}

// Parse reads and checks a definition: one start, every way leads on and ends, tasks say who and where, every split meets its join.
func Parse(source []byte) (*Definition, error) {
	var d Definition
	if err := json.Unmarshal(source, &d); err != nil {
		return nil, fmt.Errorf("reading a process: %w", err)
	}
	d.nodes = map[string]*Node{}
	starts := 0
	for i := range d.Nodes {
		n := &d.Nodes[i]
		if n.ID == "" || d.nodes[n.ID] != nil {
			return nil, fmt.Errorf("process %s: node %d has no id of its own", d.Key, i+1)
		}
		d.nodes[n.ID] = n
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
		if d.nodes[next] == nil {
			return fmt.Errorf("leads to %s, which is not there", next)
		}
		if n.Kind == Split && d.nodes[next].Kind != Task {
			return fmt.Errorf("a split leads to tasks, %s is none", next)
		}
	}
	return nil
}

// terminates walks every way: no circles, every way ends, and the tasks behind a split lead to one join.
func (d *Definition) terminates() error {
	var walk func(id string, seen map[string]bool) error
	walk = func(id string, seen map[string]bool) error {
		if seen[id] {
			return fmt.Errorf("process %s goes in a circle at %s", d.Key, id)
		}
		seen[id] = true
		defer delete(seen, id)
		n := d.nodes[id]
		if n.Kind == Split {
			for _, next := range n.Next {
				after := d.nodes[d.nodes[next].Next[0]]
				if after.Kind != Join || after.ID != d.nodes[d.nodes[n.Next[0]].Next[0]].ID {
					return fmt.Errorf("process %s: the ways of split %s must meet in one join", d.Key, id)
				}
			}
		}
		for _, next := range n.Next {
			if err := walk(next, seen); err != nil {
				return err
			}
		}
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
	return nil // Parse refuses a definition without
}

// Node returns the node with this id, nil when there is none.
func (d *Definition) Node(id string) *Node { return d.nodes[id] }
