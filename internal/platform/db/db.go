package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver, as "pgx"
	_ "modernc.org/sqlite"             // the SQLite driver, as "sqlite"
)

// Engine names the database engine underneath.
type Engine string

// The two engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// Config says which database to open.
type Config struct {
	// URL is "sqlite:PATH" or "postgres://user@host/name?…".
	URL string
	// Connections bounds the pool: PostgreSQL connections, or SQLite readers. 0 means 16.
	Connections int
}

// DB is an open database. Safe for concurrent use.
type DB struct {
	engine   Engine
	url      string
	pool     *sql.DB  // PostgreSQL: everything; SQLite: readers
	readers  *readers // SQLite only
	together together
	writer   *writer // SQLite only
}

// Open opens the database and checks that it answers. It creates a missing SQLite file and its folder, readable by the owner only.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Connections == 0 {
		c.Connections = 16
	}
	switch {
	case strings.HasPrefix(c.URL, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(c.URL, "sqlite:"), c)
	case strings.HasPrefix(c.URL, "postgres://"), strings.HasPrefix(c.URL, "postgresql://"):
		return openPostgres(ctx, c)
	}
	return nil, fmt.Errorf("opening database: the address must begin with sqlite: or postgres://")
}

const sqliteOptions = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
	"&_pragma=temp_store(MEMORY)&_pragma=cache_size(-16000)&_time_integer_format=unix_milli&_inttotime=1"

func openSQLite(ctx context.Context, path string, c Config) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("opening database: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening database: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("opening database: %w", err)
	}
	// The writer opens first: it turns the file to WAL before a reader looks.
	w, err := openWriter(ctx, "file:"+path+"?_txlock=immediate&"+sqliteOptions)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("sqlite", "file:"+path+"?"+sqliteOptions+"&_pragma=query_only(1)")
	if err != nil {
		w.close()
		return nil, fmt.Errorf("opening readers: %w", err)
	}
	pool.SetMaxOpenConns(c.Connections)
	pool.SetMaxIdleConns(c.Connections)
	d := &DB{engine: SQLite, url: c.URL, pool: pool, writer: w, readers: newReaders(c.Connections)}
	return d, d.Ping(ctx)
}

func openPostgres(ctx context.Context, c Config) (*DB, error) {
	pool, err := sql.Open("pgx", c.URL)
	if err != nil {
		return nil, fmt.Errorf("opening database: %w", err)
	}
	pool.SetMaxOpenConns(c.Connections)
	pool.SetMaxIdleConns(c.Connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	d := &DB{engine: PostgreSQL, url: c.URL, pool: pool}
	if err := d.Ping(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return d, nil
}

// Engine tells which engine is underneath; only platform packages may act on it.
func (d *DB) Engine() Engine { return d.engine }

// Ping asks the engine for an answer.
func (d *DB) Ping(ctx context.Context) error {
	// A question of its own, not the pool's ping: on SQLite every connection of the pool is held by a reader for good.
	err := d.View(ctx, func(tx *Tx) error {
		_, err := One[int](ctx, tx, `SELECT 1`)
		return err
	})
	if err != nil {
		return fmt.Errorf("asking the database: %w", err)
	}
	return nil
}

// Close waits for running updates, then closes all connections.
func (d *DB) Close() error {
	var errs []error
	if d.writer != nil {
		errs = append(errs, d.writer.close())
		errs = append(errs, d.readers.close())
	}
	return errors.Join(append(errs, d.pool.Close())...)
}

// NewKey returns a fresh key: a UUIDv7 as text, so that rows made later sort later.
func NewKey() string { return uuid.Must(uuid.NewV7()).String() }

// View runs f on one read-only snapshot. Writing inside fails.
func (d *DB) View(ctx context.Context, f func(tx *Tx) error) error {
	return d.read(ctx, true, f)
}

// Glance is View without the snapshot, for one question, or for some of which none relies on another: each sees the store as it is then. It
// spares the beginning and the end of a transaction, which cost as much as a small question.
func (d *DB) Glance(ctx context.Context, f func(tx *Tx) error) error {
	return d.read(ctx, false, f)
}

func (d *DB) read(ctx context.Context, snapshot bool, f func(tx *Tx) error) error {
	if d.engine == SQLite {
		return d.readSQLite(ctx, snapshot, f)
	}
	begin := ""
	if snapshot {
		begin = beginRead
	}
	return translate(d.onPostgres(ctx, begin, false, f))
}

// How a transaction begins on PostgreSQL.
const (
	beginRead  = "begin isolation level repeatable read read only"
	beginWrite = "begin"
)

func (d *DB) readSQLite(ctx context.Context, snapshot bool, f func(tx *Tx) error) error {
	place, s, err := d.readers.take(ctx)
	if err != nil {
		return err
	}
	defer func() { d.readers.put(place, s) }()
	if s == nil {
		conn, err := d.pool.Conn(context.WithoutCancel(ctx))
		if err != nil {
			return translate(fmt.Errorf("opening a reader: %w", err))
		}
		s = newSession(conn)
	}
	reader := s
	reader.streaming = func() { d.readers.pass(place) }
	if snapshot {
		if err := s.do(ctx, "BEGIN"); err != nil {
			return translate(fmt.Errorf("beginning to read: %w", err))
		}
		defer func() {
			// A reader that can't end its snapshot is thrown away: it would pin the write-ahead log.
			if err := reader.do(context.WithoutCancel(ctx), "ROLLBACK"); err != nil {
				_ = reader.close() // already broken; the error that matters was returned
				s = nil
			}
		}()
	}
	return translate(f(&Tx{Now: now(), run: reader, uninterrupted: true}))
}

// Update runs f in a read-write transaction and returns after it is durable. Nothing of f is kept when f fails. f may run again.
func (d *DB) Update(ctx context.Context, f func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.engine == SQLite {
		return translate(d.writer.do(ctx, f))
	}
	for attempt := 0; ; attempt++ {
		err := d.onPostgres(ctx, beginWrite, true, f)
		if err == nil || attempt == 5 || !mayRunAgain(err) {
			return translate(err)
		}
		select {
		case <-ctx.Done():
			return translate(err)
		case <-time.After(time.Duration(1<<attempt) * 5 * time.Millisecond):
		}
	}
}

func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Writers tells how many updates can be under way side by side: one on SQLite, where an update that waits for another would wait for ever.
func (d *DB) Writers() int {
	if d.engine == SQLite {
		return 1
	}
	return d.pool.Stats().MaxOpenConnections
}
