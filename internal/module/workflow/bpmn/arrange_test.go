package bpmn_test

import (
	"testing"

	"xiangyun/internal/module/workflow/bpmn"
)

// TestArrange wants every flow of the samples to begin and end at the edge of its elements, to run straight across or down, and no element upon another.
func TestArrange(t *testing.T) {
	samples, err := bpmn.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	at := func(b bpmn.Box, p bpmn.Point) bool {
		return p.X >= b.X && p.X <= b.X+b.W && p.Y >= b.Y && p.Y <= b.Y+b.H && (p.X == b.X || p.X == b.X+b.W || p.Y == b.Y || p.Y == b.Y+b.H)
	}
	for _, s := range samples {
		p := mustRead(t, s.Source)
		plan := bpmn.Arrange(p)
		for _, f := range p.Flows {
			line := plan.Lines[f.ID]
			if len(line) < 2 || !at(plan.Boxes[f.From], line[0]) || !at(plan.Boxes[f.To], line[len(line)-1]) {
				t.Errorf("%s: %s runs %v from %v to %v", s.Key, f.ID, line, plan.Boxes[f.From], plan.Boxes[f.To])
				continue
			}
			for i := range line[1:] {
				if line[i].X != line[i+1].X && line[i].Y != line[i+1].Y {
					t.Errorf("%s: %s runs aslant: %v", s.Key, f.ID, line)
				}
			}
		}
		for i, a := range p.Elements {
			x := plan.Boxes[a.ID]
			if x.X < 0 || x.Y < 0 || x.X+x.W > plan.W || x.Y+x.H > plan.H {
				t.Errorf("%s: %s lies outside: %v of %d × %d", s.Key, a.ID, x, plan.W, plan.H)
			}
			for _, b := range p.Elements[i+1:] {
				y := plan.Boxes[b.ID]
				if a.Parent == b.Parent && a.Attached != b.ID && b.Attached != a.ID && x.X < y.X+y.W && y.X < x.X+x.W && x.Y < y.Y+y.H && y.Y < x.Y+x.H {
					t.Errorf("%s: %s lies upon %s", s.Key, a.ID, b.ID)
				}
			}
		}
	}
}
