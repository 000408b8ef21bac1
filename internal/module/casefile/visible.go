package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// visible refuses who may not know that a case exists. Known is it to the applicant, to the office that received it on behalf, to officers who may see
// the cases of the office that decides or of the centre, to offices that have or had a task of it, and to who stands in for one of these. Everybody else is told that there is no such case.
func (s *Service) visible(ctx context.Context, tx *db.Tx, by actor.Actor, c *Case) error {
	switch by.Kind {
	case actor.System:
		return nil
	case actor.Person:
		if owns(by, c) {
			return nil
		}
		return errHidden
	case actor.Officer:
	default:
		return errHidden
	}
	known, err := s.knows(ctx, tx, by, c)
	if err != nil || known {
		return err
	}
	list, err := s.needs.Flows.StandIns(ctx, tx, by)
	if err != nil {
		return err
	}
	for _, a := range list {
		if known, err := s.knows(ctx, tx, a, c); err != nil || known {
			return err
		}
	}
	return errHidden
}

// owns tells whether by acts for the applicant of a case.
func owns(by actor.Actor, c *Case) bool { return by.For() != "" && by.For() == c.ApplicantID }

// receivedBy tells whether by receives for others, this item among them, where a case was received on behalf.
func (s *Service) receivedBy(by actor.Actor, c *Case) bool {
	return by.Kind == actor.Officer && c.ReceivedPath != "" && by.OfficePath == c.ReceivedPath &&
		s.needs.Rights.Check(by, ActReceive, actor.Target{Item: c.BaseCode}) == nil
}

func (s *Service) maySee(by actor.Actor, path, baseCode string) bool {
	return path != "" && s.needs.Rights.Check(by, ActSee, actor.Target{OfficePath: path, Item: baseCode}) == nil
}

// seeing leaves an officer only the duties that handle cases: a keeper of the item library at the province's top reaches every office, and
// that a task lies below him makes no case his.
func seeing(by actor.Actor) actor.Actor {
	by.Duties = slices.DeleteFunc(slices.Clone(by.Duties), func(d actor.Duty) bool { return !grants(ActSee, d.Role) })
	return by
}

// grants tells whether access.go lets a role take an action.
func grants(action, role string) bool {
	return slices.ContainsFunc(Access(), func(g actor.Grant) bool { return g.Action == action && slices.Contains(g.Roles, role) })
}

// MaySee tells whether by may know of a case, without reading it: fault.NotFound "casefile.not_found" when not.
func (s *Service) MaySee(ctx context.Context, by actor.Actor, number string) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		c, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		return s.visible(ctx, tx, by, c)
	})
}

// HandledBy returns the path of the office that handles a case by may know of: fault.NotFound "casefile.not_found" for others.
func (s *Service) HandledBy(ctx context.Context, tx *db.Tx, by actor.Actor, number string) (officePath string, err error) {
	c, err := byNumber(ctx, tx, number)
	if err != nil {
		return "", err
	}
	return c.OfficePath, s.visible(ctx, tx, by, c)
}

// MayReceive refuses who receives nothing for others, before he types who stands before him.
func (s *Service) MayReceive(by actor.Actor) error {
	return s.needs.Rights.Check(by, ActReceive, actor.Target{})
}

// MaySearch refuses who has no office whose cases he may look through.
func (s *Service) MaySearch(by actor.Actor) error {
	if len(s.scopes(by)) == 0 {
		return fault.New(fault.Forbidden, "casefile.officers_only")
	}
	return nil
}
