package item

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Alteration is one change made to many base items alike (批量修改).
type Alteration struct {
	Kind    AlterationKind
	Value   string // a theme's or zone's key, an everyday word
	Percent int    // for [PromisePercent]
}

// AlterationKind says what is altered.
type AlterationKind string

// The kinds.
const (
	ThemeAdd       AlterationKind = "theme_add"
	ThemeRemove    AlterationKind = "theme_remove"
	ZoneAdd        AlterationKind = "zone_add"
	ZoneRemove     AlterationKind = "zone_remove"
	SynonymAdd     AlterationKind = "synonym_add"
	PromisePercent AlterationKind = "promise_percent" // the promised limit becomes so much of the statutory one
)

// AlterationKinds lists the kinds.
func AlterationKinds() []AlterationKind {
	return []AlterationKind{ThemeAdd, ThemeRemove, ZoneAdd, ZoneRemove, SynonymAdd, PromisePercent}
}

// Check refuses an alteration that says nothing.
func (a Alteration) Check() error {
	refusal := fault.New(fault.Invalid, "item.bad_alteration")
	switch {
	case !slices.Contains(AlterationKinds(), a.Kind):
		refusal.Field("kind", "item.unknown_value")
	case a.Kind == PromisePercent && (a.Percent < 1 || a.Percent > 100):
		refusal.Field("percent", "item.bad_percent")
	case a.Kind != PromisePercent && a.Value == "":
		refusal.Field("value", "item.nothing_said")
	}
	return refusal.OrNil()
}

// apply returns the altered definition; the given one is shared and stays as it is.
func (a Alteration) apply(d Definition) Definition {
	switch a.Kind {
	case ThemeAdd:
		d.Themes = with(d.Themes, a.Value)
	case ThemeRemove:
		d.Themes = without(d.Themes, a.Value)
	case ZoneAdd:
		d.Zones = with(d.Zones, a.Value)
	case ZoneRemove:
		d.Zones = without(d.Zones, a.Value)
	case SynonymAdd:
		d.Synonyms = with(d.Synonyms, a.Value)
	case PromisePercent:
		d = promiseOf(d, a.Percent)
	}
	return d
}

// promiseOf promises a share of the statutory limit, one day at least, and never more than is promised now: many items alike are bettered, not
// worsened. What is decided at once stays so; a variant that promised more than that follows the item.
func promiseOf(d Definition, percent int) Definition {
	if d.Instant || d.LegalDays == 0 {
		return d
	}
	share := max(1, d.LegalDays*percent/100)
	if days(share, d.LegalUnit) >= days(d.PromiseDays, d.PromiseUnit) {
		return d
	}
	d.PromiseDays, d.PromiseUnit = share, d.LegalUnit
	d.Guide.Variants = slices.Clone(d.Guide.Variants)
	for i := range d.Guide.Variants {
		if d.Guide.Variants[i].PromiseDays >= d.PromiseDays {
			d.Guide.Variants[i].PromiseDays = 0
		}
	}
	return d
}

func with(list []string, value string) []string {
	if slices.Contains(list, value) {
		return list
	}
	return append(slices.Clone(list), value)
}

func without(list []string, value string) []string {
	if !slices.Contains(list, value) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(v string) bool { return v == value })
}

// Altered is what an alteration would make of one base item.
type Altered struct {
	Base        *Base
	After       Definition
	Differences []Difference // none when it says so already
	Problem     error        // a fault: why it can't be done
}

// PreviewAlteration shows what an alteration would make of the base items a query asks for, by code, at most the query's limit of them; next is
// the position for those after. Nothing is kept.
func (s *Service) PreviewAlteration(ctx context.Context, by actor.Actor, q KeptQuery, a Alteration) (list []Altered, next string, err error) {
	if err := a.Check(); err != nil {
		return nil, "", err
	}
	kept, next, err := s.Kept(ctx, by, q)
	if err != nil {
		return nil, "", err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		for _, k := range kept {
			x, err := s.alter(ctx, tx, by, k.Base, k.Draft != nil, a)
			if err != nil {
				return err
			}
			list = append(list, x)
		}
		return nil
	})
	return list, next, err
}

func (s *Service) alter(ctx context.Context, tx *db.Tx, by actor.Actor, b *Base, drafted bool, a Alteration) (Altered, error) {
	x := Altered{Base: b, After: a.apply(b.Definition)}
	x.Differences = Compare(&b.Definition, &x.After)
	if len(x.Differences) == 0 {
		return x, nil
	}
	if b.State == Cancelled {
		x.Problem = fault.New(fault.Conflict, "item.cancelled_for_ever")
		return x, nil
	}
	if drafted {
		x.Problem = fault.New(fault.Conflict, "item.draft_open_already")
		return x, nil
	}
	x.Problem = Check(&x.After)
	if x.Problem == nil {
		x.Problem = s.certificatesExist(ctx, tx, &x.After)
	}
	if x.Problem == nil {
		x.Problem = s.mayDraft(ctx, tx, by, &x.After)
	}
	if _, ok := fault.Of(x.Problem); x.Problem != nil && !ok {
		return x, x.Problem
	}
	return x, nil
}

// Alter makes an alteration of these base items as drafts that go through review one by one, all or none in one transaction; [Service.ProposeAlteration]
// has them published together. It returns how many changed; items that say so already stay as they are. A problem of one refuses all, naming its code.
func (s *Service) Alter(ctx context.Context, by actor.Actor, codes []string, a Alteration) (int, error) {
	if err := a.Check(); err != nil {
		return 0, err
	}
	if len(codes) > Most {
		return 0, fault.New(fault.Invalid, "item.too_many_altered", Most)
	}
	changed := 0
	err := s.update(ctx, func(tx *db.Tx) error {
		list, err := s.alterations(ctx, tx, by, codes, a)
		if err != nil {
			return err
		}
		for _, x := range list {
			if _, err := s.beginDraft(ctx, tx, by, x.Base.VersionID, x.After); err != nil {
				return err
			}
		}
		changed = len(list)
		return nil
	})
	return changed, draftConflict(err)
}

// alterations says what becomes of these base items, without those that say so already. A problem of one is the error of all.
func (s *Service) alterations(ctx context.Context, tx *db.Tx, by actor.Actor, codes []string, a Alteration) ([]Altered, error) {
	drafts, err := openDrafts(ctx, tx, codes)
	if err != nil {
		return nil, fmt.Errorf("reading drafts: %w", err)
	}
	var list []Altered
	for _, code := range codes {
		b, err := s.Base(ctx, tx, code)
		if err != nil {
			return nil, err
		}
		_, drafted := drafts[code]
		x, err := s.alter(ctx, tx, by, b, drafted, a)
		if err != nil {
			return nil, err
		}
		if x.Problem != nil {
			return nil, named(x)
		}
		if len(x.Differences) > 0 {
			list = append(list, x)
		}
	}
	return list, nil
}

// named says of which item a problem is.
func named(x Altered) error {
	problem, ok := fault.Of(x.Problem)
	if !ok {
		return x.Problem
	}
	places := make([]string, len(problem.Fields))
	for i, f := range problem.Fields {
		places[i] = f.Name
	}
	return fault.New(problem.Kind, "item.altered_refused", x.Base.Name, x.Base.Code(), strings.Join(places, "、")).Because(x.Problem)
}
