package casefile

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// Behalf decides whether an officer may hand a draft in for somebody else, met by the hall module.
type Behalf interface {
	// HandIn writes down, in the transaction of the submission, what an officer handed in for somebody: his draft, the base code of its item and the
	// number of the case. It refuses what is not, or not any more, authorised; drafts that were not begun for somebody else pass. mandated tells that
	// he was not there but had authorised the office.
	HandIn(ctx context.Context, tx *db.Tx, by actor.Actor, h HandIn) (mandated bool, err error)
}

// HandIn is a draft that becomes a case.
type HandIn struct {
	Draft    string
	BaseCode string
	Number   string
}

// Proxy is how an officer came to act for an applicant.
type Proxy string

// The ways; "" is no proxy.
const (
	Present  Proxy = "present"  // the applicant stood there
	Mandated Proxy = "mandate"  // he had authorised the office
	Receiver Proxy = "received" // the office that received his case went on with it
)

// handIn asks whoever knows of mandates; what he refuses leaves the draft where it was.
func (s *Service) handIn(ctx context.Context, tx *db.Tx, by actor.Actor, h HandIn) (Proxy, error) {
	switch {
	case by.Kind != actor.Officer:
		return "", nil
	case s.needs.Behalf == nil || h.Draft == "":
		return Present, nil
	}
	mandated, err := s.needs.Behalf.HandIn(ctx, tx, by, h)
	if mandated {
		return Mandated, err
	}
	return Present, err
}
