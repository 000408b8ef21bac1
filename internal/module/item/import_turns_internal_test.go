package item

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// A batch waits for the one before it, hears what became of it, and steps back when that takes so long that the two may wait for each other.
func TestTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		if err := unpreceded().wait(ctx); err != nil {
			t.Error(err)
		}
		over, refused := make(chan struct{}), errors.New("refused")
		second := &turn{before: over, failed: func() error { return refused }}
		if err := second.wait(ctx); !errors.Is(err, errImpatient) {
			t.Errorf("it waits for ever: %v", err)
		}
		close(over)
		if err := second.wait(ctx); !errors.Is(err, refused) {
			t.Errorf("what became of the batch before: %v", err)
		}
		left, leave := context.WithCancel(ctx)
		leave()
		third := &turn{before: make(chan struct{}), failed: func() error { return nil }}
		if err := third.wait(left); !errors.Is(err, context.Canceled) {
			t.Errorf("somebody who left waits: %v", err)
		}
	})
}
