package reseal_test

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/reseal"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/sm/smtest"
)

var schema = db.Schema{Name: "sample", FS: fstest.MapFS{"schema/0001_sample.sql": {Data: []byte(`-- +goose Up
CREATE TABLE sample_thing (owner text NOT NULL, version bigint NOT NULL, secret bytea, PRIMARY KEY (owner, version));
`)}}}

var columns = []reseal.Column{{Table: "sample_thing", Name: "secret", Key: []string{"owner", "version"}, Place: "thing/{owner}/{version}"}}

// shelf is a table of sealed values.
type shelf struct {
	t    *testing.T
	db   *db.DB
	keys *sm.Keyring
}

func open(t *testing.T) shelf {
	t.Helper()
	return shelf{t, dbtest.Open(t, schema), smtest.Keyring(t)}
}

func (s shelf) sealed(owner string, version int, text string) []byte {
	s.t.Helper()
	sealed, err := s.keys.Seal([]byte(text), fmt.Appendf(nil, "thing/%s/%d", owner, version))
	if err != nil {
		s.t.Fatal(err)
	}
	return sealed
}

func (s shelf) put(owner string, version int, secret []byte) {
	s.t.Helper()
	err := s.db.Update(s.t.Context(), func(tx *db.Tx) error {
		return tx.Later(s.t.Context(), `INSERT INTO sample_thing (owner, version, secret) VALUES ($1, $2, $3) ON CONFLICT (owner, version) DO UPDATE SET secret = excluded.secret`,
			owner, version, secret)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s shelf) left() (n int64) {
	s.t.Helper()
	err := s.db.View(s.t.Context(), func(tx *db.Tx) (err error) {
		n, err = columns[0].Left(s.t.Context(), tx, s.keys)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s shelf) text(owner string, version int) string {
	s.t.Helper()
	var secret []byte
	err := s.db.View(s.t.Context(), func(tx *db.Tx) (err error) {
		secret, err = db.One[[]byte](s.t.Context(), tx, `SELECT secret FROM sample_thing WHERE owner = $1 AND version = $2`, owner, version)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	plain, err := s.keys.Open(secret, fmt.Appendf(nil, "thing/%s/%d", owner, version))
	if err != nil {
		s.t.Errorf("%s/%d: %v", owner, version, err)
	}
	return string(plain)
}

func (s shelf) rotate() {
	s.t.Helper()
	if err := s.keys.Rotate(); err != nil {
		s.t.Fatal(err)
	}
}

func soon() time.Time { return time.Now().Add(time.Minute) }

// All that opens is sealed anew, however many rows share the first column of the key; what is empty, damaged or foreign stays as it is and is counted once.
func TestSome(t *testing.T) {
	s := open(t)
	for owner, versions := range map[string]int{"a": 1, "b": 130, "c": 40, "d": 3} {
		for v := range versions {
			s.put(owner, v, s.sealed(owner, v, fmt.Sprint(owner, v)))
		}
	}
	damaged := [][]byte{s.sealed("elsewhere", 1, "moved"), s.sealed("e", 1, "x")}
	damaged[1][len(damaged[1])-1] ^= 1
	for v := range 50 { // more than a portion of them
		s.put("bad", v, damaged[v%2])
	}
	s.put("none", 0, nil)
	s.put("zero", 0, []byte{0})
	s.rotate()
	s.put("new", 0, s.sealed("new", 0, "fresh"))
	at, done, err := reseal.Some(t.Context(), s.db, s.keys, columns, reseal.Place{}, soon())
	if err != nil || !done || at.Done != 174 || at.Failed != 50 || s.left() != 50 {
		t.Errorf("%+v, %v, %v, %d left", at, done, err, s.left())
	}
	for owner, versions := range map[string]int{"a": 1, "b": 130, "c": 40, "d": 3} {
		for v := range versions {
			if got := s.text(owner, v); got != fmt.Sprint(owner, v) {
				t.Errorf("%s/%d is %q", owner, v, got)
			}
		}
	}
	if again, done, err := reseal.Some(t.Context(), s.db, s.keys, columns, reseal.Place{}, soon()); err != nil || !done || again.Done != 0 {
		t.Errorf("a second time: %+v, %v", again, err)
	}
}

// racing changes a value while it is being sealed anew, as somebody who saves does.
type racing struct {
	*sm.Keyring
	meanwhile func()
}

// Open implements reseal.Keys.
func (r racing) Open(sealed, aad []byte) ([]byte, error) {
	r.meanwhile()
	return r.Keyring.Open(sealed, aad)
}

// What somebody changes meanwhile stays as he has changed it.
func TestNobodysChangeIsLost(t *testing.T) {
	s := open(t)
	s.put("a", 1, s.sealed("a", 1, "before"))
	s.rotate()
	_, done, err := reseal.Some(t.Context(), s.db, racing{s.keys, func() { s.put("a", 1, s.sealed("a", 1, "after")) }}, columns, reseal.Place{}, soon())
	if err != nil || !done || s.text("a", 1) != "after" || s.left() != 0 {
		t.Errorf("%v, %q", err, s.text("a", 1))
	}
}

// A run that is over begins the next where it was; one that is broken off loses nothing.
func TestGoesOn(t *testing.T) {
	s := open(t)
	for v := range 100 {
		s.put("a", v, s.sealed("a", v, "x"))
	}
	s.rotate()
	at, done, err := reseal.Some(t.Context(), s.db, s.keys, columns, reseal.Place{}, time.Now().Add(-time.Second))
	if err != nil || done || at.Done != 40 { // one portion, however late it is
		t.Errorf("without time: %+v, %v", at, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	portions := 0
	_, _, err = reseal.Some(ctx, s.db, racing{s.keys, func() {
		if portions++; portions == 60 { // in the second portion
			cancel()
		}
	}}, columns, at, soon())
	if err == nil || s.left() == 0 || s.left() == 100 {
		t.Errorf("broken off: %v, %d left", err, s.left())
	}
	at, done, err = reseal.Some(t.Context(), s.db, s.keys, columns, at, soon())
	if err != nil || !done || s.left() != 0 {
		t.Errorf("begun again: %+v, %v, %d left", at, err, s.left())
	}
}
