package item

import (
	"context"
	"fmt"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Change is one version of a base item or an entry and what it changed.
type Change struct {
	Version     int
	At          time.Time // the instant of its transaction, and so of its leaf in the log
	By          string    // who put it in force: of what the program published item by item, who approved it
	WrittenBy   string    // who wrote it, where another put it in force; "" for the same
	BaseVersion int       // of an entry: the version it stands on
	Differences []Difference
	First       bool // nothing was there before
	Fallen      int  // entries that ended because it does not name them any more
	Back        int  // entries that stand again because it names them
}

// Traced is the story of a base item or an entry.
type Traced struct {
	Name     string
	BaseCode string
	OfficeID string // of an entry
	Changes  []Change
}

// Trace tells what each version of a base item (12 digits) or an entry (31 characters) changed, newest first, at most limit before a version; 0
// begins with the newest. Keepers, chiefs of the entry's office and auditors may read it; fault.NotFound "item.not_found" for no such code.
func (s *Service) Trace(ctx context.Context, by actor.Actor, code string, before, limit int) (t Traced, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if len(code) == 12 {
			t, err = s.baseChanges(ctx, tx, by, code, before, min(limit, Most))
		} else {
			t, err = s.entryChanges(ctx, tx, by, code, before, min(limit, Most))
		}
		return err
	})
	return t, err
}

func (s *Service) baseChanges(ctx context.Context, tx *db.Tx, by actor.Actor, code string, before, limit int) (Traced, error) {
	if len(s.needs.Rights.Reach(by, ActTrace)) == 0 {
		return Traced{}, fault.New(fault.Forbidden, "item.keepers_only")
	}
	b, err := s.Base(ctx, tx, code)
	if err != nil {
		return Traced{}, err
	}
	t := Traced{Name: b.Name, BaseCode: code}
	list, err := editions(ctx, tx, code, before, limit+1)
	if err != nil {
		return t, fmt.Errorf("reading the versions of %s: %w", code, err)
	}
	drafts, err := publishedDrafts(ctx, tx, code)
	if err != nil {
		return t, fmt.Errorf("reading the drafts of %s: %w", code, err)
	}
	var stands []string
	for i, e := range list[:min(limit, len(list))] {
		c := Change{Version: e.Version, At: e.PublishedAt, By: e.PublishedBy, First: e.Version == 1}
		if d, ok := drafts[e.ID]; ok && d.SavedBy != e.PublishedBy {
			c.WrittenBy = d.SavedBy
		}
		if i+1 < len(list) {
			if c.Differences, err = s.between(ctx, tx, list[i+1].ID, e.ID); err != nil {
				return t, err
			}
		}
		t.Changes = append(t.Changes, c)
		stands = append(stands, e.ID)
	}
	if err := s.nameApprovers(ctx, tx, &t); err != nil {
		return t, err
	}
	return t, s.countFallen(ctx, tx, &t, "", stands)
}

// countFallen adds which entries fell out and came back with each change; stands are the base versions they stand on.
func (s *Service) countFallen(ctx context.Context, tx *db.Tx, t *Traced, entry string, stands []string) error {
	fallen, back, err := fallenWith(ctx, tx, t.BaseCode, entry, stands)
	if err != nil {
		return fmt.Errorf("reading which entries fell out of %s: %w", t.BaseCode, err)
	}
	for i, id := range stands {
		if i+1 < len(stands) && stands[i+1] == id {
			continue // a later version of an entry on the same base version
		}
		t.Changes[i].Fallen, t.Changes[i].Back = fallen[id], back[id]
	}
	return nil
}

// nameApprovers puts who approved and who proposed in the place of the program that published item by item.
func (s *Service) nameApprovers(ctx context.Context, tx *db.Tx, t *Traced) error {
	if !slices.ContainsFunc(t.Changes, func(c Change) bool { return c.By == carrier.Name() }) {
		return nil
	}
	done, err := carriedOutOf(ctx, tx, t.BaseCode)
	if err != nil {
		return fmt.Errorf("reading who approved what was published of %s: %w", t.BaseCode, err)
	}
	for i, c := range t.Changes {
		if p, ok := done[c.At.UnixMilli()]; ok && c.By == carrier.Name() {
			t.Changes[i].By, t.Changes[i].WrittenBy = p.EndedBy, p.MadeBy
		}
	}
	return nil
}

// between compares two base versions.
func (s *Service) between(ctx context.Context, tx *db.Tx, before, after string) ([]Difference, error) {
	if before == after {
		return nil, nil
	}
	was, err := s.version(ctx, tx, before)
	if err != nil {
		return nil, err
	}
	is, err := s.version(ctx, tx, after)
	if err != nil {
		return nil, err
	}
	return Compare(&was.Definition, &is.Definition), nil
}

func (s *Service) entryChanges(ctx context.Context, tx *db.Tx, by actor.Actor, code string, before, limit int) (Traced, error) {
	e, err := s.Entry(ctx, tx, code)
	if err != nil {
		return Traced{}, err
	}
	if err := s.needs.Rights.Check(by, ActTrace, actor.Target{OfficePath: e.OfficePath, Item: e.BaseCode}); err != nil {
		return Traced{}, err
	}
	t := Traced{Name: e.Name, BaseCode: e.BaseCode, OfficeID: e.OfficeID}
	list, err := entryVersions(ctx, tx, code, before, limit+1)
	if err != nil {
		return t, fmt.Errorf("reading the versions of %s: %w", code, err)
	}
	var stood []string
	for i, r := range list[:min(limit, len(list))] {
		stands, err := s.version(ctx, tx, r.BaseVersionID)
		if err != nil {
			return t, err
		}
		c := Change{Version: r.Version, At: r.PublishedAt, By: r.PublishedBy, BaseVersion: stands.Version, First: r.Version == 1}
		if i+1 < len(list) {
			was := list[i+1]
			if c.Differences, err = s.between(ctx, tx, was.BaseVersionID, r.BaseVersionID); err != nil {
				return t, err
			}
			if was.OfficeName != r.OfficeName {
				c.Differences = append(c.Differences, Difference{Element: "office", Before: was.OfficeName, After: r.OfficeName})
			}
			c.Differences = append(c.Differences, overridden(was.Override.V, r.Override.V)...)
		}
		t.Changes = append(t.Changes, c)
		stood = append(stood, r.BaseVersionID)
	}
	if err := s.nameApprovers(ctx, tx, &t); err != nil {
		return t, err
	}
	return t, s.countFallen(ctx, tx, &t, code, stood)
}
