package db

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"

	"xiangyun/internal/platform/fault"
)

// party is a way of sharing transactions.
type party struct {
	leaders int // transactions under way at once
	members int // of one transaction at most
}

var (
	// The first of those who wait for one row does not wait for long, and while some wait for their commit the others are at work already. All of the
	// queue's workers in one transaction would compute together and then wait together, with idle processors.
	ofOneRow = party{1, 4}
	// A few transactions keep the processors busy while others wait for the disk; what comes meanwhile shares the next ones.
	ofStrangers = party{4, 16}
)

// together gathers the callers of [DB.Together] and [DB.Alongside].
type together struct {
	mu      sync.Mutex
	waiting map[string][]*member // by key
	leading map[string]int       // how many lead; a key is there as long as somebody does
}

// member is one caller: what it does, and where its outcome arrives.
type member struct {
	ctx  context.Context
	f    func(tx *Tx) error
	done chan error // nil: it is durable; errAlone: it has to run by itself
}

// errAlone tells a member that the shared transaction came to nothing.
type errAlone struct{}

func (errAlone) Error() string { return "to be run alone" }

// Together is [DB.Update] for callers that would wait for one another anyway because they move on the same row, such as the next number of a series.
// PostgreSQL has one such transaction a key at a time; those that come meanwhile share the next one, one after the other in the order they came, so a
// row is held for one commit instead of one each. A member sees what those before it wrote. Each is told only after its own work is durable, or gets
// its own error: when one of them fails, nothing of the shared transaction is kept and each runs alone. SQLite groups all its updates like this already.
func (d *DB) Together(ctx context.Context, key string, f func(tx *Tx) error) error {
	return d.share(ctx, "row "+key, ofOneRow, f)
}

// Alongside is [DB.Update] for many small pieces of work that have nothing to do with one another. While few are under way each has its own transaction;
// when more come than the engine does well side by side, those that wait share one and its commit, as [DB.Together] says. Not for work that holds a row
// others wait for, or that takes long: it would hold it for its companions' time as well.
func (d *DB) Alongside(ctx context.Context, f func(tx *Tx) error) error {
	return d.share(ctx, "", ofStrangers, f)
}

func (d *DB) share(ctx context.Context, key string, p party, f func(tx *Tx) error) error {
	if d.engine == SQLite {
		return d.Update(ctx, f)
	}
	me := &member{ctx, f, make(chan error, 1)}
	t := &d.together
	t.mu.Lock()
	if t.waiting == nil {
		t.waiting, t.leading = map[string][]*member{}, map[string]int{}
	}
	t.waiting[key] = append(t.waiting[key], me)
	lead := t.leading[key] < p.leaders
	if lead {
		t.leading[key]++
	}
	t.mu.Unlock()
	if lead {
		go d.lead(key, p)
	}
	err := <-me.done
	if err == (errAlone{}) {
		return d.Update(ctx, f)
	}
	return err
}

// lead runs the members of a key until none is waiting.
func (d *DB) lead(key string, p party) {
	for list := d.together.take(key, p); len(list) > 0; list = d.together.take(key, p) {
		err := d.shared(list)
		for _, m := range list {
			m.done <- err
		}
	}
}

// shared runs members in one transaction. The callers' contexts are not its own: one who leaves must not take the others' work away. What fails, or
// panics, does so again where it is run alone, on its caller's own goroutine.
func (d *DB) shared(list []*member) (err error) {
	defer func() {
		if recover() != nil {
			err = errAlone{}
		}
	}()
	ctx := context.WithoutCancel(list[0].ctx)
	if len(list) == 1 {
		ctx = list[0].ctx
	}
	refused := false
	err = d.Update(ctx, func(tx *Tx) error {
		refused = false
		for _, m := range list {
			if err := m.f(tx); err != nil {
				refused = true
				return err
			}
		}
		return nil
	})
	// Only what is known to be undone may run again: a commit whose answer was lost may have happened.
	if err != nil && len(list) > 1 && (refused || undone(err)) {
		return errAlone{}
	}
	return err
}

// undone tells whether a failed commit certainly came to nothing: the engine refused a statement, or one did not touch the row it was to touch.
func undone(err error) bool {
	if _, answered := errors.AsType[*pgconn.PgError](err); answered {
		return true
	}
	f, told := fault.Of(err)
	return told && f.Kind != fault.Busy
}

// take removes the next members of a key; none ends the lead.
func (t *together) take(key string, p party) []*member {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.waiting[key]
	if len(all) == 0 {
		if t.leading[key]--; t.leading[key] == 0 {
			delete(t.waiting, key)
			delete(t.leading, key)
		}
		return nil
	}
	n := min(len(all), p.members)
	t.waiting[key] = all[n:]
	return all[:n:n]
}
