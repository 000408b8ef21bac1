package keeperweb

import (
	"context"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

func draftTabs(ctx context.Context, current item.DraftState) []design.Link {
	links := []design.Link{{Text: page.T(ctx, "keeper.drafts.open"), Href: "/desk/library/drafts", Current: current == ""}}
	for _, s := range item.DraftStates() {
		links = append(links, design.Link{Text: said(ctx, "keeper.draft.state.", string(s)), Href: query("/desk/library/drafts", "state", string(s)), Current: s == current})
	}
	return links
}

func draftColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.items.name")}, {Text: page.T(ctx, "keeper.items.state")}, {Text: page.T(ctx, "keeper.draft.saved_by")},
		{Text: page.T(ctx, "keeper.draft.saved_at")}, {Text: page.T(ctx, "keeper.draft.effective_on")}}
}

func (v draftsView) rows(ctx context.Context) []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for i, d := range v.Rows {
		rows[i] = design.Row{Cells: []design.Cell{{Text: d.Definition.Name, Href: draftAt(d.ID), Note: d.BaseCode}, {View: design.Badge(*draftBadge(ctx, d.State))},
			{Text: v.Who[d.SavedBy]}, {Text: page.DateTime(ctx, d.SavedAt)}, {Text: effective(ctx, d)}}}
	}
	return rows
}

func (v draftsView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.Paged {
		p.First = query("/desk/library/drafts", "state", string(v.State))
	}
	if v.Next != "" {
		p.Next = query("/desk/library/drafts", "state", string(v.State), "after", v.Next)
	}
	return p
}

func effective(ctx context.Context, d *item.Draft) string {
	if d.EffectiveOn.IsZero() {
		return page.T(ctx, "keeper.draft.at_once")
	}
	return page.Civil(ctx, d.EffectiveOn.String())
}

func (v draftView) facts(ctx context.Context) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "keeper.draft.made_by"), Value: v.Who[v.MadeBy], Hint: page.DateTime(ctx, v.MadeAt)},
		{Key: page.T(ctx, "keeper.draft.saved_by"), Value: v.Who[v.SavedBy], Hint: page.DateTime(ctx, v.SavedAt)}}
	if v.SubmittedBy != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "keeper.draft.submitted_by"), Value: v.Who[v.SubmittedBy], Hint: page.DateTime(ctx, v.SubmittedAt)})
	}
	if v.ReviewedBy != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "keeper.draft.reviewed_by"), Value: v.Who[v.ReviewedBy], Hint: page.DateTime(ctx, v.ReviewedAt)})
	}
	if v.Remark != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "keeper.draft.remark"), Value: remark(ctx, v.Remark)})
	}
	if v.KeepCases {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "keeper.falling.title"), Value: page.T(ctx, "keeper.falling.kept")})
	}
	return append(rows, design.SummaryRow{Key: page.T(ctx, "keeper.draft.effective_on"), Value: effective(ctx, v.Draft)})
}

// may tells whether an act is possible in the draft's state, and its reader's to do where it changes the draft.
func (v draftView) may(act item.DraftAct) bool {
	_, ok := v.State.After(act)
	if act == item.DraftSave || act == item.DraftSubmit || act == item.DraftWithdraw {
		return ok && v.MayChange
	}
	return ok
}

func (v draftView) hidden() []design.Hidden {
	return []design.Hidden{{Name: "revision", Value: strconv.Itoa(v.Revision)}}
}

// follows are the figures of who follows the new version.
func (v draftView) follows(ctx context.Context) []design.Stat {
	return append(affectedStats(ctx, v.Affected), design.Stat{Label: page.T(ctx, "keeper.affected.changes"), Value: design.Number(len(v.Changes))})
}

func crossingColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.compare.element")}, {Text: page.T(ctx, "keeper.compare.change")}, {Text: page.T(ctx, "keeper.three.began")},
		{Text: page.T(ctx, "keeper.three.now")}, {Text: page.T(ctx, "keeper.three.draft")}}
}

func crossingRows(ctx context.Context, list []item.Crossing) []design.Row {
	rows := make([]design.Row, len(list))
	for i, c := range list {
		mark := design.BadgeParams{Text: page.T(ctx, "keeper.three.theirs"), Icon: "refresh-cw", Tone: design.Info}
		switch {
		case c.Both:
			mark = design.BadgeParams{Text: page.T(ctx, "keeper.three.both"), Icon: "triangle-alert", Tone: design.Bad}
			rows[i].Tone = design.Bad
		case c.Draft != c.Began:
			mark = design.BadgeParams{Text: page.T(ctx, "keeper.three.mine"), Icon: "pen", Tone: design.Neutral}
		}
		rows[i].Cells = []design.Cell{{Text: placeOf(ctx, c.Element, c.Row, c.Part)}, {View: design.Badge(mark)}, {Text: shown(ctx, c.Element, c.Part, c.Began)},
			{Text: shown(ctx, c.Element, c.Part, c.Now)}, {Text: shown(ctx, c.Element, c.Part, c.Draft)}}
	}
	return rows
}
