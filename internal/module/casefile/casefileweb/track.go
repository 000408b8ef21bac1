package casefileweb

import (
	"context"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/page"
)

// trackOf draws the ledger of a clock to scale; nothing before it begins.
func trackOf(ctx context.Context, number string, k casefile.Clock, papers []casefile.Paper) *design.TrackParams {
	if !k.Begun {
		return nil
	}
	first, last := k.AcceptedOn, k.At
	for _, i := range k.Ledger {
		if i.FromOn.Before(first) {
			first = i.FromOn
		}
	}
	for _, d := range []civil.Date{k.LegalDue, k.PromiseDue, k.StandsTill} {
		if d.After(last) {
			last = d
		}
	}
	p := &design.TrackParams{Days: max(1, first.Days(last)), Summary: page.T(ctx, "casefile.track.summary", k.Used, k.Excluded)}
	for _, i := range k.Ledger {
		if !i.Follows || i.UntilOn.IsZero() || i.UntilOn.After(i.FromOn) { // a prolongation that was not needed is no time
			p.Parts = append(p.Parts, partOf(ctx, number, i, k, first, papers))
		}
	}
	if !k.PromiseDue.IsZero() {
		p.Marks = append(p.Marks, design.TrackMark{At: first.Days(k.PromiseDue), Name: page.T(ctx, "casefile.track.promise"), Date: dateText(ctx, k.PromiseDue), Tone: colourTone(k.Colour)})
	}
	if !k.LegalDue.IsZero() {
		p.Marks = append(p.Marks, design.TrackMark{At: first.Days(k.LegalDue), Name: page.T(ctx, "casefile.track.legal"), Date: dateText(ctx, k.LegalDue)})
	}
	return p
}

// partOf is one line of the ledger. Days beyond what was announced are not drawn as left out: they counted.
func partOf(ctx context.Context, number string, i casefile.Interval, k casefile.Clock, first civil.Date, papers []casefile.Paper) design.TrackPart {
	until := i.UntilOn
	if until.IsZero() {
		until = k.At
	}
	x := design.TrackPart{Kind: design.TrackRunning, Name: page.T(ctx, "casefile.track.running")}
	if i.Part == casefile.PartExcluded {
		if !i.LimitOn.IsZero() && until.After(i.LimitOn) {
			until = i.LimitOn
		}
		x = design.TrackPart{Kind: design.TrackExcluded, Name: i.Name, Text: page.T(ctx, "casefile.track.excluded", i.Days, i.Basis)}
	}
	if i.Part == casefile.PartWaiting {
		x = design.TrackPart{Kind: design.TrackWaiting, Name: page.T(ctx, "casefile.track.waiting"), Text: i.Basis}
	}
	if until.Before(i.FromOn) {
		until = i.FromOn
	}
	x.From, x.To = first.Days(i.FromOn), first.Days(until)
	x.Dates = page.T(ctx, "casefile.track.dates", dateText(ctx, i.FromOn), dateText(ctx, until))
	for _, p := range papers {
		if i.Part != casefile.PartRunning && p.Number == i.Paper {
			x.Document = &design.Link{Text: p.Title + " " + p.Number, Href: paperAt(number, p.ID)}
		}
	}
	return x
}

// colourTone is the tone of a warning.
func colourTone(c casefile.Colour) design.Tone {
	switch c {
	case casefile.Red:
		return design.Bad
	case casefile.Yellow:
		return design.Warn
	}
	return design.Good
}

// warningBadge says a warning in words and with a sign; nothing while all is well.
func warningBadge(ctx context.Context, k casefile.Clock) *design.BadgeParams {
	if !k.Running {
		return nil
	}
	switch k.Colour {
	case casefile.Red:
		return &design.BadgeParams{Text: page.T(ctx, "casefile.warning.red"), Tone: design.Bad, Icon: "triangle-alert"}
	case casefile.Yellow:
		return &design.BadgeParams{Text: page.T(ctx, "casefile.warning.yellow"), Tone: design.Warn, Icon: "hourglass"}
	}
	return nil
}

// clockFacts are what else there is to say of the time: the forecast, a warning, a hearing's days.
func clockFacts(ctx context.Context, v *casefile.View) []design.SummaryRow {
	var rows []design.SummaryRow
	k, f := v.Clock, v.Forecast
	if b := warningBadge(ctx, k); b != nil {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "casefile.warning"), View: design.Badge(*b)})
	}
	if k.Lapsed {
		rows = row(rows, page.T(ctx, "casefile.lapsed"), page.T(ctx, "casefile.lapsed_text"))
	}
	if f.Cases > 0 {
		text := page.T(ctx, "casefile.forecast.text", f.Half, f.Most, f.Cases, said(ctx, "casefile.forecast.scope.", string(f.Scope)))
		switch {
		case f.Outlived:
			text += page.T(ctx, "casefile.forecast.outlived")
		case !f.HalfOn.IsZero() && !f.MostOn.IsZero():
			text += page.T(ctx, "casefile.forecast.dates", dateText(ctx, f.HalfOn), dateText(ctx, f.MostOn))
		}
		rows = row(rows, page.T(ctx, "casefile.forecast"), text)
	}
	rows = append(rows, hearingRows(ctx, v)...)
	h := v.Hearing
	rows = row(rows, page.T(ctx, "casefile.hearing.ask"), dateText(ctx, h.AskBy))
	rows = row(rows, page.T(ctx, "casefile.hearing.notice"), dateText(ctx, h.NoticeBy))
	return row(rows, page.T(ctx, "casefile.hearing.hold"), dateText(ctx, h.HoldBy))
}
