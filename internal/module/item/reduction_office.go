package item

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// ReducedOffice is how much less time one office promises than the statutes allow.
type ReducedOffice struct {
	ID   string
	Name string
	Reduced
}

// ReductionOf returns the reduction of each office of one government, the most saved first; offices whose statutes give no time are left out. It reads the
// entries of that government, a thousand or two, as they are now.
func (s *Service) ReductionOf(ctx context.Context, place region.Code) (list []ReducedOffice, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := s.catalogue(ctx, tx)
		if err != nil {
			return err
		}
		sums := map[string]*ReducedOffice{}
		err = officePromises(ctx, tx, place, func(r officePromise) error {
			at, known := c.codes[r.BaseCode]
			if !known || c.bases[at].LegalDays == 0 {
				return nil
			}
			b, sum := c.bases[at], sums[r.OfficeID]
			if sum == nil {
				sum = &ReducedOffice{ID: r.OfficeID}
				sums[r.OfficeID] = sum
			}
			n, u, _ := r.Override.V.promise(&b.Definition)
			sum.Name = r.OfficeName
			sum.add(Reduced{Entries: 1, Legal: days(b.LegalDays, b.LegalUnit), Promise: days(n, u)})
			return nil
		})
		if err != nil {
			return fmt.Errorf("reading the promises of offices in %s: %w", place, err)
		}
		list = make([]ReducedOffice, 0, len(sums))
		for _, o := range sums {
			list = append(list, *o)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b ReducedOffice) int {
		x, _ := a.Rate()
		y, _ := b.Rate()
		return cmp.Or(cmp.Compare(y, x), strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return list, err
}

type officePromise struct {
	BaseCode   string
	OfficeID   string
	OfficeName string
	Override   db.JSON[Override]
}

// officePromises hands over the living entries of one region, in the order of their codes.
func officePromises(ctx context.Context, tx *db.Tx, place region.Code, f func(officePromise) error) error {
	return db.Each(ctx, tx, f, `SELECT e.base_code, e.office_id, v.office_name, v.override FROM item_entry e JOIN item_entry_version v ON v.id = e.version_id
		WHERE e.region = $1 AND e.`+living+` ORDER BY e.code`, place)
}
