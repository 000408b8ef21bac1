package region

import (
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/gov/civil"
)

// Row is one division with the name it has today, as the tables and the embedded extract list them.
type Row struct {
	Code Code
	Name string
}

// Change is one event in the history of a division: until the day before On it had the code Old and the name OldName, from On the
// code New. New equals Old when only the name changed.
type Change struct {
	On       civil.Date
	Old      Code
	OldName  string
	New      Code
	Source   string // the decision, in Chinese
	Doubtful bool   // the day is not confirmed from the decision itself
}

// Directory knows the divisions of a province. It does not change once made and may be used by many goroutines.
type Directory struct {
	rows     []Row // by code
	index    map[Code]int
	children map[Code][]Code
	changes  []Change // by day
}

// NewDirectory makes a directory of rows in any order. It refuses two rows of one code, rows without a name, and rows whose parent is
// missing, except the topmost.
func NewDirectory(rows []Row, changes []Change) (*Directory, error) {
	d := &Directory{
		rows:     slices.Clone(rows),
		index:    make(map[Code]int, len(rows)),
		children: make(map[Code][]Code),
		changes:  slices.Clone(changes),
	}
	slices.SortFunc(d.rows, func(a, b Row) int { return strings.Compare(a.Code.digits, b.Code.digits) })
	slices.SortStableFunc(d.changes, func(a, b Change) int { return a.On.Compare(b.On) })
	for i, r := range d.rows {
		if r.Code.IsZero() || r.Name == "" {
			return nil, fmt.Errorf("region: row %d has no code or no name", i)
		}
		if _, twice := d.index[r.Code]; twice {
			return nil, fmt.Errorf("region: %s is listed twice", r.Code)
		}
		d.index[r.Code] = i
		parent := r.Code.Parent()
		if _, known := d.index[parent]; !known && i > 0 && !parent.IsZero() {
			return nil, fmt.Errorf("region: %s has no parent %s", r.Code, parent)
		}
		d.children[parent] = append(d.children[parent], r.Code)
	}
	return d, nil
}

// Len returns how many divisions there are.
func (d *Directory) Len() int { return len(d.rows) }

// Has tells whether the division exists today.
func (d *Directory) Has(c Code) bool { _, ok := d.index[c]; return ok }

// Name returns the name of today, also for an old code of which a successor is known; "" for an unknown code.
func (d *Directory) Name(c Code) string {
	now, ok := d.Current(c)
	if !ok {
		return ""
	}
	return d.rows[d.index[now]].Name
}

// FullName returns the names from the province down, without a space: "吉林省长春市南关区"; "" for an unknown code.
func (d *Directory) FullName(c Code) string {
	var b strings.Builder
	for _, r := range d.Path(c) {
		b.WriteString(r.Name)
	}
	return b.String()
}

// Path returns the division and everything above it, the province first; nil for an unknown code. It serves breadcrumbs and pickers.
func (d *Directory) Path(c Code) []Row {
	now, ok := d.Current(c)
	if !ok {
		return nil
	}
	var path []Row
	for ; d.Has(now); now = now.Parent() {
		path = append(path, d.rows[d.index[now]])
	}
	slices.Reverse(path)
	return path
}

// Children returns the divisions one level below c by code, or the topmost ones for no region. The caller may keep the slice.
func (d *Directory) Children(c Code) []Row {
	list := d.children[c]
	rows := make([]Row, len(list))
	for i, code := range list {
		rows[i] = d.rows[d.index[code]]
	}
	return rows
}

// Within returns c and every division in it by code. It is shared with the directory and must not be changed.
func (d *Directory) Within(c Code) []Row {
	if c.IsZero() {
		return nil
	}
	prefix := c.Prefix()
	from, _ := slices.BinarySearchFunc(d.rows, prefix, func(r Row, p string) int { return strings.Compare(r.Code.digits, p) })
	to := from
	for to < len(d.rows) && strings.HasPrefix(d.rows[to].Code.digits, prefix) {
		to++
	}
	return d.rows[from:to]
}

// Find returns up to limit divisions whose name holds text or whose code begins with it, wider ones first. Words may be separated by
// spaces: "长春 南关" finds 南关区 of 长春市. Empty text finds nothing.
func (d *Directory) Find(text string, limit int) []Row {
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil
	}
	last := words[len(words)-1]
	var found []Row
	for _, r := range d.rows {
		if !strings.Contains(r.Name, last) && !strings.HasPrefix(r.Code.digits, last) {
			continue
		}
		if len(words) > 1 {
			full := d.FullName(r.Code)
			if slices.ContainsFunc(words[:len(words)-1], func(w string) bool { return !strings.Contains(full, w) }) {
				continue
			}
		}
		found = append(found, r)
	}
	slices.SortStableFunc(found, func(a, b Row) int { return int(a.Code.Level()) - int(b.Code.Level()) })
	return found[:min(limit, len(found))]
}

// Current returns the code a division has today: c itself, or its successor through every change on the way, for a county and for
// the towns and villages in it, which keep their own digits. It is false when neither exists.
func (d *Directory) Current(c Code) (Code, bool) {
	if d.Has(c) {
		return c, true
	}
	now := c
	for _, ch := range d.changes {
		if ch.Old != ch.New && ch.Old.Contains(now) {
			now = Code{ch.New.Prefix() + now.digits[len(ch.Old.Prefix()):]}
		}
	}
	return now, d.Has(now)
}

// Renamed returns the changes whose code, old or new, is c, the oldest first: what the page of a division tells of its history.
func (d *Directory) Renamed(c Code) []Change {
	var list []Change
	for _, ch := range d.changes {
		if ch.Old == c || ch.New == c {
			list = append(list, ch)
		}
	}
	return list
}

// NameOn returns the name that the division now or once called c bore on a day, for papers of that day. A code asked for on a day it was not in
// force yields the name of the division on that day: 220184 in 2015 is 公主岭市 of then 四平. It is "" for an unknown code.
func (d *Directory) NameOn(c Code, day civil.Date) string {
	now, ok := d.Current(c)
	if !ok {
		return ""
	}
	name := d.rows[d.index[now]].Name
	for i := len(d.changes) - 1; i >= 0; i-- {
		ch := d.changes[i]
		if !day.Before(ch.On) {
			break
		}
		if ch.New == now {
			name, now = ch.OldName, ch.Old
		}
	}
	return name
}

// CodeOn returns the code the division had on a day, for exchanges with registers of that day. It is false for an unknown code.
func (d *Directory) CodeOn(c Code, day civil.Date) (Code, bool) {
	now, ok := d.Current(c)
	if !ok {
		return Code{}, false
	}
	for i := len(d.changes) - 1; i >= 0 && day.Before(d.changes[i].On); i-- {
		if ch := d.changes[i]; ch.New.Contains(now) && ch.New != ch.Old {
			now = Code{ch.Old.Prefix() + now.digits[len(ch.New.Prefix()):]}
		}
	}
	return now, true
}

// FullNameOn returns the names from the province down as they were on a day: 220113 in 2010 is "吉林省长春市九台市".
func (d *Directory) FullNameOn(c Code, day civil.Date) string {
	then, ok := d.CodeOn(c, day)
	if !ok {
		return ""
	}
	var names []string
	for ; !then.IsZero(); then = then.Parent() {
		names = append(names, d.NameOn(then, day))
	}
	slices.Reverse(names)
	return strings.Join(names, "")
}
