package item

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// ElementAny stands for all locked elements together where figures are given by element.
const ElementAny = "any"

// ExercisingLevels are the five levels of government entries are exercised at (行使层级): province, prefecture, county, township, village.
func ExercisingLevels() []int { return []int{2, 3, 4, 5, 6} }

// Compared is how many entries were compared with their bases, and how many of them say something else.
type Compared struct {
	Entries   int
	Deviating int
}

// Rate is the share of entries that deviate; false when there is none to compare.
func (c Compared) Rate() (float64, bool) {
	if c.Entries == 0 {
		return 0, false
	}
	return float64(c.Deviating) / float64(c.Entries), true
}

func (c *Compared) add(d Compared) {
	c.Entries, c.Deviating = c.Entries+d.Entries, c.Deviating+d.Deviating
}

// Consistency is the meter (要素一致性): how far the entries of five levels say what their bases say. It is shared between callers: read, never
// write.
type Consistency struct {
	Elements []Element
	Total    Compared
	Levels   map[int]Compared            // entries deviating in any locked element, by exercising level
	Cells    map[string]map[int]Compared // by element and level; none for an element that is not locked
	Astray   int                         // entries not on top of the base version in force: they deviate, though they state nothing; the night has them follow
	Places   map[string]Compared         // by the six digits of a county; "220100" is what a prefecture's own offices exercise
}

// Cell returns one cell of the matrix; false for an element that is not locked.
func (c *Consistency) Cell(element string, level int) (Compared, bool) {
	row, ok := c.Cells[element]
	return row[level], ok
}

// Element returns an element over all levels; false for one that is not locked.
func (c *Consistency) Element(element string) (Compared, bool) {
	row, ok := c.Cells[element]
	var sum Compared
	for _, cell := range row {
		sum.add(cell)
	}
	return sum, ok
}

// meter keeps figures as long as what they are made from stays.
type meter struct {
	sync.Mutex // held while they are counted, so that many who ask at once count once
	counted    kept[placeCounts]
	astray     kept[[]stray]
	of         origin
	figures    *Consistency
}

// origin is which revisions figures are made of: of now, and of what was kept from before.
type origin struct{ library, stated, counted, astray int64 }

// kept is what was counted over all entries at one revision of the library.
type kept[T any] struct {
	value    *T
	revision int64
	at       time.Time
	took     time.Duration
}

// Counting a province's million entries takes a second or two. What is counted faster than quick is always counted anew after a change; what
// takes longer at most once in a hundred times as long, so that a day of publishing is not spent counting.
const (
	quick  = 200 * time.Millisecond
	spared = 100
)

// renew returns what is kept, counted again by count when the library has moved on.
func (k *kept[T]) renew(revision int64, count func() (*T, error)) (*T, error) {
	if k.value != nil && (k.revision == revision || k.took > quick && time.Since(k.at) < spared*k.took) {
		return k.value, nil
	}
	start := time.Now()
	v, err := count()
	if err != nil {
		return nil, err
	}
	*k = kept[T]{v, revision, time.Now(), time.Since(start)}
	return v, nil
}

// Consistency returns the meter of now. Entries are counted from an index, deviations from what is stated; both are counted again only when
// something changed, so that anybody may ask at any time.
func (s *Service) Consistency(ctx context.Context) (*Consistency, error) {
	s.meter.Lock()
	defer s.meter.Unlock()
	var c *Consistency
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		c, err = s.consistency(ctx, tx)
		return err
	})
	return c, err
}

// consistency is asked in a View, under the meter's lock.
func (s *Service) consistency(ctx context.Context, tx *db.Tx) (*Consistency, error) {
	library, err := revision(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("reading the revision: %w", err)
	}
	stated, err := statedRevision(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("reading the revision of what is stated: %w", err)
	}
	n, err := s.meter.counted.renew(library, func() (*placeCounts, error) { return countEntriesByPlace(ctx, tx) })
	if err != nil {
		return nil, fmt.Errorf("counting entries: %w", err)
	}
	off, err := s.meter.astray.renew(library, func() (*[]stray, error) {
		list, err := straysOf(ctx, tx)
		return &list, err
	})
	if err != nil {
		return nil, fmt.Errorf("finding entries that have not followed: %w", err)
	}
	// What was kept may be of an earlier revision: figures made of it are good only until it is counted again, though nothing changes meanwhile.
	of := origin{library, stated, s.meter.counted.revision, s.meter.astray.revision}
	if m := &s.meter; m.figures != nil && m.of == of {
		return m.figures, nil
	}
	said, err := s.strayed(ctx, tx, *off)
	if err != nil {
		return nil, err
	}
	c, err := measure(ctx, tx, n, said)
	if err != nil {
		return nil, fmt.Errorf("comparing entries with their bases: %w", err)
	}
	s.meter.of, s.meter.figures = of, c
	return c, nil
}

// placeCounts are the entries not cancelled, by exercising level and by the six digits of a county.
type placeCounts struct {
	levels map[int]int
	places map[string]int
}

func countEntriesByPlace(ctx context.Context, tx *db.Tx) (*placeCounts, error) {
	n := &placeCounts{levels: map[int]int{}, places: map[string]int{}}
	err := countRegions(ctx, tx, func(r regionCount) error {
		n.levels[int(exercisingLevel(r.Region))] += r.Entries
		n.places[r.Region.String()[:6]] += r.Entries
		return nil
	})
	return n, err
}

// measure puts what deviates on top of the counts: what entries state, and what those say that have not followed their bases.
func measure(ctx context.Context, tx *db.Tx, n *placeCounts, off map[string]*strayed) (*Consistency, error) {
	c := &Consistency{Astray: len(off), Levels: map[int]Compared{}, Cells: map[string]map[int]Compared{}, Places: map[string]Compared{}}
	var err error
	if c.Elements, err = elements(ctx, tx); err != nil {
		return nil, err
	}
	for level, entries := range n.levels {
		c.Levels[level] = Compared{Entries: entries}
		c.Total.Entries += entries
	}
	for place, entries := range n.places {
		c.Places[place] = Compared{Entries: entries}
	}
	for _, e := range c.Elements {
		if e.Locked {
			c.Cells[e.Key] = maps.Clone(c.Levels)
		}
	}
	one, last := Compared{Deviating: 1}, ""
	entry := func(level int, place string) {
		sum(c.Levels, level, one)
		sum(c.Places, place, one)
		c.Total.add(one)
	}
	err = eachDeviation(ctx, tx, func(d deviatingRow) error {
		sum(c.Cells[d.Element], d.Level, one)
		if d.EntryCode != last { // an entry that deviates in two elements is one entry
			entry(d.Level, d.Place)
		}
		last = d.EntryCode
		if x := off[d.EntryCode]; x != nil {
			x.counted = true
			delete(x.elements, d.Element)
		}
		return nil
	})
	for _, x := range off {
		level := levelOf(x.Code)
		for key := range x.elements {
			if cells, locked := c.Cells[key]; locked {
				sum(cells, int(level), one)
			}
		}
		if !x.counted {
			entry(int(level), x.Region[:6])
		}
	}
	return c, err
}

func sum[K comparable](into map[K]Compared, key K, n Compared) {
	c := into[key]
	c.add(n)
	into[key] = c
}

// KeepDay writes today's meter into the history, over what an earlier run of the day wrote. It runs by the clock.
func (s *Service) KeepDay(ctx context.Context) error {
	c, err := s.Consistency(ctx)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		day := civil.Of(tx.Now).String()
		for _, level := range ExercisingLevels() {
			rows := map[string]Compared{ElementAny: c.Levels[level]}
			for key, cells := range c.Cells {
				rows[key] = cells[level]
			}
			if err := upsertDay(ctx, tx, day, level, rows); err != nil {
				return fmt.Errorf("writing the meter of %s: %w", day, err)
			}
		}
		return nil
	})
}

// Day is the meter of one day over all levels.
type Day struct {
	Day string // ISO date in China
	Compared
}

// History returns the meter of at most the last days days that were kept, oldest first, for one element or [ElementAny].
func (s *Service) History(ctx context.Context, element string, days int) ([]Day, error) {
	var list []Day
	err := s.db.Glance(ctx, func(tx *db.Tx) error {
		rows, err := daysOf(ctx, tx, element, days)
		if err != nil {
			return fmt.Errorf("reading the history: %w", err)
		}
		list = make([]Day, len(rows))
		for i, r := range rows {
			list[len(rows)-1-i] = Day{r.Day, Compared{r.Entries, r.Deviating}}
		}
		return nil
	})
	return list, err
}
