package office

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Meaning says what a region does on a day of its own.
type Meaning string

// The meanings.
const (
	DayOff   Meaning = "off"   // 放假、补休
	DayWork  Meaning = "work"  // 调班上班; of a single date only
	DayPlain Meaning = "plain" // as the country does: what stood before is lifted
)

// Meanings lists them in the order pages show them.
var Meanings = []Meaning{DayOff, DayWork, DayPlain}

// DayState is how far a local day is.
//
//	doubtful                       known from afar, not applied; replaced when somebody proposes it with its source
//	waiting ──approve, by another──▶ in_force ──another for the same day──▶ replaced, but counts until that one's first date
//	   └──return, by another──▶ returned
type DayState string

// The states.
const (
	DayDoubtful DayState = "doubtful"
	DayWaiting  DayState = "waiting"
	DayInForce  DayState = "in_force"
	DayReplaced DayState = "replaced"
	DayReturned DayState = "returned"
)

// LocalDay is a day on which a region works or rests otherwise than the country.
type LocalDay struct {
	ID         string
	Region     string // digits a code begins with: everything within keeps the day
	Day        string // the date, or month and day of what returns each year
	OnDate     civil.Date
	Yearly     bool
	Meaning    Meaning
	Name       string
	Source     string
	State      DayState
	ProposedBy string
	Subject    string // the person who proposed it, whatever the account
	ProposedAt time.Time
	DecidedBy  string
	DecidedAt  time.Time
	Until      civil.Date // first day on which another counts instead; not stored, it follows from what replaced it
}

const localColumns = `id, region, day, on_date, yearly, meaning, name, source, state, proposed_by, subject, proposed_at, decided_by, decided_at`

// ownDay is what a day is known by: one in force for each region.
func ownDay(on civil.Date, yearly bool) string {
	if yearly {
		return on.String()[len("2026-"):]
	}
	return on.String()
}

// Own tells whether somebody proposed a day, as the person or by the account: then another must decide.
func (d LocalDay) Own(by actor.Actor) bool { return own(by, d.ProposedBy, d.Subject) }

func own(by actor.Actor, account, subject string) bool {
	return by.Subject != "" && by.Subject == subject || by.Account != "" && by.Account == account
}

// Bounds of what is written about a day.
const (
	mostDayName   = 40
	mostDaySource = 200
)

// check refuses by field what is no local day, and completes it.
func (s *Service) check(d *LocalDay) error {
	f := fault.New(fault.Invalid, "office.local_bad")
	r, err := region.Parse(d.Region)
	if err != nil || !s.Directory().Has(r) || r.Level() > region.County {
		f.Field("region", "office.local_region")
	} else {
		d.Region = r.Prefix()
	}
	d.Name, d.Source = strings.TrimSpace(d.Name), strings.TrimSpace(d.Source)
	if n := utf8.RuneCountInString(d.Name); n < 2 || n > mostDayName {
		f.Field("name", "office.local_name", mostDayName)
	}
	if n := utf8.RuneCountInString(d.Source); n < 4 || n > mostDaySource {
		f.Field("source", "office.local_source", mostDaySource)
	}
	if d.OnDate.IsZero() {
		f.Field("on", "office.local_date")
	} else {
		d.Day = ownDay(d.OnDate, d.Yearly)
	}
	switch {
	case !slices.Contains(Meanings, d.Meaning):
		f.Field("meaning", "office.local_meaning")
	case d.Yearly && d.Meaning == DayWork:
		f.Field("meaning", "office.local_yearly_work")
	}
	return f.OrNil()
}

// ProposeLocalDay keeps a day of a region for another administrator to approve: it moves the dates of every open case there, so nobody sets it alone
// (四眼原则). fault.Invalid by field for what is no such day; fault.Conflict "office.local_waiting" when one for the same day waits already, and
// "office.local_nothing" when a day is to be lifted that does not count from then on anyway.
func (s *Service) ProposeLocalDay(ctx context.Context, by actor.Actor, d LocalDay) error {
	if err := s.Check(by, ActManage, actor.Target{}); err != nil {
		return err // before anything is said about what was typed
	}
	if err := s.check(&d); err != nil {
		return err
	}
	if err := s.Check(by, ActManage, actor.Target{OfficePath: d.Region}); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if d.Meaning == DayPlain {
			list, err := counting(ctx, tx, `region = $1 AND day = $2`, d.Region, d.Day)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(list, func(o LocalDay) bool { return o.Meaning != DayPlain && (o.Until.IsZero() || o.Until.After(d.OnDate)) }) {
				return fault.New(fault.Conflict, "office.local_nothing")
			}
		}
		d.ID, d.State, d.ProposedBy, d.Subject, d.ProposedAt = db.NewKey(), DayWaiting, by.Name(), by.Subject, tx.Now
		err := insertLocalDay(ctx, tx, d)
		if db.IsUnique(err) {
			return fault.New(fault.Conflict, "office.local_waiting")
		}
		if err != nil {
			return err
		}
		return s.dayLeaf(ctx, tx, by, d, "calendar.local_proposed")
	})
}

func insertLocalDay(ctx context.Context, tx *db.Tx, d LocalDay) error {
	_, err := tx.Exec(ctx, `INSERT INTO office_local_day (`+localColumns+`) VALUES (`+db.In(14, 1)+`)`,
		d.ID, d.Region, d.Day, d.OnDate, d.Yearly, string(d.Meaning), d.Name, d.Source, string(d.State), d.ProposedBy, d.Subject, d.ProposedAt, d.DecidedBy, d.DecidedAt)
	return err
}

func (s *Service) dayLeaf(ctx context.Context, tx *db.Tx, by actor.Actor, d LocalDay, kind string) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "calendar", Basis: d.Source,
		Data: map[string]any{"region": d.Region, "day": d.Day, "from": d.OnDate.String(), "meaning": string(d.Meaning), "name": d.Name, "proposed_by": d.ProposedBy}})
}

// ApproveLocalDay is the second pair of eyes: the day counts, from its first date on instead of what stood for it before. fault.Forbidden "office.local_own" for
// who proposed it; fault.Conflict "office.local_gone" when it does not wait any more.
func (s *Service) ApproveLocalDay(ctx context.Context, by actor.Actor, id string) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := s.waitingDay(ctx, tx, by, id)
		if err != nil {
			return err
		}
		return s.setLocalDay(ctx, tx, by, d)
	})
	s.ForgetCalendars()
	return err
}

// ReturnLocalDay ends what was proposed without an effect, by another or by whoever proposed it.
func (s *Service) ReturnLocalDay(ctx context.Context, by actor.Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := s.waitingDay(ctx, tx, by, id)
		if err != nil && !fault.HasKey(err, "office.local_own") {
			return err
		}
		if err := decideDay(ctx, tx, by, d.ID, DayReturned); err != nil {
			return err
		}
		return s.dayLeaf(ctx, tx, by, d, "calendar.local_returned")
	})
}

// waitingDay reads a day that by may decide on; with fault.Forbidden "office.local_own" it is read as well.
func (s *Service) waitingDay(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (d LocalDay, err error) {
	d, err = db.One[LocalDay](ctx, tx, `SELECT `+localColumns+` FROM office_local_day WHERE id = $1`, id)
	if errors.Is(err, db.ErrNotFound) {
		return d, fault.New(fault.NotFound, "office.local_gone")
	}
	if err != nil {
		return d, err
	}
	if err := s.Check(by, ActManage, actor.Target{OfficePath: d.Region}); err != nil {
		return d, err
	}
	switch {
	case d.State != DayWaiting:
		return d, fault.New(fault.Conflict, "office.local_gone")
	case d.Own(by):
		return d, fault.New(fault.Forbidden, "office.local_own")
	}
	return d, nil
}

// setLocalDay puts a waiting day in force.
func (s *Service) setLocalDay(ctx context.Context, tx *db.Tx, by actor.Actor, d LocalDay) error {
	_, err := tx.Exec(ctx, `UPDATE office_local_day SET state = 'replaced' WHERE region = $1 AND day = $2 AND state IN ('in_force', 'doubtful')`, d.Region, d.Day)
	if err != nil {
		return err
	}
	if err := decideDay(ctx, tx, by, d.ID, DayInForce); err != nil {
		return err
	}
	return s.dayLeaf(ctx, tx, by, d, "calendar.local_set")
}

// decideDay ends the waiting: of two who press at once one did, and one was too late.
func decideDay(ctx context.Context, tx *db.Tx, by actor.Actor, id string, to DayState) error {
	n, err := tx.Exec(ctx, `UPDATE office_local_day SET state = $1, decided_by = $2, decided_at = $3 WHERE id = $4 AND state = 'waiting'`, string(to), by.Name(), tx.Now, id)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "office.local_gone")
	}
	return err
}

// ImportLocalDays takes the days of a region's own notice, in the form the national one has, at once: it is for the program's own command line alone.
// A day that stands so already is left as it is. It tells how many were set.
func (s *Service) ImportLocalDays(ctx context.Context, by actor.Actor, place string, text []byte) (set int, err error) {
	n, err := workday.ParseNotice(text)
	if err != nil {
		return 0, fault.New(fault.Invalid, "office.bad_notice").Because(err)
	}
	if by.Kind != actor.System {
		return 0, errNoRight
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		set = 0
		for _, day := range n.Days {
			d := LocalDay{Region: place, OnDate: day.Date, Meaning: DayOff, Name: day.Name, Source: strings.Join(n.Papers, " ")}
			if !day.Off {
				d.Meaning = DayWork
			}
			if err := s.check(&d); err != nil {
				return err
			}
			same, err := db.One[int](ctx, tx, `SELECT count(*) FROM office_local_day WHERE region = $1 AND day = $2 AND state = 'in_force' AND meaning = $3 AND name = $4 AND source = $5`,
				d.Region, d.Day, string(d.Meaning), d.Name, d.Source)
			if err != nil {
				return err
			}
			if same > 0 {
				continue
			}
			// What an administrator proposed for the day is returned: it was not about this notice.
			if _, err := tx.Exec(ctx, `UPDATE office_local_day SET state = 'returned', decided_by = $1, decided_at = $2 WHERE region = $3 AND day = $4 AND state = 'waiting'`,
				by.Name(), tx.Now, d.Region, d.Day); err != nil {
				return err
			}
			d.ID, d.State, d.ProposedBy, d.ProposedAt = db.NewKey(), DayWaiting, by.Name(), tx.Now
			if err := insertLocalDay(ctx, tx, d); err != nil {
				return err
			}
			if err := s.setLocalDay(ctx, tx, by, d); err != nil {
				return err
			}
			set++
		}
		return nil
	})
	s.ForgetCalendars()
	return set, err
}

// seedLocalDays writes the days the program ships where there are none, the doubtful ones as such: known, but not applied.
func seedLocalDays(ctx context.Context, tx *db.Tx, extras []workday.Extra) error {
	there, err := db.All[string](ctx, tx, `SELECT id FROM office_local_day WHERE proposed_by = $1 ORDER BY id`, shipped)
	if err != nil {
		return err
	}
	for _, e := range extras {
		on := e.From
		if on.IsZero() || int(on.Month()) != e.Month || on.Day() != e.Day {
			first, err := civil.New(max(on.Year(), 1950), time.Month(e.Month), e.Day)
			if err != nil {
				return err
			}
			on = first
		}
		id := "shipped-" + e.Region + "-" + ownDay(on, true)
		if slices.Contains(there, id) {
			continue
		}
		d := LocalDay{ID: id, Region: e.Region, Day: ownDay(on, true), OnDate: on, Yearly: true, Meaning: DayOff, Name: e.Name, Source: e.Source,
			State: DayInForce, ProposedBy: shipped, ProposedAt: tx.Now, DecidedBy: shipped, DecidedAt: tx.Now}
		if e.Doubtful {
			d.State, d.DecidedBy, d.DecidedAt = DayDoubtful, "", time.Time{}
		}
		if err := insertLocalDay(ctx, tx, d); err != nil {
			return err
		}
	}
	return nil
}

// shipped is who set what came with the program.
const shipped = "system:seed"
