package audit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

func errorsOf(list ...error) error { return errors.Join(list...) }

// TestCrashes stops sequencing after each step, with an error and by a caller that is gone, and wants every leaf in the tree once.
func TestCrashes(t *testing.T) {
	for _, step := range []string{"taken", "numbered", "grown", "integrated", "prepared", "signed", "recorded"} {
		t.Run(step, func(t *testing.T) {
			h := open(t)
			h.append(entries(5)...)
			h.sequence()
			h.append(entries(audit.Batch + 2)...)
			crash, hit := errors.New("crash"), 0
			h.log.Between(func(done string) error {
				if done == step {
					hit++
					return crash
				}
				return nil
			})
			for range 3 {
				if _, err := h.log.Sequence(t.Context()); !errors.Is(err, crash) && (err != nil || hit == 0) {
					t.Fatalf("it did not crash: %v", err)
				}
				if r := h.verify(); !r.OK() || r.Size+r.Waiting != audit.Batch+7 {
					t.Fatalf("after a crash there are %d and %d leaves:\n%s", r.Size, r.Waiting, r)
				}
			}
			h.log.Between(func(string) error { return nil })
			h.sequence()
			if r := h.whole(); r.Size != audit.Batch+7 || r.Waiting != 0 || h.checkpoint().Size != r.Size {
				t.Errorf("in the end there are %d and %d leaves", r.Size, r.Waiting)
			}
		})
	}
}

// TestOnlyOneWins: two nodes saw the same log; the second may not number anything.
func TestOnlyOneWins(t *testing.T) {
	h := open(t)
	h.append(entries(3)...)
	first, err := h.log.Integrate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.another().Integrate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := first(); n != 3 || err != nil {
		t.Fatalf("the first numbered %d: %v", n, err)
	}
	h.append(entries(2)...)
	if n, err := second(); n != 0 || err != nil {
		t.Errorf("the second numbered %d: %v", n, err)
	}
	if n := h.sequence(); n != 2 {
		t.Errorf("then %d were numbered", n)
	}
	h.whole()
}

// TestALeafCommittedLate: keys are made before the commit, so a leaf with an older key may come after the tree has gone on.
func TestALeafCommittedLate(t *testing.T) {
	h := open(t)
	h.append(entries(3)...)
	h.exec(`CREATE TABLE kept_late AS SELECT * FROM audit_inbox WHERE object = 'case:0'`)
	h.exec(`DELETE FROM audit_inbox WHERE object = 'case:0'`)
	h.sequence()
	h.exec(`INSERT INTO audit_inbox SELECT * FROM kept_late`)
	if n := h.sequence(); n != 1 {
		t.Errorf("%d were numbered", n)
	}
	if r := h.whole(); r.Size != 3 {
		t.Errorf("the tree has %d leaves", r.Size)
	}
}

func TestManyAppendersAndSequencers(t *testing.T) {
	h := open(t)
	const appenders, each, sequencers = 8, 40, 3
	var appending, sequencing sync.WaitGroup
	var done atomic.Bool
	var numbered atomic.Int64
	for a := range appenders {
		appending.Go(func() {
			for i := range each {
				err := h.db.Update(t.Context(), func(tx *db.Tx) error {
					return h.log.Append(t.Context(), tx, audit.Entry{Kind: "case.submitted", Object: fmt.Sprintf("case:%d-%d", a, i)})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range sequencers {
		node := h.another()
		sequencing.Go(func() {
			for !done.Load() {
				n, err := node.Sequence(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				numbered.Add(int64(n))
			}
		})
	}
	appending.Wait()
	done.Store(true)
	sequencing.Wait()
	numbered.Add(int64(h.sequence()))
	if r := h.whole(); r.Size != appenders*each || numbered.Load() != appenders*each || r.Waiting != 0 {
		t.Errorf("the tree has %d leaves, %d were numbered, %d wait", r.Size, numbered.Load(), r.Waiting)
	}
	h.view(func(tx *db.Tx) error {
		for a := range appenders {
			for i := range each {
				got, err := h.log.ByObject(t.Context(), tx, fmt.Sprintf("case:%d-%d", a, i), "", 10)
				if err != nil || len(got) != 1 {
					t.Fatalf("case %d-%d has %d leaves: %v", a, i, len(got), err)
				}
			}
		}
		return nil
	})
}

// TestRunSurvivesErrors: the first rounds fail, the log is integrated all the same, and Run ends with its context.
func TestRunSurvivesErrors(t *testing.T) {
	h := open(t)
	l, err := audit.New(h.db, h.keys, audit.Params{Origin: origin, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	l.Every(time.Millisecond)
	var failed atomic.Int64
	recorded := make(chan struct{}, 100)
	l.Between(func(step string) error {
		if step == "numbered" && failed.Add(1) < 3 {
			return errors.New("the disk is slow today")
		}
		if step == "recorded" {
			recorded <- struct{}{}
		}
		return nil
	})
	h.append(entries(4)...)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	<-recorded
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if failed.Load() < 3 {
		t.Error("it never failed")
	}
	h.sequence()
	if r := h.whole(); r.Size != 4 || r.Waiting != 0 {
		t.Errorf("%d leaves, %d wait", r.Size, r.Waiting)
	}
}

// TestAnIdleLogIsNotWritten: where nothing waits, nothing changes.
func TestAnIdleLogIsNotWritten(t *testing.T) {
	h := open(t)
	h.append(entries(1)...)
	h.sequence()
	turn := func() (n int64) {
		h.view(func(tx *db.Tx) (err error) {
			n, err = db.One[int64](t.Context(), tx, `SELECT turn FROM audit_tree`)
			return err
		})
		return n
	}
	before := turn()
	for range 5 {
		h.sequence()
	}
	if turn() != before || h.whole().Checkpoints != 1 {
		t.Error("an idle log was written")
	}
}

// TestCheckpointsAreThinned: a checkpoint each 40 minutes; a day later only one an hour is left, and the newest.
func TestCheckpointsAreThinned(t *testing.T) {
	h := open(t)
	const made = 6
	age := func(newest time.Duration, upTo int) {
		for size := 1; size <= upTo; size++ {
			h.exec(`UPDATE audit_checkpoint SET at = $1 WHERE size = $2`, time.Now().Add(-newest-time.Duration(upTo-size)*40*time.Minute), size)
		}
	}
	sizes := func() (out []int64) {
		h.view(func(tx *db.Tx) error {
			list, err := h.log.Checkpoints(t.Context(), tx, 100)
			for _, c := range list {
				out = append(out, c.Size)
			}
			return err
		})
		return out
	}
	for i := range made {
		age(40*time.Minute, i)
		h.append(entries(1)...)
		h.sequence()
	}
	if got := sizes(); len(got) != made {
		t.Errorf("within a day there are %v", got)
	}
	age(25*time.Hour, made)
	h.append(entries(1)...)
	h.sequence()
	if got := sizes(); !slices.Equal(got, []int64{7, 5, 3, 1}) {
		t.Errorf("a day later there are %v", got)
	}
	h.whole()
}
