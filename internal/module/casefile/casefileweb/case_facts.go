package casefileweb

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// factsOf is what applicant and officer alike see of a case.
func (s *site) factsOf(ctx context.Context, v *casefile.View) facts {
	c := &v.Case
	f := facts{Number: c.Number, State: string(c.State), Title: c.ItemName, Office: c.OfficeName, Clock: clockOf(ctx, c, v.Entry, v.Clock)}
	f.Track, f.Time = trackOf(ctx, c.Number, v.Clock, v.Papers), clockFacts(ctx, v)
	if f.Clock.Pause != nil {
		f.Clock.Pause.Document = pauseNotice(c.Number, v)
	}
	if s.Picture != nil {
		f.Picture = s.Picture(ctx, v.Progress)
	}
	f.Events = append(upcoming(ctx, v), eventsOf(ctx, c, v.Events, v.Papers)...)
	for _, p := range slices.Concat(v.Records, v.Papers) {
		f.Documents = append(f.Documents, design.FileItem{Name: p.Title + " " + p.Number, Href: paperAt(c.Number, p.ID), Note: page.Civil(ctx, p.IssuedOn.String())})
	}
	if v.Form != nil {
		f.Answers = s.answerRows(v.Form, v.Content.Answers)
	}
	f.Facts = situationRows(ctx, v.Entry, c.Variant, v.Content.Situation)
	f.Facts = row(f.Facts, page.T(ctx, "casefile.applicant"), c.Applicant)
	f.Facts = row(f.Facts, page.T(ctx, "casefile.office"), c.OfficeName)
	f.Facts = row(f.Facts, page.T(ctx, "casefile.channel"), said(ctx, "casefile.channel.", c.Channel))
	f.Facts = row(f.Facts, page.T(ctx, "casefile.submitted_at"), page.DateTime(ctx, c.SubmittedAt))
	f.Facts = row(f.Facts, page.T(ctx, "casefile.received_on"), dateText(ctx, c.ReceivedOn))
	if c.State == casefile.Submitted {
		f.Facts = row(f.Facts, page.T(ctx, "casefile.reply_due"), dateText(ctx, c.ReplyDue))
	}
	f.Facts = row(f.Facts, page.T(ctx, "casefile.accepted_on"), dateText(ctx, c.AcceptedOn))
	f.Facts = append(f.Facts, calendarLimits(ctx, c, v.Clock)...)
	f.Facts = row(f.Facts, page.T(ctx, "casefile.decided_at"), page.DateTime(ctx, c.DecidedAt))
	f.Facts = row(f.Facts, page.T(ctx, "casefile.closed_at"), page.DateTime(ctx, c.ClosedAt))
	return f
}

// dateText says a date, and nothing for none.
func dateText(ctx context.Context, d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return page.Civil(ctx, d.String())
}

// clockOf shows the two limits. A limit in calendar days has no bar of working days: it stands among the facts.
func clockOf(ctx context.Context, c *casefile.Case, e *item.Entry, k casefile.Clock) design.ClockParams {
	p := design.ClockParams{State: clockState(c, k)}
	if c.LegalUnit != item.CalendarDays {
		p.Statute = design.ClockLimit{Days: k.LegalDays, Used: k.Used, Due: dateText(ctx, k.LegalDue)}
	}
	if c.PromiseUnit != item.CalendarDays {
		p.Promise = design.ClockLimit{Days: k.Promise, Used: k.Used, Due: dateText(ctx, k.PromiseDue), Warn: colourTone(k.Colour)}
	}
	if !k.Begun && !c.State.Open() {
		p.Statute.Days, p.Promise.Days = 0, 0 // it ended before either began
	}
	if e != nil {
		for _, b := range e.Guide.Basis {
			if b.About == "limit" {
				p.Basis = b.Law + b.Article
			}
		}
	}
	if c.State != casefile.Suspended || k.Running {
		return p
	}
	for _, i := range k.Intervals {
		if i.UntilOn.IsZero() && i.Part == casefile.PartExcluded {
			p.Pause = &design.ClockPause{Reason: page.T(ctx, "casefile.clock.procedure", i.Name, i.Days), Basis: i.Basis, Since: dateText(ctx, i.FromOn), Until: dateText(ctx, k.StandsTill)}
		}
	}
	return p
}

// pauseNotice is the document by which the applicant was told of the procedure under way.
func pauseNotice(number string, v *casefile.View) *design.Link {
	for _, i := range slices.Backward(v.Clock.Intervals) {
		for _, p := range v.Papers {
			if i.UntilOn.IsZero() && p.Number == i.Paper {
				return &design.Link{Text: p.Title + " " + p.Number, Href: paperAt(number, p.ID)}
			}
		}
	}
	return nil
}

func clockState(c *casefile.Case, k casefile.Clock) design.ClockState {
	switch {
	case !k.Begun && c.State.Open():
		return design.ClockWaiting
	case k.Running:
		return design.ClockRunning
	case c.State == casefile.Suspended:
		return design.ClockSuspended
	}
	return design.ClockStopped
}

// calendarLimits are the limits in calendar days (日), in words.
func calendarLimits(ctx context.Context, c *casefile.Case, k casefile.Clock) []design.SummaryRow {
	var rows []design.SummaryRow
	for _, l := range []struct {
		key  string
		unit item.Unit
		days int
		due  civil.Date
	}{{"casefile.limit.promise", c.PromiseUnit, k.Promise, k.PromiseDue}, {"casefile.limit.legal", c.LegalUnit, k.LegalDays, k.LegalDue}} {
		if l.unit != item.CalendarDays || l.days == 0 {
			continue
		}
		value := page.T(ctx, "casefile.limit.days", l.days)
		if !l.due.IsZero() {
			value = page.T(ctx, "casefile.limit.days_until", l.days, dateText(ctx, l.due))
		}
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, l.key), Value: value})
	}
	return rows
}

// upcoming are the tasks that wait, as events that have not happened.
func upcoming(ctx context.Context, v *casefile.View) []design.TimelineEvent {
	var out []design.TimelineEvent
	if v.Case.State == casefile.Correcting {
		return []design.TimelineEvent{{Title: page.T(ctx, "casefile.event.submit_correction"), By: page.T(ctx, "casefile.applicant"), Next: true}}
	}
	for _, t := range v.Tasks {
		e := design.TimelineEvent{Title: t.Name, By: t.OfficeName, Next: true}
		if due := dueOf(t.DueOn); due != "" {
			e.At, e.ISO = page.T(ctx, "casefile.by_date", page.Civil(ctx, due)), due
		}
		out = append(out, e)
	}
	return out
}

// dueOf is a task's due date, "" for one that has none.
func dueOf(on string) string {
	if _, err := civil.Parse(on); err != nil {
		return ""
	}
	return on
}

// eventsOf tells what happened, newest first.
func eventsOf(ctx context.Context, c *casefile.Case, list []casefile.Event, papers []casefile.Paper) []design.TimelineEvent {
	out := make([]design.TimelineEvent, 0, len(list))
	for _, e := range slices.Backward(list) {
		line := design.TimelineEvent{Title: said(ctx, "casefile.event.", string(e.Action)), Text: e.Comment, At: page.DateTime(ctx, e.At), ISO: e.At.UTC().Format(time.RFC3339),
			By: whoDid(ctx, c, e), Tone: eventTone(e.Action)}
		for _, p := range papers {
			if p.Number == e.Paper && e.Paper != "" {
				line.Links = append(line.Links, design.Link{Text: p.Title + " " + p.Number, Href: paperAt(c.Number, p.ID)})
			}
		}
		out = append(out, line)
	}
	return out
}

// whoDid names the post, never the person; what no officer did was the applicant's doing, or the law's. Who acted for the applicant says so.
func whoDid(ctx context.Context, c *casefile.Case, e casefile.Event) string {
	switch {
	case e.Action == casefile.Object:
		return page.T(ctx, "casefile.by_public")
	case e.Post == "":
		return page.T(ctx, "casefile.applicant")
	case e.Post == "casefile.clock":
		return page.T(ctx, "casefile.by_clock")
	case e.Post == "casefile.merger":
		return page.T(ctx, "casefile.by_merger")
	case strings.HasPrefix(e.Post, "casefile."):
		return page.T(ctx, "casefile.by_law")
	case e.Behalf != "" && c.Applicant != "":
		return said(ctx, "casefile.behalf.", string(e.Behalf), e.Post, c.Applicant)
	}
	return e.Post
}

func eventTone(a casefile.Action) design.Tone {
	switch a {
	case casefile.Accept, casefile.Approve, casefile.Deliver:
		return design.Good
	case casefile.RequestCorrection, casefile.Suspend, casefile.SuspendAgain, casefile.Prolong, casefile.Extend, casefile.Reckon, casefile.Transfer, casefile.SendBack:
		return design.Warn
	case casefile.Reject, casefile.Refuse:
		return design.Bad
	case casefile.Withdraw:
		return design.Muted
	}
	return design.Info
}

func paperAt(number, id string) string { return caseAt(number) + "/papers/" + url.PathEscape(id) }
func fileAt(number, id string) string  { return caseAt(number) + "/files/" + url.PathEscape(id) }

// handedOf groups the materials of a case: each with how it was given and its files, the newest last.
func handedOf(ctx context.Context, v *casefile.View) []handedView {
	var out []handedView
	at := map[string]int{}
	for _, m := range v.Materials {
		i, known := at[m.Code]
		if !known {
			i = len(out)
			at[m.Code] = i
			out = append(out, handedView{Name: m.Name})
		}
		h := &out[i]
		h.How = howText(ctx, m)
		f, there := v.Files[m.FileID]
		if m.FileID == "" || !there {
			continue
		}
		note := page.Date(ctx, m.At)
		if m.Revision > 1 {
			note = page.T(ctx, "casefile.materials.corrected", note)
		}
		h.Files = append(h.Files, design.FileItem{Name: f.Name, Href: fileAt(v.Case.Number, m.ID), Kind: kindName(f.MediaType), Size: f.Size, Note: note})
		switch f.MediaType {
		case "image/jpeg", "image/png":
			h.Previews = append(h.Previews, design.Link{Text: f.Name, Href: fileAt(v.Case.Number, m.ID), Icon: "image"})
		case "application/pdf":
			h.Previews = append(h.Previews, design.Link{Text: f.Name, Href: fileAt(v.Case.Number, m.ID)})
		}
	}
	return out
}

// howText says how a material was given.
func howText(ctx context.Context, m casefile.Material) string {
	switch m.Way {
	case item.WayLater:
		return page.T(ctx, "casefile.way.later_by", page.Civil(ctx, m.DueOn))
	case item.WayCertificate:
		return page.T(ctx, "casefile.way.certificate_of", m.Evidence)
	}
	return wayText(ctx, item.Way{Kind: m.Way, From: m.Evidence})
}
