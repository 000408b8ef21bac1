package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"xiangyun/internal/platform/fault"
)

// groupSize is how many updates share one commit at most. Beyond 64 the fsync is already cheap per update and the first caller
// would wait for the last.
const groupSize = 64

// writer is the one SQLite connection that writes. Callers queue; each update runs in a savepoint, and those that queue up
// while others run are committed with them: one fsync for all, five times the rate at 32 callers.
type writer struct {
	pool     *sql.DB
	session  *session // owned by loop
	requests chan *request
	stop     chan struct{}
	stopped  chan struct{}
	once     sync.Once
}

// request is one update on its way through the writer.
type request struct {
	ctx      context.Context
	run      func(tx *Tx) error
	err      error
	panicked any
	done     chan struct{}
}

func openWriter(ctx context.Context, address string) (*writer, error) {
	pool, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, fmt.Errorf("opening the writer: %w", err)
	}
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the writer: %w", err), pool.Close())
	}
	w := &writer{pool: pool, session: newSession(conn), requests: make(chan *request, 1024),
		stop: make(chan struct{}), stopped: make(chan struct{})}
	go w.loop()
	return w, nil
}

// do hands f to the writer and waits until its group is durable.
func (w *writer) do(ctx context.Context, f func(tx *Tx) error) error {
	r := &request{ctx: ctx, run: f, done: make(chan struct{})}
	select {
	case w.requests <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stop:
		return errClosed
	}
	select {
	case <-r.done:
	case <-w.stopped:
		// The loop ended; it answered every request it took, so this one was never taken.
		select {
		case <-r.done:
		default:
			return errClosed
		}
	}
	if r.panicked != nil {
		panic(r.panicked)
	}
	return r.err
}

var errClosed = fault.New(fault.Busy, "db.closed")

func (w *writer) loop() {
	defer close(w.stopped)
	for {
		select {
		case r := <-w.requests:
			w.group(r)
		case <-w.stop:
			for {
				select {
				case r := <-w.requests:
					w.group(r)
				default:
					return
				}
			}
		}
	}
}

// group runs first and whatever queued up behind it, commits once, and answers all.
func (w *writer) group(first *request) {
	ctx := context.Background()
	if err := w.session.do(ctx, "BEGIN IMMEDIATE"); err != nil {
		first.err = fmt.Errorf("beginning to write: %w", err)
		close(first.done)
		return
	}
	members := []*request{first}
	broken := w.member(ctx, first)
	for broken == nil && len(members) < groupSize {
		var next *request
		select {
		case next = <-w.requests:
		default:
		}
		if next == nil {
			break
		}
		members = append(members, next)
		broken = w.member(ctx, next)
	}
	if broken == nil {
		broken = w.session.do(ctx, "COMMIT")
	}
	if broken != nil {
		// What was promised to nobody yet is taken back from all.
		_ = w.session.do(ctx, "ROLLBACK") // SQLite may have rolled back already
	}
	for _, r := range members {
		if broken != nil && r.err == nil && r.panicked == nil {
			r.err = fmt.Errorf("committing: %w", broken)
		}
		close(r.done)
	}
}

// member runs one update in its savepoint. It returns an error only when the whole group is lost.
func (w *writer) member(ctx context.Context, r *request) (broken error) {
	if r.err = r.ctx.Err(); r.err != nil {
		return nil // the caller has gone while it queued
	}
	if err := w.session.do(ctx, "SAVEPOINT member"); err != nil {
		return err
	}
	func() {
		defer func() { r.panicked = recover() }()
		r.err = r.run(&Tx{Now: now(), run: &guarded{session: w.session}, writes: true, uninterrupted: true})
	}()
	if r.err != nil || r.panicked != nil {
		if err := w.session.do(ctx, "ROLLBACK TO member"); err != nil {
			return lost(r.err, err)
		}
	}
	if err := w.session.do(ctx, "RELEASE member"); err != nil {
		return lost(r.err, err)
	}
	return nil
}

// lost is why a whole group is gone. Without room, or when the disk fails, SQLite takes back the transaction by itself, savepoints and all: then the
// trouble one member met is everybody's, not that its savepoint is missing. What the module made of it is its own caller's; the others, of whom nothing
// was kept, may try again.
func lost(met, missing error) error {
	for _, err := range []error{met, missing} {
		if f, ok := fault.Of(translate(err)); ok && f.Kind == fault.Busy {
			return f
		}
	}
	return fault.New(fault.Busy, "db.unreachable").Because(errors.Join(met, missing))
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.stop) })
	<-w.stopped
	return errors.Join(w.session.close(), w.pool.Close())
}
