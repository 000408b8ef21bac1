package db

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// maxStatements bounds what one connection keeps prepared; beyond it all are closed and made anew as they are used.
const maxStatements = 400

// session is one SQLite connection that keeps its statements prepared: parsing costs as much as a point read. It belongs to one
// caller at a time.
type session struct {
	conn       *sql.Conn
	statements map[string]statement
	streaming  func() // told before rows are streamed; nil for the writer
}

// statement is a prepared text whose placeholders have lost their numbers, see [unnumbered].
type statement struct {
	*sql.Stmt
	order []int // which argument each placeholder takes
	takes int   // how many arguments there must be
}

// arrange lays the arguments out as the placeholders ask for them.
func (st statement) arrange(args []any) ([]any, error) {
	if len(args) != st.takes {
		return nil, fmt.Errorf("%d arguments for %d placeholders", len(args), st.takes)
	}
	out := make([]any, len(st.order))
	for i, n := range st.order {
		out[i] = args[n]
	}
	return out, nil
}

func newSession(conn *sql.Conn) *session {
	return &session{conn: conn, statements: map[string]statement{}}
}

func (s *session) prepare(ctx context.Context, text string) (statement, error) {
	if st, ok := s.statements[text]; ok {
		return st, nil
	}
	if len(s.statements) >= maxStatements {
		s.forget()
	}
	plain, order := unnumbered(text)
	prepared, err := s.conn.PrepareContext(ctx, plain)
	if err != nil {
		return statement{}, err
	}
	st := statement{Stmt: prepared, order: order}
	for _, n := range order {
		st.takes = max(st.takes, n+1)
	}
	s.statements[text] = st
	return st, nil
}

// unnumbered replaces $1, $2 … by plain placeholders and tells which argument each takes. The driver asks SQLite for the name of every
// placeholder it binds, which SQLite finds by walking all names: a statement of 6000 would take 18 million steps. Plain ones have none.
func unnumbered(text string) (string, []int) {
	var b strings.Builder
	var order []int
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		quoted = quoted != (c == '\'')
		end := i + 1
		for c == '$' && !quoted && end < len(text) && '0' <= text[end] && text[end] <= '9' {
			end++
		}
		if end == i+1 {
			b.WriteByte(c)
			continue
		}
		n, err := strconv.Atoi(text[i+1 : end])
		if err != nil || n < 1 {
			return text, nil // no placeholder of ours: SQLite says what is wrong
		}
		order = append(order, n-1)
		b.WriteByte('?')
		i = end - 1
	}
	return b.String(), order
}

// forget closes all prepared statements; needed before and after a change of tables.
func (s *session) forget() {
	for _, st := range s.statements {
		_ = st.Close() // a statement that can't be closed goes with its connection
	}
	clear(s.statements)
}

// exec runs a statement, prepared once, and returns how many rows it touched.
func (s *session) exec(ctx context.Context, text string, args []any) (int64, error) {
	st, err := s.prepare(ctx, text)
	if err != nil {
		return 0, err
	}
	if args, err = st.arrange(args); err != nil {
		return 0, err
	}
	res, err := st.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query runs a query, prepared once. The rows must be read to their end before the same text is asked again.
func (s *session) query(ctx context.Context, text string, args []any) (rows, error) {
	st, err := s.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	if args, err = st.arrange(args); err != nil {
		return nil, err
	}
	return found(st.QueryContext(ctx, args...))
}

// stream runs a query on a statement of its own, for rows that stay open while others are asked.
func (s *session) stream(ctx context.Context, text string, args []any) (rows, error) {
	if s.streaming != nil {
		s.streaming()
	}
	return found(s.conn.QueryContext(ctx, text, args...))
}

// found keeps a missing answer from becoming one that is there and nil.
func found(r *sql.Rows, err error) (rows, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

// do runs a statement of the session itself.
func (s *session) do(ctx context.Context, text string) error {
	_, err := s.exec(ctx, text, nil)
	return err
}

func (s *session) close() error {
	s.forget()
	return s.conn.Close()
}
