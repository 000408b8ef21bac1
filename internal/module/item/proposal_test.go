package item_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Nobody publishes alone: every way a person could is refused by the use case itself, whatever the page shows.
func TestNobodyPublishesAlone(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e := l.food(t)
	for name, do := range map[string]func(actor.Actor) error{
		"publish":     func(by actor.Actor) error { _, err := l.Publish(ctx, by, definition(t, food)); return err },
		"publishmany": func(by actor.Actor) error { _, err := l.PublishMany(ctx, by, definitions(t)); return err },
		"seed":        func(by actor.Actor) error { _, err := l.SeedCatalogue(ctx, by, definitions(t), contact); return err },
		"improve": func(by actor.Actor) error {
			_, err := l.Service.Improve(ctx, by, e.Code, item.Override{Contact: item.Contact{Phone: "1"}})
			return err
		},
		"contact": func(by actor.Actor) error {
			_, err := l.SetContact(ctx, by, e.OfficeID, item.Contact{Phone: "1", Address: "x"})
			return err
		},
		"claim":     func(by actor.Actor) error { _, err := l.Claim(ctx, by, []item.Claim{{Base: food}}); return err },
		"claimmany": func(by actor.Actor) error { _, err := l.ClaimMany(ctx, by, villages(t, 1), []string{food}); return err },
		"end":       func(by actor.Actor) error { return l.SetState(ctx, by, food, item.Cancelled, "废止") },
		"resume":    func(by actor.Actor) error { return l.SetState(ctx, by, food, item.InUse, "") },
		"planned resumption": func(by actor.Actor) error {
			_, err := l.PlanState(ctx, by, item.Plan{Code: food, ToState: item.InUse, EffectiveOn: today().Add(3)})
			return err
		},
		"planned end": func(by actor.Actor) error {
			_, err := l.PlanState(ctx, by, item.Plan{Code: food, ToState: item.Cancelled, Reason: "废止", EffectiveOn: today().Add(3)})
			return err
		},
		"import": func(by actor.Actor) error { _, err := l.Import(ctx, by, item.Import{}); return err },
	} {
		if err := do(keeper); !fault.HasKey(err, "item.four_eyes") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b := l.base(t, food); b.Version != 1 || b.State != item.InUse || l.food(t).Version != 1 {
		t.Errorf("version %d, %s", b.Version, b.State)
	}
}

// A proposal waits for another: its author, a chief and a stranger can't approve it; whoever may sees what was previewed.
func TestAnotherApproves(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	l.Cases = map[string]int{food: 3}
	p, err := l.ProposeAlteration(ctx, keeper, []string{food, "000778001000"}, item.Alteration{Kind: item.PromisePercent, Percent: 25})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.ProposeAlteration(ctx, reviewer, []string{food, "000778001000"}, item.Alteration{Kind: item.PromisePercent, Percent: 25})
	wants(t, err, "item.proposal_open_already")
	_, err = l.ApproveProposal(ctx, keeper, p.ID, "")
	wants(t, err, "item.own_proposal")
	// The same person at another account is the same person.
	double := keeper
	double.Account, double.Subject = "other", keeper.Account
	_, err = l.ApproveProposal(ctx, double, p.ID, "")
	wants(t, err, "item.own_proposal")
	_, err = l.ApproveProposal(ctx, chief, p.ID, "")
	wants(t, err, "office.no_right")
	if l.base(t, food).Version != 1 {
		t.Fatal("something was published")
	}
	if todo := l.todos(t, reviewer, item.ProposalMade); len(todo) != 1 || todo[0].Object != p.ID {
		t.Errorf("%+v", todo)
	}
	list, err := l.Proposals(ctx, reviewer, item.ProposalWaiting, "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d, %v", len(list), err)
	}
	v := list[0].Preview.V
	if len(v.Rows) != 2 || len(v.Running) != 1 || v.Running[0].Cases != 3 || len(v.Affected) == 0 {
		t.Errorf("%+v", v)
	}
	if p, err = l.ApproveProposal(ctx, reviewer, p.ID, "同意"); err != nil || p.Outcome != 2 || l.base(t, food).PromiseDays != 5 {
		t.Errorf("%+v, %v", p, err)
	}
	_, err = l.ApproveProposal(ctx, reviewer, p.ID, "")
	wants(t, err, "item.proposal_gone")
	if todo := l.todos(t, reviewer, item.ProposalMade); len(todo) != 0 {
		t.Errorf("%d wait still", len(todo))
	}
	if b := l.base(t, food); b.PublishedBy != "reviewer" || b.Version != 2 {
		t.Errorf("version %d by %s", b.Version, b.PublishedBy)
	}
}

// What changed since the preview is not approved unseen.
func TestAStaleProposalIsRefused(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	p, err := l.ProposeAlteration(ctx, keeper, []string{food}, item.Alteration{Kind: item.SynonymAdd, Value: "开面馆"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Publish(ctx, loader, promising(l.base(t, food).Definition, 5)); err != nil {
		t.Fatal(err)
	}
	_, err = l.ApproveProposal(ctx, reviewer, p.ID, "")
	wants(t, err, "item.proposal_stale")
	_, err = l.ReturnProposal(ctx, reviewer, p.ID, "")
	wants(t, err, "item.reason_needed")
	if p, err = l.ReturnProposal(ctx, reviewer, p.ID, "请重新预览"); err != nil || p.State != item.ProposalReturned {
		t.Errorf("%+v, %v", p, err)
	}
	own, err := l.ProposeOverride(ctx, chief, l.food(t).Code, item.Override{Contact: item.Contact{Phone: "2"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.WithdrawProposal(ctx, keeper, own.ID)
	wants(t, err, "item.not_your_proposal")
	if _, err := l.WithdrawProposal(ctx, chief, own.ID); err != nil {
		t.Error(err)
	}
	_, err = l.ApproveProposal(ctx, reviewer, own.ID, "")
	wants(t, err, "item.proposal_gone")
}

// Two who approve at once are one who did.
func TestTwoApproveAtOnce(t *testing.T) {
	l := seeded(t)
	p, err := l.ProposeOverride(t.Context(), chief, l.food(t).Code, item.Override{Contact: item.Contact{Phone: "2"}})
	if err != nil {
		t.Fatal(err)
	}
	failed := make([]error, 4)
	var wg sync.WaitGroup
	for i := range failed {
		wg.Go(func() {
			by := []actor.Actor{keeper, reviewer}[i%2]
			_, failed[i] = l.ApproveProposal(context.Background(), by, p.ID, "")
		})
	}
	wg.Wait()
	done := 0
	for _, err := range failed {
		if err == nil {
			done++
		} else if !fault.HasKey(err, "item.proposal_gone") {
			t.Error(err)
		}
	}
	if now := l.food(t); done != 1 || now.Version != 2 || now.Contact.Phone != "2" {
		t.Errorf("%d approved, version %d", done, now.Version)
	}
}

// Taking a version back or ending an item while cases run is a decision of its own, written in the log; pausing is not.
func TestRunningCasesAreDecidedAbout(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	if _, err := l.Publish(ctx, loader, promising(l.base(t, food).Definition, 5)); err != nil {
		t.Fatal(err)
	}
	l.Cases = map[string]int{food: 7}
	_, err := l.ProposeRecall(ctx, keeper, food, 1, "写错了", false)
	wants(t, err, "item.cases_running")
	_, err = l.ProposeState(ctx, keeper, item.Plan{Code: food, ToState: item.Cancelled, Reason: "废止"}, false)
	wants(t, err, "item.cases_running")
	p, err := l.ProposeRecall(ctx, keeper, food, 1, "写错了", true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil || l.base(t, food).Version != 3 {
		t.Fatal(err)
	}
	leaf := l.Leaves[slices.IndexFunc(l.Leaves, func(e audit.Entry) bool { return e.Kind == "item.proposed" })]
	data, _ := leaf.Data.(map[string]any)
	if data["running"] != 7 || data["keep_cases"] != true || leaf.Basis != "写错了" {
		t.Errorf("%+v", leaf)
	}
	// Nobody applied when it was proposed: then cases came, and nobody has decided about them.
	l.Cases = nil
	if p, err = l.ProposeState(ctx, keeper, item.Plan{Code: food, ToState: item.Cancelled, Reason: "废止"}, false); err != nil {
		t.Fatal(err)
	}
	l.Cases = map[string]int{food: 1}
	_, err = l.ApproveProposal(ctx, reviewer, p.ID, "")
	wants(t, err, "item.cases_running")
	l.Cases = nil
	if _, err = l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil || l.base(t, food).State != item.Cancelled {
		t.Error(err)
	}
}

// An approval broken off by the log leaves the proposal waiting and nothing published.
func TestAnApprovalBrokenOffChangesNothing(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	p, err := l.ProposeAlteration(ctx, keeper, []string{food}, item.Alteration{Kind: item.SynonymAdd, Value: "开面馆"})
	if err != nil {
		t.Fatal(err)
	}
	l.Refuse = "item.published"
	if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err == nil {
		t.Fatal("it was approved")
	}
	l.Refuse = ""
	err = l.DB.View(ctx, func(tx *db.Tx) error {
		now, err := l.FindProposal(ctx, tx, reviewer, p.ID)
		if err == nil && now.State != item.ProposalWaiting {
			t.Errorf("it is %s", now.State)
		}
		return err
	})
	if err != nil || l.base(t, food).Version != 1 {
		t.Error(err)
	}
	if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil || l.base(t, food).Version != 2 {
		t.Error(err)
	}
}
