package hall_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
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

// call presses next at an officer's window and returns the number that was called, "" for nobody.
func call(t *testing.T, h *halltest.Hall, by actor.Actor) string {
	t.Helper()
	s, err := h.Seat(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	now := ""
	if s.Now != nil {
		now = s.Now.ID
	}
	turn, ok, err := h.Next(t.Context(), by, now)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return ""
	}
	return turn.Name()
}

func serving(t *testing.T, h *halltest.Hall, by actor.Actor) string {
	t.Helper()
	s, err := h.Seat(t.Context(), by)
	if err != nil || s.Now == nil {
		t.Fatalf("nobody is served: %v", err)
	}
	return s.Now.ID
}

func TestNumbersAreCalledInOrder(t *testing.T) {
	h := halltest.Open(t)
	h.Seated(t, halltest.Window, 1)
	for i, letter := range []string{"A", "A", "B", "A"} {
		h.Later(time.Second)
		if got := h.Numbered(t, letter, "").Name(); got != []string{"A001", "A002", "B001", "A003"}[i] {
			t.Errorf("number %d is %s", i, got)
		}
	}
	h.Later(time.Second)
	h.Numbered(t, "A", "elderly")
	for _, want := range []string{"A004", "A001", "A002", "B001", "A003", ""} {
		if got := call(t, h, halltest.Window); got != want {
			t.Errorf("called %q, want %q", got, want)
		}
	}
	if err := h.Finish(t.Context(), halltest.Window, ""); !fault.HasKey(err, "hall.nobody_here") {
		t.Errorf("finishing nobody: %v", err)
	}
}

func TestAWindowServesItsLinesOnly(t *testing.T) {
	h := halltest.Open(t)
	h.Seated(t, halltest.Window, 3)
	h.Numbered(t, "A", "")
	h.Later(time.Second)
	h.Numbered(t, "B", "")
	if got := call(t, h, halltest.Window); got != "B001" {
		t.Errorf("the window of line B called %q", got)
	}
	if got := call(t, h, halltest.Window); got != "" {
		t.Errorf("it called %q", got)
	}
}

func TestWhoIsPassedComesAfterThreeOthers(t *testing.T) {
	h := halltest.Open(t)
	h.Seated(t, halltest.Window, 1)
	for range 5 {
		h.Later(time.Second)
		h.Numbered(t, "A", "")
	}
	call(t, h, halltest.Window)
	if err := h.Pass(t.Context(), halltest.Window, serving(t, h, halltest.Window)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"A002", "A003", "A004", "A001"} {
		if got := call(t, h, halltest.Window); got != want {
			t.Errorf("called %q, want %q", got, want)
		}
	}
	// Passed a second time it comes again, after the one who is left; a third time it is gone.
	for n := range 2 {
		if err := h.Pass(t.Context(), halltest.Window, serving(t, h, halltest.Window)); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			if got := call(t, h, halltest.Window) + call(t, h, halltest.Window); got != "A005A001" {
				t.Errorf("called %s", got)
			}
		}
	}
	if got := call(t, h, halltest.Window); got != "" {
		t.Errorf("who was passed three times is called again: %s", got)
	}
}

func TestRecallAndTransfer(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	h.Seated(t, halltest.Window, 1)
	turn := h.Numbered(t, "A", "")
	h.Numbered(t, "A", "")
	call(t, h, halltest.Window)
	if err := h.Recall(ctx, halltest.Window, turn.ID); err != nil {
		t.Fatal(err)
	}
	if b, err := h.Board(ctx, actor.Actor{}, h.ID); err != nil || len(b.Called) != 1 || b.Called[0].Calls != 2 || b.Called[0].Window != 1 || b.Waiting["A"] != 1 {
		t.Errorf("the screen shows %+v, %v", b, err)
	}
	if err := h.Transfer(ctx, halltest.Window, turn.ID, 2); !fault.HasKey(err, "hall.window_empty") {
		t.Errorf("transferred to where nobody sits: %v", err)
	}
	h.Seated(t, halltest.Second, 2)
	if err := h.Transfer(ctx, halltest.Window, turn.ID, 1); !fault.Is(err, fault.Invalid) {
		t.Errorf("transferred to itself: %v", err)
	}
	if err := h.Transfer(ctx, halltest.Window, turn.ID, 2); err != nil {
		t.Fatal(err)
	}
	if got := call(t, h, halltest.Window); got != "A002" {
		t.Errorf("the window called %s", got)
	}
	if got := call(t, h, halltest.Second); got != "A001" {
		t.Errorf("the other window called %s", got)
	}
}

// Two windows press next at the same moment, over and over: each number is called once.
func TestTwoWindowsNeverCallTheSameNumber(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	h.Seated(t, halltest.Window, 1)
	h.Seated(t, halltest.Second, 2)
	const people = 20
	var taking sync.WaitGroup
	for range people {
		taking.Go(func() { h.Numbered(t, "A", "") })
	}
	taking.Wait()
	var mu sync.Mutex
	called := map[string]int{}
	var running sync.WaitGroup
	for _, by := range []actor.Actor{halltest.Window, halltest.Second} {
		running.Go(func() {
			now := ""
			for {
				turn, ok, err := h.Next(ctx, by, now)
				if err != nil {
					t.Error(err)
					return
				}
				if !ok {
					return
				}
				now = turn.ID
				mu.Lock()
				called[turn.Name()]++
				mu.Unlock()
			}
		})
	}
	running.Wait()
	if len(called) != people {
		t.Errorf("%d numbers were called, of %d", len(called), people)
	}
	for name, n := range called {
		if n != 1 {
			t.Errorf("%s was called %d times", name, n)
		}
	}
	for n := 1; n <= people; n++ {
		if called[fmt.Sprintf("A%03d", n)] == 0 {
			t.Errorf("number %d was never given or called", n)
		}
	}
}

// One officer presses twice: the second press calls nobody.
func TestPressedTwice(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	h.Seated(t, halltest.Window, 1)
	h.Numbered(t, "A", "")
	h.Numbered(t, "A", "")
	var answers [2]error
	var running sync.WaitGroup
	for i := range answers {
		running.Go(func() { _, _, answers[i] = h.Next(ctx, halltest.Window, "") })
	}
	running.Wait()
	if (answers[0] == nil) == (answers[1] == nil) {
		t.Fatalf("of two presses %v and %v", answers[0], answers[1])
	}
	if err := errors.Join(answers[:]...); !fault.HasKey(err, "hall.turn_moved_on") {
		t.Error(err)
	}
}

// A step that is cut off before its end leaves the queue as it was.
func TestCutOffNothingIsLost(t *testing.T) {
	h := halltest.Open(t)
	h.Seated(t, halltest.Window, 1)
	turn := h.Numbered(t, "A", "")
	ctx, cut := context.WithCancel(t.Context())
	cut()
	if _, _, err := h.Next(ctx, halltest.Window, ""); err == nil {
		t.Fatal("a step that was cut off succeeds")
	}
	if s, err := h.Standing(t.Context(), actor.Actor{}, turn.Code); err != nil || s.Turn.State != "waiting" || s.Ahead != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if got := call(t, h, halltest.Window); got != "A001" {
		t.Errorf("called %q", got)
	}
}

func TestTheSameRequestGetsTheSameNumber(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	key := once.Params{Actor: "kiosk", Key: "k1", Digest: "d"}
	a, err := h.Take(ctx, actor.Actor{}, hall.Request{Hall: h.ID, Kiosk: h.Kiosk(t), Letter: "A"}, key)
	b, again := h.Take(ctx, actor.Actor{}, hall.Request{Hall: h.ID, Kiosk: h.Kiosk(t), Letter: "A"}, key)
	if err != nil || again != nil || a.Name() != b.Name() || a.Code != b.Code {
		t.Errorf("%s, %v and %s, %v", a.Name(), err, b.Name(), again)
	}
}

func TestNoNumberOutsideTheHours(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	take := func() error {
		_, err := h.Take(ctx, actor.Actor{}, hall.Request{Hall: h.ID, Kiosk: h.Kiosk(t), Letter: "A"}, once.Params{})
		return err
	}
	for at, open := range map[string]bool{"2026-11-30T12:00": false, "2026-11-30T13:00": true, "2026-11-30T16:30": false, "2026-11-29T09:00": false, "2026-10-01T09:00": false,
		"2026-10-10T09:00": true} { // a Saturday on which offices work
		at, err := time.ParseInLocation("2006-01-02T15:04", at, civil.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		h.At(at)
		if err := take(); (err == nil) != open {
			t.Errorf("%s: %v", at, err)
		}
	}
	if err := h.SetOpen(ctx, halltest.Neighbour, h.ID, "closed"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another county closes the hall: %v", err)
	}
	h.At(halltest.Morning)
	for to, open := range map[string]bool{"closed": false, "open": true, "": true} {
		if err := h.SetOpen(ctx, halltest.Window, h.ID, to); err != nil {
			t.Fatal(err)
		}
		if err := take(); (err == nil) != open {
			t.Errorf("set to %q: %v", to, err)
		}
	}
	if err := h.SetOpen(ctx, halltest.Window, h.ID, "open"); err != nil {
		t.Fatal(err)
	}
	h.Later(14 * time.Hour)
	if err := take(); err != nil {
		t.Errorf("an officer keeps the hall open late: %v", err)
	}
	h.Later(2 * time.Hour)
	if err := take(); !fault.HasKey(err, "hall.closed") {
		t.Errorf("the next night: %v", err)
	}
}

func TestWaitIsToldHonestly(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	h.Seated(t, halltest.Window, 1)
	for n := range 20 {
		h.Numbered(t, "A", "")
		call(t, h, halltest.Window)
		h.Later(5 * time.Minute)
		if n == 18 {
			h.Later(-95 * time.Minute) // keeps within the morning
		}
	}
	turn := h.Numbered(t, "A", "")
	s, err := h.Standing(ctx, actor.Actor{}, turn.Code)
	if err != nil || s.Estimate != nil {
		t.Fatalf("19 were served and the wait is told as %+v, %v", s.Estimate, err)
	}
	if err := h.Finish(ctx, halltest.Window, serving(t, h, halltest.Window)); err != nil {
		t.Fatal(err)
	}
	second := h.Numbered(t, "A", "")
	s, err = h.Standing(ctx, actor.Actor{}, second.Code)
	if err != nil || s.Ahead != 1 || s.Estimate == nil || *s.Estimate != (hall.Estimate{From: 5, Until: 10}) {
		t.Errorf("%+v %+v, %v", s, s.Estimate, err)
	}
	call(t, h, halltest.Window)
	if err := h.Finish(ctx, halltest.Window, serving(t, h, halltest.Window)); err != nil {
		t.Fatal(err)
	}
	if err := h.Leave(ctx, halltest.Window); err != nil {
		t.Fatal(err)
	}
	if s, err = h.Standing(ctx, actor.Actor{}, second.Code); err != nil || s.Estimate != nil {
		t.Errorf("nobody serves and the wait is told as %+v, %v", s.Estimate, err)
	}
}

func TestToldWhenThreeAreBefore(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	h.Seated(t, halltest.Window, 1)
	for range 5 {
		h.Later(time.Second)
		h.Numbered(t, "A", "")
	}
	h.Later(time.Second)
	if _, err := h.Take(ctx, halltest.Zhang, hall.Request{Hall: h.ID, Letter: "A"}, once.Params{}); err != nil {
		t.Fatal(err)
	}
	for n, want := range []int{0, 1, 1, 1} {
		call(t, h, halltest.Window)
		if got := h.Told(halltest.Zhang.Subject, "hall.told.soon"); got != want {
			t.Errorf("after %d calls told %d times, want %d", n+1, got, want)
		}
	}
}

func TestSeats(t *testing.T) {
	h, ctx := halltest.Open(t), t.Context()
	_, list, err := h.Get(ctx, halltest.Window, h.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Sit(ctx, halltest.Neighbour, list[0].ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another county's officer sits down: %v", err)
	}
	if err := h.Sit(ctx, halltest.Zhang, list[0].ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a citizen sits down: %v", err)
	}
	if err := errors.Join(h.Sit(ctx, halltest.Window, list[0].ID), h.Sit(ctx, halltest.Window, list[0].ID)); err != nil {
		t.Errorf("sitting down twice: %v", err)
	}
	if err := h.Sit(ctx, halltest.Second, list[0].ID); !fault.HasKey(err, "hall.window_taken") {
		t.Errorf("on another's chair: %v", err)
	}
	if err := h.Sit(ctx, halltest.Window, list[1].ID); !fault.HasKey(err, "hall.seated") {
		t.Errorf("on two chairs: %v", err)
	}
	h.Numbered(t, "A", "")
	call(t, h, halltest.Window)
	if err := h.Leave(ctx, halltest.Window); !fault.HasKey(err, "hall.still_serving") {
		t.Errorf("leaving in the middle: %v", err)
	}
	if _, _, err := h.Next(ctx, halltest.Second, ""); !fault.HasKey(err, "hall.no_seat") {
		t.Errorf("calling without a window: %v", err)
	}
	// The next day nobody is still being served.
	h.Later(24 * time.Hour)
	if err := h.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if err := h.Leave(ctx, halltest.Window); err != nil {
		t.Error(err)
	}
	var n int
	err = h.DB.View(ctx, func(tx *db.Tx) (err error) {
		n, err = db.One[int](ctx, tx, `SELECT count(*) FROM hall_turn WHERE state = 'gone'`)
		return err
	})
	if err != nil || n != 1 {
		t.Errorf("%d numbers are gone, %v", n, err)
	}
}

func FuzzCodeOf(f *testing.F) {
	f.Add("http://127.0.0.1:8080/turns/abcdefghijklmnop")
	f.Add("/")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		code := hall.CodeOf(text)
		if code != "" && (len(code) != 16 || hall.CodeOf(code) != code) {
			t.Errorf("%q is read as %q", text, code)
		}
	})
}
