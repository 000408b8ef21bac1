package item

import (
	"context"
	"slices"
	"time"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

type statedRow struct {
	EntryCode string
	Element   string
	BaseCode  string
	Region    region.Code
	Level     int
	Said      string
	Digest    string
	Source    string
	StatedAt  time.Time
}

const statedColumns = `entry_code, element, base_code, region, level, said, digest, source, stated_at`

func elements(ctx context.Context, tx *db.Tx) ([]Element, error) {
	return db.All[Element](ctx, tx, `SELECT key, position, locked, keeper FROM item_element ORDER BY position`)
}

func setElementLocked(ctx context.Context, tx *db.Tx, key string, locked bool) (int64, error) {
	return tx.Exec(ctx, `UPDATE item_element SET locked = $1 WHERE key = $2 AND locked <> $1`, locked, key)
}

func setElementKeeper(ctx context.Context, tx *db.Tx, key string, level int) (int64, error) {
	return tx.Exec(ctx, `UPDATE item_element SET keeper = $1 WHERE key = $2 AND keeper <> $1`, level, key)
}

// insertElements writes what a base version says; a version never changes, so what is written stays right.
func insertElements(ctx context.Context, tx *db.Tx, version string, d *Definition) error {
	keys := ElementKeys()
	args := make([]any, 0, 4*len(keys))
	for _, key := range keys {
		value := ElementValue(d, key)
		args = append(args, version, key, value, textDigest(value))
	}
	return tx.Later(ctx, `INSERT INTO item_base_element (version_id, element, value, digest) VALUES `+db.Values(len(keys), 4, 1)+
		` ON CONFLICT (version_id, element) DO NOTHING`, args...)
}

func statedEntries(ctx context.Context, tx *db.Tx, codes []string) ([]statedEntry, error) {
	return db.All[statedEntry](ctx, tx, `SELECT e.code, e.base_code, b.version_id AS base_version_id, e.office_path, e.region
		FROM item_entry e JOIN item_base b ON b.code = e.base_code WHERE e.code IN (`+db.In(len(codes), 1)+`)`, anys(codes)...)
}

func statedOf(ctx context.Context, tx *db.Tx, codes []string) ([]statedRow, error) {
	return db.All[statedRow](ctx, tx, `SELECT `+statedColumns+` FROM item_stated WHERE entry_code IN (`+db.In(len(codes), 1)+`)`, anys(codes)...)
}

// statedKeys returns under which elements some entries say something of their own.
func statedKeys(ctx context.Context, tx *db.Tx, codes []string) ([]statedKey, error) {
	type row struct{ EntryCode, Element string }
	rows, err := db.All[row](ctx, tx, `SELECT entry_code, element FROM item_stated WHERE entry_code IN (`+db.In(len(codes), 1)+`)`, anys(codes)...)
	keys := make([]statedKey, len(rows))
	for n, r := range rows {
		keys[n] = statedKey{r.EntryCode, r.Element}
	}
	return keys, err
}

func statedOfBase(ctx context.Context, tx *db.Tx, base string) ([]statedRow, error) {
	return db.All[statedRow](ctx, tx, `SELECT `+statedColumns+` FROM item_stated WHERE base_code = $1`, base)
}

func upsertStated(ctx context.Context, tx *db.Tx, source string, list []statedRow) error {
	for part := range slices.Chunk(list, batch) {
		args := make([]any, 0, 9*len(part))
		for _, r := range part {
			args = append(args, r.EntryCode, r.Element, r.BaseCode, r.Region, r.Level, r.Said, r.Digest, source, tx.Now)
		}
		err := tx.Later(ctx, `INSERT INTO item_stated (`+statedColumns+`) VALUES `+db.Values(len(part), 9, 1)+` ON CONFLICT (entry_code, element)
			DO UPDATE SET said = excluded.said, digest = excluded.digest, source = excluded.source, stated_at = excluded.stated_at`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteStated forgets statements and returns how many there were.
func deleteStated(ctx context.Context, tx *db.Tx, list []statedKey) (gone int, err error) {
	for part := range slices.Chunk(list, statedBatch) {
		args := make([]any, 0, 2*len(part))
		for _, k := range part {
			args = append(args, k.Entry, k.Element)
		}
		n, err := tx.Exec(ctx, `DELETE FROM item_stated WHERE (entry_code, element) IN (VALUES `+db.Values(len(part), 2, 1)+`)`, args...)
		if err != nil {
			return 0, err
		}
		gone += int(n)
	}
	return gone, nil
}

// What the office's keepers are told to have answered when what waited has settled itself.
const (
	adopted = "已与基本目录一致"
	allowed = "要素已不再锁定，可以与基本目录不同"
)

// closeDeviations closes what waits for the keepers of entries of which no statement in a locked element is left.
func closeDeviations(ctx context.Context, tx *db.Tx, codes []string, by, answer string) error {
	for part := range slices.Chunk(codes, statedBatch) {
		args := append([]any{tx.Now, by, answer, EntryDeviates}, anys(part)...)
		err := tx.Later(ctx, `UPDATE item_todo SET closed_at = $1, closed_by = $2, answer = $3 WHERE kind = $4 AND closed_at IS NULL
			AND object IN (`+db.In(len(part), 5)+`) AND NOT EXISTS (SELECT 1 FROM item_stated s
				JOIN item_element l ON l.key = s.element WHERE s.entry_code = item_todo.object AND l.locked)`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// waitingIn returns the entries that say something of their own in an element and of which something waits for their keepers.
func waitingIn(ctx context.Context, tx *db.Tx, element string) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT s.entry_code FROM item_stated s JOIN item_todo t ON t.kind = $1 AND t.object = s.entry_code AND t.cause = $2
		WHERE s.element = $3 AND t.closed_at IS NULL ORDER BY s.entry_code`, EntryDeviates, causeStated, element)
}

// deviatingOffice is an entry that deviates, and whose it is.
type deviatingOffice struct {
	EntryCode  string
	OfficePath string
	Source     string
}

// deviatingIn returns the entries that deviate in one element.
func deviatingIn(ctx context.Context, tx *db.Tx, element string) ([]deviatingOffice, error) {
	return db.All[deviatingOffice](ctx, tx, `SELECT s.entry_code, e.office_path, s.source`+deviations+`WHERE`+deviating+`AND s.element = $1 ORDER BY s.entry_code`, element)
}

func statedRevision(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One[int64](ctx, tx, `SELECT number FROM item_stated_revision WHERE id = 1`)
}

func bumpStated(ctx context.Context, tx *db.Tx) error {
	return tx.Later(ctx, `UPDATE item_stated_revision SET number = number + 1 WHERE id = 1`)
}
