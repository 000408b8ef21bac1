package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Schema is one line of migrations: a module's tables. Lines are independent, so two modules never fight over a number.
type Schema struct {
	Name string // the prefix of its tables, and of its own version table
	FS   fs.FS  // holds schema/NNNN_name.sql; NNNN_name.pg.sql and NNNN_name.lite.sql where the engines must differ
}

// Migrate brings the lines to their newest version, each migration in a transaction of its own, forward only. Running it again
// does nothing.
func (d *DB) Migrate(ctx context.Context, schemas ...Schema) error {
	pool, dialect, done, err := d.migrationPool(ctx)
	if err != nil {
		return err
	}
	defer done()
	for _, s := range schemas {
		if err := migrate(ctx, pool, dialect, s); err != nil {
			return fmt.Errorf("migrating %s: %w", s.Name, err)
		}
	}
	return nil
}

func migrate(ctx context.Context, pool *sql.DB, dialect database.Dialect, s Schema) error {
	files, err := s.files(dialect)
	if err != nil {
		return err
	}
	store, err := database.NewStore(dialect, "goose_"+s.Name)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider("", pool, files, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// files picks this engine's texts, with the engine's mark taken off their names.
func (s Schema) files(dialect database.Dialect) (fs.FS, error) {
	mine, other := ".pg.sql", ".lite.sql"
	if dialect == database.DialectSQLite3 {
		mine, other = other, mine
	}
	names, err := fs.Glob(s.FS, "schema/*.sql")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("no schema/*.sql embedded")
	}
	out := fstest.MapFS{}
	for _, n := range names {
		if strings.HasSuffix(n, other) {
			continue
		}
		text, err := fs.ReadFile(s.FS, n)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(path.Base(n), mine)
		out[strings.TrimSuffix(name, ".sql")+".sql"] = &fstest.MapFile{Data: text}
	}
	return out, nil
}

// migrationPool returns a pool goose may use: PostgreSQL's own, or a second SQLite connection.
func (d *DB) migrationPool(context.Context) (*sql.DB, database.Dialect, func(), error) {
	if d.engine == PostgreSQL {
		return d.pool, database.DialectPostgres, func() {}, nil
	}
	pool, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(d.url, "sqlite:")+"?_txlock=immediate&"+sqliteOptions)
	if err != nil {
		return nil, "", nil, fmt.Errorf("opening for migration: %w", err)
	}
	pool.SetMaxOpenConns(1)
	return pool, database.DialectSQLite3, func() { _ = pool.Close() }, nil
}
