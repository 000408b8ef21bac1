package bench

import (
	"context"
	"os"
	"slices"
	"time"
)

// starts measures how long a second start takes, on a store that is there, and how much memory the program holds when nobody asks anything;
// both against the least server that opens the same store.
func (b *bench) starts(ctx context.Context, e *engine, st *store) error {
	const n = 5
	var ours, bare []float64
	for range n {
		s, err := b.serve(ctx, st)
		if err != nil {
			return err
		}
		ours = append(ours, milliseconds(s.took))
		if err := s.stop(); err != nil {
			return err
		}
		if s, err = start(ctx, b.Bare, st.args()...); err != nil {
			return err
		}
		bare = append(bare, milliseconds(s.took))
		if err := s.stop(); err != nil {
			return err
		}
	}
	slices.Sort(ours)
	slices.Sort(bare)
	err := b.tell(Result{Name: "second_start", Engine: e.name, Value: ours[n/2], Unit: "ms", N: n, LimitName: "the least server that opens the same store", Limit: bare[n/2]})
	if err != nil {
		return err
	}
	return b.idle(ctx, e, st)
}

// idleFor is how long a program has rested when its memory is looked at.
const idleFor = 10 * time.Second

func (b *bench) idle(ctx context.Context, e *engine, st *store) error {
	s, err := b.serve(ctx, st)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }() // its memory was read
	least, err := start(ctx, b.Bare, st.args()...)
	if err != nil {
		return err
	}
	defer func() { _ = least.stop() }() // likewise
	rest := time.NewTimer(idleFor)
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	value, err := s.resident()
	if err != nil {
		return err
	}
	limit, err := least.resident()
	if err != nil {
		return err
	}
	return b.tell(Result{Name: "idle_memory", Engine: e.name, Value: value, Unit: "MiB", N: 1, LimitName: "the least server that opens the same store", Limit: limit})
}

// serve starts the program on a store.
func (b *bench) serve(ctx context.Context, st *store) (*server, error) {
	return start(ctx, b.Binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--demo"}, st.args()...)...)
}

// size tells how big the program is.
func (b *bench) size() error {
	ours, err := os.Stat(b.Binary)
	if err != nil {
		return err
	}
	bare, err := os.Stat(b.Bare)
	if err != nil {
		return err
	}
	const mib = 1 << 20
	return b.tell(Result{Name: "binary_size", Engine: "any", Value: float64(ours.Size()) / mib, Unit: "MiB", N: 1,
		LimitName: "the least server with both database drivers", Limit: float64(bare.Size()) / mib})
}
