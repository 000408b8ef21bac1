package hall

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Outcomes an answer can have: done after all, explained why it can't be done, passed on to whoever decides.
var outcomes = map[string]bool{"done": true, "explained": true, "passed_on": true}

// LongestWords is how much may be said at once, in characters.
const LongestWords = 1000

// Obstacle is what somebody could not get done (办不成事反映).
type Obstacle struct {
	ID          string
	Number      string
	HallID      string
	OfficePath  string
	OfficeName  string
	SubjectID   string
	ItemCode    string
	ItemName    string
	AboutOffice string
	Words       string // in clear for who may read it
	State       string // open answered solved
	Level       int
	Reopened    int
	DueOn       civil.Date
	Answer      string
	Outcome     string
	MadeAt      time.Time
	AnsweredAt  time.Time
}

// Late tells whether it should have been answered before a day.
func (o Obstacle) Late(today civil.Date) bool { return o.State == "open" && o.DueOn.Before(today) }

type obstacleRow struct {
	ID          string
	Number      string
	HallID      string
	OfficePath  string
	OfficeName  string
	SubjectID   string
	ItemCode    string
	ItemName    string
	AboutOffice string
	Words       []byte
	State       string
	Level       int
	Reopened    int
	DueOn       civil.Date
	Answer      []byte
	Outcome     string
	MadeAt      time.Time
	AnsweredAt  time.Time
	Version     int64
}

const obstacleColumns = `id, number, hall_id, office_path, office_name, subject_id, item_code, item_name, about_office, words, state, level, reopened, due_on, answer,
outcome, made_at, answered_at, version`

// shown leaves out what is sealed.
func (r obstacleRow) shown() Obstacle {
	return Obstacle{ID: r.ID, Number: r.Number, HallID: r.HallID, OfficePath: r.OfficePath, OfficeName: r.OfficeName, SubjectID: r.SubjectID, ItemCode: r.ItemCode,
		ItemName: r.ItemName, AboutOffice: r.AboutOffice, State: r.State, Level: r.Level, Reopened: r.Reopened, DueOn: r.DueOn, Outcome: r.Outcome, MadeAt: r.MadeAt,
		AnsweredAt: r.AnsweredAt}
}

func (s *Service) opened(r obstacleRow) (o Obstacle, err error) {
	o = r.shown()
	if o.Words, err = s.unseal(r.Words, r.ID, "words"); err != nil {
		return o, err
	}
	o.Answer, err = s.unseal(r.Answer, r.ID, "answer")
	return o, err
}

// What one person may have open of a day, and how often one answer after the other may be refused: the figures are public.
const (
	mostOpen     = 3
	mostReopened = 2
)

// Report is what somebody says could not be done.
type Report struct {
	Hall    string
	Item    string // code of the entry; may be "", then What says it
	What    string // the business in the person's own words, when it is no item of the library
	Office  string // who did not do it, as the person names it
	Words   string // what happened
	Subject string // when an officer writes it down for somebody; "" for whom by acts for
}

func (r Report) check() error {
	f := fault.New(fault.Invalid, "hall.bad_report")
	if r.Hall == "" {
		f.Field("hall", "hall.report_hall")
	}
	if r.Item == "" && strings.TrimSpace(r.What) == "" {
		f.Field("what", "hall.report_what")
	}
	checkWords(f, "words", r.Words)
	if utf8.RuneCountInString(r.What) > 100 {
		f.Field("what", "hall.words_long", 100)
	}
	if utf8.RuneCountInString(r.Office) > 100 {
		f.Field("office", "hall.words_long", 100)
	}
	return f.OrNil()
}

func checkWords(f *fault.Error, field, words string) {
	switch n := utf8.RuneCountInString(strings.TrimSpace(words)); {
	case n == 0:
		f.Field(field, "hall.words_missing")
	case n > LongestWords:
		f.Field(field, "hall.words_long", LongestWords)
	}
}

// fewOpen refuses a person who has the most of today open already. Whoever comes here has moved the hall's series: two at once wait for each other.
func (s *Service) fewOpen(ctx context.Context, tx *db.Tx, subject string) error {
	since := s.today(tx).Start()
	list, err := db.All[string](ctx, tx, `SELECT id FROM hall_obstacle WHERE subject_id = $1 AND made_at >= $2 AND state = 'open' LIMIT $3`, subject, since, mostOpen)
	if err == nil && len(list) >= mostOpen {
		err = fault.New(fault.Invalid, "hall.obstacles_most", mostOpen).Field("words", "hall.obstacles_most", mostOpen)
	}
	return err
}

// Report takes what could not be done, gives it a number and a day by which it is answered. So many open ones of a day are enough:
// fault.Invalid "hall.obstacles_most".
func (s *Service) Report(ctx context.Context, by actor.Actor, r Report) (o Obstacle, err error) {
	subject := by.For()
	if r.Subject != "" {
		if err := s.needs.Rights.Check(by, ActServe, actor.Target{}); err != nil {
			return o, err
		}
		subject = r.Subject
	}
	if subject == "" {
		return o, fault.New(fault.Forbidden, "hall.persons_only")
	}
	if err := r.check(); err != nil {
		return o, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		h, err := one(ctx, tx, r.Hall)
		if err != nil {
			return err
		}
		row := obstacleRow{ID: db.NewKey(), HallID: h.ID, OfficePath: h.OfficePath, OfficeName: h.Name, SubjectID: subject, ItemCode: r.Item, ItemName: strings.TrimSpace(r.What),
			AboutOffice: strings.TrimSpace(r.Office), State: "open", MadeAt: s.now(tx), Version: 1}
		if r.Item != "" {
			e, err := s.needs.Items.Entry(ctx, tx, r.Item)
			if err != nil {
				return err
			}
			row.ItemName = e.Short
			if row.AboutOffice == "" {
				row.AboutOffice = e.OfficeName
			}
		}
		if row.DueOn, err = s.answerDue(ctx, tx, h); err != nil {
			return err
		}
		if row.Number, err = s.obstacleNumber(ctx, tx, h); err != nil {
			return err
		}
		if err := s.fewOpen(ctx, tx, subject); err != nil {
			return err
		}
		if row.Words, err = s.seal(strings.TrimSpace(r.Words), row.ID, "words"); err != nil {
			return err
		}
		err = tx.Later(ctx, `INSERT INTO hall_obstacle (`+obstacleColumns+`, handler) VALUES (`+db.In(20, 1)+`)`, row.ID, row.Number, row.HallID, row.OfficePath, row.OfficeName,
			row.SubjectID, row.ItemCode, row.ItemName, row.AboutOffice, row.Words, row.State, 0, 0, row.DueOn, nil, "", row.MadeAt, nil, row.Version, "")
		if err != nil {
			return err
		}
		o = row.shown()
		return s.step(ctx, tx, by, o, "reported")
	})
	return o, err
}

// answerDue is the day by which an obstacle is answered: working days of the hall's region, the day itself not counted.
func (s *Service) answerDue(ctx context.Context, tx *db.Tx, h Hall) (civil.Date, error) {
	c, err := s.calendar(ctx, tx, h)
	if err != nil {
		return civil.Date{}, err
	}
	return c.Add(s.today(tx), h.Rules.AnswerDays), nil
}

// obstacleNumber is the region's six digits, the day and a number of that day and hall: BF220102261127001.
func (s *Service) obstacleNumber(ctx context.Context, tx *db.Tx, h Hall) (string, error) {
	today := s.today(tx)
	series := h.Region.String()[:6]
	n, err := db.One[int](ctx, tx, `INSERT INTO hall_series (hall_id, day, letter, last) VALUES ($1, $2, $3, 1)
ON CONFLICT (hall_id, day, letter) DO UPDATE SET last = hall_series.last + 1 RETURNING last`, h.ID, today, "BF")
	return fmt.Sprintf("BF%s%s%s%03d", series, today.Compact()[2:], h.ID[len(h.ID)-4:], n), err
}

// counted are the columns of the figures that a step moves.
var counted = map[string]string{"reported": "reported", "answered": "answered", "late": "late", "solved": "solved", "reopened": "reopened"}

// step writes what belongs to every step: figures, leaf, event.
func (s *Service) step(ctx context.Context, tx *db.Tx, by actor.Actor, o Obstacle, step string) error {
	column := counted[step]
	err := tx.Later(ctx, `INSERT INTO hall_obstacle_count (office_path, office_name, reported, answered, late, solved, reopened) VALUES ($1, $2, 0, 0, 0, 0, 0)
ON CONFLICT (office_path) DO NOTHING`, o.OfficePath, o.OfficeName)
	if err != nil {
		return err
	}
	if err := tx.Later(ctx, `UPDATE hall_obstacle_count SET `+column+` = `+column+` + 1 WHERE office_path = $1`, o.OfficePath); err != nil {
		return err
	}
	err = s.leaf(ctx, tx, by, "hall.obstacle_"+step, "obstacle:"+o.Number, o.SubjectID, map[string]any{"level": o.Level, "due": o.DueOn.String()})
	if err != nil {
		return err
	}
	return s.needs.Events.Emit(ctx, tx, ObstacleMoved{o.Number, step, o.OfficePath, o.Level})
}

// Own returns what whom by acts for could not get done, the latest first.
func (s *Service) Own(ctx context.Context, by actor.Actor, before string, limit int) (out []Obstacle, next string, err error) {
	if by.For() == "" {
		return nil, "", nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		args, where := []any{by.For(), limit + 1}, ""
		if before != "" {
			args, where = append(args, before), ` AND id < $3`
		}
		rows, err := db.All[obstacleRow](ctx, tx, `SELECT `+obstacleColumns+` FROM hall_obstacle WHERE subject_id = $1`+where+` ORDER BY id DESC LIMIT $2`, args...)
		out, next = nil, ""
		for i, r := range rows {
			if i == limit {
				next = rows[i-1].ID
				break
			}
			o, err := s.opened(r)
			if err != nil {
				return err
			}
			out = append(out, o)
		}
		return err
	})
	return out, next, err
}
