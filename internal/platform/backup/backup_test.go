package backup_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/platform/backup"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
)

var schema = db.Schema{Name: "sample", FS: fstest.MapFS{"schema/0001_sample.sql": {Data: []byte(`-- +goose Up
CREATE TABLE sample_owner (id text PRIMARY KEY);
CREATE TABLE sample_thing (id text PRIMARY KEY, owner_id text NOT NULL REFERENCES sample_owner (id), name text, count bigint, small integer,
	open boolean, made_at timestamp, body bytea);
CREATE TABLE account_account (id text PRIMARY KEY);
`)}}}

type thing struct {
	ID, OwnerID, Name string
	Count             int64
	Small             int
	Open              bool
	MadeAt            time.Time
	Body              []byte
}

func things(t *testing.T, d *db.DB) []thing {
	t.Helper()
	var out []thing
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		out, err = db.All[thing](t.Context(), tx, `SELECT * FROM sample_thing ORDER BY id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fill(t *testing.T, d *db.DB, n int) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		ctx := context.Background()
		if _, err := tx.Exec(ctx, `INSERT INTO sample_owner (id) VALUES ('o') ON CONFLICT DO NOTHING`); err != nil {
			return err
		}
		for i := range n {
			_, err := tx.Exec(ctx, `INSERT INTO sample_thing (id, owner_id, name, count, small, open, made_at, body) VALUES (`+db.In(8, 1)+`)`,
				db.NewKey(), "o", fmt.Sprintf("第%d件 <&>\n", i), int64(i)<<40, i, i%2 == 0, tx.Now, []byte{0, byte(i), 255})
			if err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO sample_thing (id, owner_id) VALUES ('empty', 'o') ON CONFLICT DO NOTHING`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func params(t *testing.T, d *db.DB) backup.Params {
	return backup.Params{DB: d, Data: t.TempDir(), Files: []string{"blobs", "keys.json"}, Version: "test"}
}

// What was saved from this engine comes back the same, on this engine and on SQLite; while others write, the file is one snapshot.
func TestRoundTripUnderLoad(t *testing.T) {
	d := dbtest.Open(t, schema)
	fill(t, d, 2500)
	p := params(t, d)
	if err := os.MkdirAll(filepath.Join(p.Data, "blobs", "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.Data, "blobs", "ab", "abcd"), []byte("document"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	writing := make(chan struct{})
	go func() {
		defer close(writing)
		for ctx.Err() == nil {
			_ = d.Update(ctx, func(tx *db.Tx) error { // both rows or none: a torn snapshot would show one
				for _, suffix := range []string{"a", "b"} {
					if _, err := tx.Exec(ctx, `INSERT INTO sample_thing (id, owner_id, name) VALUES ($1, 'o', $2)`, db.NewKey(), "pair"+suffix); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}()
	var file bytes.Buffer
	written, err := backup.Write(t.Context(), p, &file)
	stop()
	<-writing
	if err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]*db.DB{"same-engine": dbtest.Open(t, schema), "sqlite": lite(t)} {
		t.Run(name, func(t *testing.T) {
			to := params(t, target)
			read, err := backup.Read(t.Context(), to, bytes.NewReader(file.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(written.Rows, read.Rows); diff != "" {
				t.Error(diff)
			}
			got := things(t, target)
			pairs := 0
			for _, g := range got {
				if g.Name == "paira" || g.Name == "pairb" {
					pairs++
				}
			}
			if pairs%2 != 0 || len(got) != 2501+pairs {
				t.Errorf("%d rows, %d of pairs: not one snapshot", len(got), pairs)
			}
			before := map[string]thing{}
			for _, b := range things(t, d) {
				before[b.ID] = b
			}
			for _, g := range got {
				if diff := cmp.Diff(before[g.ID], g); diff != "" {
					t.Fatalf("a row changed:\n%s", diff)
				}
			}
			if body, err := os.ReadFile(filepath.Join(to.Data, "blobs", "ab", "abcd")); err != nil || string(body) != "document" {
				t.Errorf("the document is %q, %v", body, err)
			}
		})
	}
}

// What is being written, and lists that are made anew, are no part of an installation.
func TestWithout(t *testing.T) {
	d := dbtest.Open(t, schema)
	p := params(t, d)
	p.Without = []string{"blobs/tmp"}
	for name, text := range map[string]string{"blobs/ab/abcd": "document", "blobs/tmp/put-1": "half", "blobs/ab/tmp": "document as well", "blobs/ab/.new-1": "half"} {
		file := filepath.Join(p.Data, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	written, err := backup.Write(t.Context(), p, &file)
	if err != nil || written.Files != 2 {
		t.Fatalf("%d files, %v", written.Files, err)
	}
	to := params(t, lite(t))
	if _, err := backup.Read(t.Context(), to, bytes.NewReader(file.Bytes())); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"blobs/ab/abcd": true, "blobs/ab/tmp": true, "blobs/tmp/put-1": false, "blobs/ab/.new-1": false} {
		if _, err := os.Stat(filepath.Join(to.Data, filepath.FromSlash(name))); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// meanwhile does something when so much of a backup was written.
type meanwhile struct {
	after int
	do    func()
}

func (m *meanwhile) Write(p []byte) (int, error) {
	if m.after -= len(p); m.after < 0 && m.do != nil {
		m.do()
		m.do = nil
	}
	return len(p), nil
}

// A document that is swept while it is saved is not missed; without one generation of the keyring or the other a backup would open nothing.
func TestAFileThatGoesMeanwhile(t *testing.T) {
	for folder, lasts := range map[string]bool{"blobs": false, "keys": true} {
		p := params(t, dbtest.Open(t, schema))
		p.Files, p.Lasting = []string{"blobs", "keys"}, []string{"keys"}
		first, second := filepath.Join(p.Data, folder, "1"), filepath.Join(p.Data, folder, "2")
		noise := make([]byte, 4<<20)
		if _, err := rand.Read(noise); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(first), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{first, second} {
			if err := os.WriteFile(file, noise, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		written, err := backup.Write(t.Context(), p, &meanwhile{after: 1 << 20, do: func() {
			if err := os.Remove(second); err != nil {
				t.Error(err)
			}
		}})
		if lasts != (err != nil) || written.Files != 1 {
			t.Errorf("%s: %d files, %v", folder, written.Files, err)
		}
	}
}

func lite(t *testing.T) *db.DB {
	d, err := db.Open(t.Context(), db.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRefusals(t *testing.T) {
	d := dbtest.Open(t, schema)
	fill(t, d, 100)
	var file bytes.Buffer
	if _, err := backup.Write(t.Context(), params(t, d), &file); err != nil {
		t.Fatal(err)
	}
	t.Run("cut-short", func(t *testing.T) {
		for _, n := range []int{0, 10, file.Len() / 2, file.Len() - 20} {
			target := lite(t)
			if _, err := backup.Read(t.Context(), params(t, target), bytes.NewReader(file.Bytes()[:n])); !errors.Is(err, backup.ErrCutShort) {
				t.Errorf("cut to %d bytes: %v", n, err)
			}
			if n := len(things(t, target)); n != 0 {
				t.Errorf("%d rows of a damaged file were kept", n)
			}
		}
	})
	t.Run("not-empty", func(t *testing.T) {
		target := lite(t)
		err := target.Update(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO account_account (id) VALUES ('somebody')`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Read(t.Context(), params(t, target), bytes.NewReader(file.Bytes())); !errors.Is(err, backup.ErrNotEmpty) {
			t.Error(err)
		}
	})
	t.Run("other-version", func(t *testing.T) {
		target := lite(t)
		more := db.Schema{Name: "more", FS: fstest.MapFS{"schema/0001_more.sql": {Data: []byte("-- +goose Up\nCREATE TABLE more_thing (id text);\n")}}}
		if err := target.Migrate(t.Context(), more); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Read(t.Context(), params(t, target), bytes.NewReader(file.Bytes())); !errors.Is(err, backup.ErrVersion) {
			t.Error(err)
		}
	})
}
