package workflowweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// One incident lies beside the processes, not among them: a process may have any key.
const incidentsAt, oneIncidentAt = at + "/incidents", "/desk/process-incidents"

func incidentAt(id string) string { return oneIncidentAt + "/" + url.PathEscape(id) }

type incidentsView struct {
	Counts []workflow.IncidentCount
	Rows   []workflow.Incident
	Next   string
	Paged  bool
	Done   string
}

// incidents is GET /desk/processes/incidents: where processes can't go on by themselves.
func (s *site) incidents(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	by, before := actor.FromContext(ctx), q.Get("before")
	rows, err := s.Keeper.Incidents(ctx, by, before, rowsShown+1)
	if err != nil {
		return err
	}
	v := incidentsView{Rows: rows, Paged: before != "", Done: q.Get("done")}
	if len(rows) > rowsShown {
		v.Rows, v.Next = rows[:rowsShown], rows[rowsShown-1].ID
	}
	if v.Counts, err = s.Keeper.IncidentCounts(ctx, by); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, incidentsPage(v))
}

func (v incidentsView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = incidentsAt
	}
	if v.Next != "" {
		p.Next = incidentsAt + "?before=" + url.QueryEscape(v.Next)
	}
	return &p
}

func countRows(ctx context.Context, list []workflow.IncidentCount) []design.Row {
	rows := make([]design.Row, len(list))
	for i, c := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: or(c.Name, c.Process), Href: oneAt(c.Process) + "?version=" + strconv.Itoa(c.Version)},
			{Text: page.T(ctx, "process.version_n", c.Version)}, {Text: strconv.Itoa(c.Open)}}}
	}
	return rows
}

func incidentRows(ctx context.Context, list []workflow.Incident) []design.Row {
	rows := make([]design.Row, len(list))
	for i, n := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: said(ctx, "process.incident.reason.", n.Reason), Note: n.Element, Href: incidentAt(n.ID)},
			{Text: or(n.Title, n.Process), Note: n.Number}, {Text: n.Process, Note: page.T(ctx, "process.version_n", n.Version)}, {Text: page.DateTime(ctx, n.OpenedAt)}}}
	}
	return rows
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

type incidentView struct {
	workflow.Incident
	Open    bool
	Process *process.Process // nil when its version can't be read any more
	Step    string           // name of the element
	Typed   string
	Errors  design.Errors
}

// skippable tells whether there is something that can be given up: an activity or an event, not the choice of a way and not a clock beside it.
func (v incidentView) skippable() bool {
	if v.Process == nil || v.Reason == "unfired" {
		return false
	}
	e := v.Process.Element(v.Element)
	return e != nil && (bpmn.Activity(e.Kind) || e.Kind == process.IntermediateCatch || e.Kind == process.IntermediateThrow)
}

// incident is GET /desk/process-incidents/{id}.
func (s *site) incident(w http.ResponseWriter, r *http.Request) error {
	return s.showIncident(w, r, http.StatusOK, incidentView{})
}

func (s *site) showIncident(w http.ResponseWriter, r *http.Request, status int, v incidentView) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	var err error
	if v.Incident, v.Open, err = s.Keeper.Incident(ctx, by, r.PathValue("id")); err != nil {
		return err
	}
	source, _, err := s.Shelf.Source(ctx, by, v.Incident.Process, v.Version)
	if err == nil {
		v.Process, err = bpmn.Read(source)
	}
	if err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Invalid) {
		return err
	}
	v.Step = elementName(v.Process, v.Element)
	return page.Render(w, r, status, incidentPage(v))
}

func (v incidentView) facts(ctx context.Context) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "process.incident.what"), Value: said(ctx, "process.incident.reason.", v.Reason)}, {Key: page.T(ctx, "process.step"), Value: v.Step},
		{Key: page.T(ctx, "process.incident.since"), Value: page.DateTime(ctx, v.OpenedAt)}, {Key: page.T(ctx, "process.incident.case"), Value: v.Title + " " + v.Number},
		{Key: page.T(ctx, "process.key"), Value: v.Incident.Process}, {Key: page.T(ctx, "process.version"), Value: page.T(ctx, "process.version_n", v.Version)}}
	if v.Code != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "process.incident.code"), Value: codeName(ctx, v.Code)})
	}
	return rows
}

// retry is POST /desk/process-incidents/{id}/retry.
func (s *site) retry(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	return s.resolved(w, r, "retried", "", s.Keeper.Retry(ctx, actor.FromContext(ctx), r.PathValue("id")))
}

// giveUp is POST /desk/process-incidents/{id}/give-up.
func (s *site) giveUp(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Reason string `form:"reason"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	return s.resolved(w, r, "given_up", in.Reason, s.Keeper.GiveUp(ctx, actor.FromContext(ctx), r.PathValue("id"), in.Reason))
}

func (s *site) resolved(w http.ResponseWriter, r *http.Request, done, typed string, err error) error {
	f, ok := fault.Of(err)
	switch {
	case err == nil:
		web.Redirect(w, r, incidentsAt+"?done="+done)
		return nil
	case ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict):
		return s.showIncident(w, r, f.Kind.Status(), incidentView{Typed: typed, Errors: design.ErrorsOf(r.Context(), err)})
	}
	return err
}
