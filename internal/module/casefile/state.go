package casefile

import (
	"slices"

	"xiangyun/internal/platform/fault"
)

// way is what an action leads to.
type way struct {
	from []State
	to   State  // "" stays
	task string // the action of the process's task that must be open for whoever acts; "" for none
	said bool   // a comment is needed: the law wants a reason
	ends bool   // nothing more is to be done
}

// ways is the whole life of a case. docs: 行政许可法 32, 34, 38, 42, 44, 45.
var ways = map[Action]way{
	Accept:            {from: []State{Submitted}, to: Accepted, task: "accept"},
	RequestCorrection: {from: []State{Submitted}, to: Correcting, task: "accept", said: true},
	SubmitCorrection:  {from: []State{Correcting}, to: Submitted},
	Reject:            {from: []State{Submitted, Correcting}, to: Rejected, task: "accept", said: true, ends: true},
	Suspend:           {from: []State{Accepted}, to: Suspended},
	Prolong:           {from: []State{Suspended}, said: true},
	Resume:            {from: []State{Suspended}, to: Accepted},
	Extend:            {from: []State{Accepted}, said: true},
	OfferHearing:      {from: []State{Accepted}, said: true},
	Opine:             {from: []State{Accepted}, task: "opine", said: true},
	Approve:           {from: []State{Accepted}, to: ApprovedAs, task: "decide"},
	Refuse:            {from: []State{Accepted}, to: RefusedAs, task: "decide", said: true},
	Deliver:           {from: []State{ApprovedAs, RefusedAs}, to: Delivered, task: "deliver", ends: true},
	Withdraw:          {from: []State{Submitted, Correcting, Accepted, Suspended}, to: Withdrawn, ends: true},
}

// Actions lists every action but [Submit], in the order they are offered.
var Actions = []Action{Accept, RequestCorrection, Reject, SubmitCorrection, Opine, Approve, Refuse, Suspend, Prolong, Resume, Extend, OfferHearing, Deliver, Withdraw}

// Next returns the state an action leads to: fault.Conflict "casefile.not_now" when it can't be taken in the case's state, and
// "casefile.corrected_once" or "casefile.extended_once" when what the law allows once was done before.
func Next(c *Case, a Action) (State, error) {
	w, ok := ways[a]
	if !ok {
		return "", fault.New(fault.Invalid, "casefile.no_action").Field("action", "casefile.no_action")
	}
	if !slices.Contains(w.from, c.State) {
		key := "casefile.not_now." + string(c.State)
		return "", fault.New(fault.Conflict, key)
	}
	if a == RequestCorrection && c.Corrections > 0 {
		return "", fault.New(fault.Conflict, "casefile.corrected_once")
	}
	if a == Extend && c.ExtendedDays > 0 {
		return "", fault.New(fault.Conflict, "casefile.extended_once")
	}
	if w.to == "" {
		return c.State, nil
	}
	return w.to, nil
}
