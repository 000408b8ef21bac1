// Package dbtest opens a real, empty database for a test: SQLite in a folder of its own, or, where XIANGYUN_TEST_POSTGRES holds
// an address, a PostgreSQL schema of its own.
package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/platform/db"
)

// Variable names the environment variable that holds the address of a PostgreSQL database tests may make schemas in.
const Variable = "XIANGYUN_TEST_POSTGRES"

// URL returns the address of a fresh, empty database that is gone when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	address := os.Getenv(Variable)
	if address == "" {
		return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	}
	pool, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + strings.ReplaceAll(db.NewKey(), "-", "")
	if _, err := pool.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatalf("making a schema in %s: %v", Variable, err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			t.Errorf("dropping the test's schema: %v", err)
		}
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// blanks are SQLite files with some schemas migrated and nothing in them, by the schemas' names: a copy costs a tenth of a migration, and there are
// hundreds of tests.
var blanks sync.Map

// blank returns the content of such a file.
func blank(schemas []db.Schema) ([]byte, error) {
	names := make([]string, len(schemas))
	for i, s := range schemas {
		names[i] = s.Name
	}
	made, _ := blanks.LoadOrStore(strings.Join(names, " "), sync.OnceValues(func() (content []byte, err error) {
		dir, err := os.MkdirTemp("", "xiangyun-blank-")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		path := filepath.Join(dir, "blank.db")
		d, err := db.Open(context.Background(), db.Config{URL: "sqlite:" + path})
		if err != nil {
			return nil, err
		}
		if err := errors.Join(d.Migrate(context.Background(), schemas...), d.Close()); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	}))
	return made.(func() ([]byte, error))()
}

// Open opens a fresh database with these schemas migrated; it is closed when the test ends.
func Open(t testing.TB, schemas ...db.Schema) *db.DB {
	t.Helper()
	address := URL(t)
	if path, lite := strings.CutPrefix(address, "sqlite:"); lite {
		content, err := blank(schemas)
		if err == nil {
			err = os.WriteFile(path, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	d, err := db.Open(context.Background(), db.Config{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(fmt.Errorf("closing the test's database: %w", err))
		}
	})
	if d.Engine() == db.SQLite {
		return d // a copy of what was migrated
	}
	if err := d.Migrate(context.Background(), schemas...); err != nil {
		t.Fatal(err)
	}
	return d
}
