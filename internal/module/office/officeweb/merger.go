package officeweb

import (
	"context"
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type mergerForm struct {
	Into     string `form:"into"`
	Other    string `form:"other"`
	Document string `form:"document"`
	Posts    string `form:"posts"`
}

type mergerView struct {
	Office     office.Office
	Now        *office.Merger // that waits or is under way, or by which it was dissolved
	Hanging    []design.Row
	Past       []design.Row
	Near       []design.Option
	In         mergerForm // as typed
	MayPropose bool
	MayDecide  bool
	MayReturn  bool
	Reason     string
	Done       string
	Errors     design.Errors
}

// merger is GET /admin/offices/{path}/merger: what hangs on an office, and how far its merger is.
func (s *site) merger(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mergerOf(r, r.PathValue("path"))
	if err != nil {
		return err
	}
	v.Done = mergerDone(r.Context(), r.URL.Query().Get("done"))
	return page.Render(w, r, http.StatusOK, mergerPage(v))
}

func (s *site) mergerOf(r *http.Request, path string) (v mergerView, err error) {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	if v.Office, _, err = s.Offices.Below(ctx, by, path, "", 1); err != nil {
		return v, err
	}
	list, err := s.Offices.Mergers(ctx, by, path)
	if err != nil {
		return v, err
	}
	for _, m := range list {
		if v.Now == nil && m.FromPath == path && (m.Open() || m.State == office.MergerDone) {
			v.Now = &m
		}
		v.Past = append(v.Past, mergerRow(ctx, m))
	}
	now, err := s.Offices.Hangs(ctx, by, path)
	if err != nil {
		return v, err
	}
	var found []office.Hanging
	if v.Now != nil && v.Now.State != office.MergerWaiting {
		if found, err = s.Offices.Found(ctx, by, v.Now.ID); err != nil {
			return v, err
		}
	}
	v.Hanging = hangingRows(ctx, found, now)
	may := s.may(r, office.ActManage, path)
	v.MayPropose = may && v.Now == nil && v.Office.Successor == ""
	if v.Now != nil && v.Now.State == office.MergerWaiting && may {
		v.MayDecide, v.MayReturn = !v.Now.Own(by), true
	}
	if v.MayPropose {
		if _, near, err := s.Offices.Below(ctx, by, v.Office.Parent, "", 300); err == nil { // beyond one's reach the number must be typed
			for _, o := range near {
				if o.Path != path && o.Successor == "" && (o.Kind == office.Government) == (v.Office.Kind == office.Government) {
					v.Near = append(v.Near, design.Option{Value: o.Path, Text: o.Name})
				}
			}
		}
	}
	return v, nil
}

// mergerAgain shows the page once more with why something was refused; what is no refusal is returned.
func (s *site) mergerAgain(w http.ResponseWriter, r *http.Request, path string, refused error, typed func(*mergerView)) error {
	f, ok := fault.Of(refused)
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return refused
	}
	v, err := s.mergerOf(r, path)
	if err != nil {
		return err
	}
	typed(&v)
	v.Errors = design.ErrorsOf(r.Context(), refused)
	return page.Render(w, r, f.Kind.Status(), mergerPage(v))
}

// proposeMerger is POST /admin/offices/{path}/merger.
func (s *site) proposeMerger(w http.ResponseWriter, r *http.Request) error {
	var in mergerForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	path, into := r.PathValue("path"), strings.TrimSpace(in.Other)
	if into == "" {
		into = in.Into
	}
	_, err := s.Offices.ProposeMerger(r.Context(), actor.FromContext(r.Context()), office.Proposed{From: path, Into: into, Document: in.Document, Posts: in.Posts})
	if err != nil {
		return s.mergerAgain(w, r, path, err, func(v *mergerView) { v.In = in })
	}
	web.Redirect(w, r, "/admin/offices/"+path+"/merger?done=proposed")
	return nil
}

// approveMerger is POST /admin/mergers/{id}/approve.
func (s *site) approveMerger(w http.ResponseWriter, r *http.Request) error {
	return s.decideMerger(w, r, "approved", func(ctx context.Context, by actor.Actor, id string) error {
		return s.Offices.ApproveMerger(ctx, by, id)
	})
}

// returnMerger is POST /admin/mergers/{id}/return.
func (s *site) returnMerger(w http.ResponseWriter, r *http.Request) error {
	return s.decideMerger(w, r, "returned", func(ctx context.Context, by actor.Actor, id string) error {
		return s.Offices.ReturnMerger(ctx, by, id, r.PostFormValue("reason"))
	})
}

func (s *site) decideMerger(w http.ResponseWriter, r *http.Request, done string, decide func(context.Context, actor.Actor, string) error) error {
	ctx := r.Context()
	by, id := actor.FromContext(ctx), r.PathValue("id")
	m, err := s.Offices.Merger(ctx, by, id)
	if err != nil {
		return err
	}
	if err := decide(ctx, by, id); err != nil {
		return s.mergerAgain(w, r, m.FromPath, err, func(v *mergerView) { v.Reason = r.PostFormValue("reason") })
	}
	web.Redirect(w, r, "/admin/offices/"+m.FromPath+"/merger?done="+done)
	return nil
}

// mergerDone says what was just done; an address somebody made up says nothing.
func mergerDone(ctx context.Context, what string) string {
	switch what {
	case "proposed", "approved", "returned":
		return said(ctx, "office.merger.done.", what)
	}
	return ""
}

// hangingRows are what hung on an office when it was dissolved, and what still does.
func hangingRows(ctx context.Context, found, now []office.Hanging) []design.Row {
	before := map[string]int{}
	for _, h := range found {
		before[h.Kind] = h.N
	}
	out := make([]design.Row, len(now))
	for i, h := range now {
		what := page.T(ctx, "office.merger.stays")
		if h.Moves {
			what = page.T(ctx, "office.merger.moves")
		}
		out[i] = design.Row{Cells: []design.Cell{{Text: said(ctx, "office.merger.kind.", h.Kind)}}}
		if found != nil {
			out[i].Cells = append(out[i].Cells, design.Cell{Text: design.Number(before[h.Kind])})
		}
		out[i].Cells = append(out[i].Cells, design.Cell{Text: design.Number(h.N)}, design.Cell{Text: what})
	}
	return out
}

func hangingColumns(ctx context.Context, v mergerView) []design.Column {
	list := []design.Column{{Text: page.T(ctx, "office.merger.what")}}
	if v.Now != nil && v.Now.State != office.MergerWaiting {
		list = append(list, design.Column{Text: page.T(ctx, "office.merger.found")})
	}
	return append(list, design.Column{Text: page.T(ctx, "office.merger.left")}, design.Column{Text: page.T(ctx, "office.merger.then")})
}

// mergerStuck says what could not be moved and why; "" when nothing is in the way.
func mergerStuck(ctx context.Context, m office.Merger) string {
	stuck, ok := m.Stuck()
	if !ok {
		return ""
	}
	why := page.T(ctx, "office.merger.stuck_other")
	if stuck.Why != "" {
		why = said(ctx, "", stuck.Why)
	}
	if stuck.N == 0 {
		return page.T(ctx, "office.merger.stuck", why)
	}
	return page.T(ctx, "office.merger.stuck_cases", stuck.N, stuck.First, why)
}

func mergerRow(ctx context.Context, m office.Merger) design.Row {
	if m.State == office.MergerRunning {
		m.Reason = "" // it is told above the table
	}
	return design.Row{Cells: []design.Cell{{Text: m.FromName, Href: "/admin/offices/" + m.FromPath}, {Text: m.IntoName, Href: "/admin/offices/" + m.IntoPath}, {Text: m.Document},
		{Text: said(ctx, "office.merger.state.", string(m.State)), Note: m.Reason}, {Text: page.Date(ctx, m.ProposedAt)}}}
}

func mergerColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "office.merger.from")}, {Text: page.T(ctx, "office.merger.into")}, {Text: page.T(ctx, "office.merger.document")}, {Text: page.T(ctx, "office.merger.state")},
		{Text: page.T(ctx, "office.merger.proposed_at")}}
}

func postsOptions(ctx context.Context) []design.Option {
	out := make([]design.Option, len(office.PostsFates))
	for i, p := range office.PostsFates {
		out[i] = design.Option{Value: p, Text: said(ctx, "office.merger.posts.", p)}
	}
	return out
}

func mergerFacts(ctx context.Context, m office.Merger) []design.SummaryRow {
	list := []design.SummaryRow{{Key: page.T(ctx, "office.merger.into"), Value: m.IntoName, Action: &design.Link{Text: page.T(ctx, "office.list.open"), Href: "/admin/offices/" + m.IntoPath}},
		{Key: page.T(ctx, "office.merger.document"), Value: m.Document}, {Key: page.T(ctx, "office.merger.posts"), Value: said(ctx, "office.merger.posts.", m.Posts)},
		{Key: page.T(ctx, "office.merger.state"), Value: said(ctx, "office.merger.state.", string(m.State))},
		{Key: page.T(ctx, "office.merger.proposed_at"), Value: page.DateTime(ctx, m.ProposedAt)}}
	if !m.DecidedAt.IsZero() {
		list = append(list, design.SummaryRow{Key: page.T(ctx, "office.merger.decided_at"), Value: page.DateTime(ctx, m.DecidedAt)})
	}
	if !m.FinishedAt.IsZero() {
		list = append(list, design.SummaryRow{Key: page.T(ctx, "office.merger.finished_at"), Value: page.DateTime(ctx, m.FinishedAt)})
	}
	return list
}

// mergerNote says in a line how far a merger is.
func mergerNote(ctx context.Context, m office.Merger) string {
	if m.State == office.MergerWaiting {
		return page.T(ctx, "office.admin.merger_waiting", m.FromName, m.IntoName)
	}
	return page.T(ctx, "office.admin.merger_running", m.FromName, m.IntoName)
}
