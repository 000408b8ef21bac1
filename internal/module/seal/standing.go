package seal

import (
	"context"
	"errors"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/ses"
)

// leafOf names the leaf of each ground.
var leafOf = map[Ground]string{Lost: "seal.suspended", Stopped: "seal.suspended", Found: "seal.resumed", Cancelled: "seal.ended", Changed: "seal.ended"}

// Move changes how a seal stands, from this instant: lost and stopped suspend it, found resumes it, cancelled ends it for good. Whoever holds it may
// report it lost; the rest is its managers' and its owner's. fault.Conflict "seal.moved_on" when it does not stand so that this can be done.
func (s *Service) Move(ctx context.Context, by actor.Actor, id ID, g Ground) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, m, err := s.found(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case g != Lost && !m.Owns && !m.Manages, g == Lost && !m.Owns && !m.Operates, leafOf[g] == "" || g == Changed:
			return errNoRight
		case !slices.Contains(moves[g].from, r.State):
			return errMoved
		}
		return s.move(ctx, tx, by, r, g)
	})
}

func (s *Service) move(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, g Ground) error {
	if err := setStanding(ctx, tx, by, r, g); err != nil {
		return err
	}
	if moves[g].to == Ended {
		reason := cessation
		if g == Changed {
			reason = superseded
		}
		for _, key := range []string{label(r.ID), westernLabel(r.ID)} {
			if err := revoke(ctx, tx, key, reason); err != nil {
				return err
			}
		}
	}
	if err := s.tellManagers(ctx, tx, r, "seal.told."+string(g)); err != nil {
		return err
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: leafOf[g], Actor: by.Name(), Office: by.OfficePath, Subject: r.subject(), Object: object(r.ID),
		Basis: "电子印章管理", Data: map[string]any{"seal": r.EsID, "ground": g}})
}

// Standing implements ses.Seals: how a seal stood at an instant. It is public: whoever has a signed document may ask.
func (s *Service) Standing(ctx context.Context, esID string, at time.Time) (out ses.Standing, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		state, err := db.One[string](ctx, tx, `SELECT state FROM seal_standing WHERE es_id = $1 AND from_at <= $2 ORDER BY from_at DESC, id DESC LIMIT 1`, esID, at)
		if errors.Is(err, db.ErrNotFound) {
			return nil
		}
		out = standing(State(state))
		return err
	})
	return out, err
}
