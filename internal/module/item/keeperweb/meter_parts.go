package keeperweb

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

func figure(n int) string { return design.Number(n) }

// percentText says a share with two decimals, "—" when there is none.
func percentText(share float64, ok bool) string {
	if !ok {
		return "—"
	}
	return strconv.FormatFloat(share*100, 'f', 2, 64) + "%"
}

func consistent(c item.Compared) string {
	rate, ok := c.Rate()
	return percentText(1-rate, ok)
}

func meterCards(ctx context.Context, v meterView) []design.Stat {
	tone := design.Good
	if v.Total.Deviating > 0 {
		tone = design.Warn
	}
	locked := 0
	for _, e := range v.Elements {
		if e.Locked {
			locked++
		}
	}
	astray := ""
	if v.Astray > 0 {
		astray = page.T(ctx, "keeper.meter.astray", figure(v.Astray))
	}
	return []design.Stat{
		{Label: page.T(ctx, "keeper.meter.entries"), Value: figure(v.Total.Entries)},
		{Label: page.T(ctx, "keeper.meter.rate"), Value: consistent(v.Total), Note: page.T(ctx, "keeper.meter.locked", locked), Tone: tone},
		{Label: page.T(ctx, "keeper.meter.deviating"), Value: figure(v.Total.Deviating), Note: astray, Tone: tone},
	}
}

// unverifiedCard leads to what waits for a keeper to look it up at its source. Citizens are not shown it: it is no fact about an office.
func unverifiedCard(ctx context.Context, v consistencyView) design.Stat {
	c := design.Stat{Label: page.T(ctx, "keeper.meter.unverified"), Value: figure(v.Unverified), Note: page.T(ctx, "keeper.meter.doubts", figure(v.Doubts)),
		Tone: design.Good, Href: ruleAt(item.RuleUnverified)}
	if v.Unverified > 0 {
		c.Tone = design.Warn
	}
	return c
}

func matrixColumns(ctx context.Context) []design.Column {
	list := []design.Column{{Text: page.T(ctx, "keeper.meter.element")}}
	for _, l := range item.ExercisingLevels() {
		list = append(list, design.Column{Text: levelName(ctx, l), Number: true})
	}
	return append(list, design.Column{Text: page.T(ctx, "keeper.meter.all"), Number: true})
}

// matrixRows are the sixteen elements by five levels; each cell says the share that agrees and how many of how many deviate. All together come first, then
// the elements in which anything deviates; those that agree everywhere stand folded below: they are sixteen times the same figure, and a phone is narrow.
func matrixRows(ctx context.Context, v meterView) (shown, agreeing []design.Row) {
	cell := func(c item.Compared, ok bool) design.Cell {
		switch {
		case !ok:
			return design.Cell{Text: page.T(ctx, "keeper.meter.unlocked")}
		case c.Entries == 0:
			return design.Cell{Text: "—"}
		}
		return design.Cell{Text: consistent(c), Note: figure(c.Deviating) + " / " + figure(c.Entries)}
	}
	any := design.Row{Cells: []design.Cell{{Text: page.T(ctx, "keeper.meter.any")}}}
	for _, l := range item.ExercisingLevels() {
		any.Cells = append(any.Cells, cell(v.Levels[l], true))
	}
	any.Cells = append(any.Cells, cell(v.Total, true))
	shown = append(shown, any)
	for _, e := range v.Elements {
		all, ok := v.Element(e.Key)
		row := design.Row{Cells: []design.Cell{{Text: elementName(ctx, e.Key)}}}
		for _, l := range item.ExercisingLevels() {
			c, ok := v.Cell(e.Key, l)
			row.Cells = append(row.Cells, cell(c, ok))
		}
		row.Cells = append(row.Cells, cell(all, ok))
		if all.Deviating > 0 {
			row.Tone = design.Warn
			shown = append(shown, row)
			continue
		}
		if !ok {
			row.Tone = design.Muted
		}
		agreeing = append(agreeing, row)
	}
	return shown, agreeing
}

func recountColumns(ctx context.Context) []design.Column {
	list := []design.Column{{Text: page.T(ctx, "keeper.recount.at")}}
	for _, key := range []string{"keeper.meter.entries", "keeper.recount.stated", "keeper.recount.astray", "keeper.recount.followed", "keeper.recount.findings", "keeper.recount.repaired"} {
		list = append(list, design.Column{Text: page.T(ctx, key), Number: true})
	}
	return list
}

// recountRows are what the library's last recounts found.
func recountRows(ctx context.Context, days []item.CensusDay) []design.Row {
	rows := make([]design.Row, len(days))
	for i, d := range days {
		rows[i].Cells = []design.Cell{{Text: page.DateTime(ctx, d.CountedAt)}, {Text: figure(d.Entries)}, {Text: figure(d.Stated)}, {Text: figure(d.Astray)}, {Text: figure(d.Followed)}, {Text: figure(d.Findings)},
			{Text: figure(d.Repaired)}}
		if d.Repaired > 0 || d.Astray > 0 || d.Followed > 0 {
			rows[i].Tone = design.Warn
		}
	}
	return rows
}

// placeTone is the colour of a place: nothing to compare, all agree, some deviate, one in a hundred or more deviates.
func placeTone(c item.Compared) design.Tone {
	rate, ok := c.Rate()
	switch {
	case !ok:
		return design.Muted
	case c.Deviating == 0:
		return design.Good
	case rate < 0.01:
		return design.Warn
	}
	return design.Bad
}

// shortName is a name that fits on a tile: 前郭 for 前郭尔罗斯蒙古族自治县.
func shortName(name string) string {
	runes := []rune(name)
	switch {
	case strings.Contains(name, "自治"):
		return string(runes[:min(2, len(runes))])
	case len(runes) > 3:
		return string(runes[:len(runes)-1])
	}
	return name
}

func placeMap(ctx context.Context, v meterView) design.TileMapParams {
	d := v.site.Directory()
	p := design.TileMapParams{Title: page.T(ctx, "keeper.meter.map"), Columns: 15, Rows: 11, Source: page.T(ctx, "keeper.meter.source"),
		Key: []design.MapKey{{Text: page.T(ctx, "keeper.meter.tone.good"), Tone: design.Good}, {Text: page.T(ctx, "keeper.meter.tone.warn"), Tone: design.Warn},
			{Text: page.T(ctx, "keeper.meter.tone.bad"), Tone: design.Bad}, {Text: page.T(ctx, "keeper.meter.tone.none"), Tone: design.Muted}}}
	deviate := 0
	for _, t := range region.JilinTiles() {
		c := v.Places[t.Code.String()[:6]]
		tile := design.MapTile{Name: shortName(d.Name(t.Code)), Value: figure(c.Deviating), Tone: placeTone(c), Column: t.Column, Row: t.Row, Strong: t.Code.Level() == region.Prefecture}
		if c.Entries == 0 {
			tile.Value = "—"
		}
		if c.Deviating > 0 {
			deviate++
		}
		p.Tiles = append(p.Tiles, tile)
	}
	p.Summary = page.T(ctx, "keeper.meter.map_summary", deviate)
	p.Table = &design.TableParams{Caption: p.Title, HideName: true, First: true, Rows: placeRows(d, v.Places),
		Columns: []design.Column{{Text: page.T(ctx, "keeper.meter.place")}, {Text: page.T(ctx, "keeper.meter.entries"), Number: true},
			{Text: page.T(ctx, "keeper.meter.deviating"), Number: true}, {Text: page.T(ctx, "keeper.meter.rate"), Number: true}}}
	return p
}

// placeRows are all places in the order of their codes, zones that are no county included.
func placeRows(d *region.Directory, places map[string]item.Compared) []design.Row {
	var rows []design.Row
	for _, six := range slices.Sorted(maps.Keys(places)) {
		c := places[six]
		rows = append(rows, design.Row{Cells: []design.Cell{{Text: placeName(d, six)}, {Text: figure(c.Entries)}, {Text: figure(c.Deviating)}, {Text: consistent(c)}}})
	}
	return rows
}

// placeName is the full name of a county's six digits, with its prefecture.
func placeName(d *region.Directory, six string) string {
	c, err := region.Parse(six)
	if err != nil || !d.Has(c) {
		return six
	}
	return d.FullName(c)
}

func historyChart(ctx context.Context, v meterView) design.ChartParams {
	p := design.ChartParams{Title: page.T(ctx, "keeper.meter.history"), Kind: design.Line, Unit: "%", Source: page.T(ctx, "keeper.meter.source"),
		Series: []design.Series{{Name: page.T(ctx, "keeper.meter.deviating_rate")}}, Format: func(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) + "%" }}
	for _, d := range thinned(v.History) {
		if rate, ok := d.Rate(); ok {
			p.Labels = append(p.Labels, d.Day[5:]) // month and day: twelve whole dates are no axis
			p.Series[0].Values = append(p.Series[0].Values, 100*rate)
		}
	}
	p.Summary = page.T(ctx, "keeper.meter.history_summary", len(v.History))
	return p
}

// thinned leaves so many days that their labels can be read, the last one always among them.
func thinned(days []item.Day) []item.Day {
	step := (len(days) + historyPoints - 1) / historyPoints
	if step <= 1 {
		return days
	}
	var list []item.Day
	for i := (len(days) - 1) % step; i < len(days); i += step {
		list = append(list, days[i])
	}
	return list
}

// department names a department's two digits; the code stands where it has no name.
func (s *site) department(code string) string {
	if s.Department != nil {
		if name := s.Department(code); name != "" {
			return name
		}
	}
	return code
}

func deviationColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.meter.entry")}, {Text: page.T(ctx, "keeper.meter.element")}, {Text: page.T(ctx, "keeper.meter.base")},
		{Text: page.T(ctx, "keeper.meter.said")}, {Text: page.T(ctx, "keeper.meter.adopt"), Hidden: true}}
}

// sourceName says where a statement came from; the id of an import tells nobody anything, its day does.
func sourceName(ctx context.Context, d item.Deviation) string {
	if strings.HasPrefix(d.Source, "import:") {
		return page.T(ctx, "keeper.meter.imported", page.Date(ctx, d.StatedAt))
	}
	return page.T(ctx, "keeper.meter.from", d.Source)
}

func deviationRows(ctx context.Context, v consistencyView) []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for i, d := range v.Rows {
		rows[i] = design.Row{Tone: design.Warn, Cells: []design.Cell{
			{Text: d.BaseName, Note: d.OfficeName, Href: "/items/" + d.Entry},
			{Text: elementName(ctx, d.Element), Note: levelName(ctx, d.Level)},
			{Text: d.BaseValue},
			{Text: d.Said, Note: sourceName(ctx, d)},
			{View: adoptForm(d, v.back())},
		}}
	}
	return rows
}
