package item

import (
	"context"
	"errors"
	"time"

	"xiangyun/internal/platform/db"
)

// addToTally adds to the counts, a few statements for thousands.
func addToTally(ctx context.Context, tx *db.Tx, t ledger) error {
	const atOnce = 300
	bases, offices := t.rows()
	for len(bases) > 0 {
		n := min(2*atOnce, len(bases))
		err := tx.Later(ctx, `INSERT INTO item_tally_base (base_code, entries) VALUES `+db.Values(n/2, 2, 1)+`
			ON CONFLICT (base_code) DO UPDATE SET entries = item_tally_base.entries + excluded.entries`, bases[:n]...)
		if err != nil {
			return err
		}
		bases = bases[n:]
	}
	for len(offices) > 0 {
		n := min(3*atOnce, len(offices))
		err := tx.Later(ctx, `INSERT INTO item_tally_office (office_id, region, entries) VALUES `+db.Values(n/3, 3, 1)+`
			ON CONFLICT (office_id, region) DO UPDATE SET entries = item_tally_office.entries + excluded.entries`, offices[:n]...)
		if err != nil {
			return err
		}
		offices = offices[n:]
	}
	return nil
}

// entryPlace tells whose an entry is.
type entryPlace struct {
	BaseCode, OfficeID, Region string
	BaseState                  State
}

func placeOf(ctx context.Context, tx *db.Tx, code string) (entryPlace, error) {
	return db.One[entryPlace](ctx, tx, `SELECT e.base_code, e.office_id, e.region, b.state AS base_state FROM item_entry e JOIN item_base b ON b.code = e.base_code
		WHERE e.code = $1`, code)
}

type entryCount struct {
	BaseCode string
	Entries  int
}

type officeCount struct {
	OfficeID string
	Region   string
	Entries  int
}

// talliedEntries are the counters of the entries of each base item.
func talliedEntries(ctx context.Context, tx *db.Tx) ([]entryCount, error) {
	return db.All[entryCount](ctx, tx, `SELECT base_code, entries FROM item_tally_base WHERE entries <> 0 ORDER BY base_code`)
}

func talliedOffices(ctx context.Context, tx *db.Tx) ([]officeCount, error) {
	return db.All[officeCount](ctx, tx, `SELECT office_id, region, entries FROM item_tally_office WHERE entries <> 0 ORDER BY office_id, region`)
}

// living are the entries that count: neither they nor their base items ended. An entry ends with its base item, for ever, though its own row says nothing
// of it.
const living = `state <> 'cancelled' AND base_code NOT IN (SELECT code FROM item_base WHERE state = 'cancelled')`

// countedEntries are the same counted from the entries themselves.
func countedEntries(ctx context.Context, tx *db.Tx) ([]entryCount, error) {
	return db.All[entryCount](ctx, tx, `SELECT base_code, count(*) AS entries FROM item_entry WHERE `+living+` GROUP BY base_code ORDER BY base_code`)
}

func countedOffices(ctx context.Context, tx *db.Tx) ([]officeCount, error) {
	return db.All[officeCount](ctx, tx, `SELECT office_id, region, count(*) AS entries FROM item_entry WHERE `+living+`
		GROUP BY office_id, region ORDER BY office_id, region`)
}

// livingOf counts the entries of a base item that did not end themselves, by office: what ends with it.
func livingOf(ctx context.Context, tx *db.Tx, base string) ([]officeCount, error) {
	return db.All[officeCount](ctx, tx, `SELECT office_id, region, count(*) AS entries FROM item_entry WHERE base_code = $1 AND state <> 'cancelled'
		GROUP BY office_id, region`, base)
}

// lastRecount is what the last recount found; zero when there was none.
func lastRecount(ctx context.Context, tx *db.Tx) (at time.Time, astray int, err error) {
	type row struct {
		CountedAt time.Time
		Astray    int
	}
	r, err := db.One[row](ctx, tx, `SELECT counted_at, astray FROM item_recount WHERE id = 1`)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return r.CountedAt, r.Astray, err
}

// replaceTally gives every counter its right value.
func replaceTally(ctx context.Context, tx *db.Tx, right ledger) error {
	for _, statement := range []string{`DELETE FROM item_tally_base`, `DELETE FROM item_tally_office`} {
		if err := tx.Later(ctx, statement); err != nil {
			return err
		}
	}
	return addToTally(ctx, tx, right)
}

// noteRecount keeps what the last recount found.
func noteRecount(ctx context.Context, tx *db.Tx, astray int) error {
	return tx.Later(ctx, `INSERT INTO item_recount (id, counted_at, astray) VALUES (1, $1, $2)
		ON CONFLICT (id) DO UPDATE SET counted_at = excluded.counted_at, astray = excluded.astray`, tx.Now, astray)
}
