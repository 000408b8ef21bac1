package itemweb

import (
	"context"
	"sync"

	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

// entries keeps the entries whose guides were shown, as long as the library stays as it is: the same rule as for strangers' pages.
type entries struct {
	mu     sync.RWMutex
	byCode map[string]*item.Entry
	age    int // counts what was forgotten, so that what was read before is not kept after
}

// mostShown bounds the entries kept; they share their guides, so each is small.
const mostShown = 10_000

func (e *entries) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.byCode, e.age = nil, e.age+1
}

// entry returns what an entry's guide shows: of an office by 31 characters, of the item in general by 12.
func (s *site) entry(ctx context.Context, code string) (*item.Entry, error) {
	s.shown.mu.RLock()
	e, age := s.shown.byCode[code], s.shown.age
	s.shown.mu.RUnlock()
	if e != nil && s.Cache != nil {
		return e, nil
	}
	err := s.DB.Glance(ctx, func(tx *db.Tx) (err error) {
		if len(code) == 12 {
			e, err = s.Items.Preview(ctx, tx, code)
		} else {
			e, err = s.Items.Entry(ctx, tx, code)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.shown.mu.Lock()
	defer s.shown.mu.Unlock()
	if len(s.shown.byCode) >= mostShown || s.shown.byCode == nil {
		s.shown.byCode = map[string]*item.Entry{}
	}
	if age == s.shown.age {
		s.shown.byCode[code] = e
	}
	return e, nil
}
