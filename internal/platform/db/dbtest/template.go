package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/platform/db"
)

// templates are the names of PostgreSQL's templates with some schemas migrated and nothing in them, by the schemas' names. The tests of all packages
// share them: a template's name tells its content, and it stays in the cluster for the next run.
var templates sync.Map

// copyDatabase returns the address of a copy of such a template, which is gone when the test ends.
func copyDatabase(t testing.TB, schemas []db.Schema) string {
	t.Helper()
	address := os.Getenv(Variable)
	pool, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	from, err := template(pool, address, schemas)
	if err != nil {
		t.Fatalf("migrating in %s: %v", Variable, err)
	}
	name := "test_" + strings.ReplaceAll(db.NewKey(), "-", "")
	if _, err := pool.Exec("CREATE DATABASE " + name + " TEMPLATE " + from); err != nil {
		t.Fatalf("copying a database in %s: %v", Variable, err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("dropping the test's database: %v", err)
		}
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	at, err := beside(address, name)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// beside is the address of another database of the same cluster.
func beside(address, name string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func template(pool *sql.DB, address string, schemas []db.Schema) (string, error) {
	sum := sha256.New()
	for _, s := range schemas {
		fmt.Fprintln(sum, s.Name)
		files, err := fs.Glob(s.FS, "schema/*.sql")
		if err != nil {
			return "", err
		}
		for _, f := range files {
			text, err := fs.ReadFile(s.FS, f)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(sum, "%s %q\n", f, text)
		}
	}
	name := "blank_" + hex.EncodeToString(sum.Sum(nil)[:16])
	made, _ := templates.LoadOrStore(name, sync.OnceValue(func() error { return makeTemplate(pool, address, name, schemas) }))
	return name, made.(func() error)()
}

// makeTemplate makes a template that another process may be making as well: one does, the other waits. Until it is whole it has another name, so that
// one whose maker was killed is never copied.
func makeTemplate(pool *sql.DB, address, name string, schemas []db.Schema) (err error) {
	ctx := context.Background()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext($1))`, name); err != nil {
		return err
	}
	defer func() {
		_, unlocked := conn.ExecContext(ctx, `SELECT pg_advisory_unlock(hashtext($1))`, name)
		err = errors.Join(err, unlocked)
	}()
	var there bool
	if err := conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil || there {
		return err
	}
	making := name + "_making"
	for _, text := range []string{"DROP DATABASE IF EXISTS " + making, "CREATE DATABASE " + making} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	at, err := beside(address, making)
	if err != nil {
		return err
	}
	if err := migrate(at, schemas); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+making+" RENAME TO "+name)
	return err
}
