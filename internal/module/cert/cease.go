package cert

import (
	"context"
	"errors"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/db"
)

// errUnissued has the job come again: the certificate is being made.
var errUnissued = errors.New("the certificate of an ended grant is being issued")

// EndFor ends the certificate of a case whose grant was annulled or cancelled. It is called by a job, any number of times: a certificate that is not in
// force any more stays as it is, and a case without one is left alone.
func (s *Service) EndFor(ctx context.Context, e casefile.Ended) error {
	kind := Cancelled
	if e.Kind == casefile.Annulled {
		kind = RevokedFor
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := db.One[row](ctx, tx, selectRow+`case_id = $1`, e.CaseID)
		switch {
		case errors.Is(err, db.ErrNotFound):
			return nil
		case err != nil:
			return err
		case r.State == Prepared:
			return errUnissued
		case r.State != Valid && r.State != Suspended:
			return nil
		}
		return s.end(ctx, tx, program, r, Reason{Kind: kind, Text: "依据" + e.Paper})
	})
}
