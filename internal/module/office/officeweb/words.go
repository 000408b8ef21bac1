package officeweb

import (
	"context"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/page"
)

// said is a word of a group: "office.role." and "chief".
func said(ctx context.Context, group, name string) string { return page.T(ctx, group+name) }

func roleName(ctx context.Context, role string) string {
	if role == "" {
		return ""
	}
	return said(ctx, "office.role.", role)
}

func kindName(ctx context.Context, k office.Kind) string { return said(ctx, "office.kind.", string(k)) }

func number(n int) string { return strconv.Itoa(n) }

func crumbs(ctx context.Context, more ...design.Crumb) []design.Crumb {
	return append([]design.Crumb{{Text: page.T(ctx, "office.admin.title"), Href: "/admin"}}, more...)
}

func officeCrumbs(ctx context.Context, v showView) []design.Crumb {
	list := crumbs(ctx, design.Crumb{Text: page.T(ctx, "office.list.title"), Href: "/admin/offices"})
	for _, o := range v.Superiors {
		list = append(list, design.Crumb{Text: o.Name, Href: "/admin/offices/" + o.Path})
	}
	return append(list, design.Crumb{Text: v.Office.Name})
}

func stats(ctx context.Context, v dashboardView) []design.Stat {
	year := design.Stat{Label: page.T(ctx, "office.admin.last_year"), Value: number(v.LastYear), Href: "/admin/calendar", Icon: "calendar"}
	if v.NextYearMissing {
		year.Tone = design.Warn
	}
	return []design.Stat{
		{Label: page.T(ctx, "office.admin.offices"), Value: design.Number(v.Offices), Href: "/admin/offices", Icon: "building"},
		{Label: page.T(ctx, "office.admin.regions"), Value: design.Number(v.Regions), Icon: "map-pin"},
		{Label: page.T(ctx, "office.admin.posts"), Value: design.Number(v.Posts), Icon: "users"},
		year,
	}
}

func officeRows(ctx context.Context, list []office.Office) []design.Row {
	out := make([]design.Row, len(list))
	for i, o := range list {
		note := ""
		if o.Successor != "" {
			note = page.T(ctx, "office.merger.state.done")
		}
		out[i] = design.Row{Cells: []design.Cell{{Text: o.Name, Href: "/admin/offices/" + o.Path, Note: note}, {Text: kindName(ctx, o.Kind)}, {Text: o.Code}, {Text: o.Path}}}
	}
	return out
}

func officeColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "office.name")}, {Text: page.T(ctx, "office.kind")}, {Text: page.T(ctx, "office.code"), Extra: true}, {Text: page.T(ctx, "office.path"), Extra: true}}
}

func facts(ctx context.Context, v showView) []design.SummaryRow {
	list := []design.SummaryRow{
		{Key: page.T(ctx, "office.kind"), Value: kindName(ctx, v.Office.Kind)},
		{Key: page.T(ctx, "office.region"), Value: v.Place + " " + v.Office.Region.String()},
		{Key: page.T(ctx, "office.path"), Value: v.Office.Path},
	}
	if v.Office.Code != "" {
		list = append(list, design.SummaryRow{Key: page.T(ctx, "office.code"), Value: v.Office.Code, Copy: true})
	}
	return list
}

func postRows(ctx context.Context, v showView) []design.Row {
	out := make([]design.Row, len(v.Posts))
	for i, p := range v.Posts {
		items := strings.Join(p.Items.V, " ")
		if items == "" {
			items = page.T(ctx, "office.post.all_items")
		}
		until := page.Date(ctx, p.UntilAt)
		if until == "" {
			until = page.T(ctx, "office.post.no_end")
		}
		login := v.Logins[p.AccountID]
		out[i] = design.Row{Cells: []design.Cell{{Text: login, Href: "/admin/accounts/" + p.AccountID}, {Text: roleName(ctx, p.Role)}, {Text: items},
			{Text: page.Date(ctx, p.FromAt), Note: until}}}
		if v.CanGrant {
			out[i].Cells = append(out[i].Cells, design.Cell{View: endButton(p.ID, login, v.Office.Path)})
		}
	}
	return out
}

func postColumns(ctx context.Context, v showView) []design.Column {
	list := []design.Column{{Text: page.T(ctx, "office.post.account")}, {Text: page.T(ctx, "office.post.role")}, {Text: page.T(ctx, "office.post.items")}, {Text: page.T(ctx, "office.post.time")}}
	if v.CanGrant {
		list = append(list, design.Column{Text: page.T(ctx, "office.post.end"), Hidden: true})
	}
	return list
}

func roleOptions(ctx context.Context) []design.Option {
	out := make([]design.Option, len(office.Roles))
	for i, r := range office.Roles {
		out[i] = design.Option{Value: r, Text: roleName(ctx, r)}
	}
	return out
}

func noticeRows(ctx context.Context, list []office.Imported) []design.Row {
	out := make([]design.Row, len(list))
	for i, n := range list {
		by := n.ImportedBy
		if strings.HasPrefix(by, "system:") {
			by = page.T(ctx, "office.calendar.shipped")
		}
		out[i] = design.Row{Cells: []design.Cell{{Text: number(n.Year)}, {Text: n.Papers}, {Text: by}, {Text: page.Date(ctx, n.ImportedAt)}}}
	}
	return out
}

// done says what was just done; an address somebody made up says nothing.
func done(ctx context.Context, what string) string {
	switch what {
	case "granted", "ended", "renamed":
		return said(ctx, "office.done.", what)
	}
	return ""
}
