package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
)

var schema = db.Schema{Name: "sample", FS: fstest.MapFS{"schema/0001_sample.sql": {Data: []byte(`-- +goose Up
CREATE TABLE sample_case (id text PRIMARY KEY, number text NOT NULL UNIQUE, state text NOT NULL, at timestamp NOT NULL, body bytea);
CREATE TABLE sample_step (case_id text NOT NULL REFERENCES sample_case (id), version bigint NOT NULL, note text NOT NULL, PRIMARY KEY (case_id, version));
CREATE TABLE sample_counter (series text PRIMARY KEY, value bigint NOT NULL);
`)}}}

// One transaction opens a case, the next closes it: the replay must do both again, as often as one likes, and touch nothing that was there.
func TestReplayDoesTheSameWork(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), t.Context()
	first, second := db.NewKey(), db.NewKey()
	write := func(statements ...[]any) *recorder {
		t.Helper()
		err := d.Update(ctx, func(tx *db.Tx) error {
			for _, s := range statements {
				if _, err := tx.Exec(ctx, s[0].(string), s[1:]...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := snapshot(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	const newCase, newStep = `INSERT INTO sample_case VALUES ($1, $2, 'open', $3, $4)`, `INSERT INTO sample_step VALUES ($1, $2, $3)`
	now := time.Now()
	a := write([]any{newCase, first, "1", now, []byte{1}}, []any{newStep, first, 1, "case " + first}, []any{`INSERT INTO sample_counter VALUES ('s', 1)`})
	b := write([]any{newCase, second, "2", now, []byte{2}}, []any{newStep, second, 1, "case " + second}, []any{`UPDATE sample_counter SET value = 2`})
	c := write([]any{newStep, second, 2, "closed"}, []any{`UPDATE sample_case SET state = 'closed' WHERE id = $1`, second})
	two := []recording{b.since(a), c.since(b)}
	if two[0].rows() != 3 || two[1].rows() != 2 {
		t.Fatalf("recorded %d and %d rows", two[0].rows(), two[1].rows())
	}
	names := rename(two...)
	plans := []plan{two[0].plan(names), two[1].plan(names)}
	for range 5 {
		replacer := rename(two...).replacer()
		for _, p := range plans {
			if err := p.replay(ctx, d, replacer); err != nil {
				t.Fatal(err)
			}
		}
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM sample_case`:                        7,
		`SELECT count(*) FROM sample_case WHERE state = 'closed'`: 6,
		`SELECT count(*) FROM sample_step`:                        13,
		`SELECT count(*) FROM sample_step s JOIN sample_case c ON c.id = s.case_id AND s.note = 'case ' || c.id`: 7,
		`SELECT count(*) FROM sample_counter WHERE value = 2`:                                                    1,
	} {
		err := d.View(ctx, func(tx *db.Tx) error {
			n, err := db.One[int](ctx, tx, query)
			if n != want {
				t.Errorf("%s: %d, want %d", query, n, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestFill(t *testing.T) {
	d, ctx := dbtest.Open(t, schema), t.Context()
	f := filler{"sample_case", `t.number = '1'`, map[string]string{"id": counted, "number": counted, "state": mine(`t.state`, `'far'`)}}
	if err := fill(ctx, d, []filler{f}, 0, 10); err == nil {
		t.Error("copies of nothing were made")
	}
	err := d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO sample_case VALUES ('x', '1', 'near', $1, $2)`, tx.Now, []byte{1})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := fill(ctx, d, []filler{f}, 0, 250); err != nil {
		t.Fatal(err)
	}
	if err := fill(ctx, d, []filler{f}, 250, 500); err != nil {
		t.Fatal(err)
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM sample_case WHERE state = 'near'`)
		if n != 11 {
			t.Errorf("%d rows are near, want 1 and a fiftieth of 500", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestResult(t *testing.T) {
	var out bytes.Buffer
	if err := (Result{Name: "a", Engine: "sqlite", Value: 123.456789, Unit: "ms", LimitName: "b", Limit: 0.0123456, N: 3}).write(&out); err != nil {
		t.Fatal(err)
	}
	got := map[string]any{}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got["value"] != 123.5 || got["limit"] != 0.01235 || got["ratio"] != 10000.0 || got["n"] != 3.0 || out.Bytes()[out.Len()-1] != '\n' {
		t.Errorf("%s", out.Bytes())
	}
	if err := (Result{Name: "a", Value: 1}).write(&out); err == nil {
		t.Error("a figure without a limit was printed")
	}
	var list []time.Duration
	for i := 100; i > 0; i-- {
		list = append(list, time.Duration(i)*time.Millisecond)
	}
	if p := percentile(list, 95); p != 95 {
		t.Errorf("95 of 100 take %v ms at most", p)
	}
	if p := percentile(list[:1], 99); p != 1 {
		t.Errorf("the only one takes %v ms", p)
	}
}

func TestWithin(t *testing.T) {
	calls, slow := 0, 0
	ms, err := within(t.Context(), 90, 10, func(_ context.Context, i int) error {
		if calls++; i == 3 {
			slow++
		}
		return nil
	})
	if err != nil || ms < 0 || calls != 100+rounds*10 || slow != rounds+1 {
		t.Errorf("%v ms after %d calls, %v", ms, calls, err)
	}
	broken := errors.New("broken")
	if _, err := within(t.Context(), 90, 10, func(context.Context, int) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("an error does not end it: %v", err)
	}
}

func TestLoad(t *testing.T) {
	r, err := load(t.Context(), 4, 0, 20*time.Millisecond, func(context.Context) error { return nil })
	if err != nil || r.n == 0 || r.perSecond != float64(r.n)/0.02 {
		t.Errorf("%+v, %v", r, err)
	}
	broken := errors.New("broken")
	if _, err := load(t.Context(), 4, 0, time.Minute, func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("an error does not end the load: %v", err)
	}
}
