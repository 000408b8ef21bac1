package db

import (
	"context"
	"database/sql"
)

// maxStatements bounds what one connection keeps prepared; beyond it all are closed and made anew as they are used.
const maxStatements = 400

// session is one SQLite connection that keeps its statements prepared: parsing costs as much as a point read. It belongs to one
// caller at a time.
type session struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func newSession(conn *sql.Conn) *session {
	return &session{conn: conn, statements: map[string]*sql.Stmt{}}
}

func (s *session) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if st, ok := s.statements[text]; ok {
		return st, nil
	}
	if len(s.statements) >= maxStatements {
		s.forget()
	}
	st, err := s.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.statements[text] = st
	return st, nil
}

// forget closes all prepared statements; needed before and after a change of tables.
func (s *session) forget() {
	for _, st := range s.statements {
		_ = st.Close() // a statement that can't be closed goes with its connection
	}
	clear(s.statements)
}

// ExecContext runs a statement, prepared once.
func (s *session) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	st, err := s.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// QueryContext runs a query, prepared once. The rows must be read to their end before the same text is asked again.
func (s *session) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	st, err := s.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// StreamContext runs a query on a statement of its own, for rows that stay open while others are asked.
func (s *session) StreamContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return s.conn.QueryContext(ctx, text, args...)
}

func (s *session) exec(ctx context.Context, text string) error {
	_, err := s.ExecContext(ctx, text)
	return err
}

func (s *session) close() error {
	s.forget()
	return s.conn.Close()
}
