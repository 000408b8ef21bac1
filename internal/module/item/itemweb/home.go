package itemweb

import (
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
	Zones    []door // those that hold anything for this audience
	Themes   []door
}

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
	v.Hot = list[:min(len(list), 6)]
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

// suggest is GET /items/suggest: a few items while somebody types.
func (s *site) suggest(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query().Get("q")
	var links []design.Link
	if q != "" {
		list, err := s.Items.Bases(r.Context(), item.Query{Text: q})
		if err != nil {
			return err
		}
		for _, b := range list[:min(len(list), 6)] {
			links = append(links, design.Link{Text: b.Name, Href: address("/items/"+b.Code(), "region", r.URL.Query().Get("region")), Hint: b.Short})
		}
	}
	return page.Render(w, r, http.StatusOK, design.Suggestions(design.SuggestionsParams{Links: links, Query: q}))
}
