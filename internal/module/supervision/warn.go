package supervision

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// warnedAtOnce is how many cards one transaction gives.
const warnedAtOnce = 200

// Warn gives a card for each case that has become late and has none: red when the promised day has passed, yellow when an application was not answered.
// A sweep calls it; doing it twice does no harm, one cause gives one card.
func (s *Service) Warn(ctx context.Context, by actor.Actor) (given int, err error) {
	for _, k := range []struct {
		phase Phase
		kind  CardKind
		cause string
	}{{Running, RedCard, CauseOverdue}, {Replying, YellowCard, CauseReplyOverdue}} {
		for {
			n := 0
			err := s.db.Update(ctx, func(tx *db.Tx) error {
				list, err := db.All[standing](ctx, tx, `SELECT c.case_id, c.number, c.item_name, c.base_code, c.office_path, c.phase, c.day, c.warn_on
FROM supervision_case c WHERE c.phase = $1 AND c.day < $2 AND c.day <> '' AND NOT EXISTS
(SELECT 1 FROM supervision_card k WHERE k.case_id = c.case_id AND k.kind = $3 AND k.cause = $4) ORDER BY c.day, c.case_id LIMIT $5`,
					string(k.phase), civil.Of(tx.Now), string(k.kind), k.cause, warnedAtOnce)
				n = len(list)
				if err != nil {
					return err
				}
				for _, c := range list {
					if _, err := s.issue(ctx, tx, by, k.kind, c, k.cause, ""); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return given, err
			}
			given += n
			if n < warnedAtOnce {
				break
			}
		}
	}
	return given, nil
}
