package db

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"
)

// patience is how long a reader waits for its turn before it reads beside the others: longer than dozens of small questions take, short enough
// that a few long ones, exports and reports, hold nobody up.
const patience = 20 * time.Millisecond

// readers are the connections SQLite is read by. The one put back last is taken first: each keeps the pages it has read, and a few warm ones serve
// better than many that are used in turn.
//
// Reading here is computing, in this process. As many take turns as there are processors but one, which is the writer's, for whom everybody waits:
// SQLite keeps its pages behind one lock, and on two processors two readers at once cost an eighth of what is written.
type readers struct {
	places chan struct{} // one for each that may be in use
	turns  chan struct{} // one for each that should be in use at once
	mu     sync.Mutex
	idle   []*session
}

func newReaders(n int) *readers {
	return &readers{places: make(chan struct{}, n), turns: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1))}
}

// place is leave to read; with a turn where one came in time.
type place struct{ turn bool }

// take waits for a place and returns an idle reader; nil where one has to be opened.
func (r *readers) take(ctx context.Context) (p *place, s *session, err error) {
	p = &place{}
	if p.turn, err = r.turn(ctx); err != nil {
		return p, nil, err
	}
	select {
	case r.places <- struct{}{}:
	case <-ctx.Done():
		r.pass(p)
		return p, nil, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.idle); n > 0 {
		s = r.idle[n-1]
		r.idle = r.idle[:n-1]
	}
	return p, s, nil
}

// turn waits for a turn, but not for long.
func (r *readers) turn(ctx context.Context) (bool, error) {
	select {
	case r.turns <- struct{}{}:
		return true, nil
	default:
	}
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case r.turns <- struct{}{}:
		return true, nil
	case <-enough.C:
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// pass lets another have the turn: who reads a long list to somebody's pace keeps only the place.
func (r *readers) pass(p *place) {
	if p.turn {
		p.turn = false
		<-r.turns
	}
}

// put gives a place back with its reader; nil when that was thrown away.
func (r *readers) put(p *place, s *session) {
	if s != nil {
		r.mu.Lock()
		r.idle = append(r.idle, s)
		r.mu.Unlock()
	}
	<-r.places
	r.pass(p)
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
