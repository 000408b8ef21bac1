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

// Standing implements ses.Seals: how a seal stood at an instant. Only the very bytes that were made here are known: whoever holds any certificate of the
// root can put another's number into a seal of his own making, and the maker whose certificate is stored has signed no other. It is public: whoever has a
// signed document may ask.
func (s *Service) Standing(ctx context.Context, whole []byte, at time.Time) (out ses.Standing, err error) {
	made, err := ses.ParseSeal(whole)
	if err != nil {
		return ses.Unknown, nil
	}
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		state, err := db.One[string](ctx, tx, `SELECT t.state FROM seal_standing t JOIN seal_seal s ON s.id = t.seal_id
JOIN seal_certificate c ON c.label = $1 AND c.der = $2 WHERE s.es_id = $3 AND s.whole = $4 AND t.from_at <= $5 ORDER BY t.from_at DESC, t.id DESC LIMIT 1`,
			makerKey, made.MakerCert, made.Info.ID, whole, at)
		if errors.Is(err, db.ErrNotFound) {
			return nil
		}
		out = standing(State(state))
		return err
	})
	return out, err
}
