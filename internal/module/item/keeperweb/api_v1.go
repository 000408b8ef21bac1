package keeperweb

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/web"
)

type comparedJSON struct {
	Entries   int      `json:"entries" doc:"implementation entries compared with their base items"`
	Deviating int      `json:"deviating" doc:"of which say something else"`
	Rate      *float64 `json:"rate" doc:"share that deviates, 0 to 1; null when there is nothing to compare"`
}

type levelJSON struct {
	Level int `json:"level" doc:"exercising level: 2 province, 3 prefecture, 4 county, 5 township, 6 village"`
	comparedJSON
}

type elementJSON struct {
	Key    string      `json:"key"`
	Locked bool        `json:"locked" doc:"one that is not locked is not compared"`
	Levels []levelJSON `json:"levels"`
	comparedJSON
}

type placeJSON struct {
	Region string `json:"region" doc:"12 digits: a county with what lies in it; a prefecture's and the province's own offices"`
	comparedJSON
}

type dayJSON struct {
	Day string `json:"day" doc:"YYYY-MM-DD"`
	comparedJSON
}

type consistencyOutput struct {
	Body struct {
		Total    comparedJSON  `json:"total" doc:"entries that deviate in any locked element"`
		Elements []elementJSON `json:"elements"`
		Levels   []levelJSON   `json:"levels"`
		Regions  []placeJSON   `json:"regions"`
		History  []dayJSON     `json:"history" doc:"at most the last 90 days that were kept"`
	}
}

type reducedJSON struct {
	Key     string   `json:"key,omitempty" doc:"the level, department code or region"`
	Entries int      `json:"entries" doc:"implementation entries whose statute gives a time"`
	Legal   float64  `json:"legal_days" doc:"average statutory limit in calendar days"`
	Promise float64  `json:"promise_days" doc:"average promised limit in calendar days"`
	Rate    *float64 `json:"rate" doc:"share of the statutory time that is saved, 0 to 1"`
}

type reductionOutput struct {
	Body struct {
		Total       reducedJSON   `json:"total"`
		Levels      []reducedJSON `json:"levels"`
		Departments []reducedJSON `json:"departments"`
		Regions     []reducedJSON `json:"regions"`
	}
}

func (s *site) consistencyAPI(r *web.Router) {
	web.Register(r, web.Public, huma.Operation{OperationID: "get-consistency", Method: http.MethodGet, Path: "/api/v1/library/consistency", Tags: []string{"library"},
		Summary: "要素一致性 / how far implementation entries of five levels agree with their base items"}, s.getConsistency)
	web.Register(r, web.Public, huma.Operation{OperationID: "get-reduction", Method: http.MethodGet, Path: "/api/v1/library/reduction", Tags: []string{"library"},
		Summary: "平均承诺压缩率 / how much less time is promised than the statutes allow"}, s.getReduction)
}

func comparedOf(c item.Compared) comparedJSON {
	out := comparedJSON{Entries: c.Entries, Deviating: c.Deviating}
	if rate, ok := c.Rate(); ok {
		out.Rate = &rate
	}
	return out
}

func (s *site) getConsistency(ctx context.Context, _ *struct{}) (*consistencyOutput, error) {
	c, err := s.Items.Consistency(ctx)
	if err != nil {
		return nil, err
	}
	days, err := s.Items.History(ctx, item.ElementAny, historyDays)
	if err != nil {
		return nil, err
	}
	out := &consistencyOutput{}
	b := &out.Body
	b.Total, b.History = comparedOf(c.Total), make([]dayJSON, len(days))
	for i, d := range days {
		b.History[i] = dayJSON{d.Day, comparedOf(d.Compared)}
	}
	for _, l := range item.ExercisingLevels() {
		b.Levels = append(b.Levels, levelJSON{l, comparedOf(c.Levels[l])})
	}
	for _, e := range c.Elements {
		all, locked := c.Element(e.Key)
		row := elementJSON{Key: e.Key, Locked: locked, Levels: []levelJSON{}, comparedJSON: comparedOf(all)}
		for _, l := range item.ExercisingLevels() {
			if cell, ok := c.Cell(e.Key, l); ok {
				row.Levels = append(row.Levels, levelJSON{l, comparedOf(cell)})
			}
		}
		b.Elements = append(b.Elements, row)
	}
	b.Regions = []placeJSON{}
	for _, six := range slices.Sorted(maps.Keys(c.Places)) {
		b.Regions = append(b.Regions, placeJSON{six + "000000", comparedOf(c.Places[six])})
	}
	return out, nil
}

func reducedOf(key string, r item.Reduced) reducedJSON {
	out := reducedJSON{Key: key, Entries: r.Entries}
	if rate, ok := r.Rate(); ok {
		out.Rate, out.Legal, out.Promise = &rate, r.Legal/float64(r.Entries), r.Promise/float64(r.Entries)
	}
	return out
}

func (s *site) getReduction(ctx context.Context, _ *struct{}) (*reductionOutput, error) {
	r, err := s.Items.Reduction(ctx)
	if err != nil {
		return nil, err
	}
	out := &reductionOutput{}
	b := &out.Body
	b.Total, b.Levels, b.Departments, b.Regions = reducedOf("", r.Total), []reducedJSON{}, []reducedJSON{}, []reducedJSON{}
	for _, l := range item.ExercisingLevels() {
		b.Levels = append(b.Levels, reducedOf(figure(l), r.Levels[l]))
	}
	for _, d := range slices.Sorted(maps.Keys(r.Departments)) {
		b.Departments = append(b.Departments, reducedOf(d, r.Departments[d]))
	}
	for _, six := range slices.Sorted(maps.Keys(r.Places)) {
		b.Regions = append(b.Regions, reducedOf(six+"000000", r.Places[six]))
	}
	return out, nil
}
