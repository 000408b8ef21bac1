package supervision

import (
	"context"
	"sort"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// MonthRow is what an office did in a month.
type MonthRow struct {
	Path  string
	Name  string
	Times map[Measure]int64
	Cards map[CardKind]int64
}

// OnTime is the share of decisions within the promise, 0 to 1; ok is false when none was made.
func (r MonthRow) OnTime() (share float64, ok bool) {
	n := r.Times[Decided]
	if n == 0 {
		return 0, false
	}
	return float64(n-r.Times[Late]) / float64(n), true
}

// Report is the monthly report of a level.
type Report struct {
	Month string // "2026-11"
	MonthRow
	Days  []civil.Date // of the month, up to today
	Daily map[Measure][]int64
	Below []MonthRow
}

// Report returns what happened in a month at a level and just below it: fault.Forbidden for who may not see it. first is any day of the month.
func (s *Service) Report(ctx context.Context, by actor.Actor, path string, first civil.Date) (r Report, err error) {
	if path, err = s.may(by, path); err != nil {
		return r, err
	}
	first = first.Add(1 - first.Day())
	r.Month = first.String()[:7]
	err = s.db.View(ctx, func(tx *db.Tx) error {
		last := first.AddMonths(1).Add(-1)
		if today := civil.Of(tx.Now); last.After(today) {
			last = today
		}
		rows, err := flowAt(ctx, tx, path, first, last)
		if err != nil {
			return err
		}
		all := r.gather(rows, path, first, last)
		if err := cardsOf(ctx, tx, all, path, first); err != nil {
			return err
		}
		var paths []string
		for p := range all {
			paths = append(paths, p)
		}
		names, err := s.needs.Offices.Names(ctx, tx, paths)
		for p, row := range all {
			row.Name = names[p]
			if p == path {
				r.MonthRow = *row
				continue
			}
			r.Below = append(r.Below, *row)
		}
		sort.Slice(r.Below, func(i, j int) bool { return r.Below[i].Path < r.Below[j].Path })
		return err
	})
	return r, err
}

// gather sums the rows of a month by office, and those of the level itself by day.
func (r *Report) gather(rows []flowRow, path string, first, last civil.Date) map[string]*MonthRow {
	all := map[string]*MonthRow{path: {Path: path, Times: map[Measure]int64{}, Cards: map[CardKind]int64{}}}
	index := map[string]int{}
	for d := first; !d.After(last); d = d.Add(1) {
		index[d.String()] = len(r.Days)
		r.Days = append(r.Days, d)
	}
	r.Daily = map[Measure][]int64{}
	for _, row := range rows {
		m := all[row.Path]
		if m == nil {
			m = &MonthRow{Path: row.Path, Times: map[Measure]int64{}, Cards: map[CardKind]int64{}}
			all[row.Path] = m
		}
		m.Times[row.Measure] += row.Times
		if row.Path != path {
			continue
		}
		if r.Daily[row.Measure] == nil {
			r.Daily[row.Measure] = make([]int64, len(r.Days))
		}
		if i, ok := index[row.Day]; ok {
			r.Daily[row.Measure][i] += row.Times
		}
	}
	return all
}

// cardsOf counts the cards given in a month below a level.
func cardsOf(ctx context.Context, tx *db.Tx, all map[string]*MonthRow, path string, first civil.Date) error {
	type row struct {
		OfficePath string
		Kind       CardKind
		Cards      int64
	}
	args := []any{first.Start(), first.AddMonths(1).Start()}
	where := db.PrefixAny("office_path", []string{path}, &args)
	rows, err := db.All[row](ctx, tx, `SELECT office_path, kind, count(*) AS cards FROM supervision_card WHERE issued_at >= $1 AND issued_at < $2 AND `+where+`
GROUP BY office_path, kind`, args...)
	for _, c := range rows {
		for _, p := range levels(c.OfficePath) {
			if m := all[p]; m != nil {
				m.Cards[c.Kind] += c.Cards
			}
		}
	}
	return err
}
