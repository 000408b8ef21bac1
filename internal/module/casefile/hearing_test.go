package casefile_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/fault"
)

// plan is where and when a hearing is held in these tests: on the first day that may be.
func plan(presider actor.Actor) *casefile.HearingPlan {
	cal := workday.Standard(region.MustParse("220102"))
	return &casefile.HearingPlan{On: cal.Add(civil.Of(time.Now()), 7).String(), At: "09:30", Place: "南关区政务服务中心三楼听证室", Presider: presider.Account}
}

// asked is the number of a case whose opinions are in and for which a hearing was asked.
func asked(t *testing.T, h *casefiletest.Hall) string {
	t.Helper()
	number := casefiletest.Reviewed(t, h)
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.OfferHearing, Comment: "拟不予许可"})
	h.Act(t, casefiletest.Company, casefile.Step{Number: number, Action: casefile.AskHearing, Comment: "场所符合要求，请当面核对"})
	return number
}

// TestHearing takes a hearing from the notice of the right to the decision that names its record. Its time is not counted.
func TestHearing(t *testing.T) {
	h := casefiletest.Open(t)
	number := asked(t, h)
	refuse := func() error {
		return act(h, casefiletest.Chief, number, casefile.Refuse, saying("场所不符合要求"))
	}
	wants(t, "deciding before it", refuse(), fault.Conflict, "casefile.hearing.undecided")
	call := func(by actor.Actor, p *casefile.HearingPlan) error {
		return act(h, by, number, casefile.CallHearing, func(in *casefile.Step) { in.Hearing = p })
	}
	soon, late := plan(casefiletest.Second), plan(casefiletest.Second)
	soon.On = civil.Of(time.Now()).Add(2).String()
	late.On = civil.Of(time.Now()).Add(60).String()
	if list := view(t, h, casefiletest.Reviewer, number).Presiders; len(list) != 2 || slices.ContainsFunc(list, func(o workflow.Officer) bool { return o.Account == casefiletest.Reviewer.Account }) {
		t.Errorf("to preside %+v", list)
	}
	wants(t, "too soon", call(casefiletest.Reviewer, soon), fault.Invalid, "casefile.bad_step")
	wants(t, "too late", call(casefiletest.Reviewer, late), fault.Invalid, "casefile.bad_step")
	err := call(casefiletest.Reviewer, plan(casefiletest.Reviewer))
	if f, _ := fault.Of(err); f == nil || !strings.Contains(f.Error(), "presider") && !fault.HasKey(err, "casefile.bad_step") {
		t.Errorf("presided by who examines: %v", err)
	}
	if err := call(casefiletest.Reviewer, plan(casefiletest.Second)); err != nil {
		t.Fatal(err)
	}
	v := view(t, h, casefiletest.Company, number)
	if v.Case.State != casefile.Suspended || v.Clock.Running || v.Held.State != casefile.HearingCalled || v.Held.Closed {
		t.Fatalf("%+v %+v", v.Case, v.Held)
	}
	record := func(by actor.Actor) error {
		return act(h, by, number, casefile.RecordHearing, saying("审查人员陈述：通道宽度不足。申请人提交了测量记录。"))
	}
	wants(t, "recording before it", record(casefiletest.Second), fault.Conflict, "casefile.hearing.not_held")
	h.Exec(t, `UPDATE casefile_hearing SET held_on = $1`, civil.Of(time.Now()))
	wants(t, "recorded by another", record(casefiletest.Reviewer), fault.Forbidden, "casefile.hearing.presider_only")
	if err := record(casefiletest.Second); err != nil {
		t.Fatal(err)
	}
	if v = view(t, h, casefiletest.Company, number); v.Case.State != casefile.Accepted || !v.Clock.Running || !slices.Contains(v.Actions, casefile.ConfirmHearing) {
		t.Fatalf("%+v %v", v.Case, v.Actions)
	}
	wants(t, "deciding before it is confirmed", refuse(), fault.Conflict, "casefile.hearing.undecided")
	no := false
	wants(t, "refusing without a reason", act(h, casefiletest.Company, number, casefile.ConfirmHearing, func(in *casefile.Step) { in.Agree = &no }), fault.Invalid, "casefile.bad_step")
	h.Act(t, casefiletest.Company, casefile.Step{Number: number, Action: casefile.ConfirmHearing})
	if err := refuse(); err != nil {
		t.Fatal(err)
	}
	v = view(t, h, casefiletest.Company, number)
	got := map[casefile.PaperKind]string{}
	for _, p := range v.Papers {
		got[p.Kind] = strings.Join(p.Body, "")
	}
	for kind, says := range map[casefile.PaperKind]string{casefile.HearingNotice: "五日内", casefile.HearingRequest: "请当面核对", casefile.HearingSession: "三楼听证室",
		casefile.HearingRecord: "通道宽度不足", casefile.HearingConfirmation: v.Held.Record, casefile.RefusalDecision: "根据听证笔录（" + v.Held.Record + "）"} {
		if !strings.Contains(got[kind], says) {
			t.Errorf("%s does not say %q: %s", kind, says, got[kind])
		}
	}
	var leaves []string
	for _, l := range h.Leaves(t, number) {
		if strings.HasPrefix(l.Name, "case.hearing") {
			leaves = append(leaves, l.Name)
		}
	}
	if !slices.Equal(leaves, []string{"case.hearing_offered", "case.hearing_asked", "case.hearing_called", "case.hearing_recorded", "case.hearing_confirmed"}) {
		t.Error(leaves)
	}
}

// TestHearingNotAsked lets the case go on of itself when nobody asks in time; who asks late is told the day, who would decide before it too.
func TestHearingNotAsked(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Reviewed(t, h)
	wants(t, "asking for none", act(h, casefiletest.Company, number, casefile.AskHearing, saying("请听证")), fault.Conflict, "casefile.hearing.not_offered")
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.OfferHearing, Comment: "拟不予许可"})
	wants(t, "deciding meanwhile", act(h, casefiletest.Chief, number, casefile.Approve), fault.Conflict, "casefile.hearing.may_be_asked")
	if n, err := h.Cases.LapseHearings(ctx); err != nil || n != 0 {
		t.Fatal(n, err)
	}
	h.Exec(t, `UPDATE casefile_hearing SET offered_on = $1`, civil.MustParse("2026-01-05"))
	wants(t, "asking late", act(h, casefiletest.Company, number, casefile.AskHearing, saying("请听证")), fault.Conflict, "casefile.hearing.late")
	for want := 1; want >= 0; want-- {
		if n, err := h.Cases.LapseHearings(ctx); err != nil || n != want {
			t.Fatal(n, err)
		}
	}
	wants(t, "by an officer", act(h, casefiletest.Chief, number, casefile.LapseHearing), fault.Forbidden, "casefile.laws_own")
	v := view(t, h, casefiletest.Company, number)
	if last := v.Events[len(v.Events)-1]; last.Action != casefile.LapseHearing || v.Held.State != casefile.HearingLapsed {
		t.Errorf("%+v %+v", last, v.Held)
	}
	h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Approve})
}

// TestHearingReminders reminds the office once of each day that nears: to call the hearing, and to record it.
func TestHearingReminders(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := asked(t, h)
	told := func(key string) (n int) {
		for _, m := range h.Messages(t, "subject-"+casefiletest.Chief.Account) {
			if m.Name == key {
				n++
			}
		}
		return n
	}
	remind := func(want int) {
		t.Helper()
		if n, err := h.Cases.RemindHearings(ctx); err != nil || n != want {
			t.Fatal(n, err)
		}
	}
	if told("casefile.told.hearing_asked") != 1 {
		t.Error("the office was not told that it was asked for")
	}
	remind(0)
	h.Exec(t, `UPDATE casefile_hearing SET asked_on = $1`, civil.Of(time.Now()).Add(-21))
	remind(1)
	remind(0)
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.CallHearing, Hearing: plan(casefiletest.Second)})
	remind(0)
	h.Exec(t, `UPDATE casefile_hearing SET held_on = $1`, civil.Of(time.Now()).Add(-1))
	remind(1)
	if told("casefile.told.hearing_call") != 1 || told("casefile.told.hearing_record") != 1 {
		t.Errorf("%+v", h.Messages(t, "subject-"+casefiletest.Chief.Account))
	}
}

// TestHearingAskedAtOffice has an officer write down whom else the hearing concerns, and the presider note that a party would not confirm the record.
func TestHearingAskedAtOffice(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Reviewed(t, h)
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.OfferHearing, Comment: "涉及相邻权"})
	wants(t, "by a stranger", act(h, casefiletest.Other, number, casefile.AskHearing, saying("请听证")), fault.NotFound, "casefile.not_found")
	h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.AskHearing, Comment: "相邻住户王某：油烟影响居住"})
	closed := plan(casefiletest.Second)
	closed.Closed = true
	call := casefile.Step{Number: number, Action: casefile.CallHearing, Hearing: closed}
	wants(t, "closed for no reason", act(h, casefiletest.Reviewer, number, casefile.CallHearing, func(in *casefile.Step) { in.Hearing = closed }), fault.Invalid, "casefile.bad_step")
	call.Comment = "涉及个人隐私"
	h.Act(t, casefiletest.Reviewer, call)
	h.Exec(t, `UPDATE casefile_hearing SET held_on = $1`, civil.Of(time.Now()))
	h.Act(t, casefiletest.Second, casefile.Step{Number: number, Action: casefile.RecordHearing, Comment: "双方陈述意见。"})
	no := false
	in := casefile.Step{Number: number, Action: casefile.ConfirmHearing, Agree: &no, Comment: "申请人拒绝签字，没有说明理由"}
	wants(t, "noted by another", act(h, casefiletest.Chief, number, casefile.ConfirmHearing, func(s *casefile.Step) { *s = in }), fault.Forbidden, "casefile.hearing.presider_only")
	h.Act(t, casefiletest.Second, in)
	v := view(t, h, casefiletest.Company, number)
	var text string
	for _, p := range v.Papers {
		text += strings.Join(p.Body, "")
	}
	for _, want := range []string{"当面提出", "听证不公开举行。理由：涉及个人隐私", "没有确认听证笔录。理由：申请人拒绝签字", "由听证主持人记明"} {
		if !strings.Contains(text, want) {
			t.Errorf("no document says %q", want)
		}
	}
	if !v.Held.Refused || v.Held.State != casefile.HearingConfirmed {
		t.Errorf("%+v", v.Held)
	}
	h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Approve})
}
