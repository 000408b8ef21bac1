package db

import (
	"context"
	"fmt"
	"sort"
	"strings"
)

// Table is a table as the engine's own catalogue describes it, for platform packages that move whole tables.
type Table struct {
	Name    string
	Columns []Column
	Parents []string // tables it refers to
}

// Column is one column, its type in lower case as written in the schema: text, bigint, timestamp, boolean, bytea.
type Column struct {
	Name string
	Type string
}

// Tables returns every table, parents before children, without the engine's own and without goose's version tables.
func (d *DB) Tables(ctx context.Context, tx *Tx) ([]Table, error) {
	columns, parents := sqliteColumns, sqliteParents
	if d.engine == PostgreSQL {
		columns, parents = postgresColumns, postgresParents
	}
	type column struct{ Name, Field, Type string }
	cs, err := All[column](ctx, tx, columns)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	byName := map[string]*Table{}
	for _, c := range cs {
		if strings.HasPrefix(c.Name, "goose_") {
			continue
		}
		t := byName[c.Name]
		if t == nil {
			t = &Table{Name: c.Name}
			byName[c.Name] = t
		}
		kind := strings.ToLower(c.Type)
		if strings.HasPrefix(kind, "timestamp") {
			kind = "timestamp"
		}
		t.Columns = append(t.Columns, Column{c.Field, kind})
	}
	type reference struct{ Child, Parent string }
	rs, err := All[reference](ctx, tx, parents)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	for _, r := range rs {
		if t := byName[r.Child]; t != nil && r.Child != r.Parent {
			t.Parents = append(t.Parents, r.Parent)
		}
	}
	return inOrder(byName), nil
}

const (
	sqliteColumns = `SELECT m.name AS name, c.name AS field, c.type AS type FROM sqlite_master m, pragma_table_info(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`
	sqliteParents   = `SELECT m.name AS child, f."table" AS parent FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	postgresColumns = `SELECT c.table_name::text AS name, c.column_name::text AS field, c.data_type::text AS type FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`
	postgresParents = `SELECT child.relname::text AS child, parent.relname::text AS parent FROM pg_constraint k
JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace`
)

// inOrder sorts parents before children, otherwise by name.
func inOrder(byName map[string]*Table) []Table {
	names := make([]string, 0, len(byName))
	for n := range byName {
		names = append(names, n)
	}
	sort.Strings(names)
	var out []Table
	seen := map[string]bool{}
	var visit func(string)
	visit = func(n string) {
		t := byName[n]
		if t == nil || seen[n] {
			return
		}
		seen[n] = true
		for _, p := range t.Parents {
			visit(p)
		}
		out = append(out, *t)
	}
	for _, n := range names {
		visit(n)
	}
	return out
}

// Versions returns the newest migration of every line.
func (d *DB) Versions(ctx context.Context, tx *Tx) (map[string]int64, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'goose_%' ORDER BY name`
	if d.engine == PostgreSQL {
		query = `SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() AND table_name LIKE 'goose_%' ORDER BY 1`
	}
	lines, err := All[string](ctx, tx, query)
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, l := range lines {
		v, err := One[int64](ctx, tx, `SELECT COALESCE(MAX(version_id), 0) FROM `+l)
		if err != nil {
			return nil, err
		}
		out[strings.TrimPrefix(l, "goose_")] = v
	}
	return out, nil
}

// Records hands every row of a table to f, values in the order of t.Columns, each nil, string, int64, float64, bool, []byte or
// time.Time. The slice is used again for the next row.
func (tx *Tx) Records(ctx context.Context, t Table, f func(values []any) error) error {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = `"` + c.Name + `"`
	}
	rows, err := tx.stream(ctx, `SELECT `+strings.Join(names, ", ")+` FROM "`+t.Name+`"`, nil)
	if err != nil {
		return err
	}
	defer rows.Close()
	values, dest := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("reading %s: %w", t.Name, err)
		}
		for i, c := range t.Columns {
			values[i] = typed(values[i], c.Type)
		}
		if err := f(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// typed evens out what the drivers return for one column type.
func typed(v any, kind string) any {
	switch v := v.(type) {
	case int64:
		if kind == "boolean" {
			return v != 0
		}
	case []byte:
		if kind == "text" {
			return string(v)
		}
	case int32:
		return int64(v)
	case int16:
		return int64(v)
	}
	return v
}
