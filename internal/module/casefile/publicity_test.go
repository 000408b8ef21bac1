package casefile_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// publicized is the id of what is public of a case.
func publicized(t *testing.T, h *casefiletest.Hall, by actor.Actor, number string) string {
	t.Helper()
	h.Act(t, by, casefile.Step{Number: number, Action: casefile.Publicize, Comment: "拟准予许可，经营场所面积 120 平方米"})
	list, err := h.Cases.Publicities(t.Context(), "2201", casefile.Publicity{}, 10)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0].ID
}

// TestPublicity makes public what is about to be decided: a stranger objects, the office replies, and only then decides, when it is over. Then nobody reads it any more but who objected.
func TestPublicity(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Reviewed(t, h)
	wants(t, "with a phone", act(h, casefiletest.Reviewer, number, casefile.Publicize, saying("联系人 13900000000")), fault.Invalid, "casefile.bad_step")
	id := publicized(t, h, casefiletest.Reviewer, number)
	if list, err := h.Cases.Publicities(ctx, "2203", casefile.Publicity{}, 10); err != nil || len(list) != 0 {
		t.Errorf("in another city: %+v, %v", list, err)
	}
	approve := func() error { return act(h, casefiletest.Chief, number, casefile.Approve) }
	wants(t, "deciding meanwhile", approve(), fault.Conflict, "casefile.publicity.lasts")
	stranger := casefile.Objection{Name: "李某", Contact: "0431-00000000", Text: "面积与实际不符"}
	wants(t, "who can't be reached", h.Cases.Object(ctx, actor.Actor{}, id, casefile.Objection{Text: "不符"}), fault.Invalid, "casefile.publicity.bad")
	stranger.Text = strings.Repeat("长", 1001)
	wants(t, "too long", h.Cases.Object(ctx, actor.Actor{}, id, stranger), fault.Invalid, "casefile.publicity.bad")
	stranger.Text = "面积与实际不符"
	if err := h.Cases.Object(ctx, actor.Actor{}, id, stranger); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := h.Cases.Object(ctx, casefiletest.Other, id, casefile.Objection{Text: "油烟扰民"}); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, "once more", h.Cases.Object(ctx, casefiletest.Other, id, casefile.Objection{Text: "油烟扰民"}), fault.Conflict, "casefile.publicity.enough")
	if m := h.Messages(t, "subject-"+casefiletest.Reviewer.Account); len(m) != 4 || m[0].Name != "casefile.told.objected" {
		t.Errorf("the office was told %+v", m)
	}
	h.Exec(t, `UPDATE casefile_publicity SET until_on = $1`, civil.Of(time.Now()).Add(-1))
	wants(t, "over", h.Cases.Object(ctx, actor.Actor{}, id, stranger), fault.NotFound, "casefile.publicity.none")
	wants(t, "deciding with objections open", approve(), fault.Conflict, "casefile.publicity.unanswered")
	wants(t, "answering which", act(h, casefiletest.Reviewer, number, casefile.AnswerObjection, saying("已核查")), fault.Invalid, "casefile.bad_step")
	v := view(t, h, casefiletest.Reviewer, number)
	if len(v.Objections) != 4 || v.Objections[0].Name != "李某" || v.Objections[0].Text != "面积与实际不符" {
		t.Fatalf("%+v", v.Objections)
	}
	if own := view(t, h, casefiletest.Company, number); len(own.Objections) != 0 || strings.Contains(own.Events[len(own.Events)-1].Comment, "油烟") {
		t.Error("who applied reads who objected")
	}
	for _, o := range v.Objections {
		h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.AnswerObjection, Objection: o.ID, Comment: "已实地测量，符合要求"})
	}
	if m := h.Messages(t, casefiletest.Other.For()); len(m) != 3 || m[0].Name != "casefile.told.objection_answered" {
		t.Errorf("who objected was told %+v", m)
	}
	if err := approve(); err != nil {
		t.Fatal(err)
	}
	_, _, err := h.Cases.Publicity(ctx, actor.Actor{}, id)
	wants(t, "reading it afterwards", err, fault.NotFound, "casefile.publicity.none")
	if p, own, err := h.Cases.Publicity(ctx, casefiletest.Other, id); err != nil || !p.Over || len(own) != 3 || own[0].Reply != "已实地测量，符合要求" {
		t.Errorf("%+v %+v, %v", p, own, err)
	}
	if list, err := h.Cases.Publicities(ctx, "", casefile.Publicity{}, 10); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	told := 0
	for _, l := range h.Leaves(t, number) {
		if l.Name == "case.objected" {
			told++
			if strings.Contains(l.Data, "李某") || l.Actor != "system:casefile.publicity" {
				t.Errorf("%+v", l)
			}
		}
	}
	if told != 4 {
		t.Errorf("%d leaves of objections", told)
	}
}

// TestPublicityOfWithdrawn takes down what is public of an application that is withdrawn.
func TestPublicityOfWithdrawn(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Reviewed(t, h)
	id := publicized(t, h, casefiletest.Reviewer, number)
	h.Act(t, casefiletest.Company, casefile.Step{Number: number, Action: casefile.Withdraw})
	if list, err := h.Cases.Publicities(ctx, "", casefile.Publicity{}, 10); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	_, _, err := h.Cases.Publicity(ctx, actor.Actor{}, id)
	wants(t, "reading it", err, fault.NotFound, "casefile.publicity.none")
}

// TestObjectionMovesProcess has the process of a minimum living allowance go to the examination of an objection that came through the public page.
func TestObjectionMovesProcess(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	source, err := os.ReadFile("../../assembly/demo/catalogue/flows/low_income.bpmn")
	if err != nil {
		t.Fatal(err)
	}
	// The survey's own form is another test's matter.
	text := strings.Replace(string(source), ` form="household_survey"`, "", 1)
	text = strings.ReplaceAll(text, `place="village"`, `place="township"`)
	before, after, _ := strings.Cut(text, "<xiangyun:output")
	_, after, _ = strings.Cut(after, "</xiangyun:output>")
	err = h.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := h.Flows.Deploy(ctx, tx, []byte(before+after))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	number := h.Submit(t, casefiletest.Citizen, h.LowIncomeApplication(t)).Number
	h.Act(t, casefiletest.Township, casefile.Step{Number: number, Action: casefile.Accept})
	for range 2 {
		h.Act(t, casefiletest.Township, casefile.Step{Number: number, Action: casefile.Opine, Comment: "符合条件"})
	}
	id := publicized(t, h, casefiletest.Township, number)
	if list := view(t, h, casefiletest.Township, number).Tasks; len(list) != 0 {
		t.Fatalf("%+v", list)
	}
	if err := h.Cases.Object(ctx, actor.Actor{}, id, casefile.Objection{Name: "李某", Contact: "0431-00000000", Text: "家庭有经营收入"}); err != nil {
		t.Fatal(err)
	}
	if list := view(t, h, casefiletest.Township, number).Tasks; len(list) != 1 || list[0].Name != "核查异议" {
		t.Errorf("the process goes on with %+v", list)
	}
	if m := h.Messages(t, "subject-"+casefiletest.Township.Account); len(m) != 1 || m[0].Name != "casefile.told.objected" {
		t.Errorf("the township was told %+v", m)
	}
}
