package db

import (
	"context"
	"errors"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// guarded is what one update of a group runs on. Some troubles make SQLite take back the whole transaction by itself; each statement after that would be a
// transaction of its own, and be kept. So whoever swallows such a trouble and goes on meets it again.
type guarded struct {
	*session
	lost error
}

// met remembers an error after which the transaction may be gone.
func (m *guarded) met(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && m.lost == nil {
		switch e.Code() & 0xff {
		case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_NOMEM, lib.SQLITE_BUSY, lib.SQLITE_INTERRUPT:
			m.lost = err
		}
	}
	return err
}

func (m *guarded) exec(ctx context.Context, text string, args []any) (int64, error) {
	if m.lost != nil {
		return 0, m.lost
	}
	n, err := m.session.exec(ctx, text, args)
	return n, m.met(err)
}

func (m *guarded) query(ctx context.Context, text string, args []any) (rows, error) {
	if m.lost != nil {
		return nil, m.lost
	}
	return m.watched(m.session.query(ctx, text, args))
}

func (m *guarded) stream(ctx context.Context, text string, args []any) (rows, error) {
	if m.lost != nil {
		return nil, m.lost
	}
	return m.watched(m.session.stream(ctx, text, args))
}

func (m *guarded) watched(r rows, err error) (rows, error) {
	if err != nil {
		return nil, m.met(err)
	}
	return guardedRows{r, m}, nil
}

// guardedRows is rows whose trouble on the way is remembered too.
type guardedRows struct {
	rows
	update *guarded
}

// Err implements rows.
func (a guardedRows) Err() error { return a.update.met(a.rows.Err()) }
