package rating

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/fault"
)

// Rating is what an applicant thinks of how a case was handled. At and Answer are set when it is read.
type Rating struct {
	Grade   Grade
	Labels  []string // official codes, of this grade
	Text    string   // the applicant's own words
	Channel Channel
	At      time.Time
	Answer  *Answer // nil for a good rating: it owes none
}

// State is where a rectification stands.
type State string

// The states.
const (
	Opened   State = "opened"
	Claimed  State = "claimed"
	Answered State = "answered"
)

// Answer is what the rated office says to a bad rating, as its author reads it.
type Answer struct {
	State State
	Due   civil.Date
	Text  string    // "" until it is answered
	At    time.Time // zero until then
}

// Limits of what is said, in characters.
const (
	LongestText   = 500
	LongestAnswer = 1000
)

// check refuses what can't be a rating, by field.
func (r *Rating) check() error {
	f := fault.New(fault.Invalid, "rating.bad")
	if r.Grade.Satisfaction() == 0 {
		f.Field("satisfaction", "rating.grade_missing")
	}
	for i, code := range r.Labels {
		l, known := byCode[code]
		switch {
		case !known || slices.Contains(r.Labels[:i], code):
			f.Field("labels", "rating.label_unknown")
		case l.Grade != r.Grade:
			f.Field("labels", "rating.label_of_other_grade")
		default:
			continue
		}
		break
	}
	r.Text = strings.TrimSpace(r.Text)
	if utf8.RuneCountInString(r.Text) > LongestText {
		f.Field("text", "rating.text_long", LongestText)
	}
	if r.Channel.Code() == 0 {
		f.Field("channel", "rating.channel_unknown")
	}
	return f.OrNil()
}
