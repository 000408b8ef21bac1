package hallweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type obstaclesView struct {
	Rows  []hall.ObstacleCounts
	Pager *design.PagerParams
}

// obstacles is GET /obstacles: what this desk is for, and its figures by office.
func (s *site) obstacles(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	rows, err := s.Halls.Counts(r.Context(), by(r), "22", after, rowsShown+1)
	if err != nil {
		return err
	}
	next := ""
	if len(rows) > rowsShown {
		rows = rows[:rowsShown]
		next = rows[rowsShown-1].OfficePath
	}
	return page.Render(w, r, http.StatusOK, obstaclesPage(obstaclesView{rows, pager("/obstacles", nil, after, next)}))
}

type reportForm struct {
	Hall   string `form:"hall"`
	Item   string `form:"item"`
	What   string `form:"what"`
	Office string `form:"office"`
	Words  string `form:"words"`
}

type reportView struct {
	reportForm
	ItemName string
	Halls    []design.Option
	Errors   design.Errors
}

// askReport is GET /obstacles/new.
func (s *site) askReport(w http.ResponseWriter, r *http.Request) error {
	var in reportForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	return s.showReport(w, r, http.StatusOK, in, nil)
}

// hallsOffered is how many halls the list of a form holds.
const hallsOffered = 200

func (s *site) showReport(w http.ResponseWriter, r *http.Request, status int, in reportForm, errors design.Errors) error {
	ctx := r.Context()
	v := reportView{reportForm: in, Errors: errors}
	rows, _, err := s.Halls.List(ctx, by(r), hall.Query{Limit: hallsOffered})
	if err != nil {
		return err
	}
	for _, h := range rows {
		v.Halls = append(v.Halls, design.Option{Value: h.ID, Text: h.Name})
	}
	if in.Item != "" {
		e, err := s.entry(ctx, in.Item)
		if err != nil {
			return err
		}
		v.ItemName = e.Short
	}
	return page.Render(w, r, status, reportPage(v))
}

// report is POST /obstacles/new.
func (s *site) report(w http.ResponseWriter, r *http.Request) error {
	var in reportForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	_, err := s.Halls.Report(r.Context(), by(r), hall.Report{Hall: in.Hall, Item: in.Item, What: in.What, Office: in.Office, Words: in.Words})
	if fault.Is(err, fault.Invalid) {
		return s.showReport(w, r, http.StatusUnprocessableEntity, in, design.ErrorsOf(r.Context(), err))
	}
	if err == nil {
		web.Redirect(w, r, "/obstacles/mine?done=reported")
	}
	return err
}

type ownView struct {
	List  []hall.Obstacle
	Done  string
	Pager *design.PagerParams
}

// own is GET /obstacles/mine.
func (s *site) own(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	list, next, err := s.Halls.Own(r.Context(), by(r), q.Get("after"), rowsShown)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, ownPage(ownView{list, q.Get("done"), pager("/obstacles/mine", nil, q.Get("after"), next)}))
}

// confirm is POST /obstacles/{number}/confirm.
func (s *site) confirm(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Solved string `form:"solved"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	if in.Solved != "yes" && in.Solved != "no" {
		return fault.New(fault.Invalid, "hall.solved_missing").Field("solved", "hall.solved_missing")
	}
	if err := s.Halls.Confirm(r.Context(), by(r), r.PathValue("number"), in.Solved == "yes"); err != nil {
		return err
	}
	what := "reopened"
	if in.Solved == "yes" {
		what = "solved"
	}
	web.Redirect(w, r, "/obstacles/mine?done="+what)
	return nil
}

type deskObstaclesView struct {
	Rows   []hall.Obstacle
	Closed bool
	Today  civil.Date
	Pager  *design.PagerParams
}

// deskObstacles is GET /desk/obstacles.
func (s *site) deskObstacles(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := deskObstaclesView{Closed: q.Get("show") == "closed"}
	list, next, err := s.Halls.Obstacles(ctx, by(r), hall.ObstacleQuery{Closed: v.Closed, After: q.Get("after"), Limit: rowsShown})
	if err != nil {
		return err
	}
	if v.Today, err = s.Halls.Today(ctx, by(r)); err != nil {
		return err
	}
	v.Rows, v.Pager = list, pager("/desk/obstacles", url.Values{"show": {q.Get("show")}}, q.Get("after"), next)
	return page.Render(w, r, http.StatusOK, deskObstaclesPage(v))
}

type deskObstacleView struct {
	hall.Obstacle
	Typed, Outcome string
	Done           string
	Errors         design.Errors
}

// deskObstacle is GET /desk/obstacles/{number}.
func (s *site) deskObstacle(w http.ResponseWriter, r *http.Request) error {
	return s.showObstacle(w, r, http.StatusOK, deskObstacleView{Done: r.URL.Query().Get("done")})
}

func (s *site) showObstacle(w http.ResponseWriter, r *http.Request, status int, v deskObstacleView) (err error) {
	if v.Obstacle, err = s.Halls.ReadObstacle(r.Context(), by(r), r.PathValue("number")); err != nil {
		return err
	}
	return page.Render(w, r, status, deskObstaclePage(v))
}

// answer is POST /desk/obstacles/{number}.
func (s *site) answer(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Outcome string `form:"outcome"`
		Words   string `form:"words"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.Halls.Answer(r.Context(), by(r), r.PathValue("number"), in.Outcome, in.Words)
	if fault.Is(err, fault.Invalid) {
		return s.showObstacle(w, r, http.StatusUnprocessableEntity, deskObstacleView{Typed: in.Words, Outcome: in.Outcome, Errors: design.ErrorsOf(r.Context(), err)})
	}
	if err == nil {
		web.Redirect(w, r, "/desk/obstacles/"+url.PathEscape(r.PathValue("number"))+"?done=answered")
	}
	return err
}

func countColumns(ctx context.Context) []design.Column {
	cols := []design.Column{{Text: page.T(ctx, "hall.office")}}
	for _, key := range []string{"reported", "answered", "late", "solved", "reopened"} {
		cols = append(cols, design.Column{Text: said(ctx, "hall.count.", key), Number: true})
	}
	return cols
}

func countRows(list []hall.ObstacleCounts) []design.Row {
	rows := make([]design.Row, len(list))
	for i, c := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: c.OfficeName}}}
		for _, n := range []int64{c.Reported, c.Answered, c.Late, c.Solved, c.Reopened} {
			rows[i].Cells = append(rows[i].Cells, design.Cell{Text: strconv.FormatInt(n, 10)})
		}
	}
	return rows
}

func obstacleBadge(ctx context.Context, state string) *design.BadgeParams {
	tone := map[string]design.Tone{"open": design.Info, "answered": design.Warn, "solved": design.Good}[state]
	return &design.BadgeParams{Text: said(ctx, "hall.obstacle.", state), Tone: tone}
}

func obstacleRows(ctx context.Context, o hall.Obstacle) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "hall.obstacle_number"), Value: o.Number, Copy: true}, {Key: page.T(ctx, "hall.business"), Value: o.ItemName}}
	if o.AboutOffice != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "hall.about_office"), Value: o.AboutOffice})
	}
	rows = append(rows, design.SummaryRow{Key: page.T(ctx, "hall.what_happened"), Value: o.Words}, design.SummaryRow{Key: page.T(ctx, "hall.handled_by"), Value: o.OfficeName},
		design.SummaryRow{Key: page.T(ctx, "hall.reported_on"), Value: page.DateTime(ctx, o.MadeAt)})
	if o.State == "open" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "hall.answer_due"), Value: page.Civil(ctx, o.DueOn.String())})
	}
	if o.Level > 0 {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "hall.went_up"), Value: page.T(ctx, "hall.times", o.Level)})
	}
	if o.Answer != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "hall.outcome"), Value: said(ctx, "hall.outcome.", o.Outcome)}, design.SummaryRow{Key: page.T(ctx, "hall.answer"), Value: o.Answer})
	}
	return rows
}

func obstacleTabs(ctx context.Context, closed bool) []design.Link {
	return []design.Link{{Text: page.T(ctx, "hall.obstacle.open"), Href: "/desk/obstacles", Current: !closed},
		{Text: page.T(ctx, "hall.obstacle.closed"), Href: "/desk/obstacles?show=closed", Current: closed}}
}

func deskObstacleColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "hall.obstacle_number")}, {Text: page.T(ctx, "hall.business")}, {Text: page.T(ctx, "hall.handled_by")}, {Text: page.T(ctx, "hall.state")},
		{Text: page.T(ctx, "hall.answer_due")}}
}

func deskObstacleRows(ctx context.Context, v deskObstaclesView) []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for i, o := range v.Rows {
		rows[i] = design.Row{Cells: []design.Cell{{Text: o.Number, Href: "/desk/obstacles/" + o.Number}, {Text: o.ItemName, Note: o.AboutOffice}, {Text: o.OfficeName},
			{View: design.Badge(*obstacleBadge(ctx, o.State))}, {Text: page.Civil(ctx, o.DueOn.String())}}}
		if o.Late(v.Today) {
			rows[i].Tone, rows[i].Cells[4].Note = design.Bad, page.T(ctx, "hall.late")
		}
	}
	return rows
}

func outcomeChoices(ctx context.Context) []design.ChoiceOption {
	var out []design.ChoiceOption
	for _, o := range []string{"done", "explained", "passed_on"} {
		out = append(out, design.ChoiceOption{Value: o, Text: said(ctx, "hall.outcome.", o)})
	}
	return out
}
