package casefile

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/rule"
)

// Step is what somebody wants to do with a case.
type Step struct {
	Number    string
	Action    Action
	Task      string // id of the task it completes; "" is the first that fits
	Version   int64  // the case as it was seen; 0 takes it as it is
	Comment   string // reason, opinion or remark
	Asked     []Asked
	Procedure string // of suspend and suspend_again: kind of special procedure; may be empty when the item has one only
	Days      int    // of suspend, suspend_again, prolong and extend, working days
	Agree     *bool  // of opine; nil agrees
	Way       string // of deliver: online, window, post; "" is online
	Materials []Given
	Answers   map[string]any // of submit_correction; nil keeps what was said
	Record    map[string]any // of a task with a form: what is written down
	Competent string         // of reject: who has the power, when it is not the office's; he is told to apply there
	Office    string         // of transfer: path of the office that is to take the case
	Ground    string         // of annul and cancel_grant: one of [Grounds]
	Hearing   *HearingPlan   // of call_hearing
	Objection string         // of answer_objection: id; "" is the only one there is
}

// Asked is one thing that a correction must bring.
type Asked struct {
	Code string // of the material; "" for something else
	Name string
	Text string
}

// step is a [Step] under way inside its transaction.
type step struct {
	s         *Service
	by        actor.Actor
	in        Step
	c         *Case
	entry     *item.Entry
	calendar  *workday.Calendar
	applicant string // the applicant's name, for documents
	warning   *rule.Program
	intervals []Interval
	to        State              // the state it leads to
	process   *workflow.Process  // nil when no task is needed
	task      *workflow.OpenTask // nil when no task is needed
	leaf      string             // id of the step's leaf: the ledger names it
	told      string             // what the applicant is told, when it is not the action's usual words
	toldArgs  []string
	today     civil.Date

	publicUntil civil.Date // of approve and refuse: last day something of the case is public
	unanswered  int        // objections

	paper     string       // number of the document the step issued
	dueOn     string       // when what follows is due; "" as before
	decisions []Paper      // of deliver: what is delivered
	looking   bool         // only the document is wanted, nothing is written
	draft     *Paper       // the document, of one that only looks
	hearing   *HeldHearing // of [hearingSteps]; nil without one
	content   Content      // of what turns on a pledge
	gaps      gaps         // what is still to come, of the steps that ask for it
	next      []following
	data      map[string]any

	record     map[string]any // what is written down with the task, checked
	recordForm string         // id of its form
}

// Act takes a step. fault.NotFound "casefile.not_found" for who may not know of the case, fault.Forbidden for who may not take the step,
// fault.Conflict when the case moved on meanwhile or does not allow it now, fault.Invalid by field for what is missing. With a key the same step
// is taken once.
func (s *Service) Act(ctx context.Context, by actor.Actor, in Step, key once.Params) (State, error) {
	in.Comment = strings.TrimSpace(in.Comment)
	in.Way = firstOf(in.Way, "online")
	for attempt := 0; ; attempt++ {
		state, err := s.tryAct(ctx, by, in, key)
		var gone dissolved
		if errors.As(err, &gone) && attempt < tries {
			went, err := s.inheritCase(ctx, gone.caseID, gone.by)
			if err != nil {
				return "", err
			}
			if went && in.Version != 0 {
				in.Version++ // nothing that was seen has changed but whose it is
			}
			continue
		}
		// Who did not say which version he saw takes the case as it is: when somebody else's step came between looking and writing, it is
		// looked at again, and what that step made impossible is refused for what it is.
		// A timer or a message may move the process of a case without moving the case: then the step is looked at again as well.
		again := in.Version == 0 && fault.HasKey(err, "casefile.moved_on") || fault.HasKey(err, "workflow.task_gone")
		if attempt == tries || !again {
			return state, err
		}
	}
}

// tries is how often a step is looked at again because others' steps came between.
const tries = 5

// tryAct looks in a read transaction and writes in another: nothing that is only looked up holds up those who write.
func (s *Service) tryAct(ctx context.Context, by actor.Actor, in Step, key once.Params) (State, error) {
	var st *step
	read := func(tx *db.Tx) error {
		c, err := byNumber(ctx, tx, in.Number)
		if err != nil {
			return err
		}
		if err := s.visible(ctx, tx, by, c); err != nil {
			return err
		}
		if err := s.standing(ctx, tx, c); err != nil {
			return err
		}
		st, err = s.lookAs(ctx, tx, by, c, in)
		return err
	}
	// What is taken is guarded by the case's version, so that a glance is enough; what is refused is refused on one snapshot.
	refused := s.db.Glance(ctx, read)
	if refused != nil {
		refused = s.db.View(ctx, read)
	}
	state, _, err := once.Do(ctx, s.db, key, func(tx *db.Tx) (State, error) {
		if refused != nil {
			return "", refused // asked inside, so that a second request finds the first one's answer although the case moved on meanwhile
		}
		again := *st // the function may run twice, the case is changed by it
		c := *st.c
		again.c, again.data, again.intervals = &c, map[string]any{}, slices.Clone(st.intervals)
		return again.take(ctx, tx)
	})
	return state, err
}

// look finds out whether by, who may know of the case, may take a step with it, and reads what the step needs.
func (s *Service) look(ctx context.Context, tx *db.Tx, by actor.Actor, c *Case, in Step) (*step, error) {
	st := &step{s: s, by: by, in: in, c: c, today: civil.Of(tx.Now), data: map[string]any{}}
	flow, err := s.needs.Flows.Definition(ctx, tx, c.FlowID)
	if err != nil {
		return nil, err
	}
	if err := st.mayEver(flow); err != nil {
		return nil, err
	}
	if in.Version != 0 && in.Version != c.Version {
		return nil, errMoved
	}
	if st.to, err = Next(c, in.Action); err != nil {
		return nil, err
	}
	if err := st.silent(); err != nil {
		return nil, err
	}
	if err := st.find(ctx, tx); err != nil {
		return nil, err
	}
	if st.process != nil {
		if err := st.mayTransfer(st.process.Open, st.today); err != nil {
			return nil, err
		}
	}
	if err := st.said(); err != nil {
		return nil, err
	}
	if err := st.load(ctx, tx); err != nil {
		return nil, err
	}
	if err := st.mayLaw(flow); err != nil {
		return nil, err
	}
	if err := st.writeDown(ctx, tx); err != nil {
		return nil, err
	}
	return st, st.mayClock(ctx, tx)
}

// take does a step that was looked at, unless the case moved on since: fault.Conflict "casefile.moved_on".
func (st *step) take(ctx context.Context, tx *db.Tx) (State, error) {
	st.today, st.leaf = civil.Of(tx.Now), db.NewKey()
	c := st.c
	seen := c.Version
	c.Version, c.State = seen+1, st.to
	if err := effects[st.in.Action](st, ctx, tx); err != nil {
		return "", err
	}
	if ways[st.in.Action].ends {
		if c.ClosedAt.IsZero() { // what was granted ends long after its case
			c.ClosedAt = tx.Now
		}
		c.YellowOn, c.RedOn = noDate, noDate
		if c.DecidedAt.IsZero() { // a decision has closed the ledger already
			if err := st.end(ctx, tx, "", st.today); err != nil {
				return "", err
			}
			st.data["ended_on"] = st.today.String()
		}
	}
	if err := move(ctx, tx, c, seen); err != nil {
		return "", err
	}
	return c.State, st.finish(ctx, tx)
}

// mayEver refuses who can never take this step with this case, whatever its state.
func (st *step) mayEver(flow *workflow.Definition) error {
	w, known := ways[st.in.Action]
	c, by := st.c, st.by
	switch {
	case !known:
		return fault.New(fault.Invalid, "casefile.no_action").Field("action", "casefile.no_action")
	case by.Kind == actor.System:
		return nil
	case w.law:
		return fault.New(fault.Forbidden, "casefile.laws_own")
	case st.in.Action == SubmitCorrection || st.in.Action == Withdraw || st.in.Action == BringMissing:
		if owns(by, c) || st.s.receivedBy(by, c) {
			return nil
		}
		return fault.New(fault.Forbidden, "casefile.not_yours")
	case (st.in.Action == AskHearing || st.in.Action == ConfirmHearing) && (owns(by, c) || st.s.receivedBy(by, c)):
		return nil
	case by.Kind != actor.Officer:
		return fault.New(fault.Forbidden, "casefile.officers_only")
	case st.in.Action == Extend:
		return st.mayExtend()
	case st.in.Action == Settle && !st.maySettle():
		return fault.New(fault.Forbidden, "casefile.not_your_step")
	case w.task == "":
		err := st.s.needs.Rights.Check(by, right[st.in.Action], actor.Target{OfficePath: c.OfficePath, Item: c.BaseCode})
		if err != nil && (right[st.in.Action] == ActClock || right[st.in.Action] == ActPublish) && by.Has(townshipRole) {
			return nil // the guide may give a procedure to the township: mayClock asks it; what is public in a village its township publishes
		}
		return err
	}
	for _, n := range slices.Concat(flow.Nodes, followingNodes) {
		if n.Action == w.task && by.Has(n.Role) {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "casefile.not_your_step")
}

// right is what a step without a task asks of an officer.
var right = map[Action]string{Suspend: ActClock, SuspendAgain: ActClockAgain, Prolong: ActClock, Resume: ActClock, OfferHearing: ActClock, AskHearing: ActClock, CallHearing: ActClock,
	RecordHearing: ActSee, ConfirmHearing: ActSee, Publicize: ActPublish, AnswerObjection: ActPublish, AskExtension: ActExtend, RemindGap: ActGap, Annul: ActEnd, CancelGrant: ActEnd}

// find takes the open task that the step completes.
func (st *step) find(ctx context.Context, tx *db.Tx) error {
	if ways[st.in.Action].task == "" && st.in.Action != Annul {
		return nil
	}
	var err error
	if st.process, err = st.s.needs.Flows.Process(ctx, tx, st.c.ID); err != nil {
		return err
	}
	if st.in.Action == Annul {
		st.annulling()
	}
	return st.pick(st.process.Open)
}

// pick chooses among the open tasks the first of the step's that by may do.
func (st *step) pick(open []workflow.OpenTask) error {
	want := ways[st.in.Action].task
	if want == "" {
		return nil
	}
	var held, blocked bool
	for i, t := range open {
		if t.Action != want || st.in.Task != "" && t.ID != st.in.Task {
			continue
		}
		switch {
		case !mayDo(st.by, t, st.c.BaseCode):
			t.Holder = ""
			held = held || mayDo(st.by, t, st.c.BaseCode)
		case t.Blocks > 0 && st.by.Kind != actor.System: // the law's own clock waits for no signature
			blocked = true
		default:
			st.task = &open[i]
			return nil
		}
	}
	switch {
	case blocked:
		return fault.New(fault.Conflict, "workflow.task_blocked")
	case held:
		return fault.New(fault.Forbidden, "workflow.task_held")
	case st.in.Task != "" && !slices.ContainsFunc(open, func(t workflow.OpenTask) bool { return t.ID == st.in.Task }):
		return fault.New(fault.Conflict, "workflow.task_gone")
	case !slices.ContainsFunc(open, func(t workflow.OpenTask) bool { return t.Action == want }):
		return fault.New(fault.Conflict, "casefile.step_not_reached")
	}
	return fault.New(fault.Forbidden, "casefile.not_your_task")
}

// mayDo tells whether one of by's duties is the task's, its items included, and nobody else holds it.
func mayDo(by actor.Actor, t workflow.OpenTask, baseCode string) bool {
	return workflow.MayTake(by, t, baseCode)
}

// longestComment is what fits on a decision.
const longestComment = 2000

// said checks what every step has in common: that a reason is given where the law wants one.
func (st *step) said() error {
	f := fault.New(fault.Invalid, "casefile.bad_step")
	n := utf8.RuneCountInString(st.in.Comment)
	if n == 0 && ways[st.in.Action].said {
		key := "casefile.comment_missing." + string(st.in.Action)
		f.Field("comment", key)
	}
	if most := longestSaid(st.in.Action); n > most {
		f.Field("comment", "casefile.comment_long", most)
	}
	return f.OrNil()
}

// load reads what the effects and the documents need.
func (st *step) load(ctx context.Context, tx *db.Tx) (err error) {
	s, c := st.s, st.c
	if st.entry, err = s.needs.Items.Pinned(ctx, tx, c.EntryID); err != nil {
		return err
	}
	if st.calendar, err = s.needs.Offices.Calendar(ctx, tx, st.entry.Region); err != nil {
		return err
	}
	if st.warning, err = s.warningFor(ctx, tx, c); err != nil {
		return err
	}
	if st.applicant, err = s.needs.Subjects.Name(ctx, tx, c.ApplicantID); err != nil {
		return err
	}
	if st.in.Action == Deliver {
		if st.decisions, err = decisionsOf(ctx, tx, c.ID); err != nil {
			return err
		}
	}
	if !c.AcceptedOn.IsZero() || c.Corrections > 0 {
		if st.intervals, err = intervalsOf(ctx, tx, c.ID); err != nil {
			return err
		}
	}
	return st.loadLaw(ctx, tx)
}

// completes tells whether the step is the end of its task. A rejected case ends its whole process, a correction leaves the task for when it comes.
func (st *step) completes() bool {
	return st.task != nil && !slices.Contains([]Action{RequestCorrection, Reject, Withdraw, Transfer}, st.in.Action)
}

// reschedule gives what is open, and what follows, a new due date; "" means none. A task that the step completes keeps the one it had.
func (st *step) reschedule(ctx context.Context, tx *db.Tx, dueOn string) error {
	st.dueOn = dueOn
	if st.looking {
		return nil
	}
	if st.completes() && len(st.process.Open) == 1 {
		return nil
	}
	stands := dueOn == "" || st.in.Action == Suspend || st.in.Action == SuspendAgain || st.in.Action == Prolong
	return st.s.needs.Flows.Reschedule(ctx, tx, st.c.ID, dueOn, stands)
}

// finish completes the task and writes what every step writes.
func (st *step) finish(ctx context.Context, tx *db.Tx) error {
	s, c := st.s, st.c
	switch {
	case st.in.Action == Withdraw || st.in.Action == Reject:
		if err := s.needs.Flows.Cancel(ctx, tx, c.ID); err != nil {
			return err
		}
	case st.completes():
		if _, err := s.needs.Flows.Complete(ctx, tx, st.by, st.process, st.task, st.dueOn, workflow.Done{Outcome: st.outcome(), Values: st.record}); err != nil {
			return err
		}
		if err := st.keepRecord(ctx, tx); err != nil {
			return err
		}
	}
	if st.by.Behalf != "" {
		st.data["for"] = st.by.Behalf
	}
	if err := st.follow(ctx, tx); err != nil {
		return err
	}
	e := Event{Action: st.in.Action, State: c.State, Comment: st.in.Comment, Paper: st.paper, leaf: st.leaf, told: st.told, args: st.toldArgs}
	if st.by.Kind == actor.Officer && slices.Contains([]Action{SubmitCorrection, Withdraw, BringMissing}, st.in.Action) {
		e.Behalf = Receiver
	}
	return s.record(ctx, tx, st.by, c, e, leaves[st.in.Action], st.data)
}

func (st *step) outcome() string {
	if st.in.Action == Opine && st.in.Agree != nil && !*st.in.Agree {
		return "disagree"
	}
	return string(st.in.Action)
}

// leaves are the kinds of the log's entries; docs/audit-events.md describes them.
var leaves = map[Action]string{Accept: "case.accepted", RequestCorrection: "case.correction_requested", SubmitCorrection: "case.corrected",
	Reject: "case.rejected", Suspend: "case.suspended", SuspendAgain: "case.suspended", Prolong: "case.prolonged", Resume: "case.resumed", Extend: "case.extended", AskExtension: "case.extension_asked", DeclineExtension: "case.extension_declined", OfferHearing: "case.hearing_offered", Opine: "case.opined", Approve: "case.approved",
	Refuse: "case.refused", Deliver: "case.delivered", Withdraw: "case.withdrawn",
	BringMissing: "case.missing_brought", RemindGap: "case.gap_reminded", GapOverdue: "case.gap_overdue", CancelAcceptance: "case.acceptance_cancelled", Settle: "case.settled",
	RenewSilently: "case.renewed", Inspect: "case.inspected", Annul: "case.annulled", CancelGrant: "case.grant_cancelled",
	AskHearing: "case.hearing_asked", LapseHearing: "case.hearing_lapsed", CallHearing: "case.hearing_called", RecordHearing: "case.hearing_recorded", ConfirmHearing: "case.hearing_confirmed",
	Publicize: "case.publicized", AnswerObjection: "case.objection_answered",
	Transfer: "case.transferred", TakeOver: "case.taken_over", SendBack: "case.sent_back"}
