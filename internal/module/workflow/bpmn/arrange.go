package bpmn

import (
	"cmp"
	"slices"

	"xiangyun/internal/module/workflow/process"
)

// Point is a place in a drawing, in its own units, from the upper left corner.
type Point struct{ X, Y int }

// Box is where an element is drawn.
type Box struct{ X, Y, W, H int }

// Plan says where the elements of a process are drawn.
type Plan struct {
	Boxes map[string]Box     // by element
	Lines map[string][]Point // by flow
	W, H  int
}

// The sizes BPMN editors use.
const (
	taskW, taskH  = 100, 80
	eventSide     = 36
	gatewaySide   = 50
	columnGap     = 56
	rowGap        = 48
	padding       = 40
	boundaryShift = 14 // of a boundary event from the corner of its activity
)

// Arrange lays a process out from left to right: what follows stands to the right, what happens instead or at once stands below.
func Arrange(p *process.Process) Plan {
	a := &arranger{p: p, plan: Plan{Boxes: map[string]Box{}, Lines: map[string][]Point{}}, inside: map[string][]*process.Element{}, attached: map[string][]*process.Element{},
		flows: make(map[string]*process.Flow, len(p.Flows)), elements: make(map[string]*process.Element, len(p.Elements))}
	for _, e := range p.Elements {
		a.elements[e.ID] = e
		if e.Kind == process.BoundaryEvent {
			a.attached[e.Attached] = append(a.attached[e.Attached], e)
		} else {
			a.inside[e.Parent] = append(a.inside[e.Parent], e)
		}
	}
	for _, f := range p.Flows {
		a.flows[f.ID] = f
	}
	size := a.scope("")
	a.plan.W, a.plan.H = size.X+2*padding, size.Y+2*padding
	a.move("", Point{padding, padding})
	return a.plan
}

type arranger struct {
	p        *process.Process
	plan     Plan
	elements map[string]*process.Element
	flows    map[string]*process.Flow
	inside   map[string][]*process.Element
	attached map[string][]*process.Element
}

// field is one scope while it is laid out.
type field struct {
	elements []*process.Element
	rank     map[string]int
	row      map[string]int
	back     map[string]bool // flows that lead back
	taken    map[[2]int]bool // rank and row
	rows     int
	ranks    int
}

// scope lays out what lies in one scope, from 0, 0, and returns how large it is.
func (a *arranger) scope(parent string) Point {
	f := &field{elements: a.inside[parent], rank: map[string]int{}, row: map[string]int{}, back: map[string]bool{}, taken: map[[2]int]bool{}}
	for _, e := range f.elements {
		w, h := taskW, taskH
		switch e.Kind {
		case process.StartEvent, process.EndEvent, process.IntermediateCatch, process.IntermediateThrow:
			w, h = eventSide, eventSide
		case process.ExclusiveGateway, process.ParallelGateway, process.InclusiveGateway, process.EventGateway:
			w, h = gatewaySide, gatewaySide
		case process.SubProcess:
			inner := a.scope(e.ID)
			w, h = max(taskW+padding, inner.X+2*padding), max(taskH+padding, inner.Y+2*padding)
		}
		a.plan.Boxes[e.ID] = Box{W: w, H: h}
	}
	a.ranks(f)
	a.rows(f)
	return a.place(f)
}

// after returns the flows that leave an element or the events on it, in order.
func (a *arranger) after(id string) []string {
	all := slices.Clone(a.elements[id].Outgoing)
	for _, b := range a.attached[id] {
		all = append(all, b.Outgoing...)
	}
	return all
}

// ranks gives each element its column: one more than the furthest it comes after. Flows that lead back do not count.
func (a *arranger) ranks(f *field) {
	state := map[string]int{}
	var order []string
	var walk func(id string)
	walk = func(id string) {
		state[id] = 1
		for _, flow := range a.after(id) {
			switch to := a.flows[flow].To; state[to] {
			case 0:
				walk(to)
			case 1:
				f.back[flow] = true
			}
		}
		state[id] = 2
		order = append(order, id)
	}
	starts := slices.Clone(f.elements)
	slices.SortStableFunc(starts, func(x, y *process.Element) int { return cmp.Compare(len(x.Incoming), len(y.Incoming)) })
	for _, e := range starts {
		if state[e.ID] == 0 {
			walk(e.ID)
		}
	}
	for _, id := range slices.Backward(order) {
		for _, flow := range a.after(id) {
			if to := a.flows[flow].To; !f.back[flow] {
				f.rank[to] = max(f.rank[to], f.rank[id]+1)
			}
		}
		f.ranks = max(f.ranks, f.rank[id]+1)
	}
}

// rows gives each element a free place in its column, near the one it comes from.
func (a *arranger) rows(f *field) {
	sorted := slices.Clone(f.elements)
	slices.SortStableFunc(sorted, func(x, y *process.Element) int { return cmp.Compare(f.rank[x.ID], f.rank[y.ID]) })
	for _, e := range sorted {
		want := -1
		for _, id := range e.Incoming {
			flow := a.flows[id]
			if f.back[id] {
				continue
			}
			from, below := flow.From, 0
			if b := a.elements[from]; b.Kind == process.BoundaryEvent {
				from, below = b.Attached, 1
			}
			row := f.row[from] + below + max(0, slices.Index(a.elements[flow.From].Outgoing, id))
			if len(e.Incoming) > 1 {
				row = f.row[from]
			}
			if want < 0 || row < want {
				want = row
			}
		}
		if want < 0 {
			want = f.rows // begins a line of its own
			if f.rank[e.ID] == 0 && f.rows == 0 {
				want = 0
			}
		}
		for f.taken[[2]int{f.rank[e.ID], want}] {
			want++
		}
		f.row[e.ID] = want
		f.taken[[2]int{f.rank[e.ID], want}] = true
		f.rows = max(f.rows, want+1)
	}
}

// place turns columns and rows into units and draws the flows.
func (a *arranger) place(f *field) Point {
	routes := a.routes(f)
	wide, high := make([]int, f.ranks), make([]int, f.rows)
	for _, e := range f.elements {
		b := a.plan.Boxes[e.ID]
		wide[f.rank[e.ID]] = max(wide[f.rank[e.ID]], b.W)
		high[f.row[e.ID]] = max(high[f.row[e.ID]], b.H)
	}
	for i := range high {
		high[i] = max(high[i], eventSide)
	}
	x, y := sums(wide, columnGap), sums(high, rowGap)
	middle := func(row int) int { return y[row] + high[row]/2 }
	for _, e := range f.elements {
		b := a.plan.Boxes[e.ID]
		b.X, b.Y = x[f.rank[e.ID]]+(wide[f.rank[e.ID]]-b.W)/2, middle(f.row[e.ID])-b.H/2
		a.plan.Boxes[e.ID] = b
		for i, event := range a.attached[e.ID] {
			at := min(b.X+b.W-eventSide/2-boundaryShift, b.X+boundaryShift+(i+1)*(eventSide+8)-eventSide/2)
			a.plan.Boxes[event.ID] = Box{X: at, Y: b.Y + b.H - eventSide/2, W: eventSide, H: eventSide}
		}
	}
	for _, e := range f.elements { // when both ends of a flow have their place
		for _, id := range a.after(e.ID) {
			flow := a.flows[id]
			right := x[f.rank[e.ID]] + wide[f.rank[e.ID]] + columnGap/2
			a.plan.Lines[id] = a.line(flow, right, middle(routes[id]), x[f.rank[flow.To]]-columnGap/2)
		}
	}
	return Point{x[f.ranks] - columnGap, y[f.rows] - rowGap}
}

// line draws a flow: out of its source, along the middle of its row, into its target; without corners that are none.
func (a *arranger) line(flow *process.Flow, right, along, left int) []Point {
	from, to := a.plan.Boxes[flow.From], a.plan.Boxes[flow.To]
	points := []Point{{from.X + from.W, from.Y + from.H/2}, {right, from.Y + from.H/2}}
	if a.elements[flow.From].Kind == process.BoundaryEvent {
		points = []Point{{from.X + from.W/2, from.Y + from.H}}
		right = from.X + from.W/2
	}
	end := Point{to.X, to.Y + to.H/2}
	points = append(points, Point{right, along}, Point{left, along}, Point{left, end.Y}, end)
	short := points[:1]
	for i, p := range points[1:] {
		last := short[len(short)-1]
		if p == last {
			continue
		}
		if next := i + 2; next < len(points) && (last.X == p.X && p.X == points[next].X || last.Y == p.Y && p.Y == points[next].Y) {
			continue // straight on
		}
		short = append(short, p)
	}
	return short
}

// routes gives each flow the row it runs along between the columns: one where nothing stands in the way.
func (a *arranger) routes(f *field) map[string]int {
	out := map[string]int{}
	for _, e := range f.elements {
		for _, id := range a.after(e.ID) {
			first, last := f.rank[e.ID]+1, f.rank[a.flows[id].To]-1
			if f.back[id] {
				first, last = f.rank[a.flows[id].To], f.rank[e.ID]
			}
			rows := []int{f.row[a.flows[id].To], f.row[e.ID]}
			for row := range f.rows {
				rows = append(rows, row)
			}
			out[id] = -1
			for _, row := range rows {
				if !f.blocked(row, first, last) {
					out[id] = row
					break
				}
			}
			if out[id] < 0 {
				out[id] = f.rows
				f.rows++
			}
			for rank := first; rank <= last; rank++ {
				f.taken[[2]int{rank, out[id]}] = true
			}
		}
	}
	return out
}

func (f *field) blocked(row, first, last int) bool {
	for rank := first; rank <= last; rank++ {
		if f.taken[[2]int{rank, row}] {
			return true
		}
	}
	return false
}

// sums returns where each of the parts begins, with a gap between them, and where the last ends.
func sums(parts []int, gap int) []int {
	out := make([]int, len(parts)+1)
	for i, p := range parts {
		out[i+1] = out[i] + p + gap
	}
	return out
}

// move shifts what lies in a scope, and in what lies in it.
func (a *arranger) move(parent string, by Point) {
	for _, e := range a.inside[parent] {
		b := a.plan.Boxes[e.ID]
		b.X, b.Y = b.X+by.X, b.Y+by.Y
		a.plan.Boxes[e.ID] = b
		for _, event := range a.attached[e.ID] {
			at := a.plan.Boxes[event.ID]
			a.plan.Boxes[event.ID] = Box{at.X + by.X, at.Y + by.Y, at.W, at.H}
		}
		for _, id := range a.after(e.ID) {
			for i := range a.plan.Lines[id] {
				a.plan.Lines[id][i].X += by.X
				a.plan.Lines[id][i].Y += by.Y
			}
		}
		if e.Kind == process.SubProcess {
			a.move(e.ID, Point{b.X + padding, b.Y + padding})
		}
	}
}
