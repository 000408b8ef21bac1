package process

import (
	"slices"
	"strings"
)

// Kind is what an element is.
type Kind string

// The kinds, by BPMN's names. What is not listed is refused when a definition is deployed.
const (
	StartEvent        Kind = "startEvent"
	EndEvent          Kind = "endEvent"
	IntermediateCatch Kind = "intermediateCatchEvent"
	IntermediateThrow Kind = "intermediateThrowEvent"
	BoundaryEvent     Kind = "boundaryEvent"
	UserTask          Kind = "userTask"
	ServiceTask       Kind = "serviceTask"
	SendTask          Kind = "sendTask"
	ReceiveTask       Kind = "receiveTask"
	ScriptTask        Kind = "scriptTask"
	ExclusiveGateway  Kind = "exclusiveGateway"
	ParallelGateway   Kind = "parallelGateway"
	InclusiveGateway  Kind = "inclusiveGateway"
	EventGateway      Kind = "eventBasedGateway"
	SubProcess        Kind = "subProcess" // embedded; an event sub-process when Triggered is set
	CallActivity      Kind = "callActivity"
)

// Trigger is what an event waits for or brings about.
type Trigger string

// The triggers; None is the plain start, end or intermediate event.
const (
	None      Trigger = ""
	Timer     Trigger = "timer"
	Message   Trigger = "message"
	Signal    Trigger = "signal"
	Error     Trigger = "error"
	Terminate Trigger = "terminate" // end events only
)

// Clock is when a timer fires: exactly one of its fields is set, but Cycle, which may be bounded by Times.
type Clock struct {
	Date     string // CEL that gives a civil date "2026-11-26" or an instant in RFC 3339
	Workdays string // CEL that gives a number of working days of the instance's calendar, counted from the day after the token came
	Duration string // ISO 8601 duration in real time, "PT15M"
	Cycle    string // ISO 8601 duration or "P3WD" working days between two firings; non-interrupting events only
	Times    int    // how often a cycle fires; 0 has no limit
}

// Event is the event part of a start, end, intermediate, boundary event, of a receive or a send task.
type Event struct {
	Trigger Trigger
	Name    string // of the message, signal or error; of an error "" catches every one
	Key     string // CEL: with which value of the message this instance is meant; "" is the instance's subject
	Clock   Clock  // of timers
}

// Loop makes an activity a multi-instance one (多实例).
type Loop struct {
	Sequential bool   // 依次; else all at once
	Each       string // CEL that gives the list of what each instance is for: offices of a place, posts, values
	As         string // the variable an instance finds its element in
	Until      string // CEL over done, agreed, refused, total that ends the rest early: "agreed * 2 > total" is 票签, "agreed >= 1" 或签; "" waits for all (会签)
}

// Duty is who may do a user task, and with what.
type Duty struct {
	Action   string            // what completes it, in the caller's words: accept, opine, decide, deliver
	Role     string            // of the post that may do it
	Place    string            // which of the instance's places
	Level    string            // one of [Levels]: which office of the place, or of its department up and down the path of the case; "" the first of the place. Definitions deployed before levels were heeded may say anything
	Form     string            // key of the form it shows; ""
	Fields   map[string]string // rights per field: read, edit, hidden; a field not named is read
	Document string            // the kind of document that must be there when it is completed, if it does not issue it itself; ""
	Limit    string            // CEL that gives the working days it may take; ""
	SkipSame bool              // done of itself when the one who did the step before may do it as well (自动跳过同一人)
}

// Element is a node of a process.
type Element struct {
	ID        string
	Kind      Kind
	Name      string // as people read it
	Parent    string // the sub-process it lies in; "" in the process itself
	Incoming  []string
	Outgoing  []string // ids of flows, in the order of the file
	Default   string   // flow taken when no condition holds
	Event     Event
	Attached  string // of a boundary event: the activity it sits on
	Keep      bool   // of a boundary event or the start of an event sub-process: non-interrupting
	Duty      Duty
	Handler   string            // of a service task: the name of the Go handler
	Inputs    map[string]string // of a service, send or call activity: argument name to CEL
	Outputs   map[string]string // variable to CEL over the result
	Script    string            // of a script task: CEL
	Result    string            // the variable a script sets
	Calls     string            // of a call activity: the key of the process called
	Loop      *Loop
	Triggered bool              // of a sub-process: it is an event sub-process (triggeredByEvent)
	Extra     map[string]string // further properties of our panel, kept as they are
}

// Flow leads from one element to the next.
type Flow struct {
	ID   string
	Name string
	From string
	To   string
	When string // CEL; "" always
}

// Variable is a data object: a case variable, which may be filled with what the applicant answered.
type Variable struct {
	Name     string
	Type     string // string, int, double, bool, list, map, date
	Form     string // key of the applicant's form it is taken from; "" for none
	Field    string // path of the field in that form: "area", "owner.name"
	Personal bool   // it may hold what names or reaches a person
}

// Leveled is the name under which an instance keeps the office it found for the level of a duty, where its place has none of that level; "" without one.
func (d Duty) Leveled() string {
	if d.Level == "" {
		return ""
	}
	return d.Place + "@" + d.Level
}

// Levels are the levels of government an office may be of, from the top.
var Levels = []string{"province", "city", "county", "township", "village"}

// digits are how many digits the government of an office has in its path, by level.
var digits = []int{2, 4, 6, 9, 12}

// LevelOf tells the level of an office by its path, "" for a path that is none.
func LevelOf(path string) string {
	government, _, _ := strings.Cut(path, "d")
	if i := slices.Index(digits, len(government)); i >= 0 {
		return Levels[i]
	}
	return ""
}

// AtLevel returns the path of the office of a level that is of the same department as one at path: above it, or below it on the line down to a region, which
// is where the applicant lives; "" when the line does not reach so far. Townships and villages have no departments.
func AtLevel(path, level, line string) string {
	government, department, _ := strings.Cut(path, "d")
	i := slices.Index(Levels, level)
	if strings.HasPrefix(line, government) {
		government = line
	}
	if i < 0 || len(government) < digits[i] {
		return ""
	}
	if government = government[:digits[i]]; department == "" || i > slices.Index(Levels, "county") {
		return government
	}
	return government + "d" + department
}

// Process is a whole definition.
type Process struct {
	Key       string // id of the BPMN process
	Name      string
	Elements  []*Element // in the order of the file
	Flows     []*Flow
	Variables []Variable
}

// Element returns the element with this id, nil when there is none.
func (p *Process) Element(id string) *Element {
	for _, e := range p.Elements {
		if e.ID == id {
			return e
		}
	}
	return nil
}

// Begins tells whether it has a plain start: whether somebody can begin it, or another process call it.
func (p *Process) Begins() bool {
	for _, e := range p.Elements {
		if e.Kind == StartEvent && e.Parent == "" && e.Event.Trigger == None {
			return true
		}
	}
	return false
}

// Filled lists the variables that are filled with what the applicant answered.
func (p *Process) Filled() (out []Variable) {
	for _, v := range p.Variables {
		if v.Form != "" {
			out = append(out, v)
		}
	}
	return out
}

// Openings lists the starts of the process itself that a message brings about, in the order of the file.
func (p *Process) Openings() (starts []*Element) {
	for _, e := range p.Elements {
		if e.Kind == StartEvent && e.Parent == "" && e.Event.Trigger == Message {
			starts = append(starts, e)
		}
	}
	return starts
}

// Flow returns the flow with this id, nil when there is none.
func (p *Process) Flow(id string) *Flow {
	for _, f := range p.Flows {
		if f.ID == id {
			return f
		}
	}
	return nil
}
