package web

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/platform/fault"
)

// clocked is a limiter whose time the test moves.
func clocked(n int, period time.Duration, burst int) (*Limiter, *time.Time) {
	now := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	l := NewLimiter(n, period, burst)
	l.now = func() time.Time { return now }
	return l, &now
}

func TestLimiterSpent(t *testing.T) {
	l, now := clocked(60, time.Hour, 1)
	for range 2 { // asking counts nothing
		if err := l.Spent("a"); err != nil {
			t.Fatal(err)
		}
	}
	_ = l.Allow("a")
	if err := l.Spent("a"); !fault.Is(err, fault.TooMany) {
		t.Errorf("a key that is spent gave %v", err)
	}
	*now = now.Add(time.Minute)
	if err := l.Spent("a"); err != nil {
		t.Errorf("a minute later gave %v", err)
	}
}

func TestLimiterSlowsOneKey(t *testing.T) {
	l, now := clocked(60, time.Hour, 3)
	for range 3 {
		if err := l.Allow("a"); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Allow("a"); !fault.Is(err, fault.TooMany) {
		t.Errorf("a fourth gave %v", err)
	}
	if err := l.Allow("b"); err != nil {
		t.Errorf("another key gave %v", err)
	}
	*now = now.Add(time.Minute)
	if err := l.Allow("a"); err != nil {
		t.Errorf("a minute later gave %v", err)
	}
	for range 3 {
		_ = l.Allow("2001:db8::1")
	}
	if err := l.Allow("2001:db8::2"); !fault.Is(err, fault.TooMany) {
		t.Errorf("a neighbour of the same network gave %v", err)
	}
}

// TestLimiterForgetsIdleKeys sends keys of any length: none is kept as it was sent, and none beyond the time it counts.
func TestLimiterForgetsIdleKeys(t *testing.T) {
	l, now := clocked(60, time.Hour, 20)
	for i := range 1000 {
		if err := l.Allow(strings.Repeat("x", 10_000) + strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.keys) != 1000 {
		t.Fatalf("%d keys", len(l.keys))
	}
	*now = now.Add(20 * time.Minute)
	_ = l.Allow("another")
	if len(l.keys) != 1 {
		t.Errorf("%d keys are left after they all ran out", len(l.keys))
	}
}

// TestLimiterKeepsGuessersInFlood fills it with keys used once: who was slowed down stays so.
func TestLimiterKeepsGuessersInFlood(t *testing.T) {
	l, _ := clocked(60, time.Hour, 3)
	for range 4 {
		_ = l.Allow("guesser")
	}
	for i := range 2*maxKeys + 10 {
		_ = l.Allow(strconv.Itoa(i))
	}
	if len(l.keys) > maxKeys {
		t.Errorf("%d keys", len(l.keys))
	}
	if err := l.Allow("guesser"); !fault.Is(err, fault.TooMany) {
		t.Errorf("a flood of keys set the guesser free: %v", err)
	}
}
