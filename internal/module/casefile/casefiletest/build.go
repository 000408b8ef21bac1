package casefiletest

import (
	"context"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/form"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/once"
)

// Upload hands a file in.
func (h *Hall) Upload(t testing.TB, by actor.Actor) string {
	t.Helper()
	f, err := h.Materials.Upload(context.Background(), by, strings.NewReader("经营场所平面图\n"), "平面图.txt")
	if err != nil {
		t.Fatal(err)
	}
	return f.ID
}

// FoodApplication is a complete application of the company for a new food licence, its file uploaded by whoever hands it in.
func (h *Hall) FoodApplication(t testing.TB, by actor.Actor) casefile.Application {
	t.Helper()
	return casefile.Application{Item: h.Code(Food), Variant: "new",
		Situation: map[string]string{"place": "catering", "network": "no", "machine": "no", "agent": "self"},
		Answers:   h.answers(t, "food_operation"),
		Materials: []casefile.Given{{Code: "M310003", Files: []string{h.Upload(t, by)}}, {Code: "M310004", Files: []string{h.Upload(t, by)}}}}
}

// FoodWithGap is the same with one material that follows.
func (h *Hall) FoodWithGap(t testing.TB, by actor.Actor) casefile.Application {
	t.Helper()
	a := h.FoodApplication(t, by)
	a.Materials[1] = casefile.Given{Code: "M310004", Way: "later"}
	return a
}

// PensionApplication is a complete application of a person; nothing has to be uploaded for it.
func (h *Hall) PensionApplication(t testing.TB) casefile.Application {
	t.Helper()
	return casefile.Application{Item: h.Code(Pension), Situation: map[string]string{"special": "no", "helper": "self"}, Answers: h.answers(t, "resident_pension")}
}

// ChangeApplication is a complete application of the company that asks five departments, its file uploaded by whoever hands it in.
func (h *Hall) ChangeApplication(t testing.TB, by actor.Actor) casefile.Application {
	t.Helper()
	return casefile.Application{Item: h.Code(Change), Variant: "change", Situation: map[string]string{"what": "scope", "kind": "limited", "agent": "self"},
		Answers: h.answers(t, "company_change"), Materials: []casefile.Given{{Code: "M000002", Files: []string{h.Upload(t, by)}}}}
}

// LowIncomeApplication is a complete application of a person that his township looks at first.
func (h *Hall) LowIncomeApplication(t testing.TB) casefile.Application {
	t.Helper()
	return casefile.Application{Item: h.Code(LowIncome), Situation: map[string]string{"who": "family", "illness": "no", "disabled": "no", "helper": "self"},
		Answers: h.answers(t, "low_income")}
}

func (h *Hall) answers(t testing.TB, key string) (answers map[string]any) {
	t.Helper()
	err := h.DB.View(context.Background(), func(tx *db.Tx) error {
		d, err := h.Items.Forms.Latest(context.Background(), tx, key)
		if err == nil {
			answers = form.Example(d)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

// Submitted is a case of the company's that was handed in.
func Submitted(t testing.TB, h *Hall) casefile.Receipt {
	t.Helper()
	return h.Submit(t, Company, h.FoodApplication(t, Company))
}

// Submit hands an application in.
func (h *Hall) Submit(t testing.TB, by actor.Actor, a casefile.Application) casefile.Receipt {
	t.Helper()
	r, err := h.Cases.Submit(context.Background(), by, a, once.Params{})
	if err != nil {
		t.Fatalf("submitting: %v", err)
	}
	return r
}

// Accepted is the number of a case of the company's whose clock runs.
func Accepted(t testing.TB, h *Hall) string {
	t.Helper()
	number := Submitted(t, h).Number
	h.Act(t, Window, casefile.Step{Number: number, Action: casefile.Accept})
	return number
}

// Reviewed is the number of a case of the company's that waits for its decision: both opinions are in.
func Reviewed(t testing.TB, h *Hall) string {
	t.Helper()
	number := Accepted(t, h)
	for range 2 {
		h.Act(t, Reviewer, casefile.Step{Number: number, Action: casefile.Opine, Comment: "符合条件"})
	}
	return number
}

// Approved is the number of a case of the company's that was decided for it.
func Approved(t testing.TB, h *Hall) string {
	t.Helper()
	number := Reviewed(t, h)
	h.Act(t, Chief, casefile.Step{Number: number, Action: casefile.Approve})
	return number
}

// Delivered is the number of a closed case of the company's.
func Delivered(t testing.TB, h *Hall) string {
	t.Helper()
	number := Approved(t, h)
	h.Act(t, Window, casefile.Step{Number: number, Action: casefile.Deliver})
	return number
}

// Refused is the number of a case of the company's that was decided against it.
func Refused(t testing.TB, h *Hall) string {
	t.Helper()
	number := Reviewed(t, h)
	h.Act(t, Chief, casefile.Step{Number: number, Action: casefile.Refuse, Comment: "场所不符合要求"})
	return number
}

// Act takes a step that must succeed.
func (h *Hall) Act(t testing.TB, by actor.Actor, in casefile.Step) casefile.State {
	t.Helper()
	state, err := h.Cases.Act(context.Background(), by, in, once.Params{})
	if err != nil {
		t.Fatalf("%s by %s: %v", in.Action, by.Account, err)
	}
	return state
}

// ID returns the key of a case by its number.
func (h *Hall) ID(t testing.TB, number string) (id string) {
	t.Helper()
	err := h.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		id, err = db.One[string](context.Background(), tx, `SELECT id FROM casefile_case WHERE number = $1`, number)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Exec changes rows behind the service's back: tests move deadlines and drafts into the past.
func (h *Hall) Exec(t testing.TB, query string, args ...any) {
	t.Helper()
	err := h.DB.Update(context.Background(), func(tx *db.Tx) error {
		return tx.Later(context.Background(), query, args...)
	})
	if err != nil {
		t.Fatal(err)
	}
}
