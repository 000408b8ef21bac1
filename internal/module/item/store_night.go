package item

import (
	"context"
	"strings"

	"xiangyun/internal/platform/db"
)

const nightColumns = `run, begun_at, rules, part, reached, entries, astray, repaired, followed`

func nightOf(ctx context.Context, tx *db.Tx) (nightRow, error) {
	return db.One[nightRow](ctx, tx, `SELECT `+nightColumns+` FROM item_night WHERE id = 1`)
}

// moveNight moves a recount on from where a slice began, or begins it; errMoved when somebody else did.
func moveNight(ctx context.Context, tx *db.Tx, from, to nightRow) error {
	if from.Part == "bases" && from.Reached == "" { // the first slice, perhaps in the place of a recount by other rules
		if _, err := tx.Exec(ctx, `DELETE FROM item_night WHERE id = 1 AND rules <> $1`, from.Rules); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `INSERT INTO item_night (id, `+nightColumns+`) VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
			to.Run, to.BegunAt, to.Rules, to.Part, to.Reached, to.Entries, to.Astray, to.Repaired, to.Followed)
		if err == nil && n == 0 {
			err = errMoved
		}
		if err != nil {
			return err
		}
		return tx.Later(ctx, `DELETE FROM item_night_count`)
	}
	n, err := tx.Exec(ctx, `UPDATE item_night SET part = $1, reached = $2, entries = $3, astray = $4, repaired = $5, followed = $6
		WHERE id = 1 AND run = $7 AND part = $8 AND reached = $9`, to.Part, to.Reached, to.Entries, to.Astray, to.Repaired, to.Followed, from.Run, from.Part, from.Reached)
	if err == nil && n == 0 {
		err = errMoved
	}
	return err
}

// sliceOfBases compares the counters of some base items with their entries, all in one moment. Entries are counted from an index alone, see
// [countRegions].
func sliceOfBases(ctx context.Context, tx *db.Tx, after string, most int) (out slice, err error) {
	next, err := db.All[string](ctx, tx, `SELECT code FROM item_base WHERE code > $1 ORDER BY code LIMIT 1 OFFSET $2`, after, most-1)
	if err != nil {
		return out, err
	}
	where, args := between("base_code", after, next)
	found := map[string]int{}
	add := func(n entryCount) error {
		found[n.BaseCode] += n.Entries
		return nil
	}
	for _, q := range []string{`SELECT base_code, count(*) AS entries FROM item_entry WHERE ` + where + ` GROUP BY base_code`,
		`SELECT base_code, -count(*) AS entries FROM item_entry WHERE state = 'cancelled' AND ` + where + ` GROUP BY base_code`,
		`SELECT base_code, -count(*) AS entries FROM item_entry WHERE state <> 'cancelled' AND ` + where + ` AND base_code IN (SELECT code FROM item_base
			WHERE state = 'cancelled') GROUP BY base_code`} {
		if err := db.Each(ctx, tx, add, q, args...); err != nil {
			return out, err
		}
	}
	had, err := db.All[entryCount](ctx, tx, `SELECT base_code, entries FROM item_tally_base WHERE `+where, args...)
	if err != nil {
		return out, err
	}
	for _, h := range had {
		if found[h.BaseCode] != h.Entries {
			out.differ = append(out.differ, Repair{Tally: "base:" + h.BaseCode})
		}
		delete(found, h.BaseCode)
	}
	for code, n := range found {
		if n != 0 {
			out.differ = append(out.differ, Repair{Tally: "base:" + code})
		}
	}
	out.next = last(next)
	return out, nil
}

// between narrows a column to what comes after one value, up to another when there is one.
func between(column, after string, until []string) (where string, args []any) {
	where, args = column+" > $1", []any{after}
	if len(until) > 0 {
		where, args = where+" AND "+column+" <= $2", append(args, until[0])
	}
	return where, args
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

type slicedEntry struct {
	Code     string
	BaseCode string
	OfficeID string
	Region   string
	Followed bool   // it is on top of the base version in force
	Override string // JSON of an [Override]
}

// sliceOfEntries reads the entries of some regions and compares the counters of the offices there with them, all in one moment. An entry whose version
// is missing has not followed.
func sliceOfEntries(ctx context.Context, tx *db.Tx, after string, most int, checks []qualityCheck) (out slice, err error) {
	next, err := db.All[string](ctx, tx, `SELECT region FROM item_entry WHERE region > $1 ORDER BY region LIMIT 1 OFFSET $2`, after, most-1)
	if err != nil {
		return out, err
	}
	where, args := between("e.region", after, next)
	out.findings = map[finding]int{}
	found := map[officeAt]int{}
	said := map[string]map[string]bool{} // offices say the same of all their entries: each saying is read and checked once
	err = db.Each(ctx, tx, func(e slicedEntry) error {
		out.entries++
		found[officeAt{e.OfficeID, e.Region}]++
		if !e.Followed {
			out.astray = append(out.astray, e.Code)
		}
		failed, known := said[e.Override]
		if !known && e.Override != "" {
			var o db.JSON[Override]
			if err := o.Scan(e.Override); err != nil {
				return err
			}
			if failed, err = checkOverrideQuality(checks, o.V); err != nil {
				return err
			}
			said[e.Override] = failed
		}
		for rule := range failed {
			out.findings[finding{rule, e.BaseCode}]++
		}
		return nil
	}, `SELECT e.code, e.base_code, e.office_id, e.region, COALESCE(v.base_version_id = b.version_id, FALSE) AS followed, COALESCE(v.override, '') AS override
		FROM item_entry e JOIN item_base b ON b.code = e.base_code LEFT JOIN item_entry_version v ON v.id = e.version_id
		WHERE `+where+` AND e.state <> 'cancelled' AND b.state <> 'cancelled'`, args...)
	if err != nil {
		return out, err
	}
	had, err := db.All[officeCount](ctx, tx, `SELECT e.office_id, e.region, e.entries FROM item_tally_office e WHERE `+where, args...)
	if err != nil {
		return out, err
	}
	for _, h := range had {
		at := officeAt{h.OfficeID, h.Region}
		if found[at] != h.Entries {
			out.differ = append(out.differ, Repair{Tally: at.tally()})
		}
		delete(found, at)
	}
	for at := range found {
		out.differ = append(out.differ, Repair{Tally: at.tally()})
	}
	out.next = last(next)
	return out, nil
}

// tally is the name of an office's counter.
func (o officeAt) tally() string { return "office:" + o.id + "@" + o.region }

// countAgain returns what a counter has and what is to be counted; the revision must be held.
func countAgain(ctx context.Context, tx *db.Tx, tally string) (Repair, error) {
	r := Repair{Tally: tally}
	kind, name, _ := strings.Cut(tally, ":")
	have, count, args := `SELECT CAST(COALESCE(sum(entries), 0) AS bigint) FROM item_tally_base WHERE base_code = $1`,
		`SELECT count(*) FROM item_entry WHERE base_code = $1 AND `+living, []any{name}
	if kind == "office" {
		at := strings.LastIndexByte(name, '@')
		args = []any{name[:at], name[at+1:]}
		have, count = `SELECT CAST(COALESCE(sum(entries), 0) AS bigint) FROM item_tally_office WHERE office_id = $1 AND region = $2`,
			`SELECT count(*) FROM item_entry WHERE office_id = $1 AND region = $2 AND `+living
	}
	var err error
	if r.Had, err = db.One[int](ctx, tx, have, args...); err != nil {
		return r, err
	}
	r.Found, err = db.One[int](ctx, tx, count, args...)
	return r, err
}

// setTally gives one counter what was counted.
func setTally(ctx context.Context, tx *db.Tx, r Repair) error {
	kind, name, _ := strings.Cut(r.Tally, ":")
	if kind == "office" {
		at := strings.LastIndexByte(name, '@')
		return tx.Later(ctx, `INSERT INTO item_tally_office (office_id, region, entries) VALUES ($1, $2, $3)
			ON CONFLICT (office_id, region) DO UPDATE SET entries = excluded.entries`, name[:at], name[at+1:], r.Found)
	}
	return tx.Later(ctx, `INSERT INTO item_tally_base (base_code, entries) VALUES ($1, $2) ON CONFLICT (base_code) DO UPDATE SET entries = excluded.entries`, name, r.Found)
}

func addNightCounts(ctx context.Context, tx *db.Tx, findings map[finding]int) error {
	args := make([]any, 0, 3*min(len(findings), statedBatch))
	write := func() error {
		if len(args) == 0 {
			return nil
		}
		err := tx.Later(ctx, `INSERT INTO item_night_count (rule, base_code, findings) VALUES `+db.Values(len(args)/3, 3, 1)+`
			ON CONFLICT (rule, base_code) DO UPDATE SET findings = item_night_count.findings + excluded.findings`, args...)
		args = nil
		return err
	}
	for f, n := range findings {
		if args = append(args, f.rule, f.base, n); len(args) == 3*statedBatch {
			if err := write(); err != nil {
				return err
			}
		}
	}
	return write()
}

// takeNightCounts puts the findings of a recount in the place of those before, ends it, and returns how many there are.
func takeNightCounts(ctx context.Context, tx *db.Tx) (int, error) {
	for _, statement := range []string{`DELETE FROM item_quality_count`,
		`INSERT INTO item_quality_count (rule, base_code, findings) SELECT n.rule, n.base_code, n.findings FROM item_night_count n JOIN item_quality_rule r ON r.key = n.rule`,
		`DELETE FROM item_night_count`, `DELETE FROM item_night`} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return 0, err
		}
	}
	err := tx.Later(ctx, `INSERT INTO item_quality_counted (id, counted_at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET counted_at = excluded.counted_at`, tx.Now)
	if err != nil {
		return 0, err
	}
	return db.One[int](ctx, tx, `SELECT CAST(COALESCE(sum(findings), 0) AS bigint) FROM item_quality_count`)
}

// sizes are how much there is by the counters.
type sizes struct{ Bases, Offices int }

func tallySize(ctx context.Context, tx *db.Tx) (sizes, error) {
	return db.One[sizes](ctx, tx, `SELECT (SELECT count(*) FROM item_base WHERE state <> 'cancelled') AS bases,
		(SELECT count(DISTINCT office_id) FROM item_tally_office WHERE entries <> 0) AS offices`)
}

const dayColumns = `day, counted_at, bases, entries, offices, stated, astray, findings, repaired, followed`

// upsertCensusDay writes a day's history over that of an earlier recount of the day, whose repairs stay counted, and the entries it had follow.
func upsertCensusDay(ctx context.Context, tx *db.Tx, d CensusDay) error {
	return tx.Later(ctx, `INSERT INTO item_census_day (`+dayColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (day) DO UPDATE SET counted_at = excluded.counted_at, bases = excluded.bases, entries = excluded.entries, offices = excluded.offices,
		stated = excluded.stated, astray = excluded.astray, findings = excluded.findings, repaired = item_census_day.repaired + excluded.repaired,
		followed = item_census_day.followed + excluded.followed`,
		d.Day, d.CountedAt, d.Bases, d.Entries, d.Offices, d.Stated, d.Astray, d.Findings, d.Repaired, d.Followed)
}

func censusDays(ctx context.Context, tx *db.Tx, days int) ([]CensusDay, error) {
	return db.All[CensusDay](ctx, tx, `SELECT `+dayColumns+` FROM item_census_day ORDER BY day DESC LIMIT $1`, days)
}
