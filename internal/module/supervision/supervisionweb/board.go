package supervisionweb

import (
	"context"
	"net/http"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/platform/page"
)

// board is GET /desk/supervision.
func (s *site) board(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Supervision.Board(r.Context(), actor.FromContext(r.Context()), r.URL.Query().Get("at"))
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, boardPage(b))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// list is where the cases behind a figure are: the office's own list, or the level below when there are offices below.
func list(b supervision.Board, k supervision.Kind) string {
	if !b.IsOffice {
		return ""
	}
	return at("/cases", "at", b.Path, "kind", string(k))
}

// toned marks a figure that is not nothing.
func toned(n int64, t design.Tone) design.Tone {
	if n == 0 {
		return ""
	}
	return t
}

func boardStats(ctx context.Context, b supervision.Board) []design.Stat {
	return []design.Stat{
		{Label: said(ctx, "figure", "received"), Value: number(b.Received), Icon: "inbox"},
		{Label: said(ctx, "figure", "open"), Value: number(b.Open), Icon: "folder", Href: list(b, supervision.AllOpen)},
		{Label: said(ctx, "figure", "due"), Value: number(b.DueToday), Icon: "calendar-clock", Href: list(b, supervision.DueCases)},
		{Label: said(ctx, "figure", "yellow"), Value: number(b.Yellow), Icon: "triangle-alert", Tone: toned(b.Yellow, design.Warn), Href: list(b, supervision.WarnedCases)},
		{Label: said(ctx, "figure", "red"), Value: number(b.Red), Icon: "circle-alert", Tone: toned(b.Red, design.Bad), Href: list(b, supervision.LateCases)},
		{Label: said(ctx, "figure", "standing"), Value: number(b.Standing), Note: page.T(ctx, "supervision.figure.standing_long", b.Rules.SuspendedDays, b.StandingLong), Icon: "circle-pause",
			Tone: toned(b.StandingLong, design.Warn), Href: list(b, supervision.StandingCases)},
		{Label: said(ctx, "figure", "delivering"), Value: number(b.Delivering), Note: page.T(ctx, "supervision.figure.deliver_late", b.Rules.DeliverDays, b.DeliverLate), Icon: "send",
			Tone: toned(b.DeliverLate, design.Warn), Href: list(b, supervision.DeliveringLate)},
		{Label: said(ctx, "figure", "correcting"), Value: number(b.Correcting), Icon: "pencil"},
	}
}

// suspicions are what may be nothing and is to be looked into.
func suspicions(ctx context.Context, b supervision.Board) []design.SummaryRow {
	rows := []design.SummaryRow{}
	for _, m := range []supervision.Measure{supervision.Twice, supervision.Night, supervision.Unexplored, supervision.StoppedAgain, supervision.Stopped, supervision.Prolonged, supervision.Late} {
		rows = append(rows, design.SummaryRow{Key: said(ctx, "measure", string(m)), Value: number(b.Month[m])})
	}
	return rows
}

func lateChart(ctx context.Context, b supervision.Board) design.ChartParams {
	p := design.ChartParams{Title: page.T(ctx, "supervision.chart.title"), Summary: page.T(ctx, "supervision.chart.summary", number(b.Yellow), number(b.Red)),
		Series: []design.Series{{Name: said(ctx, "figure", "red")}, {Name: said(ctx, "figure", "yellow")}}, Source: page.T(ctx, "supervision.chart.source")}
	for _, f := range b.Below {
		if len(p.Labels) == mostBars || f.Red+f.Yellow == 0 {
			continue
		}
		p.Labels = append(p.Labels, f.Name)
		p.Series[0].Values = append(p.Series[0].Values, float64(f.Red))
		p.Series[1].Values = append(p.Series[1].Values, float64(f.Yellow))
	}
	return p
}

// mostBars is how many levels the chart compares; the table below has all.
const mostBars = 12

func boardColumns(ctx context.Context) []design.Column {
	list := []design.Column{{Text: page.T(ctx, "supervision.office")}}
	for _, f := range []string{"red", "yellow", "due", "open"} {
		list = append(list, design.Column{Text: said(ctx, "figure", f), Number: true})
	}
	for _, f := range []string{"standing", "delivering", "received"} {
		list = append(list, design.Column{Text: said(ctx, "figure", f), Number: true, Extra: true})
	}
	return list
}

func boardRows(b supervision.Board) []design.Row {
	rows := make([]design.Row, len(b.Below))
	for i, f := range b.Below {
		rows[i] = design.Row{Cells: []design.Cell{{Text: f.Name, Href: at("", "at", f.Path)}, {Text: number(f.Red)}, {Text: number(f.Yellow)}, {Text: number(f.DueToday)},
			{Text: number(f.Open)}, {Text: number(f.Standing)}, {Text: number(f.Delivering)}, {Text: number(f.Received)}}}
		switch {
		case f.Red > 0:
			rows[i].Tone = design.Bad
		case f.Yellow > 0:
			rows[i].Tone = design.Warn
		}
	}
	return rows
}
