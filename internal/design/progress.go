package design

import (
	"context"
	"strconv"

	"github.com/a-h/templ"
)

// StepState says how far a step is.
type StepState string

// The states of a step.
const (
	StepTodo    StepState = ""
	StepDone    StepState = "done"
	StepCurrent StepState = "current"
)

// Step is one stage of a task.
type Step struct {
	Text  string
	Href  string // done steps may be returned to
	State StepState
}

// StepsParams show how far an application is; see [Steps].
type StepsParams struct {
	Label string // names the list for screen readers
	Steps []Step
}

// TimelineEvent is something that happened, or is to happen.
type TimelineEvent struct {
	Title string
	Text  string
	At    string // in words of the page's language
	ISO   string // the instant for machines
	By    string
	Tone  Tone
	Icon  string
	Next  bool // has not happened yet
	Body  templ.Component
	Links []Link
}

// TimelineParams show what happened, newest first unless the page decides otherwise; see [Timeline].
type TimelineParams struct {
	Label    string
	Numbered bool // steps of a way nobody has walked yet: numbers instead of signs
	Events   []TimelineEvent
}

// ClockState says whether the law's clock runs.
type ClockState string

// The states of a clock.
const (
	ClockRunning   ClockState = ""
	ClockWaiting   ClockState = "waiting"   // not started: the case is not accepted yet
	ClockSuspended ClockState = "suspended" // 特别程序: time that is not counted
	ClockStopped   ClockState = "stopped"   // decided
)

// ClockLimit is one limit, in working days.
type ClockLimit struct {
	Days int    // the whole limit; 0 leaves the limit out
	Used int    // working days counted so far
	Due  string // the last day, in words
	Warn Tone   // the colour a rule gives it; "" takes [ClockLimit.Tone]
}

// Left returns the working days left; negative when overdue.
func (l ClockLimit) Left() int { return l.Days - l.Used }

// Tone returns the colour of the limit: good, warn when a fifth or one day is left, bad when overdue.
func (l ClockLimit) Tone() Tone {
	switch left := l.Left(); {
	case left < 0:
		return Bad
	case left <= 1 || left*5 <= l.Days:
		return Warn
	}
	return Good
}

// ClockPause is a time that is not counted.
type ClockPause struct {
	Reason   string // 现场核查
	Basis    string // the article that allows it
	Since    string
	Until    string // as announced to the applicant; empty if open
	Document *Link
}

// ClockParams show the two limits of a case honestly; see [Clock].
type ClockParams struct {
	Title    string // "办理时限" when empty
	State    ClockState
	Statute  ClockLimit // 法定时限
	Promise  ClockLimit // 承诺时限
	Pause    *ClockPause
	Basis    string // where the statutory limit comes from
	Calendar string // which calendar counts: "国务院办公厅 2026 年放假安排"
	Level    int    // of its heading, 3 (the zero value's meaning) or 2 and 4
}

// stepsNow says in words where one is: "第 2 步, 共 5 步: 填写表单".
func stepsNow(ctx context.Context, steps []Step) string {
	for i, s := range steps {
		if s.State == StepCurrent {
			return tr(ctx, "design.steps.now", i+1, len(steps), s.Text)
		}
	}
	return tr(ctx, "design.steps.count", len(steps))
}

// daysLeft says how much of a limit is left, in words.
func daysLeft(ctx context.Context, l ClockLimit, state ClockState) string {
	switch left := l.Left(); {
	case state == ClockWaiting:
		return tr(ctx, "design.clock.days", l.Days)
	case state == ClockStopped:
		return tr(ctx, "design.clock.took", l.Used)
	case left < 0:
		return tr(ctx, "design.clock.over", -left)
	case left == 0 && l.Warn == Bad: // the last day was before the weekend
		return tr(ctx, "design.clock.past")
	case left == 0:
		return tr(ctx, "design.clock.today")
	default:
		return tr(ctx, "design.clock.left", left)
	}
}

// tone is the colour a limit is drawn in, given whether its clock runs.
func (l ClockLimit) tone(state ClockState) Tone {
	switch {
	case state == ClockWaiting:
		return Muted
	case state == ClockStopped && l.Left() >= 0:
		return Good
	case l.Warn != "":
		return l.Warn
	}
	return l.Tone()
}

// dayCells draws one cell for each working day of the limit as a path: the first ones counted, then those left. Limits above
// 60 days, and what is beyond the limit, are drawn in proportion.
func dayCells(l ClockLimit, used bool) string {
	days, from, to := l.Days, 0, min(l.Used, l.Days)
	if !used {
		from, to = to, l.Days
	}
	if days > 60 {
		from, to, days = from*60/days, to*60/days, 60
	}
	b := make([]byte, 0, 24*days)
	width, gap := 600.0/float64(max(days, 1)), 2.0
	for i := from; i < to; i++ {
		b = strconv.AppendFloat(append(b, 'M'), float64(i)*width, 'f', 1, 64)
		b = strconv.AppendFloat(append(b, " 0h"...), width-gap, 'f', 1, 64)
		b = strconv.AppendFloat(append(b, "v12h-"...), width-gap, 'f', 1, 64)
		b = append(b, 'z')
	}
	return string(b)
}
