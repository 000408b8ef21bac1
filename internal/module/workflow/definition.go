package workflow

import (
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
)

// Kind says what a node is.
type Kind string

// The kinds of nodes.
const (
	Start Kind = "start"
	Task  Kind = "task"
	Split Kind = "split" // all branches at once
	Join  Kind = "join"  // waits for all of them
	End   Kind = "end"
)

// Node is one element of a definition in short form. Of one written in BPMN it is a task that people do.
type Node struct {
	ID     string   `json:"id"`
	Kind   Kind     `json:"kind"`
	Name   string   `json:"name,omitempty"`   // as people read it
	Action string   `json:"action,omitempty"` // what completes the task, in the caller's words: accept, opine, decide
	Role   string   `json:"role,omitempty"`   // of the post that may do it
	Place  string   `json:"place,omitempty"`  // which of the instance's places; "" when the process itself says which offices
	Next   []string `json:"next,omitempty"`

	SkipSame bool `json:"skip_same,omitempty"` // done of itself when who did the step before may do it as well (自动跳过同一人)
}

// Definition is a process as it is deployed.
type Definition struct {
	ID      string `json:"-"`
	Key     string `json:"key"`
	Version int    `json:"-"`
	Name    string `json:"name"`
	Nodes   []Node `json:"nodes"` // for who asks which tasks there are; what runs is the process
	program *machine.Program
}

// Parse reads and checks a definition: BPMN when it begins like XML, or else the short form.
func Parse(source []byte) (*Definition, error) {
	if IsBPMN(source) {
		p, err := bpmn.Read(source)
		if err != nil {
			return nil, err
		}
		return FromProcess(p)
	}
	d, err := parseShort(source)
	if err != nil {
		return nil, err
	}
	d.program, err = machine.Compile(d.process())
	return d, err
}

// FromProcess makes a definition of a process that was read or built elsewhere.
func FromProcess(p *process.Process) (*Definition, error) {
	program, err := machine.Compile(p)
	if err != nil {
		return nil, err
	}
	d := &Definition{Key: p.Key, Name: p.Name, program: program}
	for _, e := range p.Elements {
		if e.Kind == process.UserTask {
			n := Node{ID: e.ID, Kind: Task, Name: e.Name, Action: e.Duty.Action, Role: e.Duty.Role, Place: e.Duty.Place, SkipSame: e.Duty.SkipSame}
			if e.Loop != nil {
				n.Place = "" // its offices are known when it begins
			}
			d.Nodes = append(d.Nodes, n)
		}
	}
	return d, nil
}

// Program returns what runs.
func (d *Definition) Program() *machine.Program { return d.program }

// Node returns the node with this id, nil when there is none.
func (d *Definition) Node(id string) *Node {
	for i := range d.Nodes {
		if d.Nodes[i].ID == id {
			return &d.Nodes[i]
		}
	}
	return nil
}
