package item

import (
	"context"
	"slices"

	"xiangyun/internal/platform/db"
)

const importColumns = `id, digest, name, state, file, file_rows, place, bytes, bytes_done, read_rows, bases, entries, ended, same, passed, stated,
	agreed, mistakes, kinds, started_at, moved_at, ended_at, started_by`

func importByDigest(ctx context.Context, tx *db.Tx, digest string) (ImportRun, error) {
	return db.One[ImportRun](ctx, tx, `SELECT `+importColumns+` FROM item_import WHERE digest = $1`, digest)
}

func importByID(ctx context.Context, tx *db.Tx, id string) (ImportRun, error) {
	return db.One[ImportRun](ctx, tx, `SELECT `+importColumns+` FROM item_import WHERE id = $1`, id)
}

func importRuns(ctx context.Context, tx *db.Tx, before string, limit int) ([]ImportRun, error) {
	if before == "" {
		before = "z" // after every key
	}
	return db.All[ImportRun](ctx, tx, `SELECT `+importColumns+` FROM item_import WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
}

func importMistakes(ctx context.Context, tx *db.Tx, id string, after int64, limit int) ([]Mistake, error) {
	return db.All[Mistake](ctx, tx, `SELECT file, row_number, place, column_name, kind, said FROM item_import_mistake
		WHERE import_id = $1 AND number > $2 ORDER BY number LIMIT $3`, id, after, limit)
}

func insertImport(ctx context.Context, tx *db.Tx, r ImportRun) error {
	return tx.Later(ctx, `INSERT INTO item_import (`+importColumns+`) VALUES (`+db.In(23, 1)+`)`, r.ID, r.Digest, r.Name, r.State, r.File, r.FileRows,
		r.Place, r.Bytes, r.BytesDone, r.ReadRows, r.Bases, r.Entries, r.Ended, r.Same, r.Passed, r.Stated, r.Agreed, r.Mistakes, r.Kinds, r.StartedAt, r.MovedAt, r.EndedAt, r.StartedBy)
}

// moveImport writes where a run stands; otherwise is returned when it does not stand where it did: somebody else goes on with it.
func moveImport(ctx context.Context, tx *db.Tx, from, to ImportRun, otherwise error) error {
	return tx.LaterOne(ctx, otherwise, `UPDATE item_import SET file = $1, file_rows = $2, place = $3, bytes_done = $4, read_rows = $5, bases = $6, entries = $7,
		same = $8, passed = $9, stated = $10, mistakes = $11, kinds = $12, moved_at = $13, ended = $14, agreed = $15
		WHERE id = $16 AND state = 'running' AND file = $17 AND file_rows = $18`, to.File, to.FileRows, to.Place, to.BytesDone, to.ReadRows, to.Bases, to.Entries,
		to.Same, to.Passed, to.Stated, to.Mistakes, to.Kinds, tx.Now, to.Ended, to.Agreed, to.ID, from.File, from.FileRows)
}

func endImport(ctx context.Context, tx *db.Tx, r ImportRun) error {
	return tx.Later(ctx, `UPDATE item_import SET state = 'finished', ended_at = $1 WHERE id = $2 AND state = 'running'`, r.EndedAt, r.ID)
}

func forgetImport(ctx context.Context, tx *db.Tx, id string) error {
	if err := tx.Later(ctx, `DELETE FROM item_import_mistake WHERE import_id = $1`, id); err != nil {
		return err
	}
	return tx.Later(ctx, `DELETE FROM item_import WHERE id = $1`, id)
}

func insertMistakes(ctx context.Context, tx *db.Tx, id string, from int64, list []Mistake) error {
	rows := make([][]any, len(list))
	for i, m := range list {
		rows[i] = []any{id, from + int64(i) + 1, m.File, m.Row, m.Place, m.Column, m.Kind, m.Said}
	}
	return tx.Bulk(ctx, "item_import_mistake", []string{"import_id", "number", "file", "row_number", "place", "column_name", "kind", "said"}, rows)
}

// entriesWith returns the entries with these codes, those that exist.
func entriesWith(ctx context.Context, tx *db.Tx, codes []any) ([]entryRow, error) {
	return db.All[entryRow](ctx, tx, `SELECT `+entryColumns+entryTables+`WHERE e.code IN (`+db.In(len(codes), 1)+`)`, codes...)
}

// inForce is which version of a base item is in force, and how the item stands.
type inForce struct {
	Code, VersionID string
	State           State
}

func versionsInForce(ctx context.Context, tx *db.Tx, codes []string) (list []inForce, err error) {
	for part := range slices.Chunk(codes, statedBatch) {
		rows, err := db.All[inForce](ctx, tx, `SELECT code, version_id, state FROM item_base WHERE code IN (`+db.In(len(part), 1)+`)`, anys(part)...)
		if err != nil {
			return nil, err
		}
		list = append(list, rows...)
	}
	return list, nil
}

// there returns which of these codes are entries.
func there(ctx context.Context, tx *db.Tx, codes []any) (map[string]bool, error) {
	list, err := db.All[string](ctx, tx, `SELECT code FROM item_entry WHERE code IN (`+db.In(len(codes), 1)+`)`, codes...)
	found := make(map[string]bool, len(list))
	for _, c := range list {
		found[c] = true
	}
	return found, err
}

// bulkEntries writes entries that are not there, with their first versions.
func bulkEntries(ctx context.Context, tx *db.Tx, list []newVersion) error {
	entries, versions := make([][]any, len(list)), make([][]any, len(list))
	for i, v := range list {
		r := &v.row
		override, err := r.Override.Value()
		if err != nil {
			return err
		}
		entries[i] = []any{r.EntryCode, v.base, r.OfficeID, r.OfficePath, r.Region.String(), string(r.State), r.Reason, int64(r.Version), r.ID}
		versions[i] = []any{r.ID, r.EntryCode, int64(r.Version), r.BaseVersionID, r.OfficeID, r.OfficePath, r.OfficeName, r.OfficeCode, override,
			r.PublishedAt, v.by}
	}
	err := tx.Bulk(ctx, "item_entry", []string{"code", "base_code", "office_id", "office_path", "region", "state", "reason", "version", "version_id"}, entries)
	if err != nil {
		return err
	}
	return tx.Bulk(ctx, "item_entry_version", []string{"id", "entry_code", "version", "base_version_id", "office_id", "office_path", "office_name", "office_code",
		"override", "published_at", "published_by"}, versions)
}
