package powerweb

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/page"
)

// rowsShown is how many rows one page lists.
const rowsShown = 50

type listView struct {
	power.Page
	Query power.Query
}

// list is GET /powers.
func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	level, _ := strconv.Atoi(q.Get("level"))
	v := listView{Query: tidy(power.Query{Text: q.Get("q"), Kind: power.Kind(q.Get("kind")), Department: q.Get("department"), Level: level,
		State: power.State(q.Get("state")), After: q.Get("after"), Limit: rowsShown})}
	var err error
	if v.Page, err = s.Powers.List(r.Context(), v.Query); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, listPage(v))
}

// tidy forgets filters that do not exist, so that an address somebody made up says nothing on the page.
func tidy(q power.Query) power.Query {
	if !slices.Contains(power.Kinds(), q.Kind) {
		q.Kind = ""
	}
	if office.DepartmentName(q.Department) == "" {
		q.Department = ""
	}
	if !slices.Contains(power.Levels(), q.Level) {
		q.Level = 0
	}
	if !slices.Contains([]power.State{power.InForce, power.Suspended, power.Planned, power.Abolished}, q.State) {
		q.State = ""
	}
	if len([]rune(q.Text)) > power.LongestName {
		q.Text = string([]rune(q.Text)[:power.LongestName])
	}
	return q
}

// link is the address of the list with one thing changed, from its first page.
func (v listView) link(name, value string) string {
	q := v.Query
	level := ""
	if q.Level != 0 {
		level = strconv.Itoa(q.Level)
	}
	pairs := map[string]string{"q": q.Text, "kind": string(q.Kind), "department": q.Department, "level": level, "state": string(q.State)}
	pairs[name] = value
	var list []string
	for k, p := range pairs {
		list = append(list, k, p)
	}
	return address("/powers", list...)
}

// chosen are the filters in force, each with the address of the list without it.
func (v listView) chosen(ctx context.Context) []design.Link {
	var list []design.Link
	add := func(name, value, text string) {
		if value != "" {
			list = append(list, design.Link{Text: text, Href: v.link(name, "")})
		}
	}
	q := v.Query
	add("q", q.Text, q.Text)
	if q.Kind != "" {
		add("kind", string(q.Kind), kindName(ctx, q.Kind))
	}
	add("department", q.Department, departmentName(q.Department))
	if q.Level != 0 {
		add("level", strconv.Itoa(q.Level), levelName(ctx, q.Level))
	}
	if q.State != "" {
		add("state", string(q.State), said(ctx, "power.state.", string(q.State)))
	}
	return list
}

func (v listView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Query.After != "" {
		p.First = v.link("after", "")
	}
	if v.Next != "" {
		p.Next = v.link("after", v.Next)
	}
	return &p
}

// levelValue is the level as the filter holds it.
func (v listView) levelValue() string {
	if v.Query.Level == 0 {
		return ""
	}
	return strconv.Itoa(v.Query.Level)
}

func listColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: fieldName(ctx, "name")}, {Text: fieldName(ctx, "kind")}, {Text: fieldName(ctx, "department")}, {Text: fieldName(ctx, "levels"), Extra: true},
		{Text: page.T(ctx, "power.state")}}
}

func listRows(ctx context.Context, list []power.Version) []design.Row {
	rows := make([]design.Row, len(list))
	for i, v := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: v.Name, Href: powerAt(v.Code), Note: v.Code}, {Text: kindName(ctx, v.Kind)}, {Text: departmentName(v.Department)},
			{Text: levelNames(ctx, v.Levels)}, {View: design.Badge(stateBadge(ctx, v.State))}}}
	}
	return rows
}
