package supervision

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// Difference is a counter that does not say what a full count says.
type Difference struct {
	Path    string `json:"path"`
	Phase   Phase  `json:"phase"`
	Day     string `json:"day"`
	Counter int64  `json:"counter"`
	Counted int64  `json:"counted"`
}

// Agreement is what a full count came to.
type Agreement struct {
	Cases       int64        `json:"cases"`       // that were read
	Open        int64        `json:"open"`        // of them
	Counters    int          `json:"counters"`    // that were compared
	Differences []Difference `json:"differences"` // none when they agree
}

// countedAtOnce is how many cases one read of a full count takes.
const countedAtOnce = 2000

// Recount counts every case anew and compares the counters of open cases, those not folded yet included, in one snapshot: the counters are right when there
// is no difference. With mend they are made anew. It is for administrators and reads every case: minutes with ten million.
func (s *Service) Recount(ctx context.Context, by actor.Actor, mend bool, progress func(cases int64)) (a Agreement, err error) {
	if err := s.needs.Rights.Check(by, ActIssue, actor.Target{OfficePath: "22"}); err != nil && by.Kind != actor.System {
		return a, err
	}
	run := s.db.View
	if mend {
		run = s.db.Update
	}
	err = run(ctx, func(tx *db.Tx) error {
		a = Agreement{}
		if mend {
			if err := alone(ctx, tx); err != nil {
				return err
			}
		}
		full, err := s.countAll(ctx, tx, &a, progress)
		if err != nil {
			return err
		}
		if a.Differences, a.Counters, err = s.compare(ctx, tx, full); err != nil || !mend {
			return err
		}
		return s.rebuild(ctx, tx)
	})
	return a, err
}

// countAll counts all cases by the rule the counters go by.
func (s *Service) countAll(ctx context.Context, tx *db.Tx, a *Agreement, progress func(int64)) (*tally, error) {
	t := newTally()
	after := ""
	for {
		list, err := s.needs.Cases.StandingsAfter(ctx, tx, after, countedAtOnce)
		if err != nil || len(list) == 0 {
			return t, err
		}
		for _, c := range list {
			a.Cases++
			if st := standingOf(c); st.Phase != "" {
				a.Open++
				t.stands(st, 1)
			}
		}
		after = list[len(list)-1].ID
		if progress != nil {
			progress(a.Cases)
		}
	}
}

// compare sets the counters beside a full count.
func (s *Service) compare(ctx context.Context, tx *db.Tx, full *tally) (out []Difference, compared int, err error) {
	list, err := changes(ctx, tx, 1<<30)
	if err != nil {
		return nil, 0, err
	}
	now := newTally()
	for len(list) > 0 { // several steps of one case may be in different pieces: the case is taken once
		n := min(len(list), foldBatch)
		piece, err := s.tallied(ctx, tx, onlyNew(list[:n], now.known))
		if err != nil {
			return nil, 0, err
		}
		for k, v := range piece.open {
			now.open[k] += v
		}
		list = list[n:]
	}
	err = db.Each(ctx, tx, func(r openRow) error {
		now.open[openKey{r.Path, r.Phase, r.Day}] += r.Cases
		return nil
	}, `SELECT path, phase, day, cases FROM supervision_open`)
	if err != nil {
		return nil, 0, err
	}
	keys := map[openKey]bool{}
	for k := range now.open {
		keys[k] = true
	}
	for k := range full.open {
		keys[k] = true
	}
	for k := range keys {
		if now.open[k] != full.open[k] {
			out = append(out, Difference{k.Path, k.Phase, k.Day, now.open[k], full.open[k]})
		}
	}
	return out, len(keys), nil
}

// onlyNew leaves out the steps of cases that were taken, and takes the others.
func onlyNew(list []change, taken map[string]bool) (out []change) {
	for _, c := range list {
		if !taken[c.CaseID] {
			out = append(out, c)
		}
	}
	for _, c := range out {
		taken[c.CaseID] = true
	}
	return out
}

// rebuild makes the counters of open cases anew.
func (s *Service) rebuild(ctx context.Context, tx *db.Tx) error {
	for _, text := range []string{`DELETE FROM supervision_case`, `DELETE FROM supervision_open`} {
		if err := tx.Later(ctx, text); err != nil {
			return err
		}
	}
	after := ""
	for {
		list, err := s.needs.Cases.StandingsAfter(ctx, tx, after, countedAtOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		t := newTally()
		for _, c := range list {
			if st := standingOf(c); st.Phase != "" {
				t.stands(st, 1)
				t.cases = append(t.cases, st)
			}
		}
		if err := t.store(ctx, tx); err != nil {
			return err
		}
		after = list[len(list)-1].ID
	}
}
