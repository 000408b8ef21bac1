package certweb

import (
	"context"
	"errors"
	"testing"
)

// TestTurn lets no more files be taken apart at once than there is room for, and lets go of who waits no longer.
func TestTurn(t *testing.T) {
	s := &site{examining: make(chan struct{}, 1)}
	done, err := s.turn(t.Context(), []byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.turn(gone, []byte("b")); !errors.Is(err, context.Canceled) {
		t.Errorf("a second file at once: %v", err)
	}
	if _, err := s.turn(t.Context(), nil); err != nil {
		t.Errorf("no file: %v", err)
	}
	done()
	if _, err := s.turn(t.Context(), []byte("b")); err != nil {
		t.Errorf("the next file: %v", err)
	}
}
