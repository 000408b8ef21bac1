package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"xiangyun/internal/platform/fault"
)

// IsUnique tells whether a row was refused because its key is taken.
func IsUnique(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23505"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == lib.SQLITE_CONSTRAINT_UNIQUE || e.Code() == lib.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

// mayRunAgain tells whether PostgreSQL gave up a transaction for others' sake and wants it from the start.
func mayRunAgain(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

// translate gives the troubles of the engine that a person should be told of their fault: nothing was changed, try again. What
// the module itself refused passes untouched.
func translate(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, ok := fault.Of(err); ok {
		return err
	}
	switch {
	case full(err):
		return fault.New(fault.Busy, "db.no_space").Because(err)
	case unreachable(err):
		return fault.New(fault.Busy, "db.unreachable").Because(err)
	}
	return err
}

func full(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "53100"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == lib.SQLITE_FULL
	}
	return errors.Is(err, syscall.ENOSPC)
}

func unreachable(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		// 57P0x: the server is shutting down or starting; 08xxx: the connection broke; 53300: no connection left.
		return strings.HasPrefix(e.Code, "57P0") || strings.HasPrefix(e.Code, "08") || e.Code == "53300"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		code := e.Code() & 0xff
		return code == lib.SQLITE_BUSY || code == lib.SQLITE_IOERR || code == lib.SQLITE_CANTOPEN || code == lib.SQLITE_READONLY
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	// A connection that broke within a transaction is closed under it: what follows finds it closed, or the transaction gone.
	return pgconn.SafeToRetry(err) || errors.Is(err, net.ErrClosed) || errors.Is(err, sql.ErrTxDone) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, io.EOF)
}
