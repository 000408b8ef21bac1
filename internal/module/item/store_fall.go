package item

import (
	"context"
	"slices"

	"xiangyun/internal/platform/db"
)

// fallingRow is an entry that falls out of its base item or comes back.
type fallingRow struct {
	Code       string
	OfficeID   string
	OfficePath string
	Region     string
	State      State  // how it stands, or stood
	Reason     string // of that
	Department string // of its base item when it fell out
	Why        string // level or department
	Now        string // what its guide says from then on
}

// standingEntries returns the entries of a base item that did not end.
func standingEntries(ctx context.Context, tx *db.Tx, base string) ([]fallingRow, error) {
	return db.All[fallingRow](ctx, tx, `SELECT code, office_id, office_path, region, state, reason FROM item_entry WHERE base_code = $1 AND state <> 'cancelled' ORDER BY code`, base)
}

// fallenEntries returns those that fell out of a base item and are not back.
func fallenEntries(ctx context.Context, tx *db.Tx, base string) ([]fallingRow, error) {
	return db.All[fallingRow](ctx, tx, `SELECT e.code, e.office_id, e.office_path, e.region, f.was AS state, f.reason, f.department, f.why
		FROM item_fallen f JOIN item_entry e ON e.code = f.entry_code WHERE f.base_code = $1 AND f.back_with = '' AND e.state = 'cancelled' ORDER BY e.code`, base)
}

func codesOf(rows []fallingRow) []any {
	codes := make([]any, len(rows))
	for i, r := range rows {
		codes[i] = r.Code
	}
	return codes
}

// endFalling ends entries and keeps how they stood.
func endFalling(ctx context.Context, tx *db.Tx, department, version string, rows []fallingRow) error {
	fallen := make([][]any, len(rows))
	for i, r := range rows {
		fallen[i] = []any{r.Code, version, r.Code[19:], r.Why, department, string(r.State), r.Reason, tx.Now}
	}
	for _, said := range []string{fellByLevel, fellByDepartment} {
		some := slices.DeleteFunc(slices.Clone(rows), func(r fallingRow) bool { return r.Now != said })
		for part := range slices.Chunk(some, statedBatch) {
			err := tx.Later(ctx, `UPDATE item_entry SET state = 'cancelled', reason = $1 WHERE code IN (`+db.In(len(part), 2)+`)`, append([]any{said}, codesOf(part)...)...)
			if err != nil {
				return err
			}
		}
	}
	return tx.Bulk(ctx, "item_fallen", []string{"entry_code", "version_id", "base_code", "why", "department", "was", "reason", "fallen_at"}, fallen)
}

// haveBack has entries stand as they did before they fell out; what their offices were asked then is answered by it.
func haveBack(ctx context.Context, tx *db.Tx, by, version string, rows []fallingRow) error {
	for part := range slices.Chunk(rows, statedBatch) {
		codes := codesOf(part)
		in := db.In(len(codes), 1)
		err := tx.Later(ctx, `UPDATE item_entry SET state = f.was, reason = f.reason FROM item_fallen f
			WHERE f.entry_code = item_entry.code AND f.back_with = '' AND item_entry.code IN (`+in+`)`, codes...)
		if err != nil {
			return err
		}
		err = tx.Later(ctx, `UPDATE item_todo SET closed_at = $1, closed_by = $2, answer = '—' WHERE kind = $3 AND closed_at IS NULL AND object IN (`+db.In(len(codes), 4)+`)`,
			append([]any{tx.Now, by, string(EntryFallen)}, codes...)...)
		if err != nil {
			return err
		}
		err = tx.Later(ctx, `UPDATE item_fallen SET back_with = $1 WHERE back_with = '' AND entry_code IN (`+db.In(len(codes), 2)+`)`, append([]any{version}, codes...)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// bulkTodos opens what cannot have been asked before.
func bulkTodos(ctx context.Context, tx *db.Tx, list []Todo) error {
	rows := make([][]any, len(list))
	for i, t := range list {
		rows[i] = []any{db.NewKey(), t.OfficePath, string(t.Kind), t.Object, t.Cause, t.Said, tx.Now, t.OpenedBy}
	}
	return tx.Bulk(ctx, "item_todo", []string{"id", "office_path", "kind", "object", "cause", "said", "opened_at", "opened_by"}, rows)
}

// fellWith is how many entries fell out, or came back, with a base version.
type fellWith struct {
	ID      string
	Entries int
}

// fallenWith counts what fell out with some base versions and what came back; of one entry where its code is given.
func fallenWith(ctx context.Context, tx *db.Tx, base, entry string, versions []string) (fallen, back map[string]int, err error) {
	count := func(column string) (map[string]int, error) {
		found := map[string]int{}
		args := append([]any{base, entry}, anys(versions)...)
		return found, db.Each(ctx, tx, func(r fellWith) error {
			found[r.ID] = r.Entries
			return nil
		}, `SELECT `+column+` AS id, count(*) AS entries FROM item_fallen WHERE base_code = $1 AND ($2 = '' OR entry_code = $2)
			AND `+column+` IN (`+db.In(len(versions), 3)+`) GROUP BY `+column, args...)
	}
	if len(versions) == 0 {
		return nil, nil, nil
	}
	if fallen, err = count("version_id"); err == nil {
		back, err = count("back_with")
	}
	return fallen, back, err
}

// endedForGood stands where the version stands that has an entry back: none will.
const endedForGood = "ended"

// fallenAmong returns those of some entries that fell out and may come back.
func fallenAmong(ctx context.Context, tx *db.Tx, codes []string) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT entry_code FROM item_fallen WHERE back_with = '' AND entry_code IN (`+db.In(len(codes), 1)+`) ORDER BY entry_code`, anys(codes)...)
}

// endForGood has entries that fell out never come back.
func endForGood(ctx context.Context, tx *db.Tx, codes []string) error {
	return tx.Later(ctx, `UPDATE item_fallen SET back_with = $1 WHERE back_with = '' AND entry_code IN (`+db.In(len(codes), 2)+`)`, append([]any{endedForGood}, anys(codes)...)...)
}
