package casefile

import (
	"context"
	"crypto/subtle"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Progress is how far a case is, as whoever holds its number and query code may know: no persons, no comments.
type Progress struct {
	Number     string
	ItemName   string
	OfficeName string
	State      State
	Clock      Clock
	Events     []Event
}

// Progress tells a stranger with the query code how far a case is. fault.NotFound "casefile.progress_unknown" for a wrong number and a
// wrong code alike. Guessing is the edge's to slow down.
func (s *Service) Progress(ctx context.Context, number, code string) (p Progress, err error) {
	unknown := fault.New(fault.NotFound, "casefile.progress_unknown")
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := byNumber(ctx, tx, number)
		if fault.Is(err, fault.NotFound) {
			return unknown
		}
		if err != nil {
			return err
		}
		right, err := s.unseal(c.QueryCode, c.ID, "query_code")
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(right, []byte(code)) != 1 {
			return unknown
		}
		clocks, err := s.clocks(ctx, tx, map[string]Case{c.ID: *c})
		if err != nil {
			return err
		}
		p = Progress{Number: c.Number, ItemName: c.ItemName, OfficeName: c.OfficeName, State: c.State, Clock: clocks[c.ID]}
		p.Events, err = steps(ctx, tx, c.ID)
		return err
	})
	return p, err
}

// steps reads the history of a case without persons and without what they said.
func steps(ctx context.Context, tx *db.Tx, id string) ([]Event, error) {
	return db.All[Event](ctx, tx, `SELECT version, action, state, post, at FROM casefile_history WHERE case_id = $1 ORDER BY version LIMIT 500`, id)
}
