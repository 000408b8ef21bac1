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
	"xiangyun/internal/platform/page"
)

// rowsShown is how many processes or versions one page lists.
const rowsShown = 50

type listView struct {
	Rows    []workflow.Shelved
	Waiting []workflow.Proposal // the newest of them
	Samples []bpmn.Sample
	Next    string
	Paged   bool
	Errors  design.Errors
}

// list is GET /desk/processes.
func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	return s.showList(w, r, http.StatusOK, nil)
}

func (s *site) showList(w http.ResponseWriter, r *http.Request, status int, errors design.Errors) error {
	ctx, after := r.Context(), r.URL.Query().Get("after")
	rows, err := s.Shelf.List(ctx, actor.FromContext(ctx), after, rowsShown+1)
	if err != nil {
		return err
	}
	v := listView{Rows: rows, Paged: after != "", Errors: errors}
	if len(rows) > rowsShown {
		v.Rows = rows[:rowsShown]
		v.Next = rows[rowsShown-1].DefinitionKey
	}
	if v.Waiting, err = s.Desk.Proposals(ctx, actor.FromContext(ctx), workflow.Waiting, "", rowsShown); err != nil {
		return err
	}
	if v.Samples, err = bpmn.Gallery(); err != nil {
		return err
	}
	return page.Render(w, r, status, listPage(v))
}

func oneAt(key string) string { return at + "/" + url.PathEscape(key) }

func (v listView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = at
	}
	if v.Next != "" {
		p.Next = at + "?after=" + url.QueryEscape(v.Next)
	}
	return &p
}

func listColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "process.name")}, {Text: page.T(ctx, "process.key"), Extra: true}, {Text: page.T(ctx, "process.version"), Number: true},
		{Text: page.T(ctx, "process.deployed_at")}}
}

func listRows(ctx context.Context, list []workflow.Shelved) []design.Row {
	rows := make([]design.Row, len(list))
	for i, d := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: d.Name, Href: oneAt(d.DefinitionKey)}, {Text: d.DefinitionKey}, {Text: strconv.Itoa(d.Version)}, {Text: page.Date(ctx, d.DeployedAt)}}}
	}
	return rows
}

type showView struct {
	Process  *process.Process
	Version  int
	Newest   int
	Versions []workflow.Shelved
	More     int // version behind which older ones are; 0 for none
	Deployed bool
	Findings []bpmn.Finding
}

// show is GET /desk/processes/{key}: a process, its picture and its versions.
func (s *site) show(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	by, key := actor.FromContext(ctx), r.PathValue("key")
	source, version, err := s.Shelf.Source(ctx, by, key, number(q.Get("version")))
	if err != nil {
		return err
	}
	v := showView{Version: version, Deployed: q.Get("done") == "deployed"}
	if v.Process, v.Findings, err = s.Deployer.Examine(ctx, by, source); err != nil {
		return err
	}
	if v.Versions, err = s.Shelf.Versions(ctx, by, key, number(q.Get("before")), rowsShown+1); err != nil {
		return err
	}
	if len(v.Versions) > rowsShown {
		v.Versions = v.Versions[:rowsShown]
		v.More = v.Versions[rowsShown-1].Version
	}
	v.Newest = version
	if newest, err := s.Shelf.Versions(ctx, by, key, 0, 1); err == nil && len(newest) > 0 {
		v.Newest = newest[0].Version
	}
	return page.Render(w, r, http.StatusOK, showPage(key, v))
}

// number reads a number of an address; what is none is 0.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1<<30 {
		return 0
	}
	return n
}

func versionRows(ctx context.Context, key string, v showView) []design.Row {
	rows := make([]design.Row, len(v.Versions))
	for i, d := range v.Versions {
		rows[i] = design.Row{Cells: []design.Cell{{Text: page.T(ctx, "process.version_n", d.Version), Href: oneAt(key) + "?version=" + strconv.Itoa(d.Version)},
			{Text: d.Name}, {Text: page.Date(ctx, d.DeployedAt)}}}
		if d.Version == v.Version {
			rows[i].Cells[0].Note = page.T(ctx, "process.shown")
		}
	}
	return rows
}

func (v showView) pager(key string) *design.PagerParams {
	p := design.PagerParams{}
	if v.More > 0 {
		p.Next = oneAt(key) + "?before=" + strconv.Itoa(v.More)
	}
	return &p
}

// file is GET /desk/processes/{key}/file: the BPMN file to take away.
func (s *site) file(w http.ResponseWriter, r *http.Request) error {
	ctx, key := r.Context(), r.PathValue("key")
	source, version, err := s.Shelf.Source(ctx, actor.FromContext(ctx), key, number(r.URL.Query().Get("version")))
	if err != nil {
		return err
	}
	send(w, key+"-"+strconv.Itoa(version), source)
	return nil
}

// send answers with a file to keep.
func send(w http.ResponseWriter, name string, source []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/xml; charset=utf-8")
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name)+".bpmn")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(source) // a reader who has gone needs no file
}
