package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// JSON keeps V as JSON text in a text column. A []byte bound by hand would become SQLite's binary JSON; a string does not.
type JSON[T any] struct{ V T }

// Value implements driver.Valuer.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	if err != nil {
		return nil, fmt.Errorf("encoding %T: %w", j.V, err)
	}
	return string(b), nil
}

// Scan implements sql.Scanner; NULL and the empty text leave the zero value.
func (j *JSON[T]) Scan(src any) error {
	var text []byte
	switch v := src.(type) {
	case nil:
	case string:
		text = []byte(v)
	case []byte:
		text = v
	default:
		return fmt.Errorf("a %T is not JSON text", src)
	}
	var zero T
	j.V = zero
	if len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, &j.V)
}
