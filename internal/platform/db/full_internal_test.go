package db

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"xiangyun/internal/platform/fault"
)

// small opens a SQLite database whose file can't grow by more than a few pages.
func small(t *testing.T) *DB {
	t.Helper()
	d, err := Open(t.Context(), Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "small.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	do(t, d, `CREATE TABLE sample_thing (id text PRIMARY KEY, body bytea)`)
	limit(t, d, 20)
	return d
}

func do(t *testing.T, d *DB, statement string) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *Tx) error {
		_, err := tx.Exec(t.Context(), statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// limit lets the file have so many pages and no more.
func limit(t *testing.T, d *DB, pages int) {
	t.Helper()
	do(t, d, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
}

func put(ctx context.Context, tx *Tx, id string, size int) error {
	_, err := tx.Exec(ctx, `INSERT INTO sample_thing (id, body) VALUES ($1, $2)`, id, make([]byte, size))
	return err
}

func stored(t *testing.T, d *DB) (ids []string) {
	t.Helper()
	err := d.View(t.Context(), func(tx *Tx) (err error) {
		ids, err = All[string](t.Context(), tx, `SELECT id FROM sample_thing ORDER BY id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// When there is no room SQLite takes back the transaction of all who share it. Whatever the one who filled it makes of that, the others are told that the
// system is busy and nothing was saved, and nothing was; when there is room again, all work.
func TestNoRoomIsToldToAllOfAGroup(t *testing.T) {
	errOwn := fault.New(fault.Conflict, "once.other_body")
	for name, c := range map[string]struct {
		make func(met error) error // what the filler makes of the trouble it meets
		own  string                // the key it is told
		rest string                // the key the others are told
	}{
		"passed-on": {func(met error) error { return met }, "db.no_space", "db.no_space"},
		"wrapped":   {func(met error) error { return fmt.Errorf("storing: %w", met) }, "db.no_space", "db.no_space"},
		"swallowed": {func(error) error { return nil }, "db.unreachable", "db.unreachable"},
		"replaced":  {func(error) error { return errOwn }, "once.other_body", "db.unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			d, ctx := small(t), t.Context()
			begun, gate, first, second := make(chan struct{}), make(chan struct{}), make(chan error, 1), make(chan error, 1)
			go func() {
				first <- d.Update(ctx, func(tx *Tx) error {
					close(begun)
					<-gate
					return put(ctx, tx, "innocent", 1)
				})
			}()
			<-begun
			go func() {
				second <- d.Update(ctx, func(tx *Tx) error {
					if met := put(ctx, tx, "filler", 1<<20); met != nil {
						return c.make(met)
					}
					return errors.New("there was room")
				})
			}()
			for len(d.writer.requests) == 0 { // one is at work, the other waits behind it: they share a commit
				runtime.Gosched()
			}
			close(gate)
			for who, told := range map[string]struct {
				err  error
				want string
			}{"the innocent": {<-first, c.rest}, "the filler": {<-second, c.own}} {
				if !fault.HasKey(told.err, told.want) {
					t.Errorf("%s is told %v, want %s", who, told.err, told.want)
				}
			}
			if ids := stored(t, d); len(ids) != 0 {
				t.Errorf("kept %v of what was refused", ids)
			}
			limit(t, d, 1<<20)
			if err := d.Update(ctx, func(tx *Tx) error { return put(ctx, tx, "filler", 1<<20) }); err != nil {
				t.Errorf("with room again: %v", err)
			}
		})
	}
}

// A large transaction that meets the end of the disk halfway keeps nothing, and the one after it works.
func TestNoRoomHalfway(t *testing.T) {
	d, ctx := small(t), t.Context()
	err := d.Update(ctx, func(tx *Tx) error {
		for i := range 1000 {
			if err := put(ctx, tx, fmt.Sprint(i), 1<<10); err != nil {
				return err
			}
		}
		return nil
	})
	if !fault.HasKey(err, "db.no_space") || !fault.Is(err, fault.Busy) || len(stored(t, d)) != 0 {
		t.Errorf("%v, %d rows kept", err, len(stored(t, d)))
	}
	if err := d.Update(ctx, func(tx *Tx) error { return put(ctx, tx, "small", 1) }); err != nil || len(stored(t, d)) != 1 {
		t.Errorf("a small one afterwards: %v", err)
	}
}

// Whoever swallows the trouble and writes on would write outside any transaction: he meets it again, and nothing is kept.
func TestNothingIsWrittenAfterSQLiteTookBack(t *testing.T) {
	d, ctx := small(t), t.Context()
	err := d.Update(ctx, func(tx *Tx) error {
		if put(ctx, tx, "filler", 1<<20) == nil {
			t.Error("there was room")
		}
		if err := put(ctx, tx, "small", 1); !full(err) {
			t.Errorf("it is told %v", err)
		}
		if _, err := All[string](ctx, tx, `INSERT INTO sample_thing (id) VALUES ('returned') RETURNING id`); !full(err) {
			t.Errorf("it is told %v", err)
		}
		return nil
	})
	if !fault.Is(err, fault.Busy) {
		t.Errorf("told %v", err)
	}
	if ids := stored(t, d); len(ids) != 0 {
		t.Errorf("kept %v", ids)
	}
}
