package workflow_test

import (
	"strings"
	"time"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
)

type elements []process.Element

// deploy makes a process of elements between a start and an end, which are plain when the list has none of their names; flows are written "from to condition". The engine reads it from the file it is written to.
func (e *engine) deploy(key string, list elements, flows ...string) {
	e.t.Helper()
	p := &process.Process{Key: key, Name: key, Variables: []process.Variable{{Name: "n", Type: "int"}, {Name: "days", Type: "int"}}}
	for _, x := range append(list, el("start", process.StartEvent), el("end", process.EndEvent)) {
		if p.Element(x.ID) == nil {
			p.Elements = append(p.Elements, &x)
		}
	}
	for _, text := range flows {
		part := strings.SplitN(text, " ", 3)
		f := &process.Flow{ID: part[0] + "_to_" + part[1], From: part[0], To: part[1]}
		if len(part) == 3 {
			f.When = part[2]
		}
		p.Flows = append(p.Flows, f)
		p.Element(f.From).Outgoing = append(p.Element(f.From).Outgoing, f.ID)
		p.Element(f.To).Incoming = append(p.Element(f.To).Incoming, f.ID)
	}
	e.update(func(tx *db.Tx) error {
		d, err := e.flows.Deploy(e.t.Context(), tx, bpmn.Write(p))
		e.defs[key] = d
		return err
	})
}

func el(id string, k process.Kind) process.Element { return process.Element{ID: id, Kind: k} }

func user(id string) process.Element {
	return process.Element{ID: id, Kind: process.UserTask, Name: id, Duty: process.Duty{Action: id, Role: "reviewer", Place: "office"}}
}

func on(id string, k process.Kind, event process.Event) process.Element {
	return process.Element{ID: id, Kind: k, Event: event}
}

func edge(id, host string, event process.Event) process.Element {
	return process.Element{ID: id, Kind: process.BoundaryEvent, Attached: host, Event: event}
}

func dayAgo() time.Time { return time.Now().Add(-24 * time.Hour) }
