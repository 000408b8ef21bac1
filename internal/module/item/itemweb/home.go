package itemweb

import (
	"context"
	"net/http"
	"slices"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// homeView is what the home page shows.
type homeView struct {
	Audience item.Audience
	Region   string // as asked in the address; "" when nobody said
	Hot      []*item.Base
	HotIn    string // the place whose use made their order; "" for the province
	Zones    []door // those that hold anything for this audience
	Themes   []door
}

// hotShown is how many hot items the home page shows.
const hotShown = 6

// home is GET /: search first, then what happens in life, then what people ask for most.
func (s *site) home(w http.ResponseWriter, r *http.Request) error {
	v := homeView{Audience: item.Person, Region: place(r.URL.Query().Get("region")).String()}
	if r.URL.Query().Get("for") == string(item.Company) {
		v.Audience = item.Company
	}
	list, err := s.Items.Bases(r.Context(), item.Query{Audience: v.Audience})
	if err != nil {
		return err
	}
	hot, where, err := s.Items.Hot(r.Context(), item.Query{Audience: v.Audience, Region: s.where(r)}, hotShown)
	if err != nil {
		return err
	}
	v.Hot, v.HotIn = hot, s.Directory().Name(where)
	v.Zones = used(zones, list, func(b *item.Base) []string { return b.Zones })
	v.Themes = used(themes, list, func(b *item.Base) []string { return b.Themes })
	return page.Render(w, r, http.StatusOK, homePage(v))
}

// used keeps the doors behind which there is anything.
func used(doors []door, list []*item.Base, keys func(*item.Base) []string) []door {
	there := map[string]bool{}
	for _, b := range list {
		for _, k := range keys(b) {
			there[k] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(doors), func(d door) bool { return !there[d.key] })
}

// suggested is how many items are offered while somebody types.
const suggested = 6

// suggest is GET /items/suggest: a few items while somebody types; of a place that is known, the offices that serve it.
func (s *site) suggest(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query().Get("q")
	links, err := s.suggestions(r, q)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, design.Suggestions(design.SuggestionsParams{Links: links, Query: q}))
}

func (s *site) suggestions(r *http.Request, q string) ([]design.Link, error) {
	region := s.where(r)
	if q == "" {
		return nil, nil
	}
	var links []design.Link
	if narrow(region) {
		list, err := s.Items.List(r.Context(), item.Query{Text: q, Region: region, Limit: suggested})
		for _, e := range list.Rows {
			links = append(links, design.Link{Text: e.Name, Href: "/items/" + e.Code, Hint: e.OfficeName})
		}
		return links, err
	}
	list, err := s.Items.Bases(r.Context(), item.Query{Text: q})
	for _, b := range list[:min(len(list), suggested)] {
		links = append(links, design.Link{Text: b.Name, Href: address("/items/"+b.Code(), "region", region.String()), Hint: b.Short})
	}
	return links, err
}

// hotText says whose use the hot items are in the order of.
func (v homeView) hotText(ctx context.Context) string {
	if v.HotIn == "" {
		return ""
	}
	return page.T(ctx, "item.home.hot_in", v.HotIn)
}
