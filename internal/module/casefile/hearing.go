package casefile

import (
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/workday"
)

// The days of a hearing (行政许可法第四十七条、第四十八条), working days.
const (
	hearingAsk    = 5  // the applicant asks within these of being told
	hearingHold   = 20 // the office holds it within these of being asked
	hearingNotice = 7  // time and place are told so long before
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
	ask := cal.Add(i.FromOn, hearingAsk)
	hold := cal.Add(ask, hearingHold)
	return Hearing{AskBy: ask, NoticeBy: cal.Add(hold, -hearingNotice), HoldBy: hold}
}
