package design

import (
	"fmt"
	"math"
	"strconv"
)

// segment is a piece of a line in the plot, in per cent across and pixels down.
type segment struct{ X1, Y1, X2, Y2 string }

const plotHeight = 200

// chartScale returns a round number at or above the largest value.
func chartScale(p ChartParams) float64 {
	top := 0.0
	for _, s := range p.Series {
		for _, v := range s.Values {
			top = math.Max(top, v)
		}
	}
	if top <= 0 {
		return 1
	}
	if p.Kind == Bars {
		return top
	}
	unit := math.Pow(10, math.Floor(math.Log10(top)))
	for _, step := range []float64{1, 2, 4, 5, 8, 10} {
		if unit*step >= top {
			return unit * step
		}
	}
	return top
}

func percent(v, top float64) string {
	return strconv.FormatFloat(math.Max(0, math.Min(100, v/top*100)), 'f', 1, 64) + "%"
}

// point places the i-th of n values: points stand in the middle of their label's share of the width.
func point(i, n int, v, top float64) (x, y string) {
	across := (float64(i) + 0.5) / float64(n) * 100
	down := 6 + (plotHeight-12)*(1-math.Max(0, math.Min(1, v/top)))
	return fmt.Sprintf("%.2f%%", across), fmt.Sprintf("%.1f", down)
}

func linePoints(values []float64, top float64) []segment {
	points := make([]segment, 0, len(values))
	for i, v := range values {
		x, y := point(i, len(values), v, top)
		points = append(points, segment{X1: x, Y1: y})
	}
	return points
}

func lineSegments(values []float64, top float64) []segment {
	points := linePoints(values, top)
	var lines []segment
	for i := 1; i < len(points); i++ {
		lines = append(lines, segment{points[i-1].X1, points[i-1].Y1, points[i].X1, points[i].Y1})
	}
	return lines
}

func chartText(p ChartParams, v float64) string {
	if p.Format != nil {
		return p.Format(v)
	}
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return Number(int64(v)) + p.Unit
	}
	return strconv.FormatFloat(v, 'f', -1, 64) + p.Unit
}

// chartTable gives the figures of a chart as a table; label heads its first column.
func chartTable(p ChartParams, label string) *TableParams {
	if len(p.Labels) == 0 {
		return nil
	}
	t := &TableParams{Caption: p.Title, HideName: true, First: true, Columns: []Column{{Text: label}}}
	for _, s := range p.Series {
		t.Columns = append(t.Columns, Column{Text: or(s.Name, p.Unit, "—"), Number: true})
	}
	for i, l := range p.Labels {
		row := Row{Cells: []Cell{{Text: l}}}
		for _, s := range p.Series {
			text := "—"
			if i < len(s.Values) {
				text = chartText(p, s.Values[i])
			}
			row.Cells = append(row.Cells, Cell{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
