package bench

import (
	"context"
	"errors"
	"testing"
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
	if n := again.requests(make([]string, 3)); n != listRequests {
		t.Errorf("%d a round", n)
	}
}
