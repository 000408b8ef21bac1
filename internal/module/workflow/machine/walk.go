package machine

import (
	"slices"

	"xiangyun/internal/module/workflow/process"
)

// splits tells whether an element begins a parallel part and joins nothing itself: a token that is put there splits anew.
func splits(e *process.Element) bool {
	return (e.Kind == process.ParallelGateway || e.Kind == process.InclusiveGateway) && len(e.Incoming) < 2 && len(e.Outgoing) > 1
}

// Earlier lists what a task at an element can be sent back to, other branches taken back with it: the user tasks that lead to it and the gateways at
// which a parallel part before it begins, the nearest first. What can only be reached through the task itself is not before it, though a way leads
// back. A [Rewind] with All takes its token to any of them.
func (p *Program) Earlier(from string) (ids []string) {
	here := p.elements[from]
	if here == nil {
		return nil
	}
	before, seen := p.without(from), map[string]bool{from: true}
	for walk := []string{from}; len(walk) > 0; walk = walk[1:] {
		for _, id := range p.leading(p.elements[walk[0]]) {
			if seen[id] {
				continue
			}
			seen[id] = true
			walk = append(walk, id)
			if to := p.elements[id]; before[id] && (to.Kind == process.UserTask || splits(to)) && p.mayReturn(here, to) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// without returns the elements that a token can reach from the start when one element is taken away.
func (p *Program) without(away string) map[string]bool {
	seen := map[string]bool{away: true}
	walk := slices.Concat(p.starts[""], p.inner[""])
	leave := func(e *process.Element) {
		for _, f := range e.Outgoing {
			walk = append(walk, p.elements[p.flows[f].To])
		}
	}
	for ; len(walk) > 0; walk = walk[1:] {
		e := walk[0]
		if seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		walk = append(walk, p.edges[e.ID]...)
		switch {
		case e.Kind == process.SubProcess:
			walk = slices.Concat(walk, p.starts[e.ID], p.inner[e.ID])
			continue // it is left by its ends
		case len(e.Outgoing) == 0 && e.Parent != "":
			leave(p.elements[e.Parent])
		}
		leave(e)
	}
	delete(seen, away)
	return seen
}

// leading lists the elements from which a token comes to an element.
func (p *Program) leading(e *process.Element) (ids []string) {
	switch {
	case e.Kind == process.BoundaryEvent:
		return []string{e.Attached}
	case e.Kind == process.StartEvent && e.Parent != "" && !p.elements[e.Parent].Triggered:
		return []string{e.Parent}
	}
	for _, f := range e.Incoming {
		ids = append(ids, p.flows[f].From)
	}
	return ids
}

// mayReturn tells, for what may stand anywhere, what [Rewind] asks of where a token stands. From within a parallel part nothing goes back to where that
// part begins: the other branches would be done again for nothing.
func (p *Program) mayReturn(from, to *process.Element) bool {
	for from.Parent != to.Parent {
		up := p.elements[from.Parent]
		if up == nil || up.Triggered {
			return false
		}
		from = up
	}
	here, there := p.branches[from.ID], p.branches[to.ID]
	for b := range there {
		if !here[b] {
			return false
		}
	}
	for b := range here {
		if !there[b] && b.flow == "" || b.gateway == to.ID {
			return false
		}
	}
	return true
}

// Next lists the user tasks that a token comes to behind an element, without another activity between. Plain tells that nothing else can lie on the
// way: no event, no work of the program, no join; going back from those tasks then undoes all that leaving the element did.
func (p *Program) Next(from string) (tasks []string, plain bool) {
	plain = true
	e := p.elements[from]
	if e == nil {
		return nil, false
	}
	seen := map[string]bool{from: true}
	var walk []string
	leave := func(e *process.Element) {
		for _, f := range e.Outgoing {
			walk = append(walk, p.flows[f].To)
		}
	}
	for leave(e); len(walk) > 0; walk = walk[1:] {
		if seen[walk[0]] {
			continue
		}
		e := p.elements[walk[0]]
		seen[e.ID] = true
		switch e.Kind {
		case process.UserTask:
			tasks = append(tasks, e.ID)
		case process.ExclusiveGateway:
			leave(e)
		case process.ParallelGateway, process.InclusiveGateway:
			if len(e.Incoming) > 1 {
				plain = false
			} else {
				leave(e)
			}
		case process.SubProcess:
			for _, s := range p.starts[e.ID] {
				if s.Event.Trigger == process.None {
					leave(s)
				}
			}
		case process.ScriptTask, process.SendTask, process.IntermediateThrow:
			plain = false
			leave(e)
		case process.EndEvent:
			plain = plain && e.Parent == "" && e.Event.Trigger == process.None
		default:
			plain = false
		}
	}
	slices.Sort(tasks)
	return slices.Compact(tasks), plain
}
