package item

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Elements returns the sixteen in their order, with which of them are locked and whose they are.
func (s *Service) Elements(ctx context.Context, tx *db.Tx) ([]Element, error) {
	list, err := elements(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("reading the elements: %w", err)
	}
	return list, nil
}

// LockElement locks an element, so that entries that differ in it deviate and their offices are asked; unlocked, what waited because of it alone is
// closed. Only who keeps the province's library may; what is so already stays without a
// leaf. Unlocking takes two persons ([Service.ProposeUnlock]): by itself it would make every deviation in the element vanish. fault.NotFound
// "item.no_element" for a key that is none.
func (s *Service) LockElement(ctx context.Context, by actor.Actor, key string, locked bool) error {
	if err := s.mayKeepElement(by, key); err != nil {
		return err
	}
	if !locked {
		if err := alone(by); err != nil {
			return err
		}
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.lockElement(ctx, tx, by, key, locked) })
}

func (s *Service) mayKeepElement(by actor.Actor, key string) error {
	if err := s.mayKeep(by, ActPublish, ""); err != nil {
		return err
	}
	if !slices.Contains(ElementKeys(), key) {
		return fault.New(fault.NotFound, "item.no_element")
	}
	return nil
}

func (s *Service) lockElement(ctx context.Context, tx *db.Tx, by actor.Actor, key string, locked bool) error {
	if err := holdRevision(ctx, tx); err != nil { // who looked that it is not locked, to have an office differ in it, is done
		return err
	}
	n, err := setElementLocked(ctx, tx, key, locked)
	if err != nil {
		return fmt.Errorf("locking element %s: %w", key, err)
	}
	if n == 0 {
		return nil
	}
	if err := bumpStated(ctx, tx); err != nil {
		return err
	}
	if locked {
		err = s.askDeviating(ctx, tx, by, key)
	} else {
		err = s.closeUnlocked(ctx, tx, by, key)
	}
	if err != nil {
		return err
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.element_locked", Actor: by.Name(), Office: by.OfficePath, Object: "element:" + key,
		Data: map[string]any{"locked": locked}})
}

// askDeviating asks the offices of entries that differ in an element that is locked now.
func (s *Service) askDeviating(ctx context.Context, tx *db.Tx, by actor.Actor, key string) error {
	rows, err := deviatingIn(ctx, tx, key)
	if err != nil {
		return fmt.Errorf("finding what deviates in %s: %w", key, err)
	}
	todos := make([]Todo, len(rows))
	for i, r := range rows {
		todos[i] = Todo{OfficePath: r.OfficePath, Kind: EntryDeviates, Object: r.EntryCode, Cause: causeStated, Said: r.Source, OpenedBy: by.Name()}
	}
	if err := insertTodos(ctx, tx, todos); err != nil {
		return fmt.Errorf("asking the offices: %w", err)
	}
	return nil
}

// closeUnlocked closes what waits for the keepers of entries that differ in nothing but an element that is not locked any more.
func (s *Service) closeUnlocked(ctx context.Context, tx *db.Tx, by actor.Actor, key string) error {
	codes, err := waitingIn(ctx, tx, key)
	if err == nil {
		err = closeDeviations(ctx, tx, codes, by.Name(), allowed)
	}
	if err != nil {
		return fmt.Errorf("closing what waits about %s: %w", key, err)
	}
	return nil
}

// ProposeUnlock asks for entries to be let differ in an element; another keeper of the province approves. fault.Invalid "item.draft_changes_nothing" for one
// that is not locked.
func (s *Service) ProposeUnlock(ctx context.Context, by actor.Actor, key string) (*Proposal, error) {
	if err := s.mayKeepElement(by, key); err != nil {
		return nil, err
	}
	return s.proposed(ctx, by, func(tx *db.Tx, p *Proposal) error {
		list, err := elements(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading the elements: %w", err)
		}
		if !slices.ContainsFunc(list, func(e Element) bool { return e.Key == key && e.Locked }) {
			return fault.New(fault.Invalid, "item.draft_changes_nothing")
		}
		p.Kind, p.Object, p.Name = ForElement, key, "item.element."+key
		p.Act.V = Act{Element: key}
		p.Preview.V.Rows = []PreviewRow{{key, p.Name, []Difference{{Element: "locked", Before: "true", After: "false"}}}}
		return nil
	})
}

// SetElementKeeper says which level of government answers for an element: whoever may not change it is told that office. Only who keeps the province's
// library may. fault.NotFound "item.no_element"; fault.Invalid with the field "keeper" for a level that is none.
func (s *Service) SetElementKeeper(ctx context.Context, by actor.Actor, key string, level int) error {
	if err := s.mayKeepElement(by, key); err != nil {
		return err
	}
	if !slices.Contains(ExercisingLevels(), level) {
		return fault.New(fault.Invalid, "item.unknown_value").Field("keeper", "item.unknown_value")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := setElementKeeper(ctx, tx, key, level)
		if err != nil {
			return fmt.Errorf("setting the keeper of element %s: %w", key, err)
		}
		if n == 0 {
			return nil
		}
		if err := bumpStated(ctx, tx); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.element_kept", Actor: by.Name(), Office: by.OfficePath, Object: "element:" + key,
			Data: map[string]any{"level": level}})
	})
}
