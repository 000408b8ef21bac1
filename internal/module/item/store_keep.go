package item

import (
	"context"
	"time"

	"xiangyun/internal/platform/db"
)

// entryCounts counts the living entries of some base items.
func entryCounts(ctx context.Context, tx *db.Tx, bases []string) (map[string]int, error) {
	counts := map[string]int{}
	if len(bases) == 0 {
		return counts, nil
	}
	type row struct {
		BaseCode string
		Entries  int
	}
	rows, err := db.All[row](ctx, tx, `SELECT base_code, count(*) AS entries FROM item_entry WHERE base_code IN (`+db.In(len(bases), 1)+`)
		AND `+living+` GROUP BY base_code`, anys(bases)...)
	for _, r := range rows {
		counts[r.BaseCode] = r.Entries
	}
	return counts, err
}

func cancelledBases(ctx context.Context, tx *db.Tx) ([]baseRow, error) {
	return db.All[baseRow](ctx, tx, `SELECT code, state, reason, version, version_id FROM item_base WHERE state = 'cancelled' ORDER BY code`)
}

func versionID(ctx context.Context, tx *db.Tx, code string, number int) (string, error) {
	return db.One[string](ctx, tx, `SELECT id FROM item_base_version WHERE base_code = $1 AND version = $2`, code, number)
}

func editions(ctx context.Context, tx *db.Tx, code string, before, limit int) ([]Edition, error) {
	args := []any{code, limit}
	where := ""
	if before > 0 {
		args = append(args, before)
		where = ` AND version < $3`
	}
	return db.All[Edition](ctx, tx, `SELECT id, version, published_at, published_by FROM item_base_version WHERE base_code = $1`+where+`
		ORDER BY version DESC LIMIT $2`, args...)
}

// affected counts by level, the digit behind the office's code.
func affected(ctx context.Context, tx *db.Tx, code string) ([]Affected, error) {
	return db.All[Affected](ctx, tx, `SELECT substr(code, 19, 1) AS level, count(*) AS entries, count(DISTINCT office_id) AS offices
		FROM item_entry WHERE base_code = $1 AND state <> 'cancelled' GROUP BY substr(code, 19, 1) ORDER BY substr(code, 19, 1)`, code)
}

// entriesWithin returns entries of offices after a code, ended ones too.
func entriesWithin(ctx context.Context, tx *db.Tx, reach []string, after string, limit int) ([]entryRow, error) {
	args := []any{after}
	where := db.PrefixAny("e.office_path", reach, &args)
	args = append(args, limit)
	return db.All[entryRow](ctx, tx, `SELECT `+entryColumns+entryTables+`WHERE e.code > $1 AND `+where+` ORDER BY e.code LIMIT `+
		placeholder(len(args)), args...)
}

// entriesOfOffice returns every entry of one office that did not end.
func entriesOfOffice(ctx context.Context, tx *db.Tx, office string, reach []string) ([]entryRow, error) {
	args := []any{office}
	where := db.PrefixAny("e.office_path", reach, &args)
	return db.All[entryRow](ctx, tx, `SELECT `+entryColumns+entryTables+`WHERE e.office_id = $1 AND e.state <> 'cancelled' AND `+where+
		` ORDER BY e.code`, args...)
}

type uptake struct{ BaseCode, OfficeID string }

// takenUp returns who within some offices has taken up which of some base items, ended ones too: what ended is not taken up again.
func takenUp(ctx context.Context, tx *db.Tx, bases, reach []string) (map[uptake]bool, error) {
	args := anys(bases)
	where := db.PrefixAny("office_path", reach, &args)
	rows, err := db.All[uptake](ctx, tx, `SELECT base_code, office_id FROM item_entry WHERE base_code IN (`+db.In(len(bases), 1)+`) AND `+where, args...)
	found := make(map[uptake]bool, len(rows))
	for _, r := range rows {
		found[r] = true
	}
	return found, err
}

// anyContact returns what an office says of itself in the entry it published last, nothing for an office without entries.
func anyContact(ctx context.Context, tx *db.Tx, office string) (Contact, error) {
	rows, err := db.All[db.JSON[Override]](ctx, tx, `SELECT v.override FROM item_entry e JOIN item_entry_version v ON v.id = e.version_id
		WHERE e.office_id = $1 ORDER BY v.published_at DESC LIMIT 1`, office)
	if err != nil || len(rows) == 0 {
		return Contact{}, err
	}
	return rows[0].V.Contact, nil
}

// entryVersionRow is one version of an entry as it was published.
type entryVersionRow struct {
	Version       int
	BaseVersionID string
	OfficeName    string
	Override      db.JSON[Override]
	PublishedAt   time.Time
	PublishedBy   string
}

// entryVersions returns versions of an entry before one, newest first; 0 begins with the newest.
func entryVersions(ctx context.Context, tx *db.Tx, code string, before, limit int) ([]entryVersionRow, error) {
	args := []any{code, limit}
	where := ""
	if before > 0 {
		args = append(args, before)
		where = ` AND version < $3`
	}
	return db.All[entryVersionRow](ctx, tx, `SELECT version, base_version_id, office_name, override, published_at, published_by FROM item_entry_version
		WHERE entry_code = $1`+where+` ORDER BY version DESC LIMIT $2`, args...)
}
