package casefile_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

var calendar = workday.Standard(region.MustParse("220102"))

// act takes a step that may fail.
func act(h *casefiletest.Hall, by actor.Actor, number string, a casefile.Action, change ...func(*casefile.Step)) error {
	in := casefile.Step{Number: number, Action: a}
	for _, f := range change {
		f(&in)
	}
	_, err := h.Cases.Act(context.Background(), by, in, once.Params{})
	return err
}

func saying(comment string) func(*casefile.Step) {
	return func(in *casefile.Step) { in.Comment = comment }
}

func view(t *testing.T, h *casefiletest.Hall, by actor.Actor, number string) *casefile.View {
	t.Helper()
	v, err := h.Cases.View(t.Context(), by, number)
	if err != nil {
		t.Fatalf("%s reads %s: %v", by.Account, number, err)
	}
	return v
}

func TestWholeLife(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Delivered(t, h)
	v := view(t, h, casefiletest.Company, number)
	today := civil.Of(v.Case.SubmittedAt)
	c := v.Case
	if c.State != casefile.Delivered || c.Outcome != "approved" || c.ClosedAt.IsZero() || c.Version != 6 || len(v.Tasks) != 0 {
		t.Errorf("%+v, tasks %+v", c, v.Tasks)
	}
	if from := calendar.Next(today); c.AcceptedOn != from || c.LegalDue != calendar.Add(from, 20) || c.PromiseDue != calendar.Add(from, 7) {
		t.Errorf("accepted on %s, due %s and %s", c.AcceptedOn, c.LegalDue, c.PromiseDue)
	}
	var kinds []string
	for _, l := range h.Leaves(t, number) {
		kinds = append(kinds, l.Name)
		if l.Subject != casefiletest.CompanyID || l.Basis != "食品经营许可" {
			t.Errorf("%+v", l)
		}
	}
	if got := strings.Join(kinds, " "); got != "case.submitted case.accepted case.opined case.opined case.approved case.delivered" {
		t.Error(got)
	}
	var papers []string
	for _, p := range v.Papers {
		papers = append(papers, string(p.Kind))
		if !strings.Contains(p.Number, "第0001号") || !strings.Contains(strings.Join(p.Body, ""), number) {
			t.Errorf("%s: %v", p.Number, p.Body)
		}
	}
	if got := strings.Join(papers, " "); got != "acceptance approval delivery" {
		t.Error(got)
	}
	var told []string
	for _, m := range h.Messages(t, casefiletest.CompanyID) {
		told = append(told, strings.TrimPrefix(m.Name, "casefile.told."))
	}
	if got := strings.Join(told, " "); got != "submit accept approve deliver" {
		t.Error(got)
	}
	if e := h.Events(t, "casefile.approved"); len(e) != 1 || !strings.Contains(e[0].Data, number) {
		t.Errorf("%+v", e)
	}
	for i, e := range v.Events {
		if e.Version != int64(i+1) || e.Actor != "" || e.Action == casefile.Opine && e.Comment != "" {
			t.Errorf("the applicant reads %+v", e)
		}
	}
}

func TestCorrection(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Submitted(t, h).Number
	field(t, "a correction without words", act(h, casefiletest.Window, number, casefile.RequestCorrection), "comment", "casefile.comment_missing.request_correction")
	asked := func(in *casefile.Step) {
		in.Comment, in.Asked = "请补充平面图", []casefile.Asked{{Code: "M310003", Text: "标明面积"}}
	}
	err := act(h, casefiletest.Window, number, casefile.RequestCorrection, asked, func(in *casefile.Step) { in.Asked[0].Code = "M999999" })
	field(t, "an unknown material", err, "materials.M999999", "casefile.material_unknown")
	if err := act(h, casefiletest.Window, number, casefile.RequestCorrection, asked); err != nil {
		t.Fatal(err)
	}
	v := view(t, h, casefiletest.Company, number)
	if v.Case.State != casefile.Correcting || !v.Case.ReplyDue.IsZero() || v.Tasks[0].DueOn != "9" || !slices.Equal(v.Actions, []casefile.Action{casefile.SubmitCorrection, casefile.Withdraw}) {
		t.Errorf("%+v, %v", v.Case, v.Actions)
	}
	if body := strings.Join(v.Papers[0].Body, ""); !strings.Contains(body, "主要设备设施") || !strings.Contains(body, "标明面积") {
		t.Error(body)
	}
	wants(t, "accepting meanwhile", act(h, casefiletest.Window, number, casefile.Accept), fault.Conflict, "casefile.not_now.correcting")
	wants(t, "nothing new", act(h, casefiletest.Company, number, casefile.SubmitCorrection), fault.Invalid, "casefile.nothing_corrected")
	file := h.Upload(t, casefiletest.Company)
	err = act(h, casefiletest.Company, number, casefile.SubmitCorrection, func(in *casefile.Step) {
		in.Materials = []casefile.Given{{Code: "M310003", Files: []string{file}}}
	})
	if err != nil {
		t.Fatal(err)
	}
	v = view(t, h, casefiletest.Window, number)
	if last := v.Materials[len(v.Materials)-1]; v.Case.State != casefile.Submitted || v.Case.ReplyDue.IsZero() || last.FileID != file || last.Revision != 2 || len(v.Content.Answers) == 0 {
		t.Errorf("%+v, %+v", v.Case, last)
	}
	wants(t, "a second correction", act(h, casefiletest.Window, number, casefile.RequestCorrection, asked), fault.Conflict, "casefile.corrected_once")
	if slices.Contains(v.Actions, casefile.RequestCorrection) || !slices.Contains(v.Actions, casefile.Accept) {
		t.Errorf("offered %v", v.Actions)
	}
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
}

func TestSpecialProcedure(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	suspend := func(kind string, days int) func(*casefile.Step) {
		return func(in *casefile.Step) { in.Procedure, in.Days = kind, days }
	}
	field(t, "one the guide does not name", act(h, casefiletest.Reviewer, number, casefile.Suspend, suspend("auction", 3)), "procedure", "casefile.procedure_unknown")
	field(t, "none of two", act(h, casefiletest.Reviewer, number, casefile.Suspend), "procedure", "casefile.procedure_unknown")
	field(t, "too long", act(h, casefiletest.Reviewer, number, casefile.Suspend, suspend("inspection", 11)), "days", "casefile.procedure_days")
	wants(t, "by the window", act(h, casefiletest.Window, number, casefile.Suspend, suspend("inspection", 3)), fault.Forbidden, "office.no_right")
	if err := act(h, casefiletest.Reviewer, number, casefile.Suspend, suspend("inspection", 3)); err != nil {
		t.Fatal(err)
	}
	v := view(t, h, casefiletest.Company, number)
	if v.Case.State != casefile.Suspended || v.Clock.Running || !v.Clock.PromiseDue.IsZero() || len(v.Clock.Intervals) != 1 || v.Clock.Intervals[0].Name != "现场核查" || v.Clock.Intervals[0].Paper == "" {
		t.Errorf("%+v", v.Clock)
	}
	wants(t, "deciding meanwhile", act(h, casefiletest.Chief, number, casefile.Approve), fault.Conflict, "casefile.not_now.suspended")
	// The procedure began in March and lasted until today: only the announced days are left out.
	h.Exec(t, `UPDATE casefile_case SET accepted_on = '2026-03-02' WHERE number = $1`, number)
	h.Exec(t, `UPDATE casefile_interval SET from_on = '2026-03-04' WHERE case_id = $1 AND part = 'excluded'`, h.ID(t, number))
	if err := act(h, casefiletest.Reviewer, number, casefile.Resume); err != nil {
		t.Fatal(err)
	}
	v = view(t, h, casefiletest.Company, number)
	today := civil.Of(v.Events[len(v.Events)-1].At)
	if v.Clock.Excluded != 3 || v.Clock.PromiseDue != civil.MustParse("2026-03-16") || !v.Clock.Running || !v.Clock.Lapsed ||
		v.Clock.Used != calendar.Between(civil.MustParse("2026-03-02"), today)-3 {
		t.Errorf("%+v", v.Clock)
	}
	if v.Tasks[0].DueOn != v.Clock.PromiseDue.String() {
		t.Errorf("the task is due on %s", v.Tasks[0].DueOn)
	}
	pension := h.Submit(t, casefiletest.Citizen, h.PensionApplication(t)).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: pension, Action: casefile.Accept})
	err := act(h, casefiletest.Officer("review.pension", "reviewer", "220102d14"), pension, casefile.Suspend)
	wants(t, "an item without procedures", err, fault.Invalid, "casefile.no_procedure")
}

func TestExtension(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	field(t, "without a reason", act(h, casefiletest.Chief, number, casefile.Extend), "comment", "casefile.comment_missing.extend")
	field(t, "too long", act(h, casefiletest.Chief, number, casefile.Extend, saying("案情复杂"), func(in *casefile.Step) { in.Days = 11 }), "days", "casefile.extension_days")
	wants(t, "by a reviewer", act(h, casefiletest.Reviewer, number, casefile.Extend, saying("案情复杂")), fault.Forbidden, "office.no_right")
	before := view(t, h, casefiletest.Company, number)
	if err := act(h, casefiletest.Chief, number, casefile.Extend, saying("案情复杂"), func(in *casefile.Step) { in.Days = 5 }); err != nil {
		t.Fatal(err)
	}
	after := view(t, h, casefiletest.Company, number)
	if after.Case.State != casefile.Accepted || after.Clock.PromiseDue != calendar.Add(before.Clock.PromiseDue, 5) || after.Clock.LegalDue != calendar.Add(before.Clock.LegalDue, 5) {
		t.Errorf("%+v", after.Clock)
	}
	wants(t, "twice", act(h, casefiletest.Chief, number, casefile.Extend, saying("案情复杂")), fault.Conflict, "casefile.extended_once")
}

func TestRefuseAndReject(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Reviewed(t, h)
	field(t, "refusing without a reason", act(h, casefiletest.Chief, number, casefile.Refuse), "comment", "casefile.comment_missing.refuse")
	field(t, "refusing with spaces", act(h, casefiletest.Chief, number, casefile.Refuse, saying("  ")), "comment", "casefile.comment_missing.refuse")
	field(t, "a very long reason", act(h, casefiletest.Chief, number, casefile.Refuse, saying(strings.Repeat("长", 2001))), "comment", "casefile.comment_long")
	if err := act(h, casefiletest.Chief, number, casefile.Refuse, saying("场所不符合要求")); err != nil {
		t.Fatal(err)
	}
	v := view(t, h, casefiletest.Company, number)
	if body := strings.Join(v.Papers[len(v.Papers)-1].Body, ""); v.Case.Outcome != "refused" || !strings.Contains(body, "场所不符合要求") || !strings.Contains(body, "六个月内依法向长春市南关区人民法院或者其他有管辖权的人民法院提起行政诉讼") {
		t.Errorf("%+v %s", v.Case, body)
	}
	if len(h.Events(t, "casefile.approved")) != 0 {
		t.Error("a refusal told of an approval")
	}
	field(t, "delivering by pigeon", act(h, casefiletest.Window, number, casefile.Deliver, func(in *casefile.Step) { in.Way = "pigeon" }), "way", "casefile.way_unknown")
	if err := act(h, casefiletest.Window, number, casefile.Deliver, func(in *casefile.Step) { in.Way = "post" }); err != nil {
		t.Fatal(err)
	}
	other := casefiletest.Submitted(t, h).Number
	field(t, "rejecting without a reason", act(h, casefiletest.Window, other, casefile.Reject), "comment", "casefile.comment_missing.reject")
	if err := act(h, casefiletest.Window, other, casefile.Reject, saying("不属于本机关职权范围")); err != nil {
		t.Fatal(err)
	}
	if v := view(t, h, casefiletest.Company, other); v.Case.State != casefile.Rejected || len(v.Tasks) != 0 || v.Case.ClosedAt.IsZero() || len(v.Actions) != 0 {
		t.Errorf("%+v, %v, %v", v.Case, v.Tasks, v.Actions)
	}
}

func TestWithdrawEndsEverything(t *testing.T) {
	h := casefiletest.Open(t)
	for name, make := range map[string]func(testing.TB, *casefiletest.Hall) string{
		"submitted": func(t testing.TB, h *casefiletest.Hall) string { return casefiletest.Submitted(t, h).Number },
		"accepted":  casefiletest.Accepted, "reviewed": casefiletest.Reviewed,
	} {
		number := make(t, h)
		wants(t, name+" by the window", act(h, casefiletest.Window, number, casefile.Withdraw), fault.Forbidden, "casefile.not_yours")
		if err := act(h, casefiletest.Company, number, casefile.Withdraw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if v := view(t, h, casefiletest.Company, number); v.Case.State != casefile.Withdrawn || len(v.Tasks) != 0 || v.Case.Outcome != "withdrawn" {
			t.Errorf("%s: %+v", name, v.Case)
		}
		wants(t, name+" and then accepted", act(h, casefiletest.Window, number, casefile.Accept), fault.Conflict, "casefile.not_now.withdrawn")
	}
	decided := casefiletest.Approved(t, h)
	wants(t, "after the decision", act(h, casefiletest.Company, decided, casefile.Withdraw), fault.Conflict, "casefile.not_now.approved")
}

// Every opinion is in before anybody decides: two at one office, five at five departments.
func TestOpinionsBeforeDecision(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	wants(t, "no opinion yet", act(h, casefiletest.Chief, number, casefile.Approve), fault.Conflict, "casefile.step_not_reached")
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Opine, Comment: "材料齐全"})
	wants(t, "one of two", act(h, casefiletest.Chief, number, casefile.Approve), fault.Conflict, "casefile.step_not_reached")
	disagree := false
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Opine, Comment: "现场不符", Agree: &disagree})
	wants(t, "a third opinion", act(h, casefiletest.Reviewer, number, casefile.Opine, saying("再看")), fault.Conflict, "casefile.step_not_reached")
	h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Approve})
	joint := h.Submit(t, casefiletest.Company, h.ChangeApplication(t, casefiletest.Company)).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: joint, Action: casefile.Accept})
	departments := []string{"09", "30", "14", "36", "93"}
	for i, d := range departments {
		by := casefiletest.Officer("review."+d, "reviewer", "220102d"+d)
		wants(t, d+" decides early", act(h, casefiletest.Chief, joint, casefile.Approve), fault.Conflict, "casefile.step_not_reached")
		if got := len(view(t, h, by, joint).Tasks); got != len(departments)-i {
			t.Errorf("%d opinions are open, want %d", got, len(departments)-i)
		}
		h.Act(t, by, casefile.Step{Number: joint, Action: casefile.Opine, Comment: "同意"})
		wants(t, d+" twice", act(h, by, joint, casefile.Opine, saying("同意")), map[bool]fault.Kind{true: fault.Conflict, false: fault.Forbidden}[i == len(departments)-1],
			map[bool]string{true: "casefile.step_not_reached", false: "casefile.not_your_task"}[i == len(departments)-1])
	}
	h.Act(t, casefiletest.Chief, casefile.Step{Number: joint, Action: casefile.Approve})
}

func TestWhoMayAct(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Submitted(t, h).Number
	wants(t, "the applicant accepts", act(h, casefiletest.Company, number, casefile.Accept), fault.Forbidden, "casefile.officers_only")
	wants(t, "a reviewer accepts", act(h, casefiletest.Reviewer, number, casefile.Accept), fault.Forbidden, "casefile.not_your_step")
	wants(t, "a supervisor accepts", act(h, casefiletest.Supervisor, number, casefile.Accept), fault.Forbidden, "casefile.not_your_step")
	wants(t, "an unknown action", act(h, casefiletest.Window, number, "archive"), fault.Invalid, "casefile.no_action")
	for _, by := range []actor.Actor{casefiletest.Foreign, casefiletest.Other, casefiletest.Citizen, casefiletest.Keeper, {}} {
		wants(t, by.Account+" acts", act(h, by, number, casefile.Accept), fault.NotFound, "casefile.not_found")
	}
	wants(t, "an unknown number", act(h, casefiletest.Window, "220102031260101999999", casefile.Accept), fault.NotFound, "casefile.not_found")
	limited := casefiletest.Window
	limited.Duties = []actor.Duty{{Role: "window", OfficePath: "220102d90", Items: []string{casefiletest.Pension}}}
	wants(t, "a duty for another item", act(h, limited, number, casefile.Accept), fault.Forbidden, "casefile.not_your_task")
	wants(t, "an old version", act(h, casefiletest.Window, number, casefile.Accept, func(in *casefile.Step) { in.Version = 7 }), fault.Conflict, "casefile.moved_on")
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept, Version: 1})
	if got := view(t, h, casefiletest.Reviewer, number).Actions; !slices.Equal(got, []casefile.Action{casefile.Opine, casefile.Suspend, casefile.OfferHearing, casefile.Publicize}) {
		t.Errorf("a reviewer is offered %v", got)
	}
	if got := view(t, h, casefiletest.Chief, number).Actions; !slices.Equal(got, []casefile.Action{casefile.Suspend, casefile.Extend, casefile.OfferHearing, casefile.Publicize}) {
		t.Errorf("the chief is offered %v", got)
	}
	if got := view(t, h, casefiletest.Company, number).Actions; !slices.Equal(got, []casefile.Action{casefile.Withdraw}) {
		t.Errorf("the applicant is offered %v", got)
	}
	if got := view(t, h, casefiletest.Supervisor, number).Actions; len(got) != 0 {
		t.Errorf("a supervisor is offered %v", got)
	}
}

// Of two who decide at the same moment exactly one does; there is one decision, one document, one leaf.
func TestTwoDecideAtOnce(t *testing.T) {
	h := casefiletest.Open(t)
	for i := range 20 {
		number := casefiletest.Reviewed(t, h)
		steps := []casefile.Step{{Number: number, Action: casefile.Approve}, {Number: number, Action: casefile.Refuse, Comment: "场所不符合要求"}}
		errs := make([]error, 2)
		start := make(chan struct{})
		var wg sync.WaitGroup
		for n := range steps {
			wg.Go(func() {
				<-start
				if i%2 == 0 {
					steps[n].Version = 4
				}
				_, errs[n] = h.Cases.Act(context.Background(), casefiletest.Chief, steps[n], once.Params{})
			})
		}
		close(start)
		wg.Wait()
		won := 0
		for n, err := range errs {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.Conflict):
				t.Errorf("%s: %v", steps[n].Action, err)
			}
		}
		decisions := 0
		for _, p := range view(t, h, casefiletest.Company, number).Papers {
			if p.Kind == casefile.ApprovalDecision || p.Kind == casefile.RefusalDecision {
				decisions++
			}
		}
		if leaves := len(h.Leaves(t, number)); won != 1 || decisions != 1 || leaves != 5 {
			t.Errorf("%d won, %d decisions, %d leaves", won, decisions, leaves)
		}
	}
}

// The applicant withdraws at the moment the chief decides, two start a special procedure: no task stands between them, the version does.
func TestVersionDecides(t *testing.T) {
	h := casefiletest.Open(t)
	type party struct {
		by actor.Actor
		in casefile.Step
	}
	suspend := party{casefiletest.Reviewer, casefile.Step{Action: casefile.Suspend, Procedure: "hearing"}}
	withdraw := party{casefiletest.Company, casefile.Step{Action: casefile.Withdraw}}
	for i := range 20 {
		number := casefiletest.Reviewed(t, h)
		pair := [][2]party{{withdraw, {casefiletest.Chief, casefile.Step{Action: casefile.Approve}}}, {suspend, suspend}, {withdraw, withdraw}}[i%3]
		errs := make([]error, 2)
		start := make(chan struct{})
		var wg sync.WaitGroup
		for n, p := range pair {
			wg.Go(func() {
				<-start
				p.in.Number, p.in.Version = number, 4
				_, errs[n] = h.Cases.Act(context.Background(), p.by, p.in, once.Params{})
			})
		}
		close(start)
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || errs[0] != nil && !fault.Is(errs[0], fault.Conflict) || errs[1] != nil && !fault.Is(errs[1], fault.Conflict) {
			t.Errorf("%s and %s: %v, %v", pair[0].in.Action, pair[1].in.Action, errs[0], errs[1])
		}
		if v := view(t, h, casefiletest.Company, number); v.Case.Version != 5 || len(v.Events) != 5 {
			t.Errorf("version %d after %d steps", v.Case.Version, len(v.Events))
		}
	}
}

func TestActOnce(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Submitted(t, h).Number
	key := once.Params{Actor: "window.nanguan", Key: "k", Digest: "d"}
	for range 2 {
		if state, err := h.Cases.Act(t.Context(), casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept}, key); err != nil || state != casefile.Accepted {
			t.Errorf("%s, %v", state, err)
		}
	}
	if n := len(h.Leaves(t, number)); n != 2 {
		t.Errorf("%d leaves", n)
	}
}
