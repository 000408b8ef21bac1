package casefileweb

import (
	"context"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/page"
)

// moreView is what can be done with the tasks of a case besides its steps, and what was.
type moreView struct {
	Tasks      []moreTask
	Sides      []moreSide
	Gatherings []moreGathering
	Copies     []design.SummaryRow
	Events     []design.TimelineEvent
	Letters    []letterView
	waiting    int // sides that have not answered
}

// any tells whether there is anything to show or to do.
func (v moreView) any() bool {
	return len(v.Tasks)+len(v.Sides)+len(v.Gatherings)+len(v.Copies)+len(v.Events)+len(v.Letters) > 0
}

type moreTask struct {
	Title string
	Facts []design.SummaryRow
	Forms []taskForm
}

type moreSide struct {
	Title string
	Badge *design.BadgeParams
	Facts []design.SummaryRow
	Forms []taskForm
}

type moreGathering struct {
	Title string
	Facts []design.SummaryRow
	Form  *taskForm
}

// letterView is the text of an opinion request or of a record.
type letterView struct {
	Title string
	Text  string
}

// moreOf puts what was read into words.
func moreOf(ctx context.Context, by actor.Actor, number string, around workflow.Around) (v moreView) {
	a := asking{ctx: ctx, by: by, number: number}
	for _, t := range append(around.Tasks, around.Done...) {
		a.prefix = "t" + t.ID
		m := moreTask{Title: t.Name + " · " + t.OfficeName, Forms: a.ofTask(t, around.Near)}
		m.Facts = row(m.Facts, a.say("holder"), t.HolderName)
		m.Facts = row(m.Facts, a.say("waits"), counted(a, "waits_for", t.Blocks))
		m.Facts = row(m.Facts, a.say("follows"), counted(a, "waits_for", t.Follows))
		m.Facts = row(m.Facts, a.say("asked_others"), counted(a, "open_answers", t.Sides))
		m.Facts = row(m.Facts, a.say("urged"), counted(a, "times", t.Urged))
		if len(m.Facts)+len(m.Forms) > 0 {
			v.Tasks = append(v.Tasks, m)
		}
	}
	for _, s := range around.Sides {
		a.prefix = "s" + s.ID
		v.Sides = append(v.Sides, sideOf(a, s))
		if s.State == "open" {
			v.waiting++
		}
	}
	for _, g := range around.Gatherings {
		a.prefix = "g" + g.ID
		m := moreGathering{Title: a.say("kind." + string(g.Kind))}
		m.Facts = row(m.Facts, a.say("on"), page.Civil(ctx, g.HeldOn))
		m.Facts = row(m.Facts, a.say("place"), g.Place)
		m.Facts = row(m.Facts, a.say("host"), g.HostPost)
		if g.MayRecord {
			f := a.ofGathering(g)
			m.Form = &f
		}
		v.Gatherings = append(v.Gatherings, m)
	}
	for _, c := range around.Copies {
		read := a.say("unread")
		if !c.ReadAt.IsZero() {
			read = a.say("read_at", page.DateTime(ctx, c.ReadAt))
		}
		v.Copies = append(v.Copies, design.SummaryRow{Key: c.Who, Value: read, Hint: c.Note})
	}
	for _, e := range around.Events {
		v.Events = append(v.Events, eventOf(a, e))
		if e.Text != "" {
			v.Letters = append(v.Letters, letterView{Title: a.say("done."+string(e.Verb)) + " · " + page.DateTime(ctx, e.At), Text: e.Text})
		}
	}
	return v
}

func counted(a asking, key string, n int) string {
	if n == 0 {
		return ""
	}
	return a.say(key, n)
}

func sideOf(a asking, s workflow.SideView) moreSide {
	tone := map[string]design.Tone{"open": design.Info, "waiting": design.Muted, "done": design.Good}[s.State]
	if s.Outcome == "disagree" {
		tone = design.Warn
	}
	state := s.State
	if s.Outcome == "disagree" || s.Outcome == "agree" {
		state = s.Outcome
	}
	m := moreSide{Title: a.say("kind."+string(s.Kind)) + " · " + s.Who, Badge: &design.BadgeParams{Text: a.say("state." + state), Tone: tone}, Forms: a.ofSide(s)}
	m.Facts = row(m.Facts, a.say("asked_by"), s.AskedPost+" "+s.AskedName)
	m.Facts = row(m.Facts, a.say("asked"), s.Asked)
	if due := dueOf(s.DueOn); due != "" && s.State == "open" {
		m.Facts = row(m.Facts, page.T(a.ctx, "casefile.desk.due"), page.Civil(a.ctx, due))
	}
	m.Facts = row(m.Facts, a.say("answered_by"), joined(s.DonePost, s.DoneName))
	m.Facts = row(m.Facts, a.say("answer"), s.Answered)
	return m
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

func eventOf(a asking, e workflow.EventView) design.TimelineEvent {
	who := joined(e.Post, e.Name)
	if e.Verb == workflow.Overruled {
		who = a.say("by_program")
	}
	if e.ForName != "" {
		who = a.say("for", who, e.ForName)
	}
	title := a.say("done." + string(e.Verb))
	if e.Target != "" {
		title = a.say("toward", title, e.Target)
	}
	return design.TimelineEvent{Title: title + " · " + e.Node, At: page.DateTime(a.ctx, e.At), ISO: e.At.UTC().Format(time.RFC3339), By: who, Text: e.Said}
}

// action is where a form is sent.
func (f taskForm) action() string { return "/desk/tasks/" + f.ID + "/" + string(f.Verb) }

// lines are the paragraphs of a letter.
func lines(text string) []string { return strings.Split(text, "\n") }
