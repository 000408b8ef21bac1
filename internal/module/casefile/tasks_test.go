package casefile_test

import (
	"slices"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

func tasksOf(t *testing.T, h *casefiletest.Hall, number string) []workflow.OpenTask {
	t.Helper()
	v, err := h.Cases.View(t.Context(), casefiletest.Chief, number)
	if err != nil {
		t.Fatal(err)
	}
	return v.Tasks
}

// Before acceptance a case goes back to its applicant as a correction with its notice; afterwards not at all. A decision can have the reviews done
// again, not the acceptance.
func TestSendBackOfACase(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Submitted(t, h).Number
	accept := tasksOf(t, h, number)[0].ID
	if err := h.Tasks.SendBack(ctx, casefiletest.Window, accept, workflow.ToApplicant, "平面图不清晰"); err != nil {
		t.Fatal(err)
	}
	v, err := h.Cases.View(ctx, casefiletest.Company, number)
	if err != nil || v.Case.State != casefile.Correcting || len(v.Papers) != 1 || v.Papers[0].Kind != casefile.CorrectionNotice {
		t.Fatalf("%+v, %v", v.Case, err)
	}
	number = casefiletest.Reviewed(t, h)
	decide := tasksOf(t, h, number)[0].ID
	wants(t, "to the applicant", h.Tasks.SendBack(ctx, casefiletest.Chief, decide, workflow.ToApplicant, "x"), fault.Conflict, "casefile.returned_late")
	wants(t, "to acceptance", h.Tasks.SendBack(ctx, casefiletest.Chief, decide, "accept", "x"), fault.Conflict, "workflow.task_no_way_back")
	if err := h.Tasks.SendBack(ctx, casefiletest.Chief, decide, "examine", "面积未核对"); err != nil {
		t.Fatal(err)
	}
	if list := tasksOf(t, h, number); len(list) != 2 || list[0].Action != "opine" {
		t.Fatalf("%+v", list)
	}
	_, err = h.Cases.Act(ctx, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Approve}, once.Params{})
	wants(t, "deciding meanwhile", err, fault.Conflict, "casefile.step_not_reached")
	for range 2 {
		h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Opine, Comment: "符合条件"})
	}
	if state := h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Approve}); state != casefile.ApprovedAs {
		t.Error(state)
	}
}

// While a signature is missing the step is neither offered nor taken; a claimed task is its holder's alone.
func TestStepsWaitForSignatures(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Reviewed(t, h)
	decide := tasksOf(t, h, number)[0].ID
	made, err := h.Tasks.Do(ctx, casefiletest.Chief, workflow.Cosign, decide, workflow.Order{Kind: workflow.SignBefore, To: []workflow.Addressee{{Account: casefiletest.Second.Account}}}, once.Params{})
	if err != nil {
		t.Fatal(err)
	}
	approve := casefile.Step{Number: number, Action: casefile.Approve}
	_, err = h.Cases.Act(ctx, casefiletest.Chief, approve, once.Params{})
	wants(t, "before the signature", err, fault.Conflict, "workflow.task_blocked")
	if v, err := h.Cases.View(ctx, casefiletest.Chief, number); err != nil || slices.Contains(v.Actions, casefile.Approve) {
		t.Errorf("offers %v, %v", v.Actions, err)
	}
	if page, err := h.Cases.Inbox(ctx, casefiletest.Second, workflow.After{}, 10); err != nil || len(page) != 1 || page[0].Task.Kind != workflow.SignBefore {
		t.Errorf("%+v, %v", page, err)
	}
	if _, err := h.Tasks.Do(ctx, casefiletest.Second, workflow.Answer, made.Made[0], workflow.Order{}, once.Params{}); err != nil {
		t.Fatal(err)
	}
	deputy := casefiletest.Officer("deputy.chief", "chief", "220102d31")
	_, err = h.Cases.Act(ctx, deputy, approve, once.Params{})
	wants(t, "another chief", err, fault.Forbidden, "workflow.task_held")
	h.Act(t, casefiletest.Chief, approve)
}

// An office that is asked may read the case as long as it is asked; a withdrawn case asks nobody.
func TestAskedOfficeMayRead(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Accepted(t, h)
	_, err := h.Cases.View(ctx, casefiletest.Environment, number)
	wants(t, "before it is asked", err, fault.NotFound, "casefile.not_found")
	ask := workflow.Order{To: []workflow.Addressee{{Office: casefiletest.Environment.OfficePath}}, Words: "是否影响环境", Days: 3}
	if _, err := h.Tasks.Do(ctx, casefiletest.Reviewer, workflow.Ask, tasksOf(t, h, number)[0].ID, ask, once.Params{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Cases.View(ctx, casefiletest.Environment, number); err != nil {
		t.Error(err)
	}
	h.Act(t, casefiletest.Company, casefile.Step{Number: number, Action: casefile.Withdraw})
	if page, err := h.Cases.Inbox(ctx, casefiletest.Environment, workflow.After{}, 10); err != nil || len(page) != 0 {
		t.Errorf("still asked: %+v, %v", page, err)
	}
	_, err = h.Cases.View(ctx, casefiletest.Environment, number)
	wants(t, "afterwards", err, fault.NotFound, "casefile.not_found")
}
