package casefile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
)

// The same kind of special procedure stops the clock once. Once more it needs the head of the office and a reason, each time, and says how many times it was.
func TestProcedureIsBegunOnce(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	again := func(in *casefile.Step) { inspection(in); in.Comment = "复查整改情况" }
	wants(t, "once more before the first", act(h, casefiletest.Chief, number, casefile.SuspendAgain, again), fault.Conflict, "casefile.procedure_first")
	if err := act(h, casefiletest.Reviewer, number, casefile.Suspend, inspection); err != nil {
		t.Fatal(err)
	}
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Resume})
	for what, err := range map[string]error{"the reviewer": act(h, casefiletest.Reviewer, number, casefile.Suspend, inspection),
		"the chief": act(h, casefiletest.Chief, number, casefile.Suspend, again)} {
		wants(t, what, err, fault.Conflict, "casefile.procedure_again")
	}
	wants(t, "the reviewer approves", act(h, casefiletest.Reviewer, number, casefile.SuspendAgain, again), fault.Forbidden, "office.no_right")
	field(t, "without a reason", act(h, casefiletest.Chief, number, casefile.SuspendAgain, inspection), "comment", "casefile.comment_missing.suspend_again")
	if v := view(t, h, casefiletest.Reviewer, number); slices.ContainsFunc(v.Procedures, func(p item.Suspend) bool { return p.Kind == "inspection" }) || slices.Contains(v.Actions, casefile.SuspendAgain) {
		t.Errorf("the reviewer is offered %v, %+v", v.Actions, v.Procedures)
	}
	for n := 2; n < 4; n++ {
		if v := view(t, h, casefiletest.Chief, number); !slices.Contains(v.Actions, casefile.SuspendAgain) || len(v.Again) != 1 {
			t.Fatalf("the chief is offered %v, %+v", v.Actions, v.Again)
		}
		if err := act(h, casefiletest.Chief, number, casefile.SuspendAgain, again); err != nil {
			t.Fatal(err)
		}
		v := view(t, h, casefiletest.Company, number)
		last := v.Papers[len(v.Papers)-1]
		if v.Case.State != casefile.Suspended || last.Kind != casefile.ProcedureNotice || !strings.Contains(strings.Join(last.Body, ""), "复查整改情况") {
			t.Errorf("%s, %+v", v.Case.State, last)
		}
		leaves := h.Leaves(t, number)
		leaf := leaves[slices.IndexFunc(leaves, func(l casefiletest.Told) bool { return strings.Contains(l.Data, fmt.Sprintf(`"again":%d`, n)) })]
		if leaf.Name != "case.suspended" || leaf.Actor != casefiletest.Chief.Account {
			t.Errorf("%+v", leaf)
		}
		h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Resume})
	}
	// Another kind is another procedure.
	if err := act(h, casefiletest.Reviewer, number, casefile.Suspend, func(in *casefile.Step) { in.Procedure = "hearing" }); err != nil {
		t.Error(err)
	}
}

// A kind whose legal basis has it held several times is data.
func TestProcedureMayBeHeldSeveralTimes(t *testing.T) {
	h := casefiletest.Open(t)
	h.Exec(t, `INSERT INTO casefile_procedure (kind, notices, times, basis) VALUES ('inspection', 2, 2, '规定载明复查一次')`)
	number := casefiletest.Accepted(t, h)
	for range 2 {
		if err := act(h, casefiletest.Reviewer, number, casefile.Suspend, inspection); err != nil {
			t.Fatal(err)
		}
		h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Resume})
	}
	wants(t, "a third time", act(h, casefiletest.Reviewer, number, casefile.Suspend, inspection), fault.Conflict, "casefile.procedure_again")
}
