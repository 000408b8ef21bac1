package supervisionweb

import (
	"context"
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sheet"
)

// reported are the measures of a report, in the order of its columns.
var reported = []supervision.Measure{supervision.Received, supervision.Accepted, supervision.Rejected, supervision.Returned, supervision.Decided, supervision.Late, supervision.Closed,
	supervision.Stopped, supervision.StoppedAgain, supervision.Prolonged, supervision.Night, supervision.Unexplored}

// tabled are those that fit on a page; the file has all.
var tabled = []supervision.Measure{supervision.Received, supervision.Decided, supervision.Late, supervision.Returned, supervision.Rejected}

// month reads the month an address asks for; this month without one.
func (s *site) month(r *http.Request) (supervision.Report, error) {
	q := r.URL.Query()
	return s.monthOf(r.Context(), q.Get("at"), q.Get("month"))
}

func (s *site) monthOf(ctx context.Context, path, month string) (supervision.Report, error) {
	first := civil.Of(time.Now())
	if month != "" {
		d, err := civil.Parse(month + "-01")
		if err != nil {
			return supervision.Report{}, fault.New(fault.Invalid, "supervision.bad_month").Field("month", "supervision.bad_month")
		}
		first = d
	}
	return s.Supervision.Report(ctx, actor.FromContext(ctx), path, first)
}

// report is GET /desk/supervision/report.
func (s *site) report(w http.ResponseWriter, r *http.Request) error {
	rep, err := s.month(r)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, reportPage(rep))
}

// reportFile is GET /desk/supervision/report.csv: the mark at its beginning tells spreadsheets that it is UTF-8.
func (s *site) reportFile(w http.ResponseWriter, r *http.Request) error {
	rep, err := s.month(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="supervision-`+rep.Month+`.csv"`)
	lines := [][]string{{page.T(ctx, "supervision.path"), page.T(ctx, "supervision.office")}}
	for _, m := range reported {
		lines[0] = append(lines[0], said(ctx, "measure", string(m)))
	}
	lines[0] = append(lines[0], page.T(ctx, "supervision.on_time"), said(ctx, "card", "red"), said(ctx, "card", "yellow"), said(ctx, "card", "reminder"))
	for _, row := range append([]supervision.MonthRow{rep.MonthRow}, rep.Below...) {
		line := []string{row.Path, sheet.Harmless(row.Name)}
		for _, m := range reported {
			line = append(line, number(row.Times[m]))
		}
		lines = append(lines, append(line, share(row.OnTime()), number(row.Cards[supervision.RedCard]), number(row.Cards[supervision.YellowCard]), number(row.Cards[supervision.Reminder])))
	}
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return nil // the reader left: nobody to tell
	}
	_ = csv.NewWriter(w).WriteAll(lines) // the same
	return nil
}

// share says a share of whole in per cent, "—" when there is none.
func share(of float64, ok bool) string {
	if !ok {
		return "—"
	}
	return strconv.FormatFloat(of*100, 'f', 1, 64) + "%"
}

func reportStats(ctx context.Context, r supervision.Report) []design.Stat {
	return []design.Stat{
		{Label: said(ctx, "measure", "received"), Value: number(r.Times[supervision.Received]), Icon: "inbox"},
		{Label: said(ctx, "measure", "decided"), Value: number(r.Times[supervision.Decided]), Icon: "check"},
		{Label: page.T(ctx, "supervision.on_time"), Value: share(r.OnTime()), Icon: "clock"},
		{Label: said(ctx, "card", "red"), Value: number(r.Cards[supervision.RedCard]), Icon: "circle-alert", Tone: toned(r.Cards[supervision.RedCard], design.Bad)},
	}
}

func dayChart(ctx context.Context, r supervision.Report) design.ChartParams {
	p := design.ChartParams{Kind: design.Line, Title: page.T(ctx, "supervision.daily"), Source: page.T(ctx, "supervision.chart.source"),
		Summary: page.T(ctx, "supervision.daily_summary", number(r.Times[supervision.Received]), number(r.Times[supervision.Decided]))}
	for _, d := range r.Days {
		p.Labels = append(p.Labels, strconv.Itoa(d.Day()))
	}
	for _, m := range []supervision.Measure{supervision.Received, supervision.Decided, supervision.Late} {
		values := make([]float64, len(r.Days))
		for i, n := range r.Daily[m] {
			values[i] = float64(n)
		}
		p.Series = append(p.Series, design.Series{Name: said(ctx, "measure", string(m)), Values: values})
	}
	return p
}

func reportColumns(ctx context.Context) []design.Column {
	list := []design.Column{{Text: page.T(ctx, "supervision.office")}, {Text: page.T(ctx, "supervision.on_time"), Number: true}}
	for i, m := range tabled {
		list = append(list, design.Column{Text: said(ctx, "measure", string(m)), Number: true, Extra: i > 1})
	}
	return append(list, design.Column{Text: said(ctx, "card", "red"), Number: true})
}

func reportRows(r supervision.Report) []design.Row {
	rows := make([]design.Row, len(r.Below))
	for i, b := range r.Below {
		rows[i].Cells = []design.Cell{{Text: b.Name, Href: at("/report", "at", b.Path, "month", r.Month)}, {Text: share(b.OnTime())}}
		for _, m := range tabled {
			rows[i].Cells = append(rows[i].Cells, design.Cell{Text: number(b.Times[m])})
		}
		rows[i].Cells = append(rows[i].Cells, design.Cell{Text: number(b.Cards[supervision.RedCard])})
	}
	return rows
}

// monthsBefore and after lead to the neighbouring months.
func months(ctx context.Context, r supervision.Report) []design.Link {
	first, err := civil.Parse(r.Month + "-01")
	if err != nil {
		return nil
	}
	var list []design.Link
	for _, d := range []civil.Date{first.AddMonths(-1), first, first.AddMonths(1)} {
		if d.After(civil.Of(time.Now())) {
			continue
		}
		m := d.String()[:7]
		list = append(list, design.Link{Text: m, Href: at("/report", "at", r.Path, "month", m), Current: m == r.Month})
	}
	return list
}
