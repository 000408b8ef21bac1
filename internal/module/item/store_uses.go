package item

import (
	"context"
	"slices"

	"xiangyun/internal/platform/db"
)

type useRow struct {
	BaseCode string
	Uses     int64
}

func usesSince(ctx context.Context, tx *db.Tx, day string) ([]useRow, error) {
	return db.All[useRow](ctx, tx, `SELECT base_code, CAST(sum(uses) AS bigint) AS uses FROM item_use_day WHERE day > $1 GROUP BY base_code`, day)
}

// addUses adds to the counts of a day. Codes are written in order, so that two nodes never wait for each other in a circle.
func addUses(ctx context.Context, tx *db.Tx, day string, counted map[string]int64) error {
	codes := make([]string, 0, len(counted))
	for code := range counted {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for len(codes) > 0 {
		n := min(batch, len(codes))
		var args []any
		for _, code := range codes[:n] {
			args = append(args, day, code, counted[code])
		}
		err := tx.Later(ctx, `INSERT INTO item_use_day (day, base_code, uses) VALUES `+db.Values(n, 3, 1)+`
			ON CONFLICT (day, base_code) DO UPDATE SET uses = item_use_day.uses + excluded.uses`, args...)
		if err != nil {
			return err
		}
		codes = codes[n:]
	}
	return nil
}

func forgetUses(ctx context.Context, tx *db.Tx, before string) error {
	return tx.Later(ctx, `DELETE FROM item_use_day WHERE day < $1`, before)
}
