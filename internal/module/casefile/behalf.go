package casefile

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// Behalf decides whether an officer may hand a draft in for somebody else, met by the hall module.
type Behalf interface {
	// HandIn writes down, in the transaction of the submission, what an officer handed in for somebody: his draft, the base code of its item and the
	// number of the case. It refuses what is not, or not any more, authorised; drafts that were not begun for somebody else pass.
	HandIn(ctx context.Context, tx *db.Tx, by actor.Actor, h HandIn) error
}

// HandIn is a draft that becomes a case.
type HandIn struct {
	Draft    string
	BaseCode string
	Number   string
}

// handIn asks whoever knows of mandates, last: what he refuses leaves the draft where it was.
func (s *Service) handIn(ctx context.Context, tx *db.Tx, by actor.Actor, h HandIn) error {
	if s.needs.Behalf == nil || by.Kind != actor.Officer {
		return nil
	}
	return s.needs.Behalf.HandIn(ctx, tx, by, h)
}
