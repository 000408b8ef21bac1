package item

import (
	"context"
	"fmt"
	"reflect"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Merge brings a draft up to date: what it says itself stays, what it left as it was follows the version in force now. Where both say something
// new the draft's word stays; [ThreeWay] shows those places.
func Merge(began, now, draft Definition) Definition {
	return merged(reflect.ValueOf(began), reflect.ValueOf(now), reflect.ValueOf(draft)).Interface().(Definition)
}

func merged(began, now, draft reflect.Value) reflect.Value {
	same := func(a, b reflect.Value) bool { return reflect.DeepEqual(a.Interface(), b.Interface()) }
	if same(draft, began) {
		return now
	}
	if same(now, began) || same(now, draft) {
		return draft
	}
	switch {
	case draft.Kind() == reflect.Struct && !scalar(draft):
		out := reflect.New(draft.Type()).Elem()
		for i := range out.NumField() {
			out.Field(i).Set(merged(began.Field(i), now.Field(i), draft.Field(i)))
		}
		return out
	case draft.Kind() == reflect.Slice && draft.Type().Elem().Kind() == reflect.Struct:
		return mergedRows(began, now, draft)
	}
	return draft
}

// mergedRows keeps the draft's order; rows it left alone follow the version in force, new rows of that come last.
func mergedRows(began, now, draft reflect.Value) reflect.Value {
	was, is := rowsByKey(began), rowsByKey(now)
	out := reflect.MakeSlice(draft.Type(), 0, draft.Len())
	mine := map[string]bool{}
	for i, key := range keysOf(draft) {
		mine[key] = true
		row := draft.Index(i)
		old, before := was[key]
		present, still := is[key]
		switch {
		case before && still:
			row = merged(old, present, row)
		case before && reflect.DeepEqual(old.Interface(), row.Interface()):
			continue // it is gone now, and the draft had nothing to say about it
		}
		out = reflect.Append(out, row)
	}
	for i, key := range keysOf(now) {
		if _, before := was[key]; !mine[key] && !before {
			out = reflect.Append(out, now.Index(i))
		}
	}
	return out
}

func rowsByKey(list reflect.Value) map[string]reflect.Value {
	rows := map[string]reflect.Value{}
	for i, key := range keysOf(list) {
		rows[key] = list.Index(i)
	}
	return rows
}

// Crossing is one place that changed since a draft was begun: in the draft, in the version published in the meantime, or in both.
type Crossing struct {
	Element, Row, Part string
	Began              string // when the draft was begun
	Now                string // in force
	Draft              string
	Both               bool // both changed it, and not alike
}

// ThreeWay compares a draft and the version in force now with the version the draft was begun from.
func ThreeWay(began, now, draft *Definition) []Crossing {
	var out []Crossing
	at := map[place]int{}
	for _, d := range Compare(began, now) {
		p := place{d.Element, d.Row, d.Part}
		at[p] = len(out)
		out = append(out, Crossing{Element: d.Element, Row: d.Row, Part: d.Part, Began: d.Before, Now: d.After, Draft: d.Before})
	}
	for _, d := range Compare(began, draft) {
		p := place{d.Element, d.Row, d.Part}
		if i, both := at[p]; both {
			out[i].Draft, out[i].Both = d.After, d.After != out[i].Now
			continue
		}
		out = append(out, Crossing{Element: d.Element, Row: d.Row, Part: d.Part, Began: d.Before, Now: d.Before, Draft: d.After})
	}
	return out
}

// RenewDraft brings a draft up to date with the version published since it was begun; see [Merge]. It changes nothing for a draft that is up to date.
func (s *Service) RenewDraft(ctx context.Context, by actor.Actor, id string, revision int) (*Draft, error) {
	return s.moveDraft(ctx, by, id, revision, DraftSave, func(tx *db.Tx, d *Draft) error {
		if err := s.mayChange(by, d); err != nil {
			return err
		}
		now, err := s.inForce(ctx, tx, d.BaseCode)
		if err != nil {
			return err
		}
		if now.VersionID == d.BasedOn {
			return nil
		}
		began, err := s.Began(ctx, tx, d)
		if err != nil {
			return err
		}
		d.Definition, d.BasedOn = Merge(*began, now.Definition, d.Definition), now.VersionID
		d.SavedAt, d.SavedBy, d.KeepCases = tx.Now, by.Name(), false
		return addAuthor(ctx, tx, id, person(by))
	})
}

// Began returns the definition a draft was begun from, empty for a new item.
func (s *Service) Began(ctx context.Context, tx *db.Tx, d *Draft) (*Definition, error) {
	if d.BasedOn == "" {
		return &Definition{Code: d.BaseCode}, nil
	}
	p, err := s.version(ctx, tx, d.BasedOn)
	if err != nil {
		return nil, err
	}
	return &p.Definition, nil
}

// recallable returns the version that is to be put in force again and the one in force; fault.Invalid "item.draft_changes_nothing" when they say the
// same.
func (s *Service) recallable(ctx context.Context, tx *db.Tx, code string, version int) (old, now *Base, err error) {
	if err := s.notCancelled(ctx, tx, code); err != nil {
		return nil, nil, err
	}
	if old, err = s.BaseVersion(ctx, tx, code, version); err != nil {
		return nil, nil, err
	}
	if err := Check(&old.Definition); err != nil {
		return nil, nil, err
	}
	if now, err = s.inForce(ctx, tx, code); err != nil {
		return nil, nil, err
	}
	if old.Digest == now.Digest {
		return nil, nil, fault.New(fault.Invalid, "item.draft_changes_nothing").Field("version", "item.draft_changes_nothing")
	}
	return old, now, nil
}

// recall puts the content of an earlier version in force again, as the next version (撤回).
func (s *Service) recall(ctx context.Context, tx *db.Tx, by actor.Actor, p *Proposal) (*Base, error) {
	old, now, err := s.recallable(ctx, tx, p.Act.V.Codes[0], p.Act.V.Version)
	if err != nil {
		return nil, err
	}
	b, _, err := s.publish(ctx, tx, by, old.Definition)
	if err != nil {
		return nil, err
	}
	return b, s.keepRecall(ctx, tx, by, now.VersionID, b, p)
}

// keepRecall writes who recalled what and why as a draft that is over, beside which the versions page shows it.
func (s *Service) keepRecall(ctx context.Context, tx *db.Tx, by actor.Actor, basedOn string, b *Base, p *Proposal) error {
	d := &Draft{ID: db.NewKey(), BaseCode: b.Code(), BasedOn: basedOn, Definition: b.Definition, State: DraftPublished, Remark: p.Reason,
		OfficePath: p.OfficePath, MadeAt: p.MadeAt, MadeBy: p.MadeBy, SavedAt: p.MadeAt, SavedBy: p.MadeBy, ReviewedAt: tx.Now, ReviewedBy: by.Name(), VersionID: b.VersionID}
	if err := insertDraft(ctx, tx, d, p.Author); err != nil {
		return fmt.Errorf("storing the recall of %s: %w", b.Code(), err)
	}
	return s.draftLeaf(ctx, tx, by, d, DraftPublish)
}
