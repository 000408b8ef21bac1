package casefile

import (
	"context"
	"fmt"

	"xiangyun/internal/platform/db"
)

// Running is how many cases of an item are not decided at one level of government.
type Running struct {
	BaseCode string
	Level    string // exercising level (行使层级) of the office that decides, one digit
	Cases    int
}

// RunningUnder counts the cases that are not decided yet of some items, each a base item (12 digits) or one office's entry of it (31 characters), by
// item and level. They are pinned to the version they were submitted under, whatever happens to the item. Codes of neither length count nothing.
func (s *Service) RunningUnder(ctx context.Context, tx *db.Tx, codes []string) ([]Running, error) {
	var bases, entries []any
	for _, code := range codes {
		switch len(code) {
		case baseDigits:
			bases = append(bases, code)
		case entryCharacters:
			entries = append(entries, code)
		}
	}
	var all []Running
	for _, half := range []struct {
		column string
		codes  []any
	}{{"base_code", bases}, {"item_code", entries}} {
		if len(half.codes) == 0 {
			continue
		}
		list, err := running(ctx, tx, half.column, half.codes)
		if err != nil {
			return nil, fmt.Errorf("counting running cases: %w", err)
		}
		all = append(all, list...)
	}
	return all, nil
}

// Lengths of the two codes an item has (GB/T 39554.1).
const (
	baseDigits      = 12
	entryCharacters = 31
)

// running counts in the index of undecided cases, which says their base item first: an entry's code ends in it.
func running(ctx context.Context, tx *db.Tx, column string, codes []any) ([]Running, error) {
	where := column + ` IN (` + db.In(len(codes), 1) + `)`
	args := codes
	if column == "item_code" {
		where += ` AND base_code IN (` + db.In(len(codes), len(codes)+1) + `)`
		for _, code := range codes {
			args = append(args, code.(string)[entryCharacters-baseDigits:])
		}
	}
	return db.All[Running](ctx, tx, `SELECT base_code, substr(item_code, 19, 1) AS level, count(*) AS cases FROM casefile_case
		WHERE outcome = '' AND `+where+` GROUP BY base_code, substr(item_code, 19, 1) ORDER BY base_code, substr(item_code, 19, 1)`, args...)
}
