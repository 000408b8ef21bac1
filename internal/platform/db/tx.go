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
	exec(ctx context.Context, query string, args []any) (int64, error)
	query(ctx context.Context, query string, args []any) (rows, error)
}

// rows are the answer to a question, read one after the other.
type rows interface {
	Columns() ([]string, error)
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// streamer is a runner that must be told when rows stay open while others are asked.
type streamer interface {
	stream(ctx context.Context, query string, args []any) (rows, error)
}

// queuer is a runner that sends statements nobody needs the answer of together.
type queuer interface {
	later(ctx context.Context, query string, args []any, otherwise error) error
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
	if err := tx.mayWrite(query, args); err != nil {
		return 0, err
	}
	n, err := tx.run.exec(tx.context(ctx), query, normalise(args))
	if err != nil {
		return 0, fmt.Errorf("running %q: %w", firstLine(query), err)
	}
	return n, nil
}

// Later runs a statement whose answer nobody needs: the way to write rows. PostgreSQL gets it together with the next question or the commit, so
// its error may come from there; SQLite runs it at once. Bytes handed over are not changed before the transaction ends.
func (tx *Tx) Later(ctx context.Context, query string, args ...any) error {
	return tx.later(ctx, nil, query, args)
}

// LaterOne is [Tx.Later] for a statement that must touch one row exactly, a compare-and-set: when it does not, nothing of the transaction is kept
// and otherwise is returned, from here or from a later call or from [DB.Update].
func (tx *Tx) LaterOne(ctx context.Context, otherwise error, query string, args ...any) error {
	return tx.later(ctx, otherwise, query, args)
}

func (tx *Tx) later(ctx context.Context, otherwise error, query string, args []any) error {
	if q, ok := tx.run.(queuer); ok {
		if err := tx.mayWrite(query, args); err != nil {
			return err
		}
		return q.later(tx.context(ctx), query, normalise(args), otherwise)
	}
	n, err := tx.Exec(ctx, query, args...)
	if err == nil && otherwise != nil && n != 1 {
		return otherwise
	}
	return err
}

func (tx *Tx) mayWrite(query string, args []any) error {
	if !tx.writes {
		return fmt.Errorf("writing inside View: %s", firstLine(query))
	}
	return readable(args)
}

func (tx *Tx) query(ctx context.Context, query string, args []any) (rows, error) {
	return tx.ask(tx.context(ctx), tx.run.query, query, args)
}

func (tx *Tx) stream(ctx context.Context, query string, args []any) (rows, error) {
	if tx.writes {
		ctx = tx.context(ctx)
	}
	if s, ok := tx.run.(streamer); ok {
		return tx.ask(ctx, s.stream, query, args)
	}
	return tx.ask(ctx, tx.run.query, query, args)
}

func (tx *Tx) ask(ctx context.Context, how func(context.Context, string, []any) (rows, error), query string, args []any) (rows, error) {
	if err := readable(args); err != nil {
		return nil, err
	}
	r, err := how(ctx, query, normalise(args))
	if err != nil {
		return nil, fmt.Errorf("asking %q: %w", firstLine(query), err)
	}
	return r, nil
}

// readable refuses texts that no engine should hold: PostgreSQL stores neither a NUL nor bytes that are no UTF-8, SQLite would. They come from
// outside only, in an address, a form or a body, so whoever sent them is told.
func readable(args []any) error {
	for _, a := range args {
		text, plain := a.(string)
		if !plain { // a string by another name, or nothing to be read
			if v := reflect.ValueOf(a); v.Kind() == reflect.String {
				text = v.String()
			}
		}
		if strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
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
