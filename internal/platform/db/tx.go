package db

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/platform/fault"
)

// runner is what a transaction of either engine can do.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// streamer is a runner that must be told when rows stay open while others are asked.
type streamer interface {
	StreamContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Tx is a running transaction, valid inside the function it was handed to and used by one goroutine.
type Tx struct {
	// Now is the time of this transaction, UTC, whole milliseconds: the only clock a module reads.
	Now time.Time

	run           runner
	writes        bool
	uninterrupted bool // statements ignore the end of ctx, see doc.go
}

func (tx *Tx) context(ctx context.Context) context.Context {
	if tx.uninterrupted {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// Exec runs a statement and returns how many rows it touched.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if !tx.writes {
		return 0, fmt.Errorf("writing inside View: %s", firstLine(query))
	}
	if err := readable(args); err != nil {
		return 0, err
	}
	res, err := tx.run.ExecContext(tx.context(ctx), query, normalise(args)...)
	if err != nil {
		return 0, fmt.Errorf("running %q: %w", firstLine(query), err)
	}
	return res.RowsAffected()
}

func (tx *Tx) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if err := readable(args); err != nil {
		return nil, err
	}
	rows, err := tx.run.QueryContext(tx.context(ctx), query, normalise(args)...)
	if err != nil {
		return nil, fmt.Errorf("asking %q: %w", firstLine(query), err)
	}
	return rows, nil
}

func (tx *Tx) stream(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	s, ok := tx.run.(streamer)
	if !ok {
		return tx.query(ctx, query, args)
	}
	if err := readable(args); err != nil {
		return nil, err
	}
	rows, err := s.StreamContext(tx.context(ctx), query, normalise(args)...)
	if err != nil {
		return nil, fmt.Errorf("asking %q: %w", firstLine(query), err)
	}
	return rows, nil
}

// readable refuses texts that no engine should hold: PostgreSQL stores neither a NUL nor bytes that are no UTF-8, SQLite would. They come from
// outside only, in an address, a form or a body, so whoever sent them is told.
func readable(args []any) error {
	for _, a := range args {
		v := reflect.ValueOf(a)
		if v.Kind() == reflect.String && (strings.IndexByte(v.String(), 0) >= 0 || !utf8.ValidString(v.String())) {
			return fault.New(fault.Invalid, "web.unreadable_text")
		}
	}
	return nil
}

// normalise turns every instant into UTC milliseconds, a zero instant into NULL.
func normalise(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case time.Time:
			args[i] = instant(v)
		case *time.Time:
			if v == nil {
				args[i] = nil
			} else {
				args[i] = instant(*v)
			}
		case sql.NullTime:
			if v.Valid {
				args[i] = instant(v.Time)
			} else {
				args[i] = nil
			}
		}
	}
	return args
}

func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Truncate(time.Millisecond)
}

// firstLine keeps errors short; SQL texts hold no personal data, since every value is bound.
func firstLine(query string) string {
	for i, r := range query {
		if r == '\n' && i > 0 {
			return query[:i] + " …"
		}
	}
	return query
}
