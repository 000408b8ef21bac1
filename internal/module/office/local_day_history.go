package office

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/db"
)

// counting returns the days that count at some time, by region and day: those in force, and those that were replaced by what begins later, with the
// date until which they count. Limits of this year are reckoned by this year's days, whatever was decided for the next.
func counting(ctx context.Context, tx *db.Tx, where string, args ...any) (out []LocalDay, err error) {
	// What was doubtful and is replaced was never decided: it has not counted.
	list, err := db.All[LocalDay](ctx, tx, `SELECT `+localColumns+` FROM office_local_day WHERE state IN ('in_force', 'replaced') AND decided_by <> '' AND `+where+`
ORDER BY region, day, CASE state WHEN 'in_force' THEN 1 ELSE 0 END, decided_at, id`, args...)
	if err != nil {
		return nil, err
	}
	var first civil.Date // on which one that was decided later begins
	for i, d := range slices.Backward(list) {
		if i+1 == len(list) || list[i+1].Region != d.Region || list[i+1].Day != d.Day {
			first = civil.Date{}
		}
		d.Until = first
		if first.IsZero() || d.OnDate.Before(first) {
			first = d.OnDate
			out = append(out, d)
		}
	}
	slices.Reverse(out)
	return out, nil
}

// LocalDays lists the days of regions that are doubtful, wait, are in force or still count until another begins, within by's reach: what waits first,
// then by region and day.
func (s *Service) LocalDays(ctx context.Context, by actor.Actor) (out []LocalDay, err error) {
	if err := s.Check(by, ActSee, actor.Target{}); err != nil {
		return nil, err
	}
	var args []any
	where := db.PrefixAny("region", s.Reach(by, ActSee), &args)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All[LocalDay](ctx, tx, `SELECT `+localColumns+` FROM office_local_day WHERE state IN ('doubtful', 'waiting', 'in_force') AND `+where+`
ORDER BY CASE state WHEN 'waiting' THEN 0 WHEN 'in_force' THEN 1 ELSE 2 END, region, day LIMIT 500`, args...)
		if err != nil {
			return err
		}
		list, err := counting(ctx, tx, where, args...)
		for _, d := range list {
			if d.State == DayReplaced && d.Meaning != DayPlain && d.Until.After(civil.Of(tx.Now)) {
				out = append(out, d)
			}
		}
		return err
	})
	rank := map[DayState]int{DayWaiting: 0, DayInForce: 1, DayReplaced: 1, DayDoubtful: 2}
	slices.SortStableFunc(out, func(a, b LocalDay) int {
		return cmp.Or(rank[a.State]-rank[b.State], strings.Compare(a.Region, b.Region), strings.Compare(a.Day, b.Day), a.OnDate.Compare(b.OnDate))
	})
	return out, err
}

// local returns the days of its own that a region keeps, those of what it lies in included: what returns each year, and single dates, the wider
// region's first.
func local(ctx context.Context, tx *db.Tx, r region.Code) (yearly []workday.Extra, single []workday.Local, err error) {
	paths := []any{}
	for _, p := range Superiors(r.Prefix()) {
		if p != "" {
			paths = append(paths, p)
		}
	}
	if len(paths) == 0 {
		return nil, nil, nil
	}
	list, err := counting(ctx, tx, `region IN (`+db.In(len(paths), 1)+`)`, paths...)
	for _, d := range list {
		switch {
		case d.Meaning == DayPlain:
		case d.Yearly:
			yearly = append(yearly, workday.Extra{Region: d.Region, Name: d.Name, Month: int(d.OnDate.Month()), Day: d.OnDate.Day(), From: d.OnDate, Until: d.Until, Source: d.Source})
		default:
			single = append(single, workday.Local{Region: d.Region, Name: d.Name, Date: d.OnDate, Off: d.Meaning == DayOff})
		}
	}
	return yearly, single, err
}
