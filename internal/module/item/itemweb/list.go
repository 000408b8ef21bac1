package itemweb

import (
	"context"
	"net/http"
	"slices"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// listView is what the list shows: entries of the offices that serve a place, or base items while nobody has said where.
type listView struct {
	Text, Audience, Kind, Theme, Event, Zone string
	Region                                   region.Code
	RegionName                               string
	Regions                                  func(parent string) []design.Option
	Rows                                     []*item.Entry
	Bases                                    []*item.Base
	Next                                     string
	Page                                     bool // it is not the first one
}

// list is GET /items.
func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := listView{Text: q.Get("q"), Audience: q.Get("for"), Kind: q.Get("kind"), Theme: q.Get("theme"), Event: q.Get("event"), Zone: q.Get("zone"),
		Region: s.where(r), Page: q.Get("after") != "",
		Regions: func(parent string) []design.Option { return s.Regions(ctx, parent) }}
	v.tidy()
	v.RegionName = s.Directory().FullName(v.Region)
	query := item.Query{Text: v.Text, Audience: item.Audience(v.Audience), Kind: item.Kind(v.Kind), Theme: v.Theme, LifeEvent: v.Event, Zone: v.Zone,
		Region: v.Region, After: q.Get("after")}
	if !narrow(v.Region) {
		list, err := s.Items.Bases(ctx, query)
		if err != nil {
			return err
		}
		v.Bases, v.Next = pageOf(list, query.After)
		return page.Render(w, r, http.StatusOK, listPage(v))
	}
	result, err := s.Items.List(ctx, query)
	if err != nil {
		return err
	}
	v.Rows, v.Next = result.Rows, result.Next
	return page.Render(w, r, http.StatusOK, listPage(v))
}

// pageOf returns the page of base items after the one with a code, and the code the next page begins after, "" on the last.
func pageOf(list []*item.Base, after string) (shown []*item.Base, next string) {
	const rows = 20
	begin := 0
	if after != "" {
		begin = slices.IndexFunc(list, func(b *item.Base) bool { return b.Code() == after }) + 1
	}
	end := min(begin+rows, len(list))
	if end < len(list) {
		next = list[end-1].Code()
	}
	return list[begin:end], next
}

// tidy forgets filters that do not exist, so that an address somebody made up says nothing on the page.
func (v *listView) tidy() {
	v.Audience = known(v.Audience, "", "person", "company")
	v.Theme, v.Event = knownDoor(v.Theme, themes), knownDoor(v.Event, slices.Concat(events[item.Person], events[item.Company]))
	v.Zone = knownDoor(v.Zone, zones)
	if !slices.Contains(item.Kinds(), item.Kind(v.Kind)) {
		v.Kind = ""
	}
}

// where is the place a request is about: what the address says, or where the person signed in lives.
func (s *site) where(r *http.Request) region.Code {
	if sent, ok := r.URL.Query()["region"]; ok {
		return place(design.RegionValue(sent))
	}
	return actor.FromContext(r.Context()).Region
}

// link is the address of the list with one thing changed.
func (v listView) link(name, value string) string {
	pairs := map[string]string{"q": v.Text, "for": v.Audience, "kind": v.Kind, "theme": v.Theme, "event": v.Event, "zone": v.Zone, "region": v.Region.String()}
	pairs[name] = value
	var list []string
	for k, p := range pairs {
		list = append(list, k, p)
	}
	return address("/items", list...)
}

// chosen are the filters in force, each with the address of the list without it.
func (v listView) chosen(ctx context.Context) []design.Link {
	var list []design.Link
	add := func(name, value, text string) {
		if value != "" {
			list = append(list, design.Link{Text: text, Href: v.link(name, "")})
		}
	}
	if v.Audience != "" {
		add("for", v.Audience, said(ctx, "item.audience.", v.Audience))
	}
	if v.Kind != "" {
		add("kind", v.Kind, kindName(ctx, item.Kind(v.Kind)))
	}
	if v.Theme != "" {
		add("theme", v.Theme, themeName(ctx, v.Theme))
	}
	if v.Zone != "" {
		add("zone", v.Zone, zoneName(ctx, v.Zone))
	}
	if v.Event != "" {
		add("event", v.Event, eventName(ctx, v.Event))
	}
	add("region", v.Region.String(), v.RegionName)
	return list
}

// known returns the value if it is one of the listed, else the first of them.
func known(value string, listed ...string) string {
	for _, l := range listed {
		if l == value {
			return value
		}
	}
	return listed[0]
}

func knownDoor(key string, doors []door) string {
	for _, d := range doors {
		if d.key == key {
			return key
		}
	}
	return ""
}

func audienceOptions(ctx context.Context) []design.Option {
	return []design.Option{{Value: "person", Text: page.T(ctx, "item.audience.person")}, {Value: "company", Text: page.T(ctx, "item.audience.company")}}
}

func kindOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, k := range item.Kinds() {
		list = append(list, design.Option{Value: string(k), Text: kindName(ctx, k)})
	}
	return list
}

func themeOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, t := range themes {
		list = append(list, design.Option{Value: t.key, Text: themeName(ctx, t.key)})
	}
	return list
}

// baseFacts are the short facts of an item whatever office does it.
func baseFacts(ctx context.Context, b *item.Base) []string {
	return facts(ctx, &item.Entry{PromiseDays: b.PromiseDays, PromiseUnit: b.PromiseUnit, Instant: b.Instant, Visits: b.Visits, Guide: &b.Guide})
}

func hiddenRegion(code string) []design.Hidden {
	if code == "" {
		return nil
	}
	return []design.Hidden{{Name: "region", Value: code}}
}

func hotLinks(v homeView) []design.Link {
	var list []design.Link
	for _, b := range v.Hot[:min(4, len(v.Hot))] {
		list = append(list, design.Link{Text: b.Short, Href: address("/items/"+b.Code(), "region", v.Region)})
	}
	return list
}

func paused(ctx context.Context, s item.State) *design.BadgeParams {
	switch s {
	case item.Paused:
		return &design.BadgeParams{Text: page.T(ctx, "item.state.paused"), Tone: design.Warn}
	case item.Cancelled:
		return &design.BadgeParams{Text: page.T(ctx, "item.state.cancelled"), Tone: design.Muted}
	}
	return nil
}

func listHeading(ctx context.Context, v listView) string {
	switch {
	case v.Text != "":
		return page.T(ctx, "item.list.found", v.Text)
	case v.Event != "":
		return eventName(ctx, v.Event)
	case v.Zone != "":
		return zoneName(ctx, v.Zone)
	}
	return page.T(ctx, "item.list.title")
}

func listHidden(v listView) []design.Hidden {
	var list []design.Hidden
	for _, h := range []design.Hidden{{Name: "q", Value: v.Text}, {Name: "event", Value: v.Event}, {Name: "zone", Value: v.Zone}} {
		if h.Value != "" {
			list = append(list, h)
		}
	}
	return list
}

func listPager(v listView) design.PagerParams {
	p := design.PagerParams{}
	if v.Page {
		p.First = v.link("after", "")
	}
	if v.Next != "" {
		p.Next = v.link("after", v.Next)
	}
	return p
}
