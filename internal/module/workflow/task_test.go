package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func TestClaim(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	if len(d.inbox("li")) != 1 {
		t.Fatal("the post does not see its task")
	}
	d.must(d.as("wang"), workflow.Claim, task.ID, workflow.Order{})
	d.must(d.as("wang"), workflow.Claim, task.ID, workflow.Order{}) // again: his already
	d.refused(d.as("li"), workflow.Claim, task.ID, workflow.Order{}, "workflow.task_held")
	d.refused(d.as("qian"), workflow.Claim, task.ID, workflow.Order{}, "workflow.not_your_task")
	d.refused(d.as("stranger"), workflow.Claim, task.ID, workflow.Order{}, "workflow.task_not_found")
	d.refused(applicant, workflow.Claim, task.ID, workflow.Order{}, "workflow.task_officers_only")
	d.refused(d.as("wang"), "dance", task.ID, workflow.Order{}, "workflow.task_no_command")
	d.refused(d.as("wang"), workflow.Claim, "nothing", workflow.Order{}, "workflow.task_not_found")
	if len(d.inbox("li")) != 0 || len(d.inbox("wang")) != 1 {
		t.Error("a claimed task is in the wrong inbox")
	}
	if err := d.complete(d.as("li"), "c1", 0); !fault.HasKey(err, "workflow.task_held") {
		t.Errorf("completing what somebody else took: %v", err)
	}
	d.refused(d.as("li"), workflow.Release, task.ID, workflow.Order{}, "workflow.task_held")
	d.must(d.as("zhou"), workflow.Release, task.ID, workflow.Order{}) // the head of the office, for somebody who does not come
	if d.leaves("task.claimed") != 1 || d.leaves("task.released") != 1 || len(d.inbox("li")) != 1 {
		t.Errorf("%d claims, %d releases", d.leaves("task.claimed"), d.leaves("task.released"))
	}
}

// Of many who take a task at once exactly one gets it.
func TestClaimAtOnce(t *testing.T) {
	d := newDesk(t, standard)
	for i := range 5 {
		task := d.begin("standard", fmt.Sprint("c", i))
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := map[string]bool{}
		for _, who := range []string{"wang", "li", "sun"} {
			wg.Go(func() {
				_, err := d.do(d.as(who), workflow.Claim, task.ID, workflow.Order{})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won[who] = true
				} else if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Forbidden) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if holder := d.only(task.Subject, "初审").Holder; len(won) != 1 || !won[holder] {
			t.Errorf("%v took it, %s has it", won, holder)
		}
	}
}

func TestTransfer(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	d.must(d.as("wang"), workflow.Transfer, task.ID, workflow.Order{To: toAccount("li"), Words: "熟悉情况"})
	if got := d.only("c1", "初审"); got.Holder != "li" || len(d.inbox("wang")) != 0 || len(d.inbox("li")) != 1 {
		t.Errorf("%+v", got)
	}
	d.refused(d.as("li"), workflow.Transfer, task.ID, workflow.Order{To: toAccount("zhou")}, "workflow.task_other_role")
	d.refused(d.as("li"), workflow.Transfer, task.ID, workflow.Order{To: toAccount("nobody")}, "workflow.task_no_officer")
	d.refused(d.as("li"), workflow.Transfer, task.ID, workflow.Order{To: toAccount("li")}, "workflow.task_there_already")
	d.refused(d.as("li"), workflow.Transfer, task.ID, workflow.Order{}, "workflow.task_to_missing")
	d.refused(d.as("li"), workflow.Transfer, task.ID, workflow.Order{To: toAccount("wang", "sun")}, "workflow.task_one_only")
	d.refused(d.as("li"), workflow.Transfer, task.ID, workflow.Order{To: toOffice("220102d99")}, "workflow.task_nobody_there")
	d.refused(d.as("li"), workflow.Transfer, task.ID, workflow.Order{To: toOffice(office31 + "01")}, "office.no_right") // needs a chief
	d.refused(d.as("zhou"), workflow.Transfer, task.ID, workflow.Order{To: toOffice("220102d16")}, "office.no_right")   // outside of the subtree
	d.refused(d.as("li"), workflow.Transfer, task.ID, workflow.Order{To: toOffice(office31), Version: 7}, "workflow.task_gone")
	d.must(d.as("li"), workflow.Transfer, task.ID, workflow.Order{To: toOffice(office31)})
	if d.only("c1", "初审").Holder != "" {
		t.Error("the post did not get it back")
	}
	d.must(d.as("zhou"), workflow.Transfer, task.ID, workflow.Order{To: toOffice(office31 + "01")})
	if len(d.inbox("sub")) != 1 || len(d.inbox("wang")) != 0 || !slices.Contains(d.told, "transferred subject-sub") {
		t.Errorf("below: %v", d.told)
	}
	if err := d.complete(d.as("sub"), "c1", 0); err != nil {
		t.Error(err)
	}
}

func TestForward(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	d.refused(d.as("wang"), workflow.Forward, task.ID, workflow.Order{Words: "疑难"}, "office.no_right")
	d.refused(d.as("zhou"), workflow.Forward, task.ID, workflow.Order{}, "workflow.task_words_missing")
	d.must(d.as("zhou"), workflow.Forward, task.ID, workflow.Order{Words: "疑难"})
	if len(d.inbox("city")) != 1 {
		t.Error("the city does not have it")
	}
	d.refused(d.as("zhou"), workflow.Forward, task.ID, workflow.Order{Words: "再报"}, "office.no_right")
	for _, who := range []string{"city", "wang"} {
		if err := d.complete(d.as(who), "c1", 0); err != nil {
			t.Fatal(err)
		}
	}
	// A decision is the organ's own.
	d.refused(d.as("zhou"), workflow.Forward, d.only("c1", "决定").ID, workflow.Order{Words: "请上级决定"}, "workflow.task_binding")
}

func TestDelegate(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	for key, to := range map[string][]workflow.Addressee{"workflow.task_not_yourself": toAccount("wang"), "workflow.task_name_somebody": toOffice(office31), "workflow.task_other_office": toAccount("qian")} {
		d.refused(d.as("wang"), workflow.Delegate, task.ID, workflow.Order{To: to}, key)
	}
	side := d.must(d.as("wang"), workflow.Delegate, task.ID, workflow.Order{To: toAccount("li"), Words: "请核对图纸"}).Made[0]
	d.refused(d.as("wang"), workflow.Delegate, task.ID, workflow.Order{To: toAccount("sun")}, "workflow.task_delegated")
	if err := d.complete(d.as("wang"), "c1", 0); !fault.HasKey(err, "workflow.task_blocked") {
		t.Errorf("completed before it came back: %v", err)
	}
	if got := d.inbox("li"); len(got) != 1 || got[0].Kind != workflow.Delegated {
		t.Errorf("li sees %+v", got)
	}
	d.refused(d.as("li"), workflow.Answer, side, workflow.Order{}, "workflow.task_words_missing")
	d.refused(d.as("sun"), workflow.Answer, side, workflow.Order{Words: "x"}, "workflow.not_your_task")
	d.must(d.as("li"), workflow.Answer, side, workflow.Order{Words: "图纸相符"})
	d.refused(d.as("li"), workflow.Answer, side, workflow.Order{Words: "图纸相符"}, "workflow.task_side_done")
	around, err := d.tasks.Around(t.Context(), d.as("wang"), "c1")
	if err != nil || len(around.Sides) != 1 || around.Sides[0].Asked != "请核对图纸" || around.Sides[0].Answered != "图纸相符" || len(around.Events) != 2 {
		t.Errorf("%+v, %v", around, err)
	}
	if err := d.complete(d.as("wang"), "c1", 0); err != nil {
		t.Error(err)
	}
}

func TestCosignBefore(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	d.refused(d.as("wang"), workflow.Cosign, task.ID, workflow.Order{To: toAccount("li")}, "workflow.task_kind_missing")
	made := d.must(d.as("wang"), workflow.Cosign, task.ID, workflow.Order{Kind: workflow.SignBefore, To: toAccount("li", "sun", "zhou"), InTurn: true}).Made
	if len(d.inbox("li")) != 1 || len(d.inbox("sun")) != 0 {
		t.Error("the first in turn is not asked first")
	}
	d.refused(d.as("sun"), workflow.Answer, made[1], workflow.Order{}, "workflow.task_side_done")
	d.must(d.as("li"), workflow.Answer, made[0], workflow.Order{Agree: no(), Words: "面积不足"})
	d.must(d.as("wang"), workflow.Remove, made[1], workflow.Order{})
	d.refused(d.as("wang"), workflow.Remove, made[1], workflow.Order{}, "workflow.task_side_done")
	d.refused(d.as("sun"), workflow.Answer, made[1], workflow.Order{}, "workflow.task_side_done")
	if err := d.complete(d.as("wang"), "c1", 0); !fault.HasKey(err, "workflow.task_blocked") {
		t.Errorf("one signature is missing: %v", err)
	}
	d.must(d.as("zhou"), workflow.Answer, made[2], workflow.Order{})
	if got := d.only("c1", "初审"); got.Blocks != 0 {
		t.Errorf("%d signatures wait", got.Blocks)
	}
	if err := d.complete(d.as("wang"), "c1", 0); err != nil {
		t.Error(err)
	}
	d.only("c1", "复审")
}

// The process moves on when the last who signs after has signed, and exactly once however they cross.
func TestCosignAfter(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	made := d.must(d.as("wang"), workflow.Cosign, task.ID, workflow.Order{Kind: workflow.SignAfter, To: toAccount("li", "sun", "zhou")}).Made
	if len(d.inbox("li")) != 0 {
		t.Error("asked before the task is completed")
	}
	if err := d.complete(d.as("wang"), "c1", 0); err != nil {
		t.Fatal(err)
	}
	if list := d.open("c1"); len(list) != 0 {
		t.Fatalf("went on without signatures: %+v", list)
	}
	var wg sync.WaitGroup
	for i, who := range []string{"li", "sun", "zhou"} {
		wg.Go(func() {
			for range 20 {
				_, err := d.do(d.as(who), workflow.Answer, made[i], workflow.Order{})
				if err == nil {
					return
				}
				if !fault.HasKey(err, "workflow.task_gone") {
					t.Error(err)
					return
				}
			}
			t.Errorf("%s could not sign", who)
		})
	}
	wg.Wait()
	second := d.only("c1", "复审")
	// Who does not agree gives it back.
	made = d.must(d.as("li"), workflow.Cosign, second.ID, workflow.Order{Kind: workflow.SignAfter, To: toAccount("sun", "wang"), InTurn: true}).Made
	if err := d.complete(d.as("li"), "c1", 0); err != nil {
		t.Fatal(err)
	}
	if len(d.inbox("sun")) != 1 || len(d.inbox("wang")) != 0 {
		t.Error("the first in turn is not asked first")
	}
	d.must(d.as("sun"), workflow.Answer, made[0], workflow.Order{Agree: no(), Words: "依据不足"})
	if got := d.only("c1", "复审"); got.Holder != "li" || got.Follows != 0 {
		t.Errorf("%+v", got)
	}
	if err := d.complete(d.as("li"), "c1", 0); err != nil {
		t.Fatal(err)
	}
	d.refused(d.as("zhou"), workflow.Cosign, d.only("c1", "决定").ID, workflow.Order{Kind: workflow.SignAfter, To: toAccount("li")}, "workflow.task_binding")
}

func TestAskOpinion(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	d.refused(d.as("wang"), workflow.Ask, task.ID, workflow.Order{To: toOffice("220102d16")}, "workflow.task_words_missing")
	d.refused(d.as("wang"), workflow.Ask, task.ID, workflow.Order{To: toOffice("220102d16"), Words: "?", Days: 61}, "workflow.task_days")
	d.refused(d.as("wang"), workflow.Ask, task.ID, workflow.Order{To: toOffice("nowhere"), Words: "?"}, "office.not_found")
	made := d.must(d.as("wang"), workflow.Ask, task.ID, workflow.Order{To: toOffice("220102d16", "2201d31", "220102d16"), Words: "是否影响环境", Days: 3}).Made
	if len(made) != 2 || len(d.made) != 1 || d.only("c1", "初审").Sides != 2 {
		t.Fatalf("%v %v", made, d.made)
	}
	if got := d.inbox("qian"); len(got) != 1 || got[0].Kind != workflow.Opinion || got[0].DueOn != civil.Of(got[0].OpenedAt).Add(3).String() {
		t.Errorf("%+v", got)
	}
	err := d.db.View(t.Context(), func(tx *db.Tx) error {
		text, err := d.tasks.Document(t.Context(), tx, d.made[0].Event)
		if !strings.Contains(text, "征求意见函") || !strings.Contains(text, "是否影响环境") {
			t.Errorf("the letter says %q", text)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	d.must(d.as("qian"), workflow.Answer, made[0], workflow.Order{Words: "没有影响"})
	asked, err := d.tasks.AskedBy(t.Context(), d.as("wang"), "", 1)
	if err != nil || len(asked) != 1 || asked[0].ID != made[1] {
		t.Errorf("%+v, %v", asked, err)
	}
	if rest, err := d.tasks.AskedBy(t.Context(), d.as("wang"), asked[0].ID, 10); err != nil || len(rest) != 1 || rest[0].State != "done" {
		t.Errorf("%+v, %v", rest, err)
	}
	// The task does not wait for opinions: completed, what is still asked is asked no longer.
	if err := d.complete(d.as("wang"), "c1", 0); err != nil {
		t.Fatal(err)
	}
	d.refused(d.as("city"), workflow.Answer, made[1], workflow.Order{Words: "迟到"}, "workflow.task_side_done")
	if len(d.inbox("city")) != 0 {
		t.Error("still asked")
	}
}

func TestJointInspection(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	today := civil.Of(task.OpenedAt)
	good := workflow.Order{Kind: workflow.Inspection, To: append(toOffice("220102d16"), toAccount("li")...), On: today.Add(2).String(), Place: "人民大街1号", Words: "一并查看后厨"}
	bad := good
	bad.On, bad.Place, bad.Kind = today.Add(-1).String(), " ", "picnic"
	for _, key := range []string{"workflow.task_date", "workflow.task_place_missing", "workflow.task_kind_missing"} {
		d.refused(d.as("wang"), workflow.Invite, task.ID, bad, key)
	}
	made := d.must(d.as("wang"), workflow.Invite, task.ID, good).Made
	d.must(d.as("qian"), workflow.Answer, made[1], workflow.Order{Words: "油烟净化合格"})
	d.refused(d.as("li"), workflow.Record, made[0], workflow.Order{Words: "合格"}, "workflow.not_your_task")
	d.must(d.as("wang"), workflow.Record, made[0], workflow.Order{Words: "符合条件"})
	d.refused(d.as("wang"), workflow.Record, made[0], workflow.Order{Words: "符合条件"}, "workflow.task_side_done")
	d.refused(d.as("li"), workflow.Answer, made[2], workflow.Order{Words: "迟到"}, "workflow.task_side_done")
	if got := d.only("c1", "初审"); got.Sides != 0 {
		t.Errorf("%d open", got.Sides)
	}
	around, err := d.tasks.Around(t.Context(), d.as("wang"), "c1")
	if err != nil {
		t.Fatal(err)
	}
	text := around.Events[len(around.Events)-1].Text
	for _, want := range []string{"联合踏勘记录", "人民大街1号", "油烟净化合格", "未提交意见", "结论：符合条件"} {
		if !strings.Contains(text, want) {
			t.Errorf("the record lacks %s: %s", want, text)
		}
	}
}

func TestCopies(t *testing.T) {
	d := newDesk(t, standard)
	task := d.begin("standard", "c1")
	made := d.must(d.as("wang"), workflow.CopyTo, task.ID, workflow.Order{To: append(toAccount("zhou"), toOffice("220102d16")...), Words: "供参考"}).Made
	list, err := d.tasks.CopiesTo(t.Context(), d.as("qian"), "", 10)
	if err != nil || len(list) != 1 || list[0].Note != "供参考" || !list[0].MayRead {
		t.Fatalf("%+v, %v", list, err)
	}
	d.refused(d.as("li"), workflow.ReadCopy, made[0], workflow.Order{}, "workflow.not_your_task")
	d.must(d.as("zhou"), workflow.ReadCopy, made[0], workflow.Order{})
	d.must(d.as("zhou"), workflow.ReadCopy, made[0], workflow.Order{})
	if d.leaves("task.copy_read") != 1 {
		t.Errorf("read %d times", d.leaves("task.copy_read"))
	}
	if list, err = d.tasks.CopiesTo(t.Context(), d.as("zhou"), "", 10); err != nil || list[0].ReadBy != "zhou" || list[0].ReadAt.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = d.tasks.CopiesTo(t.Context(), d.as("zhou"), list[0].ID, 10); err != nil || len(list) != 0 {
		t.Errorf("the second page: %+v, %v", list, err)
	}
	err = d.db.View(t.Context(), func(tx *db.Tx) error {
		for who, want := range map[string]bool{"qian": true, "city": false} {
			if got, err := d.flows.Touched(t.Context(), tx, d.as(who), "c1"); err != nil || got != want {
				t.Errorf("%s may know: %v, %v", who, got, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestUrge(t *testing.T) {
	d := newDesk(t, standard)
	d.begin("standard", "first")
	task := d.begin("standard", "second")
	if got := d.inbox("wang"); got[0].Subject != "first" {
		t.Fatal("the older one comes first")
	}
	other := applicant
	other.Subject = "somebody"
	d.refused(other, workflow.Urge, task.ID, workflow.Order{}, "office.no_right")
	d.refused(d.as("wang"), workflow.Urge, task.ID, workflow.Order{}, "office.no_right")
	d.must(applicant, workflow.Urge, task.ID, workflow.Order{})
	d.refused(d.as("zhou"), workflow.Urge, task.ID, workflow.Order{}, "workflow.task_urged_today")
	got := d.inbox("wang")
	if got[0].Subject != "second" || got[0].Urged != 1 || len(d.told) != 3 {
		t.Errorf("%+v, told %v", got, d.told)
	}
	// A page begins behind an urged task as behind any other.
	err := d.db.View(t.Context(), func(tx *db.Tx) error {
		page, err := d.flows.Inbox(t.Context(), tx, d.as("wang"), got[0].After(), 10)
		if len(page) != 1 || page[0].Subject != "first" {
			t.Errorf("the second page: %+v", page)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
