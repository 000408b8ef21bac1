package supervision

import (
	"context"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/db"
)

// foldBatch is how many steps are counted in one transaction.
const foldBatch = 500

// change is a step that is not counted yet.
type change struct {
	ID     string
	CaseID string
	Action casefile.Action
	Staff  bool
	At     time.Time
}

// Fold counts what happened since it last ran, and returns how many steps it counted. A step is deleted in the transaction that counts it, so that it
// is counted once however often Fold is killed, and on however many nodes it runs.
func (s *Service) Fold(ctx context.Context) (counted int, err error) {
	for {
		n := 0
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			if err := alone(ctx, tx); err != nil {
				return err
			}
			list, err := changes(ctx, tx, foldBatch)
			n = len(list)
			if err != nil || n == 0 {
				return err
			}
			t, err := s.tallied(ctx, tx, list)
			if err != nil {
				return err
			}
			if err := t.store(ctx, tx); err != nil {
				return err
			}
			return forget(ctx, tx, list)
		})
		counted += n
		if err != nil || n < foldBatch {
			return counted, err
		}
	}
}

// alone waits until nobody else counts, and keeps others waiting until the transaction ends.
func alone(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE supervision_fold SET round = round + 1 WHERE id = 1`)
	return err
}

// changes are the oldest steps not counted yet, at most limit.
func changes(ctx context.Context, tx *db.Tx, limit int) ([]change, error) {
	return db.All[change](ctx, tx, `SELECT id, case_id, action, staff, at FROM supervision_change ORDER BY id LIMIT $1`, limit)
}

// tally is what some steps change: where cases stood and stand, and what happened.
type tally struct {
	open  map[openKey]int64
	flow  map[flowKey]int64
	cases []standing // as they stand now; without a phase they are over
	known map[string]bool
}

type openKey struct {
	Path  string
	Phase Phase
	Day   string
}

type flowKey struct {
	Path    string
	Day     string
	Measure Measure
}

func newTally() *tally {
	return &tally{open: map[openKey]int64{}, flow: map[flowKey]int64{}, known: map[string]bool{}}
}

// stands adds a case, or takes it away with n = -1.
func (t *tally) stands(c standing, n int64) {
	if c.Phase == "" {
		return
	}
	for _, path := range levels(c.OfficePath) {
		t.open[openKey{path, c.Phase, c.Day.String()}] += n
		if c.Phase == Running && !c.WarnOn.IsZero() {
			t.open[openKey{path, Warned, c.WarnOn.String()}] += n
		}
	}
}

func (t *tally) happened(officePath string, day civil.Date, m Measure) {
	for _, path := range levels(officePath) {
		t.flow[flowKey{path, day.String(), m}]++
	}
}

// tallied says what steps change against what is counted.
func (s *Service) tallied(ctx context.Context, tx *db.Tx, list []change) (*tally, error) {
	var ids []string
	seen := map[string]bool{}
	for _, c := range list {
		if !seen[c.CaseID] {
			seen[c.CaseID] = true
			ids = append(ids, c.CaseID)
		}
	}
	r, err := rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	before, err := counted(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	now, err := s.needs.Cases.Standings(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	t, byID := newTally(), map[string]casefile.Standing{}
	for _, c := range before {
		t.stands(c, -1)
		t.known[c.CaseID] = true
	}
	for _, c := range now {
		byID[c.ID] = c
		after := standingOf(c)
		t.stands(after, 1)
		t.cases = append(t.cases, after)
	}
	for _, c := range list {
		if facts, ok := byID[c.CaseID]; ok {
			t.count(c, facts, r)
		}
	}
	return t, nil
}

// count counts what a step was.
func (t *tally) count(c change, facts casefile.Standing, r Rules) {
	day := civil.Of(c.At)
	at := func(m Measure) { t.happened(facts.OfficePath, day, m) }
	switch c.Action {
	case casefile.Submit:
		at(Received)
		if facts.Channel == "window" && !facts.FirstUploadAt.IsZero() && civil.Of(facts.FirstUploadAt).Days(day) > r.UploadDays {
			at(Unexplored)
		}
	case casefile.Accept:
		at(Accepted)
	case casefile.Approve, casefile.Refuse:
		at(Decided)
		if facts.DecidedLate {
			at(Late)
		}
	case casefile.Deliver, casefile.Withdraw:
		at(Closed)
	case casefile.Reject:
		at(Rejected)
		at(Closed)
	case casefile.RequestCorrection:
		at(Returned)
		if facts.Corrections > 1 {
			at(Twice)
		}
	case casefile.Suspend:
		at(Stopped)
	case casefile.SuspendAgain:
		at(Stopped)
		at(StoppedAgain)
	case casefile.Extend:
		at(Prolonged)
	}
	if c.Staff && atNight(c.At, r.LateHour, r.EarlyHour) {
		at(Night)
	}
}
