package item

import (
	"context"
	"strconv"
	"time"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

type regionCount struct {
	Region  region.Code
	Entries int
}

// countRegions counts the living entries of each region. All are counted from the index item_entry_region alone, the cancelled ones
// from theirs and those whose base item ended from that of the base item: a tenth of the time it takes to read a million rows for their state.
func countRegions(ctx context.Context, tx *db.Tx, f func(regionCount) error) error {
	err := db.Each(ctx, tx, f, `SELECT region, count(*) AS entries FROM item_entry GROUP BY region`)
	if err != nil {
		return err
	}
	if err := db.Each(ctx, tx, f, `SELECT region, -count(*) AS entries FROM item_entry WHERE state = 'cancelled' GROUP BY region`); err != nil {
		return err
	}
	return db.Each(ctx, tx, f, `SELECT e.region, -count(*) AS entries FROM item_base b CROSS JOIN item_entry e
		WHERE b.state = 'cancelled' AND e.base_code = b.code AND e.state <> 'cancelled' GROUP BY e.region`)
}

// deviations are the statements that differ from the base in force, in locked elements of living entries. The joins are CROSS so that
// SQLite keeps their order: the statements are few, and begun with them a page is read from where it starts.
const (
	deviations = ` FROM item_stated s CROSS JOIN item_entry e CROSS JOIN item_base b CROSS JOIN item_base_element v CROSS JOIN item_element l `
	deviating  = ` e.code = s.entry_code AND e.state <> 'cancelled' AND b.code = s.base_code AND b.state <> 'cancelled' AND v.version_id = b.version_id AND v.element = s.element
		AND v.digest <> s.digest AND l.key = s.element AND l.locked `
)

type deviatingRow struct {
	EntryCode string
	Element   string
	Level     int
	Place     string
}

// eachDeviation hands over what deviates, one entry after the other.
func eachDeviation(ctx context.Context, tx *db.Tx, f func(deviatingRow) error) error {
	return db.Each(ctx, tx, f, `SELECT s.entry_code, s.element, s.level, substr(s.region, 1, 6) AS place`+deviations+`WHERE`+deviating+`ORDER BY s.entry_code, s.element`)
}

// countDeviations counts the statements that differ, and where they stand.
func countDeviations(ctx context.Context, tx *db.Tx) (int, error) {
	return db.One[int](ctx, tx, `SELECT count(*)`+deviations+`WHERE`+deviating)
}

func upsertDay(ctx context.Context, tx *db.Tx, day string, level int, rows map[string]Compared) error {
	args := make([]any, 0, 5*len(rows))
	for element, n := range rows {
		args = append(args, day, level, element, n.Entries, n.Deviating)
	}
	return tx.Later(ctx, `INSERT INTO item_consistency_day (day, level, element, entries, deviating) VALUES `+db.Values(len(rows), 5, 1)+`
		ON CONFLICT (day, level, element) DO UPDATE SET entries = excluded.entries, deviating = excluded.deviating`, args...)
}

type dayRow struct {
	Day       string
	Entries   int
	Deviating int
}

// daysOf returns the last days, newest first; five rows of a day stand together at the end of the key.
func daysOf(ctx context.Context, tx *db.Tx, element string, days int) ([]dayRow, error) {
	return db.All[dayRow](ctx, tx, `SELECT day, CAST(sum(entries) AS bigint) AS entries, CAST(sum(deviating) AS bigint) AS deviating FROM item_consistency_day
		WHERE element = $1 GROUP BY day ORDER BY day DESC LIMIT $2`, element, days)
}

type deviationRow struct {
	EntryCode  string
	Element    string
	BaseCode   string
	Region     region.Code
	Level      int
	Said       string
	Value      string
	Source     string
	StatedAt   time.Time
	OfficePath string
	OfficeName string
}

// predicate narrows what [deviations] finds; args holds what is bound before.
func (q DeviationQuery) predicate(reach []string, args *[]any) string {
	where := db.PrefixAny("e.office_path", reach, args)
	equal := func(column string, value any) {
		*args = append(*args, value)
		where += " AND " + column + " = $" + strconv.Itoa(len(*args))
	}
	if q.Element != "" {
		equal("s.element", q.Element)
	}
	if q.Level != 0 {
		equal("s.level", q.Level)
	}
	if q.Base != "" {
		equal("s.base_code", q.Base)
	}
	if q.Entry != "" {
		equal("s.entry_code", q.Entry)
	}
	if !q.Region.IsZero() {
		where += " AND " + db.PrefixAny("s.region", []string{q.Region.Prefix()}, args)
	}
	return where
}

func deviationsAfter(ctx context.Context, tx *db.Tx, reach []string, q DeviationQuery, limit int) ([]deviationRow, error) {
	args := []any{q.After.Entry, q.After.Element}
	where := q.predicate(reach, &args)
	args = append(args, limit)
	return db.All[deviationRow](ctx, tx, `SELECT s.entry_code, s.element, s.base_code, s.region, s.level, s.said, v.value, s.source, s.stated_at,
		e.office_path, n.office_name`+deviations+`CROSS JOIN item_entry_version n
		WHERE`+deviating+`AND n.id = e.version_id AND (s.entry_code, s.element) > ($1, $2) AND `+where+` ORDER BY s.entry_code, s.element LIMIT $`+strconv.Itoa(len(args)), args...)
}

// deviationKeys returns what a query finds, without its words.
func deviationKeys(ctx context.Context, tx *db.Tx, reach []string, q DeviationQuery, limit int) ([]statedKey, error) {
	args := []any{q.After.Entry, q.After.Element}
	where := q.predicate(reach, &args)
	args = append(args, limit)
	type row struct{ EntryCode, Element string }
	rows, err := db.All[row](ctx, tx, `SELECT s.entry_code, s.element`+deviations+`WHERE`+deviating+`AND (s.entry_code, s.element) > ($1, $2) AND `+where+`
		ORDER BY s.entry_code, s.element LIMIT $`+strconv.Itoa(len(args)), args...)
	keys := make([]statedKey, len(rows))
	for i, r := range rows {
		keys[i] = statedKey{r.EntryCode, r.Element}
	}
	return keys, err
}
