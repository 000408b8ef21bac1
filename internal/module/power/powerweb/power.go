package powerweb

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

type oneView struct {
	power.Found
	Items []*item.Base
}

// one is GET /powers/{code}; ?version= shows an earlier one or one to come.
func (s *site) one(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	version, err := versionIn(r, "version", 0)
	if err != nil {
		return err
	}
	f, err := s.Powers.Find(ctx, r.PathValue("code"), version)
	if err != nil {
		return err
	}
	items, err := s.Items.RestingOn(ctx, f.Code)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, onePage(oneView{Found: f, Items: items}))
}

// versionIn reads the number of a version from the address.
func versionIn(r *http.Request, name string, otherwise int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1<<30 {
		return 0, fault.New(fault.NotFound, "power.not_found")
	}
	return n, nil
}

// headRows are the short facts of a power.
func headRows(ctx context.Context, d *power.Definition) []design.SummaryRow {
	rows := []design.SummaryRow{}
	add := func(field, value string) {
		if value != "" {
			rows = append(rows, design.SummaryRow{Key: fieldName(ctx, field), Value: value})
		}
	}
	add("code", d.Code)
	add("main", d.Main)
	add("name", d.Name)
	add("kind", kindName(ctx, d.Kind))
	add("department", exercisedBy(ctx, d))
	add("unit", d.Unit)
	add("levels", levelNames(ctx, d.Levels))
	add("division", d.Division)
	add("supervision", d.Supervision)
	add("discretion", d.Discretion)
	add("note", d.Note)
	return rows
}

// versionRows are the facts of the version itself.
func versionRows(ctx context.Context, v *power.Version) []design.SummaryRow {
	return []design.SummaryRow{{Key: page.T(ctx, "power.version"), Value: said(ctx, "power.version_of.", string(v.Change), v.Version)},
		{Key: page.T(ctx, "power.period"), Value: period(ctx, v)}, {Key: page.T(ctx, "power.reason"), Value: v.Reason}}
}

func basisTable(ctx context.Context, d *power.Definition) design.TableParams {
	t := design.TableParams{Caption: fieldName(ctx, "basis"), HideName: true, First: true, Columns: []design.Column{{Text: page.T(ctx, "power.basis.law")}, {Text: page.T(ctx, "power.basis.text")}}}
	for _, b := range d.Basis {
		t.Rows = append(t.Rows, design.Row{Cells: []design.Cell{{Text: b.Law, Note: b.Article}, {Text: b.Text}}})
	}
	return t
}

func dutiesTable(ctx context.Context, d *power.Definition) design.TableParams {
	t := design.TableParams{Caption: fieldName(ctx, "duties"), HideName: true, First: true, Columns: []design.Column{{Text: page.T(ctx, "power.step")}, {Text: page.T(ctx, "power.duty.text")}, {Text: page.T(ctx, "power.basis")}}}
	for _, x := range d.Duties {
		t.Rows = append(t.Rows, design.Row{Cells: []design.Cell{{Text: x.Step}, {Text: x.Text}, {Text: x.Basis}}})
	}
	return t
}

func liabilitiesTable(ctx context.Context, d *power.Definition) design.TableParams {
	t := design.TableParams{Caption: fieldName(ctx, "liabilities"), HideName: true, Columns: []design.Column{{Text: page.T(ctx, "power.liability.text")}, {Text: page.T(ctx, "power.basis")}}}
	for _, x := range d.Liabilities {
		t.Rows = append(t.Rows, design.Row{Cells: []design.Cell{{Text: x.Text}, {Text: x.Basis}}})
	}
	return t
}

func risksTable(ctx context.Context, d *power.Definition) design.TableParams {
	t := design.TableParams{Caption: fieldName(ctx, "risks"), HideName: true, First: true, Columns: []design.Column{{Text: page.T(ctx, "power.step")}, {Text: page.T(ctx, "power.risk.text")}, {Text: page.T(ctx, "power.risk.control")}}}
	for _, x := range d.Risks {
		t.Rows = append(t.Rows, design.Row{Cells: []design.Cell{{Text: x.Step}, {Text: x.Text}, {Text: x.Control}}})
	}
	return t
}

func flow(ctx context.Context, d *power.Definition) design.TimelineParams {
	p := design.TimelineParams{Label: fieldName(ctx, "steps"), Numbered: true}
	for _, s := range d.Steps {
		p.Events = append(p.Events, design.TimelineEvent{Title: s.Name, Text: s.Does, By: s.Who})
	}
	return p
}

func itemLinks(list []*item.Base) []design.Row {
	rows := make([]design.Row, len(list))
	for i, b := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: b.Name, Href: "/items/" + b.Code(), Note: b.Code()}}}
	}
	return rows
}

// history lists every version with the way to it and to what it changed.
func history(ctx context.Context, v oneView) design.TableParams {
	t := design.TableParams{Caption: page.T(ctx, "power.history"), HideName: true, First: true, Columns: []design.Column{{Text: page.T(ctx, "power.version")}, {Text: page.T(ctx, "power.period")},
		{Text: page.T(ctx, "power.reason"), Extra: true}, {Text: page.T(ctx, "power.compare"), Hidden: true}}}
	for i := range v.All {
		x := &v.All[i]
		number := strconv.Itoa(x.Version)
		row := design.Row{Cells: []design.Cell{{Text: said(ctx, "power.version_of.", string(x.Change), x.Version), Href: address(powerAt(x.Code), "version", number)}, {Text: period(ctx, x)}, {Text: x.Reason}, {}}}
		if x.Version > 1 {
			row.Cells[3] = design.Cell{View: compareLink(x.Code, x.Version-1, x.Version)}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func compareAt(code string, from, to int) string {
	return address(powerAt(code)+"/compare", "from", strconv.Itoa(from), "to", strconv.Itoa(to))
}

func lead(ctx context.Context, v oneView) string {
	if v.Version.Version == v.Current {
		return ""
	}
	return page.T(ctx, "power.another_version", v.Version.Version)
}

type compareView struct {
	Before, After power.Version
	All           []power.Version
}

// compare is GET /powers/{code}/compare?from=&to=.
func (s *site) compare(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	newest, err := s.Powers.Find(ctx, code, 0)
	if err != nil {
		return err
	}
	last := newest.All[0].Version
	to, err := versionIn(r, "to", last)
	if err != nil {
		return err
	}
	from, err := versionIn(r, "from", max(1, to-1))
	if err != nil {
		return err
	}
	v := compareView{All: newest.All}
	for _, x := range newest.All {
		if x.Version == from {
			v.Before = x
		}
		if x.Version == to {
			v.After = x
		}
	}
	if v.Before.ID == "" || v.After.ID == "" {
		return fault.New(fault.NotFound, "power.not_found")
	}
	return page.Render(w, r, http.StatusOK, comparePage(v))
}

func versionOptions(ctx context.Context, all []power.Version) []design.Option {
	list := make([]design.Option, len(all))
	for i, v := range all {
		list[i] = design.Option{Value: strconv.Itoa(v.Version), Text: said(ctx, "power.version_of.", string(v.Change), v.Version) + " · " + page.Civil(ctx, v.From.String())}
	}
	return list
}

// stateRows compare what two versions make of the power.
func stateRows(ctx context.Context, v compareView) []design.Row {
	row := design.Row{Cells: []design.Cell{{Text: page.T(ctx, "power.state")}, {View: design.Badge(stateBadge(ctx, v.Before.State))}, {View: design.Badge(stateBadge(ctx, v.After.State))}}}
	if v.Before.State != v.After.State {
		row.Tone, row.Cells[0].Note = design.Info, page.T(ctx, "power.compare.differs")
	}
	return []design.Row{row, {Cells: []design.Cell{{Text: page.T(ctx, "power.period")}, {Text: period(ctx, &v.Before)}, {Text: period(ctx, &v.After)}}},
		{Cells: []design.Cell{{Text: page.T(ctx, "power.reason")}, {Text: v.Before.Reason}, {Text: v.After.Reason}}}}
}

// versionsTable puts two versions side by side: what differs, and what does not.
func versionsTable(ctx context.Context, v compareView) (changed, same design.TableParams) {
	changed, same = compared(ctx, &v.Before.Definition, &v.After.Definition, [2]string{page.T(ctx, "power.version_number", v.Before.Version), page.T(ctx, "power.version_number", v.After.Version)})
	changed.Rows = append(stateRows(ctx, v), changed.Rows...)
	return changed, same
}

// compared puts two definitions side by side: the fields that differ, and those that do not.
func compared(ctx context.Context, before, after *power.Definition, heads [2]string) (changed, same design.TableParams) {
	changed = design.TableParams{Caption: page.T(ctx, "power.compare"), HideName: true, First: true, Columns: []design.Column{{Text: page.T(ctx, "power.field")}, {Text: heads[0]}, {Text: heads[1]}}}
	same = changed
	same.Columns = []design.Column{{Text: page.T(ctx, "power.field")}, {Text: page.T(ctx, "power.compare.both")}}
	for _, d := range power.Compare(before, after) {
		name := design.Cell{Text: fieldName(ctx, d.Field)}
		if d.Differs() {
			changed.Rows = append(changed.Rows, design.Row{Cells: []design.Cell{name, {View: lines(ctx, d.Field, d.Before)}, {View: lines(ctx, d.Field, d.After)}}})
		} else {
			same.Rows = append(same.Rows, design.Row{Cells: []design.Cell{name, {View: lines(ctx, d.Field, d.After)}}})
		}
	}
	return changed, same
}

func lines(ctx context.Context, field string, list []power.Line) templ.Component {
	var p design.MarkedLinesParams
	for _, l := range list {
		text := l.Text
		switch field {
		case "kind":
			text = kindName(ctx, power.Kind(text))
		case "department":
			text = departmentName(text)
		case "levels":
			text = said(ctx, "power.level.", text)
		}
		p.Lines = append(p.Lines, design.MarkedLine{Text: strings.TrimSpace(text), Mark: design.LineMark(l.Mark)})
	}
	return design.MarkedLines(p)
}
