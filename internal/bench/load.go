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
	for i := range uncounted {
		if err := op(ctx, i); err != nil {
			return 0, err
		}
	}
	each := make([]float64, rounds)
	for r := range each {
		took := make([]time.Duration, n)
		for i := range took {
			begin := time.Now()
			if err := op(ctx, i); err != nil {
				return 0, err
			}
			took[i] = time.Since(begin)
		}
		each[r] = percentile(took, p)
	}
	slices.Sort(each)
	return each[rounds/2], nil
}
