package item

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/memo"
)

// catalogue is every base item not cancelled at one revision, hot ones first. It never changes.
type catalogue struct {
	revision int64
	bases    []*Base
	terms    []*terms       // of each base, in the same order
	codes    map[string]int // where each base stands
	index    *index

	asked   *memo.Memo[string, []fitted] // by normalised query; shared by catalogues of the same versions
	offered *memo.Memo[string, offered]  // by region
}

// fewVersions is how many new versions are read one by one; beyond it all are read with one question.
const fewVersions = 16

// catalogue returns the one of this transaction, which must be a View: an Update might see a revision that never comes to be. While one caller
// makes the next one, others at that revision wait for it and are given the same.
func (s *Service) catalogue(ctx context.Context, tx *db.Tx) (*catalogue, error) {
	number, err := revision(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("reading the revision: %w", err)
	}
	if c := s.present.Load(); c != nil && c.revision == number {
		return c, nil
	}
	s.building.Lock()
	defer s.building.Unlock()
	if c := s.present.Load(); c != nil && c.revision == number {
		return c, nil
	}
	list, err := s.everyInForce(ctx, tx)
	if err != nil {
		return nil, err
	}
	c := newCatalogue(number, list)
	if last := s.present.Load(); last != nil && c.sameAs(last) {
		c.index, c.asked = last.index, last.asked
	} else {
		c.index = newIndex(c.bases, s.segments(c.bases))
	}
	s.present.Store(c)
	return c, nil
}

// current returns the catalogue of now: one question, and no transaction, where nothing has changed.
func (s *Service) current(ctx context.Context) (*catalogue, error) {
	var c *catalogue
	err := s.db.Glance(ctx, func(tx *db.Tx) error {
		number, err := revision(ctx, tx)
		if last := s.present.Load(); err == nil && last != nil && last.revision == number {
			c = last
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the revision: %w", err)
	}
	if c != nil {
		return c, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err = s.catalogue(ctx, tx)
		return err
	})
	return c, err
}

// everyInForce returns the versions in force of every base item not cancelled, each with its item's state.
func (s *Service) everyInForce(ctx context.Context, tx *db.Tx) ([]standingBase, error) {
	rows, err := bases(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("reading base items: %w", err)
	}
	missing := 0
	s.mu.RLock()
	for _, r := range rows {
		if s.versions[r.VersionID] == nil {
			missing++
		}
	}
	s.mu.RUnlock()
	if missing > fewVersions {
		err := basesInForce(ctx, tx, func(r baseVersionRow) error {
			s.keep(r)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading base versions: %w", err)
		}
	}
	list := make([]standingBase, len(rows))
	for i, r := range rows {
		p, err := s.version(ctx, tx, r.VersionID)
		if err != nil {
			return nil, err
		}
		list[i] = standingBase{p, r.State}
	}
	return list, nil
}

// standingBase is a version with the state of its item.
type standingBase struct {
	*published
	state State
}

// newCatalogue puts hot items first. It has no index yet.
func newCatalogue(revision int64, list []standingBase) *catalogue {
	slices.SortFunc(list, func(a, b standingBase) int {
		return cmp.Or(cmp.Compare(rank(&a.Base), rank(&b.Base)), strings.Compare(a.Code(), b.Code()))
	})
	c := &catalogue{revision: revision, bases: make([]*Base, len(list)), terms: make([]*terms, len(list)), codes: make(map[string]int, len(list)),
		asked: memo.New[string, []fitted](mostAsked), offered: memo.New[string, offered](mostOffered)}
	for i, l := range list {
		b := l.Base
		b.State = l.state
		c.bases[i], c.terms[i], c.codes[b.Code()] = &b, &l.published.terms, i
	}
	return c
}

// sameAs tells whether two catalogues hold the same versions in the same order: then whatever changed was of the entries.
func (c *catalogue) sameAs(d *catalogue) bool {
	return slices.EqualFunc(c.bases, d.bases, func(a, b *Base) bool { return a.VersionID == b.VersionID })
}

func rank(b *Base) int {
	if b.Rank == 0 {
		return 1 << 20
	}
	return b.Rank
}

// fewDocuments is how many changed items are indexed by the side of the large segment before it is made anew.
const fewDocuments = 64

// segments returns what an index over these items is put together from: the large segment, and beside it one of what was published since. A change
// of the library thus costs the next search the indexing of a few guides; a large segment that lags behind is made anew in the background while
// searches use what there is.
func (s *Service) segments(list []*Base) []*segment {
	bulk := s.bulk.Load()
	if bulk == nil {
		bulk = newSegment(list)
		s.bulk.Store(bulk)
		return []*segment{bulk}
	}
	var since []*Base
	for _, b := range list {
		if !bulk.holds(b.VersionID) {
			since = append(since, b)
		}
	}
	if len(since) == 0 {
		return []*segment{bulk}
	}
	if len(since) > fewDocuments && s.merging.CompareAndSwap(false, true) {
		go func() {
			defer s.merging.Store(false)
			s.bulk.Store(newSegment(list))
		}()
	}
	return []*segment{bulk, newSegment(since)}
}

// Warm makes the catalogue, so that the first person who searches need not wait for it.
func (s *Service) Warm(ctx context.Context) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		_, err := s.catalogue(ctx, tx)
		return err
	})
}

// bytes is about what the index holds of the memory.
func (c *catalogue) bytes() int64 {
	n := c.index.bytes()
	for _, t := range c.terms {
		n += t.bytes()
	}
	return n
}
