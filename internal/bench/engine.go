package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"xiangyun/internal/assembly"
	"xiangyun/internal/platform/config"
	"xiangyun/internal/platform/db"
)

// engine makes stores of one kind.
type engine struct {
	name  string
	admin *sql.DB // PostgreSQL only
	url   string  // PostgreSQL only
	dir   string
	made  []string // databases
}

func newEngine(name, address, dir string) (*engine, error) {
	e := &engine{name: name, dir: dir}
	if name != string(db.PostgreSQL) {
		return e, nil
	}
	var err error
	e.url = address
	e.admin, err = sql.Open("pgx", address)
	return e, err
}

// store is one installation: a data folder and, on PostgreSQL, a database.
type store struct {
	engine *engine
	data   string
	url    string
}

// store makes an empty one.
func (e *engine) store(ctx context.Context, purpose string) (*store, error) {
	s := &store{engine: e, data: filepath.Join(e.dir, e.name+"-"+purpose)}
	if e.admin == nil {
		return s, nil
	}
	name := "bench_" + purpose + "_" + strings.ReplaceAll(db.NewKey(), "-", "")
	if _, err := e.admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, fmt.Errorf("making a database: %w", err)
	}
	e.made = append(e.made, name)
	u, err := url.Parse(e.url)
	if err != nil {
		return nil, err
	}
	u.Path = "/" + name
	s.url = u.String()
	return s, nil
}

// close takes away what the engine made.
func (e *engine) close(ctx context.Context) error {
	if e.admin == nil {
		return nil
	}
	var errs []error
	for _, name := range e.made {
		_, err := e.admin.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		errs = append(errs, err)
	}
	return errors.Join(append(errs, e.admin.Close())...)
}

func (s *store) config() config.Config {
	c := config.Default()
	c.Data, c.DatabaseURL, c.Demo, c.LogLevel, c.Listen = s.data, s.url, true, "error", "127.0.0.1:0"
	return c
}

// args are the flags that lead a program to the store.
func (s *store) args() []string {
	args := []string{"--data", s.data}
	if s.url != "" {
		args = append(args, "--database-url", s.url)
	}
	return args
}

// open puts the whole program together in this process, with the demo province and without its background work.
func (s *store) open(ctx context.Context) (*assembly.App, error) {
	a, err := assembly.Open(ctx, assembly.Params{Config: s.config(), Version: "bench", Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return nil, err
	}
	if err := a.LoadDemo(ctx, func(string) {}); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// run has the engine do something of its own in a store's database.
func (e *engine) run(ctx context.Context, st *store, statement string) error {
	d, err := sql.Open("pgx", st.url)
	if err != nil {
		return err
	}
	_, err = d.ExecContext(ctx, statement)
	return errors.Join(err, d.Close())
}

// name is the database's, on PostgreSQL.
func (s *store) name() string {
	name := s.url[strings.LastIndex(s.url, "/")+1:]
	name, _, _ = strings.Cut(name, "?")
	return name
}

// remove frees the disk of a store that is no longer needed.
func (s *store) remove(ctx context.Context) error {
	if s.url != "" {
		if _, err := s.engine.admin.ExecContext(ctx, "DROP DATABASE IF EXISTS "+s.name()+" WITH (FORCE)"); err != nil {
			return err
		}
	}
	return os.RemoveAll(s.data)
}
