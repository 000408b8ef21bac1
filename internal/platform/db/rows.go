package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
	"unicode"
)

// ErrNotFound is what [One] returns when there is no row. Use cases turn it into their own fault.
var ErrNotFound = errors.New("no such row")

// One returns the first row. T is a struct whose fields are named after the columns (CaseID reads case_id, or a `db:"name"` tag),
// or a scalar for a query of one column. A NULL leaves the zero value.
func One[T any](ctx context.Context, tx *Tx, query string, args ...any) (T, error) {
	var out T
	rows, err := tx.query(ctx, query, args)
	if err != nil {
		return out, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return out, fmt.Errorf("reading %q: %w", firstLine(query), err)
		}
		return out, ErrNotFound
	}
	scan, err := scanner[T](rows)
	if err != nil {
		return out, fmt.Errorf("reading %q: %w", firstLine(query), err)
	}
	if err := scan(&out); err != nil {
		return out, fmt.Errorf("reading %q: %w", firstLine(query), err)
	}
	return out, nil
}

// All returns every row, nil when there is none. The query must bound itself.
func All[T any](ctx context.Context, tx *Tx, query string, args ...any) ([]T, error) {
	rows, err := tx.query(ctx, query, args)
	if err != nil {
		return nil, err
	}
	var out []T
	err = each(rows, query, func(v T) error {
		out = append(out, v)
		return nil
	})
	return out, err
}

// Each hands every row to f as it is read, for results too big to hold. f may ask other queries on SQLite, not on PostgreSQL,
// whose connection is busy with the rows.
func Each[T any](ctx context.Context, tx *Tx, f func(T) error, query string, args ...any) error {
	rows, err := tx.stream(ctx, query, args)
	if err != nil {
		return err
	}
	return each(rows, query, f)
}

func each[T any](rows rows, query string, f func(T) error) error {
	defer rows.Close()
	var scan func(*T) error
	for rows.Next() {
		if scan == nil { // the first row brings its columns
			var err error
			if scan, err = scanner[T](rows); err != nil {
				return fmt.Errorf("reading %q: %w", firstLine(query), err)
			}
		}
		var v T
		if err := scan(&v); err != nil {
			return fmt.Errorf("reading %q: %w", firstLine(query), err)
		}
		if err := f(v); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading %q: %w", firstLine(query), err)
	}
	return nil
}

// scanner returns what fills one T from the current row.
func scanner[T any](rows rows) (func(*T) error, error) {
	t := reflect.TypeFor[T]()
	if scalar(t) {
		return func(v *T) error { return rows.Scan(&cell{to: reflect.ValueOf(v).Elem()}) }, nil
	}
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	fields := fieldsOf(t)
	paths := make([][]int, len(columns))
	for i, c := range columns {
		path, ok := fields[c]
		if !ok {
			return nil, fmt.Errorf("%s has no field for column %s", t, c)
		}
		paths[i] = path
	}
	cells, dest := make([]cell, len(columns)), make([]any, len(columns))
	for i := range cells {
		dest[i] = &cells[i]
	}
	return func(v *T) error {
		row := reflect.ValueOf(v).Elem()
		for i, path := range paths {
			cells[i].to = row.FieldByIndex(path)
		}
		return rows.Scan(dest...)
	}, nil
}

var (
	scannerType = reflect.TypeFor[sql.Scanner]()
	timeType    = reflect.TypeFor[time.Time]()
)

func scalar(t reflect.Type) bool {
	return t.Kind() != reflect.Struct || t == timeType || reflect.PointerTo(t).Implements(scannerType)
}

var fieldCache sync.Map // reflect.Type → map[string][]int

// fieldsOf maps column names to fields, embedded structs included.
func fieldsOf(t reflect.Type) map[string][]int {
	if m, ok := fieldCache.Load(t); ok {
		return m.(map[string][]int)
	}
	m := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		if !f.IsExported() || (f.Anonymous && !scalar(f.Type)) {
			continue
		}
		name := f.Tag.Get("db")
		if name == "" {
			name = snake(f.Name)
		}
		m[name] = f.Index
	}
	fieldCache.Store(t, m)
	return m
}

// snake turns CaseID into case_id and SHA256 into sha256.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) {
			afterLower := i > 0 && !unicode.IsUpper(runes[i-1])
			beforeLower := i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if afterLower || beforeLower {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cell scans one column into a field; a NULL leaves the zero value, unless the field scans itself.
type cell struct{ to reflect.Value }

// Scan implements sql.Scanner.
func (c *cell) Scan(src any) error {
	if s, ok := c.to.Addr().Interface().(sql.Scanner); ok {
		return s.Scan(src)
	}
	if src == nil {
		c.to.SetZero()
		return nil
	}
	to := c.to
	if to.Kind() == reflect.Pointer {
		to.Set(reflect.New(to.Type().Elem()))
		to = to.Elem()
	}
	return assign(to, src)
}

func assign(to reflect.Value, src any) error {
	switch v := src.(type) {
	case time.Time:
		if to.Type() == timeType {
			to.Set(reflect.ValueOf(v.UTC()))
			return nil
		}
	case string:
		if to.Kind() == reflect.String {
			to.SetString(v)
			return nil
		}
	case []byte:
		switch {
		case to.Kind() == reflect.Slice && to.Type().Elem().Kind() == reflect.Uint8:
			to.SetBytes(append([]byte{}, v...)) // the driver may use its buffer again
			return nil
		case to.Kind() == reflect.String:
			to.SetString(string(v))
			return nil
		}
	case int64:
		switch {
		case to.CanInt():
			to.SetInt(v)
			return nil
		case to.Kind() == reflect.Bool:
			to.SetBool(v != 0)
			return nil
		case to.CanFloat():
			to.SetFloat(float64(v))
			return nil
		}
	case float64:
		if to.CanFloat() {
			to.SetFloat(v)
			return nil
		}
		if to.CanInt() && v == float64(int64(v)) {
			to.SetInt(int64(v))
			return nil
		}
	case bool:
		if to.Kind() == reflect.Bool {
			to.SetBool(v)
			return nil
		}
	}
	return fmt.Errorf("a %T does not fit a %s", src, to.Type())
}
