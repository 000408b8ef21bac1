package bpmn

import (
	"context"

	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/fault"
)

// EditFlow changes the name and condition of one flow, as [Edit] does an element.
func EditFlow(source []byte, id, name, when string) ([]byte, error) {
	p, t, err := editable(source)
	if err != nil {
		return nil, err
	}
	n, have := t.find(id), p.Flow(id)
	if n == nil || have == nil {
		return nil, fault.New(fault.NotFound, "bpmn.no_element")
	}
	s := &surgeon{tree: t, source: t.source}
	s.way(n, have, &process.Flow{ID: id, Name: name, When: when})
	return s.finish(func(p *process.Process) bool { f := p.Flow(id); return f.Name == name && f.When == when })
}

// EditWays changes a gateway and the name and condition of flows out of it in one pass, as [Edit] does an element alone: what is read and written does not
// grow with their number. A flow that is not there is fault.NotFound. It ends with the error of ctx when that is done.
func EditWays(ctx context.Context, source []byte, want *process.Element, ways []*process.Flow) ([]byte, error) {
	p, t, err := editable(source)
	if err != nil {
		return nil, err
	}
	nodes, flows, have := t.byID(), flowsByID(p), p.Element(want.ID)
	if have == nil || nodes[want.ID] == nil {
		return nil, fault.New(fault.NotFound, "bpmn.no_element")
	}
	s := &surgeon{tree: t, source: t.source}
	s.prefixes(nodes[want.ID])
	s.element(nodes[want.ID], have, want)
	for _, w := range ways {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if nodes[w.ID] == nil || flows[w.ID] == nil {
			return nil, fault.New(fault.NotFound, "bpmn.no_element")
		}
		s.way(nodes[w.ID], flows[w.ID], w)
	}
	return s.finish(func(p *process.Process) bool {
		now := flowsByID(p)
		for _, w := range ways {
			if f := now[w.ID]; f.Name != w.Name || f.When != w.When {
				return false
			}
		}
		return reads(p, want)
	})
}

// way cuts what differs between a flow as it is and as it should be.
func (s *surgeon) way(n *node, have, want *process.Flow) {
	s.prefixes(n)
	s.attribute(n, "", "name", want.Name)
	if have.When == want.When {
		return
	}
	var lines []string
	if want.When != "" {
		name := s.model + "conditionExpression"
		lines = []string{"<" + tag(name, []string{s.schema() + "type", s.model + "tFormalExpression"}) + ">" + escape(want.When) + "</" + name + ">"}
	}
	s.swap(n, n.child("conditionExpression"), lines)
}

// byID returns the BPMN nodes by their ids.
func (t *tree) byID() map[string]*node {
	nodes := map[string]*node{}
	t.each(t.root, func(n *node) {
		if id := n.get("id"); id != "" && n.space == modelSpace {
			nodes[id] = n
		}
	})
	return nodes
}

func flowsByID(p *process.Process) map[string]*process.Flow {
	flows := make(map[string]*process.Flow, len(p.Flows))
	for _, f := range p.Flows {
		flows[f.ID] = f
	}
	return flows
}
