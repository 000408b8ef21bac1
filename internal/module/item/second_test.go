package item_test

import (
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

// An office's contact is approved for what was shown: not when an entry says something else of its own by now, nor when others would change too.
func TestAContactIsApprovedForWhatWasShown(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	e := l.food(t)
	c := item.Contact{Address: "长春市南关区人民大街1号", Phone: "0431-1"}
	p, err := l.ProposeContact(ctx, keeper, e.OfficeID, c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Service.Improve(ctx, loader, e.Code, item.Override{Contact: item.Contact{Phone: "0431-2"}}); err != nil {
		t.Fatal(err)
	}
	_, err = l.ApproveProposal(ctx, reviewer, p.ID, "")
	wants(t, err, "item.proposal_stale")
	if now := l.food(t); now.Contact.Phone != "0431-2" {
		t.Errorf("it was overwritten: %s", now.Contact.Phone)
	}
	if _, err := l.WithdrawProposal(ctx, keeper, p.ID); err != nil {
		t.Fatal(err)
	}
	if p, err = l.ProposeContact(ctx, keeper, e.OfficeID, c); err != nil {
		t.Fatal(err)
	}
	if p, err = l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil || l.food(t).Contact.Phone != "0431-1" || int(p.Outcome) != len(p.Act.V.Codes) {
		t.Errorf("%+v, %v", p, err)
	}
}

// A state is approved for the state and version it was proposed in.
func TestAStateIsApprovedForWhatWasSeen(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	p, err := l.ProposeState(ctx, keeper, item.Plan{Code: food, ToState: item.Cancelled, Reason: "废止"}, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.SetState(ctx, keeper, food, item.Paused, "系统升级"); err != nil {
		t.Fatal(err)
	}
	_, err = l.ApproveProposal(ctx, reviewer, p.ID, "")
	wants(t, err, "item.proposal_stale")
	if _, err := l.WithdrawProposal(ctx, keeper, p.ID); err != nil {
		t.Fatal(err)
	}
	resume, err := l.ProposeState(ctx, keeper, item.Plan{Code: food, ToState: item.InUse}, false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.ApproveProposal(ctx, keeper, resume.ID, "")
	wants(t, err, "item.own_proposal")
	if _, err := l.ApproveProposal(ctx, reviewer, resume.ID, ""); err != nil || l.base(t, food).State != item.InUse {
		t.Errorf("%s, %v", l.base(t, food).State, err)
	}
}

// What two decided for a day one does not undo.
func TestAProposedPlanIsDroppedByTwo(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	plans := func() (list []item.Plan) {
		err := l.DB.View(ctx, func(tx *db.Tx) (err error) {
			list, err = l.Plans(ctx, tx, food)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for i, to := range []item.State{item.Cancelled, item.Paused} {
		p, err := l.ProposeState(ctx, keeper, item.Plan{Code: food, ToState: to, Reason: "机构改革", EffectiveOn: today().Add(3 + i)}, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil {
			t.Fatal(err)
		}
		list := plans()
		if len(list) != 1 {
			t.Fatalf("%+v", list)
		}
		wants(t, l.DropPlan(ctx, keeper, list[0].ID), "item.four_eyes")
		drop, err := l.ProposeDrop(ctx, keeper, list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = l.ProposeDrop(ctx, reviewer, list[0].ID)
		wants(t, err, "item.proposal_open_already")
		_, err = l.ApproveProposal(ctx, keeper, drop.ID, "")
		wants(t, err, "item.own_proposal")
		if _, err := l.ApproveProposal(ctx, reviewer, drop.ID, ""); err != nil || len(plans()) != 0 {
			t.Errorf("%+v, %v", plans(), err)
		}
		_, err = l.ProposeDrop(ctx, keeper, list[0].ID)
		if err == nil {
			t.Error("a plan that is over is given up")
		}
	}
	own, err := l.PlanState(ctx, keeper, item.Plan{Code: food, ToState: item.Paused, Reason: "系统升级", EffectiveOn: today().Add(9)})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.DropPlan(ctx, keeper, own.ID); err != nil {
		t.Errorf("one's own pause: %v", err)
	}
}
