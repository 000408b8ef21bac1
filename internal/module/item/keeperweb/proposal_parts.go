package keeperweb

import (
	"context"
	"slices"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/page"
)

// running counts the cases under some base items or entries.
func (s *site) running(ctx context.Context, codes ...string) (list []item.RunningCases, err error) {
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		list, err = s.Items.RunningUnder(ctx, tx, codes...)
		return err
	})
	return list, err
}

// affectedStats are the figures of who follows, by level.
func affectedStats(ctx context.Context, list []item.Affected) []design.Stat {
	var stats []design.Stat
	for _, a := range list {
		stats = append(stats, design.Stat{Label: levelWord(ctx, a.Level), Value: design.Number(a.Entries), Unit: page.T(ctx, "keeper.affected.entries"),
			Note: page.T(ctx, "keeper.affected.offices", a.Offices)})
	}
	return stats
}

// runningStats are the figures of the cases that run, by level.
func runningStats(ctx context.Context, list []item.RunningCases) []design.Stat {
	byLevel := map[string]int{}
	var levels []string
	for _, r := range list {
		if !slices.Contains(levels, r.Level) {
			levels = append(levels, r.Level)
		}
		byLevel[r.Level] += r.Cases
	}
	slices.Sort(levels)
	var stats []design.Stat
	for _, level := range levels {
		stats = append(stats, design.Stat{Label: levelWord(ctx, level), Value: design.Number(byLevel[level]), Unit: page.T(ctx, "keeper.running.cases")})
	}
	return stats
}

func caseCount(list []item.RunningCases) int {
	n := 0
	for _, r := range list {
		n += r.Cases
	}
	return n
}

func proposalTabs(ctx context.Context, current item.ProposalState) []design.Link {
	var links []design.Link
	for _, s := range item.ProposalStates() {
		links = append(links, design.Link{Text: said(ctx, "keeper.proposal.state.", string(s)), Href: query(proposalsAt, "state", string(s)), Current: s == current})
	}
	return links
}

func proposalBadge(ctx context.Context, s item.ProposalState) *design.BadgeParams {
	tone := map[item.ProposalState]design.Tone{item.ProposalWaiting: design.Warn, item.ProposalApproved: design.Good, item.ProposalReturned: design.Bad,
		item.ProposalWithdrawn: design.Muted}[s]
	return &design.BadgeParams{Text: said(ctx, "keeper.proposal.state.", string(s)), Tone: tone}
}

func proposalColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.proposal.about")}, {Text: page.T(ctx, "keeper.proposal.kind")}, {Text: page.T(ctx, "keeper.proposal.size"), Number: true},
		{Text: page.T(ctx, "keeper.proposal.made_by")}, {Text: page.T(ctx, "keeper.proposal.made_at")}}
}

func (v proposalsView) rows(ctx context.Context) []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for i, p := range v.Rows {
		rows[i] = design.Row{Cells: []design.Cell{{Text: proposalName(ctx, &p), Href: proposalAt(p.ID)}, {Text: said(ctx, "keeper.proposal.kind.", string(p.Kind))},
			{Text: design.Number(proposalSize(&p))}, {Text: v.Who[p.MadeBy]}, {Text: page.DateTime(ctx, p.MadeAt)}}}
	}
	return rows
}

func (v proposalsView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.Paged {
		p.First = query(proposalsAt, "state", string(v.State))
	}
	if v.Next != "" {
		p.Next = query(proposalsAt, "state", string(v.State), "after", v.Next)
	}
	return p
}

// proposalName is what a proposal is about: the first of many with how many there are.
func proposalName(ctx context.Context, p *item.Proposal) string {
	if n := len(p.Act.V.Codes); p.Kind == item.ForAlteration && n > 1 {
		return page.T(ctx, "keeper.proposal.and_more", p.Name, n)
	}
	return said(ctx, "", p.Name)
}

// proposalSize is how many versions would come of a proposal, as far as that is known.
func proposalSize(p *item.Proposal) int64 {
	if r := p.Preview.V.Import; r != nil {
		return r.Bases + r.Entries + r.Ended
	}
	if p.Kind == item.ForElement || p.Kind == item.ForRule {
		return 1
	}
	return int64(len(p.Act.V.Codes))
}

func (v proposalView) facts(ctx context.Context) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "keeper.proposal.kind"), Value: said(ctx, "keeper.proposal.kind.", string(v.Kind))},
		{Key: page.T(ctx, "keeper.proposal.made_by"), Value: v.Who[v.MadeBy], Hint: page.DateTime(ctx, v.MadeAt)}}
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, design.SummaryRow{Key: page.T(ctx, key), Value: value})
		}
	}
	a := v.Act.V
	if x := a.Alteration; x != nil {
		value := x.Value
		if x.Kind == item.PromisePercent {
			value = strconv.Itoa(x.Percent) + "%"
		}
		add("keeper.bulk.kind", page.T(ctx, "keeper.bulk.change."+string(x.Kind))+" "+value)
	}
	if a.Version > 0 {
		add("keeper.recall.version", page.T(ctx, "keeper.versions.number", a.Version))
	}
	if !a.On.IsZero() {
		add("keeper.plan.on", page.Civil(ctx, a.On.String()))
	}
	add("keeper.reason", v.Reason)
	if a.KeepCases && caseCount(v.Preview.V.Running) > 0 {
		add("keeper.running.title", page.T(ctx, "keeper.running.kept"))
	}
	if v.EndedBy != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "keeper.proposal.ended_by"), Value: v.Who[v.EndedBy], Hint: page.DateTime(ctx, v.EndedAt)})
	}
	add("keeper.draft.remark", v.Remark)
	return rows
}

func previewColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.items.name")}, {Text: page.T(ctx, "keeper.compare.element")}, {Text: page.T(ctx, "keeper.bulk.before")},
		{Text: page.T(ctx, "keeper.bulk.after")}}
}

func (v proposalView) rows(ctx context.Context) []design.Row {
	var rows []design.Row
	for _, x := range v.Preview.V.Rows {
		for i, d := range x.Differences {
			name := design.Cell{Text: said(ctx, "", x.Name)}
			if i == 0 {
				name.Note = x.Code
			}
			rows = append(rows, design.Row{Cells: []design.Cell{name, {Text: placeOf(ctx, d.Element, d.Row, d.Part)}, {Text: stated(ctx, d, d.Before)}, {Text: stated(ctx, d, d.After)}}})
		}
	}
	return rows
}

// stated is one side of a difference as a keeper reads it; a state has its word.
func stated(ctx context.Context, d item.Difference, value string) string {
	if d.Element == "state" && value != "" {
		return said(ctx, "keeper.state.", value)
	}
	return shown(ctx, d.Element, d.Part, value)
}

// unfinished tells whether an approved import was not read to its end.
func (v proposalView) unfinished() bool {
	return v.Kind == item.ForImport && v.State == item.ProposalApproved && v.Outcome == 0 && v.MayDecide
}

func (v versionsView) chosen() string {
	if v.Chosen == 0 {
		return ""
	}
	return strconv.Itoa(v.Chosen)
}

// approveText says what the button of the second keeper does.
func approveText(ctx context.Context, kind item.ProposalKind) string {
	if kind == item.ForImport {
		return page.T(ctx, "keeper.proposal.approve_import")
	}
	return page.T(ctx, "keeper.proposal.approve")
}

// refreshEach is after how many seconds a page about something that goes on is loaded anew.
const refreshEach = 5

// refresh is after how many seconds the page is loaded anew: as long as items are still to come.
func (v proposalView) refresh() int {
	if v.Progress.Waiting() > 0 {
		return refreshEach
	}
	return 0
}

func (v proposalView) progressText(ctx context.Context) string {
	if v.Progress.Waiting() > 0 {
		return page.T(ctx, "keeper.steps.going", v.Progress.Done, v.Progress.Total)
	}
	return page.T(ctx, "keeper.steps.ended", v.Progress.Done, v.Progress.Total)
}

func (v proposalView) progressStats(ctx context.Context) []design.Stat {
	p := v.Progress
	refused := design.Stat{Label: page.T(ctx, "keeper.steps.refused"), Value: design.Number(p.Refused)}
	if p.Refused > 0 {
		refused.Tone = design.Bad
	}
	return []design.Stat{{Label: page.T(ctx, "keeper.steps.done"), Value: design.Number(p.Done), Note: page.T(ctx, "keeper.steps.of", p.Total), Tone: design.Good},
		{Label: page.T(ctx, "keeper.steps.waiting"), Value: design.Number(p.Waiting())}, refused}
}

func stepColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.items.name")}, {Text: page.T(ctx, "keeper.steps.why")}, {Text: page.T(ctx, "keeper.steps.at")}}
}

// problems are the items that were refused, each with what to do.
func (v proposalView) problems(ctx context.Context) []design.Row {
	rows := make([]design.Row, len(v.Progress.Problems))
	for i, x := range v.Progress.Problems {
		why := x.Problem
		if page.Has(ctx, x.Problem) {
			why = page.T(ctx, x.Problem, x.Code)
		}
		rows[i] = design.Row{Tone: design.Bad, Cells: []design.Cell{{Text: x.Name, Href: itemAt(x.Code), Note: x.Code}, {Text: why}, {Text: page.DateTime(ctx, x.DoneAt)}}}
	}
	return rows
}
