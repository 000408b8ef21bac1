package casefile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// wants checks that an error is the fault with this kind and key.
func wants(t *testing.T, what string, err error, kind fault.Kind, key string) {
	t.Helper()
	if !fault.Is(err, kind) || !fault.HasKey(err, key) {
		t.Errorf("%s: %v, want %s", what, err, key)
	}
}

// field checks that an error refuses a field for this reason.
func field(t *testing.T, what string, err error, name, key string) {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || !slices.ContainsFunc(f.Fields, func(e fault.FieldError) bool { return e.Name == name && e.Key == key }) {
		t.Errorf("%s: %v, want %s at %s", what, err, key, name)
	}
}

func TestSubmit(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	r := h.Submit(t, casefiletest.Company, h.FoodWithGap(t, casefiletest.Company))
	if len(r.Number) != 21 || r.Number[:9] != "220102031" || r.Number[15:] != "000001" || r.State != casefile.Submitted || len(r.QueryCode) != 6 {
		t.Errorf("%+v", r)
	}
	v, err := h.Cases.View(ctx, casefiletest.Company, r.Number)
	if err != nil {
		t.Fatal(err)
	}
	c := v.Case
	if c.ApplicantID != casefiletest.CompanyID || c.AccountID != "company" || c.Channel != "online" || c.OfficePath != "220102d31" || c.CentrePath != "220102d90" ||
		c.PromiseDays != 7 || c.LegalDays != 20 || c.ReplyDue.IsZero() || c.FormID == "" || c.CertType != "food-operation" || c.Version != 1 {
		t.Errorf("%+v", c)
	}
	ways := map[string]string{}
	for _, m := range v.Materials {
		ways[m.Code] = m.Way
		if m.Way == item.WayUpload && v.Files[m.FileID].Name != "平面图.txt" {
			t.Errorf("the file of %s is %+v", m.Code, v.Files[m.FileID])
		}
		if m.Way == item.WayLater && m.DueOn == "" {
			t.Errorf("%s follows on no day", m.Code)
		}
	}
	if !slices.ContainsFunc(v.Gaps, func(g casefile.Gap) bool { return g.Code == "M310004" }) {
		t.Errorf("%+v", v.Gaps)
	}
	if ways["M310001"] != item.WayForm || ways["M000002"] != item.WaySharing || ways["M310003"] != item.WayUpload || ways["M310004"] != item.WayLater {
		t.Errorf("%v", ways)
	}
	leaves := h.Leaves(t, r.Number)
	if len(leaves) != 1 || leaves[0].Name != "case.submitted" || leaves[0].Subject != casefiletest.CompanyID || leaves[0].Actor != "company" {
		t.Errorf("%+v", leaves)
	}
	if m := h.Messages(t, casefiletest.CompanyID); len(m) != 1 || m[0].Name != "casefile.told.submit" || m[0].Object != "/cases/"+r.Number {
		t.Errorf("%+v", m)
	}
	if len(v.Tasks) != 1 || v.Tasks[0].Action != "accept" || v.Tasks[0].DueOn != c.ReplyDue.String() || v.Tasks[0].OfficePath != "220102d90" {
		t.Errorf("%+v", v.Tasks)
	}
}

// What was handed in once is offered and taken again without being asked for.
func TestReuse(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	first := h.FoodApplication(t, casefiletest.Company)
	h.Submit(t, casefiletest.Company, first)
	h.Held[casefiletest.CompanyID+"/market-001"] = "1.2.156.3005.2.1"
	again := first
	again.Materials = []casefile.Given{{Code: "M310004", Way: item.WayLater}}
	p, err := h.Cases.Prepare(ctx, casefiletest.Company, again)
	if err != nil {
		t.Fatal(err)
	}
	ready := map[string]bool{}
	for _, o := range p.Offers {
		for _, w := range o.Ways {
			if w.Ready {
				ready[o.Rule.Code+" "+w.Way.Kind] = true
			}
			if w.Way.Kind == item.WayReuse && (w.Document == nil || w.Document.Name != "平面图.txt") {
				t.Errorf("%s offers %+v", o.Rule.Code, w.Document)
			}
		}
	}
	if !ready["M310003 reuse"] || ready["M310003 upload"] || !ready["M310001 form"] || !ready["M000002 certificate"] || !ready["M310004 later"] {
		t.Errorf("%v", ready)
	}
	if p.Prefill["operator_name"] != "长春市南关区祥和餐饮有限公司" || p.Prefill["credit_code"] != "91220102MA1P8Q9R4L" {
		t.Errorf("%v", p.Prefill)
	}
	v, err := h.Cases.View(ctx, casefiletest.Company, h.Submit(t, casefiletest.Company, again).Number)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range v.Materials {
		if m.Code == "M310003" && (m.Way != item.WayReuse || m.FileID != first.Materials[0].Files[0] || m.Evidence != "C") ||
			m.Code == "M000002" && (m.Way != item.WayCertificate || m.Evidence != "1.2.156.3005.2.1") {
			t.Errorf("%+v", m)
		}
	}
}

func TestSubmitOnce(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	a := h.FoodApplication(t, casefiletest.Company)
	key := once.Params{Actor: "company", Key: "k1", Digest: "d1"}
	first, err := h.Cases.Submit(ctx, casefiletest.Company, a, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Items.SetState(ctx, itemtest.Keeper, casefiletest.Food, item.Paused, "系统维护"); err != nil {
		t.Fatal(err)
	}
	again, err := h.Cases.Submit(ctx, casefiletest.Company, a, key)
	if err != nil || again != first {
		t.Errorf("%+v, %v; first %+v", again, err, first)
	}
	key.Digest = "d2"
	_, err = h.Cases.Submit(ctx, casefiletest.Company, a, key)
	wants(t, "another body", err, fault.Conflict, "once.other_body")
	_, err = h.Cases.Submit(ctx, casefiletest.Company, a, once.Params{})
	wants(t, "a paused item", err, fault.Conflict, "casefile.item_closed")
}

// Without a power in force nobody applies, and it is said why and whom to ask; cases under way go on.
func TestNoApplicationWithoutAPower(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	a := h.FoodApplication(t, casefiletest.Company)
	first, err := h.Cases.Submit(ctx, casefiletest.Company, a, once.Params{})
	if err != nil {
		t.Fatal(err)
	}
	h.Items.Powerless[casefiletest.Food] = true
	_, err = h.Cases.Submit(ctx, casefiletest.Company, a, once.Params{})
	wants(t, "without a power", err, fault.Conflict, "casefile.no_power")
	if f, _ := fault.Of(err); len(f.Args) != 2 || f.Args[0] == "" || f.Args[1] == "" {
		t.Errorf("whom to ask: %v", f.Args)
	}
	h.Act(t, casefiletest.Window, casefile.Step{Number: first.Number, Action: casefile.Accept})
	delete(h.Items.Powerless, casefiletest.Food)
	if _, err := h.Cases.Submit(ctx, casefiletest.Company, a, once.Params{}); err != nil {
		t.Errorf("in force again: %v", err)
	}
}

func TestSubmitAtOnceIsOneCase(t *testing.T) {
	h := casefiletest.Open(t)
	a := h.FoodApplication(t, casefiletest.Company)
	numbers := make([]string, 8)
	var wg sync.WaitGroup
	for i := range numbers {
		wg.Go(func() {
			r, err := h.Cases.Submit(context.Background(), casefiletest.Company, a, once.Params{Actor: "company", Key: "same", Digest: "same"})
			if err != nil {
				t.Error(err)
			}
			numbers[i] = r.Number
		})
	}
	wg.Wait()
	slices.Sort(numbers)
	if len(slices.Compact(numbers)) != 1 {
		t.Errorf("%v", numbers)
	}
}

func TestSubmitRefuses(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	good := h.FoodApplication(t, casefiletest.Company)
	try := func(by actor.Actor, change func(a *casefile.Application)) error {
		a := good
		change(&a)
		_, err := h.Cases.Submit(ctx, by, a, once.Params{})
		return err
	}
	err := try(casefiletest.Company, func(a *casefile.Application) { a.Materials = nil })
	field(t, "no materials", err, "materials.M310003", "casefile.material_needed")
	field(t, "no materials", err, "materials.M310004", "casefile.material_needed")
	err = try(casefiletest.Company, func(a *casefile.Application) {
		a.Materials = append(slices.Clone(a.Materials), casefile.Given{Code: "M999999"})
	})
	field(t, "an unknown material", err, "materials.M999999", "casefile.material_unknown")
	foreign := h.Upload(t, casefiletest.Other)
	err = try(casefiletest.Company, func(a *casefile.Application) {
		a.Materials = []casefile.Given{{Code: "M310003", Files: []string{foreign}}, {Code: "M310004", Way: "pledge"}}
	})
	field(t, "somebody else's file", err, "materials.M310003", "casefile.file_unknown")
	field(t, "a way the guide does not know", err, "materials.M310004", "casefile.material_way")
	err = try(casefiletest.Company, func(a *casefile.Application) { a.Situation = map[string]string{"place": "catering"} })
	field(t, "an open question", err, "situation.agent", "item.answer_needed")
	err = try(casefiletest.Company, func(a *casefile.Application) { a.Answers = map[string]any{} })
	wants(t, "an empty form", err, fault.Invalid, "form.invalid")
	low := casefiletest.Company
	low.Level = 1
	wants(t, "a low level", try(low, func(*casefile.Application) {}), fault.Forbidden, "casefile.level_low")
	wants(t, "for somebody else", try(casefiletest.Citizen, func(a *casefile.Application) { a.Applicant = casefiletest.OtherID }), fault.Forbidden, "casefile.not_yours")
	wants(t, "a stranger", try(actor.Actor{}, func(*casefile.Application) {}), fault.Unauthenticated, "casefile.sign_in")
	wants(t, "an officer for nobody", try(casefiletest.Window, func(*casefile.Application) {}), fault.Invalid, "casefile.no_applicant")
	wants(t, "a reviewer for the company", try(casefiletest.Reviewer, func(a *casefile.Application) { a.Applicant = casefiletest.CompanyID }), fault.Forbidden, "office.no_right")
	pension := h.PensionApplication(t)
	_, err = h.Cases.Submit(ctx, casefiletest.Company, pension, once.Params{})
	wants(t, "a company for a person's item", err, fault.Invalid, "casefile.not_for_company")
	if n := len(h.Events(t, "casefile.moved")); n != 0 {
		t.Errorf("%d refused applications told of themselves", n)
	}
}

// A village receives what the county decides; the number is the county's, the window of the case is the village.
func TestReceivedOnBehalf(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	d := casefiletest.Definition(t, casefiletest.Pension)
	d.Guide.Scope = "county"
	h.Publish(t, d)
	a := h.PensionApplication(t)
	a.Applicant = casefiletest.CitizenID
	r := h.Submit(t, casefiletest.Village, a)
	v, err := h.Cases.View(ctx, casefiletest.Village, r.Number)
	if err != nil {
		t.Fatal(err)
	}
	if c := v.Case; c.Channel != "window" || c.ReceivedPath != "220102001001" || c.OfficePath != "220102d14" || c.ApplicantID != casefiletest.CitizenID || r.Number[:9] != "220102014" {
		t.Errorf("%+v", v.Case)
	}
	if v.Applicant.Number == "220102199003072318" || v.QueryCode != "" {
		t.Errorf("the village reads %+v, code %q", v.Applicant, v.QueryCode)
	}
	if mine, err := h.Cases.Mine(ctx, casefiletest.Village, "", 10); err != nil || len(mine) != 1 {
		t.Errorf("%d received, %v", len(mine), err)
	}
	if mine, err := h.Cases.Mine(ctx, casefiletest.Citizen, "", 10); err != nil || len(mine) != 1 {
		t.Errorf("%d of the citizen's, %v", len(mine), err)
	}
	b := h.ChangeApplication(t, casefiletest.Village)
	b.Applicant = casefiletest.CompanyID
	_, err = h.Cases.Submit(ctx, casefiletest.Village, b, once.Params{})
	wants(t, "what villages may not receive", err, fault.Forbidden, "casefile.not_receivable")
	outside := casefiletest.Officer("village.tiexi", "clerk", "220302001001")
	_, err = h.Cases.Submit(ctx, outside, a, once.Params{})
	wants(t, "a village of another county", err, fault.Forbidden, "casefile.not_receivable")
	limited := casefiletest.Village
	limited.Duties = []actor.Duty{{Role: "clerk", OfficePath: "220102001001", Items: []string{casefiletest.Food}}}
	_, err = h.Cases.Submit(ctx, limited, a, once.Params{})
	wants(t, "a duty limited to other items", err, fault.Forbidden, "office.no_right")
}

// Who works where a case was received, but receives nothing himself, or not this item, has nothing to do with it.
func TestReceivedOnBehalfByWhoReceives(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	d := casefiletest.Definition(t, casefiletest.Pension)
	d.Guide.Scope = "county"
	h.Publish(t, d)
	a := h.PensionApplication(t)
	a.Applicant = casefiletest.CitizenID
	number := h.Submit(t, casefiletest.Village, a).Number
	limited := casefiletest.Village
	limited.Duties = []actor.Duty{{Role: "clerk", OfficePath: "220102001001", Items: []string{casefiletest.Food}}}
	for name, by := range map[string]actor.Actor{"a clerk of other items": limited, "a keeper": casefiletest.Officer("keeper.village", "keeper", "220102001001"),
		"somebody without duties": {Kind: actor.Officer, Account: "former", OfficePath: "220102001001"}} {
		_, err := h.Cases.View(ctx, by, number)
		wants(t, name+" reads", err, fault.NotFound, "casefile.not_found")
		wants(t, name+" withdraws", act(h, by, number, casefile.Withdraw), fault.NotFound, "casefile.not_found")
	}
	colleague := casefiletest.Officer("clerk.two", "clerk", "220102001001")
	if _, err := h.Cases.View(ctx, colleague, number); err != nil {
		t.Errorf("a colleague of the village: %v", err)
	}
}

// breaking is a log that fails for some.
type breaking struct {
	casefile.Log
	fails func(e audit.Entry) bool
}

var errBroken = errors.New("the log is broken")

func (b breaking) Append(ctx context.Context, tx *db.Tx, e audit.Entry) error {
	if b.fails(e) {
		return errBroken
	}
	return b.Log.Append(ctx, tx, e)
}

// Eight people submit at once, some fail after their number was taken: the numbers that were given have no gaps.
func TestNumbersHaveNoGaps(t *testing.T) {
	h := casefiletest.Open(t)
	needs := h.Needs
	needs.Log = breaking{needs.Log, func(e audit.Entry) bool { return e.Actor == "unlucky" }}
	cases := casefile.New(h.DB, needs)
	a := h.FoodApplication(t, casefiletest.Company)
	var mu sync.Mutex
	var numbers []string
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			by := casefiletest.Company
			for n := range 6 {
				by.Account = "company"
				if (i+n)%3 == 0 {
					by.Account = "unlucky"
				}
				r, err := cases.Submit(context.Background(), by, a, once.Params{})
				if by.Account == "unlucky" {
					if !errors.Is(err, errBroken) {
						t.Errorf("a broken log: %v", err)
					}
					continue
				}
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				numbers = append(numbers, r.Number[15:])
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != fmt.Sprintf("%06d", i+1) {
			t.Fatalf("number %d is %s", i+1, n)
		}
	}
	if len(numbers) != 32 {
		t.Errorf("%d numbers", len(numbers))
	}
}

// The townships of a county share the beginning of their numbers and so the series.
func TestNumbersOfTownshipsDiffer(t *testing.T) {
	h, seen := casefiletest.Open(t), map[string]bool{}
	err := h.DB.Update(t.Context(), func(tx *db.Tx) error {
		for _, path := range []string{"220102001", "220102002", "220102d31", "220102d3101", "220102001", "2201d31", "220100d31"} {
			n, err := casefile.CaseNumber(t.Context(), tx, path, civil.MustParse("2026-03-02"))
			if err != nil {
				return err
			}
			if seen[n] || len(n) != 21 {
				t.Errorf("%s was given %s", path, n)
			}
			seen[n] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
