package keeperweb

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

func (s *site) versionRoutes(r *web.Router) {
	r.Page("GET /desk/library/items/{code}/versions", web.Staff, s.versions)
	r.Page("POST /desk/library/items/{code}/recall", web.Staff, s.recall)
	r.Page("GET /desk/library/items/{code}/compare", web.Staff, s.compare)
}

// editionsShown is how many versions one page lists.
const editionsShown = 20

type versionsView struct {
	Base   *item.Base
	Rows   []item.Edition
	Next   string
	Paged  bool
	Who    map[string]string
	Done   string
	Typed  string
	Chosen int // the version to recall
	Keep   bool
	Errors design.Errors

	Running []item.RunningCases
}

// versions is GET /desk/library/items/{code}/versions: who changed what, and when.
func (s *site) versions(w http.ResponseWriter, r *http.Request) error {
	return s.showVersions(w, r, http.StatusOK, versionsView{Done: r.URL.Query().Get("done")})
}

func (s *site) showVersions(w http.ResponseWriter, r *http.Request, code int, v versionsView) error {
	ctx := r.Context()
	before, err := strconv.Atoi(r.URL.Query().Get("before"))
	if err != nil || before < 0 {
		before = 0
	}
	v.Paged = before > 0
	if v.Rows, err = s.Items.Editions(ctx, actor.FromContext(ctx), r.PathValue("code"), before, editionsShown+1); err != nil {
		return err
	}
	if len(v.Rows) > editionsShown {
		v.Rows = v.Rows[:editionsShown]
		v.Next = itemAt(r.PathValue("code")) + "/versions?before=" + strconv.Itoa(v.Rows[editionsShown-1].Version)
	}
	if err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		if v.Base, err = s.Items.Base(ctx, tx, r.PathValue("code")); err != nil {
			return err
		}
		v.Running, err = s.Items.RunningUnder(ctx, tx, v.Base.Code())
		return err
	}); err != nil {
		return err
	}
	var names []string
	for _, e := range v.Rows {
		names = append(names, e.PublishedBy, e.ProposedBy, e.ApprovedBy)
		if e.Draft != nil {
			names = append(names, e.Draft.MadeBy, e.Draft.SavedBy, e.Draft.ReviewedBy)
		}
	}
	v.Who = s.who(ctx, names...)
	return page.Render(w, r, code, versionsPage(v))
}

// who names the accounts by their offices; unknown ones keep their name.
func (s *site) who(ctx context.Context, accounts ...string) map[string]string {
	names := map[string]string{}
	for _, a := range accounts {
		if _, asked := names[a]; asked || a == "" {
			continue
		}
		names[a] = a
		if strings.HasPrefix(a, "system:") {
			names[a] = page.T(ctx, "keeper.program")
			continue
		}
		if s.Who != nil {
			if name := s.Who(ctx, a); name != "" {
				names[a] = name
			}
		}
	}
	return names
}

// recall is POST /desk/library/items/{code}/recall.
func (s *site) recall(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in struct {
		Version int    `form:"version"`
		Reason  string `form:"reason"`
		Keep    bool   `form:"keep_cases"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	p, err := s.Items.ProposeRecall(ctx, actor.FromContext(ctx), code, in.Version, in.Reason, in.Keep)
	if refused(err) {
		return s.showVersions(w, r, status(err), versionsView{Typed: in.Reason, Chosen: in.Version, Keep: in.Keep, Errors: design.ErrorsOf(ctx, err)})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, proposalAt(p.ID)+"?done=proposed")
	return nil
}

func (v versionsView) pager() *design.PagerParams {
	p := &design.PagerParams{Next: v.Next}
	if v.Paged {
		p.First = itemAt(v.Base.Code()) + "/versions"
	}
	return p
}

func versionColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.items.version")}, {Text: page.T(ctx, "keeper.versions.at")}, {Text: page.T(ctx, "keeper.versions.written")},
		{Text: page.T(ctx, "keeper.versions.approved")}, {Text: page.T(ctx, "keeper.versions.why")}, {Text: page.T(ctx, "keeper.versions.compare")}}
}

func (v versionsView) rows(ctx context.Context) []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for i, e := range v.Rows {
		wrote, approved, why := v.Who[e.PublishedBy], "—", "—"
		if e.ApprovedBy != "" {
			wrote, approved = v.Who[e.ProposedBy], v.Who[e.ApprovedBy]
		}
		if d := e.Draft; d != nil {
			wrote = v.Who[d.SavedBy]
			if d.ReviewedBy != "" {
				approved = v.Who[d.ReviewedBy]
			}
			if d.Remark != "" {
				why = d.Remark
			}
		}
		compare := design.Cell{Text: "—"}
		if e.Version > 1 {
			compare = design.Cell{Text: page.T(ctx, "keeper.versions.with", e.Version-1), Href: query(itemAt(v.Base.Code())+"/compare", "from", strconv.Itoa(e.Version-1), "to", strconv.Itoa(e.Version))}
		}
		rows[i] = design.Row{Cells: []design.Cell{{Text: page.T(ctx, "keeper.versions.number", e.Version)}, {Text: page.DateTime(ctx, e.PublishedAt)}, {Text: wrote}, {Text: approved},
			{Text: why}, compare}}
	}
	return rows
}

// earlier are the versions shown that may be recalled.
func (v versionsView) earlier(ctx context.Context) []design.Option {
	var list []design.Option
	for _, e := range v.Rows {
		if e.Version != v.Base.Version {
			list = append(list, design.Option{Value: strconv.Itoa(e.Version), Text: page.T(ctx, "keeper.versions.number", e.Version) + " " + page.Date(ctx, e.PublishedAt)})
		}
	}
	return list
}

type compareView struct {
	Code, Name  string
	From, To    int
	Differences []item.Difference
}

// compare is GET /desk/library/items/{code}/compare?from=&to=.
func (s *site) compare(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		From int `form:"from"`
		To   int `form:"to"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	v := compareView{Code: r.PathValue("code"), From: in.From, To: in.To}
	if _, err := s.Items.Editions(ctx, actor.FromContext(ctx), v.Code, 0, 1); err != nil {
		return err
	}
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		from, err := s.Items.BaseVersion(ctx, tx, v.Code, in.From)
		if err != nil {
			return err
		}
		to, err := s.Items.BaseVersion(ctx, tx, v.Code, in.To)
		if err != nil {
			return err
		}
		v.Name, v.Differences = to.Name, item.Compare(&from.Definition, &to.Definition)
		return nil
	})
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, comparePage(v))
}
