package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
)

// Many who number within one series get numbers without gap or double, whoever of them fails or panics.
func TestTogether(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	put := func(tx *db.Tx, name string) error {
		return insert(ctx, tx, thing{ID: db.NewKey(), Name: name, MadeAt: tx.Now})
	}
	count := func(tx *db.Tx) (int, error) { return db.One[int](ctx, tx, `SELECT count(*) FROM sample_thing`) }
	if err := d.Update(ctx, func(tx *db.Tx) error { return put(tx, "0") }); err != nil {
		t.Fatal(err)
	}
	errOdd := errors.New("odd")
	var wg sync.WaitGroup
	var mu sync.Mutex
	given := map[int]int{}
	for i := range 200 {
		wg.Go(func() {
			defer func() {
				if r := recover(); (r != nil) != (i%10 == 5) {
					t.Errorf("caller %d panicked with %v", i, r)
				}
			}()
			n := 0
			err := d.Together(ctx, "series", func(tx *db.Tx) (err error) {
				// Holds the first row as a counter would be held.
				if _, err := tx.Exec(ctx, `UPDATE sample_thing SET made_at = $1 WHERE name = '0'`, tx.Now); err != nil {
					return err
				}
				if n, err = count(tx); err != nil {
					return err
				}
				if err := put(tx, fmt.Sprint(n)); err != nil {
					return err
				}
				switch i % 10 {
				case 3:
					return errOdd
				case 5:
					panic("boom")
				}
				return nil
			})
			if (i%10 == 3) != errors.Is(err, errOdd) || err != nil && i%10 != 3 {
				t.Errorf("caller %d: %v", i, err)
			}
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				given[n]++
			}
		})
	}
	wg.Wait()
	for n := 1; n <= 160; n++ {
		if given[n] != 1 {
			t.Errorf("number %d was given %d times", n, given[n])
		}
	}
	if len(given) != 160 {
		t.Errorf("%d numbers were given, want 160", len(given))
	}
}

// One who leaves takes nobody else's work away.
func TestTogetherCancelled(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	gone, cancel := context.WithCancel(ctx)
	cancel()
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			ctx := ctx
			if i%4 == 0 {
				ctx = gone
			}
			err := d.Together(ctx, "series", func(tx *db.Tx) error {
				return insert(ctx, tx, thing{ID: db.NewKey(), Name: fmt.Sprint(i), MadeAt: tx.Now})
			})
			if (i%4 == 0) != (err != nil) {
				t.Errorf("caller %d: %v", i, err)
			}
		})
	}
	wg.Wait()
}

// Strangers that share transactions each get what they would have got alone.
func TestAlongside(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), context.Background()
	errOdd := errors.New("odd")
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			defer func() {
				if r := recover(); (r != nil) != (i%20 == 7) {
					t.Errorf("caller %d panicked with %v", i, r)
				}
			}()
			err := d.Alongside(ctx, func(tx *db.Tx) error {
				if err := insert(ctx, tx, thing{ID: db.NewKey(), Name: fmt.Sprint(i), MadeAt: tx.Now}); err != nil {
					return err
				}
				switch i % 20 {
				case 3:
					return errOdd
				case 7:
					panic("boom")
				case 11: // seen when it is sent, after others of the same transaction
					return tx.LaterOne(ctx, errOdd, `UPDATE sample_thing SET made_at = $1 WHERE name = 'nobody'`, tx.Now)
				}
				return nil
			})
			if (i%20 == 3 || i%20 == 11) != errors.Is(err, errOdd) {
				t.Errorf("caller %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	err := d.View(ctx, func(tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT count(DISTINCT name) FROM sample_thing`)
		all, more := db.One[int](ctx, tx, `SELECT count(*) FROM sample_thing`)
		if n != 255 || all != n {
			t.Errorf("%d of %d rows are different, want 255 of 255", n, all)
		}
		return errors.Join(err, more)
	})
	if err != nil {
		t.Fatal(err)
	}
}
