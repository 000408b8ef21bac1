package item

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Offer is a base item an office may take up and has not: its department and level fit.
type Offer struct {
	Base   string // 12-digit code
	Name   string
	Office Office
}

// offersAsked is how many base items one question after offers looks at.
const offersAsked = 50

// Offers lists what the offices within by's reach may take up, by base code; after is the base code the page before ended with. It looks at a few
// dozen base items at a time: a page may be short, or empty, and still have a next one. fault.Forbidden for who claims nothing.
func (s *Service) Offers(ctx context.Context, by actor.Actor, after string) (list []Offer, next string, err error) {
	reach := s.needs.Rights.Reach(by, ActClaim)
	if len(reach) == 0 {
		return nil, "", fault.New(fault.Forbidden, "item.keepers_only")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, next = nil, ""
		bases, err := s.keptBases(ctx, tx, KeptQuery{State: InUse, After: after})
		if err != nil {
			return err
		}
		for len(bases) > 0 && len(list) < offersAsked {
			n := min(offersAsked, len(bases))
			found, err := s.offers(ctx, tx, by, bases[:n], reach)
			if err != nil {
				return err
			}
			list, bases, next = append(list, found...), bases[n:], bases[n-1].Code()
		}
		if len(bases) == 0 {
			next = ""
		}
		return nil
	})
	return list, next, err
}

func (s *Service) offers(ctx context.Context, tx *db.Tx, by actor.Actor, bases []*Base, reach []string) ([]Offer, error) {
	codes := make([]string, len(bases))
	for i, b := range bases {
		codes[i] = b.Code()
	}
	have, err := takenUp(ctx, tx, codes, reach)
	if err != nil {
		return nil, fmt.Errorf("reading who took up what: %w", err)
	}
	offices := map[string][]Office{}
	var list []Offer
	for _, b := range bases {
		if _, asked := offices[b.Department]; !asked {
			if offices[b.Department], err = s.needs.Offices.Departments(ctx, tx, b.Department); err != nil {
				return nil, fmt.Errorf("reading offices: %w", err)
			}
		}
		for _, o := range offices[b.Department] {
			if !have[uptake{b.Code(), o.ID}] && fits(b, o) && s.needs.Rights.Check(by, ActClaim, actor.Target{OfficePath: o.Path, Item: b.Code()}) == nil {
				list = append(list, Offer{Base: b.Code(), Name: b.Name, Office: o})
			}
		}
	}
	return list, nil
}

// fits tells whether an office may take up an item at all: one of its levels, and a code to be named by.
func fits(b *Base, o Office) bool {
	_, err := uscc.Parse(o.Code)
	return err == nil && slices.Contains(b.Levels, int(exercisingLevel(o.Region)))
}

// offered returns the claim by which an office takes up a base item it was offered, with the address and phones of its other entries; one without a
// base when it has taken it up. fault.Invalid "item.does_not_fit" when the office is of another department or level.
func (s *Service) offered(ctx context.Context, tx *db.Tx, base, office string) (c Claim, name string, err error) {
	b, err := s.Base(ctx, tx, base)
	if err != nil {
		return c, "", err
	}
	offices, err := s.needs.Offices.Departments(ctx, tx, b.Department)
	if err != nil {
		return c, "", fmt.Errorf("reading offices: %w", err)
	}
	i := slices.IndexFunc(offices, func(o Office) bool { return o.ID == office })
	if i < 0 || !fits(b, offices[i]) || b.State != InUse {
		return c, "", fault.New(fault.Invalid, "item.does_not_fit")
	}
	c.Office = offices[i]
	have, err := takenUp(ctx, tx, []string{base}, []string{c.Office.Path})
	if err != nil {
		return c, "", fmt.Errorf("reading who took up what: %w", err)
	}
	if have[uptake{base, office}] {
		return c, b.Name, nil
	}
	c.Base = base
	c.Override.Contact, err = anyContact(ctx, tx, office)
	return c, b.Name, err
}
