package casefile

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// silencePage is how many cases one look takes up.
const silencePage = 100

// AcceptSilent accepts, as of the day of receipt, every case whose office has let the five working days pass (行政许可法第三十二条第四项), and
// tells how many. Each is a transaction of its own; one that somebody else moved meanwhile, on this node or another, is left to them. A case
// that can't be accepted does not hold up the others: what went wrong is returned at the end.
func (s *Service) AcceptSilent(ctx context.Context) (accepted int, err error) {
	type row struct{ ID, ReplyDue string }
	var failed []error
	after := row{}
	for {
		var page []row
		err := s.db.View(ctx, func(tx *db.Tx) (err error) {
			page, err = db.All[row](ctx, tx, `SELECT id, reply_due FROM casefile_case WHERE state = 'submitted' AND reply_due < $1 AND (reply_due, id) > ($2, $3)
ORDER BY reply_due, id LIMIT $4`, civil.Of(tx.Now).String(), after.ReplyDue, after.ID, silencePage)
			return err
		})
		if err != nil {
			return accepted, errors.Join(append(failed, fmt.Errorf("finding cases nobody answered: %w", err))...)
		}
		for _, r := range page {
			done, err := s.acceptSilent(ctx, r.ID)
			if err != nil {
				failed = append(failed, fmt.Errorf("accepting case %s by silence: %w", r.ID, err))
			}
			if done {
				accepted++
			}
		}
		if len(page) < silencePage || ctx.Err() != nil {
			return accepted, errors.Join(failed...)
		}
		after = page[len(page)-1]
	}
}

// acceptSilent accepts one case if it still waits.
func (s *Service) acceptSilent(ctx context.Context, id string) (done bool, err error) {
	by := actor.Program("casefile.silence")
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		done = false
		c, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.State != Submitted || !overdue(c, civil.Of(tx.Now)) {
			return nil
		}
		st, err := s.look(ctx, tx, by, c, Step{Action: Accept, Number: c.Number})
		if err != nil {
			return err
		}
		_, err = st.take(ctx, tx)
		done = err == nil
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return false, nil // somebody was faster
	}
	return done && err == nil, err
}

// overdue tells whether the office has let its time to answer pass.
func overdue(c *Case, today civil.Date) bool { return !c.ReplyDue.IsZero() && today.After(c.ReplyDue) }

// silent refuses what an office may no longer do because its silence has accepted the application.
func (st *step) silent() error {
	if (st.in.Action == RequestCorrection || st.in.Action == Reject) && st.c.State == Submitted && overdue(st.c, st.today) {
		return fault.New(fault.Conflict, "casefile.silence_accepted")
	}
	return nil
}
