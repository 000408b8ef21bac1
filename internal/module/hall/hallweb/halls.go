package hallweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/page"
)

// rowsShown is how many rows one page lists.
const rowsShown = 30

type listView struct {
	Rows       []hall.Row
	Region     region.Code
	RegionName string
	Regions    func(parent string) []design.Option
	Pager      *design.PagerParams
}

// list is GET /halls.
func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := listView{Regions: func(parent string) []design.Option { return s.Regions(ctx, parent) }}
	if c, err := region.Parse(design.RegionValue(q["region"])); err == nil { // an address somebody made up shows the province
		v.Region, v.RegionName = c, s.Directory().FullName(c)
	}
	rows, next, err := s.Halls.List(ctx, by(r), hall.Query{Region: v.Region, After: q.Get("after"), Limit: rowsShown})
	if err != nil {
		return err
	}
	v.Rows = rows
	v.Pager = pager("/halls", url.Values{"region": regionOf(v.Region)}, q.Get("after"), next)
	return page.Render(w, r, http.StatusOK, listPage(v))
}

func regionOf(c region.Code) []string {
	if c.IsZero() {
		return nil
	}
	return []string{c.String()}
}

// pager leads on through a list by its keys.
func pager(path string, q url.Values, after, next string) *design.PagerParams {
	at := func(key string) string {
		all := url.Values{}
		for name, v := range q {
			if len(v) > 0 && v[0] != "" {
				all[name] = v
			}
		}
		if key != "" {
			all.Set("after", key)
		}
		if len(all) == 0 {
			return path
		}
		return path + "?" + all.Encode()
	}
	p := &design.PagerParams{}
	if after != "" {
		p.First = at("")
	}
	if next != "" {
		p.Next = at(next)
	}
	return p
}

func hallAt(id, step string) string {
	if step == "" {
		return "/halls/" + id
	}
	return "/halls/" + id + "/" + step
}

func listColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "hall.name")}, {Text: page.T(ctx, "hall.state")}, {Text: page.T(ctx, "hall.waiting"), Number: true},
		{Text: page.T(ctx, "hall.staffed"), Number: true}}
}

func listRows(ctx context.Context, list []hall.Row) []design.Row {
	rows := make([]design.Row, len(list))
	for i, h := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: h.Name, Href: hallAt(h.ID, ""), Note: h.Address}, {View: design.Badge(openBadge(ctx, h))},
			{Text: strconv.Itoa(h.Waiting)}, {Text: strconv.Itoa(h.Staffed)}}}
	}
	return rows
}

func openBadge(ctx context.Context, h hall.Row) design.BadgeParams {
	if h.OpenNow {
		return design.BadgeParams{Text: page.T(ctx, "hall.open_now"), Tone: design.Good}
	}
	return design.BadgeParams{Text: page.T(ctx, "hall.closed_now"), Tone: design.Muted}
}

// hours says when a hall serves.
func hours(ctx context.Context, r hall.Rules) string {
	parts := make([]string, len(r.Hours))
	for i, h := range r.Hours {
		parts[i] = hall.Clock(h.From) + "–" + hall.Clock(h.Until)
	}
	return page.T(ctx, "hall.workdays", strings.Join(parts, page.T(ctx, "hall.and")))
}

type showView struct {
	hall.Row
	Windows []hall.Window
	Busy    [24]int
	Chief   bool // may change how the hall is
}

// show is GET /halls/{id}.
func (s *site) show(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	row, list, err := s.Halls.Get(ctx, by(r), id)
	if err != nil {
		return err
	}
	v := showView{Row: row, Windows: list, Chief: s.Halls.Arranges(by(r), row.Hall)}
	if v.Busy, err = s.Halls.Busy(ctx, by(r), id); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, showPage(v))
}

func hallRows(ctx context.Context, v showView) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "hall.address"), Value: v.Address}, {Key: page.T(ctx, "hall.phone"), Value: v.Phone},
		{Key: page.T(ctx, "hall.hours"), Value: hours(ctx, v.Rules)}, {Key: page.T(ctx, "hall.waiting"), Value: page.T(ctx, "hall.people", v.Waiting)},
		{Key: page.T(ctx, "hall.staffed"), Value: page.T(ctx, "hall.of", v.Staffed, len(v.Windows))}}
	return rows
}

func windowColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "hall.window")}, {Text: page.T(ctx, "hall.window_name")}, {Text: page.T(ctx, "hall.serves")}, {Text: page.T(ctx, "hall.state")}}
}

func windowRows(ctx context.Context, v showView) []design.Row {
	rows := make([]design.Row, len(v.Windows))
	for i, w := range v.Windows {
		state := page.T(ctx, "hall.window_off")
		if w.Account != "" {
			state = page.T(ctx, "hall.window_on")
		}
		rows[i] = design.Row{Cells: []design.Cell{{Text: strconv.Itoa(w.Number)}, {Text: w.Name}, {Text: serves(ctx, v.Rules, w)}, {Text: state}}}
	}
	return rows
}

// serves says what a window serves.
func serves(ctx context.Context, r hall.Rules, w hall.Window) string {
	if len(w.Letters) == 0 {
		return page.T(ctx, "hall.serves_all")
	}
	var names []string
	for _, letter := range w.Letters {
		if l, ok := r.Line(letter); ok {
			names = append(names, l.Letter+" "+l.Name)
		}
	}
	return strings.Join(names, page.T(ctx, "hall.and"))
}

// busyChart shows how many numbers were taken in each hour of today; nil before the first.
func busyChart(ctx context.Context, v showView) *design.ChartParams {
	var labels []string
	var values []float64
	total := 0
	for hour, n := range v.Busy {
		if hour >= 8 && hour <= 18 || n > 0 {
			labels, values = append(labels, strconv.Itoa(hour)), append(values, float64(n))
		}
		total += n
	}
	if total == 0 {
		return nil
	}
	return &design.ChartParams{Title: page.T(ctx, "hall.busy"), Summary: page.T(ctx, "hall.busy_summary", total), Labels: labels,
		Series: []design.Series{{Name: page.T(ctx, "hall.numbers"), Values: values}}}
}

// dayText says a day with its weekday.
func dayText(ctx context.Context, d civil.Date) string {
	return page.Civil(ctx, d.String()) + " " + said(ctx, "hall.weekday.", strconv.Itoa(int(d.Weekday())))
}

// said is a word of a group: "hall.weekday." and "1".
func said(ctx context.Context, group, name string, args ...any) string {
	return page.T(ctx, group+name, args...)
}

func number(n int) string { return strconv.Itoa(n) }

// justNow is how long a called number is shown larger.
const justNow = 30 * time.Second
