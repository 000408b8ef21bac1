package accountweb

import (
	"context"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/page"
)

// said is a word of a group: "account.level." and "2".
func said(ctx context.Context, group, name string) string { return page.T(ctx, group+name) }

// done says what was just done; an address somebody made up says nothing.
func done(ctx context.Context, what string) string {
	switch what {
	case "registered", "home", "password", "ended", "factor", "switched", "invited", "agent_ended", "locked", "unlocked", "guardian", "guardian_confirmed",
		"guardian_ended":
		return said(ctx, "account.done.", what)
	}
	return ""
}

func crumbs(ctx context.Context, last string) []design.Crumb {
	return []design.Crumb{{Text: page.T(ctx, "account.me.title"), Href: "/me"}, {Text: last}}
}

func adminCrumbs(ctx context.Context, more ...design.Crumb) []design.Crumb {
	return append([]design.Crumb{{Text: page.T(ctx, "account.admin.up"), Href: "/admin"}, {Text: page.T(ctx, "account.admin.title"), Href: "/admin/accounts"}}, more...)
}

func facts(ctx context.Context, v profileView) []design.SummaryRow {
	number, phone := account.MaskNumber(v.Subject.Number), account.MaskPhone(v.Subject.Phone)
	if v.Revealed {
		number, phone = v.Subject.Number, v.Subject.Phone
	}
	list := []design.SummaryRow{
		{Key: page.T(ctx, "account.name"), Value: v.Subject.Name},
		{Key: page.T(ctx, "account.number"), Value: number},
		{Key: page.T(ctx, "account.phone"), Value: phone},
		{Key: page.T(ctx, "account.level"), Value: said(ctx, "account.level.", strconv.Itoa(v.Subject.Level)), Hint: page.T(ctx, "account.level.hint")},
		{Key: page.T(ctx, "account.login"), Value: v.Account.Login},
	}
	if v.By.Post != "" {
		list = append(list, design.SummaryRow{Key: page.T(ctx, "account.office"), Value: v.By.Post})
	}
	factor := page.T(ctx, "account.factor.off")
	change := &design.Link{Text: page.T(ctx, "account.factor.set"), Href: "/me/second-factor"}
	if v.Account.TOTP {
		factor, change = page.T(ctx, "account.factor.on"), nil
	}
	return append(list,
		design.SummaryRow{Key: page.T(ctx, "account.password"), Value: "••••••••", Action: &design.Link{Text: page.T(ctx, "account.change"), Href: "/me/password"}},
		design.SummaryRow{Key: page.T(ctx, "account.factor.title"), Value: factor, Action: change})
}

func companyRows(ctx context.Context, v companiesView) []design.Row {
	out := make([]design.Row, len(v.Rows))
	for i, c := range v.Rows {
		out[i] = design.Row{Cells: []design.Cell{{Text: c.Name, Note: c.Code}, {Text: said(ctx, "account.role.", c.Role)}, {View: actButton(c, c.CompanyID == v.Acting)}}}
	}
	return out
}

func companyColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "account.company.name")}, {Text: page.T(ctx, "account.agents.role")}, {Text: page.T(ctx, "account.companies.act"), Hidden: true}}
}

func agentRows(ctx context.Context, v agentsView) []design.Row {
	out := make([]design.Row, len(v.Rows))
	for i, a := range v.Rows {
		name := a.Name
		if a.Self {
			name += page.T(ctx, "account.agents.self")
		}
		out[i] = design.Row{Cells: []design.Cell{{Text: name}, {Text: said(ctx, "account.role.", a.Role)}, {Text: page.Date(ctx, a.From)}}}
		if !v.CanManage {
			continue
		}
		end := design.Cell{Text: "—"}
		if a.Role != account.RoleRepresentative {
			end = design.Cell{View: endButton(a)}
		}
		out[i].Cells = append(out[i].Cells, end)
	}
	return out
}

func agentColumns(ctx context.Context, v agentsView) []design.Column {
	list := []design.Column{{Text: page.T(ctx, "account.name")}, {Text: page.T(ctx, "account.agents.role")}, {Text: page.T(ctx, "account.agents.from")}}
	if v.CanManage {
		list = append(list, design.Column{Text: page.T(ctx, "account.agents.end"), Hidden: true})
	}
	return list
}

func agentRoles(ctx context.Context) []design.ChoiceOption {
	return []design.ChoiceOption{{Value: account.RoleAgent, Text: said(ctx, "account.role.", account.RoleAgent), Hint: page.T(ctx, "account.agents.agent_hint")},
		{Value: account.RoleManager, Text: said(ctx, "account.role.", account.RoleManager), Hint: page.T(ctx, "account.agents.manager_hint")}}
}

func stateBadge(ctx context.Context, a account.Account) design.BadgeParams {
	if a.State == "locked" {
		return design.BadgeParams{Text: page.T(ctx, "account.state.locked"), Tone: design.Bad, Icon: "lock"}
	}
	return design.BadgeParams{Text: page.T(ctx, "account.state.active"), Tone: design.Good, Icon: "check"}
}

func accountRows(ctx context.Context, v listView) []design.Row {
	out := make([]design.Row, len(v.Rows))
	for i, a := range v.Rows {
		out[i] = design.Row{Cells: []design.Cell{{Text: a.Login, Href: "/admin/accounts/" + a.ID}, {Text: said(ctx, "account.use.", string(a.Use))},
			{View: design.Badge(stateBadge(ctx, a))}, {Text: page.Date(ctx, a.CreatedAt)}}}
	}
	return out
}

func accountColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "account.login")}, {Text: page.T(ctx, "account.admin.use")}, {Text: page.T(ctx, "account.admin.state")},
		{Text: page.T(ctx, "account.admin.created"), Extra: true}}
}

func accountFacts(ctx context.Context, a account.Account) []design.SummaryRow {
	factor := page.T(ctx, "account.factor.off")
	if a.TOTP {
		factor = page.T(ctx, "account.factor.on")
	}
	list := []design.SummaryRow{
		{Key: page.T(ctx, "account.login"), Value: a.Login, Copy: true},
		{Key: page.T(ctx, "account.admin.use"), Value: said(ctx, "account.use.", string(a.Use))},
		{Key: page.T(ctx, "account.admin.created"), Value: page.DateTime(ctx, a.CreatedAt)},
		{Key: page.T(ctx, "account.factor.title"), Value: factor},
		{Key: page.T(ctx, "account.admin.failures"), Value: strconv.Itoa(a.Failures)},
	}
	if !a.LockedUntil.IsZero() {
		list = append(list, design.SummaryRow{Key: page.T(ctx, "account.admin.locked_until"), Value: page.DateTime(ctx, a.LockedUntil)})
	}
	return list
}

func postRows(ctx context.Context, v showView) []design.Row {
	out := make([]design.Row, len(v.Posts))
	for i, p := range v.Posts {
		out[i] = design.Row{Cells: []design.Cell{{Text: p.OfficeName, Href: "/admin/offices/" + p.OfficePath}, {Text: said(ctx, "office.role.", p.Role)}, {Text: page.Date(ctx, p.FromAt)}}}
	}
	return out
}

func postColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "account.office")}, {Text: page.T(ctx, "account.admin.role")}, {Text: page.T(ctx, "account.agents.from")}}
}

func pager(v listView) *design.PagerParams {
	if v.First == "" && v.Next == "" {
		return nil
	}
	return &design.PagerParams{First: v.First, Next: v.Next}
}
