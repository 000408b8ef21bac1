package keeperweb

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// changesShown is how many versions one page tells of, differencesShown how many differences of each.
const (
	changesShown     = 20
	differencesShown = 12
)

func (s *site) changeRoutes(r *web.Router) {
	r.Page("GET /desk/library/items/{code}/changes", web.Staff, s.changes)
}

// changesView is who changed what of a base item or an entry, each change with its leaf.
type changesView struct {
	Code string
	item.Traced
	Leaves map[int]audit.Leaf // by version
	Who    map[string]string
	Keeps  bool
	Next   string
	Paged  bool
}

// changes is GET /desk/library/items/{code}/changes, for keepers and for the auditor, who can follow each change to its proof in the log.
func (s *site) changes(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	before, err := strconv.Atoi(r.URL.Query().Get("before"))
	if err != nil || before < 0 {
		before = 0
	}
	v := changesView{Code: r.PathValue("code"), Paged: before > 0, Keeps: by.Has("keeper") || by.Has("chief")}
	if v.Traced, err = s.Items.Trace(ctx, by, v.Code, before, changesShown+1); err != nil {
		return err
	}
	if len(v.Changes) > changesShown {
		v.Changes = v.Changes[:changesShown]
		v.Next = changesAt(v.Code) + "?before=" + strconv.Itoa(v.Changes[changesShown-1].Version)
	}
	if v.Leaves, err = s.leaves(ctx, &v); err != nil {
		return err
	}
	var names []string
	for _, c := range v.Changes {
		names = append(names, c.By, c.WrittenBy)
	}
	v.Who = s.who(ctx, names...)
	return page.Render(w, r, http.StatusOK, changesPage(v))
}

func changesAt(code string) string { return itemAt(code) + "/changes" }

// provingKinds are the leaves of what makes a version, those that tell most first: one transaction may leave two.
var provingKinds = []string{"item.improved", "item.contact_set", "item.claimed", "item.claimed_many", "item.imported", "item.published"}

// leavesRead bounds how many leaves of one thing are looked at for one page.
const leavesRead = 200

// leaves finds the leaf of each change: it was written in the transaction of the version, so it says the same instant.
func (s *site) leaves(ctx context.Context, v *changesView) (map[int]audit.Leaf, error) {
	found := map[int]audit.Leaf{}
	if s.Trail == nil || len(v.Changes) == 0 {
		return found, nil
	}
	objects := []string{"item:" + v.Code}
	if v.Code != v.BaseCode {
		objects = append(objects, "item:"+v.BaseCode, "office:"+v.OfficeID)
	}
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		for _, o := range objects {
			list, err := s.Trail(ctx, tx, audit.Query{Object: o, Kinds: provingKinds}, keyAfter(v.Changes[0].At), leavesRead)
			if err != nil {
				return fmt.Errorf("reading the log: %w", err)
			}
			match(found, v.Changes, list)
		}
		// What touches many at once is logged under the run or the first office: it is found by its instant.
		for _, c := range v.Changes {
			if _, ok := found[c.Version]; ok {
				continue
			}
			list, err := s.Trail(ctx, tx, audit.Query{Kinds: []string{"item.imported", "item.claimed_many"}}, keyAfter(c.At), leavesRead)
			if err != nil {
				return fmt.Errorf("reading the log: %w", err)
			}
			match(found, []item.Change{c}, list)
		}
		return nil
	})
	return found, err
}

// match gives each change the leaf of its instant.
func match(found map[int]audit.Leaf, changes []item.Change, list []audit.Leaf) {
	for _, c := range changes {
		for _, l := range list {
			known, ok := found[c.Version]
			if l.At.Equal(c.At) && (!ok || slices.Index(provingKinds, l.Kind) < slices.Index(provingKinds, known.Kind)) {
				found[c.Version] = l
			}
		}
	}
}

// keyAfter is above the key of every leaf of a transaction that began at an instant: keys begin with the time they were made at.
func keyAfter(at time.Time) string {
	ms := fmt.Sprintf("%012x", at.Add(time.Minute).UnixMilli())
	return ms[:8] + "-" + ms[8:]
}

func changeColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.items.version")}, {Text: page.T(ctx, "keeper.changes.who")}, {Text: page.T(ctx, "keeper.changes.what")},
		{Text: page.T(ctx, "keeper.bulk.before")}, {Text: page.T(ctx, "keeper.bulk.after")}, {Text: page.T(ctx, "keeper.changes.leaf")}}
}

func (v changesView) rows(ctx context.Context) []design.Row {
	var rows []design.Row
	for _, c := range v.Changes {
		version := design.Cell{Text: page.T(ctx, "keeper.versions.number", c.Version), Note: page.DateTime(ctx, c.At)}
		who := design.Cell{Text: v.Who[c.By]}
		if c.WrittenBy != "" {
			who.Note = page.T(ctx, "keeper.changes.written_by", v.Who[c.WrittenBy])
		}
		leaf := leafCell(ctx, v.Leaves, c.Version)
		list := c.Differences
		rest := len(list) - differencesShown
		if rest > 0 {
			list = list[:differencesShown]
		}
		if len(list) == 0 {
			rows = append(rows, design.Row{Cells: []design.Cell{version, who, {Text: v.nothing(ctx, c)}, {Text: "—"}, {Text: "—"}, leaf}})
		}
		for i, d := range list {
			cells := []design.Cell{version, who, {Text: placeOf(ctx, d.Element, d.Row, d.Part)}, {Text: stated(ctx, d, d.Before)}, {Text: stated(ctx, d, d.After)}, leaf}
			if i > 0 {
				cells[0], cells[1], cells[5] = design.Cell{Text: version.Text}, design.Cell{}, design.Cell{}
			}
			rows = append(rows, design.Row{Cells: cells})
		}
		for _, x := range []struct {
			key string
			n   int
		}{{"keeper.falling.ended", c.Fallen}, {"keeper.falling.back", c.Back}} {
			if x.n > 0 {
				rows = append(rows, design.Row{Tone: design.Warn, Cells: []design.Cell{{Text: version.Text}, {}, {Text: page.T(ctx, x.key, x.n)}, {}, {}, {}}})
			}
		}
		if rest > 0 {
			rows = append(rows, design.Row{Tone: design.Muted, Cells: []design.Cell{{Text: version.Text}, {}, {Text: page.T(ctx, "keeper.changes.more", rest)}, {}, {}, {}}})
		}
	}
	return rows
}

// nothing says why a version shows no difference.
func (v changesView) nothing(ctx context.Context, c item.Change) string {
	if c.First {
		return page.T(ctx, "keeper.changes.first")
	}
	return page.T(ctx, "keeper.compare.same")
}

// leafCell names the leaf of a change and leads to its proof; one that waits for its number says so.
func leafCell(ctx context.Context, leaves map[int]audit.Leaf, version int) design.Cell {
	l, ok := leaves[version]
	if !ok {
		return design.Cell{Text: "—"}
	}
	kind := said(ctx, "log.kind.", strings.ReplaceAll(l.Kind, ".", "_"))
	if l.Position < 0 {
		return design.Cell{Text: kind, Note: page.T(ctx, "keeper.changes.waits")}
	}
	position := strconv.FormatInt(l.Position, 10)
	return design.Cell{Text: page.T(ctx, "keeper.changes.position", position), Href: "/log/leaves/" + position, Note: kind}
}

func (v changesView) pager() *design.PagerParams {
	p := &design.PagerParams{Next: v.Next}
	if v.Paged {
		p.First = changesAt(v.Code)
	}
	return p
}

// tabs lead between the pages about the item for those who keep it; the auditor reads this one and the guide.
func (v changesView) tabs(ctx context.Context) []design.Link {
	if v.Keeps && v.Code == v.BaseCode {
		return itemTabs(ctx, v.Code, "changes")
	}
	links := []design.Link{{Text: page.T(ctx, "keeper.item.changes"), Href: changesAt(v.Code), Current: true}}
	if v.Code != v.BaseCode {
		links = append(links, design.Link{Text: page.T(ctx, "keeper.changes.of_base"), Href: changesAt(v.BaseCode)})
	}
	return append(links, design.Link{Text: page.T(ctx, "keeper.item.guide"), Href: "/items/" + v.Code})
}
