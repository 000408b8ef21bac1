package supervision

import (
	"strings"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
)

// Phase is what an open case waits for.
type Phase string

// The phases, each with the day it is counted under.
const (
	Replying   Phase = "replying"   // 待受理; the last day to accept, reject or ask for a correction
	Correcting Phase = "correcting" // 待补正; the day the applicant was told
	Running    Phase = "running"    // 办理中; the promised day
	Warned     Phase = "warned"     // counted beside Running, under its first day of warning
	Suspended  Phase = "suspended"  // 特别程序中; the day it began
	Delivering Phase = "delivering" // 待送达; the day of the decision
)

// Measure is something that happened on a day.
type Measure string

// The measures.
const (
	Received     Measure = "received"
	Accepted     Measure = "accepted"
	Decided      Measure = "decided"
	Closed       Measure = "closed"
	Late         Measure = "late"          // decided after the promised day
	Stopped      Measure = "stopped"       // suspended
	StoppedAgain Measure = "stopped_again" // of them, for a kind of special procedure the case has had
	Prolonged    Measure = "prolonged"     // extended
	Rejected     Measure = "rejected"
	Returned     Measure = "returned"   // asked for a correction
	Twice        Measure = "twice"      // asked a second time, which the law forbids; comes from other systems only
	Night        Measure = "night"      // a step of an office late at night
	Unexplored   Measure = "unexplored" // handed in at a window long after its first file was taken there: worked on outside the system? (体外循环)
)

// Standing is a case as it is counted: its phase and day, none once it is over.
type standing struct {
	CaseID     string
	Number     string
	ItemName   string
	BaseCode   string
	OfficePath string
	Phase      Phase
	Day        civil.Date
	WarnOn     civil.Date // of Running; zero without
}

// standingOf counts a case.
func standingOf(c casefile.Standing) standing {
	s := standing{CaseID: c.ID, Number: c.Number, ItemName: c.ItemName, BaseCode: c.BaseCode, OfficePath: c.OfficePath}
	switch c.State {
	case casefile.Submitted:
		s.Phase, s.Day = Replying, c.ReplyDue
	case casefile.Correcting:
		s.Phase, s.Day = Correcting, c.Since
	case casefile.Accepted:
		s.Phase, s.Day, s.WarnOn = Running, c.PromiseDue, c.YellowOn
	case casefile.Suspended:
		s.Phase, s.Day = Suspended, c.Since
	case casefile.ApprovedAs, casefile.RefusedAs:
		s.Phase, s.Day = Delivering, civil.Of(c.DecidedAt)
	}
	return s
}

// levels are the offices a case of this office counts for: the province, the prefecture, the county, the township, the village, and the office itself.
// "220102d31" is a department of the county 220102.
func levels(path string) []string {
	region, _, department := strings.Cut(path, "d")
	var out []string
	for _, n := range []int{2, 4, 6, 9, 12} {
		if n <= len(region) {
			out = append(out, region[:n])
		}
	}
	if department {
		out = append(out, path)
	}
	return out
}

// above is the level over a path, "" over the province.
func above(path string) string {
	if all := levels(path); len(all) > 1 {
		return all[len(all)-2]
	}
	return ""
}

// beijing is where offices work.
var beijing = time.FixedZone("Asia/Shanghai", 8*3600)

// atNight tells whether a step is taken when offices sleep: from the hour late on, or before the hour early.
func atNight(at time.Time, late, early int) bool {
	h := at.In(beijing).Hour()
	return h >= late || h < early
}
