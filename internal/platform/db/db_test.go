package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
)

var schema = db.Schema{Name: "sample", FS: fstest.MapFS{
	"schema/0001_sample.sql": {Data: []byte(`-- +goose Up
CREATE TABLE sample_thing (
	id text PRIMARY KEY,
	name text NOT NULL,
	count bigint NOT NULL,
	open boolean NOT NULL,
	made_at timestamp NOT NULL,
	ended_at timestamp,
	note text,
	body bytea
);
CREATE UNIQUE INDEX sample_thing_name ON sample_thing (name);
`)},
	"schema/0002_twin.pg.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE sample_twin (engine text DEFAULT 'postgres', id text);\n")},
	"schema/0002_twin.lite.sql": {Data: []byte("-- +goose Up\nCREATE TABLE sample_twin (engine text DEFAULT 'sqlite', id text);\n")},
}}

type thing struct {
	ID      string
	Name    string
	Count   int
	Open    bool
	MadeAt  time.Time
	EndedAt time.Time
	Note    db.JSON[map[string]int]
	Body    []byte
}

func insert(ctx context.Context, tx *db.Tx, th thing) error {
	_, err := tx.Exec(ctx, `INSERT INTO sample_thing (id, name, count, open, made_at, ended_at, note, body) VALUES (`+db.In(8, 1)+`)`,
		th.ID, th.Name, th.Count, th.Open, th.MadeAt, th.EndedAt, th.Note, th.Body)
	return err
}

func TestRoundTrip(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	beijing := time.FixedZone("CST", 8*3600)
	want := thing{ID: db.NewKey(), Name: "祥云", Count: 7, Open: true, MadeAt: time.Date(2026, 11, 24, 8, 0, 0, 123e6, beijing),
		Note: db.JSON[map[string]int]{V: map[string]int{"a": 1}}, Body: []byte{0, 1, 255}}
	if err := d.Update(ctx, func(tx *db.Tx) error { return insert(ctx, tx, want) }); err != nil {
		t.Fatal(err)
	}
	want.MadeAt = want.MadeAt.UTC()
	err := d.View(ctx, func(tx *db.Tx) error {
		got, err := db.One[thing](ctx, tx, `SELECT * FROM sample_thing WHERE made_at = $1`, want.MadeAt.In(beijing))
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("differs (-want +got):\n%s", diff)
		}
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM sample_thing WHERE open`)
		if err != nil || n != 1 {
			t.Errorf("counted %d, %v", n, err)
		}
		_, err = db.One[thing](ctx, tx, `SELECT * FROM sample_thing WHERE id = $1`, "none")
		if !errors.Is(err, db.ErrNotFound) {
			t.Errorf("a missing row gave %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestViewRefusesWriting(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	err := d.View(ctx, func(tx *db.Tx) error { return insert(ctx, tx, thing{ID: "a", Name: "a", MadeAt: tx.Now}) })
	if err == nil {
		t.Fatal("View wrote")
	}
	// Nor by a query that writes.
	err = d.View(ctx, func(tx *db.Tx) error {
		_, err := db.All[string](ctx, tx, `INSERT INTO sample_thing (id, name, count, open, made_at) VALUES ('b', 'b', 1, true, $1) RETURNING id`, tx.Now)
		return err
	})
	if err == nil {
		t.Fatal("View wrote by RETURNING")
	}
}

// One failing update must not take its neighbours in the same group with it.
func TestUpdatesOfManyCallers(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	errOdd := errors.New("odd")
	var wg sync.WaitGroup
	for i := range 400 {
		wg.Go(func() {
			err := d.Update(ctx, func(tx *db.Tx) error {
				if err := insert(ctx, tx, thing{ID: db.NewKey(), Name: fmt.Sprint(i), MadeAt: tx.Now}); err != nil {
					return err
				}
				if i%2 == 1 {
					return errOdd
				}
				return nil
			})
			if (i%2 == 1) != errors.Is(err, errOdd) {
				t.Errorf("update %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	err := d.View(ctx, func(tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM sample_thing`)
		if n != 200 {
			t.Errorf("%d rows, want 200", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPanicInsideUpdate(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	func() {
		defer func() {
			if recover() != "boom" {
				t.Error("the panic did not reach its caller")
			}
		}()
		_ = d.Update(ctx, func(tx *db.Tx) error {
			_ = insert(ctx, tx, thing{ID: "a", Name: "a", MadeAt: tx.Now})
			panic("boom")
		})
	}()
	if err := d.Update(ctx, func(tx *db.Tx) error { return insert(ctx, tx, thing{ID: "a", Name: "a", MadeAt: tx.Now}) }); err != nil {
		t.Fatalf("after a panic: %v", err)
	}
}

func TestUniqueAndCancelled(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	put := func(ctx context.Context) error {
		return d.Update(ctx, func(tx *db.Tx) error { return insert(ctx, tx, thing{ID: db.NewKey(), Name: "same", MadeAt: tx.Now}) })
	}
	if err := put(ctx); err != nil {
		t.Fatal(err)
	}
	if err := put(ctx); !db.IsUnique(err) {
		t.Errorf("a taken name gave %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := put(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who has gone got %v", err)
	}
}

// What one engine can't hold neither takes: the fault is the sender's, on both alike.
func TestUnreadableText(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	for _, name := range []string{"a\x00b", "\xff", "\xed\xa0\x80"} {
		err := d.Update(ctx, func(tx *db.Tx) error { return insert(ctx, tx, thing{ID: db.NewKey(), Name: name, MadeAt: tx.Now}) })
		if !fault.Is(err, fault.Invalid) || !fault.HasKey(err, "web.unreadable_text") {
			t.Errorf("writing %q: %v", name, err)
		}
		err = d.View(ctx, func(tx *db.Tx) error {
			_, err := db.One[string](ctx, tx, `SELECT id FROM sample_thing WHERE name = $1`, name)
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("asking for %q: %v", name, err)
		}
	}
}

func TestPrefixAny(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	paths := []string{"22", "2201", "220102", "220102d31", "220102001", "220103", "23"}
	err := d.Update(ctx, func(tx *db.Tx) error {
		for _, p := range paths {
			if err := insert(ctx, tx, thing{ID: p, Name: p, MadeAt: tx.Now}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		prefixes []string
		want     []string
	}{
		{nil, nil},
		{[]string{"220102"}, []string{"220102", "220102001", "220102d31"}},
		{[]string{"220103", "220102d"}, []string{"220102d31", "220103"}},
		{[]string{""}, []string{"22", "2201", "220102", "220102001", "220102d31", "220103", "23"}},
	} {
		err := d.View(ctx, func(tx *db.Tx) error {
			var args []any
			got, err := db.All[string](ctx, tx, `SELECT name FROM sample_thing WHERE `+db.PrefixAny("name", c.prefixes, &args)+` ORDER BY name`, args...)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%v differs:\n%s", c.prefixes, diff)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestBusyIsAFault(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	if d.Engine() != db.SQLite {
		t.Skip("closing behaves alike on both; the writer is SQLite's")
	}
	other, err := db.Open(ctx, db.Config{URL: "sqlite:" + t.TempDir() + "/other.db"})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Update(ctx, func(*db.Tx) error { return nil }); !fault.Is(err, fault.Busy) {
		t.Errorf("after closing: %v", err)
	}
}

// TestPingWhileReadersAreHeld asks the engine when every reader has been opened: the answer must not wait for a free connection.
func TestPingWhileReadersAreHeld(t *testing.T) {
	d := dbtest.Open(t)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if err := d.View(t.Context(), func(tx *db.Tx) error { _, err := db.One[int](t.Context(), tx, `SELECT 1`); return err }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if err := d.Ping(ctx); err != nil {
		t.Error(err)
	}
}

// TestLater: what nobody needs the answer of is there for the next question and after the commit, in order; a compare-and-set that fails keeps
// nothing of the transaction, wherever it is found out.
func TestLater(t *testing.T) {
	d := dbtest.Open(t, schema)
	ctx := t.Context()
	count := func(read func(context.Context, func(*db.Tx) error) error) (n int) {
		t.Helper()
		err := read(ctx, func(tx *db.Tx) (err error) {
			n, err = db.One[int](ctx, tx, `SELECT count(*) FROM sample_thing`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	write := func(tx *db.Tx, id string) error {
		return tx.Later(ctx, `INSERT INTO sample_thing (id, name, count, open, made_at) VALUES ($1, $2, $3, $4, $5)`, id, id, 1, true, tx.Now)
	}
	err := d.Update(ctx, func(tx *db.Tx) error {
		if err := errors.Join(write(tx, "a"), write(tx, "b")); err != nil {
			return err
		}
		if n, err := db.One[int](ctx, tx, `SELECT count(*) FROM sample_thing`); err != nil || n != 2 {
			t.Errorf("a question finds %d: %v", n, err)
		}
		return write(tx, "c")
	})
	if err != nil || count(d.View) != 3 || count(d.Glance) != 3 {
		t.Fatalf("%d and %d are there: %v", count(d.View), count(d.Glance), err)
	}
	lost := errors.New("somebody was faster")
	for _, asked := range []bool{false, true} {
		err = d.Update(ctx, func(tx *db.Tx) error {
			if err := write(tx, "d"); err != nil {
				return err
			}
			if err := tx.LaterOne(ctx, lost, `UPDATE sample_thing SET name = $1 WHERE id = $2`, "new", "nobody"); err != nil {
				return err
			}
			if asked {
				_, err := db.One[int](ctx, tx, `SELECT count(*) FROM sample_thing`)
				return err
			}
			return write(tx, "e")
		})
		if !errors.Is(err, lost) || count(d.View) != 3 {
			t.Errorf("asked %v: %v, and %d are there", asked, err, count(d.View))
		}
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		return errors.Join(write(tx, "d"), tx.LaterOne(ctx, lost, `UPDATE sample_thing SET name = $1 WHERE id = $2`, "new", "a"), write(tx, "a"))
	})
	if !db.IsUnique(err) || count(d.View) != 3 {
		t.Errorf("a key that is taken: %v, and %d are there", err, count(d.View))
	}
	// More than wait at once: a restore writes millions.
	err = d.Update(ctx, func(tx *db.Tx) error {
		for i := range 300 {
			if err := write(tx, fmt.Sprint("many", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || count(d.View) != 303 {
		t.Errorf("after many: %v, and %d are there", err, count(d.View))
	}
	if err := d.View(ctx, func(tx *db.Tx) error { return write(tx, "f") }); err == nil {
		t.Error("a reader writes later")
	}
}
