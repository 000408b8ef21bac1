package db

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"xiangyun/internal/platform/fault"
)

// bulker is a runner with a faster way for many rows than statements.
type bulker interface {
	bulk(ctx context.Context, table string, columns []string, rows [][]any) error
}

// bulkValues is how many bound values one INSERT of [Tx.Bulk] carries on SQLite.
const bulkValues = 2000

// Bulk writes many new rows of one table: COPY on PostgreSQL, INSERT of many rows on SQLite. Values are text, int64, bool, []byte, time.Time
// or nil, in the order of the columns. A row that is there already fails the transaction: ask [IsUnique]. The rows may be changed by it.
func (tx *Tx) Bulk(ctx context.Context, table string, columns []string, rows [][]any) error {
	if !tx.writes {
		return fmt.Errorf("writing inside View: %s", table)
	}
	for _, row := range rows {
		for i, v := range row {
			switch v := v.(type) {
			case string:
				if strings.IndexByte(v, 0) >= 0 || !utf8.ValidString(v) {
					return fault.New(fault.Invalid, "web.unreadable_text")
				}
			case time.Time:
				row[i] = instant(v)
			}
		}
	}
	if b, ok := tx.run.(bulker); ok {
		if err := b.bulk(tx.context(ctx), table, columns, rows); err != nil {
			return fmt.Errorf("writing rows of %s: %w", table, err)
		}
		return nil
	}
	most := max(1, bulkValues/len(columns))
	head := `INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `) VALUES `
	for len(rows) > 0 {
		n := min(most, len(rows))
		args := make([]any, 0, n*len(columns))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if _, err := tx.Exec(ctx, head+Values(n, len(columns), 1), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (e *exchange) bulk(ctx context.Context, table string, columns []string, rows [][]any) error {
	if len(e.queue) > 0 {
		if _, err := e.flush(ctx); err != nil {
			return err
		}
	}
	_, err := e.conn.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
	return err
}
