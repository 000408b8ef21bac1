package item

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// Reduced is how much less time offices promise than the statutes allow (承诺时限压缩). Days are calendar days, five working days being seven.
type Reduced struct {
	Entries int
	Legal   float64 // days the statutes allow, of all entries together
	Promise float64 // days promised
}

// Rate is the share of the statutory time that is saved; false where the statutes give no time.
func (r Reduced) Rate() (float64, bool) {
	if r.Legal == 0 {
		return 0, false
	}
	return 1 - r.Promise/r.Legal, true
}

func (r *Reduced) add(o Reduced) {
	r.Entries, r.Legal, r.Promise = r.Entries+o.Entries, r.Legal+o.Legal, r.Promise+o.Promise
}

// Reduction is the average reduction over the entries not cancelled whose statutes give a time. It is shared between callers: read, never
// write.
type Reduction struct {
	Total       Reduced
	Levels      map[int]Reduced    // by exercising level
	Departments map[string]Reduced // by two-digit code
	Places      map[string]Reduced // by the six digits of a county
	At          time.Time          // when it was counted
}

// reductionMemory is held while the reduction is counted.
type reductionMemory struct {
	sync.Mutex
	kept[Reduction]
}

// Reduction returns the average reduction. It is counted again when the library changed, in a large library not more often than every few
// minutes: At says when.
func (s *Service) Reduction(ctx context.Context) (*Reduction, error) {
	s.reduction.Lock()
	defer s.reduction.Unlock()
	var out *Reduction
	err := s.db.View(ctx, func(tx *db.Tx) error {
		number, err := revision(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading the revision: %w", err)
		}
		out, err = s.reduction.renew(number, func() (*Reduction, error) { return s.reduce(ctx, tx) })
		if err != nil {
			return fmt.Errorf("counting promised and statutory time: %w", err)
		}
		return nil
	})
	return out, err
}

// reduce counts entries by base item and place, and corrects the sums by the few that promise a time of their own.
func (s *Service) reduce(ctx context.Context, tx *db.Tx) (*Reduction, error) {
	c, err := s.catalogue(ctx, tx)
	if err != nil {
		return nil, err
	}
	bases := map[string]*Base{}
	for _, b := range c.bases {
		if b.LegalDays > 0 {
			bases[b.Code()] = b
		}
	}
	out := &Reduction{Levels: map[int]Reduced{}, Departments: map[string]Reduced{}, Places: map[string]Reduced{}, At: tx.Now}
	add := func(b *Base, place string, level int, r Reduced) {
		out.Total.add(r)
		sumReduced(out.Levels, level, r)
		sumReduced(out.Departments, b.Department, r)
		sumReduced(out.Places, place, r)
	}
	err = countBases(ctx, tx, func(n baseCount) error {
		b := bases[n.BaseCode]
		level, err := strconv.Atoi(n.Level)
		if b == nil || err != nil {
			return err
		}
		add(b, n.Place, level, Reduced{Entries: n.Entries, Legal: float64(n.Entries) * days(b.LegalDays, b.LegalUnit),
			Promise: float64(n.Entries) * days(b.PromiseDays, b.PromiseUnit)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = ownPromises(ctx, tx, func(r promiseRow) error {
		b := bases[r.BaseCode]
		if b == nil {
			return nil
		}
		n, u, own := r.Override.V.promise(&b.Definition)
		if !own {
			return nil
		}
		saved := days(n, u) - days(b.PromiseDays, b.PromiseUnit)
		add(b, r.Region.String()[:6], int(exercisingLevel(r.Region)), Reduced{Promise: saved})
		return nil
	})
	return out, err
}

func sumReduced[K comparable](into map[K]Reduced, key K, r Reduced) {
	sum := into[key]
	sum.add(r)
	into[key] = sum
}

type baseCount struct {
	BaseCode string
	Place    string
	Level    string
	Entries  int
}

// countBases counts the entries not cancelled by base item, county and level from the indexes alone; see [countRegions].
func countBases(ctx context.Context, tx *db.Tx, f func(baseCount) error) error {
	err := db.Each(ctx, tx, f, `SELECT base_code, substr(region, 1, 6) AS place, substr(code, 19, 1) AS level, count(*) AS entries FROM item_entry GROUP BY 1, 2, 3`)
	if err != nil {
		return err
	}
	return db.Each(ctx, tx, f, `SELECT base_code, substr(region, 1, 6) AS place, substr(code, 19, 1) AS level, -count(*) AS entries FROM item_entry
		WHERE state = 'cancelled' GROUP BY 1, 2, 3`)
}

type promiseRow struct {
	BaseCode string
	Region   region.Code
	Override db.JSON[Override]
}

// ownPromises hands over the entries that promise a time of their own; the index item_entry_version_promise holds no others.
func ownPromises(ctx context.Context, tx *db.Tx, f func(promiseRow) error) error {
	return db.Each(ctx, tx, f, `SELECT e.base_code, e.region, v.override FROM item_entry_version v JOIN item_entry e ON e.code = v.entry_code AND e.version_id = v.id
		WHERE substr(v.override, 1, 15) = '{"promise_days"' AND e.state <> 'cancelled'`)
}
