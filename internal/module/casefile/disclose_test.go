package casefile_test

import (
	"strings"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// Officers see numbers and phones masked; who handles the case may look, says what for, and leaves a leaf of it each time.
func TestDisclose(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Submitted(t, h).Number
	own, err := h.Cases.View(ctx, casefiletest.Company, number)
	if err != nil || own.Masked || own.Discloses {
		t.Fatalf("%+v, %v", own, err)
	}
	phone, _ := own.Content.Answers["contact_phone"].(string)
	if len(phone) != 11 || strings.Contains(phone, "*") {
		t.Fatalf("%v", own.Content.Answers)
	}
	v, err := h.Cases.View(ctx, casefiletest.Window, number)
	if err != nil || !v.Masked || !v.Discloses || v.Content.Answers["contact_phone"] != phone[:3]+"****"+phone[7:] {
		t.Fatalf("%v, %v", v.Content.Answers, err)
	}
	if v, err := h.Cases.View(ctx, casefiletest.Supervisor, number); err != nil || v.Discloses {
		t.Errorf("who watches handles: %v", err)
	}
	for range 2 {
		d, err := h.Cases.Disclose(ctx, casefiletest.Window, number, "contact")
		if err != nil || d.Answers["contact_phone"] != phone || d.Applicant.Phone != "13700001234" {
			t.Fatalf("%+v, %v", d, err)
		}
	}
	said := 0
	for _, l := range h.Leaves(t, number) {
		if l.Name == "case.disclosed" {
			said++
			if l.Subject != casefiletest.CompanyID || l.Actor != "window.nanguan" {
				t.Errorf("%+v", l)
			}
		}
	}
	if said != 2 {
		t.Errorf("%d leaves of two readings", said)
	}
	_, err = h.Cases.Disclose(ctx, casefiletest.Window, number, "curiosity")
	wants(t, "without a purpose", err, fault.Invalid, "casefile.bad_step")
	_, err = h.Cases.Disclose(ctx, casefiletest.Supervisor, number, "contact")
	wants(t, "the supervisor", err, fault.Forbidden, "casefile.disclose_refused")
	_, err = h.Cases.Disclose(ctx, casefiletest.Foreign, number, "contact")
	wants(t, "another county", err, fault.NotFound, "casefile.not_found")
	_, err = h.Cases.Disclose(ctx, casefiletest.Company, number, "contact")
	wants(t, "the applicant", err, fault.Forbidden, "casefile.disclose_refused")
}

// A clerk who corrects for somebody sends back the masks he saw: what he did not touch stays what it was.
func TestCorrectMasked(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	d := casefiletest.Definition(t, casefiletest.Pension)
	d.Guide.Scope = "county"
	h.Publish(t, d)
	a := h.PensionApplication(t)
	a.Applicant = casefiletest.CitizenID
	number := h.Submit(t, casefiletest.Village, a).Number
	before, err := h.Cases.View(ctx, casefiletest.Citizen, number)
	if err != nil {
		t.Fatal(err)
	}
	h.Act(t, casefiletest.Officer("clerk.insurance", "window", "220102d90"), casefile.Step{Number: number, Action: casefile.RequestCorrection, Comment: "请更正联系人"})
	v, err := h.Cases.View(ctx, casefiletest.Village, number)
	if err != nil || !v.Masked {
		t.Fatal(err)
	}
	step := casefile.Step{Number: number, Action: casefile.SubmitCorrection, Answers: v.Content.Answers}
	_, err = h.Cases.Act(ctx, casefiletest.Village, step, once.Params{})
	wants(t, "what was there", err, fault.Invalid, "casefile.nothing_corrected")
	step.Answers["residence_address"] = "长春市南关区民康路88号"
	h.Act(t, casefiletest.Village, step)
	after, err := h.Cases.View(ctx, casefiletest.Citizen, number)
	if e := after.Events; e[0].Behalf != casefile.Present || e[len(e)-1].Behalf != casefile.Receiver || e[1].Behalf != "" {
		t.Errorf("who acted for whom: %+v", e)
	}
	was, is := before.Content.Answers, after.Content.Answers
	if err != nil || is["residence_address"] == was["residence_address"] || is["phone"] != was["phone"] || is["number"] != was["number"] {
		t.Errorf("%v, %v", is, err)
	}
}
