package supervision

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// inheritedAtOnce is how many cards one transaction moves.
const inheritedAtOnce = 200

// Inherit gives the cards of a dissolved office that are not closed to the one that took over (机构撤并): it answers them, by the day they were to be answered.
// document is the number of the decision. It goes on where it was stopped, and tells how many it moved. Cases are counted anew when they themselves move.
func (s *Service) Inherit(ctx context.Context, by actor.Actor, from, to, document string) (moved int, err error) {
	if by.Kind != actor.System {
		return 0, fault.New(fault.Forbidden, "supervision.no_card")
	}
	type row struct{ ID, Number string }
	for {
		n := 0
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			list, err := db.All[row](ctx, tx, `UPDATE supervision_card SET office_path = $1, version = version + 1 WHERE state <> 'closed' AND id IN (
SELECT id FROM supervision_card WHERE office_path = $2 AND state IN ('open', 'answered') ORDER BY id LIMIT $3) RETURNING id, number`, to, from, inheritedAtOnce)
			if n = len(list); err != nil {
				return err
			}
			for _, c := range list {
				err := s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "supervision.card_inherited", Actor: by.Name(), Office: by.OfficePath, Object: "case:" + c.Number, Basis: document,
					Data: map[string]any{"card": c.ID, "from": from, "to": to}})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if moved += n; err != nil || n == 0 {
			return moved, err
		}
	}
}

// OpenAt tells how many cards of an office are not closed.
func (s *Service) OpenAt(ctx context.Context, tx *db.Tx, officePath string) (int, error) {
	return db.One[int](ctx, tx, `SELECT count(*) FROM supervision_card WHERE office_path = $1 AND state IN ('open', 'answered')`, officePath)
}
