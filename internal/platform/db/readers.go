package db

import (
	"context"
	"errors"
	"sync"
)

// readers are the connections SQLite is read by. The one put back last is taken first: each keeps the pages it has read, and a few warm ones serve
// better than many that are used in turn.
type readers struct {
	places chan struct{} // one for each that may be in use
	mu     sync.Mutex
	idle   []*session
}

func newReaders(n int) *readers { return &readers{places: make(chan struct{}, n)} }

// take waits for a place and returns an idle reader; nil where one has to be opened.
func (r *readers) take(ctx context.Context) (*session, error) {
	select {
	case r.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.idle)
	if n == 0 {
		return nil, nil
	}
	s := r.idle[n-1]
	r.idle = r.idle[:n-1]
	return s, nil
}

// put gives a place back with its reader; nil when that was thrown away.
func (r *readers) put(s *session) {
	if s != nil {
		r.mu.Lock()
		r.idle = append(r.idle, s)
		r.mu.Unlock()
	}
	<-r.places
}

// close waits for those in use and closes all.
func (r *readers) close() error {
	for range cap(r.places) {
		r.places <- struct{}{}
	}
	var errs []error
	for _, s := range r.idle {
		errs = append(errs, s.close())
	}
	return errors.Join(errs...)
}
