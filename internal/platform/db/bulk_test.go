package db_test

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
)

func TestBulk(t *testing.T) {
	schema := db.Schema{Name: "many", FS: fstest.MapFS{"schema/0001_many.sql": {Data: []byte(`-- +goose Up
CREATE TABLE many_row (key text NOT NULL PRIMARY KEY, n bigint NOT NULL, at timestamp, yes boolean NOT NULL, raw bytea);`)}}}
	ctx := context.Background()
	d := dbtest.Open(t, schema)
	at := time.Date(2026, 11, 27, 8, 0, 0, 123456789, time.FixedZone("Beijing", 8*3600))
	columns := []string{"key", "n", "at", "yes", "raw"}
	write := func(from, n int) error {
		rows := make([][]any, n)
		for i := range rows {
			rows[i] = []any{fmt.Sprintf("%05d", from+i), int64(from + i), at, i%2 == 0, []byte{1}}
		}
		return d.Update(ctx, func(tx *db.Tx) error {
			if err := tx.Later(ctx, `INSERT INTO many_row (key, n, at, yes) VALUES ($1, 1, NULL, false)`, fmt.Sprintf("first %d", from)); err != nil {
				return err
			}
			return tx.Bulk(ctx, "many_row", columns, rows)
		})
	}
	if err := write(0, 1234); err != nil {
		t.Fatal(err)
	}
	if err := write(1000, 300); !db.IsUnique(err) {
		t.Errorf("rows that are there already: %v", err)
	}
	type row struct {
		N   int
		At  time.Time
		Yes bool
		Raw []byte
	}
	err := d.View(ctx, func(tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM many_row`)
		if err != nil || n != 1235 {
			t.Error(n, err)
		}
		r, err := db.One[row](ctx, tx, `SELECT n, at, yes, raw FROM many_row WHERE key = '01001'`)
		if err != nil || r.N != 1001 || !r.At.Equal(at.Truncate(time.Millisecond)) || r.Yes || len(r.Raw) != 1 {
			t.Error(r, err)
		}
		if err := tx.Bulk(ctx, "many_row", columns, nil); err == nil {
			t.Error("a View writes")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		return tx.Bulk(ctx, "many_row", columns, [][]any{{"a\x00", int64(1), nil, true, nil}})
	})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("a NUL: %v", err)
	}
}
