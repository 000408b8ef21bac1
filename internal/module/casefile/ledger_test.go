package casefile_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// logged is a hall whose leaves go into the real log.
func logged(t *testing.T) (*casefiletest.Hall, *audit.Log) {
	t.Helper()
	h := casefiletest.Open(t, audit.Schema)
	l, err := audit.New(h.DB, h.Keys, audit.Params{Origin: "log.example/test"})
	if err != nil {
		t.Fatal(err)
	}
	h.Needs.Log = l
	h.Cases = casefile.New(h.DB, h.Needs)
	return h, l
}

func recompute(t *testing.T, h *casefiletest.Hall, l *audit.Log, number string) casefile.Recounted {
	t.Helper()
	r, err := h.Cases.RecomputeFromLeaves(t.Context(), actor.Program("test"), l, number)
	if err != nil {
		t.Fatalf("%s: %v", number, err)
	}
	return r
}

// back moves what began today days into the past, as if nobody had looked since.
func back(t *testing.T, h *casefiletest.Hall, number string, workdays int) civil.Date {
	t.Helper()
	today := civil.Of(view(t, h, casefiletest.Window, number).Case.SubmittedAt)
	if !calendar.IsWorkday(today) {
		today = calendar.Add(today, -1) // so many working days up to now, on whatever day this runs
	}
	from := calendar.Add(today, -workdays)
	id := h.ID(t, number)
	h.Exec(t, `UPDATE casefile_case SET accepted_on = $1 WHERE id = $2`, from, id)
	h.Exec(t, `UPDATE casefile_interval SET from_on = $1 WHERE case_id = $2`, from, id)
	h.Exec(t, `UPDATE casefile_interval SET limit_on = $1 WHERE case_id = $2 AND part = 'excluded'`, calendar.Add(from, 3), id)
	return from
}

var inspection = func(in *casefile.Step) { in.Procedure, in.Days = "inspection", 3 }

// The announced time is over and nobody resumed: the sweep writes down that the clock runs, once, and tells the applicant; the dates are those of
// the announcement whenever it runs.
func TestClockRunsAgainByItself(t *testing.T) {
	h := casefiletest.Open(t)
	number, other := casefiletest.Accepted(t, h), casefiletest.Accepted(t, h)
	for _, n := range []string{number, other} {
		if err := act(h, casefiletest.Reviewer, n, casefile.Suspend, inspection); err != nil {
			t.Fatal(err)
		}
	}
	from := back(t, h, number, 10)
	v := view(t, h, casefiletest.Company, number)
	if v.Case.State != casefile.Suspended || !v.Clock.Running || v.Clock.PromiseDue != calendar.Add(from, 10) || v.Clock.Used != 7 {
		t.Errorf("before the sweep %+v", v.Clock)
	}
	if slices.Contains(view(t, h, casefiletest.Reviewer, number).Actions, casefile.Prolong) {
		t.Error("what is over can be prolonged")
	}
	wants(t, "prolonging too late", act(h, casefiletest.Reviewer, number, casefile.Prolong, saying("还没有查完")), fault.Conflict, "casefile.procedure_over")
	var wg sync.WaitGroup
	counts := make([]int, 4)
	for i := range counts { // on two nodes at once, twice each
		wg.Go(func() {
			var err error
			if counts[i], err = h.Cases.RunLapsed(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if sum := counts[0] + counts[1] + counts[2] + counts[3]; sum != 1 {
		t.Errorf("%d clocks run again, want 1", sum)
	}
	v = view(t, h, casefiletest.Company, number)
	last := v.Events[len(v.Events)-1]
	if v.Case.State != casefile.Accepted || last.Action != casefile.Resume || v.Clock.Excluded != 3 || !v.Clock.Lapsed || v.Case.PromiseDue != calendar.Add(from, 10) ||
		v.Case.RedOn != v.Case.PromiseDue.Add(1) {
		t.Errorf("%+v, %+v", v.Clock, last)
	}
	leaves := h.Leaves(t, number)
	if l := leaves[len(leaves)-1]; l.Name != "case.resumed" || !strings.Contains(l.Data, `"lapsed":true`) || !strings.Contains(l.Data, calendar.Add(from, 3).String()) {
		t.Errorf("%+v", l)
	}
	messages := h.Messages(t, casefiletest.CompanyID)
	if m := messages[len(messages)-1]; m.Name != "casefile.told.lapse" {
		t.Errorf("%+v", m)
	}
	if view(t, h, casefiletest.Company, other).Case.State != casefile.Suspended {
		t.Error("a procedure within its time was ended")
	}
}

// A further notice moves the end, once; each is a document with its own number and a line of the ledger.
func TestProlong(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	wants(t, "while the clock runs", act(h, casefiletest.Reviewer, number, casefile.Prolong, saying("x")), fault.Conflict, "casefile.not_now.accepted")
	if err := act(h, casefiletest.Reviewer, number, casefile.Suspend, inspection); err != nil {
		t.Fatal(err)
	}
	more := func(n int) func(*casefile.Step) { return func(in *casefile.Step) { in.Days = n } }
	field(t, "without a reason", act(h, casefiletest.Reviewer, number, casefile.Prolong, more(2)), "comment", "casefile.comment_missing.prolong")
	field(t, "too long", act(h, casefiletest.Reviewer, number, casefile.Prolong, saying("检测设备故障"), more(11)), "days", "casefile.procedure_days")
	wants(t, "by the window", act(h, casefiletest.Window, number, casefile.Prolong, saying("检测设备故障"), more(2)), fault.Forbidden, "office.no_right")
	if err := act(h, casefiletest.Reviewer, number, casefile.Prolong, saying("检测设备故障"), more(2)); err != nil {
		t.Fatal(err)
	}
	v := view(t, h, casefiletest.Company, number)
	today := calendar.Next(civil.Of(v.Case.SubmittedAt))
	list := v.Clock.Intervals
	if v.Case.State != casefile.Suspended || len(list) != 2 || !list[1].Follows || list[1].Paper == list[0].Paper || v.Clock.StandsTill != calendar.Add(list[0].FromOn, 5) {
		t.Errorf("%+v from %s", v.Clock, today)
	}
	if p := v.Papers[len(v.Papers)-1]; p.Kind != casefile.ProlongationNotice || !strings.Contains(strings.Join(p.Body, ""), "检测设备故障") {
		t.Errorf("%+v", p)
	}
	wants(t, "a third notice", act(h, casefiletest.Reviewer, number, casefile.Prolong, saying("还没有"), more(2)), fault.Conflict, "casefile.prolonged_enough")
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Resume})
	if v = view(t, h, casefiletest.Company, number); v.Clock.Excluded != 0 || !v.Clock.Running {
		t.Errorf("resumed the same day %+v", v.Clock)
	}
	// A hearing has one notice.
	if err := act(h, casefiletest.Reviewer, number, casefile.Suspend, func(in *casefile.Step) { in.Procedure = "hearing" }); err != nil {
		t.Fatal(err)
	}
	if v = view(t, h, casefiletest.Company, number); v.Hearing.HoldBy.IsZero() || !strings.Contains(strings.Join(v.Papers[len(v.Papers)-1].Body, ""), "听证") {
		t.Errorf("%+v", v.Hearing)
	}
	wants(t, "a longer hearing", act(h, casefiletest.Reviewer, number, casefile.Prolong, saying("还没有"), more(2)), fault.Conflict, "casefile.prolonged_enough")
}

// The schema refuses what the code refuses: a clock that stops without a document.
func TestSchemaRefusesSilence(t *testing.T) {
	h := casefiletest.Open(t)
	id := h.ID(t, casefiletest.Accepted(t, h))
	for name, values := range map[string][]any{"paper": {"《法》", 3, ""}, "basis": {"", 3, "特字1号"}, "days": {"《法》", 0, "特字1号"}} {
		err := h.DB.Update(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO casefile_interval (id, case_id, part, kind, name, basis, days, from_on, paper) VALUES ($1, $2, 'excluded', 'inspection', 'x', $3, $4, '2026-03-02', $5)`,
				append([]any{db.NewKey(), id}, values...)...)
			return err
		})
		if err == nil {
			t.Errorf("an interval without %s was taken", name)
		}
	}
}

// The log alone gives the dates that are stored, after every step of a life.
func TestLeavesAloneGiveTheDates(t *testing.T) {
	h, l := logged(t)
	number := casefiletest.Submitted(t, h).Number
	check := func(after string) {
		t.Helper()
		r := recompute(t, h, l, number)
		c := view(t, h, casefiletest.Company, number).Case
		if !r.Agrees || r.Found.Legal != c.LegalDue || r.Found.Promise != c.PromiseDue || len(r.Steps) == 0 {
			t.Errorf("after %s: %+v", after, r)
		}
	}
	check("submit")
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	check("accept")
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Suspend, Procedure: "inspection", Days: 3})
	check("suspend")
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Prolong, Days: 2, Comment: "检测设备故障"})
	check("prolong")
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Resume})
	check("resume")
	h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Extend, Days: 5, Comment: "案情复杂"})
	check("extend")
	for range 2 {
		h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Opine, Comment: "符合条件"})
	}
	h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Approve})
	check("approve")
	if n, err := l.Sequence(t.Context()); err != nil || n == 0 {
		t.Fatalf("%d, %v", n, err)
	}
	check("being numbered")
	// What somebody changed in the tables behind the log's back shows.
	h.Exec(t, `UPDATE casefile_case SET promise_due = '2027-12-31' WHERE number = $1`, number)
	if r := recompute(t, h, l, number); r.Agrees {
		t.Errorf("a date changed in the table agrees: %+v", r)
	}
	withdrawn := casefiletest.Accepted(t, h)
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: withdrawn, Action: casefile.Suspend, Procedure: "inspection", Days: 3})
	h.Act(t, casefiletest.Company, casefile.Step{Number: withdrawn, Action: casefile.Withdraw})
	if r := recompute(t, h, l, withdrawn); !r.Agrees {
		t.Errorf("withdrawn %+v", r)
	}
	if _, err := h.Cases.RecomputeFromLeaves(t.Context(), casefiletest.Foreign, l, number); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger reads the steps: %v", err)
	}
	h.Exec(t, `UPDATE audit_leaf SET data = '{"accepted_on":"2026-01-01"}' WHERE kind = 'case.accepted'`)
	if _, err := h.Cases.RecomputeFromLeaves(t.Context(), actor.Program("test"), l, number); err == nil {
		t.Error("a forged leaf was believed")
	}
}

// The street that handles the case stops the clock for the publicity the guide gives it, and for nothing else.
func TestTownshipStopsTheClock(t *testing.T) {
	h := casefiletest.Open(t)
	number := h.Submit(t, casefiletest.Citizen, h.LowIncomeApplication(t)).Number
	open := view(t, h, casefiletest.Citizen, number).Tasks
	street := casefiletest.Officer("street.clerk", "clerk", open[0].OfficePath)
	elsewhere := casefiletest.Officer("street.other", "clerk", "220102999")
	h.Act(t, street, casefile.Step{Number: number, Action: casefile.Accept})
	v := view(t, h, street, number)
	if !slices.Contains(v.Actions, casefile.Suspend) || len(v.Procedures) != 1 || v.Procedures[0].Kind != "publicity" {
		t.Errorf("the street is offered %v, %v", v.Actions, v.Procedures)
	}
	wants(t, "another street", act(h, elsewhere, number, casefile.Suspend), fault.NotFound, "casefile.not_found")
	h.Act(t, street, casefile.Step{Number: number, Action: casefile.Suspend, Procedure: "publicity"})
	h.Act(t, street, casefile.Step{Number: number, Action: casefile.Resume})
	h.Act(t, street, casefile.Step{Number: number, Action: casefile.Opine, Comment: "公示无异议"})
	// The case has gone on to the county: it is no longer the street's clock.
	if err := act(h, street, number, casefile.Suspend); !fault.Is(err, fault.Forbidden) {
		t.Errorf("after its task %v", err)
	}
	if v := view(t, h, street, number); slices.Contains(v.Actions, casefile.Suspend) {
		t.Errorf("still offered %v", v.Actions)
	}
	food := casefiletest.Accepted(t, h)
	wants(t, "a procedure of the county", act(h, casefiletest.Officer("c", "clerk", "220102d31"), food, casefile.Suspend, inspection), fault.Forbidden, "casefile.not_the_townships")
}
