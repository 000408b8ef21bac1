package bench

import (
	"context"
	"errors"
	"testing"
	"time"
)

// What is compared is done equally often, in turns, and the first error ends it.
func TestByTurns(t *testing.T) {
	var order []int
	op := func(at int) func(context.Context, int) error {
		return func(context.Context, int) error { order = append(order, at); return nil }
	}
	times, err := byTurns(t.Context(), 95, 4, op(0), op(1))
	if err != nil || len(times) != 2 || len(order) != 2*(uncounted+4*rounds) {
		t.Fatalf("%v, %d asked, %v", times, len(order), err)
	}
	first := map[int]int{}
	for i := 2 * uncounted; i < len(order); i += 2 {
		first[order[i]]++
		if order[i] == order[i+1] {
			t.Fatal("one goes twice while the other waits")
		}
	}
	if first[0] != first[1] {
		t.Errorf("first came %v", first)
	}
	broken := errors.New("broken")
	if _, err := byTurns(t.Context(), 95, 4, op(0), func(context.Context, int) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// No question comes twice, and views that ask each once say how many they have.
func TestFirstQuestions(t *testing.T) {
	list := pieces([]string{"食品经营许可新办", "食品经营许可延续"}, 100)
	seen := map[string]bool{}
	for _, text := range list {
		if seen[text] {
			t.Error(text, "comes twice")
		}
		seen[text] = true
	}
	if len(list) < 10 || len(pieces([]string{"食品经营许可新办"}, 3)) != 3 {
		t.Errorf("%q", list)
	}
	once, again := view{first: true}, view{}
	if n := once.requests(make([]string, uncounted+rounds*60)); n != 60 {
		t.Errorf("%d a round", n)
	}
	if n := again.requests(make([]string, 3)); n != viewRequests {
		t.Errorf("%d a round", n)
	}
}

// The times of a program are found behind a name that has spaces and brackets itself.
func TestProcessorOf(t *testing.T) {
	const line = "42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 150 25 0 0 20 0 7 0 100"
	if d := processorOf(line); d != 1750*time.Millisecond {
		t.Error(d)
	}
	for _, bad := range []string{"", "42 (x", "42 (x) S 1 2 3 4 5 6 7 8 9 10 11 y 12"} {
		if d := processorOf(bad); d != 0 {
			t.Errorf("%q: %s", bad, d)
		}
	}
}
