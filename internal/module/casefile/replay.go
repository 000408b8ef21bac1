package casefile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Reasons why [Replay] can't find a case's dates.
var (
	ErrLeavesErased  = errors.New("the log no longer says what happened to the case: its leaves were erased")
	ErrLeavesSilent  = errors.New("the leaf of the acceptance does not tell the limits: it was written before leaves told them")
	ErrLeafForged    = errors.New("a leaf is not what its commitment was made from")
	ErrCalendarGone  = errors.New("the log does not hold the calendar the dates were counted with")
	ErrLeafMalformed = errors.New("a leaf can't be read")
)

// Replayed is what the log alone says of a case's clock.
type Replayed struct {
	Facts    Facts // without Calendar and On: the caller finds the calendar by its version
	Calendar string
	Stands   bool // a special procedure is under way
	Begun    bool
	Ended    bool
	Dues     Dues // as the last leaf that names them says
}

// Dues are the two dates of a case.
type Dues struct {
	Legal   civil.Date `json:"legal_due"`
	Promise civil.Date `json:"promise_due"`
}

// said is what the leaves of a clock hold, all kinds in one.
type said struct {
	AcceptedOn  civil.Date `json:"accepted_on"`
	LegalDays   int        `json:"legal_days"`
	LegalUnit   item.Unit  `json:"legal_unit"`
	PromiseDays int        `json:"promise_days"`
	PromiseUnit item.Unit  `json:"promise_unit"`
	Procedure   string     `json:"procedure"`
	Name        string     `json:"name"`
	Basis       string     `json:"basis"`
	Paper       string     `json:"paper"`
	Days        int        `json:"days"`
	FromOn      civil.Date `json:"from_on"`
	UntilOn     civil.Date `json:"until_on"`
	EndedOn     civil.Date `json:"ended_on"`
	Calendar    string     `json:"calendar"`
	Dues
}

// mostDays bounds what a leaf may say of days: more is no limit of any law, and would be counted for ever.
const mostDays = 5000

// Replay reads the leaves of one case, oldest first, and asks nobody else.
func Replay(leaves []audit.Leaf) (Replayed, error) {
	var r Replayed
	for _, l := range leaves {
		if l.Erased {
			return r, ErrLeavesErased
		}
		if !l.Opens() {
			return r, fmt.Errorf("%w: %s of %s", ErrLeafForged, l.Kind, l.At.Format("2006-01-02"))
		}
		if err := r.take(l.Kind, l.Data); err != nil {
			return r, err
		}
	}
	return r, nil
}

// take adds one leaf's words; leaves that touch no clock add nothing.
func (r *Replayed) take(kind string, data []byte) error {
	switch kind {
	case "case.accepted", "case.suspended", "case.prolonged", "case.resumed", "case.extended", "case.reckoned", "case.approved", "case.refused", "case.withdrawn",
		"case.settled", "case.renewed", "case.acceptance_cancelled":
	default:
		return nil
	}
	var d said
	if err := json.Unmarshal(data, &d); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrLeafMalformed, kind, err)
	}
	if d.Days < 0 || d.Days > mostDays || d.LegalDays < 0 || d.LegalDays > mostDays || d.PromiseDays < 0 || d.PromiseDays > mostDays {
		return fmt.Errorf("%w: %s: days out of bounds", ErrLeafMalformed, kind)
	}
	f := &r.Facts
	switch kind {
	case "case.accepted", "case.settled":
		if d.AcceptedOn.IsZero() || d.LegalUnit == "" || d.PromiseUnit == "" {
			return ErrLeavesSilent
		}
		r.Begun = true
		f.AcceptedOn, f.Legal, f.Promise = d.AcceptedOn, Limit{d.LegalDays, d.LegalUnit}, Limit{d.PromiseDays, d.PromiseUnit}
	case "case.suspended", "case.prolonged":
		if d.FromOn.IsZero() || d.Days < 1 || d.Paper == "" {
			return fmt.Errorf("%w: %s tells no day, no time or no document", ErrLeafMalformed, kind)
		}
		f.Intervals = append(f.Intervals, Interval{Part: PartExcluded, Kind: d.Procedure, Name: d.Name, Basis: d.Basis, Days: d.Days, FromOn: d.FromOn, Paper: d.Paper,
			Follows: kind == "case.prolonged"})
		r.Stands = true
	case "case.resumed":
		r.close(d.UntilOn)
	case "case.extended":
		f.Extended += d.Days
	}
	if !d.EndedOn.IsZero() {
		f.EndedOn, r.Ended = d.EndedOn, true
		r.close(d.EndedOn)
	}
	if d.Calendar != "" {
		r.Calendar = d.Calendar
	}
	if !d.Legal.IsZero() {
		r.Dues = d.Dues
	}
	return nil
}

func (r *Replayed) close(until civil.Date) {
	for n := range r.Facts.Intervals {
		if r.Facts.Intervals[n].UntilOn.IsZero() {
			r.Facts.Intervals[n].UntilOn = until
		}
	}
	r.Stands = false
}

// Recounted is a case's dates found again from the log, beside those that are stored.
type Recounted struct {
	Number   string       `json:"number"`
	Calendar string       `json:"calendar"`
	Begun    bool         `json:"begun"`
	Stands   bool         `json:"stands"`
	Used     int          `json:"used"`
	Excluded int          `json:"excluded"`
	Found    Dues         `json:"found"`
	Stored   Dues         `json:"stored"`
	Agrees   bool         `json:"agrees"`
	Steps    []ReckonStep `json:"steps"`
}

// Leaves reads the log, met by platform/audit.
type Leaves interface {
	// ByObject returns the leaves of a thing, oldest first, after the leaf with an id.
	ByObject(ctx context.Context, tx *db.Tx, object, after string, limit int) ([]audit.Leaf, error)
}

// RecomputeFromLeaves finds the dates of a case from the log's leaves alone, and compares them with those that are stored. It reads the case for
// nothing but the comparison. fault.NotFound for who may not know of it.
func (s *Service) RecomputeFromLeaves(ctx context.Context, by actor.Actor, log Leaves, number string) (r Recounted, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		if err := s.visible(ctx, tx, by, c); err != nil {
			return err
		}
		leaves, err := all(ctx, tx, log, "case:"+number)
		if err != nil {
			return err
		}
		said, err := Replay(leaves)
		if err != nil {
			return err
		}
		f := said.Facts
		f.On = civil.Of(tx.Now)
		if said.Begun {
			if f.Calendar, err = loggedCalendar(ctx, tx, log, said.Calendar); err != nil {
				return err
			}
		}
		r = Recounted{Number: number, Calendar: said.Calendar, Begun: said.Begun, Stands: said.Stands, Steps: f.Steps(), Stored: Dues{c.LegalDue, c.PromiseDue}}
		k := Recompute(f)
		r.Used, r.Excluded = k.Used, k.Excluded
		if !said.Stands {
			r.Found = Dues{k.LegalDue, k.PromiseDue} // while a procedure is under way the end is not known, and none is stored
		}
		// A withdrawal moves no date: what was stored before it stays, also when it came in the middle of a procedure.
		r.Agrees = r.Found == r.Stored || (c.State == Withdrawn || c.State == Rejected) && r.Stored == Dues{} && len(f.Intervals) > 0
		return nil
	})
	return r, err
}

// leavesAtOnce is how many leaves one question brings.
const leavesAtOnce = 200

// all reads every leaf of a thing.
func all(ctx context.Context, tx *db.Tx, log Leaves, object string) (out []audit.Leaf, err error) {
	after := ""
	for {
		page, err := log.ByObject(ctx, tx, object, after, leavesAtOnce)
		if err != nil {
			return nil, fmt.Errorf("reading the log: %w", err)
		}
		out = append(out, page...)
		if len(page) < leavesAtOnce {
			return out, nil
		}
		after = page[len(page)-1].ID
	}
}

// loggedCalendar is the calendar of a version as the log has it; its content must be what the version names.
func loggedCalendar(ctx context.Context, tx *db.Tx, log Leaves, version string) (*workday.Calendar, error) {
	leaves, err := log.ByObject(ctx, tx, calendarObject(version), "", 1)
	if err != nil {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	if len(leaves) == 0 || leaves[0].Erased {
		return nil, ErrCalendarGone
	}
	if !leaves[0].Opens() {
		return nil, ErrLeafForged
	}
	var d struct {
		Calendar json.RawMessage `json:"calendar"`
	}
	if err := json.Unmarshal(leaves[0].Data, &d); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLeafMalformed, err)
	}
	cal, err := workday.ParseCalendar(d.Calendar)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLeafMalformed, err)
	}
	if cal.Version() != version {
		return nil, fmt.Errorf("%w: the calendar is not version %s", ErrLeafForged, version)
	}
	return cal, nil
}
