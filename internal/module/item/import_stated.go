package item

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/platform/db"
)

// measured are the elements national tables say something about.
var measured = []string{"name", "kind", "basis", "level", "audience", "handling", "legal_days", "conditions", "procedure", "result", "fee", "materials"}

// ofBasic are the elements a row of the basic table speaks of: what an entry said of them before is over when the row says what the base says. Results,
// materials and fees stand in tables of their own, see [portion.say].
var ofBasic = []string{"name", "kind", "basis", "level", "organ_nature", "audience", "handling", "legal_days", "conditions", "procedure"}

// say keeps what an entry says of an element its own table speaks of: differently from its base, or as the base, which ends what it said before.
func (b *portion) say(entry, element, said string, k *knownBase) {
	if said != k.values[element] {
		b.stated = append(b.stated, Stated{Entry: entry, Element: element, Said: said})
		return
	}
	b.agreed = append(b.agreed, statedKey{entry, element})
}

// state keeps what the rows of a batch say differently from their bases, and forgets what their entries said before and say no longer. known are entries
// that were there before. It counts both.
func (i *importer) state(ctx context.Context, tx *db.Tx, b *portion, entries []candidate, known map[string]entryRow) (differ, agree int64, err error) {
	said, err := i.differing(ctx, tx, b, entries)
	if err != nil {
		return 0, 0, err
	}
	differ = int64(len(said))
	over, err := formerly(ctx, tx, agreeing(b, entries, known))
	if err != nil {
		return 0, 0, fmt.Errorf("looking for what entries said before: %w", err)
	}
	for _, k := range over {
		said = append(said, Stated{Entry: k.Entry, Element: k.Element})
	}
	agree = int64(len(over))
	if len(said) == 0 || i.in.DryRun {
		return differ, agree, nil
	}
	if err := i.s.StateMany(ctx, tx, i.by, "import:"+i.run.ID, said); err != nil {
		return 0, 0, fmt.Errorf("keeping what entries say: %w", err)
	}
	return differ, agree, nil
}

// differing is what the rows of a batch say differently, of entries that are there.
func (i *importer) differing(ctx context.Context, tx *db.Tx, b *portion, entries []candidate) ([]Stated, error) {
	var said []Stated
	for _, c := range entries {
		said = append(said, c.stated...)
	}
	if len(b.stated) == 0 {
		return said, nil
	}
	codes := make([]any, 0, len(b.stated))
	for _, s := range b.stated {
		codes = append(codes, s.Entry)
	}
	here, err := there(ctx, tx, codes)
	if err != nil {
		return nil, fmt.Errorf("looking for entries: %w", err)
	}
	for _, s := range b.stated {
		if here[s.Entry] {
			said = append(said, s)
		}
	}
	return said, nil
}

// agreeing are the elements the rows of a batch say as their bases do.
func agreeing(b *portion, entries []candidate, known map[string]entryRow) []statedKey {
	keys := slices.Clone(b.agreed)
	for _, c := range entries {
		if _, there := known[c.code]; !there {
			continue
		}
		for _, e := range ofBasic {
			if !slices.ContainsFunc(c.stated, func(s Stated) bool { return s.Element == e }) {
				keys = append(keys, statedKey{c.code, e})
			}
		}
		if c.free {
			keys = append(keys, statedKey{c.code, ElementFee})
		}
	}
	return keys
}

// formerly returns those of some keys under which something is stated.
func formerly(ctx context.Context, tx *db.Tx, keys []statedKey) ([]statedKey, error) {
	asked := make(map[statedKey]bool, len(keys))
	for _, k := range keys {
		asked[k] = true
	}
	var found []statedKey
	for part := range slices.Chunk(entriesOfKeys(keys), statedBatch) {
		rows, err := statedKeys(ctx, tx, part)
		if err != nil {
			return nil, err
		}
		for _, k := range rows {
			if asked[k] {
				found = append(found, k)
			}
		}
	}
	return found, nil
}
