package casefile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/db"
)

// Cases count under their item and under its entry until they are decided, by the level that decides.
func TestRunningUnder(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	running := func(codes ...string) (list []casefile.Running) {
		t.Helper()
		err := h.DB.View(ctx, func(tx *db.Tx) (err error) {
			list, err = h.Cases.RunningUnder(ctx, tx, codes)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	entry := h.Code(casefiletest.Food)
	if list := running(casefiletest.Food, entry, "x"); len(list) != 0 {
		t.Errorf("%+v before anybody applied", list)
	}
	first := h.Submit(t, casefiletest.Company, h.FoodApplication(t, casefiletest.Company))
	h.Submit(t, casefiletest.Company, h.FoodApplication(t, casefiletest.Company))
	want := []casefile.Running{{BaseCode: casefiletest.Food, Level: "4", Cases: 2}}
	if diff := cmp.Diff(want, running(casefiletest.Food)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, running(entry)); diff != "" {
		t.Error(diff)
	}
	if list := running(h.ElsewhereCode(casefiletest.Food), casefiletest.Pension); len(list) != 0 {
		t.Errorf("%+v elsewhere", list)
	}
	if err := act(h, casefiletest.Company, first.Number, casefile.Withdraw); err != nil {
		t.Fatal(err)
	}
	want[0].Cases = 1
	if diff := cmp.Diff(want, running(casefiletest.Food)); diff != "" {
		t.Error(diff)
	}
}
