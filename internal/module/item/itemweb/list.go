package itemweb

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// listView is what the list shows: entries of the offices that serve a place, or base items while nobody has said where.
type listView struct {
	item.Query        // as asked, with filters that do not exist forgotten
	RegionName string // of the place to be served; "" for none
	Regions    func(parent string) []design.Option
	Rows       []*item.Entry
	Bases      []*item.Base
	Total      int          // base items found in all; 0 where offices are listed
	Facets     *item.Facets // nil where offices are listed
	Near       []*item.Base // when nothing is found
	Wider      int          // items found without the filters, when nothing is found with them
	Next       string
	Paged      bool // it is not the first page
}

// queryOf reads the filters of an address. Those that do not exist are forgotten, so that an address somebody made up says nothing on the page.
func (s *site) queryOf(r *http.Request) item.Query {
	q := r.URL.Query()
	level, _ := strconv.Atoi(q.Get("level"))
	depth, _ := strconv.Atoi(q.Get("depth"))
	v := item.Query{Text: q.Get("q"), Audience: item.Audience(known(q.Get("for"), "", "person", "company")), Kind: item.Kind(q.Get("kind")),
		Theme: knownDoor(q.Get("theme"), themes), LifeEvent: knownDoor(q.Get("event"), slices.Concat(events[item.Person], events[item.Company])),
		Zone: knownDoor(q.Get("zone"), zones), Department: known(q.Get("department"), append([]string{""}, departments...)...),
		Region: s.where(r), After: q.Get("after")}
	if !slices.Contains(item.Kinds(), v.Kind) {
		v.Kind = ""
	}
	if level >= 2 && level <= 6 {
		v.Level = level
	}
	if depth >= 1 && depth <= 7 {
		v.Depth = depth
	}
	return v
}

// list is GET /items.
func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := listView{Query: s.queryOf(r), Regions: func(parent string) []design.Option { return s.Regions(ctx, parent) }}
	v.Paged = v.After != ""
	v.RegionName = s.Directory().FullName(v.Region)
	if err := s.fill(ctx, &v); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, listPage(v))
}

// fill finds what the list shows.
func (s *site) fill(ctx context.Context, v *listView) error {
	if narrow(v.Region) {
		result, err := s.Items.List(ctx, v.Query)
		if err != nil {
			return err
		}
		v.Rows, v.Next = result.Rows, result.Next
	} else {
		list, err := s.Items.Bases(ctx, v.Query)
		if err != nil {
			return err
		}
		v.Total = len(list)
		v.Bases, v.Next = pageOf(list, v.After)
		f, err := s.Items.Facets(ctx, v.Query)
		if err != nil {
			return err
		}
		v.Facets = &f
	}
	if len(v.Rows) > 0 || len(v.Bases) > 0 {
		return nil
	}
	return s.help(ctx, v)
}

// nearShown is how many items are offered when nothing is found.
const nearShown = 5

// help looks for what else could be meant when nothing is found.
func (s *site) help(ctx context.Context, v *listView) error {
	all, err := s.Items.Bases(ctx, item.Query{Text: v.Text})
	if err != nil || len(all) > 0 && v.Text != "" {
		v.Wider, v.Near = len(all), all[:min(nearShown, len(all))]
		return err
	}
	if v.Text != "" {
		v.Near, err = s.Items.Nearest(ctx, v.Query, nearShown)
	}
	return err
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

// where is the place a request is about: what the address says, or where the person signed in lives.
func (s *site) where(r *http.Request) region.Code {
	if sent, ok := r.URL.Query()["region"]; ok {
		return place(design.RegionValue(sent))
	}
	return actor.FromContext(r.Context()).Region
}

// pairs are the query as it stands in an address, without the page.
func (v listView) pairs() map[string]string {
	return map[string]string{"q": v.Text, "for": string(v.Audience), "kind": string(v.Kind), "theme": v.Theme, "event": v.LifeEvent, "zone": v.Zone,
		"department": v.Department, "level": number(v.Level), "depth": number(v.Depth), "region": v.Region.String()}
}

// link is the address of the list with one thing changed.
func (v listView) link(name, value string) string {
	pairs := v.pairs()
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
	for _, f := range v.filters() {
		if f.value != "" {
			list = append(list, design.Link{Text: said(ctx, f.words, f.value), Href: v.link(f.name, "")})
		}
	}
	if v.RegionName != "" {
		list = append(list, design.Link{Text: v.RegionName, Href: v.link("region", "")})
	}
	return list
}

// number writes a number that 0 leaves out.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
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

// standing is the badge of an entry nobody can apply for now.
func standing(ctx context.Context, e *item.Entry) *design.BadgeParams {
	if b := paused(ctx, e.State); b != nil || !e.Powerless {
		return b
	}
	return &design.BadgeParams{Text: page.T(ctx, "item.powerless.badge"), Tone: design.Warn}
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
	case v.LifeEvent != "":
		return eventName(ctx, v.LifeEvent)
	case v.Zone != "":
		return zoneName(ctx, v.Zone)
	}
	return page.T(ctx, "item.list.title")
}

func listHidden(v listView) []design.Hidden {
	if v.Text == "" {
		return nil
	}
	return []design.Hidden{{Name: "q", Value: v.Text}}
}

func listPager(v listView) design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = v.link("after", "")
	}
	if v.Next != "" {
		p.Next = v.link("after", v.Next)
	}
	return p
}

// listTitle is the title of the window: what was asked for.
func listTitle(ctx context.Context, v listView) string {
	if title, plain := listHeading(ctx, v), page.T(ctx, "item.list.title"); title != plain {
		return title + " · " + plain
	}
	return page.T(ctx, "item.list.title")
}

// listLead says how much was found, where that is known.
func listLead(ctx context.Context, v listView) string {
	if v.Total == 0 {
		return ""
	}
	return page.T(ctx, "item.list.total", v.Total)
}

// emptyAction leads on from a list that shows nothing.
func emptyAction(ctx context.Context, v listView) *design.Link {
	if v.Wider > 0 {
		return &design.Link{Text: page.T(ctx, "item.list.wider", v.Wider), Href: address("/items", "q", v.Text)}
	}
	return &design.Link{Text: page.T(ctx, "item.home.all"), Href: address("/items", "region", v.Region.String())}
}
