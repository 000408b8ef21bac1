package keeperweb

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

const (
	consistencyAt   = "/desk/library/consistency"
	historyDays     = 90
	deviationsShown = 20 // the figures stand below
	historyPoints   = 12
	recountsShown   = 14
)

// consistencyRoutes adds the meter: for keepers with its list of deviations, for everybody its figures.
func (s *site) consistencyRoutes(r *web.Router) {
	r.Page("GET /consistency", web.Public, s.publicConsistency)
	r.Page("GET "+consistencyAt, web.Staff, s.consistency)
	r.Page("POST "+consistencyAt+"/adopt", web.Staff, s.adopt)
	r.Page("POST "+consistencyAt+"/adopt-all", web.Staff, s.adoptAll)
	s.consistencyAPI(r)
}

// meterView is the meter as both pages draw it.
type meterView struct {
	*item.Consistency
	History []item.Day
	site    *site
}

type consistencyView struct {
	meterView
	Query item.DeviationQuery
	Rows  []item.Deviation
	Next  string
	Paged bool
	Done  string

	Unverified int // base items of which something was not confirmed at its source
	Doubts     int // how many such things there are

	Recounts []item.CensusDay // newest first
}

func (s *site) meter(ctx context.Context) (meterView, error) {
	v := meterView{site: s}
	var err error
	if v.Consistency, err = s.Items.Consistency(ctx); err != nil {
		return v, err
	}
	v.History, err = s.Items.History(ctx, item.ElementAny, historyDays)
	return v, err
}

// publicConsistency is GET /consistency: how far five levels of government say the same of one item.
func (s *site) publicConsistency(w http.ResponseWriter, r *http.Request) error {
	v, err := s.meter(r.Context())
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, publicConsistencyPage(v))
}

// consistency is GET /desk/library/consistency: the meter and what deviates within one's reach.
func (s *site) consistency(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := consistencyView{Query: deviationQuery(q), Paged: q.Get("after") != "", Done: q.Get("done")}
	v.Query.Limit = deviationsShown + 1
	rows, err := s.Items.Deviations(ctx, actor.FromContext(ctx), v.Query)
	if err != nil {
		return err
	}
	if len(rows) > deviationsShown {
		rows = rows[:deviationsShown]
		last := rows[deviationsShown-1]
		v.Next = last.Entry + "." + last.Element
	}
	v.Rows = rows
	if v.meterView, err = s.meter(ctx); err != nil {
		return err
	}
	found, err := s.Items.Quality(ctx)
	if err != nil {
		return err
	}
	if v.Recounts, err = s.Items.CensusHistory(ctx, recountsShown); err != nil {
		return err
	}
	v.Unverified, v.Doubts = len(found.ByBase[item.RuleUnverified]), found.Counts[item.RuleUnverified]
	return page.Render(w, r, http.StatusOK, consistencyPage(v))
}

// deviationQuery reads the filters of an address; what is no filter narrows nothing.
func deviationQuery(q url.Values) item.DeviationQuery {
	out := item.DeviationQuery{Element: word(q.Get("element")), Base: word(q.Get("base")), Entry: word(q.Get("entry"))}
	if n, err := strconv.Atoi(q.Get("level")); err == nil {
		out.Level = n
	}
	if c, err := region.Parse(q.Get("region")); err == nil {
		out.Region = c
	}
	if entry, element, ok := strings.Cut(q.Get("after"), "."); ok {
		out.After = item.DeviationPlace{Entry: word(entry), Element: word(element)}
	}
	return out
}

// word is a code or key as it is, and "-", which nothing is called, for what can be none.
func word(text string) string {
	for _, r := range text {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return "-"
		}
	}
	return text
}

// filtered is where the list with these filters stands.
func filtered(q item.DeviationQuery, more ...string) string {
	values := url.Values{}
	set := func(key, value string) {
		if value != "" {
			values.Set(key, value)
		}
	}
	set("element", q.Element)
	set("base", q.Base)
	set("entry", q.Entry)
	if q.Level != 0 {
		set("level", strconv.Itoa(q.Level))
	}
	if !q.Region.IsZero() {
		set("region", q.Region.String())
	}
	for i := 0; i+1 < len(more); i += 2 {
		set(more[i], more[i+1])
	}
	if len(values) == 0 {
		return consistencyAt
	}
	return consistencyAt + "?" + values.Encode()
}

// adopt is POST /desk/library/consistency/adopt: one entry takes its base's element.
func (s *site) adopt(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Code string `form:"code"`
		Key  string `form:"key"`
		Back string `form:"back"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.Items.Adopt(ctx, actor.FromContext(ctx), in.Code, []string{in.Key})
	if err != nil && !fault.Is(err, fault.Conflict) { // somebody else was quicker: it is corrected all the same
		return err
	}
	web.Redirect(w, r, backTo(in.Back, "1"))
	return nil
}

// adoptAll is POST /desk/library/consistency/adopt-all: everything the filters find.
func (s *site) adoptAll(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Back string `form:"back"`
		All  bool   `form:"all"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	query, err := adoptedQuery(in.Back, in.All)
	if err != nil {
		return err
	}
	n, err := s.Items.AdoptAll(ctx, actor.FromContext(ctx), query)
	if err != nil {
		return err
	}
	web.Redirect(w, r, backTo(in.Back, strconv.Itoa(n)))
	return nil
}

// adoptedQuery reads which deviations are to be corrected: never everything instead of something. A filter that can't be read is refused, and
// without any filter everything must be asked for by name.
func adoptedQuery(back string, all bool) (item.DeviationQuery, error) {
	values, err := url.ParseQuery(back)
	if err != nil {
		return item.DeviationQuery{}, fault.New(fault.Invalid, "item.adopt_what").Because(err)
	}
	q := deviationQuery(values)
	unread := values.Get("level") != "" && q.Level == 0 || values.Get("region") != "" && q.Region.IsZero()
	if unread || unfiltered(q) && !all {
		return q, fault.New(fault.Invalid, "item.adopt_what")
	}
	return q, nil
}

// unfiltered tells whether a query finds everything.
func unfiltered(q item.DeviationQuery) bool {
	return q.Element == "" && q.Level == 0 && q.Region.IsZero() && q.Base == "" && q.Entry == ""
}

// adoptHidden is what the button for all of the list sends.
func (v consistencyView) adoptHidden() []design.Hidden {
	hidden := []design.Hidden{{Name: "back", Value: v.back()}}
	if unfiltered(v.Query) {
		hidden = append(hidden, design.Hidden{Name: "all", Value: "1"})
	}
	return hidden
}

// backTo leads to the list with the filters of a query somebody sent, and says how many were corrected.
func backTo(query, done string) string {
	q, err := url.ParseQuery(query)
	if err != nil {
		q = url.Values{}
	}
	return filtered(deviationQuery(q), "done", done)
}

func (v consistencyView) back() string {
	_, query, _ := strings.Cut(filtered(v.Query), "?")
	return query
}

func (v consistencyView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.Paged {
		p.First = filtered(v.Query)
	}
	if v.Next != "" {
		p.Next = filtered(v.Query, "after", v.Next)
	}
	return p
}

func (v consistencyView) chosen(ctx context.Context) []design.Link {
	var links []design.Link
	without := func(text string, change func(q *item.DeviationQuery)) {
		q := v.Query
		change(&q)
		links = append(links, design.Link{Text: text, Href: filtered(q)})
	}
	if v.Query.Element != "" {
		without(elementName(ctx, v.Query.Element), func(q *item.DeviationQuery) { q.Element = "" })
	}
	if v.Query.Level != 0 {
		without(levelName(ctx, v.Query.Level), func(q *item.DeviationQuery) { q.Level = 0 })
	}
	if !v.Query.Region.IsZero() {
		without(v.site.Directory().Name(v.Query.Region), func(q *item.DeviationQuery) { q.Region = region.Code{} })
	}
	if code := cmp.Or(v.Query.Base, v.Query.Entry); code != "" {
		without(code, func(q *item.DeviationQuery) { q.Base, q.Entry = "", "" })
	}
	return links
}

func elementName(ctx context.Context, key string) string {
	if key == item.ElementAny || !page.Has(ctx, "item.element."+key) {
		return page.T(ctx, "keeper.meter.any")
	}
	return page.T(ctx, "item.element."+key)
}

func levelName(ctx context.Context, level int) string {
	return page.T(ctx, "keeper.meter.level."+strconv.Itoa(level))
}

func elementOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, key := range item.ElementKeys() {
		list = append(list, design.Option{Value: key, Text: elementName(ctx, key)})
	}
	return list
}

func levelOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, l := range item.ExercisingLevels() {
		list = append(list, design.Option{Value: strconv.Itoa(l), Text: levelName(ctx, l)})
	}
	return list
}

// placeOptions are the prefectures with their counties behind them.
func (s *site) placeOptions() []design.Option {
	var list []design.Option
	d := s.Directory()
	for _, p := range d.Children(region.MustParse("22")) {
		list = append(list, design.Option{Value: p.Code.String(), Text: p.Name})
		for _, c := range d.Children(p.Code) {
			list = append(list, design.Option{Value: c.Code.String(), Text: p.Name + " " + c.Name})
		}
	}
	return list
}

func levelValue(level int) string {
	if level == 0 {
		return ""
	}
	return strconv.Itoa(level)
}
