package item

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/memo"
)

// What counts as use. An application tells more than a look at the guide.
const (
	usesOfOpening    = 1
	usesOfSubmission = 5
)

// hotDays is how far back the hot list looks.
const hotDays = 30

// Timing of the counts.
const (
	flushEach = time.Minute      // counted in memory until then; what a crash loses is at most this
	hotLife   = 10 * time.Minute // how long the order of the hot list stands
	keepDays  = 400              // older days are forgotten
)

// usesEnough is how many uses a place needs in the thirty days before its own order says anything; with fewer the place it lies in is asked.
const usesEnough = 50

// Bounds of what is kept in memory: pairs of county and item until the next minute, and places whose order was asked for.
const (
	mostPending = 200_000
	mostPlaces  = 300
)

// usedAt is an item used through the offices of a county; without a county it is the item in the whole province.
type usedAt struct {
	county string // six digits
	base   string
}

// uses counts in memory what is not written yet.
type uses struct {
	mu      sync.Mutex
	pending map[usedAt]int64

	ranked *memo.Memo[string, *ranking] // by the digits a place begins with
}

// ranking is how often items were used of late, as last read.
type ranking struct {
	at   time.Time
	uses map[string]int64
	all  int64
}

// Opened counts one opening of a guide, by the code of the entry or of the base item, for the county of the entry's office or else the place the reader
// named. It costs no statement: counts are written each minute by [Service.CountUses]. Codes of no item count nothing.
func (s *Service) Opened(code string, place region.Code) { s.count(code, place, usesOfOpening) }

// Submitted counts one application handed in for an entry; see [Service.Opened].
func (s *Service) Submitted(code string) { s.count(code, region.Code{}, usesOfSubmission) }

func (s *Service) count(code string, place region.Code, n int64) {
	county := ""
	if !place.IsZero() {
		county = place.County6()
	}
	if len(code) == 31 {
		county, code = code[2:8], code[19:] // a social credit code has the county in its third to eighth digit
	}
	c := s.present.Load()
	if c == nil {
		return // nobody has been shown the library yet
	}
	if _, known := c.codes[code]; !known {
		return // a made-up address must not fill the memory
	}
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	if s.uses.pending == nil {
		s.uses.pending = map[usedAt]int64{}
	}
	s.uses.pending[usedAt{base: code}] += n
	at := usedAt{county, code}
	if _, there := s.uses.pending[at]; county != "" && (there || len(s.uses.pending) < mostPending) && strings.Trim(county, "0123456789") == "" {
		s.uses.pending[at] += n
	}
}

// CountUses writes what was counted each minute until ctx ends, and then once more. A minute that cannot be written is counted with the next one:
// nobody's work stops for a count.
func (s *Service) CountUses(ctx context.Context) error {
	tick := time.NewTicker(flushEach)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return s.FlushUses(context.WithoutCancel(ctx))
		case <-tick.C:
			_ = s.FlushUses(ctx) // kept for the next time
		}
	}
}

// FlushUses writes what was counted since the last time, one statement for sixty items. What cannot be written is counted with the next.
func (s *Service) FlushUses(ctx context.Context) error {
	s.uses.mu.Lock()
	pending := s.uses.pending
	s.uses.pending = nil
	s.uses.mu.Unlock()
	if len(pending) == 0 {
		return nil
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		day := dayOf(tx.Now)
		if err := forgetUses(ctx, tx, dayOf(tx.Now.AddDate(0, 0, -keepDays))); err != nil {
			return err
		}
		return addUses(ctx, tx, day, pending)
	})
	if err != nil {
		s.uses.mu.Lock()
		defer s.uses.mu.Unlock()
		if s.uses.pending == nil {
			s.uses.pending = map[usedAt]int64{}
		}
		for at, n := range pending {
			s.uses.pending[at] += n
		}
		return fmt.Errorf("writing uses: %w", err)
	}
	return nil
}

// Hot returns the n items a query asks for that were used most of late, and the place whose use made their order: the query's region, or where too
// little was used there the nearest place around it, the zero code for the whole province. A keeper's rank gives an item its start: what was never used
// stands in the order of the ranks, and use moves it. After and Limit of the query are not looked at.
func (s *Service) Hot(ctx context.Context, q Query, n int) ([]*Base, region.Code, error) {
	place := q.Region
	q.Region = region.Code{}
	list, err := s.Bases(ctx, q)
	if err != nil {
		return nil, place, err
	}
	place, used, err := s.hotIn(ctx, place)
	if err != nil {
		return nil, place, err
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *Base) int {
		return cmp.Or(cmp.Compare(warmth(b, used), warmth(a, used)), cmp.Compare(rank(a), rank(b)), strings.Compare(a.Code(), b.Code()))
	})
	return list[:min(n, len(list))], place, nil
}

// hotIn returns the uses of a place, or of the smallest one around it in which there were enough.
func (s *Service) hotIn(ctx context.Context, place region.Code) (region.Code, map[string]int64, error) {
	for ; !place.IsZero() && place.Level() > region.Province; place = place.Parent() {
		if place.Level() > region.County {
			continue
		}
		r, err := s.ranking(ctx, place.Prefix())
		if err != nil {
			return place, nil, err
		}
		if r.all >= usesEnough {
			return place, r.uses, nil
		}
	}
	r, err := s.ranking(ctx, "")
	if err != nil {
		return place, nil, err
	}
	return region.Code{}, r.uses, nil
}

// warmth is the use of an item with the start its keeper gave it: the first is worth a hundred openings in thirty days, the tenth ten.
func warmth(b *Base, used map[string]int64) int64 {
	if b.Rank == 0 {
		return used[b.Code()]
	}
	return used[b.Code()] + int64(100/b.Rank)
}

// ranking returns the uses of the last thirty days in the counties that begin with some digits, "" for the province; they are read again every ten
// minutes.
func (s *Service) ranking(ctx context.Context, prefix string) (*ranking, error) {
	now := time.Now()
	r, ok, age := s.uses.ranked.Get(prefix)
	if ok && now.Sub(r.at) < hotLife {
		return r, nil
	}
	var fresh *ranking
	err := s.db.Glance(ctx, func(tx *db.Tx) error {
		fresh = &ranking{at: now, uses: map[string]int64{}}
		since := dayOf(tx.Now.AddDate(0, 0, -hotDays))
		var rows []useRow
		var err error
		if prefix == "" {
			rows, err = usesSince(ctx, tx, since)
		} else {
			rows, err = usesIn(ctx, tx, prefix, since)
		}
		for _, r := range rows {
			fresh.uses[r.BaseCode] = r.Uses
			fresh.all += r.Uses
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading uses: %w", err)
	}
	s.uses.ranked.Put(prefix, fresh, age)
	return fresh, nil
}

func dayOf(t time.Time) string { return civil.Of(t).String() }
