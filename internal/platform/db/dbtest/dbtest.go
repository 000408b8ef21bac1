// Package dbtest opens a real, empty database for a test: SQLite in a folder of its own, or, where XIANGYUN_TEST_POSTGRES holds
// an address, a PostgreSQL schema or database of its own.
//
// There are hundreds of tests, and migrating costs ten times what a copy does: what is migrated once is copied from then on.
package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiangyun/internal/platform/db"
)

// Variable names the environment variable that holds the address of a PostgreSQL database tests may make schemas in, by somebody who may make
// databases beside it.
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

// Open opens a fresh database with these schemas migrated; it is closed when the test ends.
func Open(t testing.TB, schemas ...db.Schema) *db.DB {
	t.Helper()
	copied := copyFile
	if os.Getenv(Variable) != "" {
		copied = copyDatabase
	}
	d, err := db.Open(context.Background(), db.Config{URL: copied(t, schemas)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(fmt.Errorf("closing the test's database: %w", err))
		}
	})
	return d
}
