package audit_test

import (
	"errors"
	"sync"
	"testing"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

func (h *house) enter(entries []audit.Entry, fail error) error {
	return h.db.Update(h.t.Context(), func(tx *db.Tx) error {
		if err := h.log.Enter(h.t.Context(), tx, entries); err != nil {
			return err
		}
		return fail
	})
}

// TestEnter enters batches beside leaves that wait: one tree, each leaf provable, and nothing of a batch whose transaction came to nothing.
func TestEnter(t *testing.T) {
	h := open(t)
	h.append(entries(3)...)
	if err := h.enter(entries(audit.TileWidth*2+5), nil); err != nil {
		t.Fatal(err)
	}
	crash := errors.New("crash")
	if err := h.enter(entries(7), crash); !errors.Is(err, crash) {
		t.Fatal(err)
	}
	if err := h.enter(nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := h.enter([]audit.Entry{{Actor: "no kind"}}, nil); err == nil {
		t.Error("an entry without kind was entered")
	}
	h.sequence()
	if err := h.enter(entries(4), nil); err != nil {
		t.Fatal(err)
	}
	h.sequence()
	want := int64(audit.TileWidth*2 + 5 + 3 + 4)
	if r := h.whole(); r.Size != want || r.Waiting != 0 || h.checkpoint().Size != want {
		t.Fatalf("the log has %d leaves, %d wait; want %d", r.Size, r.Waiting, want)
	}
	h.view(func(tx *db.Tx) error {
		for _, at := range []int64{0, audit.TileWidth, want - 1} {
			p, err := h.log.Prove(t.Context(), tx, at)
			if err != nil || p.Verify() != nil {
				t.Errorf("leaf %d: %v, %v", at, err, p.Verify())
			}
		}
		l, err := h.log.At(t.Context(), tx, 5)
		if err != nil || !l.Opens() || l.Object != "case:5" || string(l.Data) != `{"n":5,"state":"accepted"}` {
			t.Errorf("%+v, %v", l, err)
		}
		return nil
	})
}

// TestEnterBesideSequencers: several nodes enter and sequence at once.
func TestEnterBesideSequencers(t *testing.T) {
	h := open(t)
	const nodes, rounds, size = 3, 4, 50
	var wg sync.WaitGroup
	for range nodes {
		wg.Go(func() {
			for range rounds {
				if err := h.enter(entries(size), nil); err != nil {
					t.Error(err)
				}
				h.append(entries(2)...)
				if _, err := h.log.Sequence(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	h.sequence()
	if r := h.whole(); r.Size != nodes*rounds*(size+2) || r.Waiting != 0 {
		t.Errorf("%d leaves, %d wait", r.Size, r.Waiting)
	}
}
