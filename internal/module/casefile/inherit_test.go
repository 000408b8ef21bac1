package casefile_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// failing is a log that dies at one leaf of a kind.
type failing struct {
	casefile.Log
	kind  string
	after int
}

func (f *failing) Append(ctx context.Context, tx *db.Tx, e audit.Entry) error {
	if e.Kind == f.kind {
		if f.after--; f.after == 0 {
			return errDied
		}
	}
	return f.Log.Append(ctx, tx, e)
}

var mergedTo = casefile.Merged{From: "220102d31", FromName: "市场监督管理局", Into: workflow.Office{ID: "office-220102d44", Path: "220102d44", Name: "综合执法局"},
	Document: "长编〔2026〕12号", DecidedBy: "two"}

// TestInherit: one that errs holds up none of the others; begun again, each case goes over once, its tasks with it, and keeps its dates.
func TestInherit(t *testing.T) {
	h := casefiletest.Open(t)
	numbers := []string{casefiletest.Accepted(t, h), casefiletest.Submitted(t, h).Number, casefiletest.Reviewed(t, h)}
	delivered := casefiletest.Delivered(t, h)
	before := view(t, h, casefiletest.Company, numbers[0]).Case
	program := actor.Program("office.merger")
	if _, err := h.Cases.Inherit(t.Context(), casefiletest.Chief, mergedTo); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer moves cases: %v", err)
	}
	h.Needs.Log = &failing{h.Needs.Log, "case.inherited", 2}
	h.Cases = casefile.New(h.DB, h.Needs)
	n, err := h.Cases.Inherit(t.Context(), program, mergedTo)
	var left *casefile.Unmoved
	if !errors.Is(err, errDied) || n != 2 || !errors.As(err, &left) || !slices.Equal(left.Numbers, numbers[1:2]) {
		t.Fatalf("the second errs: %d %v", n, err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if n, err := h.Cases.Inherit(stopped, program, mergedTo); !errors.Is(err, context.Canceled) || n != 0 {
		t.Fatalf("stopped: %d %v", n, err)
	}
	if n, err := h.Cases.Inherit(t.Context(), program, mergedTo); err != nil || n != 1 {
		t.Fatalf("begun again: %d %v", n, err)
	}
	if n, err := h.Cases.Inherit(t.Context(), program, mergedTo); err != nil || n != 0 {
		t.Errorf("once more: %d %v", n, err)
	}
	for _, number := range numbers {
		n := 0
		for _, l := range h.Leaves(t, number) {
			if l.Name == "case.inherited" {
				n++
				if !strings.Contains(l.Data, "长编〔2026〕12号") || !strings.Contains(l.Data, `"decided_by":"two"`) {
					t.Errorf("the leaf says %s", l.Data)
				}
			}
		}
		if n != 1 {
			t.Errorf("%s has %d leaves", number, n)
		}
	}
	after := view(t, h, casefiletest.Company, numbers[0]).Case
	if after.OfficePath != "220102d44" || after.LegalDue != before.LegalDue || after.PromiseDue != before.PromiseDue || after.YellowOn != before.YellowOn {
		t.Errorf("%+v", after)
	}
	heir := casefiletest.Officer("chief.44", "chief", "220102d44")
	if list, err := h.Cases.Inbox(t.Context(), heir, workflow.After{}, 10); err != nil || len(list) != 1 {
		t.Errorf("%d tasks wait for the chief of the other office, %v", len(list), err)
	}
	h.Act(t, heir, casefile.Step{Number: numbers[2], Action: casefile.Approve})
	if got := view(t, h, casefiletest.Company, delivered).Case.OfficePath; got != "220102d31" {
		t.Errorf("what is closed stays until something is done with it: %s", got)
	}
}

// dissolvedOffices says that one office was dissolved.
type dissolvedOffices struct{}

func (dissolvedOffices) Merged(_ context.Context, _ *db.Tx, path string) (casefile.Merged, bool, error) {
	return mergedTo, path == mergedTo.From, nil
}

// TestActAfterMerger: what is done with a case that has not gone over yet is done for the office that took over, also by who saw it before.
func TestActAfterMerger(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Reviewed(t, h)
	seen := view(t, h, casefiletest.Chief, number).Case.Version
	h.Needs.Heirs = dissolvedOffices{}
	h.Cases = casefile.New(h.DB, h.Needs)
	chief := casefiletest.Chief
	chief.Duties = append([]actor.Duty{{Role: "chief", OfficePath: "220102d44"}}, chief.Duties...) // what the dissolved office left behind is its heir's
	if _, err := h.Cases.Act(t.Context(), chief, casefile.Step{Number: number, Action: casefile.Approve, Version: seen}, once.Params{}); err != nil {
		t.Fatal(err)
	}
	v := view(t, h, casefiletest.Company, number)
	if d := v.Papers[len(v.Papers)-1]; v.Case.OfficePath != "220102d44" || d.Office != "综合执法局" || !strings.HasPrefix(d.Number, "综合执法局") {
		t.Errorf("%s, %s by %s", v.Case.OfficePath, d.Number, d.Office)
	}
}

// TestClockAfterMerger: what the law does by itself with a case that has not gone over yet is done for the office that took over.
func TestClockAfterMerger(t *testing.T) {
	h := casefiletest.Open(t)
	today := civil.Of(time.Now())
	h.Held[casefiletest.CompanyID+"/"+casefiletest.Definition(t, casefiletest.Food).Guide.CertType] = "held"
	h.Expiring["held"] = today.Add(31)
	a := h.FoodApplication(t, casefiletest.Company)
	a.Variant, a.Materials = "renewal", a.Materials[:1]
	renewed := h.Submit(t, casefiletest.Company, a).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: renewed, Action: casefile.Accept})
	h.Exec(t, `UPDATE casefile_renewal SET expires_on = $1`, today.Add(-1))
	silent, lacking := casefiletest.Submitted(t, h).Number, withGap(t, h)
	overdue(t, h, silent)
	h.Exec(t, `UPDATE casefile_gap SET remind_on = $1`, today.Add(-1))
	h.Needs.Heirs = dissolvedOffices{}
	h.Cases = casefile.New(h.DB, h.Needs)
	for number, run := range map[string]func(context.Context) (int, error){renewed: h.Cases.RenewSilent, silent: h.Cases.AcceptSilent, lacking: h.Cases.RemindGaps} {
		for look, want := range []int{1, 0} {
			if n, err := run(t.Context()); n != want || err != nil {
				t.Errorf("%s, look %d: %d, %v", number, look, n, err)
			}
		}
		v := view(t, h, casefiletest.Company, number)
		if d := v.Papers[len(v.Papers)-1]; v.Case.OfficePath != "220102d44" || d.Office != "综合执法局" || !strings.HasPrefix(d.Number, "综合执法局") {
			t.Errorf("%s is at %s, %s by %s", number, v.Case.OfficePath, d.Number, d.Office)
		}
	}
}

// TestExtensionAsked: the request of an office is a task of its government until it is answered.
func TestExtensionAsked(t *testing.T) {
	h := casefiletest.Open(t)
	government := casefiletest.Officer("head.nanguan", "government", "220102")
	why := saying("情况复杂")
	waits := func(want int) {
		t.Helper()
		list, err := h.Cases.Inbox(t.Context(), government, workflow.After{}, 10)
		if err != nil || len(list) != want {
			t.Fatalf("%d requests wait, %v; want %d", len(list), err, want)
		}
	}
	begun := func() string {
		number := h.Submit(t, casefiletest.Company, h.ChangeApplication(t, casefiletest.Company)).Number
		h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
		return number
	}
	number := begun()
	waits(0)
	wants(t, "by a reviewer", act(h, casefiletest.Reviewer, number, casefile.AskExtension, why), fault.Forbidden, "office.no_right")
	field(t, "too long", act(h, casefiletest.Chief, number, casefile.AskExtension, why, func(in *casefile.Step) { in.Days = 16 }), "days", "casefile.extension_days")
	if err := act(h, casefiletest.Chief, number, casefile.AskExtension, why, func(in *casefile.Step) { in.Days = 8 }); err != nil {
		t.Fatal(err)
	}
	wants(t, "twice", act(h, casefiletest.Chief, number, casefile.AskExtension, why), fault.Conflict, "casefile.extension_asked")
	waits(1)
	v := view(t, h, government, number)
	if last := v.Events[len(v.Events)-1]; last.Action != casefile.AskExtension || !strings.Contains(last.Comment, "8 个工作日：情况复杂") {
		t.Errorf("the request says %q", last.Comment)
	}
	if e := view(t, h, casefiletest.Company, number).Events; e[len(e)-1].Comment != "" {
		t.Error("the applicant reads what offices ask each other")
	}
	wants(t, "the office itself", act(h, casefiletest.Chief, number, casefile.Extend, why), fault.Forbidden, "casefile.extension_rank")
	if err := act(h, government, number, casefile.DeclineExtension, saying("理由不足")); err != nil {
		t.Fatal(err)
	}
	waits(0)
	if got := view(t, h, casefiletest.Company, number).Case.ExtendedDays; got != 0 {
		t.Errorf("declined, and longer by %d days", got)
	}
	if err := act(h, casefiletest.Chief, number, casefile.AskExtension, why); err != nil {
		t.Fatal("asked again:", err)
	}
	waits(1)
	if err := act(h, government, number, casefile.Extend, why); err != nil {
		t.Fatal(err)
	}
	waits(0)
	wants(t, "once longer", act(h, casefiletest.Chief, number, casefile.AskExtension, why), fault.Conflict, "casefile.extended_once")

	decided := begun()
	if err := act(h, casefiletest.Chief, decided, casefile.AskExtension, why); err != nil {
		t.Fatal(err)
	}
	waits(1)
	for _, o := range view(t, h, casefiletest.Supervisor, decided).Tasks {
		if o.Action == "opine" {
			h.Act(t, casefiletest.Officer("r."+o.OfficePath, "reviewer", o.OfficePath), casefile.Step{Number: decided, Action: casefile.Opine, Comment: "同意"})
		}
	}
	h.Act(t, casefiletest.Chief, casefile.Step{Number: decided, Action: casefile.Approve})
	waits(0)
	wants(t, "one office's own", act(h, casefiletest.Chief, casefiletest.Accepted(t, h), casefile.AskExtension, why), fault.Conflict, "casefile.extension_own")
}
