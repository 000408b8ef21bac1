package item

import (
	"context"
	"fmt"

	"xiangyun/internal/platform/db"
)

// countStanding counts those of some base items that are not cancelled.
func countStanding(ctx context.Context, tx *db.Tx, codes []string) (int, error) {
	args := anys(codes)
	return db.One[int](ctx, tx, `SELECT count(*) FROM item_base WHERE state <> 'cancelled' AND code IN (`+db.In(len(args), 1)+`)`, args...)
}

// count puts the new entries into the tally. Which they are is asked only where some were there before.
func (p manyClaims) count(ctx context.Context, tx *db.Tx, key string, made int, t ledger) error {
	if made == len(p.offices)*len(p.bases) {
		for _, o := range p.offices {
			for _, b := range p.bases {
				t.add(b, officeAt{o.ID, o.Region.String()}, 1)
			}
		}
		return nil
	}
	args := []any{key}
	for i, o := range p.offices {
		args = append(args, p.organs[i], o.Region)
	}
	return db.Each(ctx, tx, func(r entryPlace) error {
		t.add(r.BaseCode, officeAt{r.OfficeID, r.Region}, 1)
		return nil
	}, `WITH o(organ, region) AS (VALUES `+db.Values(len(p.offices), 2, 2)+`)
		SELECT e.base_code, e.office_id, e.region FROM o JOIN item_entry e ON e.region = o.region
		WHERE substr(e.version_id, 1, 24) = $1 AND e.code = o.organ || e.base_code`, args...)
}

// insertPortion makes the entries that lack, each with its first version, and returns how many and where. Their version keys are the first half of one fresh
// key and a count: still UUIDs, still in the order of their making.
func insertPortion(ctx context.Context, tx *db.Tx, p manyClaims, by string) (int, ledger, error) {
	t := newLedger()
	const half = 24 // of a key's 36 characters; the last twelve are the count
	key := db.NewKey()[:half]
	bases := func(args *[]any) string {
		from := len(*args) + 1
		for _, b := range p.bases {
			*args = append(*args, b)
		}
		return db.In(len(p.bases), from)
	}
	args := []any{key}
	for i, o := range p.offices {
		args = append(args, p.organs[i], o.ID, o.Path, o.Region)
	}
	made, err := tx.Exec(ctx, `WITH o(organ, id, path, region) AS (VALUES `+db.Values(len(p.offices), 4, 2)+`)
		INSERT INTO item_entry (code, base_code, office_id, office_path, region, state, reason, version, version_id)
		SELECT o.organ || b.code, b.code, o.id, o.path, o.region, 'in_use', '', 1,
			$1 || CAST(100000000000 + row_number() OVER (ORDER BY o.organ, b.code) AS text)
		FROM o CROSS JOIN item_base b WHERE b.code IN (`+bases(&args)+`) ORDER BY o.organ, b.code
		ON CONFLICT (code) DO NOTHING`, args...)
	if err != nil || made == 0 {
		return 0, t, err
	}
	args = []any{key, by, tx.Now}
	for i, o := range p.offices {
		args = append(args, p.organs[i], o.Region, o.Name, o.Code, db.JSON[Override]{V: Override{Contact: o.Contact}})
	}
	versions, err := tx.Exec(ctx, `WITH o(organ, region, name, code, override) AS (VALUES `+db.Values(len(p.offices), 5, 4)+`)
		INSERT INTO item_entry_version (id, entry_code, version, base_version_id, office_id, office_path, office_name, office_code, override,
			published_at, published_by)
		SELECT e.version_id, e.code, 1, b.version_id, e.office_id, e.office_path, o.name, o.code, o.override, $3, $2
		FROM o JOIN item_entry e ON e.region = o.region JOIN item_base b ON b.code = e.base_code
		WHERE substr(e.version_id, 1, 24) = $1 AND e.code = o.organ || e.base_code ORDER BY e.version_id`, args...)
	if err == nil && versions != made {
		err = fmt.Errorf("%d entries but %d versions", made, versions)
	}
	if err == nil {
		err = p.count(ctx, tx, key, int(made), t)
	}
	return int(made), t, err
}
