package itemweb

import (
	"context"
	_ "embed"
	"net/http"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// zone is one zone (专区) as zones.toml describes it; its words are in the locales.
type zone struct {
	Key       string   `toml:"key"`
	Icon      string   `toml:"icon"`
	Modes     []string `toml:"modes"`     // how items are done there: online, relay, joint
	Members   []string `toml:"members"`   // places that take part
	Documents []string `toml:"documents"` // what it rests on; empty while the keeper has entered none
}

//go:embed zones.toml
var zonesText string

// allZones are the zones in the order they are shown.
var allZones = readZones(zonesText)

// zones are their doors.
var zones = func() []door {
	var list []door
	for _, z := range allZones {
		list = append(list, door{z.Key, z.Icon})
	}
	return list
}()

// readZones reads the file that is part of the program; a mistake in it must not get past the first start.
func readZones(text string) []zone {
	var file struct {
		Zone []zone `toml:"zone"`
	}
	if _, err := toml.Decode(text, &file); err != nil {
		panic("reading zones.toml: " + err.Error())
	}
	return file.Zone
}

func (s *site) zoneRoutes(r *web.Router) {
	r.Page("GET /zones", web.Public, s.cached(s.zones))
	r.Page("GET /zones/{key}", web.Public, s.cached(s.zone))
}

// zonesView shows every zone with how many items stand in it.
type zonesView struct{ Counts map[string]int }

// zones is GET /zones.
func (s *site) zones(w http.ResponseWriter, r *http.Request) error {
	f, err := s.Items.Facets(r.Context(), item.Query{})
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, zonesPage(zonesView{f.Zone}))
}

// zoneView is one zone with its items.
type zoneView struct {
	zone
	Region   string // as asked in the address; "" when nobody said
	Audience item.Audience
	Bases    []*item.Base
	Total    int
	Next     string
	Paged    bool
}

// zone is GET /zones/{key}: what the zone means, who takes part, and what can be done there.
func (s *site) zone(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	i := slices.IndexFunc(allZones, func(z zone) bool { return z.Key == r.PathValue("key") })
	if i < 0 {
		return fault.New(fault.NotFound, "item.zones.none")
	}
	v := zoneView{zone: allZones[i], Region: s.where(r).String(), Audience: item.Audience(known(q.Get("for"), "", "person", "company")), Paged: q.Get("after") != ""}
	list, err := s.Items.Bases(r.Context(), item.Query{Zone: v.Key, Audience: v.Audience})
	if err != nil {
		return err
	}
	v.Total = len(list)
	v.Bases, v.Next = pageOf(list, q.Get("after"))
	return page.Render(w, r, http.StatusOK, zonePage(v))
}

// at is the address of the zone for an audience, after an item.
func (v zoneView) at(audience item.Audience, after string) string {
	return address("/zones/"+v.Key, "for", string(audience), "region", v.Region, "after", after)
}

func (v zoneView) pager() design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = v.at(v.Audience, "")
	}
	if v.Next != "" {
		p.Next = v.at(v.Audience, v.Next)
	}
	return p
}

// audiences are the tabs of a zone.
func (v zoneView) audiences(ctx context.Context) []design.Link {
	var list []design.Link
	for _, a := range []item.Audience{"", item.Person, item.Company} {
		text := page.T(ctx, "item.zones.everybody")
		if a != "" {
			text = said(ctx, "item.audience.", string(a))
		}
		list = append(list, design.Link{Text: text, Href: v.at(a, ""), Current: v.Audience == a})
	}
	return list
}

// facts are what one should know of a zone before asking there.
func (v zoneView) facts(ctx context.Context) []design.SummaryRow {
	members := make([]string, len(v.Members))
	for i, m := range v.Members {
		members[i] = said(ctx, "item.place.", m)
	}
	rows := []design.SummaryRow{{Key: page.T(ctx, "item.zones.members"), Value: strings.Join(members, page.T(ctx, "item.and"))}}
	if len(v.Documents) > 0 {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "item.basis.title"), Value: strings.Join(v.Documents, "；")})
	}
	return rows
}

// modes explain how things are done in a zone.
func (v zoneView) modes(ctx context.Context) []string {
	lines := make([]string, len(v.Modes))
	for i, m := range v.Modes {
		lines[i] = said(ctx, "item.mode.", m)
	}
	return lines
}
