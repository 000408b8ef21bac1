package machine

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/rule"
)

// Program is a process ready to run: indexed, its expressions compiled. Immutable, so many goroutines may use it.
type Program struct {
	process   *process.Process
	elements  map[string]*process.Element
	flows     map[string]*process.Flow
	starts    map[string][]*process.Element // by sub-process; "" the process itself
	edges     map[string][]*process.Element // boundary events by activity
	inner     map[string][]*process.Element // event sub-processes by what they lie in
	truths    map[string]*rule.Program
	values    map[string]*rule.Program
	types     map[string]string // of the variables
	upstream  map[string]map[string]map[string]bool
	branches  map[string]branchSet // by element
	branchOf  map[string]branchSet // by flow
	outcome   bool                 // an expression asks for the last outcome
	truthText []string
	valueText []string
}

// Process returns what the program was made from.
func (p *Program) Process() *process.Process { return p.process }

// Element returns an element, nil when there is none.
func (p *Program) Element(id string) *process.Element { return p.elements[id] }

// most bounds elements and flows of a process, so that looking ahead stays cheap.
const most = 5000

// Compile prepares a process. It refuses what can't run: names that lead nowhere, expressions that do not compile, events without what they need.
func Compile(in *process.Process) (*Program, error) {
	p := &Program{process: in, elements: map[string]*process.Element{}, flows: map[string]*process.Flow{}, starts: map[string][]*process.Element{},
		edges: map[string][]*process.Element{}, inner: map[string][]*process.Element{}, truths: map[string]*rule.Program{}, values: map[string]*rule.Program{},
		types: map[string]string{}, upstream: map[string]map[string]map[string]bool{}}
	if len(in.Elements) > most || len(in.Flows) > 2*most {
		return nil, fmt.Errorf("process %s has more than %d elements", in.Key, most)
	}
	for _, e := range in.Elements {
		if e.ID == "" || p.elements[e.ID] != nil {
			return nil, fmt.Errorf("process %s: an element has no id of its own: %q", in.Key, e.ID)
		}
		p.elements[e.ID] = e
	}
	for _, f := range in.Flows {
		if f.ID == "" || p.flows[f.ID] != nil || p.elements[f.ID] != nil {
			return nil, fmt.Errorf("process %s: a flow has no id of its own: %q", in.Key, f.ID)
		}
		p.flows[f.ID] = f
	}
	for _, v := range in.Variables {
		p.types[v.Name] = v.Type
	}
	for _, e := range in.Elements {
		if err := p.element(e); err != nil {
			return nil, fmt.Errorf("process %s, element %s: %w", in.Key, e.ID, err)
		}
	}
	for _, f := range in.Flows {
		from, to := p.elements[f.From], p.elements[f.To]
		if from == nil || to == nil || from.Parent != to.Parent || !slices.Contains(from.Outgoing, f.ID) || !slices.Contains(to.Incoming, f.ID) {
			return nil, fmt.Errorf("process %s, flow %s: leads from %q to %q, which are not there or not in one scope", in.Key, f.ID, f.From, f.To)
		}
		p.truth(f.When)
	}
	if len(p.starts[""]) == 0 {
		return nil, fmt.Errorf("process %s has no start", in.Key)
	}
	if err := p.compile(); err != nil {
		return nil, fmt.Errorf("process %s: %w", in.Key, err)
	}
	p.lookAhead()
	p.findBranches()
	return p, nil
}

func (p *Program) truth(text string) {
	if text != "" {
		p.truthText = append(p.truthText, text)
	}
}

func (p *Program) value(texts ...string) {
	for _, t := range texts {
		if t != "" {
			p.valueText = append(p.valueText, t)
		}
	}
}

// element checks one element and files it.
func (p *Program) element(e *process.Element) error {
	for depth, up := 0, e; up.Parent != ""; depth++ {
		up = p.elements[up.Parent]
		if up == nil || up.Kind != process.SubProcess || depth > 50 {
			return fmt.Errorf("lies in %q, which is no sub-process", e.Parent)
		}
	}
	for _, id := range e.Outgoing {
		if f := p.flows[id]; f == nil || f.From != e.ID {
			return fmt.Errorf("names the flow %s, which is not its own", id)
		}
	}
	for _, id := range e.Incoming {
		if f := p.flows[id]; f == nil || f.To != e.ID {
			return fmt.Errorf("names the flow %s, which does not lead to it", id)
		}
	}
	if e.Default != "" && !slices.Contains(e.Outgoing, e.Default) {
		return fmt.Errorf("its default %s is not its own", e.Default)
	}
	if err := p.file(e); err != nil {
		return err
	}
	if e.Loop != nil {
		if e.Loop.Each == "" || !activity(e.Kind) {
			return fmt.Errorf("is repeated without saying for what")
		}
		p.value(e.Loop.Each)
		p.truth(e.Loop.Until)
	}
	p.value(e.Event.Key, e.Event.Clock.Date, e.Event.Clock.Workdays, e.Script, e.Duty.Limit)
	p.value(slices.Sorted(maps.Values(e.Inputs))...)
	p.value(slices.Sorted(maps.Values(e.Outputs))...)
	return nil
}

func activity(k process.Kind) bool {
	switch k {
	case process.UserTask, process.ServiceTask, process.SendTask, process.ReceiveTask, process.ScriptTask, process.SubProcess, process.CallActivity:
		return true
	}
	return false
}

// file puts an element where the step looks for it.
func (p *Program) file(e *process.Element) error {
	switch e.Kind {
	case process.StartEvent:
		p.starts[e.Parent] = append(p.starts[e.Parent], e)
	case process.BoundaryEvent:
		host := p.elements[e.Attached]
		if host == nil || !activity(host.Kind) || host.Parent != e.Parent || e.Event.Trigger == process.None {
			return fmt.Errorf("sits on %q, which is no activity beside it", e.Attached)
		}
		p.edges[e.Attached] = append(p.edges[e.Attached], e)
	case process.SubProcess:
		if e.Triggered {
			if len(e.Incoming)+len(e.Outgoing) > 0 || e.Loop != nil {
				return fmt.Errorf("an event sub-process has no flows and is not repeated")
			}
			p.inner[e.Parent] = append(p.inner[e.Parent], e)
		}
	case process.EndEvent:
		if len(e.Outgoing) > 0 {
			return fmt.Errorf("an end leads on")
		}
	case process.EventGateway:
		for _, id := range e.Outgoing {
			to := p.elements[p.flows[id].To]
			if to == nil || to.Kind != process.IntermediateCatch && to.Kind != process.ReceiveTask {
				return fmt.Errorf("an event-based gateway leads to events")
			}
		}
	case process.IntermediateCatch, process.ReceiveTask:
		if e.Event.Trigger == process.None {
			return fmt.Errorf("waits for nothing")
		}
	case process.IntermediateThrow, process.UserTask, process.ServiceTask, process.SendTask, process.ScriptTask, process.CallActivity,
		process.ExclusiveGateway, process.ParallelGateway, process.InclusiveGateway:
	default:
		return fmt.Errorf("elements of the kind %q are not supported", e.Kind)
	}
	return p.event(e)
}

// event checks that an event has what its trigger needs.
func (p *Program) event(e *process.Element) error {
	switch t := e.Event.Trigger; t {
	case process.Timer:
		if _, err := period(e.Event.Clock); err != nil {
			return err
		}
		if e.Event.Clock.Cycle != "" && !e.Keep {
			return fmt.Errorf("only events that do not interrupt come back")
		}
	case process.Message, process.Signal:
		if e.Event.Name == "" {
			return fmt.Errorf("a %s without a name", t)
		}
	case process.None, process.Error, process.Terminate:
	default:
		return fmt.Errorf("the trigger %q is not supported", t)
	}
	return nil
}

// Reserved are the names every expression may use beside the variables of a process: the outcome of the last task, what an event or a service
// brought, the offices of the instance by place, whose process it is, and in the condition of a multi-instance activity how many have done what.
var Reserved = rule.Vars{"outcome": rule.Text, "result": rule.Any, "places": rule.Any, "subject": rule.Text,
	"done": rule.Whole, "agreed": rule.Whole, "refused": rule.Whole, "total": rule.Whole}

// Names returns every name an expression of a process may use, with its type: [Reserved], the variables declared, and what scripts, results and
// multi-instance activities set.
func Names(in *process.Process) rule.Vars {
	vars := maps.Clone(Reserved)
	set := func(name string) {
		if _, known := vars[name]; name != "" && !known {
			vars[name] = rule.Any
		}
	}
	for _, v := range in.Variables {
		t, ok := map[string]rule.Type{"string": rule.Text, "date": rule.Text, "int": rule.Whole, "double": rule.Number, "bool": rule.Truth}[v.Type]
		if ok && v.Name != "" {
			vars[v.Name] = t
		} else {
			set(v.Name)
		}
	}
	for _, e := range in.Elements {
		set(e.Result)
		if e.Loop != nil {
			set(e.Loop.As)
		}
		for name := range e.Outputs {
			set(name)
		}
	}
	return vars
}

var outcomeWord = regexp.MustCompile(`\boutcome\b`)

func (p *Program) compile() error {
	for name := range p.types {
		if _, reserved := Reserved[name]; reserved {
			return fmt.Errorf("the variable %s has a name that means something else", name)
		}
	}
	if len(p.truthText)+len(p.valueText) == 0 {
		return nil
	}
	env, err := rule.NewEnv(Names(p.process))
	if err != nil {
		return err
	}
	for _, text := range p.truthText {
		if p.truths[text], err = env.Compile(text); err != nil {
			return err
		}
	}
	for _, text := range p.valueText {
		if p.values[text], err = env.CompileValue(text); err != nil {
			return err
		}
	}
	p.outcome = outcomeWord.MatchString(strings.Join(append(p.truthText, p.valueText...), "\n"))
	return nil
}

// ordered returns the keys of a map in order: nothing may depend on how a map is walked.
func ordered[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
