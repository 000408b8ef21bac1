package casefile

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// lookAs is look, for by himself or else, when the step is no step of his, for the first of those he stands in for whose step it is. It costs who
// needs no deputy nothing.
func (s *Service) lookAs(ctx context.Context, tx *db.Tx, by actor.Actor, c *Case, in Step) (*step, error) {
	st, err := s.look(ctx, tx, by, c, in)
	if !fault.Is(err, fault.Forbidden) || ways[in.Action].task == "" {
		return st, err
	}
	list, lost := s.needs.Flows.StandIns(ctx, tx, by)
	if lost != nil {
		return nil, lost
	}
	for _, a := range list {
		if st, again := s.look(ctx, tx, a, c, in); !fault.Is(again, fault.Forbidden) {
			return st, again
		}
	}
	return nil, err
}

// knows tells whether an officer may know of a case for himself: see [Service.visible].
func (s *Service) knows(ctx context.Context, tx *db.Tx, by actor.Actor, c *Case) (bool, error) {
	if s.receivedBy(by, c) || s.maySee(by, c.OfficePath, c.BaseCode) || s.maySee(by, c.CentrePath, c.BaseCode) {
		return true, nil
	}
	return s.needs.Flows.Touched(ctx, tx, seeing(by), c.ID)
}
