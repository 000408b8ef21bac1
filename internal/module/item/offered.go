package item

import (
	"context"
	"slices"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// offer is an entry, with where its item stands in the catalogue.
type offer struct {
	item int
	code string
}

// offered are the entries of one region whose items the catalogue has, cancelled ones too. They are read when they are asked for the second time: a library that
// changes all the time must not have thousands of codes read for each search.
type offered struct {
	codes []offer
	read  bool
}

// mostOffered bounds the regions whose codes are remembered: a county has a thousand or two, a village a dozen.
const mostOffered = 1000

// codesOffered returns the entries of a few regions, cancelled ones too, at least those of these base items, or of all when none is named.
func (c *catalogue) codesOffered(ctx context.Context, tx *db.Tx, bases []string, where scope) ([]offer, error) {
	var codes []offer
	var missing []string
	asked := true // for the second time
	for _, text := range where.exact {
		if place, err := region.Parse(text); err != nil || where.level != 0 && exercisingLevel(place) != where.level {
			continue
		}
		o, known, age := c.offered.Get(text)
		if o.read {
			codes = append(codes, o.codes...)
			continue
		}
		missing = append(missing, text)
		if !known {
			asked = false
			c.offered.Put(text, offered{}, age)
		}
	}
	if len(missing) == 0 {
		return codes, nil
	}
	if asked {
		bases = nil
	}
	rows, err := codesIn(ctx, tx, bases, scope{exact: missing})
	if err != nil {
		return nil, err
	}
	byRegion := map[string][]offer{}
	for _, r := range rows {
		at, known := c.codes[r.Code[19:]]
		if !known {
			continue // its item ended
		}
		codes = append(codes, offer{at, r.Code})
		if len(bases) == 0 {
			byRegion[r.Region] = append(byRegion[r.Region], offer{at, r.Code})
		}
	}
	if len(bases) == 0 {
		for _, text := range missing {
			_, _, age := c.offered.Get(text)
			c.offered.Put(text, offered{slices.Clip(byRegion[text]), true}, age)
		}
	}
	return codes, nil
}
