package item

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/platform/db"
)

// measured are the elements national tables say something about.
var measured = []string{"name", "kind", "basis", "level", "audience", "handling", "legal_days", "conditions", "procedure", "result", "fee", "materials"}

// unsaid are the elements a row of the basic table speaks of: what an entry said of them before is over when the row says what the base says.
var unsaid = []string{"name", "kind", "basis", "level", "audience", "handling", "legal_days", "conditions", "procedure"}

// state keeps what the rows of a batch say differently from their bases. known are entries that were there before.
func (i *importer) state(ctx context.Context, tx *db.Tx, b *portion, entries []candidate, known map[string]entryRow) (int64, error) {
	var said []Stated
	var differ int64
	for _, c := range entries {
		said = append(said, c.stated...)
		differ += int64(len(c.stated))
		if _, there := known[c.code]; !there {
			continue
		}
		for _, e := range unsaid {
			if !slices.ContainsFunc(c.stated, func(s Stated) bool { return s.Element == e }) {
				said = append(said, Stated{Entry: c.code, Element: e, Said: c.known.values[e]})
			}
		}
	}
	if len(b.stated) > 0 {
		codes := make([]any, 0, len(b.stated))
		for _, s := range b.stated {
			codes = append(codes, s.Entry)
		}
		here, err := there(ctx, tx, codes)
		if err != nil {
			return 0, fmt.Errorf("looking for entries: %w", err)
		}
		for _, s := range b.stated {
			if here[s.Entry] {
				said = append(said, s)
				differ++
			}
		}
	}
	if len(said) == 0 || i.in.DryRun {
		return differ, nil
	}
	if err := i.s.StateMany(ctx, tx, i.by, "import:"+i.run.ID, said); err != nil {
		return 0, fmt.Errorf("keeping what entries say: %w", err)
	}
	return differ, nil
}
