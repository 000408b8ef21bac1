package bench

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"xiangyun/internal/platform/db"
)

// A recording is what one transaction wrote: its rows, table by table. Replayed with fresh names it is the same work for the engine without
// the program around it: no rights, no checks, no reading, no sealing.

// recorder reads whole stores before and after a transaction.
type recorder struct {
	db    *db.DB
	names map[string]bool // UUIDs and numbers that are in the store
	rows  map[string]map[string][]any
	table map[string]db.Table
	order []string
}

// change is one row that was written.
type change struct {
	table db.Table
	keys  int   // how many of the first columns tell rows apart
	row   []any // as it is afterwards; of a deleted row as it was
	kind  string
}

const (
	inserted = "inserted"
	updated  = "updated"
	deleted  = "deleted"
)

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// snapshot reads every row.
func snapshot(ctx context.Context, d *db.DB) (*recorder, error) {
	r := &recorder{db: d, names: map[string]bool{}, rows: map[string]map[string][]any{}, table: map[string]db.Table{}}
	err := d.View(ctx, func(tx *db.Tx) error {
		tables, err := d.Tables(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			r.table[t.Name], r.rows[t.Name] = t, map[string][]any{}
			r.order = append(r.order, t.Name)
			err := tx.Records(ctx, t, func(values []any) error {
				row := make([]any, len(values))
				for i, v := range values {
					if b, ok := v.([]byte); ok {
						v = slices.Clone(b)
					}
					row[i] = v
					for _, name := range r.namesIn(t, i, v) {
						r.names[name] = true
					}
				}
				r.rows[t.Name][fmt.Sprint(row...)] = row
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

// namesIn lists what must be unique in a cell: keys, and the numbers of cases and documents.
func (r *recorder) namesIn(t db.Table, column int, v any) []string {
	s, ok := v.(string)
	if !ok {
		return nil
	}
	if t.Columns[column].Name == "number" && s != "" {
		return []string{s}
	}
	return uuid.FindAllString(s, -1)
}

// since tells what was written between an earlier snapshot and this one.
func (r *recorder) since(before *recorder) recording {
	rec := recording{}
	for _, name := range r.order {
		t := r.table[name]
		keys := distinct(r.rows[name], len(t.Columns))
		was := map[string][]any{}
		for text, row := range before.rows[name] {
			if _, same := r.rows[name][text]; !same {
				was[fmt.Sprint(row[:keys]...)] = row
			}
		}
		fresh := make([]change, 0, 8)
		for text, row := range r.rows[name] {
			if _, same := before.rows[name][text]; same {
				continue
			}
			c := change{table: t, keys: keys, row: row, kind: inserted}
			key := fmt.Sprint(row[:keys]...)
			if _, there := was[key]; there {
				c.kind = updated
				delete(was, key)
			}
			fresh = append(fresh, c)
		}
		for _, row := range was {
			fresh = append(fresh, change{table: t, keys: keys, row: row, kind: deleted})
		}
		slices.SortFunc(fresh, func(a, b change) int {
			return strings.Compare(a.kind+fmt.Sprint(a.row...), b.kind+fmt.Sprint(b.row...))
		})
		rec.changes = append(rec.changes, fresh...)
	}
	for name := range r.names {
		if !before.names[name] {
			rec.names = append(rec.names, name)
		}
	}
	return rec
}

// distinct counts the first columns that tell all rows apart.
func distinct(rows map[string][]any, columns int) int {
	for n := 1; n < columns; n++ {
		seen := map[string]bool{}
		for _, row := range rows {
			seen[fmt.Sprint(row[:n]...)] = true
		}
		if len(seen) == len(rows) {
			return n
		}
	}
	return columns
}

// recording is the work of one transaction.
type recording struct {
	changes []change
	names   []string // that came into being
}

// rows counts what is written.
func (r recording) rows() int { return len(r.changes) }

// naming gives every new name of some recordings another.
type naming map[string]string

func rename(recordings ...recording) naming {
	n := naming{}
	for _, r := range recordings {
		for _, name := range r.names {
			if uuid.MatchString(name) {
				n[name] = db.NewKey()
			} else {
				n[name] = name + "/" + db.NewKey()
			}
		}
	}
	return n
}

// plan prepares a recording for many replays: cells that hold no name are used as they are.
type plan struct {
	steps []step
}

type step struct {
	query string
	args  []any
	named map[int]bool // which of the args hold names
}

func (r recording) plan(names naming) plan {
	var p plan
	holds := func(v any) bool {
		s, ok := v.(string)
		return ok && slices.ContainsFunc(slices.Collect(maps.Keys(names)), func(name string) bool { return strings.Contains(s, name) })
	}
	for i := 0; i < len(r.changes); {
		c := r.changes[i]
		n := 1
		if c.kind == inserted { // one statement a table, as a careful program does
			for i+n < len(r.changes) && r.changes[i+n].kind == inserted && r.changes[i+n].table.Name == c.table.Name {
				n++
			}
		}
		s := step{named: map[int]bool{}}
		switch c.kind {
		case inserted:
			s.query = `INSERT INTO ` + c.table.Name + ` (` + columnsOf(c.table) + `) VALUES ` + db.Values(n, len(c.table.Columns), 1)
			for _, other := range r.changes[i : i+n] {
				s.args = append(s.args, other.row...)
			}
		case updated:
			s.query, s.args = c.update()
		case deleted:
			s.query, s.args = `DELETE FROM `+c.table.Name+` WHERE `+where(c, 1), c.row[:c.keys]
		}
		for j, v := range s.args {
			if holds(v) {
				s.named[j] = true
			}
		}
		p.steps = append(p.steps, s)
		i += n
	}
	return p
}

func (c change) update() (string, []any) {
	var sets []string
	var args []any
	for i, column := range c.table.Columns[c.keys:] {
		sets = append(sets, fmt.Sprintf(`"%s" = $%d`, column.Name, i+1))
		args = append(args, c.row[c.keys+i])
	}
	return `UPDATE ` + c.table.Name + ` SET ` + strings.Join(sets, ", ") + ` WHERE ` + where(c, len(args)+1), append(args, c.row[:c.keys]...)
}

func where(c change, from int) string {
	terms := make([]string, c.keys)
	for i, column := range c.table.Columns[:c.keys] {
		terms[i] = fmt.Sprintf(`"%s" = $%d`, column.Name, from+i)
	}
	return strings.Join(terms, " AND ")
}

func columnsOf(t db.Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = `"` + c.Name + `"`
	}
	return strings.Join(names, ", ")
}

// replay does the work once more under other names.
func (p plan) replay(ctx context.Context, d *db.DB, replacer *strings.Replacer) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		for _, s := range p.steps {
			args := slices.Clone(s.args)
			for i := range s.named {
				args[i] = replacer.Replace(args[i].(string))
			}
			if _, err := tx.Exec(ctx, s.query, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (n naming) replacer() *strings.Replacer {
	pairs := make([]string, 0, 2*len(n))
	// The longest first, so that a name within another does not break it.
	for _, old := range slices.SortedFunc(maps.Keys(n), func(a, b string) int { return len(b) - len(a) }) {
		pairs = append(pairs, old, n[old])
	}
	return strings.NewReplacer(pairs...)
}
