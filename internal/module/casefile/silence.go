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
// tells how many. No signature, delegation or holder of the task stops it: the law knows no such reason. Each is a transaction of its own; one that
// somebody else moved meanwhile, on this node or another, is left to them. A case that can't be accepted does not hold up the others: what went wrong is
// returned at the end, for the job to show and to try again.
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
	return s.byClock(ctx, id, func(ctx context.Context, tx *db.Tx, c *Case) (bool, error) {
		if c.State != Submitted || !overdue(c, civil.Of(tx.Now)) {
			return false, nil
		}
		st, err := s.look(ctx, tx, by, c, Step{Action: Accept, Number: c.Number})
		if err != nil {
			return false, err
		}
		_, err = st.take(ctx, tx)
		return err == nil, err
	})
}

// byClock does with one case, in a transaction of its own, what the law's own clock does. Somebody was faster only when the case moved on since it was
// read; when its process alone moved, it is looked at again. Whatever else refuses is an error: the law's clock knows no reason to wait, so that a case
// which stands where it stood would stand there for ever, and nobody would hear of it.
func (s *Service) byClock(ctx context.Context, id string, do func(ctx context.Context, tx *db.Tx, c *Case) (bool, error)) (done bool, err error) {
	for attempt := 0; ; attempt++ {
		seen := int64(0)
		err = s.db.Update(ctx, func(tx *db.Tx) error {
			done = false
			c, err := byID(ctx, tx, id)
			if err != nil {
				return err
			}
			seen = c.Version
			if err := s.standing(ctx, tx, c); err != nil {
				return err
			}
			done, err = do(ctx, tx, c)
			return err
		})
		var gone dissolved
		if errors.As(err, &gone) && attempt < tries { // its documents bear the name of the office that answers for it now
			if _, err := s.inheritCase(ctx, id, gone.by); err != nil {
				return false, err
			}
			continue
		}
		if !fault.Is(err, fault.Conflict) {
			return done && err == nil, err
		}
		moved := false
		looked := s.db.View(ctx, func(tx *db.Tx) error {
			c, err := byID(ctx, tx, id)
			moved = err == nil && c.Version != seen
			return err
		})
		again := fault.HasKey(err, "casefile.moved_on") || fault.HasKey(err, "workflow.task_gone")
		switch {
		case looked != nil:
			return false, errors.Join(err, looked)
		case moved:
			return false, nil
		case !again || attempt == tries:
			return false, err
		}
	}
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
