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
	law  bool   // only the program takes it, when the law's own clock does
}

// ways is the whole life of a case. docs: 行政许可法 32, 34, 38, 42, 44, 45, 50, 69, 70.
var ways = map[Action]way{
	Accept:            {from: []State{Submitted}, to: Accepted, task: "accept"},
	RequestCorrection: {from: []State{Submitted}, to: Correcting, task: "accept", said: true},
	SubmitCorrection:  {from: []State{Correcting}, to: Submitted},
	Reject:            {from: []State{Submitted, Correcting}, to: Rejected, task: "accept", said: true, ends: true},
	Suspend:           {from: []State{Accepted}, to: Suspended},
	SuspendAgain:      {from: []State{Accepted}, to: Suspended, said: true},
	Prolong:           {from: []State{Suspended}, said: true},
	Resume:            {from: []State{Suspended}, to: Accepted},
	Extend:            {from: []State{Accepted}, said: true},
	AskExtension:      {from: []State{Accepted}, said: true},
	DeclineExtension:  {from: []State{Accepted, Suspended}, task: extensionTask, said: true},
	OfferHearing:      {from: []State{Accepted}, said: true},
	AskHearing:        {from: []State{Accepted, Suspended}, said: true},
	LapseHearing:      {from: []State{Accepted, Suspended}, law: true},
	CallHearing:       {from: []State{Accepted, Suspended}},
	RecordHearing:     {from: []State{Accepted, Suspended}, said: true},
	ConfirmHearing:    {from: []State{Accepted, Suspended}},
	Publicize:         {from: []State{Accepted, Suspended}, said: true},
	AnswerObjection:   {from: []State{Accepted, Suspended}, said: true},
	Opine:             {from: []State{Accepted}, task: "opine", said: true},
	Approve:           {from: []State{Accepted}, to: ApprovedAs, task: "decide"},
	Refuse:            {from: []State{Accepted}, to: RefusedAs, task: "decide", said: true},
	Deliver:           {from: []State{ApprovedAs, RefusedAs}, to: Delivered, task: "deliver", ends: true},
	Withdraw:          {from: []State{Submitted, Correcting, Accepted, Suspended}, to: Withdrawn, ends: true},
	BringMissing:      {from: []State{Submitted, Accepted, Suspended, ApprovedAs}},
	RemindGap:         {from: []State{Accepted, Suspended, ApprovedAs}},
	GapOverdue:        {from: []State{Accepted, Suspended, ApprovedAs}, law: true},
	CancelAcceptance:  {from: []State{Accepted, Suspended}, to: Rejected, task: "cancel_acceptance", said: true, ends: true},
	Settle:            {from: []State{Submitted}, to: Delivered, task: "accept", ends: true},
	RenewSilently:     {from: []State{Accepted, Suspended}, to: Delivered, ends: true, law: true},
	Inspect:           {from: []State{ApprovedAs, Delivered}, task: "inspect", said: true},
	Annul:             {from: []State{ApprovedAs, Delivered}, to: Delivered, said: true, ends: true},
	CancelGrant:       {from: []State{Delivered}, said: true, ends: true},
	Transfer:          {from: []State{Submitted}, task: "accept", said: true},
	TakeOver:          {from: []State{Submitted}, task: takeOverTask},
	SendBack:          {from: []State{Submitted}, task: takeOverTask, said: true},
}

// Actions lists what a person may take, [Submit] aside, in the order it is offered.
var Actions = []Action{TakeOver, SendBack, Settle, Accept, RequestCorrection, Reject, Transfer, SubmitCorrection, Opine, Approve, Refuse, Suspend, SuspendAgain, Prolong, Resume, Extend, AskExtension, DeclineExtension, OfferHearing, AskHearing, CallHearing, RecordHearing, ConfirmHearing, Publicize, AnswerObjection, Deliver, Withdraw, BringMissing, RemindGap,
	CancelAcceptance, Inspect, Annul, CancelGrant}

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
	if (a == Extend || a == AskExtension) && c.ExtendedDays > 0 {
		return "", fault.New(fault.Conflict, "casefile.extended_once")
	}
	if (a == Annul || a == CancelGrant || a == Inspect) && !stands(c, a) {
		return "", fault.New(fault.Conflict, "casefile.not_granted")
	}
	if w.to == "" {
		return c.State, nil
	}
	return w.to, nil
}
