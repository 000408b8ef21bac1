// Package reseal seals anew what an older data key has sealed, after the keyring was rotated (密钥轮换), while the program runs.
//
// What is sealed rests in columns of many modules, each value bound to its place; a [Column] says where they are and what binds them. [Some] goes through them
// in small portions, one transaction each: it reads values that the newest key has not sealed, opens them and puts back what it sealed anew, but only where
// the old value still stands, so that nobody's change is lost. Whoever is interrupted goes on where he was, or at the beginning: what is done is not found again.
//
// A value that does not open is left as it is and counted: it was damaged before, and nobody else can read it either.
package reseal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

// Column is where sealed values are.
type Column struct {
	Table, Name string
	// Key are up to three columns that find a row; the first is a text and indexed.
	Key []string
	// Place is what a value is bound to; {column} stands for one of the key: "casefile/{case_id}/content".
	Place string
}

// Keys seals and opens, met by sm.Keyring.
type Keys interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
	Head() []byte
}

// Place is how far the columns are done.
type Place struct {
	Column int       `json:"column"` // in the list
	After  [3]string `json:"after"`  // the key of the last row that was looked at
	Done   int64     `json:"done"`   // values sealed anew
	Failed int64     `json:"failed"` // values that do not open
}

// portion is how many values are read and written at once: some certificates' documents together are a few megabytes.
const portion = 40

// Some goes on from a place until the time is over or all columns are done, and returns where it is then; done is all columns. It makes one step at least,
// however late it is.
func Some(ctx context.Context, d *db.DB, keys Keys, columns []Column, at Place, until time.Time) (Place, bool, error) {
	for first := true; at.Column < len(columns) && (first || time.Now().Before(until)); first = false {
		if err := ctx.Err(); err != nil {
			return at, false, err
		}
		c := columns[at.Column]
		done, err := c.portion(ctx, d, keys, &at)
		if err != nil {
			return at, false, fmt.Errorf("sealing %s.%s anew: %w", c.Table, c.Name, err)
		}
		if done {
			at.Column, at.After = at.Column+1, [3]string{}
		}
	}
	return at, at.Column >= len(columns), nil
}

// Left counts the values of a column that the newest key has not sealed.
func (c Column) Left(ctx context.Context, tx *db.Tx, keys Keys) (int64, error) {
	return db.One[int64](ctx, tx, `SELECT count(*) FROM `+c.Table+` WHERE `+c.stale(1), sm.Overhead, keys.Head())
}

// stale is the condition on values of an older key; what is shorter than any sealed value was never sealed.
func (c Column) stale(n int) string {
	return fmt.Sprintf("length(%s) >= $%d AND substr(%s, 1, %d) <> $%d", c.Name, n, c.Name, headSize, n+1)
}

const headSize = 5

// value is one sealed value and the key of its row.
type value struct {
	First, Second, Third string
	Sealed               []byte
}

// portion does the next values of a column; done when there are no more.
func (c Column) portion(ctx context.Context, d *db.DB, keys Keys, at *Place) (done bool, err error) {
	var list []value
	err = d.View(ctx, func(tx *db.Tx) error {
		list, err = db.All[value](ctx, tx, c.next(), at.After[0], at.After[0], at.After[1], at.After[2], sm.Overhead, keys.Head())
		return err
	})
	if err != nil || len(list) == 0 {
		return true, err
	}
	fresh, opened := make([][]byte, len(list)), 0
	for i, v := range list {
		if fresh[i], err = c.again(keys, v); err != nil {
			return false, err
		}
		if fresh[i] != nil {
			opened++
		}
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		for i, v := range list {
			if fresh[i] == nil {
				continue
			}
			args := append([]any{fresh[i], v.Sealed}, v.args(len(c.Key))...)
			if err := tx.Later(ctx, `UPDATE `+c.Table+` SET `+c.Name+` = $1 WHERE `+c.Name+` = $2 AND `+c.row(3), args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	at.Done, at.Failed = at.Done+int64(opened), at.Failed+int64(len(list)-opened)
	last := list[len(list)-1]
	at.After = [3]string{last.First, last.Second, last.Third}
	return len(list) < portion, nil
}

// next asks for the values of older keys behind a row. That the first column is not before it is said apart, for the index.
func (c Column) next() string {
	parts := [3]string{c.Key[0], "''", "''"}
	for i, k := range c.Key[1:] {
		parts[i+1] = "CAST(" + k + " AS text)"
	}
	row := strings.Join(parts[:], ", ")
	return `SELECT ` + parts[0] + ` AS first, ` + parts[1] + ` AS second, ` + parts[2] + ` AS third, ` + c.Name + ` AS sealed FROM ` + c.Table + `
WHERE ` + c.Key[0] + ` >= $1 AND (` + row + `) > ($2, $3, $4) AND ` + c.stale(5) + fmt.Sprintf(" ORDER BY %s LIMIT %d", strings.Join(parts[:len(c.Key)], ", "), portion)
}

// again seals a value anew; nil when it does not open.
func (c Column) again(keys Keys, v value) ([]byte, error) {
	place := c.Place
	for i, part := range v.args(len(c.Key)) {
		place = strings.ReplaceAll(place, "{"+c.Key[i]+"}", part.(string))
	}
	plain, err := keys.Open(v.Sealed, []byte(place))
	if errors.Is(err, sm.ErrSealed) || errors.Is(err, sm.ErrUnknownKey) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return keys.Seal(plain, []byte(place))
}

func (v value) args(n int) []any { return []any{v.First, v.Second, v.Third}[:n] }

// row is the condition that finds a value's row.
func (c Column) row(n int) string {
	terms := make([]string, len(c.Key))
	for i, k := range c.Key {
		terms[i] = fmt.Sprintf("CAST(%s AS text) = $%d", k, n+i)
	}
	terms[0] = fmt.Sprintf("%s = $%d", c.Key[0], n)
	return strings.Join(terms, " AND ")
}
