package casefile

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// program is who acts when the law's own clock does.
var program = actor.Program("casefile.clock")

// RunLapsed writes down that clocks run again whose special procedures have used up the time that was announced, and tells how many. The state
// returns to accepted: the office may decide, extend or announce a procedure anew, and no list has to know a third kind of waiting. Each is a
// transaction of its own; one that somebody else moved meanwhile is left to them. The dates do not depend on when this runs: a reckoning never
// leaves out more than was announced.
func (s *Service) RunLapsed(ctx context.Context) (resumed int, err error) {
	var failed []error
	after := ""
	for {
		var page []string
		err := s.db.View(ctx, func(tx *db.Tx) (err error) {
			page, err = db.All[string](ctx, tx, `SELECT case_id FROM casefile_interval WHERE until_on IS NULL AND part = 'excluded' AND case_id > $1
GROUP BY case_id HAVING max(coalesce(limit_on, '')) < $2 ORDER BY case_id LIMIT $3`, after, civil.Of(tx.Now).String(), silencePage)
			return err
		})
		if err != nil {
			return resumed, errors.Join(append(failed, fmt.Errorf("finding clocks that run again: %w", err))...)
		}
		for _, id := range page {
			done, err := s.lapse(ctx, id)
			if err != nil {
				failed = append(failed, fmt.Errorf("resuming case %s: %w", id, err))
			}
			if done {
				resumed++
			}
		}
		if len(page) < silencePage || ctx.Err() != nil {
			return resumed, errors.Join(failed...)
		}
		after = page[len(page)-1]
	}
}

// lapse resumes one case if its time is over; one from before the ledger knew limits gets its limit.
func (s *Service) lapse(ctx context.Context, id string) (done bool, err error) {
	return s.byClock(ctx, id, func(ctx context.Context, tx *db.Tx, c *Case) (bool, error) {
		if c.State != Suspended {
			return false, tx.Later(ctx, `UPDATE casefile_interval SET until_on = $1 WHERE case_id = $2 AND until_on IS NULL AND part = 'excluded'`, civil.Of(c.ClosedAt), id)
		}
		st, err := s.look(ctx, tx, program, c, Step{Action: Resume, Number: c.Number})
		if err != nil {
			return false, err
		}
		limit := st.lapsedOn()
		if !civil.Of(tx.Now).After(limit) {
			return false, tx.Later(ctx, `UPDATE casefile_interval SET limit_on = $1 WHERE case_id = $2 AND until_on IS NULL AND part = 'excluded'`, limit, id)
		}
		_, err = st.take(ctx, tx)
		return err == nil, err
	})
}
