package casefile_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/fault"
)

// bringing is a step that brings a file of the company's.
func bringing(t *testing.T, h *casefiletest.Hall, code string) func(*casefile.Step) {
	file := h.Upload(t, casefiletest.Company)
	return func(in *casefile.Step) { in.Materials = []casefile.Given{{Code: code, Files: []string{file}}} }
}

func grounded(ground string) func(*casefile.Step) {
	return func(in *casefile.Step) { in.Ground, in.Comment = ground, "查实" }
}

// ofLaw are the kinds of documents this file's tests bring about.
var ofLaw = []casefile.PaperKind{casefile.MissingNotice, casefile.CancelledNotice, casefile.SpotDecision, casefile.RenewalDecision, casefile.InspectionOpinion,
	casefile.AnnulmentDecision, casefile.EndDecision}

// kinds are those of a case's documents; each names its case.
func kinds(t *testing.T, v *casefile.View) (out []string) {
	t.Helper()
	for _, p := range v.Papers {
		if body := strings.Join(p.Body, ""); !strings.Contains(body, v.Case.Number) {
			t.Errorf("%s of %s: %s", p.Kind, v.Case.Number, body)
		}
		out = append(out, string(p.Kind))
	}
	return out
}

func leafNames(t *testing.T, h *casefiletest.Hall, number string) (out []string) {
	for _, l := range h.Leaves(t, number) {
		if l.Name == "case.read" {
			continue
		}
		out = append(out, strings.TrimPrefix(l.Name, "case."))
	}
	return out
}

// withGap is an accepted case of which one material is still to come.
func withGap(t *testing.T, h *casefiletest.Hall) string {
	number := h.Submit(t, casefiletest.Company, h.FoodWithGap(t, casefiletest.Company)).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	return number
}

func TestNothingIsHandedOutBeforeWhatIsMissingCame(t *testing.T) {
	h := casefiletest.Open(t)
	number := withGap(t, h)
	v := view(t, h, casefiletest.Company, number)
	if len(v.Gaps) != 1 || v.Gaps[0].Code != "M310004" || !v.Waits || !v.Clock.Running || !slices.Contains(v.Actions, casefile.BringMissing) {
		t.Fatalf("%+v, running %v, offered %v", v.Gaps, v.Clock.Running, v.Actions)
	}
	for range 2 {
		h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Opine, Comment: "符合条件"})
	}
	h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Approve})
	if e := h.Events(t, "casefile.approved"); len(e) != 0 {
		t.Errorf("a certificate would be issued: %+v", e)
	}
	wants(t, "handing out", act(h, casefiletest.Window, number, casefile.Deliver), fault.Conflict, "casefile.gaps_open")
	if v := view(t, h, casefiletest.Window, number); slices.Contains(v.Actions, casefile.Deliver) {
		t.Errorf("offered %v", v.Actions)
	}
	field(t, "what nobody awaits", act(h, casefiletest.Company, number, casefile.BringMissing, bringing(t, h, "M310003")), "materials.M310003", "casefile.not_awaited")
	field(t, "nothing", act(h, casefiletest.Company, number, casefile.BringMissing), "materials", "casefile.nothing_brought")
	field(t, "a further promise", act(h, casefiletest.Company, number, casefile.BringMissing, func(in *casefile.Step) {
		in.Materials = []casefile.Given{{Code: "M310004", Way: item.WayLater}}
	}), "materials.M310004", "casefile.material_way")
	wants(t, "by somebody else", act(h, casefiletest.Other, number, casefile.BringMissing, bringing(t, h, "M310004")), fault.NotFound, "casefile.not_found")
	wants(t, "by the reviewer", act(h, casefiletest.Reviewer, number, casefile.BringMissing, bringing(t, h, "M310004")), fault.Forbidden, "casefile.not_yours")
	if err := act(h, casefiletest.Company, number, casefile.BringMissing, bringing(t, h, "M310004")); err != nil {
		t.Fatal(err)
	}
	wants(t, "bringing it twice", act(h, casefiletest.Company, number, casefile.BringMissing, bringing(t, h, "M310004")), fault.Conflict, "casefile.no_gaps")
	if e := h.Events(t, "casefile.approved"); len(e) != 1 {
		t.Errorf("the certificate is issued on %d events", len(e))
	}
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Deliver})
	v = view(t, h, casefiletest.Company, number)
	last := v.Materials[len(v.Materials)-1]
	if v.Case.State != casefile.Delivered || len(v.Gaps) != 0 || last.Code != "M310004" || last.Revision != 2 || len(v.Records) != 2 || len(v.Papers) != 4 {
		t.Errorf("%s, %+v, %d records", v.Case.State, last, len(v.Records))
	}
}

func TestGapIsAskedForAndThenEndsTheCase(t *testing.T) {
	h := casefiletest.Open(t)
	ctx := t.Context()
	number := withGap(t, h)
	wants(t, "before the day", act(h, casefiletest.Reviewer, number, casefile.CancelAcceptance, saying("逾期")), fault.Conflict, "casefile.step_not_reached")
	today := civil.Of(time.Now())
	h.Exec(t, `UPDATE casefile_gap SET remind_on = $1`, today)
	for i, want := range []int{1, 0} {
		if n, err := h.Cases.RemindGaps(ctx); err != nil || n != want {
			t.Fatalf("look %d asked for %d: %v", i, n, err)
		}
	}
	if n, err := h.Cases.NoteOverdueGaps(ctx); err != nil || n != 0 {
		t.Fatalf("%d noted before the day: %v", n, err)
	}
	h.Exec(t, `UPDATE casefile_gap SET due_on = $1`, today.Add(-1))
	for i, want := range []int{1, 0} {
		if n, err := h.Cases.NoteOverdueGaps(ctx); err != nil || n != want {
			t.Fatalf("look %d noted %d: %v", i, n, err)
		}
	}
	v := view(t, h, casefiletest.Reviewer, number)
	if !slices.Contains(v.Actions, casefile.CancelAcceptance) || v.Case.State != casefile.Accepted || !v.Clock.Running {
		t.Fatalf("%s, offered %v", v.Case.State, v.Actions)
	}
	inbox, err := h.Cases.Inbox(ctx, casefiletest.Reviewer, workflow.After{}, 10)
	if err != nil || !slices.ContainsFunc(inbox, func(w casefile.Waiting) bool { return w.Task.Action == "cancel_acceptance" }) {
		t.Fatalf("the officer is not told: %+v, %v", inbox, err)
	}
	field(t, "without a reason", act(h, casefiletest.Reviewer, number, casefile.CancelAcceptance), "comment", "casefile.comment_missing.cancel_acceptance")
	wants(t, "by the chief", act(h, casefiletest.Chief, number, casefile.CancelAcceptance, saying("逾期")), fault.Forbidden, "casefile.not_your_step")
	if err := act(h, casefiletest.Reviewer, number, casefile.CancelAcceptance, saying("逾期未补交")); err != nil {
		t.Fatal(err)
	}
	v = view(t, h, casefiletest.Company, number)
	if v.Case.State != casefile.Rejected || v.Case.Outcome != "acceptance_cancelled" || len(v.Tasks) != 0 || v.Case.ClosedAt.IsZero() {
		t.Errorf("%+v, %+v", v.Case, v.Tasks)
	}
	if got := strings.Join(kinds(t, v), " "); got != "gaps acceptance missing acceptance_cancelled" {
		t.Error(got)
	}
	if got := strings.Join(leafNames(t, h, number), " "); !strings.Contains(got, "gap_reminded gap_overdue acceptance_cancelled") {
		t.Error(got)
	}
	if body := strings.Join(v.Papers[3].Body, ""); !strings.Contains(body, "规章制度") || !strings.Contains(body, "行政复议") {
		t.Error(body)
	}
}

func TestGapBroughtLateDismissesTheTask(t *testing.T) {
	h := casefiletest.Open(t)
	number := withGap(t, h)
	h.Exec(t, `UPDATE casefile_gap SET due_on = $1`, civil.Of(time.Now()).Add(-1))
	if n, err := h.Cases.NoteOverdueGaps(t.Context()); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	bring := bringing(t, h, "M310004")
	var wait sync.WaitGroup
	errs := make([]error, 2)
	wait.Go(func() { errs[0] = act(h, casefiletest.Company, number, casefile.BringMissing, bring) })
	wait.Go(func() {
		errs[1] = act(h, casefiletest.Reviewer, number, casefile.CancelAcceptance, saying("逾期未补交"))
	})
	wait.Wait()
	v := view(t, h, casefiletest.Reviewer, number)
	switch {
	case errs[0] == nil && errs[1] != nil:
		if v.Case.State != casefile.Accepted || len(v.Gaps) != 0 || slices.ContainsFunc(v.Actions, func(a casefile.Action) bool { return a == casefile.CancelAcceptance }) {
			t.Errorf("%s, %v", v.Case.State, v.Actions)
		}
	case errs[0] != nil && errs[1] == nil:
		if v.Case.State != casefile.Rejected {
			t.Errorf("%s", v.Case.State)
		}
	default:
		t.Errorf("of two at once exactly one wins: %v", errs)
	}
}

// instantHall has an item decided on the spot, or on a pledge where it promises days.
func instantHall(t *testing.T, days int) *casefiletest.Hall {
	h := casefiletest.Open(t)
	d := casefiletest.Definition(t, casefiletest.Pension)
	if d.PromiseDays = days; days > 0 {
		d.LegalDays, d.Instant = 20, false
	}
	d.Guide.Pledge = &item.Pledge{Text: "本人承诺所填内容属实。", Basis: "国办发〔2020〕42号", Check: "作出决定后两个月内核查。"}
	h.Publish(t, d)
	return h
}

func TestSettledOnTheSpot(t *testing.T) {
	h := instantHall(t, 0)
	number := h.Submit(t, casefiletest.Citizen, h.PensionApplication(t)).Number
	wants(t, "by the reviewer", act(h, casefiletest.Reviewer, number, casefile.Settle), fault.NotFound, "casefile.not_found")
	if v := view(t, h, casefiletest.Window, number); v.Actions[0] != casefile.Settle {
		t.Fatalf("offered %v", v.Actions)
	}
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		wait.Go(func() { errs[i] = act(h, casefiletest.Window, number, casefile.Settle) })
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("of two at once exactly one settles: %v", errs)
	}
	v := view(t, h, casefiletest.Citizen, number)
	c := v.Case
	if c.State != casefile.Delivered || c.Outcome != "approved" || c.AcceptedOn.IsZero() || c.DecidedAt.IsZero() || c.ClosedAt.IsZero() || c.Version != 2 || len(v.Tasks) != 0 {
		t.Errorf("%+v, %+v", c, v.Tasks)
	}
	if c.AcceptedOn != civil.Of(c.DecidedAt) {
		t.Errorf("accepted on %s, decided at %s", c.AcceptedOn, c.DecidedAt)
	}
	if got := strings.Join(kinds(t, v), " "); got != "settlement" {
		t.Errorf("one document: %s", got)
	}
	if got := strings.Join(leafNames(t, h, number), " "); got != "submitted settled" {
		t.Error(got)
	}
	if len(h.Events(t, "casefile.approved")) != 1 || len(h.Events(t, "casefile.decided")) != 1 {
		t.Error("others hear of it once")
	}
}

func TestNotOnTheSpot(t *testing.T) {
	h := casefiletest.Open(t)
	food := casefiletest.Submitted(t, h).Number
	wants(t, "what others must be asked about", act(h, casefiletest.Window, food, casefile.Settle), fault.Conflict, "casefile.not_on_the_spot")
	h = instantHall(t, 5)
	number := h.Submit(t, casefiletest.Citizen, h.PensionApplication(t)).Number
	wants(t, "what promises days", act(h, casefiletest.Window, number, casefile.Settle), fault.Conflict, "casefile.not_on_the_spot")
	if v := view(t, h, casefiletest.Window, number); slices.Contains(v.Actions, casefile.Settle) {
		t.Errorf("offered %v", v.Actions)
	}
}

// pledged is a case that was decided on a pledge, with the officers of the office that decided it.
func pledged(t *testing.T) (h *casefiletest.Hall, number string, reviewer, chief actor.Actor) {
	h = instantHall(t, 5)
	a := h.PensionApplication(t)
	a.Pledged = true
	number = h.Submit(t, casefiletest.Citizen, a).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Settle})
	path := view(t, h, casefiletest.Window, number).Case.OfficePath
	return h, number, casefiletest.Officer("review.pension", "reviewer", path), casefiletest.Officer("chief.pension", "chief", path)
}

func TestPledgeIsInspected(t *testing.T) {
	h, number, reviewer, chief := pledged(t)
	field(t, "without words", act(h, reviewer, number, casefile.Inspect), "comment", "casefile.comment_missing.inspect")
	wants(t, "by the chief", act(h, chief, number, casefile.Inspect, saying("属实")), fault.Forbidden, "casefile.not_your_step")
	if err := act(h, reviewer, number, casefile.Inspect, saying("现场核查，承诺属实")); err != nil {
		t.Fatal(err)
	}
	wants(t, "a second time", act(h, reviewer, number, casefile.Inspect, saying("属实")), fault.Conflict, "casefile.step_not_reached")
	v := view(t, h, casefiletest.Citizen, number)
	if got := strings.Join(kinds(t, v), " "); got != "pledge settlement inspection" || v.Case.Outcome != "approved" || len(v.Tasks) != 0 {
		t.Errorf("%s, %+v", got, v.Tasks)
	}
}

func TestFalsePledgeIsAnnulled(t *testing.T) {
	h, number, reviewer, chief := pledged(t)
	no := false
	if err := act(h, reviewer, number, casefile.Inspect, saying("与事实不符"), func(in *casefile.Step) { in.Agree = &no }); err != nil {
		t.Fatal(err)
	}
	if v := view(t, h, chief, number); len(v.Tasks) != 1 || v.Tasks[0].Action != "annul" || !slices.Contains(v.Actions, casefile.Annul) {
		t.Fatalf("%+v, %v", v.Tasks, v.Actions)
	}
	field(t, "without a ground", act(h, chief, number, casefile.Annul, saying("承诺不实")), "ground", "casefile.ground_missing")
	field(t, "a ground of the other article", act(h, chief, number, casefile.Annul, grounded("expired")), "ground", "casefile.ground_unknown")
	wants(t, "by the reviewer", act(h, reviewer, number, casefile.Annul, grounded("fraud")), fault.Forbidden, "office.no_right")
	if err := act(h, chief, number, casefile.Annul, grounded("fraud")); err != nil {
		t.Fatal(err)
	}
	wants(t, "twice", act(h, chief, number, casefile.Annul, grounded("fraud")), fault.Conflict, "casefile.not_granted")
	v := view(t, h, casefiletest.Citizen, number)
	if v.Case.Outcome != "annulled" || v.Case.State != casefile.Delivered || len(v.Tasks) != 0 {
		t.Errorf("%+v, %+v", v.Case, v.Tasks)
	}
	if got := strings.Join(kinds(t, v), " "); got != "pledge settlement inspection annulment" {
		t.Error(got)
	}
	if e := h.Events(t, "casefile.ended"); len(e) != 1 || !strings.Contains(e[0].Data, `"annulled"`) || !strings.Contains(e[0].Data, number) {
		t.Errorf("%+v", e)
	}
	if err := act(h, chief, number, casefile.CancelGrant, grounded("revoked")); err != nil {
		t.Errorf("what was annulled is struck off: %v", err)
	}
}

func TestGrantIsCancelled(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Delivered(t, h)
	closed := view(t, h, casefiletest.Chief, number).Case.ClosedAt
	if err := act(h, casefiletest.Chief, number, casefile.CancelGrant, grounded("dissolved")); err != nil {
		t.Fatal(err)
	}
	c := view(t, h, casefiletest.Company, number).Case
	if c.Outcome != "cancelled" || !c.ClosedAt.Equal(closed) || !slices.Contains(kinds(t, view(t, h, casefiletest.Company, number)), "cancellation") {
		t.Errorf("%+v", c)
	}
	wants(t, "twice", act(h, casefiletest.Chief, number, casefile.CancelGrant, grounded("dissolved")), fault.Conflict, "casefile.not_granted")
	refused := casefiletest.Refused(t, h)
	wants(t, "what was refused", act(h, casefiletest.Chief, refused, casefile.Annul, grounded("fraud")), fault.Conflict, "casefile.not_now.refused")
}

func TestJointLimitIsLengthenedByTheGovernment(t *testing.T) {
	h := casefiletest.Open(t)
	number := h.Submit(t, casefiletest.Company, h.ChangeApplication(t, casefiletest.Company)).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	government := casefiletest.Officer("head.nanguan", "government", "220102")
	why := saying("情况复杂")
	wants(t, "by the head of one office", act(h, casefiletest.Chief, number, casefile.Extend, why), fault.Forbidden, "casefile.extension_rank")
	field(t, "too long", act(h, government, number, casefile.Extend, why, func(in *casefile.Step) { in.Days = 16 }), "days", "casefile.extension_days")
	if err := act(h, government, number, casefile.Extend, why); err != nil {
		t.Fatal(err)
	}
	v := view(t, h, casefiletest.Company, number)
	if v.Case.ExtendedDays != 15 || !strings.Contains(strings.Join(v.Papers[1].Body, ""), "人民政府负责人") {
		t.Errorf("%d days, %v", v.Case.ExtendedDays, v.Papers[1].Body)
	}
	wants(t, "twice", act(h, government, number, casefile.Extend, why), fault.Conflict, "casefile.extended_once")
	single := casefiletest.Accepted(t, h)
	wants(t, "one office's own", act(h, government, single, casefile.Extend, why), fault.Forbidden, "office.no_right")
}

func TestRejectionNamesWhoIsCompetent(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Submitted(t, h).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Reject, Comment: "不属于本机关职权", Competent: "长春市市场监督管理局"})
	if body := strings.Join(view(t, h, casefiletest.Company, number).Papers[0].Body, ""); !strings.Contains(body, "请向长春市市场监督管理局申请") {
		t.Error(body)
	}
}

func TestSilenceRenews(t *testing.T) {
	h := casefiletest.Open(t)
	today := civil.Of(time.Now())
	h.Held[casefiletest.CompanyID+"/"+casefiletest.Definition(t, casefiletest.Food).Guide.CertType] = "held"
	h.Expiring["held"] = today.Add(31)
	renew := func() string {
		a := h.FoodApplication(t, casefiletest.Company)
		a.Variant = "renewal"
		a.Materials = a.Materials[:1]
		number := h.Submit(t, casefiletest.Company, a).Number
		h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
		return number
	}
	number := renew()
	h.Expiring["held"] = today.Add(29)
	late := renew()
	if n, err := h.Cases.RenewSilent(t.Context()); err != nil || n != 0 {
		t.Fatalf("%d renewed before the expiry: %v", n, err)
	}
	wants(t, "by a person", act(h, casefiletest.Chief, number, casefile.RenewSilently), fault.Forbidden, "casefile.laws_own")
	h.Exec(t, `UPDATE casefile_renewal SET expires_on = $1`, today.Add(-1))
	for i, want := range []int{1, 0} {
		if n, err := h.Cases.RenewSilent(t.Context()); err != nil || n != want {
			t.Fatalf("look %d renewed %d: %v", i, n, err)
		}
	}
	v := view(t, h, casefiletest.Company, number)
	if v.Case.State != casefile.Delivered || v.Case.Outcome != "approved" || len(v.Tasks) != 0 || strings.Join(kinds(t, v), " ") != "acceptance renewal" {
		t.Errorf("%+v, %v", v.Case, kinds(t, v))
	}
	if c := view(t, h, casefiletest.Company, late).Case; c.State != casefile.Accepted {
		t.Errorf("asked for too late, and %s", c.State)
	}
	if len(h.Events(t, "casefile.approved")) != 1 {
		t.Error("its certificate is issued once")
	}
}
