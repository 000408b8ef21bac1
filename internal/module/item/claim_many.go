package item

import (
	"context"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Claimant is an office that takes up items, and where it can be found.
type Claimant struct {
	Office
	Contact Contact
}

// pairsAtOnce is about how many entries one statement of [Service.ClaimMany] makes, mostClaimants how many offices it names: each takes seven bound
// values, of which the engines allow some thirty thousand.
const (
	pairsAtOnce   = 20_000
	mostClaimants = 1_000
)

// PublishMany makes each definition the next version of its base item, as [Service.Publish] does, all in one transaction, and returns how many
// changed anything.
func (s *Service) PublishMany(ctx context.Context, by actor.Actor, definitions []Definition) (int, error) {
	if err := alone(by); err != nil {
		return 0, err
	}
	for i := range definitions {
		if err := Check(&definitions[i]); err != nil {
			return 0, fmt.Errorf("checking %s: %w", definitions[i].Name, err)
		}
		if err := s.mayKeep(by, ActPublish, definitions[i].Code); err != nil {
			return 0, err
		}
	}
	changed := 0
	err := s.update(ctx, func(tx *db.Tx) error {
		changed = 0
		for _, d := range definitions {
			_, news, err := s.publish(ctx, tx, by, d)
			if err != nil {
				return fmt.Errorf("publishing %s: %w", d.Name, err)
			}
			if news {
				changed++
			}
		}
		return nil
	})
	return changed, conflict(err)
}

// ClaimMany has every one of some offices take up every one of some base items, and returns how many entries are new. Entries that are there already
// stay as they are, so that doing it again does nothing, and doing it after being interrupted does the rest: what it does is done in portions, each a
// transaction with its leaf. The entries are made by the store itself out of the offices and the versions in force, since a village's hundred items
// times ten thousand villages are too many to be sent one by one. Each office needs the right for each item; base items that do not exist are refused
// with fault.NotFound "item.not_found".
func (s *Service) ClaimMany(ctx context.Context, by actor.Actor, offices []Claimant, bases []string) (int, error) {
	if err := alone(by); err != nil {
		return 0, err
	}
	if len(bases) == 0 || len(offices) == 0 {
		return 0, nil
	}
	organs := make([]string, len(offices))
	for i, o := range offices {
		organ, err := uscc.Parse(o.Code)
		if err != nil {
			return 0, fault.New(fault.Invalid, "item.office_without_code", o.Name).Because(err)
		}
		organs[i] = fmt.Sprintf("%s%d", organ, exercisingLevel(o.Region))
		for _, b := range bases {
			if err := s.needs.Rights.Check(by, ActClaim, actor.Target{OfficePath: o.Path, Item: b}); err != nil {
				return 0, err
			}
		}
	}
	for _, b := range bases {
		if _, err := itemcode.ParseBase(b); err != nil {
			return 0, fault.New(fault.Invalid, "item.bad_code").Because(err)
		}
	}
	made := 0
	for n := max(1, min(mostClaimants, pairsAtOnce/len(bases))); len(offices) > 0; {
		n = min(n, len(offices))
		var k int
		err := s.update(ctx, func(tx *db.Tx) (err error) {
			k, err = s.claimPortion(ctx, tx, by, manyClaims{offices[:n], organs[:n], bases})
			return err
		})
		if err != nil {
			return made, conflict(err)
		}
		made, offices, organs = made+k, offices[n:], organs[n:]
	}
	return made, nil
}

// manyClaims is what one transaction of [Service.ClaimMany] makes.
type manyClaims struct {
	offices []Claimant
	organs  []string // code of each office and the level it exercises at: the first 19 characters of its entries
	bases   []string
}

func (s *Service) claimPortion(ctx context.Context, tx *db.Tx, by actor.Actor, p manyClaims) (int, error) {
	if err := holdRevision(ctx, tx); err != nil {
		return 0, err
	}
	there, err := countStanding(ctx, tx, p.bases)
	if err != nil {
		return 0, fmt.Errorf("looking for base items: %w", err)
	}
	if there != len(p.bases) {
		return 0, fault.New(fault.NotFound, "item.not_found")
	}
	made, t, err := insertPortion(ctx, tx, p, by.Name())
	if err != nil {
		return 0, fmt.Errorf("storing entries: %w", err)
	}
	if made == 0 {
		return 0, nil
	}
	if err := changed(ctx, tx, t); err != nil {
		return 0, err
	}
	first, last := p.offices[0], p.offices[len(p.offices)-1]
	return made, s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.claimed_many", Actor: by.Name(), Office: by.OfficePath, Object: "office:" + first.Path,
		Data: map[string]any{"entries": made, "offices": len(p.offices), "last_office": last.Path, "bases": p.bases}})
}
