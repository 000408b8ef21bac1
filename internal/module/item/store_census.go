package item

import (
	"context"

	"xiangyun/internal/platform/db"
)

type entryCount struct {
	BaseCode string
	Entries  int
}

// countEntries hands over how many entries each base item has that are not cancelled. All are counted from the index item_entry_place alone, and
// the cancelled ones, as negative numbers, from theirs.
func countEntries(ctx context.Context, tx *db.Tx, f func(entryCount) error) error {
	err := db.Each(ctx, tx, f, `SELECT base_code, count(*) AS entries FROM item_entry GROUP BY base_code`)
	if err != nil {
		return err
	}
	return db.Each(ctx, tx, f, `SELECT base_code, -count(*) AS entries FROM item_entry WHERE state = 'cancelled' GROUP BY base_code`)
}

// countAstray counts the entries not cancelled that are not on top of the base version in force. The versions are read once from front to end, and
// an entry only where one is of another base version: looking up the version of each entry would take many times as long.
func countAstray(ctx context.Context, tx *db.Tx) (int, error) {
	return db.One[int](ctx, tx, `SELECT count(*) FROM item_entry_version v CROSS JOIN item_entry e
		WHERE v.base_version_id NOT IN (SELECT version_id FROM item_base) AND e.code = v.entry_code AND e.version_id = v.id AND e.state <> 'cancelled'`)
}

// countOffices counts the offices and regions of entries not cancelled. Each is found by stepping from one key of an index to the next: there are a
// hundred entries to an office, which need not be read.
func countOffices(ctx context.Context, tx *db.Tx) (offices, regions int, err error) {
	offices, err = db.One[int](ctx, tx, `WITH RECURSIVE step(path) AS (SELECT min(office_path) FROM item_entry
		UNION ALL SELECT (SELECT min(office_path) FROM item_entry WHERE office_path > step.path) FROM step WHERE step.path IS NOT NULL)
		SELECT count(DISTINCT (SELECT e.office_id FROM item_entry e WHERE e.office_path = step.path AND e.state <> 'cancelled' LIMIT 1)) FROM step`)
	if err != nil {
		return 0, 0, err
	}
	regions, err = db.One[int](ctx, tx, `WITH RECURSIVE step(region) AS (SELECT min(region) FROM item_entry
		UNION ALL SELECT (SELECT min(region) FROM item_entry WHERE region > step.region) FROM step WHERE step.region IS NOT NULL)
		SELECT count(*) FROM step WHERE EXISTS (SELECT 1 FROM item_entry e WHERE e.region = step.region AND e.state <> 'cancelled')`)
	return offices, regions, err
}
