package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// exchange is one PostgreSQL transaction on its connection. What needs no answer waits in a queue and travels with the next question or with the
// commit: twenty writes take two round trips instead of twenty-two, and a row that others wait for is held for that much less.
type exchange struct {
	conn  *pgx.Conn
	queue []queued
}

// queued is a statement on its way.
type queued struct {
	text      string
	args      []any
	otherwise error // when it does not touch one row exactly; nil when any number will do
}

// onPostgres runs f in a transaction and commits it when f may write. With begin "" there is none.
func (d *DB) onPostgres(ctx context.Context, begin string, writes bool, f func(tx *Tx) error) error {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("taking a connection: %w", err)
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool
	return conn.Raw(func(raw any) error {
		e := &exchange{conn: raw.(*stdlib.Conn).Conn()}
		if begin != "" {
			e.queue = []queued{{text: begin}}
		}
		defer e.rollback(ctx)
		if err := f(&Tx{Now: now(), run: e, writes: writes}); err != nil || !writes {
			return err
		}
		return e.commit(ctx)
	})
}

// exec sends what waits and a statement, and returns how many rows the statement touched.
func (e *exchange) exec(ctx context.Context, text string, args []any) (int64, error) {
	if err := e.put(text, args, nil); err != nil {
		return 0, err
	}
	return e.flush(ctx)
}

// longestQueue is how many statements wait at most, so that a restore or an import does not gather in memory.
const longestQueue = 64

// later puts a statement into the queue.
func (e *exchange) later(ctx context.Context, text string, args []any, otherwise error) error {
	if err := e.put(text, args, otherwise); err != nil || len(e.queue) < longestQueue {
		return err
	}
	_, err := e.flush(ctx)
	return err
}

func (e *exchange) put(text string, args []any, otherwise error) error {
	args, err := plain(args)
	e.queue = append(e.queue, queued{text, args, otherwise})
	return err
}

// plain turns arguments into the few types every driver takes, as database/sql does.
func plain(args []any) ([]any, error) {
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	return args, nil
}

// flush sends the queue in one round trip and returns how many rows its last statement touched.
func (e *exchange) flush(ctx context.Context) (touched int64, err error) {
	answers, queue := e.send(ctx)
	for _, q := range queue {
		if touched, err = q.settle(answers); err != nil {
			_ = answers.Close() // it repeats the error
			return 0, err
		}
	}
	return touched, answers.Close()
}

func (e *exchange) send(ctx context.Context, last ...queued) (pgx.BatchResults, []queued) {
	b, queue := &pgx.Batch{}, e.queue
	for _, q := range queue {
		b.Queue(q.text, q.args...)
	}
	for _, q := range last {
		b.Queue(q.text, q.args...)
	}
	e.queue = nil
	return e.conn.SendBatch(ctx, b), queue
}

func (q queued) settle(answers pgx.BatchResults) (int64, error) {
	tag, err := answers.Exec()
	if err != nil {
		return 0, fmt.Errorf("running %q: %w", firstLine(q.text), err)
	}
	if q.otherwise != nil && tag.RowsAffected() != 1 {
		return 0, q.otherwise
	}
	if q.text == commit && tag.String() != "COMMIT" {
		return 0, errors.New("the transaction had failed and was rolled back")
	}
	return tag.RowsAffected(), nil
}

// query sends what waits and a question.
func (e *exchange) query(ctx context.Context, text string, args []any) (rows, error) {
	args, err := plain(args)
	if err != nil {
		return nil, err
	}
	if len(e.queue) == 0 {
		r, err := e.conn.Query(ctx, text, args...)
		return answer{Rows: r}, err
	}
	answers, queue := e.send(ctx, queued{text: text, args: args})
	for _, q := range queue {
		if _, err := q.settle(answers); err != nil {
			_ = answers.Close() // it repeats the error
			return nil, err
		}
	}
	r, err := answers.Query()
	if err != nil {
		_ = answers.Close() // it repeats the error
		return nil, err
	}
	return answer{r, answers}, nil
}

const commit = "commit"

// commit sends what waits and the commit together, unless something that waits may yet say no.
func (e *exchange) commit(ctx context.Context) error {
	if len(e.queue) == 1 && e.queue[0].text == beginWrite {
		e.queue = nil
		return nil // nothing was asked: there is nothing to end
	}
	for _, q := range e.queue {
		if q.otherwise != nil {
			if _, err := e.flush(ctx); err != nil {
				return err
			}
			break
		}
	}
	e.queue = append(e.queue, queued{text: commit})
	if _, err := e.flush(ctx); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// rollback ends what is still open. A connection that can't is closed: it must not carry a transaction to its next user.
func (e *exchange) rollback(ctx context.Context) {
	if e.conn.IsClosed() || e.conn.PgConn().TxStatus() == 'I' {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if _, err := e.conn.Exec(ctx, "rollback"); err != nil {
		_ = e.conn.Close(ctx) // it is of no more use
	}
}

// answer is the rows of a question, and what they travelled with.
type answer struct {
	pgx.Rows
	with pgx.BatchResults // nil when they came alone
}

// Columns lists the columns' names.
func (a answer) Columns() ([]string, error) {
	fields := a.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names, nil
}

// Close ends the reading.
func (a answer) Close() error {
	a.Rows.Close()
	if a.with == nil {
		return nil
	}
	return a.with.Close()
}
