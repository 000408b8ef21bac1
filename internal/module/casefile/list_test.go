package casefile_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

func TestMinePages(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	var want []string
	a := h.PensionApplication(t)
	for range 7 {
		want = append([]string{h.Submit(t, casefiletest.Citizen, a).Number}, want...)
	}
	casefiletest.Submitted(t, h)
	var got []string
	for before := ""; ; {
		page, err := h.Cases.Mine(ctx, casefiletest.Citizen, before, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			got = append(got, c.Number)
		}
		before = page[len(page)-1].ID
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	_, err := h.Cases.Mine(ctx, actor.Actor{}, "", 3)
	wants(t, "nobody", err, fault.Unauthenticated, "casefile.sign_in")
}

func TestInbox(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	var numbers []string
	for range 5 {
		numbers = append(numbers, casefiletest.Accepted(t, h))
	}
	late := numbers[3]
	h.Exec(t, `UPDATE casefile_case SET accepted_on = '2026-03-02', promise_due = '2026-03-11', legal_due = '2026-03-30' WHERE number = $1`, late)
	h.Exec(t, `UPDATE workflow_task SET due_on = '2026-03-11' WHERE number = $1`, late)
	var seen []string
	after := workflow.After{}
	for {
		page, err := h.Cases.Inbox(ctx, casefiletest.Reviewer, after, 4)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, w := range page {
			seen = append(seen, w.Case.Number)
			if w.Task.Subject != w.Case.ID || w.Case.State != casefile.Accepted || (w.Clock.Colour == casefile.Red) != (w.Case.Number == late) {
				t.Errorf("%s: %+v", w.Case.Number, w.Clock)
			}
		}
		last := page[len(page)-1].Task
		after = workflow.After{DueOn: last.DueOn, ID: last.ID}
	}
	if len(seen) != 10 || seen[0] != late || seen[1] != late {
		t.Errorf("%v", seen)
	}
	if page, err := h.Cases.Inbox(ctx, casefiletest.Foreign, workflow.After{}, 10); err != nil || len(page) != 0 {
		t.Errorf("another county sees %d, %v", len(page), err)
	}
	limited := casefiletest.Reviewer
	limited.Duties = []actor.Duty{{Role: "reviewer", OfficePath: "220102d31", Items: []string{casefiletest.Pension}}}
	if page, err := h.Cases.Inbox(ctx, limited, workflow.After{}, 10); err != nil || len(page) != 0 {
		t.Errorf("a duty for other items sees %d, %v", len(page), err)
	}
	_, err := h.Cases.Inbox(ctx, casefiletest.Company, workflow.After{}, 10)
	wants(t, "a person", err, fault.Forbidden, "casefile.officers_only")
}

// A duty that is limited to one item finds its tasks behind many of the office's others.
func TestInboxOfALimitedDuty(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	for range 5 {
		casefiletest.Submitted(t, h)
	}
	change := h.Submit(t, casefiletest.Company, h.ChangeApplication(t, casefiletest.Company)).Number
	limited := casefiletest.Window
	limited.Duties = []actor.Duty{{Role: "window", OfficePath: "220102d90", Items: []string{casefiletest.Change}}}
	page, err := h.Cases.Inbox(ctx, limited, workflow.After{}, 2)
	if err != nil || len(page) != 1 || page[0].Case.Number != change {
		t.Errorf("%+v, %v", page, err)
	}
}

// An officer without a post has received nothing; he is signed in all the same.
func TestMineOfAnOfficerWithoutAPost(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	list, err := h.Cases.Mine(ctx, actor.Actor{Kind: actor.Officer, Account: "fresh"}, "", 10)
	if err != nil || len(list) != 0 {
		t.Errorf("%d cases, %v", len(list), err)
	}
	_, err = h.Cases.Mine(ctx, actor.Actor{}, "", 10)
	wants(t, "nobody", err, fault.Unauthenticated, "casefile.sign_in")
}

func TestSearch(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	first, accepted := casefiletest.Submitted(t, h).Number, casefiletest.Accepted(t, h)
	a := h.PensionApplication(t)
	a.Applicant = casefiletest.CitizenID
	village := h.Submit(t, casefiletest.Village, a).Number
	elsewhere := h.FoodApplication(t, casefiletest.Company)
	elsewhere.Item = h.ElsewhereCode(casefiletest.Food)
	foreign := h.Submit(t, casefiletest.Company, elsewhere).Number
	today := civil.Of(view(t, h, casefiletest.Company, first).Case.SubmittedAt)
	province := casefiletest.Officer("supervisor.jilin", "supervisor", "22")
	county := casefiletest.Officer("supervisor.nanguan", "supervisor", "220102")
	two := casefiletest.Reviewer
	two.Duties = append(slices.Clone(two.Duties), actor.Duty{Role: "supervisor", OfficePath: "220302"})
	limited := county
	limited.Duties = []actor.Duty{{Role: "supervisor", OfficePath: "220102", Items: []string{casefiletest.Pension}}}
	for name, c := range map[string]struct {
		by   actor.Actor
		q    casefile.Query
		want []string
	}{
		"office":           {casefiletest.Reviewer, casefile.Query{}, []string{accepted, first}},
		"centre":           {casefiletest.Window, casefile.Query{}, []string{village, accepted, first}},
		"village":          {casefiletest.Village, casefile.Query{}, []string{village}},
		"county":           {county, casefile.Query{}, []string{village, accepted, first}},
		"city":             {casefiletest.Supervisor, casefile.Query{}, []string{village, accepted, first}},
		"province":         {province, casefile.Query{}, []string{foreign, village, accepted, first}},
		"two-duties":       {two, casefile.Query{}, []string{foreign, accepted, first}},
		"limited-to-items": {limited, casefile.Query{}, []string{village}},
		"state":            {county, casefile.Query{State: casefile.Accepted}, []string{accepted}},
		"number":           {county, casefile.Query{Text: " " + first + " "}, []string{first}},
		"office-and-day":   {county, casefile.Query{Text: first[:15]}, []string{accepted, first}},
		"number-of-others": {county, casefile.Query{Text: foreign}, nil},
		"item":             {province, casefile.Query{Text: "食品"}, []string{foreign, accepted, first}},
		"item-middle":      {province, casefile.Query{Text: "经营许可"}, nil},
		"wildcards":        {province, casefile.Query{Text: "%"}, nil},
		"today":            {county, casefile.Query{From: today, Until: today}, []string{village, accepted, first}},
		"tomorrow":         {county, casefile.Query{From: today.Add(1)}, nil},
		"yesterday":        {county, casefile.Query{Until: today.Add(-1)}, nil},
		"page":             {county, casefile.Query{Limit: 2}, []string{village, accepted}},
		"next-page":        {county, casefile.Query{Limit: 2, Before: h.ID(t, accepted)}, []string{first}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := h.Cases.Search(ctx, c.by, c.q)
			var got []string
			for _, r := range rows {
				got = append(got, r.Number)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v, %v; want %v", got, err, c.want)
			}
		})
	}
	for _, by := range []actor.Actor{casefiletest.Company, casefiletest.Keeper, {}} {
		_, err := h.Cases.Search(ctx, by, casefile.Query{})
		wants(t, by.Account, err, fault.Forbidden, "casefile.officers_only")
	}
	_, err := h.Cases.Search(ctx, county, casefile.Query{Text: "220102"})
	field(t, "a few digits", err, "q", "casefile.number_short")
}

// An office that says nothing has accepted as of the day of receipt, on however many nodes the sweep runs.
func TestSilenceAccepts(t *testing.T) {
	h := casefiletest.Open(t)
	var numbers []string
	for range 5 {
		numbers = append(numbers, casefiletest.Submitted(t, h).Number)
	}
	fresh := casefiletest.Submitted(t, h).Number
	for _, n := range numbers {
		h.Exec(t, `UPDATE casefile_case SET received_on = '2026-03-02', reply_due = '2026-03-09' WHERE number = $1`, n)
	}
	wants(t, "a late correction", act(h, casefiletest.Window, numbers[0], casefile.RequestCorrection, saying("缺平面图")), fault.Conflict, "casefile.silence_accepted")
	wants(t, "a late rejection", act(h, casefiletest.Window, numbers[0], casefile.Reject, saying("不受理")), fault.Conflict, "casefile.silence_accepted")
	h.Act(t, casefiletest.Window, casefile.Step{Number: numbers[0], Action: casefile.Accept})
	other := casefile.New(h.DB, h.Needs)
	accepted := make([]int, 2)
	var wg sync.WaitGroup
	for i, node := range []*casefile.Service{h.Cases, other} {
		wg.Go(func() {
			n, err := node.AcceptSilent(context.Background())
			if err != nil {
				t.Error(err)
			}
			accepted[i] = n
		})
	}
	wg.Wait()
	if accepted[0]+accepted[1] != 4 {
		t.Errorf("accepted %v", accepted)
	}
	for _, n := range numbers {
		v := view(t, h, casefiletest.Company, n)
		if c := v.Case; c.State != casefile.Accepted || c.AcceptedOn != civil.MustParse("2026-03-02") || c.PromiseDue != civil.MustParse("2026-03-11") || c.LegalDue != civil.MustParse("2026-03-30") {
			t.Errorf("%+v", c)
		}
		if leaves := h.Leaves(t, n); len(leaves) != 2 || len(v.Papers) != 1 || v.Tasks[0].Action != "opine" {
			t.Errorf("%+v, %+v", leaves, v.Papers)
		}
	}
	if leaf := h.Leaves(t, numbers[1])[1]; leaf.Actor != "system:casefile.silence" {
		t.Errorf("%+v", leaf)
	}
	if v := view(t, h, casefiletest.Company, fresh); v.Case.State != casefile.Submitted {
		t.Errorf("%+v", v.Case)
	}
	if n, err := h.Cases.AcceptSilent(t.Context()); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}

// One case that can't be accepted holds up no other, and is told.
func TestSilenceGoesOn(t *testing.T) {
	h := casefiletest.Open(t)
	bad, good := casefiletest.Submitted(t, h).Number, casefiletest.Submitted(t, h).Number
	for _, n := range []string{bad, good} {
		h.Exec(t, `UPDATE casefile_case SET reply_due = '2026-03-09' WHERE number = $1`, n)
	}
	needs := h.Needs
	needs.Log = breaking{needs.Log, func(e audit.Entry) bool { return e.Object == "case:"+bad }}
	n, err := casefile.New(h.DB, needs).AcceptSilent(t.Context())
	if n != 1 || !errors.Is(err, errBroken) {
		t.Errorf("%d, %v", n, err)
	}
	if v := view(t, h, casefiletest.Company, bad); v.Case.State != casefile.Submitted || len(v.Papers) != 0 {
		t.Errorf("%+v", v.Case)
	}
	if v := view(t, h, casefiletest.Company, good); v.Case.State != casefile.Accepted {
		t.Errorf("%+v", v.Case)
	}
	_, err = h.Cases.Submit(t.Context(), casefiletest.Company, h.FoodApplication(t, casefiletest.Company), once.Params{})
	if err != nil {
		t.Error(err)
	}
}
