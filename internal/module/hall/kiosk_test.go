package hall_test

import (
	"fmt"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/hall/halltest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// From afar nobody floods a queue, goes first, or has the card of somebody else read.
func TestNumbersFromAfar(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	take := func(by actor.Actor, r hall.Request) error {
		r.Hall = h.ID
		if r.Letter == "" {
			r.Letter = "A"
		}
		_, err := h.Take(ctx, by, r, once.Params{})
		return err
	}
	if err := take(actor.Actor{}, hall.Request{}); !fault.HasKey(err, "hall.take_signed_in") {
		t.Errorf("a stranger takes a number: %v", err)
	}
	for name, r := range map[string]hall.Request{"a priority": {Priority: "soldier"}, "a card's holder": {Subject: halltest.Li.Subject}, "an age": {Birth: halltest.Morning.AddDate(-70, 0, 0)}} {
		if err := take(halltest.Zhang, r); !fault.HasKey(err, "hall.kiosk_only") {
			t.Errorf("%s from afar: %v", name, err)
		}
	}
	if err := take(halltest.Zhang, hall.Request{Kiosk: "abcdefghijklmnop"}); !fault.HasKey(err, "hall.not_kiosk") {
		t.Errorf("a made-up kiosk: %v", err)
	}
	if err := take(halltest.Zhang, hall.Request{}); err != nil {
		t.Fatal(err)
	}
	if err := take(halltest.Zhang, hall.Request{Letter: "B"}); !fault.HasKey(err, "hall.number_held") {
		t.Errorf("a second number: %v", err)
	}
	if err := take(halltest.Li, hall.Request{}); err != nil {
		t.Errorf("another person: %v", err)
	}
	h.Seated(t, halltest.Window, 1)
	call(t, h, halltest.Window)
	if err := take(halltest.Zhang, hall.Request{}); !fault.HasKey(err, "hall.number_held") {
		t.Errorf("a second number while the first is served: %v", err)
	}
	call(t, h, halltest.Window)
	if err := take(halltest.Zhang, hall.Request{}); err != nil {
		t.Errorf("after the first was served: %v", err)
	}
}

func TestALineGivesSoManyNumbersADay(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	d := halltest.Draft()
	d.Rules.NumbersMost = 2
	if _, err := h.Put(ctx, actor.Program("test"), d); err != nil {
		t.Fatal(err)
	}
	b, err := h.Book(ctx, halltest.Zhang, hall.Wish{Hall: h.ID, Letter: "A", Day: civil.Of(halltest.Morning).Add(1), Minute: 600})
	if err != nil {
		t.Fatal(err)
	}
	h.Later(24 * time.Hour)
	h.Numbered(t, "A", "")
	h.Numbered(t, "A", "")
	if _, err := h.Take(ctx, actor.Actor{}, hall.Request{Hall: h.ID, Kiosk: h.Kiosk(t), Letter: "A"}, once.Params{}); !fault.HasKey(err, "hall.line_full") {
		t.Errorf("a third number: %v", err)
	}
	h.Numbered(t, "B", "")
	booked, err := h.Take(ctx, actor.Actor{}, hall.Request{Hall: h.ID, Booking: b.Code}, once.Params{})
	if err != nil || booked.Name() != "A003" {
		t.Errorf("who has booked gets %s, %v", booked.Name(), err)
	}
}

func TestTheKiosksCode(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	old := h.Kiosk(t)
	if _, err := h.KioskCode(ctx, halltest.Neighbour, h.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another county reads it: %v", err)
	}
	if _, err := h.KioskCode(ctx, halltest.Zhang, h.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a citizen reads it: %v", err)
	}
	if _, err := h.Put(ctx, actor.Program("test"), halltest.Draft()); err != nil || h.Kiosk(t) != old {
		t.Errorf("setting the hall up again changed it: %v", err)
	}
	if err := h.RenewKiosk(ctx, halltest.Neighbour, h.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another county renews it: %v", err)
	}
	if err := h.RenewKiosk(ctx, halltest.Window, h.ID); err != nil || h.Kiosk(t) == old {
		t.Fatalf("renewed: %v", err)
	}
	for code, ok := range map[string]bool{old: false, "": false, h.Kiosk(t): true} {
		if err := h.AtKiosk(ctx, actor.Actor{}, h.ID, code); (err == nil) != ok {
			t.Errorf("%q: %v", code, err)
		}
	}
}

// However many wait, a number is called and knows its place: here behind three thousand others of another line.
func TestALongQueue(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	h.Seated(t, halltest.Window, 3) // of line B
	h.Seated(t, halltest.Second, 1)
	const many = 3000
	err := h.DB.Update(ctx, func(tx *db.Tx) error {
		for i := range many {
			if err := tx.Later(ctx, `INSERT INTO hall_turn (id, hall_id, day, letter, number, code, priority, rank, place, state, subject_id, booking_id, window_id, fixed, account_id,
calls, passes, told, taken_at, seconds) VALUES ($1, $2, '2026-11-30', 'A', $3, $4, '', 1, $5, 'waiting', '', '', '', false, '', 0, 0, false, $6, 0)`,
				db.NewKey(), h.ID, i+1000, fmt.Sprint("code", i), i, h.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	turn := h.Numbered(t, "B", "")
	last, err := h.Take(ctx, halltest.Zhang, hall.Request{Hall: h.ID, Letter: "B"}, once.Params{})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := h.Standing(ctx, actor.Actor{}, last.Code); err != nil || s.Ahead != many+1 {
		t.Errorf("%d before it, %v", s.Ahead, err)
	}
	if got := call(t, h, halltest.Window); got != turn.Name() {
		t.Errorf("the window of line B called %q", got)
	}
	if got := call(t, h, halltest.Window); got != last.Name() {
		t.Errorf("the window of line B called %q", got)
	}
}
