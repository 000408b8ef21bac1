package dbtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/platform/db"
)

// blanks are SQLite files with some schemas migrated and nothing in them, by the schemas' names.
var blanks sync.Map

// copyFile returns the address of a copy of such a file.
func copyFile(t testing.TB, schemas []db.Schema) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	content, err := blank(schemas)
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

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
		if err := migrate("sqlite:"+path, schemas); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	}))
	return made.(func() ([]byte, error))()
}

// migrate migrates the schemas in the database at an address.
func migrate(address string, schemas []db.Schema) error {
	d, err := db.Open(context.Background(), db.Config{URL: address})
	if err != nil {
		return err
	}
	return errors.Join(d.Migrate(context.Background(), schemas...), d.Close())
}
