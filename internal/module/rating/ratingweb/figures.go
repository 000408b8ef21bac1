package ratingweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/rating"
	"xiangyun/internal/platform/page"
)

// officesShown is how many offices one page lists.
const officesShown = 50

type figuresView struct {
	rating.Figures
	Region     region.Code
	RegionName string
	Regions    func(parent string) []design.Option
	Paged      bool
}

// figures is GET /ratings: what people think of the offices of a region.
func (s *site) figures(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := figuresView{Paged: q.Get("after") != "", Regions: func(parent string) []design.Option { return s.Regions(ctx, parent) }}
	if c, err := region.Parse(design.RegionValue(q["region"])); err == nil { // an address somebody made up shows the province
		v.Region, v.RegionName = c, s.Directory().FullName(c)
	}
	f, err := s.Ratings.Figures(ctx, actor.FromContext(ctx), rating.FiguresQuery{Region: v.Region, After: q.Get("after"), Limit: officesShown})
	if err != nil {
		return err
	}
	v.Figures = f
	return page.Render(w, r, http.StatusOK, figuresPage(v))
}

func (v figuresView) address(after string) string {
	q := url.Values{}
	if !v.Region.IsZero() {
		q.Set("region", v.Region.String())
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return "/ratings"
	}
	return "/ratings?" + q.Encode()
}

func (v figuresView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = v.address("")
	}
	if v.Next != "" {
		p.Next = v.address(v.Next)
	}
	return &p
}

func (v figuresView) chosen() []design.Link {
	if v.Region.IsZero() {
		return nil
	}
	return []design.Link{{Text: v.RegionName, Href: "/ratings"}}
}

func count(n int64) string { return design.Number(n) }

// share says a share of whole in per cent, "" when there is none.
func share(of float64, ok bool) string {
	if !ok {
		return ""
	}
	return strconv.FormatFloat(of*100, 'f', 1, 64) + "%"
}

func figureCards(ctx context.Context, c rating.Counts) []design.Stat {
	return []design.Stat{
		{Label: page.T(ctx, "rating.figures.total"), Value: count(c.Total()), Icon: "message-square"},
		{Label: page.T(ctx, "rating.figures.good_rate"), Value: share(c.GoodRate()), Note: page.T(ctx, "rating.figures.good_note"), Icon: "smile", Tone: design.Good},
		{Label: page.T(ctx, "rating.figures.bad"), Value: count(c.Bad()), Icon: "frown"},
		{Label: page.T(ctx, "rating.figures.answered_rate"), Value: share(c.AnsweredRate()), Icon: "check"},
	}
}

func gradeChart(ctx context.Context, v figuresView) design.ChartParams {
	p := design.ChartParams{Title: page.T(ctx, "rating.figures.chart"), Source: page.T(ctx, "rating.figures.source"), Series: []design.Series{{Name: page.T(ctx, "rating.figures.total")}},
		Summary: page.T(ctx, "rating.figures.summary", count(v.Total.Total()), count(v.Total.Total()-v.Total.Bad()))}
	for _, g := range rating.Grades {
		p.Labels = append(p.Labels, gradeName(ctx, g.Satisfaction()))
		p.Series[0].Values = append(p.Series[0].Values, float64(v.Total.Of(g)))
	}
	return p
}

func officeColumns(ctx context.Context) []design.Column {
	list := []design.Column{{Text: page.T(ctx, "rating.figures.office")}, {Text: page.T(ctx, "rating.figures.good_rate"), Number: true}, {Text: page.T(ctx, "rating.figures.total"), Number: true}}
	for _, g := range rating.Grades {
		list = append(list, design.Column{Text: gradeName(ctx, g.Satisfaction()), Number: true, Extra: true})
	}
	return append(list, design.Column{Text: page.T(ctx, "rating.figures.answered"), Number: true})
}

func officeRows(offices []rating.OfficeCounts) []design.Row {
	rows := make([]design.Row, len(offices))
	for i, o := range offices {
		rows[i].Cells = []design.Cell{{Text: o.OfficeName}, {Text: share(o.GoodRate())}, {Text: count(o.Total())}}
		for _, g := range rating.Grades {
			rows[i].Cells = append(rows[i].Cells, design.Cell{Text: count(o.Of(g))})
		}
		rows[i].Cells = append(rows[i].Cells, design.Cell{Text: count(o.Answered) + " / " + count(o.Bad())})
	}
	return rows
}
