package hallweb

import (
	"net/http/httptest"
	"strconv"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/hall/halltest"
)

// One address does not take the streams of everybody, nor everybody those of the desks.
func TestStreamsAreShared(t *testing.T) {
	h := halltest.Open(t)
	f := newFeed(h.Service)
	var ends []func()
	follow := func(hall, from string, staff bool) bool {
		_, end, ok := f.follow(hall, follower{from, staff})
		if ok {
			ends = append(ends, end)
		}
		return ok
	}
	for range mostFrom {
		if !follow(h.ID, "192.0.2.1", false) {
			t.Fatal("refused too early")
		}
	}
	if follow(h.ID, "192.0.2.1", false) {
		t.Error("one address follows more often than it may")
	}
	for i := len(ends); i < mostInHall; i++ {
		if !follow(h.ID, strconv.Itoa(i), false) {
			t.Fatalf("refused at %d", i)
		}
	}
	if follow(h.ID, "late", false) {
		t.Error("a hall is followed by more than may")
	}
	for i := len(ends); i < mostPublic; i++ {
		if !follow("hall"+strconv.Itoa(i%10), strconv.Itoa(i), false) {
			t.Fatalf("refused at %d", i)
		}
	}
	if follow("another", "late", false) {
		t.Error("the share of the desks is taken")
	}
	if !follow(h.ID, "account/a", true) {
		t.Error("a desk is refused")
	}
	for _, end := range ends {
		end()
	}
	if f.streams != 0 || f.public != 0 || len(f.from) != 0 || len(f.watches) != 0 {
		t.Errorf("after the end %d streams, %d public, %d addresses, %d halls are counted", f.streams, f.public, len(f.from), len(f.watches))
	}
}

// A waiting room shares one address: each number, and each person signed in, is counted for himself.
func TestFollowersBehindOneAddress(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range []struct {
		by     actor.Actor
		number string
		staff  bool
	}{{actor.Actor{}, "", false}, {actor.Actor{}, "n1", false}, {actor.Actor{}, "n2", false}, {halltest.Zhang, "n1", false}, {halltest.Window, "", true}} {
		r := httptest.NewRequest("GET", "/halls/x/events", nil)
		who := followerOf(r.WithContext(actor.WithContext(r.Context(), c.by)), c.number)
		if seen[who.from] || who.staff != c.staff {
			t.Errorf("%+v counts as %+v", c, who)
		}
		seen[who.from] = true
	}
	if one, two := followerOf(httptest.NewRequest("GET", "/", nil), ""), followerOf(httptest.NewRequest("GET", "/", nil), ""); one != two {
		t.Error("strangers of one address are counted apart")
	}
}
