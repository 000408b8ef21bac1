package item

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// KeptQuery narrows the base catalogue as keepers see it. Zero fields do not narrow.
type KeptQuery struct {
	Text       string // what is searched, or the beginning of a code
	Department string // two digits
	Kind       Kind
	State      State  // zero is in use and paused
	After      string // code of the last row of the page before
	Limit      int    // 0 is 20, at most [Most]
}

// Kept is one base item as keepers see it.
type Kept struct {
	*Base
	Entries int    // offices that took it up and did not end it
	Draft   *Draft // the open one, nil for none
}

// Kept lists base items by code, and what is to give as After for the next page, "" at the end. fault.Forbidden for who writes no drafts.
func (s *Service) Kept(ctx context.Context, by actor.Actor, q KeptQuery) ([]Kept, string, error) {
	if len(s.needs.Rights.Reach(by, ActDraft)) == 0 {
		return nil, "", fault.New(fault.Forbidden, "item.keepers_only")
	}
	limit := cmp.Or(min(q.Limit, Most), 20)
	var rows []Kept
	next := ""
	err := s.db.View(ctx, func(tx *db.Tx) error {
		rows, next = nil, ""
		list, err := s.keptBases(ctx, tx, q)
		if err != nil {
			return err
		}
		if len(list) > limit {
			list = list[:limit]
			next = list[limit-1].Code()
		}
		codes := make([]string, len(list))
		for i, b := range list {
			codes[i] = b.Code()
		}
		counts, err := entryCounts(ctx, tx, codes)
		if err != nil {
			return fmt.Errorf("counting entries: %w", err)
		}
		drafts, err := openDrafts(ctx, tx, codes)
		if err != nil {
			return fmt.Errorf("reading drafts: %w", err)
		}
		for _, b := range list {
			k := Kept{Base: b, Entries: counts[b.Code()]}
			if r, ok := drafts[b.Code()]; ok {
				k.Draft = r.draft()
			}
			rows = append(rows, k)
		}
		return nil
	})
	return rows, next, err
}

// keptBases returns the base items a query asks for after its position, by code.
func (s *Service) keptBases(ctx context.Context, tx *db.Tx, q KeptQuery) ([]*Base, error) {
	c, err := s.catalogue(ctx, tx)
	if err != nil {
		return nil, err
	}
	var list []*Base
	if q.State == Cancelled {
		if list, err = s.cancelled(ctx, tx, q.Text); err != nil {
			return nil, err
		}
	} else {
		text := q.Text
		if coded(text) {
			text = ""
		}
		list = slices.Clone(c.match(Query{Text: text, Kind: q.Kind}))
	}
	list = slices.DeleteFunc(list, func(b *Base) bool {
		return b.Code() <= q.After || coded(q.Text) && !strings.HasPrefix(b.Code(), q.Text) || q.Department != "" && b.Department != q.Department || q.Kind != "" && b.Kind != q.Kind ||
			q.State != "" && b.State != q.State
	})
	slices.SortFunc(list, func(a, b *Base) int { return strings.Compare(a.Code(), b.Code()) })
	return list, nil
}

// coded tells whether somebody typed the beginning of a code.
func coded(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// cancelled returns the base items that ended, which the catalogue does not hold.
func (s *Service) cancelled(ctx context.Context, tx *db.Tx, text string) ([]*Base, error) {
	rows, err := cancelledBases(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("reading cancelled base items: %w", err)
	}
	var list []*Base
	for _, r := range rows {
		p, err := s.version(ctx, tx, r.VersionID)
		if err != nil {
			return nil, err
		}
		if text == "" || coded(text) || strings.Contains(p.Name, text) {
			b := p.Base
			b.State = r.State
			list = append(list, &b)
		}
	}
	return list, nil
}

// BaseVersion returns one version of a base item by its number; fault.NotFound "item.not_found" when there is none.
func (s *Service) BaseVersion(ctx context.Context, tx *db.Tx, code string, number int) (*Base, error) {
	id, err := versionID(ctx, tx, code, number)
	if errors.Is(err, db.ErrNotFound) {
		return nil, fault.New(fault.NotFound, "item.not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("reading a version of %s: %w", code, err)
	}
	p, err := s.version(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	b := p.Base
	return &b, nil
}

// Edition is one version of a base item with how it came to be.
type Edition struct {
	ID          string
	Version     int
	PublishedAt time.Time
	PublishedBy string
	ProposedBy  string // of what the program published item by item: who asked for it, and who approved
	ApprovedBy  string
	Draft       *Draft // nil for a version published without one
}

// Editions lists the versions of a base item, newest first, at most limit before a version; 0 begins with the newest. fault.Forbidden for who
// writes no drafts.
func (s *Service) Editions(ctx context.Context, by actor.Actor, code string, before, limit int) ([]Edition, error) {
	if len(s.needs.Rights.Reach(by, ActDraft)) == 0 {
		return nil, fault.New(fault.Forbidden, "item.keepers_only")
	}
	var list []Edition
	err := s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := editions(ctx, tx, code, before, min(limit, Most))
		if err != nil {
			return fmt.Errorf("reading the versions of %s: %w", code, err)
		}
		drafts, err := publishedDrafts(ctx, tx, code)
		if err != nil {
			return fmt.Errorf("reading the drafts of %s: %w", code, err)
		}
		done, err := carriedOutOf(ctx, tx, code)
		if err != nil {
			return fmt.Errorf("reading who approved what was published of %s: %w", code, err)
		}
		list = rows
		for i := range list {
			if p, ok := done[list[i].PublishedAt.UnixMilli()]; ok && list[i].PublishedBy == carrier.Name() {
				list[i].ProposedBy, list[i].ApprovedBy = p.MadeBy, p.EndedBy
			}
			if r, ok := drafts[list[i].ID]; ok {
				list[i].Draft = r.draft()
			}
		}
		return nil
	})
	return list, err
}

// Affected is who follows a new version of a base item at one level of government.
type Affected struct {
	Level   string // exercising level (行使层级), one digit
	Entries int
	Offices int
}

// AffectedBy counts who follows when a base item gets its next version, by level. Cases keep the version they have.
func (s *Service) AffectedBy(ctx context.Context, tx *db.Tx, code string) ([]Affected, error) {
	list, err := affected(ctx, tx, code)
	if err != nil {
		return nil, fmt.Errorf("counting who follows %s: %w", code, err)
	}
	return list, nil
}

// AffectedByAll counts who follows when several base items get their next versions, by level.
func (s *Service) AffectedByAll(ctx context.Context, tx *db.Tx, codes []string) ([]Affected, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	list, err := affectedAll(ctx, tx, codes)
	if err != nil {
		return nil, fmt.Errorf("counting who follows %d items: %w", len(codes), err)
	}
	return list, nil
}
