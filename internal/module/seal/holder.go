package seal

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// firstManager makes somebody the manager of a seal that is applied for; a newer version keeps the holders of the one before.
func (s *Service) firstManager(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, who string) error {
	if r.Replaces != "" {
		return s.inherit(ctx, tx, r)
	}
	if who == "" {
		who = person(by)
	}
	people, err := s.needs.Owners.People(ctx, tx, r.owner())
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.ID == who {
			_, err := s.addHolder(ctx, tx, r.ID, p, Manager)
			return err
		}
	}
	if by.Kind == actor.System && who == "" {
		return nil
	}
	return fault.New(fault.Invalid, "seal.bad_application").Field("manager", "seal.person_unknown")
}

func (s *Service) inherit(ctx context.Context, tx *db.Tx, r *row) error {
	before, err := holdersOf(ctx, tx, r.Replaces)
	if err != nil {
		return err
	}
	for _, h := range before {
		if !h.UntilAt.IsZero() {
			continue
		}
		name, err := s.reveal(h.Name, h.ID, "name")
		if err != nil {
			return err
		}
		if _, err := s.addHolder(ctx, tx, r.ID, Person{ID: h.Person, Subject: h.Subject, Name: name}, h.Role); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) addHolder(ctx context.Context, tx *db.Tx, id ID, p Person, role Role) (bool, error) {
	h := holderRow{ID: db.NewKey(), Person: p.ID, Subject: p.Subject, Role: role}
	var err error
	if h.Name, err = s.hide(p.Name, h.ID, "name"); err != nil {
		return false, err
	}
	return addHolder(ctx, tx, id, h)
}

// Appoint makes somebody of the owner manager or operator of a seal. The owner names managers, managers name operators. Naming again changes nothing.
func (s *Service) Appoint(ctx context.Context, by actor.Actor, id ID, who string, role Role) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.names(ctx, tx, by, id, role)
		if err != nil {
			return err
		}
		people, err := s.needs.Owners.People(ctx, tx, r.owner())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(people, func(p Person) bool { return p.ID == who })
		if i < 0 {
			return fault.New(fault.Invalid, "seal.bad_holder").Field("person", "seal.person_unknown")
		}
		fresh, err := s.addHolder(ctx, tx, id, people[i], role)
		if err != nil || !fresh {
			return err
		}
		if people[i].Subject != "" {
			if err := s.needs.Notices.Tell(ctx, tx, people[i].Subject, "seal.told."+string(role), "/seals/"+id, r.title()); err != nil {
				return err
			}
		}
		return s.logHolder(ctx, tx, by, r, "seal.holder_named", who, role)
	})
}

// Dismiss ends somebody's part in a seal, by whoever may name him. fault.Conflict "seal.moved_on" when he had none; the last manager stays:
// fault.Conflict "seal.last_manager".
func (s *Service) Dismiss(ctx context.Context, by actor.Actor, id ID, who string, role Role) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.names(ctx, tx, by, id, role)
		if err != nil {
			return err
		}
		if role == Manager {
			all, err := holdersOf(ctx, tx, id)
			if err != nil {
				return err
			}
			others := slices.ContainsFunc(all, func(h holderRow) bool { return h.Role == Manager && h.UntilAt.IsZero() && h.Person != who })
			if !others {
				return fault.New(fault.Conflict, "seal.last_manager")
			}
		}
		ended, err := endHolder(ctx, tx, id, who, role)
		if err != nil {
			return err
		}
		if !ended {
			return errMoved
		}
		return s.logHolder(ctx, tx, by, r, "seal.holder_ended", who, role)
	})
}

// names returns the seal when by may name holders of this role.
func (s *Service) names(ctx context.Context, tx *db.Tx, by actor.Actor, id ID, role Role) (*row, error) {
	r, m, err := s.found(ctx, tx, by, id)
	switch {
	case err != nil:
		return nil, err
	case role == Manager && !m.Owns, role == Operator && !m.Manages && !m.Owns, role != Manager && role != Operator:
		return nil, errNoRight
	case r.State == Refused || r.State == Ended:
		return nil, errMoved
	}
	return r, nil
}

func (s *Service) logHolder(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, kind, who string, role Role) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Subject: r.subject(), Object: object(r.ID),
		Basis: "电子印章管理", Data: map[string]any{"seal": r.EsID, "person": who, "role": role}})
}

// tellManagers tells everybody who keeps a seal.
func (s *Service) tellManagers(ctx context.Context, tx *db.Tx, r *row, key string) error {
	all, err := holdersOf(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	for _, h := range all {
		if h.Role != Manager || !h.UntilAt.IsZero() || h.Subject == "" {
			continue
		}
		if err := s.needs.Notices.Tell(ctx, tx, h.Subject, key, "/seals/"+r.ID, r.title()); err != nil {
			return err
		}
	}
	return nil
}

// title is how a seal is called in a sentence. A representative's own name stands in no message.
func (r *row) title() string {
	if r.Kind == Representative {
		return r.OwnerName
	}
	return r.OwnerName + r.Line
}
