package workflow_test

import (
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func (d *desk) today() (on civil.Date) {
	d.t.Helper()
	err := d.db.View(d.t.Context(), func(tx *db.Tx) error {
		on = civil.Of(tx.Now)
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return on
}

// away has a deputy stand in for the next days.
func (d *desk) away(principal, deputy string, items ...string) (string, error) {
	return d.tasks.NameDeputy(d.t.Context(), d.as(principal), workflow.NewDeputy{Deputy: deputy, FromOn: d.today(), UntilOn: d.today().Add(5), Items: items})
}

func TestDeputy(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	d.must(d.as("wang"), workflow.Claim, task.ID, workflow.Order{})
	id, err := d.away("wang", "zhou")
	if err != nil {
		t.Fatal(err)
	}
	got := d.inbox("zhou")
	if len(got) != 1 || got[0].For != "wang" {
		t.Fatalf("%+v", got)
	}
	var standIn actor.Actor
	err = d.db.View(t.Context(), func(tx *db.Tx) error {
		list, err := d.flows.StandIns(t.Context(), tx, d.as("zhou"))
		if len(list) == 1 {
			standIn = list[0]
		}
		return err
	})
	if err != nil || standIn.Behalf != "wang" || standIn.Account != "zhou" {
		t.Fatalf("%+v, %v", standIn, err)
	}
	d.must(d.as("zhou"), workflow.CopyTo, task.ID, workflow.Order{To: toAccount("li")}) // found to stand in by himself
	if last := d.log[len(d.log)-1]; last.Actor != "zhou" || last.Data.(map[string]any)["for"] != "wang" {
		t.Errorf("%+v", last)
	}
	if err := d.complete(standIn, "c1", 0); err != nil {
		t.Fatal(err)
	}
	err = d.db.View(t.Context(), func(tx *db.Tx) error {
		who, err := db.All[string](t.Context(), tx, `SELECT done_by || ' for ' || done_for FROM workflow_task WHERE state = 'done'`)
		if len(who) != 1 || who[0] != "zhou for wang" {
			t.Errorf("done by %v", who)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	// What a deputy takes for somebody is that one's when he comes back.
	d.must(d.as("wang"), workflow.Claim, d.begin("standard", "c2").ID, workflow.Order{})
	d.must(d.as("wang"), workflow.Release, d.only("c2", "初审").ID, workflow.Order{})
	d.must(d.as("zhou"), workflow.Claim, d.only("c2", "初审").ID, workflow.Order{})
	if got := d.only("c2", "初审").Holder; got != "wang" {
		t.Errorf("%s has it", got)
	}
	if err := d.complete(d.as("wang"), "c2", 0); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := d.tasks.EndDeputy(t.Context(), d.as("zhou"), id); err != nil {
			t.Error(err)
		}
	}
	if err := d.tasks.EndDeputy(t.Context(), d.as("qian"), id); !fault.HasKey(err, "workflow.deputy_not_found") {
		t.Errorf("a stranger ends it: %v", err)
	}
	if got := d.inbox("zhou"); len(got) != 0 || d.leaves("task.deputy_ended") != 1 {
		t.Errorf("%+v, %d ends", got, d.leaves("task.deputy_ended"))
	}
}

func TestDeputyChain(t *testing.T) {
	d := newDesk(t, standard)
	if _, err := d.away("wang", "li"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.away("wang", "sun"); !fault.HasKey(err, "workflow.deputy_there") {
		t.Errorf("a second one: %v", err)
	}
	if _, err := d.away("li", "zhou", "000131104003"); err != nil {
		t.Fatal(err)
	}
	for _, principal := range []string{"zhou"} {
		if _, err := d.away(principal, "wang"); !fault.HasKey(err, "workflow.deputy_loop") {
			t.Errorf("a loop: %v", err)
		}
	}
	task := d.begin("standard", "c1")
	d.must(d.as("wang"), workflow.Claim, task.ID, workflow.Order{})
	if got := d.inbox("zhou"); len(got) != 1 || got[0].For != "wang" {
		t.Errorf("the end of the chain sees %+v", got)
	}
	err := d.db.View(t.Context(), func(tx *db.Tx) error {
		list, err := d.flows.StandIns(t.Context(), tx, d.as("zhou"))
		for _, a := range list {
			if len(a.Duties) != 1 || len(a.Duties[0].Items) != 1 {
				t.Errorf("for other items than those of the chain: %+v", a.Duties)
			}
		}
		if len(list) != 2 {
			t.Errorf("stands in for %d", len(list))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	views, colleagues, err := d.tasks.Deputies(t.Context(), d.as("li"), "", 10)
	if err != nil || len(views) != 2 || len(colleagues) != 4 {
		t.Errorf("%+v %+v, %v", views, colleagues, err)
	}
}

func TestRefusedDeputies(t *testing.T) {
	d := newDesk(t)
	today := d.today()
	for key, n := range map[string]workflow.NewDeputy{
		"workflow.deputy_missing":    {FromOn: today, UntilOn: today},
		"workflow.task_not_yourself": {Deputy: "wang", FromOn: today, UntilOn: today},
		"workflow.deputy_days":       {Deputy: "li", FromOn: today, UntilOn: today.Add(-1)},
		"workflow.deputy_long":       {Deputy: "li", FromOn: today, UntilOn: today.Add(400)},
		"workflow.deputy_items":      {Deputy: "li", FromOn: today, UntilOn: today, Items: []string{"食品"}},
		"workflow.task_no_officer":   {Deputy: "nobody", FromOn: today, UntilOn: today},
		"workflow.task_other_office": {Deputy: "qian", FromOn: today, UntilOn: today},
		"office.no_right":            {Principal: "sun", Deputy: "li", FromOn: today, UntilOn: today},
	} {
		_, err := d.tasks.NameDeputy(t.Context(), d.as("wang"), n)
		f, ok := fault.Of(err)
		if !ok || f.Key != key && (len(f.Fields) != 1 || f.Fields[0].Key != key) {
			t.Errorf("%+v: %v, want %s", n, err, key)
		}
	}
	if _, err := d.tasks.NameDeputy(t.Context(), applicant, workflow.NewDeputy{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a person: %v", err)
	}
	// The head of the office names one for somebody who fell ill.
	if _, err := d.tasks.NameDeputy(t.Context(), d.as("zhou"), workflow.NewDeputy{Principal: "sun", Deputy: "li", FromOn: today, UntilOn: today}); err != nil {
		t.Error(err)
	}
}

// Two who name each other at once: one of them is refused.
func TestDeputiesAtOnce(t *testing.T) {
	d := newDesk(t)
	var wg sync.WaitGroup
	results := make([]error, 2)
	for i, pair := range [][2]string{{"wang", "li"}, {"li", "wang"}} {
		wg.Go(func() { _, results[i] = d.away(pair[0], pair[1]) })
	}
	wg.Wait()
	if (results[0] == nil) == (results[1] == nil) {
		t.Errorf("%v", results)
	}
}
