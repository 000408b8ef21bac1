package item

import (
	"context"
	"time"

	"xiangyun/internal/platform/db"
)

// exportedAfter reads entries not cancelled, by code.
func exportedAfter(ctx context.Context, tx *db.Tx, after string, limit int) ([]exported, error) {
	return db.All[exported](ctx, tx, `SELECT e.code, v.version, v.base_version_id, v.office_name, e.region, e.state, v.override AS said, v.published_at
		FROM item_entry e JOIN item_entry_version v ON v.id = e.version_id WHERE e.code > $1 AND e.state <> 'cancelled' ORDER BY e.code LIMIT $2`, after, limit)
}

// newestVersion is when the last version of anything was published; no rows when nothing was.
func newestVersion(ctx context.Context, tx *db.Tx) (time.Time, error) {
	return db.One[time.Time](ctx, tx, `SELECT published_at FROM (SELECT published_at FROM item_base_version UNION ALL SELECT published_at FROM item_entry_version) AS versions
		ORDER BY published_at DESC LIMIT 1`)
}
