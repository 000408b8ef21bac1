package item

import (
	"context"
	"fmt"

	"xiangyun/internal/platform/db"
)

// Census counts the library from its tables.
type Census struct {
	Base       int `json:"base"`       // base items not cancelled
	Entries    int `json:"entries"`    // implementation entries not cancelled
	Variants   int `json:"variants"`   // 33-character codes: variants of every entry, one for an entry without
	Offices    int `json:"offices"`    // implementing bodies
	Regions    int `json:"regions"`    // governments they belong to
	Deviations int `json:"deviations"` // elements an entry states differently from its base, and entries that are not on top of the base version in force
	Indexed    int `json:"indexed"`    // entries search can find

	IndexBytes int64 `json:"index_bytes"` // memory of the search index, about
}

// Census counts. It reads every version of every entry and is for keepers and checks, not for pages.
func (s *Service) Census(ctx context.Context) (Census, error) {
	var n Census
	err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := s.catalogue(ctx, tx)
		if err != nil {
			return err
		}
		n = Census{Base: len(c.bases), IndexBytes: c.bytes()}
		err = countEntries(ctx, tx, func(r entryCount) error {
			n.Entries += r.Entries
			if at, ok := c.codes[r.BaseCode]; ok {
				n.Indexed += r.Entries
				n.Variants += r.Entries * max(1, len(c.bases[at].Guide.Variants))
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("counting entries: %w", err)
		}
		if n.Deviations, err = countAstray(ctx, tx); err != nil {
			return fmt.Errorf("counting entries that have not followed: %w", err)
		}
		stated, err := countDeviations(ctx, tx)
		if err != nil {
			return fmt.Errorf("counting deviations: %w", err)
		}
		n.Deviations += stated
		n.Offices, n.Regions, err = countOffices(ctx, tx)
		return err
	})
	return n, err
}
