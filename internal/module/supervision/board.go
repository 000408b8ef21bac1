package supervision

import (
	"context"
	"slices"
	"sort"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Figures are one office's, all below it included.
type Figures struct {
	Path string
	Name string

	Open         int64 // not delivered yet
	Received     int64 // today
	DueToday     int64 // to be decided or answered today
	Yellow       int64 // warned, not late
	Red          int64 // the promised day, or the day to answer an application, has passed
	Standing     int64 // in a special procedure
	StandingLong int64 // longer than the rule
	Correcting   int64
	Delivering   int64
	DeliverLate  int64

	Month map[Measure]int64 // of the last thirty days, today included
}

// Board is what a level shows: itself, and the levels and offices just below.
type Board struct {
	Figures
	Above    string // the level above that the reader may see; "" for none
	Below    []Figures
	Waiting  int   // steps that came while the figures were read and are not in them; 0 unless there is a backlog
	Rules    Rules // that the figures go by
	Today    civil.Date
	IsOffice bool // there is nothing below: its cases are the next step
}

// monthDays is how far back the board looks.
const monthDays = 30

// overlaid is how many steps that are not counted yet the board adds by itself.
const overlaid = 1000

// Board returns the figures of a level: fault.Forbidden for who may not see it. "" asks for the highest by may see. It reads counters, never cases, and adds
// what has happened and is not counted yet.
func (s *Service) Board(ctx context.Context, by actor.Actor, path string) (b Board, err error) {
	if path, err = s.may(by, path); err != nil {
		return b, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		b.Today = civil.Of(tx.Now)
		if b.Rules, err = rules(ctx, tx); err != nil {
			return err
		}
		t, waiting, err := s.pending(ctx, tx)
		if err != nil {
			return err
		}
		b.Waiting = waiting
		return b.read(ctx, tx, s, path, t)
	})
	if up := above(path); err == nil && up != "" {
		if _, hidden := s.may(by, up); hidden == nil {
			b.Above = up
		}
	}
	return b, err
}

// may returns the level somebody asks for, or the highest he may see whole. Duties for certain items do not count: the figures of a level are of all its
// items, and can't be taken apart. fault.Forbidden "supervision.limited_duty" when that is why.
func (s *Service) may(by actor.Actor, path string) (string, error) {
	all := by
	all.Duties = slices.DeleteFunc(slices.Clone(by.Duties), func(d actor.Duty) bool { return len(d.Items) > 0 })
	reach := s.needs.Rights.Reach(all, ActSee)
	if len(reach) == 0 {
		if len(s.needs.Rights.Reach(by, ActSee)) > 0 {
			return "", fault.New(fault.Forbidden, "supervision.limited_duty")
		}
		return "", fault.New(fault.Forbidden, "supervision.not_yours")
	}
	sort.Slice(reach, func(i, j int) bool {
		return len(reach[i]) < len(reach[j]) || len(reach[i]) == len(reach[j]) && reach[i] < reach[j]
	})
	if path == "" {
		return reach[0], nil
	}
	for _, r := range reach {
		if strings.HasPrefix(path, r) {
			return path, nil
		}
	}
	return "", fault.New(fault.Forbidden, "supervision.not_yours")
}

// mayItems is [Service.may] for lists: whoever may see certain items of a level only sees those. No items are all of them.
func (s *Service) mayItems(by actor.Actor, path string) (at string, items []string, err error) {
	if at, err = s.may(by, path); err == nil {
		return at, nil, nil
	}
	for _, d := range by.Duties {
		if len(d.Items) == 0 || !slices.Contains(s.needs.Rights.Reach(actor.Actor{Kind: by.Kind, Account: by.Account, OfficePath: by.OfficePath, Duties: []actor.Duty{d}}, ActSee), d.OfficePath) {
			continue
		}
		if path == "" {
			path = d.OfficePath // the first of them
		}
		if strings.HasPrefix(path, d.OfficePath) {
			items = append(items, d.Items...)
		}
	}
	if len(items) == 0 {
		return "", nil, err
	}
	return path, items, nil
}

// itemTerm narrows a list to certain items.
func itemTerm(items []string, args *[]any) string {
	if len(items) == 0 {
		return ""
	}
	from := len(*args) + 1
	for _, i := range items {
		*args = append(*args, i)
	}
	return " AND base_code IN (" + db.In(len(items), from) + ")"
}

// pending is what has happened and is not counted, as the next fold will count it.
func (s *Service) pending(ctx context.Context, tx *db.Tx) (*tally, int, error) {
	list, err := changes(ctx, tx, overlaid+1)
	if err != nil || len(list) == 0 {
		return newTally(), 0, err
	}
	if len(list) > overlaid {
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM supervision_change`)
		return newTally(), n, err
	}
	t, err := s.tallied(ctx, tx, list)
	return t, 0, err
}

func (b *Board) read(ctx context.Context, tx *db.Tx, s *Service, path string, t *tally) error {
	all := map[string]*Figures{path: {Path: path, Month: map[Measure]int64{}}}
	of := func(p string) *Figures {
		if all[p] == nil {
			all[p] = &Figures{Path: p, Month: map[Measure]int64{}}
		}
		return all[p]
	}
	open, err := openAt(ctx, tx, path)
	if err != nil {
		return err
	}
	for _, r := range open {
		of(r.Path).stand(r.Phase, r.Day, r.Cases, b.Today, b.Rules)
	}
	flow, err := flowAt(ctx, tx, path, b.Today.Add(1-monthDays), b.Today)
	if err != nil {
		return err
	}
	for _, r := range flow {
		of(r.Path).happened(r.Measure, r.Day, r.Times, b.Today)
	}
	shown := func(p string) bool { return p == path || above(p) == path }
	for k, n := range t.open {
		if shown(k.Path) {
			of(k.Path).stand(k.Phase, k.Day, n, b.Today, b.Rules)
		}
	}
	for k, n := range t.flow {
		if shown(k.Path) {
			of(k.Path).happened(k.Measure, k.Day, n, b.Today)
		}
	}
	names, err := s.needs.Offices.Names(ctx, tx, keysOf(all))
	if err != nil {
		return err
	}
	for p, f := range all {
		f.Name = names[p]
		f.Yellow = max(0, f.Yellow)
		if p != path {
			b.Below = append(b.Below, *f)
		}
	}
	b.Figures = *all[path]
	b.IsOffice = len(b.Below) == 0
	sort.Slice(b.Below, func(i, j int) bool {
		x, y := b.Below[i], b.Below[j]
		if x.Red != y.Red {
			return x.Red > y.Red
		}
		return x.Path < y.Path
	})
	return nil
}

func keysOf(m map[string]*Figures) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// stand adds open cases of a phase under a day.
func (f *Figures) stand(p Phase, day string, n int64, today civil.Date, r Rules) {
	now := today.String()
	late := day != "" && day < now
	if p != Warned {
		f.Open += n
	}
	switch p {
	case Replying, Running:
		switch {
		case late:
			f.Red += n
		case day == now:
			f.DueToday += n
		}
		if late && p == Running {
			f.Yellow -= n // every late case was warned of before
		}
	case Warned:
		if day <= now {
			f.Yellow += n
		}
	case Suspended:
		f.Standing += n
		if day < today.Add(-r.SuspendedDays).String() {
			f.StandingLong += n
		}
	case Correcting:
		f.Correcting += n
	case Delivering:
		f.Delivering += n
		if day < today.Add(-r.DeliverDays).String() {
			f.DeliverLate += n
		}
	}
}

func (f *Figures) happened(m Measure, day string, n int64, today civil.Date) {
	f.Month[m] += n
	if m == Received && day == today.String() {
		f.Received += n
	}
}

type openRow struct {
	Path  string
	Phase Phase
	Day   string
	Cases int64
}

// openAt are the counters of a level and of those just below.
func openAt(ctx context.Context, tx *db.Tx, path string) ([]openRow, error) {
	own, err := db.All[openRow](ctx, tx, `SELECT path, phase, day, cases FROM supervision_open WHERE path = $1 AND cases <> 0`, path)
	if err != nil {
		return nil, err
	}
	below, err := db.All[openRow](ctx, tx, `SELECT path, phase, day, cases FROM supervision_open WHERE parent = $1 AND cases <> 0`, path)
	return append(own, below...), err
}

type flowRow struct {
	Path    string
	Day     string
	Measure Measure
	Times   int64
}

func flowAt(ctx context.Context, tx *db.Tx, path string, from, until civil.Date) ([]flowRow, error) {
	own, err := db.All[flowRow](ctx, tx, `SELECT path, day, measure, times FROM supervision_flow WHERE path = $1 AND day >= $2 AND day <= $3`, path, from, until)
	if err != nil {
		return nil, err
	}
	below, err := db.All[flowRow](ctx, tx, `SELECT path, day, measure, times FROM supervision_flow WHERE parent = $1 AND day >= $2 AND day <= $3`, path, from, until)
	return append(own, below...), err
}
