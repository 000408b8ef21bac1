package casefile

import (
	"context"
	"embed"
	"fmt"
	"slices"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// What the law asks for beside an item's own process is a small process of its own with one task: of what did not come, of what was pledged, of what
// must be annulled, of what another office is asked to take. Its subject is the case, so that its task stands in the same inbox.
//
//go:embed flows/*.json
var flowsFS embed.FS

const (
	gapFlow        = "gap_overdue"
	inspectionFlow = "inspection"
	annulmentFlow  = "annulment"
)

var flows = []string{extensionFlow, gapFlow, inspectionFlow, annulmentFlow, transferFlow}

// following is a task to begin when the step's own is done.
type following struct {
	flow  string
	dueOn civil.Date
	at    workflow.Office // zero: of the case
}

var followingFlows, followingNodes = mustFlows()

func mustFlows() (sources map[string][]byte, nodes []workflow.Node) {
	sources = map[string][]byte{}
	for _, name := range flows {
		text, err := flowsFS.ReadFile("flows/" + name + ".json")
		if err != nil {
			panic(err)
		}
		d, err := workflow.Parse(text)
		if err != nil {
			panic(err)
		}
		sources[name], nodes = text, append(nodes, d.Nodes...)
	}
	return sources, nodes
}

// DeployFlows stores the processes of tasks that follow a step, when they are not there yet. It is called at start.
func (s *Service) DeployFlows(ctx context.Context, tx *db.Tx) error {
	for _, name := range flows {
		if _, err := s.needs.Flows.Deploy(ctx, tx, followingFlows[name]); err != nil {
			return fmt.Errorf("storing the process %s: %w", name, err)
		}
	}
	return nil
}

// follow ends what is left of the process after a step that settles everything, and begins the tasks that follow.
func (st *step) follow(ctx context.Context, tx *db.Tx) error {
	s, c := st.s, st.c
	switch st.in.Action {
	case Settle, RenewSilently, Annul, CancelAcceptance, CancelGrant:
		if err := s.needs.Flows.Cancel(ctx, tx, c.ID); err != nil {
			return err
		}
	case Approve, Refuse:
		if err := st.answerExtension(ctx, tx); err != nil {
			return err
		}
	}
	for _, f := range st.next {
		at := f.at
		if at.ID == "" {
			at = workflow.Office{ID: c.OfficeID, Path: c.OfficePath, Name: c.OfficeName}
		}
		d, err := s.needs.Flows.Deploy(ctx, tx, followingFlows[f.flow])
		if err != nil {
			return fmt.Errorf("storing the process %s: %w", f.flow, err)
		}
		p := workflow.StartParams{Definition: d, Subject: db.NewKey(), Beside: c.ID, Title: c.ItemName, Number: c.Number, DueOn: f.dueOn.String(), Region: c.Region,
			Places: workflow.Places{"office": {at}}}
		if err := s.needs.Flows.Start(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// dismiss does the open tasks of an action in the program's name, whatever signatures they wait for: what they were about has come right.
func (st *step) dismiss(ctx context.Context, tx *db.Tx, action string) error {
	p, err := st.s.needs.Flows.Process(ctx, tx, st.c.ID)
	if err != nil {
		return err
	}
	for i, t := range p.Open {
		if t.Action != action {
			continue
		}
		if _, err := st.s.needs.Flows.Complete(ctx, tx, program, p, &p.Open[i], "", workflow.Done{Outcome: string(st.in.Action)}); err != nil {
			return err
		}
	}
	return nil
}

// loadLaw reads what steps need that turn on a promise.
func (st *step) loadLaw(ctx context.Context, tx *db.Tx) (err error) {
	if slices.Contains(hearingSteps, st.in.Action) {
		if st.hearing, err = hearingOf(ctx, tx, st.calendar, st.c.ID); err != nil {
			return err
		}
	}
	if slices.Contains([]Action{Approve, Refuse, AnswerObjection}, st.in.Action) {
		if st.publicUntil, st.unanswered, err = st.s.loadPublicity(ctx, tx, st.c.ID); err != nil {
			return err
		}
	}
	switch st.in.Action {
	case BringMissing, RemindGap, GapOverdue, CancelAcceptance, Deliver, Approve, Settle:
		if st.gaps, err = gapsOf(ctx, tx, st.c); err != nil {
			return err
		}
	}
	if (st.in.Action == Approve || st.in.Action == Settle) && st.entry.Guide.Pledge != nil {
		st.content, _, err = st.s.content(ctx, tx, st.c.ID)
	}
	return err
}

// mayLaw refuses what the law does not allow of this case, now that it was read.
func (st *step) mayLaw(flow *workflow.Definition) error {
	switch st.in.Action {
	case Extend:
		return st.mayExtend()
	case AskExtension:
		return st.mayAskExtension()
	case Settle:
		return st.maySettleNow(flow)
	case BringMissing, RemindGap:
		if len(st.gaps.list) == 0 {
			return fault.New(fault.Conflict, "casefile.no_gaps")
		}
	case GapOverdue, CancelAcceptance:
		if len(st.gaps.due(st.today)) == 0 {
			return fault.New(fault.Conflict, "casefile.gaps_not_due")
		}
	case Annul, CancelGrant:
		if st.in.Ground != "" && !slices.Contains(Grounds[st.in.Action], st.in.Ground) {
			return fault.New(fault.Invalid, "casefile.bad_step").Field("ground", "casefile.ground_unknown")
		}
	case AnswerObjection:
		if st.unanswered == 0 {
			return fault.New(fault.Conflict, "casefile.publicity.no_objection")
		}
	}
	if err := st.mayDecideOpenly(); err != nil {
		return err
	}
	return st.mayHear()
}
