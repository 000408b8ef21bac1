package casefile

import (
	"context"
	"fmt"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// Forecast says how long such cases take, from how long they took: never a mean, which one case of a year would spoil.
type Forecast struct {
	Cases    int        // it rests on; 0: too few are known, and nothing is said
	Scope    PaceScope  // whose cases
	Half     int        // half of them took so many working days at most
	Most     int        // four of five
	HalfOn   civil.Date // the day this one would be decided, taking as long; zero while its clock stands still or before it begins
	MostOn   civil.Date
	Outlived bool // it has already taken longer than four of five
}

// PaceScope says whose decided cases a forecast rests on.
type PaceScope string

// The scopes, the nearest first.
const (
	PaceItem   PaceScope = "item"   // the same item at the same office
	PaceOffice PaceScope = "office" // everything the office decides
	PaceCounty PaceScope = "county" // the same item in the whole county
)

const (
	fewest  = 20  // cases a forecast rests on at least
	longest = 250 // working days that are told apart: a year
	// countyPath is how many characters of an office's path name its county.
	countyPath = 6
)

// CountPace counts a decided case, once however often it is told.
func (s *Service) CountPace(ctx context.Context, tx *db.Tx, caseID string) error {
	n, err := tx.Exec(ctx, `UPDATE casefile_case SET paced = true WHERE id = $1 AND NOT paced AND decided_at IS NOT NULL AND accepted_on IS NOT NULL`, caseID)
	if err != nil || n == 0 {
		return err
	}
	return tx.Later(ctx, `INSERT INTO casefile_pace (office_path, base_code, days, cases)
SELECT office_path, base_code, CASE WHEN used_days > $1 THEN $2 ELSE used_days END, 1 FROM casefile_case WHERE id = $3
ON CONFLICT (office_path, base_code, days) DO UPDATE SET cases = casefile_pace.cases + 1`, longest, longest, caseID)
}

// bin is one step of a histogram.
type bin struct {
	Days  int
	Cases int
}

// forecast says how long a case will take while nobody has decided it.
func (s *Service) forecast(ctx context.Context, tx *db.Tx, c *Case, facts Facts) (f Forecast, err error) {
	if c.State != Submitted && c.State != Correcting && c.State != Accepted && c.State != Suspended {
		return f, nil
	}
	bins, scope, err := s.pace(ctx, tx, c)
	if err != nil || scope == "" {
		return f, err
	}
	f = forecastOf(bins)
	f.Scope = scope
	if facts.AcceptedOn.IsZero() || c.State != Accepted {
		return f, nil
	}
	r, w := Recompute(facts), facts.stretches()
	facts.Extended = 0
	f.Outlived = r.Used > f.Most
	if r.Used <= f.Half {
		f.HalfOn = facts.due(Limit{Days: f.Half}, w)
	}
	if !f.Outlived {
		f.MostOn = facts.due(Limit{Days: f.Most}, w)
	}
	return f, nil
}

// forecastOf reads the median and the eightieth percentile of a histogram, by rank: the days within which so many of a hundred were decided.
func forecastOf(bins []bin) Forecast {
	var f Forecast
	for _, b := range bins {
		f.Cases += b.Cases
	}
	f.Half, f.Most = percentile(bins, f.Cases, 50), percentile(bins, f.Cases, 80)
	return f
}

func percentile(bins []bin, cases, percent int) int {
	seen := 0
	for _, b := range bins {
		if seen += b.Cases; seen*100 >= cases*percent {
			return b.Days
		}
	}
	return 0
}

// pace finds the nearest histogram that rests on enough cases; no scope when there is none.
func (s *Service) pace(ctx context.Context, tx *db.Tx, c *Case) ([]bin, PaceScope, error) {
	const sums = `SELECT days, CAST(sum(cases) AS bigint) AS cases FROM casefile_pace WHERE `
	const order = ` GROUP BY days ORDER BY days`
	for _, scope := range []PaceScope{PaceItem, PaceOffice, PaceCounty} {
		var args []any
		var where string
		switch scope {
		case PaceItem:
			where, args = `office_path = $1 AND base_code = $2`, []any{c.OfficePath, c.BaseCode}
		case PaceOffice:
			where, args = `office_path = $1`, []any{c.OfficePath}
		default:
			args = []any{c.BaseCode}
			where = `base_code = $1 AND ` + db.PrefixAny("office_path", []string{c.OfficePath[:min(countyPath, len(c.OfficePath))]}, &args)
		}
		bins, err := db.All[bin](ctx, tx, sums+where+order, args...)
		if err != nil {
			return nil, "", fmt.Errorf("reading how long cases take: %w", err)
		}
		n := 0
		for _, b := range bins {
			n += b.Cases
		}
		if n >= fewest {
			return bins, scope, nil
		}
	}
	return nil, "", nil
}
