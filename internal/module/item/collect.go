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
func (c *catalogue) collect(ctx context.Context, tx *db.Tx, matched []*Base, after position, q Query) ([]entryRow, error) {
	where := serving(q.Region).at(q.Level)
	if where.few() {
		return c.collectNear(ctx, tx, matched, after, where, q.Limit+1)
	}
	var stretches []stretch
	for _, b := range matched {
		for _, part := range where.apart() {
			stretches = append(stretches, stretch{b.Code(), after, part})
		}
		after = position{}
	}
	var rows []entryRow
	for together := 1; len(stretches) > 0 && len(rows) <= q.Limit; together = stretchesTogether {
		n := min(together, len(stretches))
		more, err := entriesIn(ctx, tx, stretches[:n], q.Limit+1-len(rows))
		if err != nil {
			return nil, err
		}
		rows, stretches = append(rows, more...), stretches[n:]
	}
	return rows[:min(len(rows), q.Limit+1)], nil
}

// stretch is a range of an index: the entries of one item in one part of a scope, behind a position.
type stretch struct {
	base  string
	after position
	where scope
}

// stretchesTogether are read with one question when the first alone does not fill the page: then the items have few offices each.
const stretchesTogether = 8

// collectNear gathers what the governments of one place offer, the nearest first. What is there is a thousand codes or two, which an index alone
// tells; they are ordered here, and only the rows shown are read.
func (c *catalogue) collectNear(ctx context.Context, tx *db.Tx, matched []*Base, after position, where scope, wanted int) ([]entryRow, error) {
	order := make(map[string]int, len(matched))
	var few []string // the items, when they are few enough to be named
	for i, b := range matched {
		order[b.Code()] = i
		if len(matched) <= batch {
			few = append(few, b.Code())
		}
	}
	if len(order) == 0 {
		return nil, nil
	}
	codes, err := c.codesOffered(ctx, tx, few, where)
	if err != nil {
		return nil, err
	}
	// The code tells all: the item stands at its end, and before it the level at which it is exercised, the nearest being the highest.
	near := make([]nearby, 0, len(codes))
	for _, c := range codes {
		if item, asked := order[c[19:]]; asked {
			near = append(near, nearby{item, c})
		}
	}
	if after.Code != "" {
		last := nearby{order[after.BaseCode], after.Code}
		near = slices.DeleteFunc(near, func(n nearby) bool { return n.compare(last) <= 0 })
	}
	slices.SortFunc(near, nearby.compare)
	var rows []entryRow
	for len(near) > 0 && len(rows) < wanted {
		n := min(wanted-len(rows), len(near))
		more, err := entriesByCode(ctx, tx, near[:n])
		if err != nil {
			return nil, err
		}
		slices.SortFunc(more, func(a, b entryRow) int {
			return nearby{order[a.EntryCode[19:]], a.EntryCode}.compare(nearby{order[b.EntryCode[19:]], b.EntryCode})
		})
		rows, near = append(rows, more...), near[n:]
	}
	return rows, nil
}

// nearby is an entry of a place in its list: by the place of its item, the nearest office first.
type nearby struct {
	item int
	code string
}

func (n nearby) compare(m nearby) int {
	return cmp.Or(cmp.Compare(n.item, m.item), cmp.Compare(m.code[18], n.code[18]), strings.Compare(n.code, m.code))
}
