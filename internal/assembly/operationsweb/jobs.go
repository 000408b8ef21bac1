package operationsweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// rows is how many jobs one page lists.
const rows = 50

// states are those an administrator looks at, the alarming ones first.
var states = []string{"discarded", "cancelled", "available", "running"}

type jobsView struct {
	State string
	Done  bool
	Jobs  []job.Row
	Next  string
	Count map[string]int
}

// jobs is GET /admin/jobs: what failed and what waits.
func (s *site) jobs(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	if err := s.Rights.Check(actor.FromContext(ctx), office.ActOperate, actor.Target{}); err != nil {
		return err
	}
	v := jobsView{State: q.Get("state"), Done: q.Get("done") != "", Count: map[string]int{}}
	if !slices.Contains(states, v.State) {
		v.State = states[0]
	}
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		counts, err := s.Queue.Counts(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range counts {
			v.Count[c.State] += c.Jobs
		}
		v.Jobs, err = s.Queue.List(ctx, tx, v.State, q.Get("before"), rows)
		return err
	})
	if err != nil {
		return err
	}
	if len(v.Jobs) == rows {
		v.Next = "/admin/jobs?" + url.Values{"state": {v.State}, "before": {v.Jobs[rows-1].ID}}.Encode()
	}
	return page.Render(w, r, http.StatusOK, jobsPage(v))
}

// retry is POST /admin/jobs/{id}/retry.
func (s *site) retry(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	by := actor.FromContext(ctx)
	if err := s.Rights.Check(by, office.ActOperate, actor.Target{}); err != nil {
		return err
	}
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		if err := s.Queue.Retry(ctx, tx, id); err != nil {
			return err
		}
		return s.Log.Append(ctx, tx, audit.Entry{Kind: "job.retried", Actor: by.Name(), Office: by.OfficePath, Object: "job:" + id, Basis: "系统运行维护"})
	})
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/admin/jobs?done=retried")
	return nil
}

func tabs(ctx context.Context, v jobsView) []design.Link {
	out := make([]design.Link, len(states))
	for i, state := range states {
		out[i] = design.Link{Text: said(ctx, "operations.state.", state), Href: "/admin/jobs?state=" + state, Current: state == v.State, Count: v.Count[state]}
	}
	return out
}

func columns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "operations.jobs.kind")}, {Text: page.T(ctx, "operations.jobs.attempts"), Number: true},
		{Text: page.T(ctx, "operations.jobs.due")}, {Text: page.T(ctx, "operations.jobs.error")}, {Text: page.T(ctx, "operations.jobs.retry"), Hidden: true}}
}

func jobRows(ctx context.Context, v jobsView) []design.Row {
	out := make([]design.Row, len(v.Jobs))
	for i, j := range v.Jobs {
		last := "—"
		if n := len(j.Errors.V); n > 0 {
			last = shortened(j.Errors.V[n-1].Error)
		}
		retry := design.Cell{Text: "—"}
		if j.State == "discarded" || j.State == "cancelled" {
			retry = design.Cell{View: retryButton(j.ID, j.Kind)}
		}
		out[i] = design.Row{Cells: []design.Cell{{Text: j.Kind, Note: j.ID}, {Text: strconv.Itoa(j.Attempt) + " / " + strconv.Itoa(j.MaxAttempts)},
			{Text: page.DateTime(ctx, j.DueAt)}, {Text: last}, retry}}
		if j.State == "discarded" {
			out[i].Tone = design.Bad
		}
	}
	return out
}

// shortened keeps a page readable when an engine answers with its whole query.
func shortened(text string) string {
	const most = 200
	if r := []rune(text); len(r) > most {
		return strings.TrimSpace(string(r[:most])) + "…"
	}
	return text
}
