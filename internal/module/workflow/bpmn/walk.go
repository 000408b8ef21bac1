package bpmn

import (
	"slices"

	"xiangyun/internal/module/workflow/process"
)

// mostMarkings bounds the walk. Processes of people have some dozens.
const mostMarkings = 20_000

// walk goes through everything that can happen and reports where work gets stuck, what never happens and what happens twice at once. Independent steps
// are walked in one order only, which finds every dead end all the same.
func (c *checker) walk() {
	w := &walker{net: newNet(c), index: map[string]int{}, entered: map[string]bool{}, twice: map[string]bool{}, stuck: map[string]bool{}}
	for _, start := range w.begins {
		w.add(w.begin(start))
	}
	most := min(mostMarkings, 40_000_000/(w.places+1))
	complete := true
	for i := 0; i < len(w.markings); i++ {
		if c.over() {
			return
		}
		if len(w.markings) > most {
			complete = false
			c.say("", Warning, "bpmn.walk.too_many", most)
			break
		}
		w.expand(i)
	}
	w.report(complete)
}

type walker struct {
	*net
	markings []marking
	next     [][]int
	index    map[string]int
	entered  map[string]bool // elements that were come to
	twice    map[string]bool // those come to while they were under way
	stuck    map[string]bool // joins at which tokens wait for ever
}

func (w *walker) add(m marking) int {
	if w.empty(m, "") {
		w.clear(m, "")
	}
	key := string(m)
	i, ok := w.index[key]
	if !ok {
		i = len(w.markings)
		w.index[key] = i
		w.markings = append(w.markings, m)
		w.next = append(w.next, nil)
		w.meet(m)
	}
	return i
}

// meet notes the activities two tokens are at.
func (w *walker) meet(m marking) {
	for i, e := range w.to {
		if m[i] > 1 && activities[e.Kind] {
			w.twice[e.ID] = true
		}
	}
	for id, i := range w.busy {
		if m[i] > 1 {
			w.twice[id] = true
		}
	}
}

// expand finds what can follow on a marking.
func (w *walker) expand(i int) {
	m := w.markings[i]
	if w.empty(m, "") {
		return
	}
	var out []marking
	step := func(do func(m marking)) {
		n := slices.Clone(m)
		do(n)
		out = append(out, n)
	}
	w.move(m, step)
	if len(out) == 0 {
		w.wait(m) // what may yet happen does not make it right
	}
	w.happen(m, step)
	for _, n := range out {
		w.next[i] = append(w.next[i], w.add(n))
	}
}

// move takes the step of one token, with every choice it has: the one that stands furthest back.
func (w *walker) move(m marking, step func(func(marking))) {
	best, at := (*process.Element)(nil), -1
	consider := func(e *process.Element, place int) {
		if best == nil || w.rank[e.ID] < w.rank[best.ID] {
			best, at = e, place
		}
	}
	for i, e := range w.to {
		if m[i] > 0 && w.enabled(m, e) {
			consider(e, i)
		}
	}
	for _, e := range w.p.Elements {
		i, ok := w.busy[e.ID]
		if ok && m[i] > 0 && (e.Kind != process.SubProcess || w.empty(m, e.ID)) {
			consider(e, i)
		}
	}
	switch {
	case best == nil:
	case at < len(w.to):
		w.entered[best.ID] = true
		w.pass(m, best, at, step)
	default:
		step(func(m marking) { w.finish(m, best); w.leave(m, best) })
		if best.Kind != process.SubProcess {
			w.interrupt(best, step)
		}
	}
}

// interrupt takes an activity away for each event on it that does.
func (w *walker) interrupt(e *process.Element, step func(func(marking))) {
	for _, b := range w.attached[e.ID] {
		if !b.Keep {
			w.entered[b.ID] = true
			step(func(m marking) { w.finish(m, e); w.leave(m, b) })
		}
	}
}

// enabled tells whether a token before an element can go on: joins wait.
func (w *walker) enabled(m marking, e *process.Element) bool {
	if e.Kind == process.ParallelGateway {
		for _, id := range e.Incoming {
			if m[w.flow[id]] == 0 {
				return false
			}
		}
	}
	if e.Kind == process.InclusiveGateway && len(e.Incoming) > 1 {
		return !w.comes(m, e)
	}
	return true
}

// comes tells whether a token can still come to an inclusive join by a flow that has none, and by none that has one.
func (w *walker) comes(m marking, join *process.Element) bool {
	for _, f := range w.p.Flows {
		from := w.elements[f.From]
		if from.Parent != join.Parent || m[w.flow[f.ID]] == 0 && !w.underWay(m, from) || f.To == join.ID && m[w.flow[f.ID]] > 0 {
			continue
		}
		free, marked := false, false
		for _, id := range join.Incoming {
			if w.feeding[id][f.ID] {
				free, marked = free || m[w.flow[id]] == 0, marked || m[w.flow[id]] > 0
			}
		}
		if free && !marked {
			return true
		}
	}
	return false
}

// underWay tells whether an activity, or the one an event sits on, is being done: its token will leave by its flows.
func (w *walker) underWay(m marking, e *process.Element) bool {
	if e.Kind == process.BoundaryEvent {
		e = w.elements[e.Attached]
	}
	i, ok := w.busy[e.ID]
	return ok && m[i] > 0
}

// pass moves the token at a place through an element.
func (w *walker) pass(m marking, e *process.Element, place int, step func(func(marking))) {
	switch e.Kind {
	case process.ExclusiveGateway, process.EventGateway:
		for _, id := range e.Outgoing {
			step(func(m marking) { m[place]--; w.put(m, w.flow[id]) })
		}
	case process.ParallelGateway:
		step(func(m marking) { w.gather(m, e); w.leave(m, e) })
	case process.InclusiveGateway:
		for _, set := range w.subsets(e) {
			step(func(m marking) {
				w.gather(m, e)
				for _, id := range set {
					w.put(m, w.flow[id])
				}
			})
		}
	case process.EndEvent:
		step(func(m marking) {
			m[place]--
			switch e.Event.Trigger {
			case process.Terminate:
				w.clear(m, e.Parent)
			case process.Error:
				w.fail(m, e)
			}
		})
	default:
		step(func(m marking) {
			m[place]--
			if _, held := w.busy[e.ID]; held {
				w.start(m, e)
			} else {
				w.leave(m, e)
			}
		})
	}
}

// gather takes a token from every flow into a gateway that has one.
func (w *walker) gather(m marking, e *process.Element) {
	for _, id := range e.Incoming {
		if i := w.flow[id]; m[i] > 0 {
			m[i]--
		}
	}
}

// subsets are the ways out an inclusive gateway can take together: all combinations of a few, of many each alone, each pair, and all.
func (w *walker) subsets(e *process.Element) [][]string {
	var always, may []string
	for _, id := range e.Outgoing {
		switch {
		case id == e.Default:
		case w.flows[id].When == "":
			always = append(always, id)
		default:
			may = append(may, id)
		}
	}
	var out [][]string
	if e.Default != "" {
		out = append(out, append(slices.Clone(always), e.Default))
	} else if len(always) > 0 {
		out = append(out, always)
	}
	if len(may) <= 5 {
		for bits := 1; bits < 1<<len(may); bits++ {
			set := slices.Clone(always)
			for i, id := range may {
				if bits>>i&1 == 1 {
					set = append(set, id)
				}
			}
			out = append(out, set)
		}
		return out
	}
	for i, id := range may {
		out = append(out, append(slices.Clone(always), id))
		for _, other := range may[i+1:] {
			out = append(out, append(slices.Clone(always), id, other))
		}
	}
	return append(out, append(slices.Clone(always), may...))
}

// happen lets happen what may at any moment: events on sub-processes, events that interrupt nothing, event sub-processes.
func (w *walker) happen(m marking, step func(func(marking))) {
	for _, e := range w.p.Elements {
		if i, held := w.busy[e.ID]; held && m[i] > 0 && e.Kind == process.SubProcess {
			w.interrupt(e, step)
		}
		i, ok := w.armed[e.ID]
		if !ok || m[i] == 0 {
			continue
		}
		w.entered[e.ID] = true
		switch {
		case e.Kind == process.BoundaryEvent:
			step(func(m marking) { m[i] = 0; w.leave(m, e) })
		case w.starts[e.ID].Keep:
			step(func(m marking) { m[i] = 0; w.start(m, e) })
		default:
			step(func(m marking) { w.clear(m, e.Parent); w.start(m, e) })
		}
	}
}

// wait notes the joins at which a marking has come to a standstill.
func (w *walker) wait(m marking) {
	for i, e := range w.to {
		if m[i] > 0 {
			w.stuck[e.ID] = true
		}
	}
}

// report says what the walk has found, in the order of the file.
func (w *walker) report(complete bool) {
	for _, e := range w.p.Elements {
		switch {
		case w.stuck[e.ID] && e.Kind == process.ParallelGateway:
			w.say(e.ID, Error, "bpmn.walk.join_starves", name(e))
		case w.stuck[e.ID]:
			w.say(e.ID, Error, "bpmn.walk.stuck", name(e))
		}
		if w.twice[e.ID] {
			w.say(e.ID, Warning, "bpmn.walk.twice", name(e))
		}
	}
	if !complete || len(w.stuck) > 0 {
		return
	}
	for _, e := range w.p.Elements {
		if !w.entered[e.ID] && e.Kind != process.StartEvent {
			w.say(e.ID, Error, "bpmn.walk.never", name(e))
		}
	}
	if !w.completes() {
		w.say("", Error, "bpmn.walk.no_completion")
	}
}

// completes tells whether the end can be reached from everywhere.
func (w *walker) completes() bool {
	before := make([][]int, len(w.markings))
	var queue []int
	good := make([]bool, len(w.markings))
	for i, next := range w.next {
		for _, n := range next {
			before[n] = append(before[n], i)
		}
		if w.empty(w.markings[i], "") {
			good[i] = true
			queue = append(queue, i)
		}
	}
	for i := 0; i < len(queue); i++ {
		for _, b := range before[queue[i]] {
			if !good[b] {
				good[b] = true
				queue = append(queue, b)
			}
		}
	}
	return len(queue) == len(w.markings)
}
