package once_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

func TestDo(t *testing.T) {
	d := dbtest.Open(t, once.Schema)
	var made atomic.Int64
	do := func(key, digest string) (int64, bool, error) {
		return once.Do(t.Context(), d, once.Params{Actor: "a", Key: key, Digest: digest}, func(*db.Tx) (int64, error) { return made.Add(1), nil })
	}
	first, replayed, err := do("k", "body")
	if err != nil || replayed {
		t.Fatal(replayed, err)
	}
	again, replayed, err := do("k", "body")
	if err != nil || !replayed || again != first {
		t.Errorf("the same request gave %d %v %v, first %d", again, replayed, err, first)
	}
	if _, _, err := do("k", "other"); !fault.HasKey(err, "once.other_body") {
		t.Errorf("another body gave %v", err)
	}
	if n, replayed, err := do("", "body"); err != nil || replayed || n == first {
		t.Errorf("without a key: %d %v %v", n, replayed, err)
	}
}

func TestFailureIsNotRemembered(t *testing.T) {
	d := dbtest.Open(t, once.Schema)
	p := once.Params{Actor: "a", Key: "k", Digest: "b"}
	bad := errors.New("bad")
	if _, _, err := once.Do(t.Context(), d, p, func(*db.Tx) (int, error) { return 0, bad }); !errors.Is(err, bad) {
		t.Fatal(err)
	}
	if n, replayed, err := once.Do(t.Context(), d, p, func(*db.Tx) (int, error) { return 5, nil }); n != 5 || replayed || err != nil {
		t.Error(n, replayed, err)
	}
}

// The same request sent by many hands at once is done once, and everybody gets its answer.
func TestAtOnce(t *testing.T) {
	d := dbtest.Open(t, once.Schema)
	var wg sync.WaitGroup
	answers := make([]string, 20)
	for i := range answers {
		wg.Go(func() {
			a, _, err := once.Do(t.Context(), d, once.Params{Actor: "a", Key: "k", Digest: "b"}, func(*db.Tx) (string, error) { return db.NewKey(), nil })
			if err != nil {
				t.Error(err)
			}
			answers[i] = a
		})
	}
	wg.Wait()
	for _, a := range answers {
		if a != answers[0] {
			t.Fatalf("two answers: %s and %s", a, answers[0])
		}
	}
}
