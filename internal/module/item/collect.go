package item

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// position is where an entry stands in the lists: the offices of one item stand by region and code.
type position struct {
	BaseCode string
	Region   string
	Code     string
}

// resume drops the bases before the one a page ended in and returns where in it the page ended.
func resume(ctx context.Context, tx *db.Tx, matched []*Base, after string) ([]*Base, position, error) {
	if after == "" {
		return matched, position{}, nil
	}
	at, err := standsAt(ctx, tx, after)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, position{}, err
	}
	for i, b := range matched {
		if err == nil && b.Code() == at.BaseCode {
			return matched[i:], at, nil
		}
	}
	return nil, position{}, fault.New(fault.Invalid, "item.bad_after")
}

// collect gathers up to one row more than the limit, so that the caller knows whether there are more.
func collect(ctx context.Context, tx *db.Tx, matched []*Base, after position, q Query) ([]entryRow, error) {
	where := serving(q.Region)
	if where.few() {
		return collectNear(ctx, tx, matched, after, where, q.Limit+1)
	}
	var rows []entryRow
	for _, b := range matched {
		for _, part := range where.apart() {
			more, err := entriesAfter(ctx, tx, b.Code(), after, part, q.Limit+1-len(rows))
			if err != nil {
				return nil, err
			}
			if rows = append(rows, more...); len(rows) > q.Limit {
				return rows, nil
			}
		}
		after = position{}
	}
	return rows, nil
}

// collectNear gathers what the governments of one place offer, the nearest first. One place has a handful of offices for an item, so many items are
// asked for at a time and ordered here. When the first of them do not fill the page, most that is asked for is not offered there: then what is there
// is asked once, and only the rows shown are read.
func collectNear(ctx context.Context, tx *db.Tx, matched []*Base, after position, where scope, wanted int) ([]entryRow, error) {
	order := make(map[string]int, len(matched))
	for i, b := range matched {
		order[b.Code()] = i
	}
	// The code tells all: the item stands at its end, and before it the level at which it is exercised, the nearest being the highest.
	inOrder := func(a, b string) int {
		return cmp.Or(cmp.Compare(order[a[19:]], order[b[19:]]), cmp.Compare(b[18], a[18]), strings.Compare(a, b))
	}
	first := matched[:min(batch, len(matched))]
	if len(first) == 0 {
		return nil, nil
	}
	codes := make([]string, len(first))
	for i, b := range first {
		codes[i] = b.Code()
	}
	rows, err := entriesIn(ctx, tx, codes, where)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r entryRow) bool { return after.Code != "" && inOrder(r.EntryCode, after.Code) <= 0 })
	slices.SortFunc(rows, func(a, b entryRow) int { return inOrder(a.EntryCode, b.EntryCode) })
	if len(rows) >= wanted || len(first) == len(matched) {
		return rows, nil
	}
	rest, err := codesIn(ctx, tx, where)
	if err != nil {
		return nil, err
	}
	rest = slices.DeleteFunc(rest, func(code string) bool {
		i, asked := order[code[19:]]
		return !asked || i < len(first)
	})
	slices.SortFunc(rest, inOrder)
	for len(rest) > 0 && len(rows) < wanted {
		n := min(wanted-len(rows), len(rest))
		more, err := entriesByCode(ctx, tx, rest[:n])
		if err != nil {
			return nil, err
		}
		slices.SortFunc(more, func(a, b entryRow) int { return inOrder(a.EntryCode, b.EntryCode) })
		rows, rest = append(rows, more...), rest[n:]
	}
	return rows, nil
}
