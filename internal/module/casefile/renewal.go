package casefile

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// renewalVariant is the variant of an item that lengthens what was granted (延续).
const renewalVariant = "renewal"

// renewalDays is how many days before the expiry a renewal is asked for (行政许可法第五十条第一款).
const renewalDays = 30

// renewal is what an application renews.
type renewal struct {
	Certificate string
	ExpiresOn   civil.Date
	InTime      bool
}

// renewalOf finds the certificate an application renews; nil when it renews none, or one on paper or without an end.
func (s *Service) renewalOf(ctx context.Context, tx *db.Tx, p *prepared) (*renewal, error) {
	if p.variant != renewalVariant || p.entry.Guide.CertType == "" {
		return nil, nil
	}
	held, err := s.needs.Certificates.Held(ctx, tx, p.applicant.ID, p.entry.Guide.CertType)
	if err != nil || held == "" {
		return nil, err
	}
	expires, err := s.needs.Certificates.Expires(ctx, tx, held)
	if err != nil || expires.IsZero() {
		return nil, err
	}
	return &renewal{held, expires, !p.today.After(expires.Add(-renewalDays))}, nil
}

func holdRenewal(ctx context.Context, tx *db.Tx, c *Case, r *renewal) error {
	if r == nil {
		return nil
	}
	return tx.Later(ctx, `INSERT INTO casefile_renewal (case_id, certificate, expires_on, in_time) VALUES ($1, $2, $3, $4)`, c.ID, r.Certificate, r.ExpiresOn, r.InTime)
}

// RenewSilent grants every renewal that was asked for in time and that its office had not decided when the certificate expired (行政许可法第五十条第二款),
// and tells how many. Each is a transaction of its own; what somebody else decided meanwhile is left to them.
func (s *Service) RenewSilent(ctx context.Context) (renewed int, err error) {
	return s.sweep(ctx, `SELECT expires_on AS day, case_id FROM casefile_renewal WHERE settled_at IS NULL AND expires_on < $1 AND (expires_on, case_id) > ($2, $3)
ORDER BY expires_on, case_id LIMIT $4`, s.renewOne)
}

func (s *Service) renewOne(ctx context.Context, tx *db.Tx, c *Case) (bool, error) {
	inTime, err := db.One[bool](ctx, tx, `SELECT in_time FROM casefile_renewal WHERE case_id = $1`, c.ID)
	if err != nil {
		return false, err
	}
	if inTime && (c.State == Submitted || c.State == Correcting) {
		return false, nil // silence accepts it first, or the applicant has something to bring
	}
	err = tx.Later(ctx, `UPDATE casefile_renewal SET settled_at = $1 WHERE case_id = $2`, tx.Now, c.ID)
	if err != nil || !inTime || c.State != Accepted && c.State != Suspended {
		return false, err
	}
	return true, s.byLaw(ctx, tx, c, RenewSilently)
}

func (st *step) renewSilently(ctx context.Context, tx *db.Tx) error {
	w := st.words()
	expires, err := db.One[civil.Date](ctx, tx, `SELECT expires_on FROM casefile_renewal WHERE case_id = $1`, st.c.ID)
	if err != nil {
		return fmt.Errorf("reading what is renewed: %w", err)
	}
	w.fields["expires_on"] = expires.Chinese()
	return st.grantAtOnce(ctx, tx, RenewalDecision, w)
}

// RemindGaps asks in writing for what was promised to follow, from a few days before it is due, and tells how many cases it asked for.
func (s *Service) RemindGaps(ctx context.Context) (asked int, err error) {
	return s.sweep(ctx, `SELECT min(remind_on) AS day, case_id FROM casefile_gap WHERE brought_at IS NULL AND reminded_at IS NULL AND remind_on <= $1
GROUP BY case_id HAVING (min(remind_on), case_id) > ($2, $3) ORDER BY 1, case_id LIMIT $4`, func(ctx context.Context, tx *db.Tx, c *Case) (bool, error) {
		if !c.State.Open() || c.State == RefusedAs {
			return false, tx.Later(ctx, `UPDATE casefile_gap SET reminded_at = $1 WHERE case_id = $2 AND reminded_at IS NULL`, tx.Now, c.ID)
		}
		if _, err := Next(c, RemindGap); err != nil {
			return false, nil //nolint:nilerr // not accepted yet: nothing was promised with effect
		}
		return true, s.byLaw(ctx, tx, c, RemindGap)
	})
}

// NoteOverdueGaps tells offices, by a task, of what was promised and did not come, and tells of how many cases.
func (s *Service) NoteOverdueGaps(ctx context.Context) (noted int, err error) {
	return s.sweep(ctx, `SELECT min(due_on) AS day, case_id FROM casefile_gap WHERE brought_at IS NULL AND overdue_at IS NULL AND due_on < $1
GROUP BY case_id HAVING (min(due_on), case_id) > ($2, $3) ORDER BY 1, case_id LIMIT $4`, func(ctx context.Context, tx *db.Tx, c *Case) (bool, error) {
		if !c.State.Open() || c.State == RefusedAs {
			return false, tx.Later(ctx, `UPDATE casefile_gap SET overdue_at = $1 WHERE case_id = $2 AND overdue_at IS NULL`, tx.Now, c.ID)
		}
		if _, err := Next(c, GapOverdue); err != nil {
			return false, nil //nolint:nilerr // as above
		}
		return true, s.byLaw(ctx, tx, c, GapOverdue)
	})
}

// byLaw takes a step in the name of the law's own clock.
func (s *Service) byLaw(ctx context.Context, tx *db.Tx, c *Case, a Action) error {
	st, err := s.look(ctx, tx, program, c, Step{Action: a, Number: c.Number})
	if err != nil {
		return err
	}
	_, err = st.take(ctx, tx)
	return err
}

// sweep goes through the cases a query names by day and key, each in a transaction of its own. One that fails does not hold up the others; one that
// somebody else moved meanwhile is left to them.
func (s *Service) sweep(ctx context.Context, query string, one func(ctx context.Context, tx *db.Tx, c *Case) (bool, error)) (n int, err error) {
	type row struct{ Day, CaseID string }
	var failed []error
	after := row{}
	for {
		var page []row
		err := s.db.View(ctx, func(tx *db.Tx) (err error) {
			page, err = db.All[row](ctx, tx, query, civil.Of(tx.Now).String(), after.Day, after.CaseID, silencePage)
			return err
		})
		if err != nil {
			return n, errors.Join(append(failed, fmt.Errorf("finding cases the law's clock is over for: %w", err))...)
		}
		for _, r := range page {
			done, err := s.byClock(ctx, r.CaseID, one)
			if err != nil {
				failed = append(failed, fmt.Errorf("case %s: %w", r.CaseID, err))
			}
			if done {
				n++
			}
		}
		if len(page) < silencePage || ctx.Err() != nil {
			return n, errors.Join(failed...)
		}
		after = page[len(page)-1]
	}
}
