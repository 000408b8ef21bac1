package logweb

import (
	"context"
	"net/http"
	"net/url"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/page"
)

// rows is how many leaves one page lists.
const rows = 20

type mineView struct {
	Reads  bool // only readings by others
	Paged  bool
	Next   string
	Leaves []mineRow
}

type mineRow struct {
	audit.Leaf
	Who design.Cell
}

// mine is GET /me/data: everything that touched the data or a right of who is signed in, or of the company acted for. It is a reading of
// one's own data, so it leaves no leaf.
func (s *site) mine(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	by := actor.FromContext(ctx)
	v := mineView{Reads: q.Get("show") == "read", Paged: q.Get("before") != ""}
	subject := subjectOf(by)
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		list, err := s.Log.BySubject(ctx, tx, subject, q.Get("before"), rows+1)
		if v.Reads && subject != "" {
			list, err = s.Log.Search(ctx, tx, audit.Query{Subject: subject, Kinds: readings}, q.Get("before"), rows+1)
		}
		if err != nil {
			return err
		}
		if len(list) > rows {
			list = list[:rows]
			v.Next = v.href(list[rows-1].ID)
		}
		if err := s.veil(ctx, tx, list); err != nil {
			return err
		}
		from := s.witness(tx, by)
		for _, l := range list {
			who, err := from.who(ctx, l)
			if err != nil {
				return err
			}
			v.Leaves = append(v.Leaves, mineRow{l, who})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, minePage(v))
}

func (v mineView) href(before string) string {
	q := url.Values{}
	if v.Reads {
		q.Set("show", "read")
	}
	if before != "" {
		q.Set("before", before)
	}
	if len(q) == 0 {
		return "/me/data"
	}
	return "/me/data?" + q.Encode()
}

func (v mineView) pager() *design.PagerParams {
	if v.Next == "" && !v.Paged {
		return nil
	}
	return &design.PagerParams{First: v.href(""), Next: v.Next}
}

func mineTabs(ctx context.Context, v mineView) []design.Link {
	return []design.Link{{Text: page.T(ctx, "log.mine.all"), Href: "/me/data", Current: !v.Reads}, {Text: page.T(ctx, "log.mine.reads"), Href: "/me/data?show=read", Current: v.Reads}}
}

func mineColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "log.what")}, {Text: page.T(ctx, "log.when")}, {Text: page.T(ctx, "log.who")}, {Text: page.T(ctx, "log.thing")}, {Text: page.T(ctx, "log.basis")},
		{Text: page.T(ctx, "log.in_log")}}
}

func mineRows(ctx context.Context, v mineView) []design.Row {
	out := make([]design.Row, len(v.Leaves))
	for i, l := range v.Leaves {
		out[i] = design.Row{Cells: []design.Cell{{Text: kindWords(ctx, l.Kind)}, {Text: page.DateTime(ctx, l.At)}, l.Who, thing(ctx, l.Object), {Text: or(l.Basis, "—")}, inLog(ctx, l.Leaf)}}
		switch {
		case veiled(l.Leaf):
			out[i].Cells[1], out[i].Cells[2] = design.Cell{Text: page.T(ctx, "log.mine.opens_on", page.Date(ctx, l.At))}, design.Cell{Text: "—"}
			out[i].Tone = design.Warn
		case reads(l.Kind):
			out[i].Tone = design.Info
		}
	}
	return out
}

// inLog leads to the proof, or says that the leaf waits for its number.
func inLog(ctx context.Context, l audit.Leaf) design.Cell {
	if l.Position == audit.Waiting {
		return design.Cell{Text: page.T(ctx, "log.waiting")}
	}
	return design.Cell{Text: page.T(ctx, "log.leaf_number", l.Position), Href: leafHref(l.Position)}
}

func mineEmpty(ctx context.Context, v mineView) string {
	if v.Reads {
		return page.T(ctx, "log.mine.none_read")
	}
	return page.T(ctx, "log.mine.none")
}
