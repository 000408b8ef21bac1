package itemweb

import (
	"context"
	"slices"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// departments are the codes of departments that implement items, in the order of the province's list.
var departments = []string{"01", "04", "05", "06", "07", "08", "09", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25",
	"27", "28", "30", "31", "32", "33", "34", "36", "37", "38", "39", "78", "90", "93"}

// filter is one way to narrow the list.
type filter struct {
	name   string // of its parameter
	label  string // line of the locales
	words  string // group of the locales that names its values
	value  string // chosen; "" for none
	values []string
	counts map[string]int // how many items each value leaves; nil where that is not known
	more   bool           // folded away until it is used
}

// filters are the ways to narrow this list, most asked for first.
func (v listView) filters() []filter {
	f := v.Facets
	if f == nil {
		f = &item.Facets{}
	}
	return []filter{
		{"for", "item.list.audience", "item.audience.", string(v.Audience), []string{"person", "company"}, f.Audience, false},
		{"theme", "item.list.theme", "item.theme.", v.Theme, keysOf(themes), f.Theme, false},
		{"department", "item.list.department", "item.department.", v.Department, departments, f.Department, false},
		{"event", "item.list.event", "item.event.", v.LifeEvent, keysOf(slices.Concat(events[item.Person], events[item.Company])), f.LifeEvent, true},
		{"zone", "item.list.zone", "item.zone.", v.Zone, keysOf(zones), f.Zone, true},
		{"kind", "item.list.kind", "item.kind.", string(v.Kind), kindKeys(), f.Kind, true},
		{"level", "item.list.level", "item.level.", number(v.Level), []string{"2", "3", "4", "5", "6"}, written(f.Level), true},
		{"depth", "item.list.depth", "item.depth.", number(v.Depth), []string{"1", "2", "3", "4", "5", "6", "7"}, written(f.Depth), true},
	}
}

// some returns the filters that are folded away, or those that are not.
func (v listView) some(more bool) []filter {
	return slices.DeleteFunc(v.filters(), func(f filter) bool { return f.more != more })
}

// unfolded tells whether one of the filters folded away is in use.
func (v listView) unfolded() bool {
	return slices.ContainsFunc(v.some(true), func(f filter) bool { return f.value != "" })
}

// options are the values to choose from; those that would leave nothing are not offered.
func (f filter) options(ctx context.Context) []design.Option {
	var list []design.Option
	for _, value := range f.values {
		text := said(ctx, f.words, value)
		if f.counts != nil {
			n := f.counts[value]
			if n == 0 && value != f.value {
				continue
			}
			text = page.T(ctx, "item.list.counted", text, n)
		}
		list = append(list, design.Option{Value: value, Text: text})
	}
	return list
}

func keysOf(doors []door) []string {
	var keys []string
	for _, d := range doors {
		if !slices.Contains(keys, d.key) {
			keys = append(keys, d.key)
		}
	}
	return keys
}

func kindKeys() []string {
	var keys []string
	for _, k := range item.Kinds() {
		keys = append(keys, string(k))
	}
	return keys
}

// written are counts by numbers as counts by their texts.
func written(counts map[int]int) map[string]int {
	if counts == nil {
		return nil
	}
	texts := make(map[string]int, len(counts))
	for n, count := range counts {
		texts[strconv.Itoa(n)] = count
	}
	return texts
}

// windowHelp says where somebody can ask in person.
func windowHelp(ctx context.Context, v listView) string {
	if v.RegionName == "" {
		return page.T(ctx, "item.list.help_window_any")
	}
	return page.T(ctx, "item.list.help_window", v.RegionName)
}
