package power

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// batch rows go into one INSERT: well under the engines' limits on bound values.
const batch = 60

type versionRow struct {
	ID          string
	Code        string
	Number      int
	Change      Change
	State       State
	FromOn      civil.Date
	NextOn      civil.Date // first day of the version after it; zero for the last
	Reason      string
	Digest      string
	Definition  db.JSON[Definition]
	PublishedAt time.Time
	PublishedBy string
}

func (r versionRow) version() Version {
	v := Version{ID: r.ID, Version: r.Number, Change: r.Change, State: r.State, From: r.FromOn, Reason: r.Reason, Digest: r.Digest, Definition: r.Definition.V,
		PublishedAt: r.PublishedAt, PublishedBy: r.PublishedBy}
	switch {
	case r.NextOn.IsZero():
	case r.NextOn.After(r.FromOn):
		v.Until = r.NextOn.Add(-1)
	default: // replaced on its first day
		v.Until = r.FromOn
	}
	return v
}

// on is the version with the state in which the power is on a day.
func (r versionRow) on(day civil.Date) Version {
	v := r.version()
	if v.From.After(day) {
		v.State = Planned
	}
	return v
}

const versionColumns = `v.id, v.code, v.version AS number, v.change, v.state, v.from_on, v.reason, v.digest, v.definition, v.published_at, v.published_by,
(SELECT n.from_on FROM power_version n WHERE n.code = v.code AND n.version = v.version + 1) AS next_on`

// standing is the version that says where a power stands on the day $1: the last that has begun, or the first of one that has not.
const standing = `v.version = COALESCE((SELECT max(b.version) FROM power_version b WHERE b.code = v.code AND b.from_on <= $1), 1)`

func lastVersion(ctx context.Context, tx *db.Tx, code string) (Version, error) {
	r, err := db.One[versionRow](ctx, tx, `SELECT `+versionColumns+` FROM power_version v WHERE v.code = $1 ORDER BY v.version DESC LIMIT 1`, code)
	return r.version(), err
}

func oneVersion(ctx context.Context, tx *db.Tx, code string, version int) (Version, error) {
	r, err := db.One[versionRow](ctx, tx, `SELECT `+versionColumns+` FROM power_version v WHERE v.code = $1 AND v.version = $2`, code, version)
	return r.version(), err
}

// mostVersions bounds the history a page shows: a power is adjusted a few times in a decade.
const mostVersions = 500

func versionsOf(ctx context.Context, tx *db.Tx, code string) ([]versionRow, error) {
	return db.All[versionRow](ctx, tx, `SELECT `+versionColumns+` FROM power_version v WHERE v.code = $1 ORDER BY v.version DESC LIMIT $2`, code, mostVersions)
}

func stateOn(ctx context.Context, tx *db.Tx, code string, day civil.Date) (State, error) {
	return db.One[State](ctx, tx, `SELECT state FROM power_version WHERE code = $1 AND from_on <= $2 ORDER BY version DESC LIMIT 1`, code, day)
}

// inForce returns those of some powers that are in force on a day.
func inForce(ctx context.Context, tx *db.Tx, day civil.Date, codes []string) ([]string, error) {
	args := []any{day}
	for _, c := range codes {
		args = append(args, c)
	}
	return db.All[string](ctx, tx, `SELECT v.code FROM power_version v WHERE v.code IN (`+db.In(len(codes), 2)+`) AND v.from_on <= $1 AND v.state = 'in_force' AND `+standing, args...)
}

func knownCodes(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT code FROM power_version WHERE version = 1`)
}

// versions reads one row more than the page holds, so that the caller knows whether there is a next one.
func versions(ctx context.Context, tx *db.Tx, today civil.Date, q Query) ([]versionRow, error) {
	args := []any{today, q.After}
	where := standing + ` AND v.code > $2`
	and := func(text string, value any) {
		args = append(args, value)
		where += ` AND ` + strings.ReplaceAll(text, "?", fmt.Sprintf("$%d", len(args)))
	}
	if q.Kind != "" {
		and(`v.kind = ?`, q.Kind)
	}
	if q.Department != "" {
		and(`v.department = ?`, q.Department)
	}
	if q.Level != 0 {
		and(`v.levels LIKE ?`, fmt.Sprintf("%%%d%%", q.Level))
	}
	switch q.State {
	case "":
		where += ` AND (v.state <> 'abolished' OR v.from_on > $1)`
	case Planned:
		where += ` AND v.from_on > $1`
	default:
		and(`v.from_on <= $1 AND v.state = ?`, q.State)
	}
	if text := strings.TrimSpace(q.Text); text != "" {
		if strings.Trim(text, "0123456789") == "" {
			where += ` AND ` + db.PrefixAny("v.code", []string{text}, &args)
		} else {
			and(`v.name LIKE ? ESCAPE '!'`, "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)+"%")
		}
	}
	args = append(args, q.Limit+1)
	return db.All[versionRow](ctx, tx, `SELECT `+versionColumns+` FROM power_version v WHERE `+where+fmt.Sprintf(` ORDER BY v.code LIMIT $%d`, len(args)), args...)
}

func eachCurrent(ctx context.Context, tx *db.Tx, today civil.Date, f func(Version) error) error {
	return db.Each(ctx, tx, func(r versionRow) error { return f(r.on(today)) },
		`SELECT `+versionColumns+` FROM power_version v WHERE `+standing+` AND v.from_on <= $1 AND v.state <> 'abolished' ORDER BY v.code`, today)
}

// insertVersions writes versions, a statement for dozens.
func insertVersions(ctx context.Context, tx *db.Tx, adjustment string, list []Version) error {
	const columns = 16
	for len(list) > 0 {
		n := min(batch, len(list))
		var args []any
		for _, v := range list[:n] {
			levels := ""
			for _, l := range v.Levels {
				levels += fmt.Sprint(l)
			}
			args = append(args, v.ID, v.Code, v.Version, v.Change, v.State, v.From, v.Reason, v.Digest, v.Name, v.Kind, v.Department, levels,
				db.JSON[Definition]{V: v.Definition}, adjustment, v.PublishedAt, v.PublishedBy)
		}
		// Not Later: a version that is there already must be told apart.
		_, err := tx.Exec(ctx, `INSERT INTO power_version (id, code, version, change, state, from_on, reason, digest, name, kind, department, levels, definition,
			adjustment_id, published_at, published_by) VALUES `+db.Values(n, columns, 1), args...)
		if err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}
