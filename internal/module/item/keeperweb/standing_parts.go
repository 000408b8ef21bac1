package keeperweb

import (
	"context"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

func (v *standingView) frame(ctx context.Context) frame {
	f := frame{Title: v.Name, Caption: v.Code, Badge: stateBadge(ctx, v.State), Done: v.Done, Errors: v.Errors}
	if v.base() {
		f.Code, f.Tabs = v.Code, itemTabs(ctx, v.Code, "standing")
	} else {
		f.Lead, f.Tab = v.Office, "/desk/library/entries"
	}
	return f
}

func (v *standingView) facts(ctx context.Context) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "keeper.items.state"), Value: said(ctx, "keeper.state.", string(v.State))}}
	if v.Reason != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "keeper.reason"), Value: v.Reason})
	}
	return rows
}

func standingChoices(ctx context.Context) []design.ChoiceOption {
	var list []design.ChoiceOption
	for _, s := range []item.State{item.InUse, item.Paused, item.Cancelled} {
		o := design.ChoiceOption{Value: string(s), Text: said(ctx, "keeper.state.", string(s))}
		if s == item.Cancelled {
			o.Hint = page.T(ctx, "keeper.standing.for_ever")
		}
		list = append(list, o)
	}
	return list
}
