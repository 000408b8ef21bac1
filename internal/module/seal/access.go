package seal

import (
	"context"
	"errors"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// The actions rights are asked for. What somebody may do as a manager or operator the seal says, not the role.
const (
	ActOwn    = "seal.own"    // apply for an office's seals, name their managers
	ActSee    = "seal.see"    // the seals of an office and the log of their uses
	ActReview = "seal.review" // review applications, make seals
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActOwn, Roles: []string{"chief"}},
		{Action: ActSee, Roles: []string{"chief", "supervisor"}},
		{Action: ActReview, Roles: []string{"reviewer"}},
	}
}

var (
	errNoRight  = fault.New(fault.Forbidden, "seal.no_right")
	errNotFound = fault.New(fault.NotFound, "seal.not_found")
)

// person is how a seal names who acts.
func person(by actor.Actor) string {
	if by.Kind == actor.Person {
		return by.Subject
	}
	return by.Name()
}

// may tells what by may do with a seal.
func (s *Service) may(ctx context.Context, tx *db.Tx, by actor.Actor, r *row) (m Seal, err error) {
	if by.Kind == actor.System {
		return Seal{Owns: true, Manages: true, Operates: true, Reviews: true}, nil
	}
	if r.OwnerKind == Office {
		m.Owns = s.needs.Rights.Check(by, ActOwn, actor.Target{OfficePath: r.OwnerPath}) == nil
	}
	m.Reviews = by.Kind == actor.Officer && s.needs.Rights.Check(by, ActReview, actor.Target{OfficePath: r.ReviewPath}) == nil
	if r.OwnerKind == Company {
		if m.Owns, err = s.leads(ctx, tx, by, r.OwnerID, r.Kind); err != nil {
			return m, err
		}
	}
	if belongs(by, r) { // who left the company or the office has no seal in his hand any more
		roles, err := rolesOf(ctx, tx, r.ID, person(by))
		if err != nil {
			return m, err
		}
		for _, role := range roles {
			m.Manages = m.Manages || role == Manager
			m.Operates = true // a manager may do what he lets others do
		}
	}
	return m, nil
}

// leads tells whether by stands for the company he acts for in the matter of its seals: as a manager of it, and for the representative's name as the
// representative. Whoever may only handle its affairs (经办人) owns nothing of it.
func (s *Service) leads(ctx context.Context, tx *db.Tx, by actor.Actor, company string, k Kind) (bool, error) {
	if by.Kind != actor.Person || by.Company == "" || by.Company != company {
		return false, nil
	}
	manages, represents, err := s.needs.Owners.Leads(ctx, tx, by.Subject, company)
	return represents || manages && k != Representative, err
}

// belongs tells whether by acts for the owner now. An office below the owner is another one, with seals of its own.
func belongs(by actor.Actor, r *row) bool {
	if r.OwnerKind == Company {
		return by.Kind == actor.Person && by.Company == r.OwnerID
	}
	return by.Kind == actor.Officer && slices.ContainsFunc(by.Duties, func(d actor.Duty) bool { return d.OfficePath == r.OwnerPath })
}

// sees tells whether by answers for the office that owns a seal. A company's has no path, and an empty one would be everywhere.
func (s *Service) sees(by actor.Actor, r *row) bool {
	return r.OwnerKind == Office && s.needs.Rights.Check(by, ActSee, actor.Target{OfficePath: r.OwnerPath}) == nil
}

// found reads a seal and what by may do with it; fault.NotFound for who neither has to do with it nor belongs to its owner.
func (s *Service) found(ctx context.Context, tx *db.Tx, by actor.Actor, id ID) (*row, Seal, error) {
	r, err := sealOf(ctx, tx, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, Seal{}, errNotFound
	}
	if err != nil {
		return nil, Seal{}, err
	}
	m, err := s.may(ctx, tx, by, &r)
	if err != nil {
		return nil, m, err
	}
	if !m.Owns && !m.Operates && !m.Reviews && !s.sees(by, &r) && !belongs(by, &r) {
		return nil, m, errNotFound
	}
	return &r, m, nil
}
