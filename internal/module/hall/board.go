package hall

import (
	"context"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// Called is a number on the screen: no names, only numbers.
type Called struct {
	Name   string
	Window int
	Calls  int
	At     time.Time
}

// Board is what the screen of a hall shows.
type Board struct {
	Hall    Hall
	Open    bool
	Version int64
	Called  []Called // the latest first
	Waiting map[string]int
	Staffed int
}

// onScreen is how many called numbers a screen holds.
const onScreen = 12

// Board returns what the screen of a hall shows now.
func (s *Service) Board(ctx context.Context, _ actor.Actor, hallID string) (b Board, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		b = Board{Waiting: map[string]int{}}
		if b.Hall, err = one(ctx, tx, hallID); err != nil {
			return err
		}
		c, err := s.calendar(ctx, tx, b.Hall)
		if err != nil {
			return err
		}
		b.Open, b.Version = b.Hall.Open(s.now(tx), c), b.Hall.Version
		all, err := windows(ctx, tx, hallID)
		if err != nil {
			return err
		}
		numbers := map[string]int{}
		for _, w := range all {
			numbers[w.ID] = w.Number
			if w.Account != "" {
				b.Staffed++
			}
		}
		list, err := db.All[Turn](ctx, tx, `SELECT `+turnColumns+` FROM hall_turn WHERE hall_id = $1 AND day = $2 AND state = 'called' ORDER BY called_at DESC, id LIMIT $3`,
			hallID, s.today(tx), onScreen)
		if err != nil {
			return err
		}
		for _, t := range list {
			b.Called = append(b.Called, Called{t.Name(), numbers[t.WindowID], t.Calls, t.CalledAt})
		}
		counts, err := db.All[struct {
			Letter string
			N      int
		}](ctx, tx, `SELECT letter, count(*) AS n FROM hall_turn WHERE hall_id = $1 AND day = $2 AND state = 'waiting' GROUP BY letter`, hallID, s.today(tx))
		for _, c := range counts {
			b.Waiting[c.Letter] = c.N
		}
		return err
	})
	return b, err
}

// Version is the number that moves with every change of a hall's queue: what screens wait for.
func (s *Service) Version(ctx context.Context, _ actor.Actor, hallID string) (n int64, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		n, err = db.One[int64](ctx, tx, `SELECT version FROM hall_hall WHERE id = $1`, hallID)
		return missing(err, "hall.not_found")
	})
	return n, err
}

// HallOf is the hall where the number with this code was taken; fault.NotFound "hall.no_turn".
func (s *Service) HallOf(ctx context.Context, _ actor.Actor, code string) (id string, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		id, err = db.One[string](ctx, tx, `SELECT hall_id FROM hall_turn WHERE code = $1`, code)
		return missing(err, "hall.no_turn")
	})
	return id, err
}

// Estimate is how long somebody probably waits, in minutes.
type Estimate struct{ From, Until int }

// Standing is how a number stands.
type Standing struct {
	Turn     Turn
	Hall     Hall
	Window   int       // where it was called; 0 before
	Ahead    int       // people before it
	Estimate *Estimate // nil when it can't be told honestly
}

// Standing returns how the number with this code stands; fault.NotFound "hall.no_turn". Whoever has the code may ask.
func (s *Service) Standing(ctx context.Context, _ actor.Actor, code string) (out Standing, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out = Standing{}
		if out.Turn, err = turnByCode(ctx, tx, code); err != nil {
			return err
		}
		if out.Hall, err = one(ctx, tx, out.Turn.HallID); err != nil {
			return err
		}
		all, err := windows(ctx, tx, out.Turn.HallID)
		if err != nil {
			return err
		}
		for _, w := range all {
			if w.ID == out.Turn.WindowID {
				out.Window = w.Number
			}
		}
		if out.Turn.State != "waiting" {
			return nil
		}
		if out.Ahead, err = before(ctx, tx, out.Turn, staffed(all, out.Turn)); err != nil {
			return err
		}
		out.Estimate, err = s.estimate(ctx, tx, all, out.Turn, out.Ahead)
		return err
	})
	return out, err
}

// staffed are the windows that may call t: those somebody sits at, or all when nobody sits at any.
func staffed(all []Window, t Turn) []Window {
	var open, may []Window
	for _, w := range all {
		if mayCall(w, t) {
			may = append(may, w)
			if w.Account != "" {
				open = append(open, w)
			}
		}
	}
	if len(open) > 0 {
		return open
	}
	return may
}

const (
	fewest    = 20 // served people below which nothing is estimated
	mostSeen  = 500
	weeksSeen = 4
)

// estimate tells the wait from how long people were served in the last weeks: between the usual (median) and the slow (80th percentile) for everybody
// ahead, shared among the windows that serve. It is nil when too few were served to tell, or nobody serves now.
func (s *Service) estimate(ctx context.Context, tx *db.Tx, all []Window, t Turn, ahead int) (*Estimate, error) {
	n := 0
	for _, w := range staffed(all, t) {
		if w.Account != "" {
			n++
		}
	}
	if n == 0 {
		return nil, nil
	}
	seconds, err := db.All[int](ctx, tx, `SELECT seconds FROM hall_turn WHERE hall_id = $1 AND letter = $2 AND state = 'done' AND finished_at > $3 ORDER BY finished_at DESC LIMIT $4`,
		t.HallID, t.Letter, s.now(tx).AddDate(0, 0, -7*weeksSeen), mostSeen)
	if err != nil || len(seconds) < fewest {
		return nil, err
	}
	slices.Sort(seconds)
	usual, slow := seconds[len(seconds)/2], seconds[len(seconds)*8/10]
	minutes := func(each, people int) int { return (each*people + n*60 - 1) / (n * 60) }
	return &Estimate{minutes(usual, ahead), minutes(slow, ahead+1)}, nil
}

// Busy is how many numbers were taken in each hour of today so far.
func (s *Service) Busy(ctx context.Context, _ actor.Actor, hallID string) (hours [24]int, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		hours = [24]int{}
		list, err := db.All[time.Time](ctx, tx, `SELECT taken_at FROM hall_turn WHERE hall_id = $1 AND day = $2 LIMIT 5000`, hallID, s.today(tx))
		for _, at := range list {
			hours[at.In(civil.Shanghai).Hour()]++
		}
		return err
	})
	return hours, err
}
