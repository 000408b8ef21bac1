package assembly

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/power"
	"xiangyun/internal/module/power/powertest"
	"xiangyun/internal/platform/db"
)

func post(role, path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: role, Subject: "subject-" + role, OfficePath: path, Duties: []actor.Duty{{Role: role, OfficePath: path}}}
}

// What is published in the list reaches the keepers of items: at once, and again on the first day when that lies ahead. The rights are the real ones.
func TestThePowersReachTheLibrary(t *testing.T) {
	a, e := app(t)
	a.subscribe(e.Words)
	ctx := t.Context()
	const code = "000131104003"
	var today civil.Date
	if err := a.DB.View(ctx, func(tx *db.Tx) error { today = civil.Of(tx.Now); return nil }); err != nil {
		t.Fatal(err)
	}
	department, keeper := post(office.RoleChief, "22d31"), post(office.RoleKeeper, "22")
	establishment, legality, government := post(office.RoleEstablishment, "22"), post(office.RoleLegality, "22"), post(office.RoleGovernment, "22")
	adjust := func(change power.Change, from civil.Date) {
		t.Helper()
		id, err := a.Powers.Propose(ctx, department, powertest.Proposal(change, code, from))
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range []struct {
			by  actor.Actor
			act power.Act
		}{{establishment, power.ActOfEstablish}, {legality, power.ActOfLegality}, {government, power.ActOfApprove}} {
			if err := a.Powers.Opine(ctx, o.by, id, i+1, power.Opinion{Act: o.act, Agrees: true}); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Powers.Publish(ctx, establishment, id, 4, from); err != nil {
			t.Fatal(err)
		}
		if err := a.Queue.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	}
	waiting := func() []item.Todo {
		t.Helper()
		list, err := a.Items.Todos(ctx, keeper, item.PowerAdjusted, "", item.Most)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	adjust(power.Adopt, today)
	list := waiting()
	if len(list) != 1 || list[0].Object != code {
		t.Fatalf("a new power asks for an item: %+v", list)
	}
	if err := a.Items.CloseTodo(ctx, keeper, list[0].ID, "正在编制"); err != nil {
		t.Fatal(err)
	}
	d := item.Definition{Code: code, Name: "食品经营许可", Short: "食品经营许可", Kind: item.Licence, Department: "31", Levels: []int{4}, Audience: []item.Audience{item.Company}, LegalDays: 20, PromiseDays: 7,
		LegalUnit: item.WorkingDays, PromiseUnit: item.WorkingDays, LegalNote: "《行政许可法》第四十二条",
		Guide: item.Guide{Summary: "许可", Conditions: []string{"有营业执照"}, FeeNote: "不收费。", Basis: []item.Basis{{Law: "《食品安全法》", Article: "第三十五条", Text: "许可制度", About: "power"}},
			Steps: []item.Step{{Name: "决定", Who: "首席代表"}}, Results: []item.Result{{Name: "许可证", Kind: "certificate"}}}}
	if _, err := a.Items.Publish(ctx, actor.Program("test"), d); err != nil {
		t.Fatal(err)
	}
	other := d
	other.Code = "000131104004"
	if _, err := a.Items.Publish(ctx, actor.Program("test"), other); err == nil {
		t.Error("an item was published without a power")
	}

	adjust(power.Suspend, today.Add(3))
	list = waiting()
	if len(list) != 1 || list[0].Object != code {
		t.Fatalf("told when it was published: %+v", list)
	}
	if change, from, _, ok := list[0].Adjustment(); !ok || change != power.Suspend || from != today.Add(3) {
		t.Errorf("it says %v %v %v", change, from, ok)
	}
	var ahead int
	err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
		ahead, err = db.One[int](ctx, tx, `SELECT count(*) FROM job_job WHERE kind = 'power.beginning' AND state = 'available'`)
		return err
	})
	if err != nil || ahead != 1 {
		t.Errorf("%v: %d jobs wait for the first day", err, ahead)
	}
	found, err := a.Powers.Find(ctx, code, 0)
	if err != nil || found.Today != power.InForce {
		t.Errorf("%v: today it is %s", err, found.Today)
	}
}
