package casefile

import (
	"context"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// MovedDate is a case whose date a change moved.
type MovedDate struct {
	CaseID      string
	Number      string
	ItemName    string
	OfficePath  string
	BaseCode    string
	What        string // due, reply, procedure
	BeforeOn    civil.Date
	AfterOn     civil.Date
	LegalBefore civil.Date // of due
	LegalAfter  civil.Date
}

// reckonCase finds the dates of one open case anew. It tells whether one moved; then it is a step of the case like any other, with its leaf, its
// line in the history and a message to the applicant, and it stands in the list of the change.
func (s *Service) reckonCase(ctx context.Context, change *Change, id string) (moved bool, err error) {
	for attempt := 0; ; attempt++ {
		moved, err = s.tryReckon(ctx, change, id)
		if attempt == tries || !fault.HasKey(err, "casefile.moved_on") {
			return moved, err
		}
	}
}

func (s *Service) tryReckon(ctx context.Context, change *Change, id string) (moved bool, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		moved = false
		c, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		cal, err := s.calendarToday(ctx, tx, c.Region)
		if err != nil {
			return err
		}
		if c.Calendar == cal.Version() && change.Cause == "calendar" {
			return nil
		}
		old, err := s.facts(ctx, tx, c)
		if err != nil {
			return err
		}
		n := &recount{s: s, change: change, c: c, seen: c.Version, cal: cal, old: old}
		if n.fresh, err = s.freshFacts(ctx, tx, c, old, cal); err != nil {
			return err
		}
		moved, err = n.write(ctx, tx)
		return err
	})
	return moved, err
}

// recount is one case whose dates are found anew.
type recount struct {
	s      *Service
	change *Change
	c      *Case
	seen   int64
	cal    *workday.Calendar
	old    Facts
	fresh  freshDates
}

// freshDates are a case's dates by the calendar and rules of today.
type freshDates struct {
	row               MovedDate
	legal, promise    civil.Date
	yellow, red       civil.Date
	reply, standsTill civil.Date
	limits            []civil.Date // of the excluded intervals that last, in their order
	warnMoved         bool
}

func (s *Service) freshFacts(ctx context.Context, tx *db.Tx, c *Case, old Facts, cal *workday.Calendar) (d freshDates, err error) {
	d.row = MovedDate{CaseID: c.ID, Number: c.Number, ItemName: c.ItemName, OfficePath: c.OfficePath, BaseCode: c.BaseCode}
	d.reply = c.ReplyDue
	f := old
	f.Calendar = cal
	switch c.State {
	case Submitted:
		if !c.ReplyDue.IsZero() {
			d.reply = cal.Add(c.ReceivedOn, replyDays)
		}
		d.row.What, d.row.BeforeOn, d.row.AfterOn = "reply", c.ReplyDue, d.reply
	case Suspended:
		d.row.What, d.row.BeforeOn, d.row.AfterOn = "procedure", lastLimit(old), lastLimit(f)
		d.standsTill = d.row.AfterOn
		for _, w := range f.stretches() {
			if w.open {
				d.limits = append(d.limits, w.limit)
			}
		}
	case Accepted:
		rule, err := s.warningFor(ctx, tx, c)
		if err != nil {
			return d, err
		}
		r := Recompute(f)
		d.legal, d.promise, d.yellow, d.red = r.LegalDue, r.PromiseDue, f.yellowOn(rule, c, r), r.PromiseDue.Add(1)
		d.row.What, d.row.BeforeOn, d.row.AfterOn, d.row.LegalBefore, d.row.LegalAfter = "due", c.PromiseDue, d.promise, c.LegalDue, d.legal
		d.warnMoved = d.yellow != c.YellowOn
	}
	return d, nil
}

func lastLimit(f Facts) (limit civil.Date) {
	for _, w := range f.stretches() {
		if w.open {
			limit = w.limit
		}
	}
	return limit
}

// write stores what moved; what did not move is not touched but for its calendar's name and the day it warns.
func (n *recount) write(ctx context.Context, tx *db.Tx) (moved bool, err error) {
	c, d := n.c, n.fresh
	if err := n.s.freeze(ctx, tx, n.cal); err != nil {
		return false, err
	}
	c.Calendar, c.YellowOn, c.RedOn = n.cal.Version(), d.yellow, d.red
	moved = d.row.BeforeOn != d.row.AfterOn || d.row.LegalBefore != d.row.LegalAfter
	if !moved {
		return false, tx.LaterOne(ctx, errMoved, `UPDATE casefile_case SET calendar = $1, yellow_on = $2, red_on = $3 WHERE id = $4 AND version = $5`,
			c.Calendar, c.YellowOn, c.RedOn, c.ID, n.seen)
	}
	c.Version++
	due := d.row.AfterOn
	switch d.row.What {
	case "due":
		c.LegalDue, c.PromiseDue = d.legal, d.promise
	case "reply":
		c.ReplyDue = d.reply
	default:
		if err := n.writeLimits(ctx, tx); err != nil {
			return false, err
		}
	}
	if err := move(ctx, tx, c, n.seen); err != nil {
		return false, err
	}
	if err := n.s.needs.Flows.Reschedule(ctx, tx, c.ID, due.String(), d.row.What == "procedure"); err != nil {
		return false, err
	}
	if err := n.list(ctx, tx); err != nil {
		return false, err
	}
	data := map[string]any{"change": n.change.ID, "what": d.row.What, "before": d.row.BeforeOn.String(), "after": due.String(), "calendar": c.Calendar}
	if d.row.What == "due" {
		data["legal_due"], data["promise_due"], data["yellow_on"], data["red_on"] = c.LegalDue.String(), c.PromiseDue.String(), c.YellowOn.String(), c.RedOn.String()
	}
	return true, n.s.record(ctx, tx, program, c, Event{Action: Reckon, State: c.State, told: "reckon_" + d.row.What, args: []string{due.String()}}, "case.reckoned", data)
}

// writeLimits stores how long the procedure under way may be left out.
func (n *recount) writeLimits(ctx context.Context, tx *db.Tx) error {
	at := 0
	for _, i := range n.old.Intervals {
		if i.Part != PartExcluded || !i.UntilOn.IsZero() || at >= len(n.fresh.limits) {
			continue
		}
		if err := tx.Later(ctx, `UPDATE casefile_interval SET limit_on = $1 WHERE id = $2`, n.fresh.limits[at], i.ID); err != nil {
			return err
		}
		at++
	}
	return nil
}

// list adds the case to those the change moved. A second round that moves it again keeps the date it had at first.
func (n *recount) list(ctx context.Context, tx *db.Tx) error {
	r := n.fresh.row
	return tx.Later(ctx, `INSERT INTO casefile_change_case (change_id, case_id, number, item_name, office_path, base_code, what, before_on, after_on, legal_before, legal_after)
VALUES (`+db.In(11, 1)+`) ON CONFLICT (change_id, case_id) DO UPDATE SET after_on = excluded.after_on, legal_after = excluded.legal_after`,
		n.change.ID, r.CaseID, r.Number, r.ItemName, r.OfficePath, r.BaseCode, r.What, r.BeforeOn, r.AfterOn, r.LegalBefore, r.LegalAfter)
}
