package bench

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// rate is how often something was done.
type rate struct {
	perSecond float64
	n         int
}

// load has clients do op again and again, and counts what is finished between the end of the warm-up and the end. The first error ends it.
func load(ctx context.Context, clients int, warm, measured time.Duration, op func(ctx context.Context) error) (rate, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var done atomic.Int64
	begin := time.Now().Add(warm)
	end := begin.Add(measured)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for ctx.Err() == nil && time.Now().Before(end) {
				if err := op(ctx); err != nil {
					cancel(err)
					return
				}
				if now := time.Now(); now.After(begin) && now.Before(end) {
					done.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return rate{}, err
	}
	n := int(done.Load())
	return rate{float64(n) / measured.Seconds(), n}, nil
}

// rounds is how often a percentile is taken; its median counts, so that one hiccup of the machine does not.
const rounds = 5

// within does op n times in each round, one after the other, and returns the time in milliseconds that p of a hundred stay within.
func within(ctx context.Context, p, n int, op func(ctx context.Context, i int) error) (float64, error) {
	times, err := byTurns(ctx, p, n, op)
	if err != nil {
		return 0, err
	}
	return times[0], nil
}

// byTurns is within for several things that are compared: they take turns, so that whatever else the machine does slows all of them alike.
func byTurns(ctx context.Context, p, n int, ops ...func(ctx context.Context, i int) error) ([]float64, error) {
	for i := range uncounted {
		for _, op := range ops {
			if err := op(ctx, i); err != nil {
				return nil, err
			}
		}
	}
	each := make([][]float64, len(ops))
	for range rounds {
		took := make([][]time.Duration, len(ops))
		for i := range n {
			for turn := range ops {
				at := (turn + i) % len(ops) // none always comes first
				begin := time.Now()
				if err := ops[at](ctx, i); err != nil {
					return nil, err
				}
				took[at] = append(took[at], time.Since(begin))
			}
		}
		for at, t := range took {
			each[at] = append(each[at], percentile(t, p))
		}
	}
	medians := make([]float64, len(ops))
	for at := range each {
		slices.Sort(each[at])
		medians[at] = each[at][rounds/2]
	}
	return medians, nil
}
