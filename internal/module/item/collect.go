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
	wanted := q.Limit + 1
	for together := 1; len(stretches) > 0 && len(rows) < wanted; together = min(together*stretchesTogether, mostStretches) {
		n, missing := min(together, len(stretches)), wanted-len(rows)
		places, err := placesIn(ctx, tx, stretches[:n], missing)
		if err != nil {
			return nil, err
		}
		codes := make([]string, min(len(places), missing))
		for i := range codes {
			codes[i] = places[i].Code
		}
		more, err := entriesByCode(ctx, tx, codes)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
		if len(codes) < missing {
			stretches = stretches[n:] // every one of them was read to its end
			continue
		}
		last := places[len(codes)-1] // what was cancelled leaves room for more of where this ended
		stretches = stretches[last.Stretch:]
		stretches[0].after = position{stretches[0].base, last.Region, last.Code}
	}
	return rows, nil
}

// stretch is a range of an index: the entries of one item in one part of a scope, behind a position.
type stretch struct {
	base  string
	after position
	where scope
}

// When the first stretch alone does not fill the page the items have few offices each: so many times as many are read with the next question, at most
// mostStretches.
const (
	stretchesTogether = 8
	mostStretches     = 32
)

// collectNear gathers what the governments of one place offer, the nearest first. What is there is a thousand codes or two, which an index alone
// tells; they are ordered here, and only the rows shown are read.
func (c *catalogue) collectNear(ctx context.Context, tx *db.Tx, matched []*Base, after position, where scope, wanted int) ([]entryRow, error) {
	if len(matched) == 0 {
		return nil, nil
	}
	order := make([]int32, len(c.bases)) // of each item of the catalogue: its place among the matched, from 1; 0 for none
	var few []string                     // the items, when they are few enough to be named
	for i, b := range matched {
		order[c.codes[b.Code()]] = int32(i + 1)
		if len(matched) <= batch {
			few = append(few, b.Code())
		}
	}
	codes, err := c.codesOffered(ctx, tx, few, where)
	if err != nil {
		return nil, err
	}
	near := make([]nearby, 0, len(codes))
	for _, o := range codes {
		if at := order[o.item]; at > 0 {
			near = append(near, nearby{at, o.code})
		}
	}
	last := nearby{}
	if after.Code != "" {
		last = nearby{order[c.codes[after.BaseCode]], after.Code}
	}
	var rows []entryRow
	for len(rows) < wanted {
		next := closest(near, last, wanted-len(rows))
		if len(next) == 0 {
			break
		}
		last = next[len(next)-1]
		codes := make([]string, len(next))
		for i, n := range next {
			codes[i] = n.code
		}
		more, err := entriesByCode(ctx, tx, codes)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// nearby is an entry of a place in its list: by the place of its item, the nearest office first. Its code tells all: the item stands at its end, and
// before it the level at which it is exercised, the nearest being the highest.
type nearby struct {
	item int32
	code string
}

func (n nearby) compare(m nearby) int {
	if n.item != m.item {
		return cmp.Compare(n.item, m.item)
	}
	return cmp.Or(cmp.Compare(m.code[18], n.code[18]), strings.Compare(n.code, m.code))
}

// closest returns the first n behind a position in their order. A place has a thousand or two and a page twenty: they are picked, not sorted.
func closest(list []nearby, after nearby, n int) []nearby {
	first := make([]nearby, 0, n+1)
	for _, x := range list {
		if after.item != 0 && x.compare(after) <= 0 || len(first) == n && x.compare(first[n-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(first, x, nearby.compare)
		first = slices.Insert(first, at, x)[:min(len(first)+1, n)]
	}
	return first
}
