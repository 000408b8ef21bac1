package hall_test

import (
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/hall/halltest"
	"xiangyun/internal/platform/fault"
)

func reported(t *testing.T, h *halltest.Hall) hall.Obstacle {
	t.Helper()
	o, err := h.Report(t.Context(), halltest.Zhang, hall.Report{Hall: h.ID, Item: halltest.FoodCode, Words: "跑了三次都说缺材料，每次说的不一样。"})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestWhatCouldNotBeDoneIsAnswered(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	o := reported(t, h)
	if o.DueOn.String() != "2026-12-03" || o.ItemName != "食品经营许可" || o.AboutOffice != "南关区市场监督管理局" {
		t.Errorf("%+v", o)
	}
	if _, err := h.ReadObstacle(ctx, halltest.Neighbour, o.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("another county reads: %v", err)
	}
	list, _, err := h.Obstacles(ctx, halltest.Window, hall.ObstacleQuery{Limit: 10})
	if err != nil || len(list) != 1 || list[0].Words != "" {
		t.Fatalf("%+v, %v", list, err)
	}
	read, err := h.ReadObstacle(ctx, halltest.Window, o.Number)
	if err != nil || !strings.Contains(read.Words, "三次") {
		t.Fatalf("%+v, %v", read, err)
	}
	if err := h.Answer(ctx, halltest.Window, o.Number, "", ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty answer: %v", err)
	}
	if err := h.Confirm(ctx, halltest.Zhang, o.Number, true); !fault.Is(err, fault.Conflict) {
		t.Errorf("solved before it is answered: %v", err)
	}
	if err := h.Answer(ctx, halltest.Window, o.Number, "done", "已经一次告知并受理。"); err != nil {
		t.Fatal(err)
	}
	if err := h.Answer(ctx, halltest.Window, o.Number, "done", "再答一次"); !fault.HasKey(err, "hall.obstacle_moved_on") {
		t.Errorf("answered twice: %v", err)
	}
	if err := h.Confirm(ctx, halltest.Li, o.Number, true); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else confirms: %v", err)
	}
	if err := h.Confirm(ctx, halltest.Zhang, o.Number, false); err != nil {
		t.Fatal(err)
	}
	if err := h.Answer(ctx, halltest.Window, o.Number, "done", "证照已经送达。"); err != nil {
		t.Fatal(err)
	}
	if err := h.Confirm(ctx, halltest.Zhang, o.Number, true); err != nil {
		t.Fatal(err)
	}
	own, _, err := h.Own(ctx, halltest.Zhang, "", 10)
	if err != nil || len(own) != 1 || own[0].State != "solved" || own[0].Answer != "证照已经送达。" || own[0].Reopened != 1 {
		t.Errorf("%+v, %v", own, err)
	}
	counts, err := h.Counts(ctx, actor.Actor{}, "22", "", 10)
	if err != nil || len(counts) != 1 || counts[0].Reported != 1 || counts[0].Answered != 2 || counts[0].Solved != 1 || counts[0].Reopened != 1 || counts[0].Late != 0 {
		t.Errorf("%+v, %v", counts, err)
	}
	if len(h.Events) != 5 {
		t.Errorf("%d events", len(h.Events))
	}
	for _, e := range h.Leaves {
		if strings.Contains(e.Object+e.Basis, "三次") {
			t.Errorf("a leaf holds what was said: %+v", e)
		}
	}
}

// What is late goes up a level at a time, once each, and stays at the top.
func TestLateGoesUp(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	o := reported(t, h)
	at := func(path string, level, told int) {
		t.Helper()
		for range 2 {
			if err := h.Escalate(ctx); err != nil {
				t.Fatal(err)
			}
		}
		own, _, err := h.Own(ctx, halltest.Zhang, "", 10)
		if err != nil || own[0].OfficePath != path || own[0].Level != level || h.Told(halltest.Zhang.Subject, "hall.told.escalated") != told {
			t.Errorf("%+v, %v; told %d times", own, err, h.Told(halltest.Zhang.Subject, "hall.told.escalated"))
		}
	}
	h.At(o.DueOn.End().Add(-time.Minute))
	at("220102d90", 0, 0)
	h.Later(2 * time.Minute)
	at("2201d90", 1, 1)
	if _, err := h.ReadObstacle(ctx, halltest.Window, o.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("the county still handles it: %v", err)
	}
	h.Later(7 * 24 * time.Hour)
	at("22d90", 2, 2)
	h.Later(7 * 24 * time.Hour)
	at("22d90", 2, 2)
	counts, err := h.Counts(ctx, actor.Actor{}, "220102", "", 10)
	if err != nil || len(counts) != 1 || counts[0].Late != 1 {
		t.Errorf("%+v, %v", counts, err)
	}
}

func TestBadReports(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	for name, r := range map[string]hall.Report{"no words": {Hall: h.ID, Item: halltest.FoodCode}, "no business": {Hall: h.ID, Words: "办不成"}, "no hall": {Item: halltest.FoodCode, Words: "办不成"},
		"too long": {Hall: h.ID, What: "办证", Words: strings.Repeat("长", 1001)}} {
		if _, err := h.Report(ctx, halltest.Zhang, r); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Report(ctx, actor.Actor{}, hall.Report{Hall: h.ID, What: "办证", Words: "办不成"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger reports: %v", err)
	}
	if _, err := h.Report(ctx, halltest.Zhang, hall.Report{Hall: h.ID, What: "办证", Words: "办不成", Subject: halltest.Li.Subject}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a citizen reports for another: %v", err)
	}
}

// One person does not make the figures of an office: three open a day, two times sent back.
func TestFiguresAreNotInflated(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	o := reported(t, h)
	reported(t, h)
	reported(t, h)
	report := func() error {
		_, err := h.Report(ctx, halltest.Zhang, hall.Report{Hall: h.ID, What: "办证", Words: "办不成"})
		return err
	}
	if err := report(); !fault.HasKey(err, "hall.obstacles_most") {
		t.Errorf("a fourth: %v", err)
	}
	if _, err := h.Report(ctx, halltest.Li, hall.Report{Hall: h.ID, What: "办证", Words: "办不成"}); err != nil {
		t.Errorf("another person: %v", err)
	}
	for n := range 3 {
		if err := h.Answer(ctx, halltest.Window, o.Number, "explained", "已经说明。"); err != nil {
			t.Fatal(err)
		}
		if err := h.Confirm(ctx, halltest.Zhang, o.Number, false); (err == nil) != (n < 2) || n == 2 && !fault.HasKey(err, "hall.reopened_most") {
			t.Errorf("sent back %d times before: %v", n, err)
		}
	}
	if err := report(); err != nil {
		t.Errorf("after one was answered: %v", err)
	}
	counts, err := h.Counts(ctx, actor.Actor{}, "22", "", 10)
	if err != nil || len(counts) != 1 || counts[0].Reported != 5 || counts[0].Reopened != 2 {
		t.Errorf("%+v, %v", counts, err)
	}
}
