package item

import (
	"context"
	"fmt"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Deviation is one element in which an entry says something else than its base.
type Deviation struct {
	Stated
	Base       string // 12-digit code
	BaseValue  string // what holds and what people read
	BaseName   string
	Region     region.Code
	Level      int
	OfficeName string
	Source     string // where it was said
	StatedAt   time.Time
}

// DeviationPlace is where a page of deviations ended.
type DeviationPlace struct{ Entry, Element string }

// DeviationQuery narrows a list of deviations. Zero fields do not narrow.
type DeviationQuery struct {
	Element string
	Level   int // exercising level
	Region  region.Code
	Base    string // 12-digit code
	Entry   string // 31-character code
	After   DeviationPlace
	Limit   int // at most [Most], which is also 0
}

// Deviations lists what deviates within by's reach, by entry and element. fault.Forbidden for who keeps nothing.
func (s *Service) Deviations(ctx context.Context, by actor.Actor, q DeviationQuery) ([]Deviation, error) {
	reach := s.needs.Rights.Reach(by, ActImprove)
	if len(reach) == 0 {
		return nil, fault.New(fault.Forbidden, "item.keepers_only")
	}
	var list []Deviation
	err := s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := deviationsAfter(ctx, tx, reach, q, q.limit())
		if err != nil {
			return fmt.Errorf("listing deviations: %w", err)
		}
		list = make([]Deviation, len(rows))
		for i, r := range rows {
			b, err := s.Base(ctx, tx, r.BaseCode)
			if err != nil {
				return err
			}
			list[i] = Deviation{Stated: Stated{r.EntryCode, r.Element, r.Said}, Base: r.BaseCode, BaseValue: r.Value, BaseName: b.Name, Region: r.Region,
				Level: r.Level, OfficeName: r.OfficeName, Source: r.Source, StatedAt: r.StatedAt}
		}
		return nil
	})
	return list, err
}

func (q DeviationQuery) limit() int {
	if q.Limit <= 0 || q.Limit > Most {
		return Most
	}
	return q.Limit
}

// Adopt corrects an entry: what it says differently in these elements is forgotten, so that it says what its base says; what waited for its
// keepers is closed when nothing is left. Elements in which it does not deviate are passed over; when that is all of them, the answer is
// fault.Conflict "item.nothing_deviates". It needs the right to improve the entry.
func (s *Service) Adopt(ctx context.Context, by actor.Actor, entryCode string, keys []string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		list, err := statedEntries(ctx, tx, []string{entryCode})
		if err != nil {
			return fmt.Errorf("reading the entry: %w", err)
		}
		if len(list) == 0 {
			return fault.New(fault.NotFound, "item.not_found")
		}
		err = s.needs.Rights.Check(by, ActImprove, actor.Target{OfficePath: list[0].OfficePath, Item: list[0].BaseCode})
		if err != nil {
			return err
		}
		rows, err := statedOf(ctx, tx, []string{entryCode})
		if err != nil {
			return fmt.Errorf("reading what was said: %w", err)
		}
		var gone []statedKey
		for _, r := range rows {
			if slices.Contains(keys, r.Element) {
				gone = append(gone, statedKey{r.EntryCode, r.Element})
			}
		}
		if len(gone) == 0 {
			return fault.New(fault.Conflict, "item.nothing_deviates")
		}
		n, err := s.adopt(ctx, tx, by, gone, entryCode)
		if err == nil && n == 0 { // somebody else was quicker
			return fault.New(fault.Conflict, "item.nothing_deviates")
		}
		return err
	})
}

// mostAdopted statements are forgotten in one transaction.
const mostAdopted = 20_000

// AdoptAll corrects everything a query finds within by's reach, and returns how many statements were forgotten. After and Limit are not looked
// at; what is more than twenty thousand is left for the next call. Doing it again changes nothing.
func (s *Service) AdoptAll(ctx context.Context, by actor.Actor, q DeviationQuery) (int, error) {
	reach := s.needs.Rights.Reach(by, ActImprove)
	if len(reach) == 0 {
		return 0, fault.New(fault.Forbidden, "item.keepers_only")
	}
	n := 0
	q.After = DeviationPlace{}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		gone, err := deviationKeys(ctx, tx, reach, q, mostAdopted)
		if err != nil {
			return fmt.Errorf("finding deviations: %w", err)
		}
		if gone, err = s.mayAdopt(ctx, tx, by, gone); err != nil {
			return err
		}
		if n = 0; len(gone) == 0 {
			return nil
		}
		n, err = s.adopt(ctx, tx, by, gone, leafObject(q))
		return err
	})
	return n, err
}

// mayAdopt leaves out the statements of items that by's duties are not for.
func (s *Service) mayAdopt(ctx context.Context, tx *db.Tx, by actor.Actor, list []statedKey) ([]statedKey, error) {
	if !limited(by) {
		return list, nil
	}
	may := map[string]bool{}
	for part := range slices.Chunk(entriesOfKeys(list), statedBatch) {
		entries, err := statedEntries(ctx, tx, part)
		if err != nil {
			return nil, fmt.Errorf("reading the entries: %w", err)
		}
		for _, e := range entries {
			may[e.Code] = s.needs.Rights.Check(by, ActImprove, actor.Target{OfficePath: e.OfficePath, Item: e.BaseCode}) == nil
		}
	}
	return slices.DeleteFunc(list, func(k statedKey) bool { return !may[k.Entry] }), nil
}

// leafObject is what the leaf of a correction of many names: the item where there is one.
func leafObject(q DeviationQuery) string {
	switch {
	case q.Entry != "":
		return q.Entry
	case q.Base != "":
		return q.Base
	}
	return "library"
}

// adopt forgets statements and returns how many there still were; without any it writes nothing.
func (s *Service) adopt(ctx context.Context, tx *db.Tx, by actor.Actor, gone []statedKey, object string) (int, error) {
	n, err := deleteStated(ctx, tx, gone)
	if err != nil {
		return 0, fmt.Errorf("forgetting what was said: %w", err)
	}
	if n == 0 {
		return 0, nil
	}
	if err := s.closeAgreed(ctx, tx, by, entriesOfKeys(gone)); err != nil {
		return 0, err
	}
	if err := bumpStated(ctx, tx); err != nil {
		return 0, err
	}
	named := map[string]bool{}
	for _, k := range gone {
		named[k.Element] = true
	}
	return n, s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.adopted", Actor: by.Name(), Office: by.OfficePath, Object: "item:" + object,
		Data: map[string]any{"entries": len(entriesOfKeys(gone)), "statements": n, "elements": inOrder(named)}})
}

func inOrder(named map[string]bool) (keys []string) {
	for _, k := range ElementKeys() {
		if named[k] {
			keys = append(keys, k)
		}
	}
	return keys
}
