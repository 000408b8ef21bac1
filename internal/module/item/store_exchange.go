package item

import (
	"context"
	"time"

	"xiangyun/internal/platform/db"
)

// exportedPage are the entries of a page that were published at one time. An engine hands over one long text in a fraction of the time it takes for
// as many rows of many columns.
type exportedPage struct {
	PublishedAt time.Time
	Lines       string
}

// What stands between the fields of an exported line, and between lines.
const (
	betweenFields = "\x1f"
	betweenLines  = "\x1e"
)

// ofFamily narrows entries to a family of tables. The kind of an item stands in its code.
var ofFamily = map[int]string{bothFamilies: "", 0: " AND substr(e.base_code, 3, 2) <> '20'", 1: " AND substr(e.base_code, 3, 2) = '20'"}

// exportedAfter reads the next entries not cancelled, by code: at most limit of a family. An override is JSON, where no such separator can be; the
// name of an office may hold anything and stands last.
func exportedAfter(ctx context.Context, tx *db.Tx, family int, after string, limit int) ([]exportedPage, error) {
	return db.All[exportedPage](ctx, tx, `SELECT published_at, string_agg(line, $4) AS lines FROM (
		SELECT v.published_at, e.code || $3 || v.version || $3 || v.base_version_id || $3 || e.region || $3 || e.state || $3 || v.override || $3 ||
			replace(v.office_name, $4, ' ') AS line
		FROM item_entry e JOIN item_entry_version v ON v.id = e.version_id
		WHERE e.code > $1 AND e.state <> 'cancelled'`+ofFamily[family]+` ORDER BY e.code LIMIT $2) AS page GROUP BY published_at`,
		after, limit, betweenFields, betweenLines)
}

// newestVersion is when the last version of anything was published; no rows when nothing was.
func newestVersion(ctx context.Context, tx *db.Tx) (time.Time, error) {
	return db.One[time.Time](ctx, tx, `SELECT published_at FROM (SELECT published_at FROM item_base_version UNION ALL SELECT published_at FROM item_entry_version) AS versions
		ORDER BY published_at DESC LIMIT 1`)
}
