package bench

import (
	"context"
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

// times does op n times, one after the other, after some that are not counted, and returns how long each took.
func times(ctx context.Context, n int, op func(ctx context.Context, i int) error) ([]time.Duration, error) {
	const uncounted = 50
	out := make([]time.Duration, 0, n)
	for i := range n + uncounted {
		begin := time.Now()
		if err := op(ctx, i); err != nil {
			return nil, err
		}
		if i >= uncounted {
			out = append(out, time.Since(begin))
		}
	}
	return out, nil
}
