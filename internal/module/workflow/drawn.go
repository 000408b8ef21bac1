package workflow

import "xiangyun/internal/module/workflow/process"

// drawn is a definition in the short form as a process that can be drawn. A task before a join is done at each office of its place, which BPMN calls
// multi-instance.
func drawn(d *Definition) *process.Process {
	p := &process.Process{Key: d.Key, Name: d.Name}
	kinds := map[Kind]process.Kind{Start: process.StartEvent, Task: process.UserTask, Split: process.ParallelGateway, Join: process.ParallelGateway, End: process.EndEvent}
	byID, before := map[string]*process.Element{}, map[string]int{}
	of := map[string]Kind{}
	for _, n := range d.Nodes {
		of[n.ID] = n.Kind
		for _, next := range n.Next {
			before[next]++
		}
	}
	for _, n := range d.Nodes {
		e := &process.Element{ID: n.ID, Kind: kinds[n.Kind], Name: n.Name}
		if n.Kind == Task {
			e.Duty = process.Duty{Action: n.Action, Role: n.Role, Place: n.Place}
			if len(n.Next) == 1 && of[n.Next[0]] == Join && before[n.Next[0]] == 1 {
				e.Loop = &process.Loop{Each: "places." + n.Place, As: "office"}
			}
		}
		p.Elements = append(p.Elements, e)
		byID[n.ID] = e
	}
	for _, n := range d.Nodes {
		for _, next := range n.Next {
			f := &process.Flow{ID: n.ID + "_" + next, From: n.ID, To: next}
			for byID[f.ID] != nil || p.Flow(f.ID) != nil {
				f.ID += "_"
			}
			p.Flows = append(p.Flows, f)
			byID[n.ID].Outgoing, byID[next].Incoming = append(byID[n.ID].Outgoing, f.ID), append(byID[next].Incoming, f.ID)
		}
	}
	if byID[p.Key] != nil {
		p.Key += "_process" // an id may be there once only
	}
	return p
}
