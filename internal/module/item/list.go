package item

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// Most is the largest page.
const Most = 200

// Query narrows a list. Zero fields do not narrow.
type Query struct {
	Text       string      // what a person typed: official name, everyday words, pinyin
	Region     region.Code // the place to be served; entries of its governments up to the province are found
	Audience   Audience
	Kind       Kind
	Theme      string
	LifeEvent  string
	Zone       string
	Department string // two-digit code of the department that does it
	Level      int    // exercising level of the office: 2 province, 3 city, 4 county, 5 township
	Depth      int    // how far it goes online (网上办理深度): 1 advice … 7 certificate
	Base       string // 12-digit code
	After      string // code of the last row of the page before
	Limit      int    // 0 is 20, at most [Most]
}

// Page is one page of a list; Next is what to give as After for the next one, "" at the end.
type Page struct {
	Rows []*Entry
	Next string
}

func (q *Query) wants(b *Base) bool {
	return (q.Audience == "" || slices.Contains(b.Audience, q.Audience)) &&
		(q.Kind == "" || b.Kind == q.Kind) &&
		(q.Theme == "" || slices.Contains(b.Themes, q.Theme)) &&
		(q.Zone == "" || slices.Contains(b.Zones, q.Zone)) &&
		(q.LifeEvent == "" || slices.Contains(b.LifeEvents, q.LifeEvent)) &&
		(q.Department == "" || b.Department == q.Department) &&
		(q.Level == 0 || slices.Contains(b.Levels, q.Level)) &&
		(q.Depth == 0 || slices.Contains(b.Depth, q.Depth)) &&
		(q.Base == "" || b.Code() == q.Base)
}

// Code returns the 12-digit code.
func (b *Base) Code() string { return b.Definition.Code }

// Bases returns the base items a query asks for, best first; Region, After and Limit are not looked at.
func (s *Service) Bases(ctx context.Context, q Query) ([]*Base, error) {
	c, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	return c.match(q), nil
}

// Revision returns a number that changes whenever anything a stranger can read here may have changed: what caches of pages are
// keyed by.
func (s *Service) Revision(ctx context.Context) (int64, error) {
	var number int64
	err := s.db.Glance(ctx, func(tx *db.Tx) error {
		var err error
		number, err = revision(ctx, tx)
		return err
	})
	return number, err
}

// List returns the entries a query asks for, best item first. Of one item the offices nearest to the place come first when a county, town or
// village was asked for, else they stand by region. It sees everything published before it was called. An After that fits no row of this query is refused with fault.Invalid "item.bad_after".
func (s *Service) List(ctx context.Context, q Query) (Page, error) {
	q.Limit = cmp.Or(min(q.Limit, Most), 20)
	var page Page
	c, err := s.current(ctx)
	if err != nil {
		return page, err
	}
	// What was published meanwhile may be seen too: no question below rests on another's moment.
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		matched, after, err := resume(ctx, tx, c.match(q), q.After)
		if err != nil {
			return err
		}
		rows, err := c.collect(ctx, tx, matched, after, q)
		if err != nil {
			return fmt.Errorf("listing entries: %w", err)
		}
		page = Page{}
		for i, r := range rows {
			if i == q.Limit {
				page.Next = page.Rows[i-1].Code
				break
			}
			e, err := s.entry(ctx, tx, r)
			if err != nil {
				return err
			}
			page.Rows = append(page.Rows, e)
		}
		return s.supported(ctx, tx, page.Rows...)
	})
	return page, err
}
