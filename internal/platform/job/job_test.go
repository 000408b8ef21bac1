package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

type greet struct{ Name string }

func (greet) JobKind() string { return "test.greet" }

func setup(t *testing.T) (*db.DB, *job.Queue) {
	d := dbtest.Open(t, job.Schema)
	return d, job.New(d, slog.New(slog.DiscardHandler))
}

func insert(t *testing.T, d *db.DB, q *job.Queue, name string, o ...job.Option) {
	t.Helper()
	if err := d.Update(t.Context(), func(tx *db.Tx) error { return q.Insert(t.Context(), tx, greet{name}, o...) }); err != nil {
		t.Fatal(err)
	}
}

func rows(t *testing.T, d *db.DB, q *job.Queue, state string) []job.Row {
	t.Helper()
	var out []job.Row
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		out, err = q.List(t.Context(), tx, state, "", 100)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOutcomes(t *testing.T) {
	d, q := setup(t)
	ran := map[string]int{}
	job.Handle(q, func(_ context.Context, g greet) error {
		ran[g.Name]++
		switch g.Name {
		case "fails":
			return errors.New("no luck")
		case "cancels":
			return job.Cancel(errors.New("no use"))
		case "snoozes":
			return job.Snooze(time.Hour)
		case "panics":
			panic("boom")
		}
		return nil
	})
	for _, n := range []string{"works", "cancels", "snoozes", "panics"} {
		insert(t, d, q, n, job.Attempts(1))
	}
	insert(t, d, q, "fails", job.Attempts(2))
	insert(t, d, q, "later", job.At(time.Now().Add(time.Hour)))
	if err := q.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ran["later"] != 0 {
		t.Error("a job ran before its time")
	}
	for state, want := range map[string]int{"completed": 1, "cancelled": 1, "discarded": 1, "available": 3, "running": 0} {
		if got := rows(t, d, q, state); len(got) != want {
			t.Errorf("%d jobs %s, want %d: %+v", len(got), state, want, got)
		}
	}
	for _, r := range rows(t, d, q, "discarded") {
		if len(r.Errors.V) != 1 || r.Errors.V[0].Error != "panic: boom" {
			t.Errorf("history is %+v", r.Errors.V)
		}
		if err := d.Update(t.Context(), func(tx *db.Tx) error { return q.Retry(t.Context(), tx, r.ID) }); err != nil {
			t.Error(err)
		}
	}
	if err := q.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ran["panics"] != 2 {
		t.Errorf("retried %d times", ran["panics"])
	}
}

func TestUnique(t *testing.T) {
	d, q := setup(t)
	var ran atomic.Int32
	job.Handle(q, func(context.Context, greet) error { ran.Add(1); return nil })
	insert(t, d, q, "a", job.Unique("one"))
	insert(t, d, q, "b", job.Unique("one"))
	if err := q.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	insert(t, d, q, "c", job.Unique("one")) // the first has ended, so this one is new
	if err := q.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ran.Load() != 2 {
		t.Errorf("ran %d times, want 2", ran.Load())
	}
}

// A stopped job whose key is taken again is not put back in line: the other one does the work.
func TestRetryBesideAnother(t *testing.T) {
	d, q := setup(t)
	job.Handle(q, func(context.Context, greet) error { return errors.New("no luck") })
	insert(t, d, q, "a", job.Unique("one"), job.Attempts(1))
	if err := q.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	insert(t, d, q, "b", job.Unique("one"), job.Attempts(1))
	retry := func(id string) error {
		return d.Update(t.Context(), func(tx *db.Tx) error { return q.Retry(t.Context(), tx, id) })
	}
	stopped := rows(t, d, q, "discarded")[0].ID
	if err := retry(stopped); !fault.HasKey(err, "job.again_already") {
		t.Errorf("beside one that waits: %v", err)
	}
	if err := q.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := retry(stopped); err != nil {
		t.Errorf("when the other has stopped as well: %v", err)
	}
	if err := retry("nothing"); !fault.HasKey(err, "job.not_stopped") {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestRolledBackInsertIsNoJob(t *testing.T) {
	d, q := setup(t)
	stop := errors.New("stop")
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		if err := q.Insert(t.Context(), tx, greet{"a"}); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) || len(rows(t, d, q, "available")) != 0 {
		t.Errorf("%v, %d jobs", err, len(rows(t, d, q, "available")))
	}
}

// Three nodes share the work; each job is handled exactly once while all live.
func TestManyNodes(t *testing.T) {
	d, _ := setup(t)
	const jobs = 300
	var mu sync.Mutex
	seen := map[string]int{}
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var last *job.Queue
	for range 3 {
		q := job.New(d, slog.New(slog.DiscardHandler))
		job.Handle(q, func(_ context.Context, g greet) error {
			mu.Lock()
			defer mu.Unlock()
			if seen[g.Name]++; len(seen) == jobs {
				select {
				case <-done:
				default:
					close(done)
				}
			}
			return nil
		})
		last = q
		wg.Go(func() { _ = q.Run(ctx) })
	}
	for i := range jobs {
		insert(t, d, last, fmt.Sprint(i))
	}
	<-done
	cancel()
	wg.Wait()
	for name, n := range seen {
		if n != 1 {
			t.Errorf("job %s ran %d times", name, n)
		}
	}
	if n := len(rows(t, d, last, "running")); n != 0 {
		t.Errorf("%d jobs still marked running after an orderly stop", n)
	}
}

// A node that dies leaves its job leased; when the lease has run out another node takes it.
func TestDeadNode(t *testing.T) {
	d, q := setup(t)
	var ran atomic.Int32
	job.Handle(q, func(context.Context, greet) error { ran.Add(1); return nil })
	insert(t, d, q, "orphan")
	set := func(due time.Time) {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE job_job SET state = 'running', lease = 'dead', attempt = 1, due_at = $1`, due)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set(time.Now().Add(time.Minute))
	if err := q.Drain(t.Context()); err != nil || ran.Load() != 0 {
		t.Fatalf("took a living node's job: %v", err)
	}
	set(time.Now().Add(-time.Second))
	if err := q.Drain(t.Context()); err != nil || ran.Load() != 1 {
		t.Fatalf("did not take a dead node's job: %v", err)
	}
}

func TestEvery(t *testing.T) {
	_, q := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	ticks := make(chan struct{}, 100)
	q.Every("test.tick", time.Millisecond, func(context.Context) error { ticks <- struct{}{}; return nil })
	stopped := make(chan struct{})
	go func() { _ = q.Run(ctx); close(stopped) }()
	<-ticks
	<-ticks
	cancel()
	<-stopped
}

// TestClaimIsServedByItsIndex: claiming costs the same however much waits, which only the index of what is due can do. SQLite is asked how it
// would find the jobs: once it preferred the index of states and sorted all that waited, a third of the writer's time under load.
func TestClaimIsServedByItsIndex(t *testing.T) {
	// Always SQLite: PostgreSQL counts its rows and chooses by that.
	d, err := db.Open(t.Context(), db.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "plan.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Migrate(t.Context(), job.Schema); err != nil {
		t.Fatal(err)
	}
	q := job.New(d, slog.New(slog.DiscardHandler))
	for i := range 50 {
		insert(t, d, q, fmt.Sprint(i))
	}
	type step struct {
		ID, Parent, Notused int
		Detail              string
	}
	for _, text := range []string{job.LookSQL, job.ClaimSQL("")} {
		err := d.View(t.Context(), func(tx *db.Tx) error {
			args := []any{tx.Now, tx.Now, tx.Now, 8}[:1+3*strings.Count(text, "$4")]
			plan, err := db.All[step](t.Context(), tx, "EXPLAIN QUERY PLAN "+text, args...)
			used := false
			for _, s := range plan {
				used = used || strings.Contains(s.Detail, "job_job_due")
				if strings.Contains(s.Detail, "TEMP B-TREE") {
					t.Errorf("%s: %s", text, s.Detail)
				}
			}
			if !used {
				t.Errorf("%s: %v", text, plan)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
