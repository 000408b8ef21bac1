package item

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"xiangyun/internal/platform/db"
)

// officeAt is an office and the region its entries stand in.
type officeAt struct{ id, region string }

// ledger is by how much a transaction changes how many living entries there are: what a census reads instead of a million rows.
type ledger struct {
	bases   map[string]int
	offices map[officeAt]int
}

func newLedger() ledger { return ledger{map[string]int{}, map[officeAt]int{}} }

func (t ledger) add(base string, o officeAt, n int) {
	t.bases[base] += n
	t.offices[o] += n
}

// join adds what another ledger counts.
func (t ledger) join(other ledger) {
	for b, n := range other.bases {
		t.bases[b] += n
	}
	for o, n := range other.offices {
		t.offices[o] += n
	}
}

// ledgerOf counts new entries, and moves those that have another office now.
func ledgerOf(list []newVersion) ledger {
	t := newLedger()
	for _, v := range list {
		region := v.row.Region.String()
		switch {
		case v.row.State == Cancelled:
		case v.row.Version == 1:
			t.add(v.base, officeAt{v.row.OfficeID, region}, 1)
		case v.was != "" && v.was != v.row.OfficeID:
			t.offices[officeAt{v.was, region}]--
			t.offices[officeAt{v.row.OfficeID, region}]++
		}
	}
	return t
}

// endedLedger is what ends with an entry, or with a base item: all its entries that had not ended before.
func endedLedger(ctx context.Context, tx *db.Tx, code string) (ledger, error) {
	t := newLedger()
	if len(code) != 12 {
		at, err := placeOf(ctx, tx, code)
		if err == nil && at.BaseState != Cancelled {
			t.add(at.BaseCode, officeAt{at.OfficeID, at.Region}, -1)
		}
		return t, err
	}
	list, err := livingOf(ctx, tx, code)
	for _, o := range list {
		t.add(code, officeAt{o.OfficeID, o.Region}, -o.Entries)
	}
	return t, err
}

// changed counts the revision and keeps the tally. The revision comes first: whoever changes a tally waits for its row, so that no two changes of
// tallies wait for each other.
func changed(ctx context.Context, tx *db.Tx, t ledger) error {
	if err := bumpRevision(ctx, tx); err != nil {
		return fmt.Errorf("counting the revision: %w", err)
	}
	if err := addToTally(ctx, tx, t); err != nil {
		return fmt.Errorf("keeping the tally: %w", err)
	}
	return nil
}

// rows puts what is not nothing in an order of its own, as arguments of so many values each.
func (t ledger) rows() (bases, offices []any) {
	for _, b := range slices.Sorted(maps.Keys(t.bases)) {
		if n := t.bases[b]; n != 0 {
			bases = append(bases, b, n)
		}
	}
	order := func(a, b officeAt) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.region, b.region)) }
	for _, o := range slices.SortedFunc(maps.Keys(t.offices), order) {
		if n := t.offices[o]; n != 0 {
			offices = append(offices, o.id, o.region, n)
		}
	}
	return bases, offices
}
