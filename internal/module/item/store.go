package item

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// batch rows go into one INSERT: well under the engines' limits on bound values.
const batch = 60

type baseRow struct {
	Code      string
	State     State
	Reason    string
	Version   int
	VersionID string
}

type baseVersionRow struct {
	ID          string
	BaseCode    string
	Version     int
	Digest      string
	Definition  db.JSON[Definition]
	PublishedAt time.Time
	PublishedBy string
}

type entryRow struct {
	ID            string
	EntryCode     string
	Version       int
	BaseVersionID string
	OfficeID      string
	OfficePath    string
	OfficeName    string
	OfficeCode    string
	Override      db.JSON[Override]
	PublishedAt   time.Time
	Region        region.Code
	State         State
	Reason        string
	BaseState     State
	BaseReason    string
}

const entryColumns = `v.id, v.entry_code, v.version, v.base_version_id, v.office_id, v.office_path, v.office_name, v.office_code,
	v.override, v.published_at, e.region, e.state, e.reason, b.state AS base_state, b.reason AS base_reason`

const entryTables = ` FROM item_entry e JOIN item_entry_version v ON v.id = e.version_id JOIN item_base b ON b.code = e.base_code `

// standingRow is where an entry stands now.
type standingRow struct {
	VersionID  string
	State      State
	Reason     string
	BaseState  State
	BaseReason string
}

func standing(ctx context.Context, tx *db.Tx, code string) (standingRow, error) {
	return db.One[standingRow](ctx, tx, `SELECT e.version_id, e.state, e.reason, b.state AS base_state, b.reason AS base_reason
		FROM item_entry e JOIN item_base b ON b.code = e.base_code WHERE e.code = $1`, code)
}

// guidedRow is an entry as it stands now, and whether anything is to come for it or its base item.
type guidedRow struct {
	entryRow
	Planned bool
}

// guided reads all a guide needs of an entry at once. Plans are few, so that there are any is asked along, and what they are only then.
func guided(ctx context.Context, tx *db.Tx, code string) (guidedRow, error) {
	return db.One[guidedRow](ctx, tx, `SELECT `+entryColumns+`, EXISTS (SELECT 1 FROM item_plan p WHERE p.done = '' AND p.code IN (e.code, e.base_code)) AS planned`+
		entryTables+`WHERE e.code = $1`, code)
}

func entryByVersion(ctx context.Context, tx *db.Tx, id string) (entryRow, error) {
	return db.One[entryRow](ctx, tx, `SELECT `+entryColumns+` FROM item_entry_version v
		JOIN item_entry e ON e.code = v.entry_code JOIN item_base b ON b.code = e.base_code WHERE v.id = $1`, id)
}

// entriesOf returns every entry of a base item, for a keeper's work.
func entriesOf(ctx context.Context, tx *db.Tx, base string) ([]entryRow, error) {
	return db.All[entryRow](ctx, tx, `SELECT `+entryColumns+entryTables+`WHERE e.base_code = $1`, base)
}

// Grants tells whether an item leads to a certificate of a type at an office: an entry of exactly this office is in use, and its guide names the type.
func (s *Service) Grants(ctx context.Context, tx *db.Tx, certType, office string) (bool, error) {
	versions, err := db.All[string](ctx, tx, `SELECT DISTINCT v.base_version_id`+entryTables+`WHERE e.office_path = $1 AND e.state = 'in_use' AND b.state = 'in_use'`, office)
	if err != nil {
		return false, err
	}
	for _, id := range versions {
		if p, err := s.version(ctx, tx, id); err != nil || p.Guide.CertType == certType && certType != "" {
			return err == nil, err
		}
	}
	return false, nil
}

// Implementing returns the paths of the offices of a government that have an entry of a base item in use.
func (s *Service) Implementing(ctx context.Context, tx *db.Tx, base, government string) ([]string, error) {
	args := []any{base}
	where := db.PrefixAny("office_path", []string{government + "d"}, &args)
	return db.All[string](ctx, tx, `SELECT DISTINCT office_path FROM item_entry WHERE base_code = $1 AND state = 'in_use' AND `+where+` ORDER BY office_path LIMIT 200`, args...)
}

// placed is an entry in a stretch, by its number.
type placed struct {
	Region  string
	Code    string
	Stretch int
}

// placesIn returns where the entries of some stretches stand, cancelled ones too, in the order of the stretches and by region and code, at most limit of
// each. An index alone answers it: the planner of PostgreSQL takes several times as long over the same with the tables that say more.
func placesIn(ctx context.Context, tx *db.Tx, list []stretch, limit int) ([]placed, error) {
	args := []any{limit}
	parts := make([]string, len(list))
	for i, s := range list {
		args = append(args, s.base, s.after.Region, s.after.Code)
		n := len(args)
		parts[i] = `SELECT * FROM (SELECT e.region, e.code, ` + strconv.Itoa(i) + ` AS stretch FROM item_entry e WHERE e.base_code = ` + placeholder(n-2) +
			` AND (e.region, e.code) > (` + placeholder(n-1) + `, ` + placeholder(n) + `) AND ` + s.where.predicate(&args) +
			` ORDER BY e.region, e.code LIMIT $1) AS p` + strconv.Itoa(i)
	}
	rows, err := db.All[placed](ctx, tx, strings.Join(parts, " UNION ALL "), args...)
	slices.SortStableFunc(rows, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.Stretch, b.Stretch), strings.Compare(a.Region, b.Region), strings.Compare(a.Code, b.Code))
	})
	return rows, err
}

// standsAt returns where an entry stands in the lists.
func standsAt(ctx context.Context, tx *db.Tx, code string) (position, error) {
	return db.One[position](ctx, tx, `SELECT base_code, region, code FROM item_entry WHERE code = $1`, code)
}

// regionCode is an entry in its region.
type regionCode struct{ Region, Code string }

// codesIn returns the codes of every entry of a few regions, cancelled ones too, of these base items or of all when none is named: an index alone
// answers it.
func codesIn(ctx context.Context, tx *db.Tx, bases []string, regions scope) ([]regionCode, error) {
	var args []any
	where := regions.predicate(&args)
	if len(bases) > 0 {
		where += ` AND e.base_code IN (` + db.In(len(bases), len(args)+1) + `)`
		for _, b := range bases {
			args = append(args, b)
		}
	}
	return db.All[regionCode](ctx, tx, `SELECT e.region, e.code FROM item_entry e WHERE `+where, args...)
}

// entriesByCode returns the entries with these codes that are in use or paused, in the order of the codes. The state of the base item is looked up for each:
// asked to join, PostgreSQL reads every base item for twenty entries.
func entriesByCode(ctx context.Context, tx *db.Tx, codes []string) ([]entryRow, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	args := make([]any, len(codes))
	order := make(map[string]int, len(codes))
	for i, c := range codes {
		args[i], order[c] = c, i
	}
	rows, err := db.All[entryRow](ctx, tx, `SELECT v.id, v.entry_code, v.version, v.base_version_id, v.office_id, v.office_path, v.office_name, v.office_code,
		v.override, v.published_at, e.region, e.state, e.reason, (SELECT b.state FROM item_base b WHERE b.code = e.base_code) AS base_state,
		(SELECT b.reason FROM item_base b WHERE b.code = e.base_code) AS base_reason
		FROM item_entry e JOIN item_entry_version v ON v.id = e.version_id WHERE e.code IN (`+db.In(len(args), 1)+`) AND e.state <> 'cancelled'`, args...)
	slices.SortFunc(rows, func(a, b entryRow) int { return cmp.Compare(order[a.EntryCode], order[b.EntryCode]) })
	return rows, err
}

func baseByCode(ctx context.Context, tx *db.Tx, code string) (baseRow, error) {
	return db.One[baseRow](ctx, tx, `SELECT code, state, reason, version, version_id FROM item_base WHERE code = $1`, code)
}

func bases(ctx context.Context, tx *db.Tx) ([]baseRow, error) {
	return db.All[baseRow](ctx, tx, `SELECT code, state, reason, version, version_id FROM item_base WHERE state <> 'cancelled'`)
}

func baseVersion(ctx context.Context, tx *db.Tx, id string) (baseVersionRow, error) {
	return db.One[baseVersionRow](ctx, tx, `SELECT id, base_code, version, digest, definition, published_at, published_by
		FROM item_base_version WHERE id = $1`, id)
}

// basesInForce hands every version in force of a base item not cancelled to f: what a catalogue is made of, in one question.
func basesInForce(ctx context.Context, tx *db.Tx, f func(baseVersionRow) error) error {
	return db.Each(ctx, tx, f, `SELECT v.id, v.base_code, v.version, v.digest, v.definition, v.published_at, v.published_by
		FROM item_base b JOIN item_base_version v ON v.id = b.version_id WHERE b.state <> 'cancelled'`)
}

func insertBase(ctx context.Context, tx *db.Tx, r baseVersionRow) error {
	err := tx.Later(ctx, `INSERT INTO item_base (code, state, reason, version, version_id) VALUES ($1,'in_use','',$2,$3)
		ON CONFLICT (code) DO UPDATE SET version = excluded.version, version_id = excluded.version_id`, r.BaseCode, r.Version, r.ID)
	if err != nil {
		return err
	}
	return tx.Later(ctx, `INSERT INTO item_base_version (id, base_code, version, digest, definition, published_at, published_by)
		VALUES ($1,$2,$3,$4,$5,$6,$7)`, r.ID, r.BaseCode, r.Version, r.Digest, r.Definition, r.PublishedAt, r.PublishedBy)
}

// followBase gives every entry of a base item its next version, on top of the new base version: two statements however many entries there are.
// An entry version made so has the id of its base version and the code of its entry, "ID-CODE", which is as unique as both. The revision must be held: an
// entry that came between the two would be left on a version that is not there. One that stands on such a version all the same gets its next of the last
// it has.
func followBase(ctx context.Context, tx *db.Tx, to baseVersionRow) error {
	followed, err := tx.Exec(ctx, `INSERT INTO item_entry_version (id, entry_code, version, base_version_id, office_id, office_path, office_name, office_code,
		override, published_at, published_by)
		SELECT n.id || '-' || e.code, e.code, e.version + 1, n.id, v.office_id, v.office_path, v.office_name, v.office_code,
		v.override, n.published_at, n.published_by
		FROM item_base_version n JOIN item_entry e ON e.base_code = n.base_code JOIN item_entry_version v ON v.id = e.version_id
		WHERE n.id = $1`, to.ID)
	if err != nil {
		return err
	}
	moved, err := tx.Exec(ctx, `UPDATE item_entry SET version = version + 1, version_id = $1 || '-' || code WHERE base_code = $2`, to.ID, to.BaseCode)
	if err != nil || moved == followed {
		return err
	}
	return tx.Later(ctx, `INSERT INTO item_entry_version (id, entry_code, version, base_version_id, office_id, office_path, office_name, office_code,
		override, published_at, published_by)
		SELECT e.version_id, e.code, e.version, n.id, v.office_id, v.office_path, v.office_name, v.office_code, v.override, n.published_at, n.published_by
		FROM item_base_version n JOIN item_entry e ON e.base_code = n.base_code JOIN item_entry_version v ON v.entry_code = e.code
		WHERE n.id = $1 AND v.version = (SELECT max(p.version) FROM item_entry_version p WHERE p.entry_code = e.code)
		AND NOT EXISTS (SELECT 1 FROM item_entry_version x WHERE x.id = e.version_id)`, to.ID)
}

// newVersion is a version of an entry about to be written.
type newVersion struct {
	row  entryRow
	base string
	by   string
	was  string // id of the office of the version before; "" where it stays or there was none
}

// insertEntries writes new versions, a few statements for hundreds; the entries themselves appear or move to them.
func insertEntries(ctx context.Context, tx *db.Tx, list []newVersion) error {
	for len(list) > 0 {
		n := min(batch, len(list))
		var entries, versions []any
		for _, v := range list[:n] {
			r := v.row
			entries = append(entries, r.EntryCode, v.base, r.OfficeID, r.OfficePath, r.Region, r.State, r.Reason, r.Version, r.ID)
			versions = append(versions, r.ID, r.EntryCode, r.Version, r.BaseVersionID, r.OfficeID, r.OfficePath, r.OfficeName,
				r.OfficeCode, r.Override, r.PublishedAt, v.by)
		}
		err := tx.Later(ctx, `INSERT INTO item_entry (code, base_code, office_id, office_path, region, state, reason, version, version_id)
			VALUES `+db.Values(n, 9, 1)+` ON CONFLICT (code) DO UPDATE SET office_id = excluded.office_id,
			office_path = excluded.office_path, version = excluded.version, version_id = excluded.version_id`, entries...)
		if err != nil {
			return err
		}
		err = tx.Later(ctx, `INSERT INTO item_entry_version (id, entry_code, version, base_version_id, office_id, office_path,
			office_name, office_code, override, published_at, published_by) VALUES `+db.Values(n, 11, 1), versions...)
		if err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

func setBaseState(ctx context.Context, tx *db.Tx, code string, to State, reason string) (int64, error) {
	return tx.Exec(ctx, `UPDATE item_base SET state = $1, reason = $2 WHERE code = $3 AND state <> 'cancelled'`, to, reason, code)
}

func setEntryState(ctx context.Context, tx *db.Tx, code string, to State, reason string) (int64, error) {
	return tx.Exec(ctx, `UPDATE item_entry SET state = $1, reason = $2 WHERE code = $3 AND state <> 'cancelled'`, to, reason, code)
}

func revision(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One[int64](ctx, tx, `SELECT number FROM item_revision WHERE id = 1`)
}

func bumpRevision(ctx context.Context, tx *db.Tx) error {
	return tx.Later(ctx, `UPDATE item_revision SET number = number + 1 WHERE id = 1`)
}

// holdRevision has every other change of the library wait until this transaction ends, and this one until those before it ended. Whoever reads which
// base version is in force to write an entry on top of it, and whoever puts one in force, holds it before the first look: neither sees the other's rows
// before its commit.
func holdRevision(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `UPDATE item_revision SET number = number WHERE id = 1`); err != nil {
		return fmt.Errorf("holding the revision: %w", err)
	}
	return nil
}
