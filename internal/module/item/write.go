package item

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// mayDraft asks for the right to write a draft: keepers of the government that defined the item, and who may write for one of the
// offices of the item's department.
func (s *Service) mayDraft(ctx context.Context, tx *db.Tx, by actor.Actor, d *Definition) error {
	refused := s.mayKeep(by, ActDraft, d.Code)
	if refused == nil || !fault.Is(refused, fault.Forbidden) {
		return refused
	}
	offices, err := s.needs.Offices.Departments(ctx, tx, d.Department)
	if err != nil {
		return fmt.Errorf("reading offices: %w", err)
	}
	for _, o := range offices {
		if s.needs.Rights.Check(by, ActDraft, actor.Target{OfficePath: o.Path, Item: d.Code}) == nil {
			return nil
		}
	}
	return refused
}

// mayChange asks for the right to change a draft: the province's keepers, and who may write for the office that began it. Others of the
// department in other places read it only.
func (s *Service) mayChange(by actor.Actor, d *Draft) error {
	refused := s.mayKeep(by, ActDraft, d.BaseCode)
	if refused == nil || !fault.Is(refused, fault.Forbidden) {
		return refused
	}
	return s.needs.Rights.Check(by, ActDraft, actor.Target{OfficePath: d.OfficePath, Item: d.BaseCode})
}

// MayChange tells whether by may save, submit and withdraw a draft, as far as its state lets it.
func (s *Service) MayChange(by actor.Actor, d *Draft) bool { return s.mayChange(by, d) == nil }

// mayBeginNew asks for the right to bring in an item that does not exist yet: the province's keepers, and the province's office of its department.
func (s *Service) mayBeginNew(by actor.Actor, d *Definition) error {
	refused := s.mayKeep(by, ActDraft, d.Code)
	if refused == nil || !fault.Is(refused, fault.Forbidden) || len(d.Department) != 2 {
		return refused
	}
	return s.needs.Rights.Check(by, ActDraft, actor.Target{OfficePath: "22d" + d.Department, Item: d.Code})
}

// BeginDraft returns the open draft of a base item, or begins one from the version in force.
func (s *Service) BeginDraft(ctx context.Context, by actor.Actor, code string) (*Draft, error) {
	var d *Draft
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := openDraftOf(ctx, tx, code)
		if err == nil {
			d = r.draft()
			return s.mayDraft(ctx, tx, by, &d.Definition)
		}
		if !errors.Is(err, db.ErrNotFound) {
			return fmt.Errorf("reading the draft of %s: %w", code, err)
		}
		b, err := s.Base(ctx, tx, code)
		if err != nil {
			return err
		}
		if b.State == Cancelled {
			return fault.New(fault.Conflict, "item.cancelled_for_ever")
		}
		d, err = s.beginDraft(ctx, tx, by, b.VersionID, b.Definition)
		return err
	})
	return d, draftConflict(err)
}

// BeginNew begins the draft of an item that does not exist yet. fault.Conflict "item.code_taken" when it does, or when it is being drafted.
// Only the province's keepers and its office of the item's department may.
func (s *Service) BeginNew(ctx context.Context, by actor.Actor, d Definition) (*Draft, error) {
	if refusal := checkNew(&d); refusal != nil {
		return nil, refusal
	}
	if err := s.mayBeginNew(by, &d); err != nil {
		return nil, err
	}
	var draft *Draft
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := baseByCode(ctx, tx, d.Code); err == nil {
			return fault.New(fault.Conflict, "item.code_taken").Field("code", "item.code_taken")
		} else if !errors.Is(err, db.ErrNotFound) {
			return fmt.Errorf("reading base item: %w", err)
		}
		var err error
		draft, err = s.beginDraft(ctx, tx, by, "", d)
		return err
	})
	return draft, draftConflict(err)
}

func (s *Service) beginDraft(ctx context.Context, tx *db.Tx, by actor.Actor, basedOn string, d Definition) (*Draft, error) {
	if err := s.mayDraft(ctx, tx, by, &d); err != nil {
		return nil, err
	}
	draft := &Draft{ID: db.NewKey(), BaseCode: d.Code, BasedOn: basedOn, Definition: d, Revision: 1, State: DraftOpen, OfficePath: by.OfficePath,
		MadeAt: tx.Now, MadeBy: by.Name(), SavedAt: tx.Now, SavedBy: by.Name()}
	if err := insertDraft(ctx, tx, draft, person(by)); err != nil {
		return nil, fmt.Errorf("storing a draft of %s: %w", d.Code, err)
	}
	return draft, s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.draft_begun", Actor: by.Name(), Office: by.OfficePath, Object: "item:" + d.Code,
		Data: map[string]any{"draft": draft.ID}})
}

// DraftOf returns the open draft of a base item; fault.NotFound "item.draft_gone" when there is none.
func (s *Service) DraftOf(ctx context.Context, tx *db.Tx, by actor.Actor, code string) (*Draft, error) {
	r, err := openDraftOf(ctx, tx, code)
	return s.readable(ctx, tx, by, r, err)
}

// FindDraft returns a draft whoever may write or review it asks for; fault.NotFound "item.draft_gone" when there is none.
func (s *Service) FindDraft(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (*Draft, error) {
	r, err := draftByID(ctx, tx, id)
	return s.readable(ctx, tx, by, r, err)
}

func (s *Service) readable(ctx context.Context, tx *db.Tx, by actor.Actor, r draftRow, err error) (*Draft, error) {
	if errors.Is(err, db.ErrNotFound) {
		return nil, fault.New(fault.NotFound, "item.draft_gone")
	}
	if err != nil {
		return nil, fmt.Errorf("reading a draft: %w", err)
	}
	d := r.draft()
	return d, s.mayDraft(ctx, tx, by, &d.Definition)
}

// Drafts lists drafts within by's reach, oldest first, at most limit (≤ [Most]) after the id of the last row seen: those in a state, or all open
// ones. fault.Forbidden for who writes none.
func (s *Service) Drafts(ctx context.Context, by actor.Actor, state DraftState, after string, limit int) ([]*Draft, error) {
	reach := s.needs.Rights.Reach(by, ActDraft)
	if len(reach) == 0 {
		return nil, fault.New(fault.Forbidden, "item.keepers_only")
	}
	var list []*Draft
	err := s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := draftsWithin(ctx, tx, reach, state, after, min(limit, Most))
		for _, r := range rows {
			list = append(list, r.draft())
		}
		return err
	})
	return list, err
}

// SaveDraft keeps what somebody wrote on top of the revision he saw. fault.Conflict "item.draft_moved_on" when another saved in the meantime;
// "item.draft_not_now" while it is reviewed or when it is over. A definition may be saved before [Check] is content with it.
func (s *Service) SaveDraft(ctx context.Context, by actor.Actor, id string, revision int, d Definition, effectiveOn civil.Date) (*Draft, error) {
	return s.moveDraft(ctx, by, id, revision, DraftSave, func(tx *db.Tx, draft *Draft) error {
		if err := s.mayChange(by, draft); err != nil {
			return err
		}
		if d.Code != draft.BaseCode {
			return fault.New(fault.Invalid, "item.code_stays").Field("code", "item.code_stays")
		}
		// The department says who may write: who moves an item to another must be allowed to write for that one too.
		if err := s.mayDraft(ctx, tx, by, &d); err != nil {
			return err
		}
		draft.Definition, draft.EffectiveOn, draft.SavedAt, draft.SavedBy, draft.KeepCases = d, effectiveOn, tx.Now, by.Name(), false
		return addAuthor(ctx, tx, id, person(by))
	})
}

// WithdrawDraft gives a draft up: only who wrote on it may, and the management body.
func (s *Service) WithdrawDraft(ctx context.Context, by actor.Actor, id string, revision int) (*Draft, error) {
	return s.moveDraft(ctx, by, id, revision, DraftWithdraw, func(tx *db.Tx, d *Draft) error {
		if err := s.mayChange(by, d); err != nil {
			return err
		}
		wrote, err := authors(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("reading who wrote a draft: %w", err)
		}
		if !slices.Contains(wrote, person(by)) {
			if err := s.needs.Rights.Check(by, ActReview, actor.Target{OfficePath: managementPath, Item: d.BaseCode}); err != nil {
				return err
			}
		}
		return s.settleTodos(ctx, tx, by, id)
	})
}

// draftConflict turns two beginnings of a draft at once into a sentence.
func draftConflict(err error) error {
	if db.IsUnique(err) {
		return fault.New(fault.Conflict, "item.draft_open_already").Because(err)
	}
	return err
}
