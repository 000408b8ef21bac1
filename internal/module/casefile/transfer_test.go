package casefile_test

import (
	"slices"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

var taker = casefiletest.Officer("review.other", "reviewer", "220102d27")

// What reached the wrong department goes to the right one before it is accepted: the day of receipt stands, nobody answers meanwhile, and the
// receiving office decides.
func TestTransfer(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	h.Implement(t, casefiletest.Food, "14", "27")
	number := casefiletest.Submitted(t, h).Number
	before := view(t, h, casefiletest.Window, number)
	if len(before.TransferTo) != 2 || before.TransferTo[1].Path != "220102d27" {
		t.Fatalf("%+v", before.TransferTo)
	}
	step := casefile.Step{Number: number, Action: casefile.Transfer, Office: "220102d27"}
	refused := func(what string, kind fault.Kind, key string) {
		t.Helper()
		_, err := h.Cases.Act(ctx, casefiletest.Window, step, once.Params{})
		wants(t, what, err, kind, key)
	}
	refused("without a reason", fault.Invalid, "casefile.bad_step")
	step.Comment = "应当由其他部门办理"
	for _, path := range []string{"", "220102d31", "220302d31", "220102d99"} {
		step.Office = path
		refused("to "+path, fault.Invalid, "casefile.bad_step")
	}
	step.Office = "220102d27"
	_, err := h.Cases.Act(ctx, taker, step, once.Params{})
	wants(t, "somebody who has not got it", err, fault.NotFound, "casefile.not_found")
	h.Act(t, casefiletest.Window, step)
	v := view(t, h, casefiletest.Window, number)
	if len(v.Actions) != 0 || v.Case.OfficePath != "220102d31" || len(v.Papers) != 1 || v.Papers[0].Kind != casefile.TransferNotice {
		t.Fatalf("%v %+v", v.Actions, v.Papers)
	}
	for _, a := range []casefile.Action{casefile.Accept, casefile.Reject, casefile.RequestCorrection, casefile.Transfer} {
		_, err := h.Cases.Act(ctx, casefiletest.Window, casefile.Step{Number: number, Action: a, Comment: "理由", Office: "220102d14"}, once.Params{})
		wants(t, string(a), err, fault.Conflict, "casefile.transfer_pending")
	}
	_, err = h.Cases.Act(ctx, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.TakeOver}, once.Params{})
	wants(t, "who was not asked", err, fault.Forbidden, "casefile.not_your_task")
	h.Act(t, taker, casefile.Step{Number: number, Action: casefile.TakeOver})
	_, err = h.Cases.Act(ctx, taker, casefile.Step{Number: number, Action: casefile.TakeOver}, once.Params{})
	wants(t, "twice", err, fault.Conflict, "casefile.step_not_reached")
	after := view(t, h, casefiletest.Window, number).Case
	if after.OfficePath != "220102d27" || after.ReceivedOn != before.Case.ReceivedOn || after.ReplyDue != before.Case.ReplyDue || after.State != casefile.Submitted {
		t.Errorf("%+v", after)
	}
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	for range 2 {
		h.Act(t, taker, casefile.Step{Number: number, Action: casefile.Opine, Comment: "符合条件"})
	}
	_, err = h.Cases.Act(ctx, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Approve}, once.Params{})
	if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
		t.Errorf("the first office's chief decides: %v", err)
	}
	h.Act(t, casefiletest.Officer("chief.other", "chief", "220102d27"), casefile.Step{Number: number, Action: casefile.Approve})
	var kinds []string
	for _, l := range h.Leaves(t, number) {
		if l.Name != "case.read" {
			kinds = append(kinds, l.Name)
		}
	}
	if len(kinds) != 7 || kinds[1] != "case.transferred" || kinds[2] != "case.taken_over" {
		t.Errorf("%v", kinds)
	}
}

// Sent back, the case stays where it was and does not go there again; silence of both accepts in the name of who has it.
func TestTransferSentBack(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	h.Implement(t, casefiletest.Food, "14", "27")
	number := casefiletest.Submitted(t, h).Number
	step := casefile.Step{Number: number, Action: casefile.Transfer, Office: "220102d27", Comment: "应当由其他部门办理"}
	h.Act(t, casefiletest.Window, step)
	_, err := h.Cases.Act(ctx, taker, casefile.Step{Number: number, Action: casefile.SendBack}, once.Params{})
	wants(t, "without a reason", err, fault.Invalid, "casefile.bad_step")
	h.Act(t, taker, casefile.Step{Number: number, Action: casefile.SendBack, Comment: "不属于本部门"})
	v := view(t, h, casefiletest.Window, number)
	if len(v.TransferTo) != 1 || v.TransferTo[0].Path != "220102d14" || v.Case.OfficePath != "220102d31" || len(v.Tasks) != 1 {
		t.Fatalf("%+v, %+v", v.TransferTo, v.Tasks)
	}
	_, err = h.Cases.Act(ctx, casefiletest.Window, step, once.Params{})
	wants(t, "there again", err, fault.Invalid, "casefile.bad_step")
	step.Office = "220102d14"
	h.Act(t, casefiletest.Window, step)
	h.Exec(t, `UPDATE casefile_case SET received_on = '2026-03-02', reply_due = '2026-03-09' WHERE number = $1`, number)
	_, err = h.Cases.Act(ctx, casefiletest.Officer("late", "reviewer", "220102d14"), casefile.Step{Number: number, Action: casefile.TakeOver}, once.Params{})
	wants(t, "too late", err, fault.Conflict, "casefile.silence_accepted")
	if n, err := h.Cases.AcceptSilent(ctx); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	v = view(t, h, casefiletest.Window, number)
	if v.Case.State != casefile.Accepted || v.Case.OfficePath != "220102d31" || v.Case.AcceptedOn != v.Case.ReceivedOn {
		t.Errorf("%+v", v.Case)
	}
	for _, task := range v.Tasks {
		if task.Action == "take_over" {
			t.Error("the other office is still asked")
		}
	}
}

// A case goes only to an office that has its item; where there is none, nothing is left but to say who is competent.
func TestTransferOnlyToTheCompetent(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Submitted(t, h).Number
	v := view(t, h, casefiletest.Window, number)
	if len(v.TransferTo) != 0 || slices.Contains(v.Actions, casefile.Transfer) || !slices.Contains(v.Actions, casefile.Reject) {
		t.Errorf("%v to %+v", v.Actions, v.TransferTo)
	}
	_, err := h.Cases.Act(ctx, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Transfer, Office: "220102d27", Comment: "应当由其他部门办理"}, once.Params{})
	wants(t, "to an office without the item", err, fault.Invalid, "casefile.bad_step")
}
