package hall_test

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/hall/halltest"
)

// Each hall of a list has its own figures, and none those of another.
func TestAListCountsEachHall(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	d := halltest.Draft()
	d.Name = "南关区第二政务大厅"
	second, err := h.Put(ctx, actor.Program("test"), d)
	if err != nil {
		t.Fatal(err)
	}
	h.Seated(t, halltest.Window, 1)
	h.Seated(t, halltest.Second, 2)
	h.Numbered(t, "A", "")
	h.Numbered(t, "A", "")
	h.Numbered(t, "B", "")
	call(t, h, halltest.Window)
	rows, _, err := h.List(ctx, actor.Actor{}, hall.Query{Limit: 10})
	if err != nil || len(rows) != 2 {
		t.Fatalf("%+v, %v", rows, err)
	}
	for _, r := range rows {
		waiting, staffed := 2, 2
		if r.ID == second {
			waiting, staffed = 0, 0
		}
		if r.Waiting != waiting || r.Staffed != staffed || !r.OpenNow {
			t.Errorf("%s: %d wait, %d windows, open %t", r.Name, r.Waiting, r.Staffed, r.OpenNow)
		}
	}
}
