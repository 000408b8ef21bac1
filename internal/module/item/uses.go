package item

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
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

// uses counts in memory, by base code, what is not written yet.
type uses struct {
	mu      sync.Mutex
	pending map[string]int64

	ranked atomic.Pointer[ranking]
}

// ranking is how often items were used of late, as last read.
type ranking struct {
	at   time.Time
	uses map[string]int64
}

// Opened counts one opening of a guide, by the code of the entry or of the base item. It costs no statement: counts are written each minute by
// [Service.CountUses]. Codes of no item count nothing.
func (s *Service) Opened(code string) { s.count(code, usesOfOpening) }

// Submitted counts one application handed in for an entry; see [Service.Opened].
func (s *Service) Submitted(code string) { s.count(code, usesOfSubmission) }

func (s *Service) count(code string, n int64) {
	if len(code) == 31 {
		code = code[19:]
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
		s.uses.pending = map[string]int64{}
	}
	s.uses.pending[code] += n
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
			s.uses.pending = map[string]int64{}
		}
		for code, n := range pending {
			s.uses.pending[code] += n
		}
		return fmt.Errorf("writing uses: %w", err)
	}
	return nil
}

// Hot returns the n items a query asks for that were used most of late. A keeper's rank gives an item its start: what was never used stands in the
// order of the ranks, and use moves it. After and Limit of the query are not looked at.
func (s *Service) Hot(ctx context.Context, q Query, n int) ([]*Base, error) {
	list, err := s.Bases(ctx, q)
	if err != nil {
		return nil, err
	}
	used, err := s.ranking(ctx)
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *Base) int {
		return cmp.Or(cmp.Compare(warmth(b, used), warmth(a, used)), cmp.Compare(rank(a), rank(b)), strings.Compare(a.Code(), b.Code()))
	})
	return list[:min(n, len(list))], nil
}

// warmth is the use of an item with the start its keeper gave it: the first is worth a hundred openings in thirty days, the tenth ten.
func warmth(b *Base, used map[string]int64) int64 {
	if b.Rank == 0 {
		return used[b.Code()]
	}
	return used[b.Code()] + int64(100/b.Rank)
}

// ranking returns the uses of the last thirty days, read again every ten minutes.
func (s *Service) ranking(ctx context.Context) (map[string]int64, error) {
	now := time.Now()
	if r := s.uses.ranked.Load(); r != nil && now.Sub(r.at) < hotLife {
		return r.uses, nil
	}
	counted := map[string]int64{}
	err := s.db.Glance(ctx, func(tx *db.Tx) error {
		rows, err := usesSince(ctx, tx, dayOf(tx.Now.AddDate(0, 0, -hotDays)))
		for _, r := range rows {
			counted[r.BaseCode] = r.Uses
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading uses: %w", err)
	}
	s.uses.ranked.Store(&ranking{at: now, uses: counted})
	return counted, nil
}

func dayOf(t time.Time) string { return civil.Of(t).String() }
