package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// The days of a hearing (行政许可法第四十七条、第四十八条), working days.
const (
	hearingAsk    = 5  // the applicant asks within these of being told
	hearingHold   = 20 // the office holds it within these of being asked
	hearingNotice = 7  // time and place are told so long before
	hearingWarn   = 3  // the office is reminded so long before it must have told them
)

// hearingKind is the kind of special procedure that a hearing is.
const hearingKind = "hearing"

// Hearing are the last days of a hearing's steps; zero when a procedure is none.
type Hearing struct {
	AskBy    civil.Date
	NoticeBy civil.Date // when it is held on the last day
	HoldBy   civil.Date // when it is asked for on the last day
}

// HearingOf computes the days of a hearing from the day its notice was given.
func HearingOf(cal *workday.Calendar, i Interval) Hearing {
	if i.Kind != hearingKind {
		return Hearing{}
	}
	return hearingDays(cal, i.FromOn, noDate)
}

// hearingDays counts from the notice, and from the day it was asked for once that is known.
func hearingDays(cal *workday.Calendar, offered, asked civil.Date) Hearing {
	h := Hearing{AskBy: cal.Add(offered, hearingAsk)}
	if asked.IsZero() {
		asked = h.AskBy
	}
	h.HoldBy = cal.Add(asked, hearingHold)
	h.NoticeBy = cal.Add(h.HoldBy, -hearingNotice)
	return h
}

// HearingState is how far the hearing of a case is.
type HearingState string

// The states.
const (
	HearingOffered   HearingState = "offered"   // 已告知
	HearingLapsed    HearingState = "lapsed"    // 逾期未申请
	HearingAsked     HearingState = "asked"     // 已申请
	HearingCalled    HearingState = "called"    // 已通知
	HearingRecorded  HearingState = "recorded"  // 已制作笔录
	HearingConfirmed HearingState = "confirmed" // 笔录已确认，或者注明拒绝
)

// HeldHearing is the hearing of a case.
type HeldHearing struct {
	State        HearingState
	OfferedOn    civil.Date
	Notice       string // number of the notice of the right
	AskedOn      civil.Date
	HeldOn       civil.Date
	HeldAt       string // HH:MM
	Place        string
	Closed       bool // the public is kept out
	Presider     string
	PresiderName string
	Record       string // number of the record
	Refused      bool   // a party would not confirm it
	Days         Hearing
}

// HearingPlan says where and when a hearing is held.
type HearingPlan struct {
	On       string // ISO date
	At       string // HH:MM
	Place    string
	Presider string // account of an officer who does not examine the case
	Closed   bool   // the public is kept out; the comment says why
}

// hearingSteps are the steps that need to know of a case's hearing.
var hearingSteps = []Action{OfferHearing, AskHearing, LapseHearing, CallHearing, RecordHearing, ConfirmHearing, Opine, Approve, Refuse}

// hearingOf reads the hearing of a case; nil when it was never told of the right.
func hearingOf(ctx context.Context, tx *db.Tx, cal *workday.Calendar, caseID string) (*HeldHearing, error) {
	h, err := db.One[HeldHearing](ctx, tx, `SELECT state, offered_on, notice, asked_on, held_on, held_at, place, closed, presider, presider_name, record, refused
FROM casefile_hearing WHERE case_id = $1`, caseID)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil //nolint:nilnil // most cases have none
	}
	if err != nil {
		return nil, fmt.Errorf("reading a hearing: %w", err)
	}
	h.Days = hearingDays(cal, h.OfferedOn, h.AskedOn)
	return &h, nil
}

// MayAsk tells why a hearing can't be asked for on a day; nil when it can.
func (h *HeldHearing) MayAsk(today civil.Date) error {
	switch {
	case h == nil:
		return fault.New(fault.Conflict, "casefile.hearing.not_offered")
	case h.State != HearingOffered && h.State != HearingLapsed:
		return fault.New(fault.Conflict, "casefile.hearing.asked_already")
	case h.State == HearingLapsed || today.After(h.Days.AskBy):
		return fault.New(fault.Conflict, "casefile.hearing.late", h.Days.AskBy.String())
	}
	return nil
}

// under tells whether it is in one of the states.
func (h *HeldHearing) under(states ...HearingState) bool {
	return h != nil && slices.Contains(states, h.State)
}

// mayHear refuses the steps of a hearing out of their order, and a decision before it was heard who asked (第四十八条第二款: the decision follows the record).
func (st *step) mayHear() error {
	h, conflict := st.hearing, func(key string, args ...any) error { return fault.New(fault.Conflict, key, args...) }
	switch st.in.Action {
	case OfferHearing:
		if h.under(HearingAsked, HearingCalled, HearingRecorded, HearingConfirmed) {
			return conflict("casefile.hearing.asked_already")
		}
	case AskHearing:
		return h.MayAsk(st.today)
	case LapseHearing:
		if !h.under(HearingOffered) || !st.today.After(h.Days.AskBy) {
			return conflict("casefile.hearing.not_offered")
		}
	case CallHearing:
		if !h.under(HearingAsked, HearingCalled) {
			return conflict("casefile.hearing.not_asked")
		}
	case RecordHearing:
		switch {
		case !h.under(HearingCalled):
			return conflict("casefile.hearing.not_called")
		case st.by.Account != h.Presider:
			return fault.New(fault.Forbidden, "casefile.hearing.presider_only")
		case st.today.Before(h.HeldOn):
			return conflict("casefile.hearing.not_held", h.HeldOn.String())
		}
	case ConfirmHearing:
		if !h.under(HearingRecorded) {
			return conflict("casefile.hearing.not_recorded")
		}
		if st.by.Kind == actor.Officer && st.by.Account != h.Presider && !st.s.receivedBy(st.by, st.c) {
			return fault.New(fault.Forbidden, "casefile.hearing.presider_only")
		}
	case Opine:
		if h.under(HearingCalled, HearingRecorded, HearingConfirmed) && st.by.Account == h.Presider {
			return fault.New(fault.Forbidden, "casefile.hearing.presider_examines")
		}
	case Approve, Refuse:
		if h.under(HearingOffered) && !st.today.After(h.Days.AskBy) {
			return conflict("casefile.hearing.may_be_asked", h.Days.AskBy.String())
		}
		if h.under(HearingAsked, HearingCalled, HearingRecorded) {
			return conflict("casefile.hearing.undecided")
		}
	}
	return nil
}

// planned checks a plan: told seven days before, held within twenty of being asked, by somebody who does not examine the case (第四十八条第一款).
func (st *step) planned(ctx context.Context, tx *db.Tx) (on civil.Date, name string, err error) {
	p, h := st.in.Hearing, st.hearing
	wrong := fault.New(fault.Invalid, "casefile.bad_step")
	first, last := st.calendar.Add(st.today, hearingNotice), h.Days.HoldBy
	if last.Before(first) {
		last = first // the office is late: then at the first chance there is
		st.data["late"] = true
	}
	on, err = civil.Parse(p.On)
	if err != nil || on.Before(first) || on.After(last) {
		wrong.Field("on", "casefile.hearing.on_range", first.String(), last.String())
	}
	if !clockTime(p.At) {
		wrong.Field("at", "casefile.hearing.at_wrong")
	}
	if n := len([]rune(p.Place)); n == 0 || n > 200 {
		wrong.Field("place", "casefile.hearing.place_missing")
	}
	if p.Closed && st.in.Comment == "" {
		wrong.Field("comment", "casefile.hearing.closed_why")
	}
	o, err := st.s.needs.Flows.Officer(ctx, tx, p.Presider)
	switch {
	case p.Presider == "" || fault.Is(err, fault.NotFound) || err == nil && !strings.HasPrefix(o.Office.Path, st.c.OfficePath):
		wrong.Field("presider", "casefile.hearing.presider_missing")
	case err != nil:
		return on, "", err
	default:
		examines, err := st.examines(ctx, tx, p.Presider)
		if err != nil {
			return on, "", err
		}
		if examines {
			wrong.Field("presider", "casefile.hearing.presider_examines")
		}
	}
	return on, o.Name, wrong.OrNil()
}

// examines tells whether an officer has given an opinion on the case, or holds a task to give one.
func (st *step) examines(ctx context.Context, tx *db.Tx, account string) (bool, error) {
	n, err := db.One[int](ctx, tx, `SELECT count(*) FROM casefile_history WHERE case_id = $1 AND action IN ($2, $3) AND actor = $4`, st.c.ID, string(Opine), string(Accept), account)
	if err != nil || n > 0 {
		return n > 0, err
	}
	open, err := st.s.needs.Flows.Open(ctx, tx, st.c.ID)
	for _, t := range open {
		if t.Action == ways[Opine].task && t.Holder == account {
			return true, err
		}
	}
	return false, err
}

// longestRecord is how much a record of a hearing may say.
const longestRecord = 10_000

func longestSaid(a Action) int {
	if a == RecordHearing {
		return longestRecord
	}
	return longestComment
}

// clockTime tells whether a text is a time of day as HH:MM.
func clockTime(text string) bool {
	var hour, minute int
	n, err := fmt.Sscanf(text, "%2d:%2d", &hour, &minute)
	return err == nil && n == 2 && len(text) == 5 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}
