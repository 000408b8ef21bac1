package item

import (
	"context"

	"xiangyun/internal/platform/db"
)

// exportedAfter reads entries not cancelled, by code.
func exportedAfter(ctx context.Context, tx *db.Tx, after string, limit int) ([]exported, error) {
	return db.All[exported](ctx, tx, `SELECT e.code, v.version, v.base_version_id, v.office_name, e.region, e.state, v.override, v.published_at
		FROM item_entry e JOIN item_entry_version v ON v.id = e.version_id WHERE e.code > $1 AND e.state <> 'cancelled' ORDER BY e.code LIMIT $2`, after, limit)
}
