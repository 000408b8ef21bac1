package item

import (
	"context"
	"time"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// astray finds entries not on top of the base version in force. What followed the last publication says so in the key of its version and is passed over
// without a look at the version; of a base item with a single version no entry can have stayed behind.
const astray = ` FROM item_base b JOIN item_entry e ON e.base_code = b.code WHERE b.version > 1 AND b.state <> 'cancelled' AND e.state <> 'cancelled' AND e.version_id <> b.version_id || '-' || e.code
	AND COALESCE((SELECT v.base_version_id FROM item_entry_version v WHERE v.id = e.version_id), '') <> b.version_id`

// countAstray counts the living entries that are not on top of the base version in force.
func countAstray(ctx context.Context, tx *db.Tx) (int, error) {
	return db.One[int](ctx, tx, `SELECT count(*)`+astray)
}

func straysOf(ctx context.Context, tx *db.Tx) ([]stray, error) {
	return db.All[stray](ctx, tx, `SELECT e.code, e.region, COALESCE((SELECT v.base_version_id FROM item_entry_version v WHERE v.id = e.version_id), '') AS stands,
		b.version_id AS in_force`+astray)
}

// strayRow is an entry that is astray, with what its next version is made of.
type strayRow struct {
	Code       string
	OfficeID   string
	OfficePath string
	Region     region.Code
	State      State
	Reason     string
	Version    int
	VersionID  string // where it stands
	InForce    string // the base version
	Latest     int    // number of the last version it has; 0 for none
	OfficeName string
	OfficeCode string
	Override   db.JSON[Override]
}

// strayRows returns those of some entries that are astray still.
func strayRows(ctx context.Context, tx *db.Tx, codes []string) ([]strayRow, error) {
	return db.All[strayRow](ctx, tx, `SELECT e.code, e.office_id, e.office_path, e.region, e.state, e.reason, e.version, e.version_id, b.version_id AS in_force,
		COALESCE((SELECT max(l.version) FROM item_entry_version l WHERE l.entry_code = e.code), 0) AS latest,
		COALESCE(v.office_name, '') AS office_name, COALESCE(v.office_code, '') AS office_code, COALESCE(v.override, '{}') AS override
		FROM item_entry e JOIN item_base b ON b.code = e.base_code
		LEFT JOIN item_entry_version v ON v.id = COALESCE((SELECT x.id FROM item_entry_version x WHERE x.id = e.version_id),
			(SELECT p.id FROM item_entry_version p WHERE p.entry_code = e.code ORDER BY p.version DESC LIMIT 1))
		WHERE e.code IN (`+db.In(len(codes), 1)+`) AND e.state <> 'cancelled' AND (v.id IS NULL OR v.id <> e.version_id OR v.base_version_id <> b.version_id)
		ORDER BY e.code`, anys(codes)...)
}

// entry is the version that follows.
func (r strayRow) entry(at time.Time) entryRow {
	return entryRow{ID: db.NewKey(), EntryCode: r.Code, Version: max(r.Version, r.Latest) + 1, BaseVersionID: r.InForce, OfficeID: r.OfficeID, OfficePath: r.OfficePath,
		OfficeName: r.OfficeName, OfficeCode: r.OfficeCode, Override: r.Override, PublishedAt: at, Region: r.Region, State: r.State, Reason: r.Reason}
}
