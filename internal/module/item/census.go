package item

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Census is how much the library holds.
type Census struct {
	Base       int `json:"base"`       // base items not cancelled
	Entries    int `json:"entries"`    // implementation entries of which neither they nor their base items are cancelled
	Variants   int `json:"variants"`   // 33-character codes: variants of every entry, one for an entry without
	Offices    int `json:"offices"`    // implementing bodies
	Regions    int `json:"regions"`    // governments they belong to
	Deviations int `json:"deviations"` // elements an entry states differently from its base, and entries found off the base version in force by the last recount
	Indexed    int `json:"indexed"`    // entries search can find

	IndexBytes int64 `json:"index_bytes"` // memory of the search index, about

	// AsOf is the moment the counters were read; they are kept with every change. What no counter knows is as of the last recount: the entries found
	// off the base version in force, Astray, which are part of Deviations, and what the rules of quality find in entries.
	AsOf      time.Time `json:"as_of"`
	Astray    int       `json:"astray"`
	Findings  int       `json:"findings"`
	Recounted time.Time `json:"recounted_at,omitzero"`
	Checked   time.Time `json:"checked_at,omitzero"` // when Findings were counted
}

// Recount is a census counted from the entries themselves, beside the counters.
type Recount struct {
	Census
	Agreed  bool     `json:"agreed"`             // every counter had what was counted
	Differs int      `json:"differs"`            // counters that had not, and were set right
	Repairs []Repair `json:"repaired,omitempty"` // which, by name
}

// Census reads the counters that every change of the library keeps in its own transaction; it reads no entry.
func (s *Service) Census(ctx context.Context) (Census, error) {
	var n Census
	err := s.db.View(ctx, func(tx *db.Tx) error {
		bases, offices, err := tallied(ctx, tx)
		if err != nil {
			return err
		}
		n, err = s.census(ctx, tx, bases, offices)
		return err
	})
	return n, err
}

// census puts the counts of bases and offices together with what is read in any case.
func (s *Service) census(ctx context.Context, tx *db.Tx, bases []entryCount, offices []officeCount) (Census, error) {
	c, err := s.catalogue(ctx, tx)
	if err != nil {
		return Census{}, err
	}
	n := Census{Base: len(c.bases), IndexBytes: c.bytes(), AsOf: tx.Now}
	for _, r := range bases {
		n.Entries += r.Entries
		if at, ok := c.codes[r.BaseCode]; ok {
			n.Indexed += r.Entries
			n.Variants += r.Entries * max(1, len(c.bases[at].Guide.Variants))
		}
	}
	ids, regions := map[string]bool{}, map[string]bool{}
	for _, o := range offices {
		ids[o.OfficeID], regions[o.Region] = true, true
	}
	n.Offices, n.Regions = len(ids), len(regions)
	if n.Recounted, n.Astray, err = lastRecount(ctx, tx); err != nil {
		return n, fmt.Errorf("reading the last recount: %w", err)
	}
	if n.Findings, n.Checked, err = findingsCounted(ctx, tx); err != nil {
		return n, fmt.Errorf("reading what the rules of quality found: %w", err)
	}
	stated, err := countDeviations(ctx, tx)
	if err != nil {
		return n, fmt.Errorf("counting deviations: %w", err)
	}
	n.Deviations = n.Astray + stated
	return n, nil
}

// Recount counts every entry of the library, in the state of one moment and without stopping anybody, and tells whether the counters agree. Counters
// that do not are set right. It reads every version of every entry: for keepers and for the night.
func (s *Service) Recount(ctx context.Context, by actor.Actor) (Recount, error) {
	if err := alone(by); err != nil {
		return Recount{}, err
	}
	var r Recount
	var found int
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		r, found, err = s.recount(ctx, tx)
		return err
	})
	if err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.keepRecount(ctx, tx, found, r.Agreed); err != nil {
			return err
		}
		r.Recounted = tx.Now
		if err := s.repairLeaf(ctx, tx, by, r.Repairs); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.recounted", Actor: by.Name(), Object: "library",
			Data: map[string]any{"entries": r.Entries, "agreed": r.Agreed, "differs": r.Differs}})
	})
	return r, err
}

// keepRecount notes what a recount found. Where counters were wrong they are set right by what is counted again with every other change waiting.
func (s *Service) keepRecount(ctx context.Context, tx *db.Tx, astray int, agreed bool) error {
	if agreed {
		return noteRecount(ctx, tx, astray)
	}
	if err := holdRevision(ctx, tx); err != nil {
		return err
	}
	bases, offices, err := counted(ctx, tx)
	if err != nil {
		return err
	}
	right := newLedger()
	for _, b := range bases {
		right.bases[b.BaseCode] = b.Entries
	}
	for _, o := range offices {
		right.offices[officeAt{o.OfficeID, o.Region}] = o.Entries
	}
	if err := replaceTally(ctx, tx, right); err != nil {
		return fmt.Errorf("setting the counters right: %w", err)
	}
	return noteRecount(ctx, tx, astray)
}

// recount counts, and compares with the counters of the same moment.
func (s *Service) recount(ctx context.Context, tx *db.Tx) (r Recount, astray int, err error) {
	bases, offices, err := counted(ctx, tx)
	if err != nil {
		return r, 0, err
	}
	kept, places, err := tallied(ctx, tx)
	if err != nil {
		return r, 0, err
	}
	if r.Census, err = s.census(ctx, tx, bases, offices); err != nil {
		return r, 0, err
	}
	r.Repairs = append(unlike(bases, kept, entryCount.tally), unlike(offices, places, officeCount.tally)...)
	r.Differs, r.Agreed = len(r.Repairs), len(r.Repairs) == 0
	if astray, err = countAstray(ctx, tx); err != nil {
		return r, 0, fmt.Errorf("counting entries that have not followed: %w", err)
	}
	r.Deviations += astray - r.Astray
	r.Astray = astray
	return r, astray, nil
}

// unlike compares what was counted with what is kept.
func unlike[T any](counted, kept []T, tally func(T) (string, int)) []Repair {
	found := make(map[string]int, len(counted))
	for _, x := range counted {
		name, n := tally(x)
		found[name] = n
	}
	var list []Repair
	for _, x := range kept {
		name, n := tally(x)
		if found[name] != n {
			list = append(list, Repair{name, n, found[name]})
		}
		delete(found, name)
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, Repair{name, 0, found[name]})
	}
	return list
}

func (n entryCount) tally() (string, int) { return "base:" + n.BaseCode, n.Entries }

func (n officeCount) tally() (string, int) {
	return officeAt{n.OfficeID, n.Region}.tally(), n.Entries
}

func tallied(ctx context.Context, tx *db.Tx) ([]entryCount, []officeCount, error) {
	bases, err := talliedEntries(ctx, tx)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the counters of base items: %w", err)
	}
	offices, err := talliedOffices(ctx, tx)
	if err != nil {
		err = fmt.Errorf("reading the counters of offices: %w", err)
	}
	return bases, offices, err
}

func counted(ctx context.Context, tx *db.Tx) ([]entryCount, []officeCount, error) {
	bases, err := countedEntries(ctx, tx)
	if err != nil {
		return nil, nil, fmt.Errorf("counting entries: %w", err)
	}
	offices, err := countedOffices(ctx, tx)
	if err != nil {
		return nil, nil, fmt.Errorf("counting offices: %w", err)
	}
	return bases, offices, nil
}
