package hall_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/hall/halltest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

var tuesday = civil.MustParse("2026-12-01")

func wish(h *halltest.Hall, day civil.Date, minute int) hall.Wish {
	return hall.Wish{Hall: h.ID, Letter: "A", Day: day, Minute: minute}
}

func citizen(n int) actor.Actor {
	return actor.Actor{Kind: actor.Person, Account: fmt.Sprint("citizen", n), Subject: fmt.Sprint("subject", n)}
}

func TestSlotsFollowTheCalendar(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	list, err := h.FreeSlots(ctx, actor.Actor{}, h.ID, "A")
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	days := map[string]int{}
	for _, s := range list {
		days[s.Day.String()]++
		if s.Free != 2 { // two windows, a half hour, 15 minutes each, half of it online
			t.Errorf("%s %s has %d places", s.Day, hall.Clock(s.Minute), s.Free)
		}
	}
	want := map[string]int{"2026-11-30": 11, "2026-12-01": 13, "2026-12-02": 13, "2026-12-03": 13, "2026-12-04": 13, "2026-12-07": 13}
	for d, n := range want {
		if days[d] != n {
			t.Errorf("%s has %d slots, want %d", d, days[d], n)
		}
	}
	if len(days) != len(want) {
		t.Errorf("slots on %v", days)
	}
	if _, err := h.FreeSlots(ctx, actor.Actor{}, h.ID, "Z"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a line there is none of: %v", err)
	}
}

// Two want the last place: exactly one gets it.
func TestTheLastPlace(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	const many = 8
	var answers [many]error
	var running sync.WaitGroup
	for i := range many {
		running.Go(func() { _, answers[i] = h.Book(ctx, citizen(i), wish(h, tuesday, 540)) })
	}
	running.Wait()
	booked := 0
	for _, err := range answers {
		switch {
		case err == nil:
			booked++
		case !fault.HasKey(err, "hall.full"):
			t.Error(err)
		}
	}
	if booked != 2 {
		t.Errorf("%d booked two places", booked)
	}
	list, err := h.FreeSlots(ctx, actor.Actor{}, h.ID, "A")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if s.Day == tuesday && s.Minute == 540 {
			t.Errorf("the full slot is offered with %d places", s.Free)
		}
	}
}

func TestBookingAndCancelling(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	for name, w := range map[string]hall.Wish{"a Saturday": wish(h, civil.MustParse("2026-12-05"), 540), "long ahead": wish(h, civil.MustParse("2026-12-20"), 540),
		"yesterday": wish(h, civil.MustParse("2026-11-27"), 540), "begun": wish(h, civil.MustParse("2026-11-30"), 540), "lunch": wish(h, tuesday, 720), "between": wish(h, tuesday, 541)} {
		if _, err := h.Book(ctx, halltest.Zhang, w); !fault.HasKey(err, "hall.no_slot") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Book(ctx, halltest.Window, wish(h, tuesday, 540)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer books: %v", err)
	}
	b, err := h.Book(ctx, halltest.Zhang, wish(h, tuesday, 540))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Book(ctx, halltest.Zhang, wish(h, tuesday, 600)); !fault.HasKey(err, "hall.booked_already") {
		t.Errorf("a second one that day: %v", err)
	}
	if err := h.Cancel(ctx, halltest.Li, b.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else cancels: %v", err)
	}
	h.At(b.At().Add(-59 * time.Minute))
	if err := h.Cancel(ctx, halltest.Zhang, b.ID); !fault.HasKey(err, "hall.too_late") {
		t.Errorf("within the hour: %v", err)
	}
	h.At(b.At().Add(-61 * time.Minute))
	if err := h.Cancel(ctx, halltest.Zhang, b.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.Cancel(ctx, halltest.Zhang, b.ID); !fault.HasKey(err, "hall.booking_over") {
		t.Errorf("twice: %v", err)
	}
	if _, err := h.Book(ctx, halltest.Zhang, wish(h, tuesday, 600)); err != nil {
		t.Errorf("again after cancelling: %v", err)
	}
	list, _, err := h.Bookings(ctx, halltest.Zhang, "", 10)
	if err != nil || len(list) != 2 || list[0].State != "booked" || list[1].State != "cancelled" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestRemindedOnceTheDayBefore(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	if _, err := h.Book(ctx, halltest.Zhang, wish(h, tuesday, 540)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.Remind(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.Told(halltest.Zhang.Subject, "hall.told.tomorrow"); n != 1 {
		t.Errorf("reminded %d times", n)
	}
}

// Three missed visits within thirty days block online booking for thirty days after the last.
func TestWhoMissesThreeIsBlocked(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	for n := range 3 {
		day := tuesday.Add(n)
		h.At(day.Add(-1).Start().Add(9 * time.Hour))
		if _, err := h.Book(ctx, halltest.Zhang, wish(h, day, 540)); err != nil {
			t.Fatalf("booking %d: %v", n, err)
		}
		h.At(day.End())
		if err := h.CountMissed(ctx); err != nil {
			t.Fatal(err)
		}
	}
	last := tuesday.Add(2)
	h.At(last.Add(1).Start().Add(9 * time.Hour))
	if _, err := h.Book(ctx, halltest.Zhang, wish(h, last.Add(4), 540)); !fault.HasKey(err, "hall.blocked") {
		t.Errorf("after three: %v", err)
	}
	if _, err := h.Book(ctx, halltest.Li, wish(h, last.Add(4), 540)); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	h.At(last.Add(31).Start().Add(9 * time.Hour))
	if _, err := h.Book(ctx, halltest.Zhang, wish(h, civil.MustParse("2027-01-05"), 540)); fault.HasKey(err, "hall.blocked") {
		t.Errorf("a month later: %v", err)
	}
}

// Who booked goes before who did not, at the time of the booking; a booking is used once, on its day.
func TestBookedGoBefore(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	b, err := h.Book(ctx, halltest.Zhang, wish(h, tuesday, 540))
	if err != nil {
		t.Fatal(err)
	}
	arrive := func() (hall.Turn, error) {
		return h.Take(ctx, actor.Actor{}, hall.Request{Hall: h.ID, Booking: b.Code}, once.Params{})
	}
	if _, err := arrive(); !fault.HasKey(err, "hall.booking_other_day") {
		t.Errorf("a day early: %v", err)
	}
	h.At(tuesday.Start().Add(8*time.Hour + 50*time.Minute))
	h.Seated(t, halltest.Window, 1)
	h.Numbered(t, "A", "")
	if code, err := h.OpenBooking(ctx, actor.Actor{}, h.ID, halltest.Zhang.Subject); err != nil || code != b.Code {
		t.Errorf("by the card the booking is %q, %v", code, err)
	}
	turn, err := arrive()
	if err != nil || turn.Priority != "booked" || turn.Letter != "A" || turn.SubjectID != halltest.Zhang.Subject {
		t.Fatalf("%+v, %v", turn, err)
	}
	if _, err := arrive(); !fault.HasKey(err, "hall.booking_over") {
		t.Errorf("twice: %v", err)
	}
	if got := call(t, h, halltest.Window); got != turn.Name() {
		t.Errorf("called %s, want %s", got, turn.Name())
	}
	// Far too late it is a number like others.
	c, err := h.Book(ctx, halltest.Li, wish(h, tuesday, 570))
	if err != nil {
		t.Fatal(err)
	}
	h.At(tuesday.Start().Add(11 * time.Hour))
	late, err := h.Take(context.Background(), actor.Actor{}, hall.Request{Hall: h.ID, Booking: c.Code}, once.Params{})
	if err != nil || late.Priority != "" {
		t.Errorf("%+v, %v", late, err)
	}
}
