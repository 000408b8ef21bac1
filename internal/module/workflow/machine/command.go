package machine

import (
	"errors"

	"xiangyun/internal/module/workflow/process"
)

// Verb is what a command does.
type Verb string

// The verbs.
const (
	Start       Verb = "start"        // Event names the start event that a message came to, with Values; "" is the plain one
	Complete    Verb = "complete"     // Token's task, with Outcome and Values
	Serve       Verb = "serve"        // Token's service is done, with Values
	FailService Verb = "fail_service" // it failed: Code is the error it throws, "" makes an incident, for the reason Outcome
	Fire        Verb = "fire"         // Event of Token (or scope) happened: a timer, a message or a signal, with Values
	EndChild    Verb = "end_child"    // Token's child ended, with Values
	FailChild   Verb = "fail_child"   // it ended with the error Code
	Cancel      Verb = "cancel"       // withdraws everything
	Retry       Verb = "retry"        // Token enters the element of its incident again
	Skip        Verb = "skip"         // Token leaves the activity or event of its incident as if it were done, without what it would have brought
	Retake      Verb = "retake"       // the task at the element To that was done is open again, at the office with the path Code; Outcome is how it was done
	Rewind      Verb = "rewind"       // Token goes back to the element To; All takes other branches back with it
)

// Command is what happened outside, or what somebody wants.
type Command struct {
	Do      Verb
	Token   int
	Event   string
	Outcome string
	Values  map[string]any
	Code    string
	To      string
	All     bool
	Often   bool // Fire: although it fired [MostFirings] times, which are then forgotten
}

// MostFirings is how often one timer fires in an instance before a keeper has to look: a process that comes back to a time that is over would never rest.
const MostFirings = 1000

// Deed is what an effect asks for.
type Deed string

// The deeds.
const (
	OpenTask      Deed = "open_task"      // Element at Token, for Item, within Limit working days
	WithdrawTask  Deed = "withdraw_task"  // of Token
	MoveTask      Deed = "move_task"      // the open task of Token is now Element's: after a migration
	RunService    Deed = "run_service"    // Name is the handler, Values its arguments
	StopService   Deed = "stop_service"   // of Token
	SendMessage   Deed = "send_message"   // Name, Key, Values
	ThrowSignal   Deed = "throw_signal"   // Name
	SetTimer      Deed = "set_timer"      // Event of Token, Due
	ClearTimer    Deed = "clear_timer"    // Event of Token
	WaitMessage   Deed = "wait_message"   // Event of Token, Name, Key
	WaitSignal    Deed = "wait_signal"    // Event of Token, Name
	ClearWait     Deed = "clear_wait"     // Event of Token
	StartChild    Deed = "start_child"    // Name is the process, Values its variables
	StopChild     Deed = "stop_child"     // of Token
	SetVariable   Deed = "set_variable"   // Name, Value
	Ended         Deed = "ended"          //
	OpenIncident  Deed = "open_incident"  // Token, Element, Name is the reason, Key an error's code
	CloseIncident Deed = "close_incident" // of Token
)

// Why a token can't go on.
const (
	NoWay       = "no_way"      // no condition of a gateway is true and it has no default
	NoValue     = "no_value"    // an expression failed or gave what can't be used
	Nobody      = "nobody"      // no office at a task's place
	Service     = "service"     // a service failed for good
	Uncaught    = "uncaught"    // an error nobody catches
	Endless     = "endless"     // automatic steps without end; the command had no effect
	Stuck       = "stuck"       // every token waits for another
	TooMany     = "too_many"    // more instances than are allowed
	Unreachable = "unreachable" // a start the process does not have
)

// Due is when a timer fires. One field is set.
type Due struct {
	Date     string `json:"date,omitempty"`     // a civil date or an instant in RFC 3339
	Workdays int    `json:"workdays,omitempty"` // working days, counted from the day after; used when the others are empty
	Duration string `json:"duration,omitempty"` // ISO 8601
}

// Counted tells whether it counts working days.
func (d Due) Counted() bool { return d.Date == "" && d.Duration == "" }

// Effect is what a step asks of whoever stores the state. Which fields count depends on the deed.
type Effect struct {
	Do      Deed
	Token   int             `json:",omitempty"`
	Event   string          `json:",omitempty"`
	Element string          `json:",omitempty"`
	Name    string          `json:",omitempty"`
	Key     string          `json:",omitempty"`
	Value   any             `json:",omitempty"`
	Values  map[string]any  `json:",omitempty"`
	Item    any             `json:",omitempty"`
	Limit   int             `json:",omitempty"`
	Due     Due             `json:",omitzero"`
	Again   bool            `json:",omitempty"` // of a timer that fired before in this instance
	Duty    *process.Duty   `json:"-"`          // of a task
	At      process.Trigger `json:",omitempty"`
}

// Why a command is refused. The state is unchanged.
var (
	ErrOften    = errors.New("the timer fired as often as one may")
	ErrGone     = errors.New("the token or event is no longer there")
	ErrParallel = errors.New("other branches would have to be taken back as well")
	ErrTarget   = errors.New("nothing can be sent to that element from here")
	ErrUnknown  = errors.New("the state names an element the process does not have")
)
