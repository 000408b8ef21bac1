package item

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
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

func (q Query) wants(b *Base) bool {
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

// catalogue is every base item not cancelled at one revision, hot ones first. It never changes.
type catalogue struct {
	revision int64
	bases    []*Base
	terms    map[string]terms // by base code

	relevance, sounds *relevance
}

// catalogue returns the one of this transaction, which must be a View: an Update might see a revision that never comes to be.
func (s *Service) catalogue(ctx context.Context, tx *db.Tx) (*catalogue, error) {
	number, err := revision(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("reading the revision: %w", err)
	}
	if c := s.present.Load(); c != nil && c.revision == number {
		return c, nil
	}
	rows, err := bases(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("reading base items: %w", err)
	}
	c := &catalogue{revision: number, terms: map[string]terms{}}
	for _, r := range rows {
		p, err := s.version(ctx, tx, r.VersionID)
		if err != nil {
			return nil, err
		}
		b := p.Base
		b.State = r.State
		c.bases = append(c.bases, &b)
		c.terms[b.Code()] = p.terms
	}
	c.order()
	c.weigh()
	s.present.Store(c)
	return c, nil
}

// order puts hot items first.
func (c *catalogue) order() {
	slices.SortFunc(c.bases, func(a, b *Base) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a.Code(), b.Code()))
	})
}

// weigh makes sentences findable among the items in their order.
func (c *catalogue) weigh() {
	c.relevance, c.sounds = newRelevance(c.bases, pairs), newRelevance(c.bases, syllables)
}

func rank(b *Base) int {
	if b.Rank == 0 {
		return 1 << 20
	}
	return b.Rank
}

// Bases returns the base items a query asks for, best first; Region, After and Limit are not looked at.
func (s *Service) Bases(ctx context.Context, q Query) ([]*Base, error) {
	var list []*Base
	err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := s.catalogue(ctx, tx)
		if err == nil {
			list = c.match(q)
		}
		return err
	})
	return list, err
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

// List returns the entries a query asks for, best item first and offices of one item by code. It sees everything published
// before it was called. An After that fits no row of this query is refused with fault.Invalid "item.bad_after".
func (s *Service) List(ctx context.Context, q Query) (Page, error) {
	q.Limit = cmp.Or(min(q.Limit, Most), 20)
	var page Page
	err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := s.catalogue(ctx, tx)
		if err != nil {
			return err
		}
		matched, after, err := resume(c.match(q), q.After)
		if err != nil {
			return err
		}
		rows, err := collect(ctx, tx, matched, after, q)
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
		return nil
	})
	return page, err
}

// resume drops the bases before the one a page ended in.
func resume(matched []*Base, after string) ([]*Base, string, error) {
	if after == "" {
		return matched, "", nil
	}
	if len(after) == 31 {
		for i, b := range matched {
			if b.Code() == after[19:] {
				return matched[i:], after, nil
			}
		}
	}
	return nil, "", fault.New(fault.Invalid, "item.bad_after")
}

// collect gathers up to one row more than the limit, so that the caller knows whether there are more.
func collect(ctx context.Context, tx *db.Tx, matched []*Base, after string, q Query) ([]entryRow, error) {
	where := serving(q.Region).at(q.Level)
	var rows []entryRow
	if !where.few() {
		for _, b := range matched {
			more, err := entriesAfter(ctx, tx, b.Code(), after, where, q.Limit+1-len(rows))
			if err != nil {
				return nil, err
			}
			rows, after = append(rows, more...), ""
			if len(rows) > q.Limit {
				break
			}
		}
		return rows, nil
	}
	// One place has a handful of offices for an item: a query for many items at a time, ordered here.
	for len(matched) > 0 && len(rows) <= q.Limit {
		n := min(batch, len(matched))
		order := map[string]int{}
		codes := make([]string, n)
		for i, b := range matched[:n] {
			order[b.Code()], codes[i] = i, b.Code()
		}
		more, err := entriesIn(ctx, tx, codes, where)
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(more, func(a, b entryRow) int { return cmp.Compare(order[a.EntryCode[19:]], order[b.EntryCode[19:]]) })
		for _, r := range more {
			if after == "" || order[r.EntryCode[19:]] > 0 || r.EntryCode > after {
				rows = append(rows, r)
			}
		}
		matched, after = matched[n:], ""
	}
	return rows, nil
}
