package powerweb

import (
	"cmp"
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sheet"
)

// The groups of the report, in the order of its tabs.
const (
	groupNoItem       = "no_item"       // a power on application that nobody made an item of
	groupNoPower      = "no_power"      // an item without a power in force
	groupDiffers      = "differs"       // an item that says something else than its power
	groupNoInspection = "no_inspection" // a power to inspect without an inspection item

	groupInspectionNoPower = "inspection_no_power" // an inspection item without a power to inspect in force
	groupInspectionDiffers = "inspection_differs"  // one that says something else than its power
)

var groups = []string{groupNoItem, groupNoPower, groupDiffers, groupNoInspection, groupInspectionNoPower, groupInspectionDiffers}

// difference is one line of the report.
type difference struct {
	Group  string
	Code   string // of the power, or of the item that has none
	Name   string
	Item   string // code of the item or the inspection item, where there is one
	Fields []string
	Power  string // what the power says, for the fields that differ
	Says   string // what the item says

	Inspects string // for an inspection item: the power it names
}

// walk compares the list of powers with the item library and the inspection items and hands every difference to f: those of powers by code, then items and
// inspection items without one by code.
func (s *site) walk(ctx context.Context, f func(difference) error) error {
	bases, err := s.Items.Bases(ctx, item.Query{})
	if err != nil {
		return err
	}
	slices.SortFunc(bases, func(a, b *item.Base) int { return strings.Compare(a.Code(), b.Code()) })
	inspections, err := s.Powers.Inspections(ctx, actor.FromContext(ctx))
	if err != nil {
		return err
	}
	inspected, inspects := map[string][]power.InspectionItem{}, map[string]bool{}
	for _, i := range inspections {
		inspected[i.PowerCode] = append(inspected[i.PowerCode], i)
	}
	resting, supported := map[string][]*item.Base{}, map[string]bool{}
	for _, b := range bases {
		if code := b.RestsOn(); code != "" {
			resting[code] = append(resting[code], b)
		}
	}
	err = s.Powers.Current(ctx, actor.FromContext(ctx), func(p power.Version) error {
		supported[p.Code] = p.State == power.InForce
		inspects[p.Code] = p.State == power.InForce && p.Kind == power.Inspection
		list := differencesOf(ctx, &p, resting[p.Code])
		if inspects[p.Code] {
			list = append(list, inspectionsOf(ctx, &p, inspected[p.Code])...)
		}
		for _, d := range list {
			if err := f(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, b := range bases {
		if code := b.RestsOn(); code != "" && !supported[code] {
			if err := f(difference{Group: groupNoPower, Code: b.Code(), Name: b.Name, Item: b.Code(), Power: code}); err != nil {
				return err
			}
		}
	}
	for _, i := range inspections {
		if !inspects[i.PowerCode] {
			if err := f(difference{Group: groupInspectionNoPower, Code: i.Code, Name: i.Name, Power: i.PowerCode, Inspects: i.PowerCode}); err != nil {
				return err
			}
		}
	}
	return nil
}

// inspectionsOf compares one power to inspect with the inspection items that rest on it. The office must be one that exercises the power, by the name of its
// department.
func inspectionsOf(ctx context.Context, p *power.Version, list []power.InspectionItem) []difference {
	if len(list) == 0 {
		return []difference{{Group: groupNoInspection, Code: p.Code, Name: p.Name}}
	}
	var out []difference
	for _, i := range list {
		d := difference{Group: groupInspectionDiffers, Code: p.Code, Name: i.Name, Item: i.Code, Inspects: p.Code}
		if i.Name != p.Name {
			d.differs("name", p.Name, i.Name)
		}
		if names := departmentNames(&p.Definition); !slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(i.Office, n) }) {
			d.differs("department", strings.Join(names, "; "), i.Office)
		}
		if len(d.Fields) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// departmentNames are what the offices that exercise a power are called at its levels.
func departmentNames(d *power.Definition) []string {
	var names []string
	for _, l := range d.Levels {
		if name := office.DepartmentNameAt(d.Department, regionLevels[l]); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		names = append(names, departmentName(d.Department))
	}
	return names
}

// differencesOf compares one power with the items that rest on it.
func differencesOf(ctx context.Context, p *power.Version, items []*item.Base) []difference {
	var out []difference
	if p.State == power.InForce && len(items) == 0 && p.Kind.OnApplication() {
		out = append(out, difference{Group: groupNoItem, Code: p.Code, Name: p.Name})
	}
	for _, b := range items {
		d := difference{Group: groupDiffers, Code: p.Code, Name: b.Name, Item: b.Code()}
		if b.Name != p.Name {
			d.differs("name", p.Name, b.Name)
		}
		if string(b.Kind) != string(p.Kind) {
			d.differs("kind", kindName(ctx, p.Kind), kindName(ctx, power.Kind(b.Kind)))
		}
		if b.Department != p.Department {
			d.differs("department", departmentName(p.Department), departmentName(b.Department))
		}
		if ours, theirs := slices.Sorted(slices.Values(p.Levels)), slices.Sorted(slices.Values(b.Levels)); !slices.Equal(ours, theirs) {
			d.differs("levels", levelNames(ctx, ours), levelNames(ctx, theirs))
		}
		if ours, theirs := powerBasis(p), itemBasis(b); !slices.Equal(ours, theirs) {
			d.differs("basis", strings.Join(ours, "; "), strings.Join(theirs, "; "))
		}
		if len(d.Fields) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// differs adds a field in which the two say something else.
func (d *difference) differs(field, power, says string) {
	d.Fields = append(d.Fields, field)
	d.Power, d.Says = join(d.Power, power), join(d.Says, says)
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + " / " + b
}

func powerBasis(p *power.Version) []string {
	var out []string
	for _, b := range p.Basis {
		out = append(out, b.Law+b.Article)
	}
	slices.Sort(out)
	return out
}

func itemBasis(i *item.Base) []string {
	var out []string
	for _, b := range i.Guide.Basis {
		if b.About == "power" {
			out = append(out, b.Law+b.Article)
		}
	}
	slices.Sort(out)
	return out
}

type differencesView struct {
	Group string
	Rows  []difference
	Next  string // code of the last row when there are more
	Paged bool
	Count map[string]int
}

// differences is GET /desk/powers/differences?group=&after=.
func (s *site) differences(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := differencesView{Group: q.Get("group"), Paged: q.Get("after") != "", Count: map[string]int{}}
	if !slices.Contains(groups, v.Group) {
		v.Group = groupNoItem
	}
	after := q.Get("after")
	err := s.walk(r.Context(), func(d difference) error {
		v.Count[d.Group]++
		switch {
		case d.Group != v.Group || d.key() <= after:
		case len(v.Rows) == rowsShown:
			v.Next = v.Rows[rowsShown-1].key()
		default:
			v.Rows = append(v.Rows, d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, differencesPage(v))
}

// key orders the lines of a group: several items may rest on one power.
func (d difference) key() string { return d.Code + "." + d.Item }

// differencesFile is GET /desk/powers/differences.csv: the whole report. It is found first and sent then, line by line: a slow reader keeps no
// transaction open, and what goes wrong is told before the answer begins. The mark at its beginning tells spreadsheets that it is UTF-8.
func (s *site) differencesFile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var found []difference
	err := s.walk(ctx, func(d difference) error {
		found = append(found, d)
		return nil
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="power-differences.csv"`)
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return nil // the reader left: nobody to tell
	}
	out := csv.NewWriter(w)
	lines := [][]string{{page.T(ctx, "power.differences.group"), fieldName(ctx, "code"), fieldName(ctx, "name"), page.T(ctx, "power.item_code"),
		page.T(ctx, "power.differences.fields"), page.T(ctx, "power.differences.power"), page.T(ctx, "power.differences.item")}}
	for _, d := range found {
		lines = append(lines, cells(said(ctx, "power.group.", d.Group), d.Code, d.Name, d.Item, fieldNames(ctx, d.Fields), d.Power, d.Says))
	}
	_ = out.WriteAll(lines) // the reader left: nobody to tell
	return nil
}

// cells keeps a spreadsheet from taking a text for a formula.
func cells(texts ...string) []string {
	for i, t := range texts {
		texts[i] = sheet.Harmless(t)
	}
	return texts
}

func fieldNames(ctx context.Context, fields []string) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = fieldName(ctx, f)
	}
	return strings.Join(names, page.T(ctx, "power.and"))
}

func (v differencesView) address(after string) string {
	return address("/desk/powers/differences", "group", v.Group, "after", after)
}

func (v differencesView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = v.address("")
	}
	if v.Next != "" {
		p.Next = v.address(v.Next)
	}
	return &p
}

func groupTabs(ctx context.Context, v differencesView) []design.Link {
	links := make([]design.Link, len(groups))
	for i, g := range groups {
		links[i] = design.Link{Text: said(ctx, "power.group.", g), Href: address("/desk/powers/differences", "group", g), Current: g == v.Group, Count: v.Count[g]}
	}
	return links
}

func differenceColumns(ctx context.Context, v differencesView) []design.Column {
	list := []design.Column{{Text: fieldName(ctx, "name")}}
	if v.Group == groupDiffers || v.Group == groupInspectionDiffers {
		list = append(list, design.Column{Text: page.T(ctx, "power.differences.fields")}, design.Column{Text: page.T(ctx, "power.differences.power")},
			design.Column{Text: page.T(ctx, "power.differences.item")})
	}
	if v.Group == groupNoPower || v.Group == groupInspectionNoPower {
		list = append(list, design.Column{Text: page.T(ctx, "power.differences.rests_on")})
	}
	return list
}

func differenceRows(ctx context.Context, v differencesView) []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for i, d := range v.Rows {
		cell := design.Cell{Text: d.Name, Note: d.Code, Href: powerAt(d.Code)}
		if d.Inspects != "" {
			cell.Href, cell.Note = powerAt(d.Inspects), cmp.Or(d.Item, d.Code)
		} else if d.Item != "" {
			cell.Href, cell.Note = "/items/"+d.Item, d.Item
		}
		rows[i].Cells = []design.Cell{cell}
		switch v.Group {
		case groupDiffers, groupInspectionDiffers:
			rows[i].Cells = append(rows[i].Cells, design.Cell{Text: fieldNames(ctx, d.Fields)}, design.Cell{Text: d.Power}, design.Cell{Text: d.Says})
		case groupNoPower, groupInspectionNoPower:
			rows[i].Cells = append(rows[i].Cells, design.Cell{Text: d.Power})
		}
	}
	return rows
}
