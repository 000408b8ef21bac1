package item_test

import (
	"errors"
	"sync"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

// many proposes an alteration of all seeded items and approves it.
func (l library) many(t *testing.T) *item.Proposal {
	t.Helper()
	var codes []string
	for _, d := range definitions(t) {
		codes = append(codes, d.Code)
	}
	p, err := l.ProposeAlteration(t.Context(), keeper, codes, item.Alteration{Kind: item.SynonymAdd, Value: "就近能办的"})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = l.ApproveProposal(t.Context(), reviewer, p.ID, ""); err != nil {
		t.Fatal(err)
	}
	return p
}

func (l library) progress(t *testing.T, id string) (p *item.Proposal, out item.Progress) {
	t.Helper()
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		if p, err = l.FindProposal(t.Context(), tx, keeper, id); err != nil {
			return err
		}
		out, err = l.ProposalProgress(t.Context(), tx, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, out
}

// What is approved for many items is published item by item by the queue: interrupted it goes on, nothing is done twice, and an item that has moved on
// meanwhile is refused by itself.
func TestManyItemsArePublishedOneByOne(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	p := l.many(t)
	if _, now := l.progress(t, p.ID); now.Total != 10 || now.Waiting() != 10 || l.base(t, food).Version != 1 || p.Outcome != 0 {
		t.Fatalf("%+v", now)
	}
	moved := definition(t, food)
	moved.Guide.Summary += "（改）"
	if _, err := l.Publish(ctx, loader, moved); err != nil {
		t.Fatal(err)
	}
	drafted := "000778001000"
	if _, err := l.BeginDraft(ctx, keeper, drafted); err != nil {
		t.Fatal(err)
	}
	// The fourth publication breaks off, as in a crash.
	published := 0
	l.Meanwhile = func(kind string) {
		if published++; published == 3 {
			l.Refuse = "item.published"
		}
	}
	if err := item.DoProposal(l.Service, ctx, p.ID); err == nil {
		t.Fatal("it did not break off")
	}
	if _, now := l.progress(t, p.ID); now.Done != 3 || now.Waiting() == 0 {
		t.Fatalf("when it broke off: %+v", now)
	}
	l.Meanwhile, l.Refuse = nil, ""
	leaves := len(l.Leaves)
	if err := l.Queue.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	p, now := l.progress(t, p.ID)
	if now.Done != 8 || now.Refused != 2 || now.Waiting() != 0 || p.Outcome != 8 {
		t.Fatalf("%+v, outcome %d", now, p.Outcome)
	}
	problems := map[string]string{}
	for _, x := range now.Problems {
		problems[x.Code] = x.Problem
	}
	if problems[food] != "item.proposal_stale" || problems[drafted] != "item.draft_open_already" {
		t.Errorf("%v", problems)
	}
	if data := l.leaf(t, "item.proposal_carried_out").Data.(map[string]any); data["done"] != 8 || data["refused"] != 2 || len(l.kinds(leaves)) != 8-3+1 {
		t.Errorf("%v, leaves %v", data, l.kinds(leaves))
	}
	if list := l.todos(t, reviewer, item.StepsRefused); len(list) != 1 || list[0].Object != p.ID {
		t.Errorf("%+v", list)
	}
	for _, d := range definitions(t) {
		want := 2
		if d.Code == drafted {
			want = 1
		}
		if b := l.base(t, d.Code); b.Version != want {
			t.Errorf("%s is at version %d", d.Name, b.Version)
		}
	}
	if data := l.leaf(t, "item.published").Data.(map[string]any); data["proposal"] != p.ID {
		t.Errorf("the leaf does not name its proposal: %v", data)
	}
	l.namesWhoApproved(t, drafted)
	leaves = len(l.Leaves)
	if err := item.DoProposal(l.Service, ctx, p.ID); err != nil || len(l.Leaves) != leaves {
		t.Errorf("again: %v, %v", l.kinds(leaves), err)
	}
}

// namesWhoApproved looks at the history of an item that was published item by item, neither food nor another one.
func (l library) namesWhoApproved(t *testing.T, another string) {
	t.Helper()
	ctx := t.Context()
	altered := ""
	for _, d := range definitions(t) {
		if d.Code != food && d.Code != another {
			altered = d.Code
		}
	}
	page, err := l.List(ctx, item.Query{Base: altered, Limit: 1})
	if err != nil || len(page.Rows) != 1 {
		t.Fatal(page, err)
	}
	for _, code := range []string{altered, page.Rows[0].Code} {
		trace, err := l.Trace(ctx, keeper, code, 0, 10)
		if err != nil || trace.Changes[0].By != reviewer.Name() || trace.Changes[0].WrittenBy != keeper.Name() || trace.Changes[1].By != loader.Name() {
			t.Errorf("%s: %+v, %v", code, trace.Changes, err)
		}
	}
	if list, err := l.Editions(ctx, keeper, altered, 0, 10); err != nil || list[0].ProposedBy != keeper.Name() || list[0].ApprovedBy != reviewer.Name() || list[1].ApprovedBy != "" {
		t.Errorf("%+v, %v", list, err)
	}
}

// Two nodes that carry out the same proposal share its items.
func TestTwoNodesCarryOutOneProposal(t *testing.T) {
	l := seeded(t)
	p := l.many(t)
	var both sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		both.Go(func() { errs[i] = item.DoProposal(l.Service, t.Context(), p.ID) })
	}
	both.Wait()
	_, now := l.progress(t, p.ID)
	if err := errors.Join(errs...); err != nil || now.Done != 10 || l.food(t).Version != 2 {
		t.Errorf("%+v, %v", now, err)
	}
}

// A few items are published with the approval, all or none.
func TestAFewItemsArePublishedAtOnce(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	p, err := l.ProposeAlteration(ctx, keeper, []string{food, "000778001000"}, item.Alteration{Kind: item.SynonymAdd, Value: "就近能办的"})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil || p.Outcome != 2 {
		t.Fatal(p, err)
	}
	if _, now := l.progress(t, p.ID); now.Total != 0 || l.base(t, food).Version != 2 {
		t.Errorf("%+v", now)
	}
}
