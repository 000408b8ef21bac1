package event_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/job"
)

type opened struct{ Number string }

func (opened) EventName() string { return "test.opened" }

func TestEmit(t *testing.T) {
	d := dbtest.Open(t, job.Schema)
	q := job.New(d, slog.New(slog.DiscardHandler))
	b := event.New(q)
	got := map[string]string{}
	event.On(b, "first", func(_ context.Context, e opened) error { got["first"] = e.Number; return nil })
	event.On(b, "second", func(context.Context, opened) error { return errors.New("not now") })
	event.On(b, "third", func(_ context.Context, e opened) error { got["third"] = e.Number; return nil })
	refused := errors.New("refused")
	for _, keep := range []error{refused, nil} {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			if err := b.Emit(t.Context(), tx, opened{"7"}); err != nil {
				return err
			}
			return keep
		})
		if !errors.Is(err, keep) {
			t.Fatal(err)
		}
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if keep != nil && len(got) != 0 {
			t.Fatal("an event of a transaction that failed was told")
		}
	}
	if got["first"] != "7" || got["third"] != "7" {
		t.Errorf("a failing subscriber held up the others: %v", got)
	}
}
