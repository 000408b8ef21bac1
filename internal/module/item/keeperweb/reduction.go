package keeperweb

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

const reductionAt = "/desk/library/reduction"

// reductionRoutes adds how much time offices save, for everybody and among the keepers' pages.
func (s *site) reductionRoutes(r *web.Router) {
	r.Page("GET /reduction", web.Public, func(w http.ResponseWriter, r *http.Request) error { return s.reduction(w, r, false) })
	r.Page("GET "+reductionAt, web.Staff, func(w http.ResponseWriter, r *http.Request) error { return s.reduction(w, r, true) })
}

type reductionView struct {
	*item.Reduction
	Offices []item.ReducedOffice // of one government
	Place   region.Code
	Desk    bool
	site    *site
}

// reduction is GET /reduction and GET /desk/library/reduction.
func (s *site) reduction(w http.ResponseWriter, r *http.Request, atDesk bool) error {
	v := reductionView{Place: region.MustParse("22"), Desk: atDesk, site: s}
	if place, err := region.Parse(r.URL.Query().Get("region")); err == nil && s.Directory().Name(place) != "" {
		v.Place = place
	}
	var err error
	if v.Reduction, err = s.Items.Reduction(r.Context()); err != nil {
		return err
	}
	if v.Offices, err = s.Items.ReductionOf(r.Context(), v.Place); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, reductionPage(v))
}

func reductionCards(ctx context.Context, v reductionView) []design.Stat {
	saved, ok := v.Total.Rate()
	each := func(days float64) string {
		if v.Total.Entries == 0 {
			return "—"
		}
		return strconv.FormatFloat(days/float64(v.Total.Entries), 'f', 1, 64)
	}
	return []design.Stat{
		{Label: page.T(ctx, "keeper.reduction.rate"), Value: percentText(saved, ok), Note: page.T(ctx, "keeper.reduction.note"), Tone: design.Good},
		{Label: page.T(ctx, "keeper.reduction.legal"), Value: each(v.Total.Legal), Unit: page.T(ctx, "keeper.reduction.days")},
		{Label: page.T(ctx, "keeper.reduction.promise"), Value: each(v.Total.Promise), Unit: page.T(ctx, "keeper.reduction.days")},
		{Label: page.T(ctx, "keeper.meter.entries"), Value: figure(v.Total.Entries), Note: page.T(ctx, "keeper.reduction.at", page.DateTime(ctx, v.At))},
	}
}

func reductionBars(ctx context.Context, title string, labels []string, values []item.Reduced) design.ChartParams {
	p := design.ChartParams{Title: title, Unit: "%", Source: page.T(ctx, "keeper.meter.source"), Series: []design.Series{{Name: page.T(ctx, "keeper.reduction.rate")}},
		Format: func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) + "%" }}
	for i, r := range values {
		if rate, ok := r.Rate(); ok {
			p.Labels = append(p.Labels, labels[i])
			p.Series[0].Values = append(p.Series[0].Values, rate*100)
		}
	}
	return p
}

func levelReduction(ctx context.Context, v reductionView) design.ChartParams {
	var labels []string
	var values []item.Reduced
	for _, l := range item.ExercisingLevels() {
		labels, values = append(labels, levelName(ctx, l)), append(values, v.Levels[l])
	}
	return reductionBars(ctx, page.T(ctx, "keeper.reduction.levels"), labels, values)
}

func departmentReduction(ctx context.Context, v reductionView) design.ChartParams {
	var labels []string
	var values []item.Reduced
	for _, code := range slices.Sorted(maps.Keys(v.Departments)) {
		labels, values = append(labels, v.site.department(code)), append(values, v.Departments[code])
	}
	return reductionBars(ctx, page.T(ctx, "keeper.reduction.departments"), labels, values)
}

// prefectureReduction adds the counties up to their prefectures.
func prefectureReduction(ctx context.Context, v reductionView) design.ChartParams {
	sums := map[string]item.Reduced{}
	for six, r := range v.Places {
		s := sums[six[:4]+"00"]
		sums[six[:4]+"00"] = item.Reduced{Entries: s.Entries + r.Entries, Legal: s.Legal + r.Legal, Promise: s.Promise + r.Promise}
	}
	var labels []string
	var values []item.Reduced
	for _, six := range slices.Sorted(maps.Keys(sums)) {
		labels, values = append(labels, v.site.Directory().Name(region.MustParse(six))), append(values, sums[six])
	}
	return reductionBars(ctx, page.T(ctx, "keeper.reduction.regions"), labels, values)
}

// officeReduction draws the offices of the government chosen.
func officeReduction(ctx context.Context, v reductionView) design.ChartParams {
	labels, values := make([]string, len(v.Offices)), make([]item.Reduced, len(v.Offices))
	for i, o := range v.Offices {
		labels[i], values[i] = o.Name, o.Reduced
	}
	return reductionBars(ctx, page.T(ctx, "keeper.reduction.offices_of", v.site.Directory().FullName(v.Place)), labels, values)
}

// path is the address of the page shown.
func (v reductionView) path() string {
	if v.Desk {
		return reductionAt
	}
	return "/reduction"
}

// places are the governments whose offices can be shown.
func (v reductionView) places() []design.Option {
	province := region.MustParse("22")
	own := design.Option{Value: province.String(), Text: v.site.Directory().Name(province)}
	return append([]design.Option{own}, v.site.placeOptions()...)
}

func reductionSection(v reductionView) string {
	if v.Desk {
		return "library"
	}
	return ""
}

// publicTabs lead to the figures of the library that everybody sees.
func publicTabs(ctx context.Context, current string) []design.Link {
	return []design.Link{{Text: page.T(ctx, "keeper.meter.title"), Href: "/consistency", Current: current == "/consistency"},
		{Text: page.T(ctx, "keeper.reduction.title"), Href: "/reduction", Current: current == "/reduction"}}
}
