package keeperweb

import (
	"context"
	"net/http"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

func (s *site) bulkRoutes(r *web.Router) {
	r.Page("GET /desk/library/bulk", web.Staff, s.bulk)
	r.Page("POST /desk/library/bulk", web.Staff, s.alter)
}

// bulkView is one change to many items: what is chosen, what becomes of each.
type bulkView struct {
	filter
	Change  string   `form:"change"`
	Value   string   `form:"value"`
	Percent string   `form:"percent"`
	Codes   []string `form:"code"`
	How     string   `form:"how"` // "drafts" or "propose"
	Shown   bool     // a preview was asked for
	Rows    []item.Altered
	Running []item.RunningCases
	Next    string
	Done    string
	Number  int
	Errors  design.Errors
}

// read takes the fields the embedded filter has as well.
func (v *bulkView) read(r *http.Request) error {
	if err := page.Bind(r, &v.filter); err != nil {
		return err
	}
	return page.Bind(r, v)
}

func (v *bulkView) alteration() item.Alteration {
	percent, err := strconv.Atoi(v.Percent)
	if err != nil {
		percent = 0 // refused by the alteration's own check
	}
	return item.Alteration{Kind: item.AlterationKind(v.Change), Value: v.Value, Percent: percent}
}

// bulk is GET /desk/library/bulk: the choice, and the preview once a change is chosen. Nothing is kept.
func (s *site) bulk(w http.ResponseWriter, r *http.Request) error {
	var v bulkView
	if err := v.read(r); err != nil {
		return err
	}
	v.Done = r.URL.Query().Get("done")
	if n, err := strconv.Atoi(r.URL.Query().Get("number")); err == nil {
		v.Number = n
	}
	return s.showBulk(w, r, http.StatusOK, &v)
}

func (s *site) showBulk(w http.ResponseWriter, r *http.Request, code int, v *bulkView) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	if v.Change == "" {
		if _, _, err := s.Items.Kept(ctx, by, item.KeptQuery{Limit: 1}); err != nil {
			return err
		}
		return page.Render(w, r, code, bulkPage(v))
	}
	rows, next, err := s.Items.PreviewAlteration(ctx, by, v.query(item.Most), v.alteration())
	if refused(err) {
		v.Errors = append(v.Errors, design.ErrorsOf(ctx, err)...)
		return page.Render(w, r, status(err), bulkPage(v))
	}
	if err != nil {
		return err
	}
	v.Rows, v.Next, v.Shown = rows, next, true
	if v.Running, err = s.running(ctx, v.able()...); err != nil {
		return err
	}
	return page.Render(w, r, code, bulkPage(v))
}

// alter is POST /desk/library/bulk: the items previewed, all or none.
func (s *site) alter(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v bulkView
	if err := v.read(r); err != nil {
		return err
	}
	to, err := s.alterAs(ctx, &v)
	if refused(err) {
		v.Errors = design.ErrorsOf(ctx, err)
		return s.showBulk(w, r, status(err), &v)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, to)
	return nil
}

// alterAs writes drafts, or proposes all of it for one approval, and returns where that is seen.
func (s *site) alterAs(ctx context.Context, v *bulkView) (string, error) {
	if v.How == "propose" {
		p, err := s.Items.ProposeAlteration(ctx, actor.FromContext(ctx), v.Codes, v.alteration())
		if err != nil {
			return "", err
		}
		return proposalAt(p.ID) + "?done=proposed", nil
	}
	n, err := s.Items.Alter(ctx, actor.FromContext(ctx), v.Codes, v.alteration())
	return query("/desk/library/bulk", "done", "altered_drafts", "number", strconv.Itoa(n)), err
}

func changeOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, k := range item.AlterationKinds() {
		list = append(list, design.Option{Value: string(k), Text: page.T(ctx, "keeper.bulk.change."+string(k))})
	}
	return list
}

// able are the codes an application would change.
func (v *bulkView) able() []string {
	var codes []string
	for _, x := range v.Rows {
		if x.Problem == nil && len(x.Differences) > 0 {
			codes = append(codes, x.Base.Code())
		}
	}
	return codes
}

func (v *bulkView) hidden() []design.Hidden {
	list := []design.Hidden{{Name: "change", Value: v.Change}, {Name: "value", Value: v.Value}, {Name: "percent", Value: v.Percent},
		{Name: "q", Value: v.Text}, {Name: "department", Value: v.Department}, {Name: "kind", Value: v.Kind}, {Name: "state", Value: v.State}, {Name: "after", Value: v.After}}
	for _, c := range v.able() {
		list = append(list, design.Hidden{Name: "code", Value: c})
	}
	return list
}

func (v *bulkView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.Next != "" {
		p.Next = v.at("/desk/library/bulk", v.Next, "change", v.Change, "value", v.Value, "percent", v.Percent)
	}
	return p
}

func alteredColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.items.name")}, {Text: page.T(ctx, "keeper.compare.element")}, {Text: page.T(ctx, "keeper.bulk.before")},
		{Text: page.T(ctx, "keeper.bulk.after")}, {Text: page.T(ctx, "keeper.bulk.outcome")}}
}

func (v *bulkView) rows(ctx context.Context) []design.Row {
	var rows []design.Row
	for _, x := range v.Rows {
		name := design.Cell{Text: x.Base.Name, Href: itemAt(x.Base.Code()), Note: x.Base.Code()}
		if len(x.Differences) == 0 {
			rows = append(rows, design.Row{Tone: design.Muted, Cells: []design.Cell{name, {Text: "—"}, {Text: "—"}, {Text: "—"}, {Text: page.T(ctx, "keeper.bulk.same")}}})
			continue
		}
		for i, d := range x.Differences {
			outcome := design.Cell{View: design.Badge(design.BadgeParams{Text: page.T(ctx, "keeper.bulk.will"), Tone: design.Good, Icon: "check"})}
			row := design.Row{Cells: []design.Cell{name, {Text: placeOf(ctx, d.Element, d.Row, d.Part)}, {Text: shown(ctx, d.Element, d.Part, d.Before)},
				{Text: shown(ctx, d.Element, d.Part, d.After)}, outcome}}
			if x.Problem != nil {
				row.Tone = design.Bad
				row.Cells[4] = design.Cell{View: design.Badge(design.BadgeParams{Text: page.T(ctx, "keeper.bulk.problem"), Tone: design.Bad, Icon: "circle-x"}), Note: problemText(ctx, x)}
			}
			if i > 0 {
				row.Cells[0] = design.Cell{Text: x.Base.Name}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func problemText(ctx context.Context, x item.Altered) string {
	text := ""
	for _, e := range problemsOf(ctx, x.Base.Code(), x.Problem) {
		if text != "" {
			text += "；"
		}
		text += e.Text
	}
	return text
}

// doneNumber says how many items changed.
func (v *bulkView) doneNumber(ctx context.Context) string {
	if v.Done == "altered_drafts" {
		return page.T(ctx, "keeper.bulk.done_drafts", v.Number)
	}
	return ""
}
