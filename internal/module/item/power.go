package item

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// hasPower refuses to publish what no power in force stands behind: outside the list of powers there is no approval (权责清单之外无审批).
func (s *Service) hasPower(ctx context.Context, tx *db.Tx, d *Definition) error {
	ok, err := s.restsWell(ctx, tx, d)
	if err == nil && !ok {
		return fault.New(fault.Invalid, "item.bad_definition", d.Code).Field("power", "item.no_power", d.RestsOn())
	}
	return err
}

// mayResume refuses to put a base item in use again whose power is not in force.
func (s *Service) mayResume(ctx context.Context, tx *db.Tx, code string, to State) error {
	if to != InUse {
		return nil
	}
	r, err := baseByCode(ctx, tx, code)
	if errors.Is(err, db.ErrNotFound) {
		return nil // told by who sets the state
	}
	if err != nil {
		return fmt.Errorf("reading base item %s: %w", code, err)
	}
	p, err := s.version(ctx, tx, r.VersionID)
	if err != nil {
		return err
	}
	ok, err := s.restsWell(ctx, tx, &p.Definition)
	if err == nil && !ok {
		return fault.New(fault.Conflict, "item.no_power", p.RestsOn())
	}
	return err
}

func (s *Service) restsWell(ctx context.Context, tx *db.Tx, d *Definition) (bool, error) {
	code := d.RestsOn()
	if code == "" {
		return true, nil
	}
	ok, err := s.needs.Powers.InForce(ctx, tx, code)
	if err != nil {
		return false, fmt.Errorf("asking for power %s: %w", code, err)
	}
	return ok, nil
}

// supported says of entries that were read whether the powers they rest on are in force today. It follows from the list of powers and is written nowhere:
// from the first day without its power an item is offered nowhere in the province, whatever a keeper does, and from the first day with it again it is
// offered by itself. Nobody decided on that pause, so nobody has to end it; what a keeper paused stays paused.
func (s *Service) supported(ctx context.Context, tx *db.Tx, list ...*Entry) error {
	var codes []string
	for _, e := range list {
		if e.Power != "" && !slices.Contains(codes, e.Power) {
			codes = append(codes, e.Power)
		}
	}
	if len(codes) == 0 {
		return nil
	}
	lacking, err := s.needs.Powers.Lacking(ctx, tx, codes)
	if err != nil {
		return fmt.Errorf("asking for powers: %w", err)
	}
	for _, e := range list {
		e.Powerless = e.Power != "" && slices.Contains(lacking, e.Power)
	}
	return nil
}

// RestingOn returns the base items that rest on a power, hot ones first; none for a power nobody made an item of.
func (s *Service) RestingOn(ctx context.Context, code string) ([]*Base, error) {
	var list []*Base
	all, err := s.Bases(ctx, Query{})
	for _, b := range all {
		if b.RestsOn() == code {
			list = append(list, b)
		}
	}
	return list, err
}
