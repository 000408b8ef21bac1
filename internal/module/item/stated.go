package item

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Stated is what an entry that came from outside says for one element.
type Stated struct {
	Entry   string // 31-character code
	Element string // one of [ElementKeys]
	Said    string // made as [ElementValue] makes it; "" says nothing
}

// longestSaid is how much of a statement is kept to be shown; all of it is compared.
const longestSaid = 4000

// State keeps what one entry says differently from its base, in the caller's transaction: [Service.StateMany] for one entry.
func (s *Service) State(ctx context.Context, tx *db.Tx, by actor.Actor, entryCode string, said map[string]string, source string) error {
	list := make([]Stated, 0, len(said))
	for _, key := range ElementKeys() {
		if text, ok := said[key]; ok {
			list = append(list, Stated{entryCode, key, text})
		}
	}
	if len(list) != len(said) {
		return fault.New(fault.Invalid, "item.no_element")
	}
	return s.StateMany(ctx, tx, by, source, list)
}

// StateMany keeps what entries say differently from their bases, and forgets what they said before where they now agree or say nothing; each
// office whose entry deviates is asked. It is for thousands of entries: few statements, and none for an entry that agrees. source is where it
// was said, such as the name of an import. by needs the right to improve every entry named; fault.NotFound "item.not_found" for an unknown
// entry, fault.Invalid "item.no_element" for an unknown element. Stating the same again changes nothing.
func (s *Service) StateMany(ctx context.Context, tx *db.Tx, by actor.Actor, source string, said []Stated) error {
	last := map[statedKey]string{} // the later of two statements counts
	var codes []string
	for _, x := range said {
		if !slices.Contains(ElementKeys(), x.Element) {
			return fault.New(fault.Invalid, "item.no_element")
		}
		last[statedKey{x.Entry, x.Element}] = x.Said
		codes = append(codes, x.Entry)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	done := statedChange{todos: map[string]statedEntry{}, bases: map[string]bool{}, unlocked: map[string]bool{}}
	list, err := elements(ctx, tx)
	if err != nil {
		return fmt.Errorf("reading the elements: %w", err)
	}
	for _, e := range list {
		done.unlocked[e.Key] = !e.Locked
	}
	for part := range slices.Chunk(codes, statedBatch) {
		if err := s.compare(ctx, tx, by, part, last, &done); err != nil {
			return err
		}
	}
	if len(done.kept) == 0 && len(done.gone) == 0 {
		return nil
	}
	if err := s.writeStated(ctx, tx, by, source, done); err != nil {
		return fmt.Errorf("keeping what entries say: %w", err)
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.stated", Actor: by.Name(), Office: by.OfficePath, Object: "item:library",
		Data: map[string]any{"source": source, "deviations": len(done.kept), "agreed": len(done.gone)}})
}

// causeStated is why an office is asked about its entry: of all its statements once.
const causeStated = "stated"

// statedBatch entries are compared with one question.
const statedBatch = 400

type statedKey struct{ Entry, Element string }

// statedChange is what statements lead to.
type statedChange struct {
	kept  []statedRow
	gone  []statedKey
	todos map[string]statedEntry // entries of which something is kept that deviates
	bases map[string]bool        // the base versions they and others say something different from

	unlocked map[string]bool // elements in which entries may differ
}

// compare finds what some entries say differently from before.
func (s *Service) compare(ctx context.Context, tx *db.Tx, by actor.Actor, codes []string, said map[statedKey]string, done *statedChange) error {
	entries, err := statedEntries(ctx, tx, codes)
	if err != nil {
		return fmt.Errorf("reading the entries: %w", err)
	}
	if len(entries) < len(codes) {
		return fault.New(fault.NotFound, "item.not_found")
	}
	if err := s.within(by, entries); err != nil {
		return err
	}
	before, err := statedOf(ctx, tx, codes)
	if err != nil {
		return fmt.Errorf("reading what was said: %w", err)
	}
	known := map[statedKey]string{}
	for _, r := range before {
		known[statedKey{r.EntryCode, r.Element}] = r.Digest
	}
	for _, e := range entries {
		p, err := s.version(ctx, tx, e.BaseVersionID)
		if err != nil {
			return err
		}
		for _, key := range ElementKeys() {
			k := statedKey{e.Code, key}
			text, says := said[k]
			digest, there := known[k]
			switch {
			case !says:
			case text == "" || agrees(&p.Definition, key, text):
				if there {
					done.gone = append(done.gone, k)
				}
			case digest != textDigest(text):
				done.kept = append(done.kept, statedRow{EntryCode: e.Code, Element: key, BaseCode: e.BaseCode, Region: e.Region,
					Level: int(exercisingLevel(e.Region)), Said: shortened(text), Digest: textDigest(text)})
				done.bases[e.BaseVersionID] = true
				if !done.unlocked[key] {
					done.todos[e.Code] = e
				}
			}
		}
	}
	return nil
}

// within refuses entries beyond by's reach. Imports bring thousands of them, so each is checked only where the reach does not say it all.
func (s *Service) within(by actor.Actor, entries []statedEntry) error {
	reach := s.needs.Rights.Reach(by, ActImprove)
	one := limited(by)
	for _, e := range entries {
		if one {
			if err := s.needs.Rights.Check(by, ActImprove, actor.Target{OfficePath: e.OfficePath, Item: e.BaseCode}); err != nil {
				return err
			}
			continue
		}
		if !slices.ContainsFunc(reach, func(path string) bool { return strings.HasPrefix(e.OfficePath, path) }) {
			return fault.New(fault.Forbidden, "item.keepers_only")
		}
	}
	return nil
}

func (s *Service) writeStated(ctx context.Context, tx *db.Tx, by actor.Actor, source string, done statedChange) error {
	var todos []Todo
	for code, e := range done.todos {
		todos = append(todos, Todo{OfficePath: e.OfficePath, Kind: EntryDeviates, Object: code, Cause: causeStated, Said: source, OpenedBy: by.Name()})
	}
	for _, version := range slices.Sorted(maps.Keys(done.bases)) { // of an unlocked element too: it may be locked again
		p, err := s.version(ctx, tx, version)
		if err != nil {
			return err
		}
		if err := insertElements(ctx, tx, version, &p.Definition); err != nil {
			return err
		}
	}
	if err := upsertStated(ctx, tx, source, done.kept); err != nil {
		return err
	}
	if _, err := deleteStated(ctx, tx, done.gone); err != nil {
		return err
	}
	slices.SortFunc(todos, func(a, b Todo) int { return strings.Compare(a.Object, b.Object) })
	for _, t := range todos {
		if err := s.OpenTodo(ctx, tx, t); err != nil {
			return err
		}
	}
	if err := s.closeAgreed(ctx, tx, by, entriesOfKeys(done.gone)); err != nil {
		return err
	}
	return bumpStated(ctx, tx)
}

// keepElements writes what a new base version says for each element, and forgets what entries said that it now says too: an entry follows its
// base, so what the base has taken over is no deviation, whatever the base says later.
func (s *Service) keepElements(ctx context.Context, tx *db.Tx, by actor.Actor, r baseVersionRow) error {
	if err := insertElements(ctx, tx, r.ID, &r.Definition.V); err != nil {
		return err
	}
	rows, err := statedOfBase(ctx, tx, r.BaseCode)
	if err != nil {
		return fmt.Errorf("reading what was said: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	var gone []statedKey
	for _, row := range rows {
		if row.Digest == textDigest(ElementValue(&r.Definition.V, row.Element)) || row.Element == ElementLevel && agrees(&r.Definition.V, row.Element, row.Said) {
			gone = append(gone, statedKey{row.EntryCode, row.Element})
		}
	}
	// What deviates is compared with the version in force, so the figures may change even when nothing is forgotten.
	if err := bumpStated(ctx, tx); err != nil {
		return err
	}
	if len(gone) == 0 {
		return nil
	}
	if _, err := deleteStated(ctx, tx, gone); err != nil {
		return err
	}
	if err := s.closeAgreed(ctx, tx, by, entriesOfKeys(gone)); err != nil {
		return err
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.agreed", Actor: by.Name(), Office: by.OfficePath, Object: "item:" + r.BaseCode,
		Data: map[string]any{"version": r.Version, "agreed": len(gone)}})
}

// closeAgreed closes what waits for the keepers of entries that deviate no longer.
func (s *Service) closeAgreed(ctx context.Context, tx *db.Tx, by actor.Actor, codes []string) error {
	if err := closeDeviations(ctx, tx, codes, by.Name(), adopted); err != nil {
		return fmt.Errorf("closing what waits: %w", err)
	}
	return nil
}

// entriesOfKeys returns the entries of some statements, each once.
func entriesOfKeys(list []statedKey) []string {
	codes := make([]string, len(list))
	for i, k := range list {
		codes[i] = k.Entry
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func shortened(text string) string {
	if utf8.RuneCountInString(text) <= longestSaid {
		return text
	}
	return string([]rune(text)[:longestSaid])
}

// statedEntry is an entry about which something is said.
type statedEntry struct {
	Code          string
	BaseCode      string
	BaseVersionID string // in force
	OfficePath    string
	Region        region.Code
}
