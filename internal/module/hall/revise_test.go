package hall_test

import (
	"sync"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/hall/halltest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// asItIs is a revision that changes nothing.
func asItIs(t *testing.T, h *halltest.Hall) hall.Revision {
	t.Helper()
	r, list, err := h.Get(t.Context(), halltest.Chief, h.ID)
	if err != nil {
		t.Fatal(err)
	}
	return hall.Revision{Hall: h.ID, Seen: hall.Mark(r.Hall, list), Address: r.Address, Phone: r.Phone, Rules: r.Rules, Windows: list}
}

// morningOnly is a revision by which the hall opens in the morning only.
func morningOnly(t *testing.T, h *halltest.Hall) hall.Revision {
	t.Helper()
	r := asItIs(t, h)
	r.Rules.Hours = r.Rules.Hours[:1]
	return r
}

func TestNewHoursCallVisitsOff(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	if _, err := h.Book(ctx, halltest.Zhang, wish(h, tuesday, 540)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Book(ctx, halltest.Li, wish(h, tuesday, 900)); err != nil {
		t.Fatal(err)
	}
	r := morningOnly(t, h)
	if _, err := h.Revise(ctx, halltest.Window, r); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a clerk revises: %v", err)
	}
	list, err := h.Revise(ctx, halltest.Chief, r)
	if !fault.HasKey(err, "hall.visits_outside") || len(list) != 1 || list[0].SubjectID != halltest.Li.Subject {
		t.Fatalf("%+v, %v", list, err)
	}
	if now, _, err := h.Get(ctx, halltest.Chief, h.ID); err != nil || len(now.Rules.Hours) != 2 || h.Told(halltest.Li.Subject, "hall.told.called_off") != 0 {
		t.Fatalf("asked only, and yet %+v, %v", now.Rules, err)
	}
	r.Sure = true
	if _, err := h.Revise(ctx, halltest.Chief, r); err != nil {
		t.Fatal(err)
	}
	if h.Told(halltest.Li.Subject, "hall.told.called_off") != 1 || h.Told(halltest.Zhang.Subject, "hall.told.called_off") != 0 {
		t.Errorf("told: %+v", h.Sent)
	}
	if visits, _, err := h.Bookings(ctx, halltest.Li, "", 5); err != nil || visits[0].State != "cancelled" {
		t.Errorf("%+v, %v", visits, err)
	}
	if _, err := h.Book(ctx, halltest.Li, wish(h, tuesday, 900)); !fault.HasKey(err, "hall.no_slot") {
		t.Errorf("in the closed afternoon: %v", err)
	}
	if last := h.Leaves[len(h.Leaves)-1]; last.Kind != "hall.put" || last.Data.(map[string]any)["called_off"] != 1 {
		t.Errorf("%+v", last)
	}
	if _, err := h.Revise(ctx, halltest.Chief, r); !fault.HasKey(err, "hall.revised_meanwhile") {
		t.Errorf("from a page of before: %v", err)
	}
}

func TestWindowsComeAndGo(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	h.Seated(t, halltest.Window, 1)
	h.Seated(t, halltest.Second, 2)
	without := func(r hall.Revision, n int) hall.Revision {
		r.Windows = append(append([]hall.Window{}, r.Windows[:n-1]...), r.Windows[n:]...)
		return r
	}
	if _, err := h.Revise(ctx, halltest.Chief, without(asItIs(t, h), 2)); !fault.HasKey(err, "hall.window_held") {
		t.Fatalf("somebody sits there: %v", err)
	}
	// A number sent on to a window that is taken away waits for any other.
	number := h.Numbered(t, "A", "")
	call(t, h, halltest.Window)
	if err := h.Transfer(ctx, halltest.Window, number.ID, 2); err != nil {
		t.Fatal(err)
	}
	if err := h.Leave(ctx, halltest.Second); err != nil {
		t.Fatal(err)
	}
	r := without(asItIs(t, h), 2)
	r.Windows = append(r.Windows, hall.Window{Number: 8, Name: "出证窗口", Letters: []string{"A"}})
	if _, err := h.Revise(ctx, halltest.Chief, r); err != nil {
		t.Fatal(err)
	}
	_, list, err := h.Get(ctx, actor.Actor{}, h.ID)
	if err != nil || len(list) != 3 || list[0].Account != halltest.Window.Account || list[2].Number != 8 {
		t.Fatalf("%+v, %v", list, err)
	}
	if got := call(t, h, halltest.Window); got != number.Name() {
		t.Errorf("called %q", got)
	}
	h.Numbered(t, "B", "")
	r = asItIs(t, h)
	r.Rules.Lines, r.Windows = r.Rules.Lines[:1], []hall.Window{r.Windows[0], r.Windows[2]}
	if _, err := h.Revise(ctx, halltest.Chief, r); !fault.HasKey(err, "hall.line_waits") {
		t.Errorf("people wait for the line: %v", err)
	}
}

func TestRevisionsNobodyCanWorkBy(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	for name, spoil := range map[string]func(r *hall.Revision){
		"no hours":            func(r *hall.Revision) { r.Rules.Hours = nil },
		"backwards":           func(r *hall.Revision) { r.Rules.Hours = []hall.Span{{From: 600, Until: 540}} },
		"no address":          func(r *hall.Revision) { r.Address = "" },
		"a figure":            func(r *hall.Revision) { r.Rules.DaysAhead = -1 },
		"no window":           func(r *hall.Revision) { r.Windows = nil },
		"a line unserved":     func(r *hall.Revision) { r.Windows = r.Windows[2:] },
		"a number twice":      func(r *hall.Revision) { r.Windows[1].Number = 1 },
		"a line there is not": func(r *hall.Revision) { r.Windows[2].Letters = []string{"Q"} },
	} {
		r := asItIs(t, h)
		spoil(&r)
		if _, err := h.Revise(ctx, halltest.Chief, r); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Visits booked while the hours change are either refused or called off: none is left that nobody would serve.
func TestBookingWhileTheHoursChange(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	r := morningOnly(t, h)
	r.Sure = true
	var running sync.WaitGroup
	for i := range 6 {
		running.Go(func() {
			if _, err := h.Book(ctx, citizen(i), wish(h, tuesday, 780+30*i)); err != nil && !fault.HasKey(err, "hall.no_slot") {
				t.Error(err)
			}
		})
	}
	running.Go(func() {
		if _, err := h.Revise(ctx, halltest.Chief, r); err != nil {
			t.Error(err)
		}
	})
	running.Wait()
	for i := range 6 {
		visits, _, err := h.Bookings(ctx, citizen(i), "", 5)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range visits {
			if v.State == "booked" {
				t.Errorf("%s at %s is still booked", v.Day, hall.Clock(v.Minute))
			}
		}
	}
	h.At(tuesday.Start().Add(15 * time.Hour))
	if _, err := h.Take(ctx, actor.Actor{}, hall.Request{Hall: h.ID, Kiosk: h.Kiosk(t), Letter: "A"}, once.Params{}); !fault.HasKey(err, "hall.closed") {
		t.Errorf("a number in the afternoon: %v", err)
	}
}
