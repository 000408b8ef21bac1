package itemweb

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// guideView is a guide with the answers to its questions.
type guideView struct {
	Entry      *item.Entry
	Plans      []item.Plan         // what is to come for it
	Files      []item.MaterialFile // what its keeper attached to materials
	Base       bool                // nobody has said yet which office
	RegionName string
	Region     region.Code
	Regions    func(parent string) []design.Option
	NoOffice   bool // the place chosen has no office for it
	Variant    string
	Situation  map[string]string
	Questions  []item.Question
	Settled    bool            // every question asked is answered
	Materials  []item.Material // the exact list when Settled, else what is asked in any case
	Depends    []item.Material // what depends on open questions
	Fees       []item.Fee      // exact when Settled, else all there may be
	Results    []item.Result   // exact when Settled, else all there may be
	Address    string          // how the outside reaches us
	Keeps      bool            // a keeper of this guide looks at it
	kept       func(templ.Component) templ.Component
	Reports    int // open reports about it, for its keepers
}

// guide is GET /items/{code}: 31 characters are an office's entry, 12 the item itself, which leads on to the office of the region
// in the address.
func (s *site) guide(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	kept := s.keeping(r)
	v := guideView{Regions: func(parent string) []design.Option { return s.Regions(r.Context(), parent) }}
	if len(code) == 12 {
		to, err := s.office(r, code, &v)
		if err != nil {
			return err
		}
		if to != "" {
			web.Redirect(w, r, to)
			return nil
		}
	}
	shown, err := s.guideOf(r, code)
	if err != nil {
		return err
	}
	shown.Regions, shown.NoOffice, shown.kept = v.Regions, v.NoOffice, kept
	if shown.Base {
		shown.Region, shown.RegionName = v.Region, s.Directory().FullName(v.Region)
	}
	if shown.Reports, shown.Keeps, err = s.Items.OpenFeedback(r.Context(), actor.FromContext(r.Context()), shown.Entry); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, guidePage(shown))
}

// keeping keeps the body of a guide, by its address, for those the cache of whole pages is not for. It is to be asked before the guide is read.
func (s *site) keeping(r *http.Request) func(templ.Component) templ.Component {
	if s.Cache == nil || len(r.URL.RawQuery) > page.LongestQuery || len(r.PathValue("code")) == 12 { // the item in general shows the reader's region
		return func(body templ.Component) templ.Component { return body }
	}
	version := s.Cache.Version()
	return func(body templ.Component) templ.Component {
		return s.Cache.Part(version, r.URL.EscapedPath()+"?"+r.URL.RawQuery, body)
	}
}

// guideOf reads a guide with the answers in the address.
func (s *site) guideOf(r *http.Request, code string) (guideView, error) {
	v := guideView{Base: len(code) == 12, Address: s.base()}
	g, err := s.entry(r.Context(), code)
	if err != nil {
		return v, err
	}
	v.Entry, v.Plans, v.Files = g.entry, g.plans, g.files
	if !v.Base {
		v.Region = v.Entry.Region
	}
	v.RegionName = s.Directory().FullName(v.Region)
	return v, v.answer(r.URL.Query())
}

// base is how the outside reaches us, "" when nobody has said so.
func (s *site) base() string {
	if s.Address == nil {
		return ""
	}
	return s.Address()
}

// mostShown bounds the entries kept for their guides; they share the guides, so each is small.
const mostShown = 10_000

// guided is what a guide is made from.
type guided struct {
	entry *item.Entry
	plans []item.Plan
	files []item.MaterialFile
}

// entry returns what a guide shows: of an office by 31 characters, of the item in general by 12. It is kept by the same rule as strangers' pages.
func (s *site) entry(ctx context.Context, code string) (guided, error) {
	g, ok, age := s.shown.Get(code)
	if ok && s.Cache != nil {
		return g, nil
	}
	err := s.DB.Glance(ctx, func(tx *db.Tx) (err error) {
		if len(code) != 12 {
			g.entry, g.plans, err = s.Items.Guided(ctx, tx, code)
		} else if g.entry, err = s.Items.Preview(ctx, tx, code); err == nil {
			g.plans, err = s.Items.Plans(ctx, tx, code)
		}
		if err == nil {
			g.files, err = s.Items.Files(ctx, tx, g.entry.BaseCode)
		}
		return err
	})
	if err != nil {
		return g, err
	}
	s.shown.Put(code, g, age)
	return g, nil
}

// office returns the address of the entry that serves the place asked for, "" when none was asked for or there is not exactly one.
func (s *site) office(r *http.Request, base string, v *guideView) (string, error) {
	v.Region = s.where(r)
	if !narrow(v.Region) {
		return "", nil
	}
	list, err := s.Items.List(r.Context(), item.Query{Base: base, Region: v.Region, Limit: 2})
	if err != nil {
		return "", err
	}
	v.NoOffice = len(list.Rows) == 0
	if v.NoOffice {
		return "", nil
	}
	q := r.URL.Query()
	q.Del("region")
	to := "/items/" + list.Rows[0].Code
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to, nil
}

// answer reads variant and situation.KEY from the address and works out questions and materials. Answers that do not exist count
// as not given: the page asks again.
func (v *guideView) answer(q url.Values) error {
	v.Variant = q.Get("variant")
	if _, ok := v.Entry.Variant(v.Variant); !ok {
		v.Variant = ""
	}
	v.Situation = map[string]string{}
	for _, question := range v.Entry.Guide.Situations {
		for _, o := range question.Options {
			if a := q.Get("situation." + question.Key); a == o.Value {
				v.Situation[question.Key] = a
			}
		}
	}
	var err error
	if v.Questions, err = v.Entry.Questions(v.Variant, v.Situation); err != nil {
		return err
	}
	err = v.Entry.CheckSituation(v.Variant, v.Situation)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	v.Settled = err == nil
	if v.Settled {
		return v.settle()
	}
	v.Fees, v.Results = v.Entry.Guide.Fees, v.Entry.Guide.Results
	for _, m := range v.Entry.Guide.Materials {
		if m.When == "" {
			v.Materials = append(v.Materials, m)
		} else {
			v.Depends = append(v.Depends, m)
		}
	}
	return nil
}

// settle works out what exactly is asked, paid and got when every question is answered.
func (v *guideView) settle() (err error) {
	if v.Materials, err = v.Entry.MaterialsFor(v.Variant, v.Situation); err != nil {
		return err
	}
	if v.Fees, err = v.Entry.FeesFor(v.Variant, v.Situation); err != nil {
		return err
	}
	v.Results, err = v.Entry.ResultsFor(v.Variant, v.Situation)
	return err
}

// open tells whether an application can be begun here.
func (v *guideView) open() bool { return !v.Base && v.Entry.Offered() && v.Entry.Online }

// powerlessText says why nobody may apply without a power in force, and whom to ask.
func (v *guideView) powerlessText(ctx context.Context) string {
	if v.Base || v.Entry.Contact.Phone == "" {
		return page.T(ctx, "item.powerless.text", cmp.Or(v.Entry.OfficeName, page.T(ctx, "item.powerless.hotline")), "12345")
	}
	return page.T(ctx, "item.powerless.text", v.Entry.OfficeName, v.Entry.Contact.Phone)
}

// asks tells whether the guide asks anything.
func (v *guideView) asks() bool { return len(v.Questions) > 0 || len(v.Entry.Guide.Variants) > 1 }

// apply is the address that starts an application with the answers given here.
func (v *guideView) apply() string {
	return address("/items/"+v.Entry.Code+"/apply", v.answers()...)
}

// spared tells whether the applicant need not hand a material in as a file.
func spared(m item.Material) bool {
	for _, w := range m.Ways {
		switch w.Kind {
		case item.WayForm, item.WayCertificate, item.WaySharing, item.WayPledge:
			return true
		}
	}
	return false
}

// way says how a material can be given.
func way(ctx context.Context, w item.Way) string {
	switch w.Kind {
	case item.WaySharing:
		return page.T(ctx, "item.way.sharing", w.From)
	case item.WayPledge:
		return page.T(ctx, "item.way.pledge", w.From)
	case item.WayLater:
		return page.T(ctx, "item.way.later", w.Days)
	case item.WayCertificate:
		if w.Whose == item.OfAgent {
			return page.T(ctx, "item.way.certificate_agent")
		}
	}
	return said(ctx, "item.way.", w.Kind)
}

func ways(ctx context.Context, list []item.Way) string {
	said := make([]string, len(list))
	for i, w := range list {
		said[i] = way(ctx, w)
	}
	return strings.Join(said, page.T(ctx, "item.or"))
}

func materialBadge(ctx context.Context, m item.Material) *design.BadgeParams {
	switch {
	case spared(m):
		return &design.BadgeParams{Text: page.T(ctx, "item.material.spared"), Tone: design.Good}
	case !m.Required:
		return &design.BadgeParams{Text: page.T(ctx, "item.material.optional"), Tone: design.Muted}
	}
	return &design.BadgeParams{Text: page.T(ctx, "item.material.required"), Tone: design.Neutral}
}

// materialRows are the details of a material people look up.
func materialRows(ctx context.Context, m item.Material) []design.SummaryRow {
	var rows []design.SummaryRow
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, design.SummaryRow{Key: key, Value: value})
		}
	}
	add(page.T(ctx, "item.material.standard"), m.Standard)
	add(page.T(ctx, "item.material.form"), said(ctx, "item.original.", m.Original))
	source := said(ctx, "item.source.", m.Source)
	if m.Issuer != "" {
		source += "（" + m.Issuer + "）"
	}
	add(page.T(ctx, "item.material.source"), source)
	add(page.T(ctx, "item.material.blank"), m.Blank)
	add(page.T(ctx, "item.material.sample"), m.Sample)
	add(page.T(ctx, "item.material.basis"), m.Basis)
	return rows
}

// does says for each way what the person has to do.
func does(ctx context.Context, list []item.Way) []string {
	lines := make([]string, len(list))
	for i, w := range list {
		switch {
		case w.Kind == item.WaySharing, w.Kind == item.WayPledge:
			lines[i] = said(ctx, "item.do.", w.Kind, w.From)
		case w.Kind == item.WayLater:
			lines[i] = said(ctx, "item.do.", w.Kind, w.Days)
		case w.Whose == item.OfAgent:
			lines[i] = said(ctx, "item.do.", "certificate_agent")
		default:
			lines[i] = said(ctx, "item.do.", w.Kind)
		}
	}
	return lines
}

// exactRows are time, fee and result as far as the answers settle them.
func exactRows(ctx context.Context, v guideView) []design.SummaryRow {
	e := v.Entry
	rows := []design.SummaryRow{{Key: page.T(ctx, "item.limits.promise"), Value: limit(ctx, e.Promise(v.Variant), e.PromiseUnit)},
		{Key: page.T(ctx, "item.limits.statute"), Value: limit(ctx, e.LegalDays, e.LegalUnit)},
		{Key: page.T(ctx, "item.glance.fee"), Value: cost(ctx, v), Hint: feeNames(v.Fees)}}
	if text := results(v.Results); text != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "item.glance.result"), Value: text})
	}
	return rows
}

// cost says what is paid, in yuan where that is sure: of one fixed charge, or of several that the answers settle. Several charges without
// conditions may be alternatives, which no sum tells.
func cost(ctx context.Context, v guideView) string {
	if len(v.Fees) == 0 {
		return page.T(ctx, "item.free")
	}
	var fen int64
	for _, f := range v.Fees {
		if sure := f.When == "" && len(v.Fees) == 1 || f.When != "" && v.Settled; !sure || f.Fen == 0 {
			return page.T(ctx, "item.costs")
		}
		fen += f.Fen
	}
	return page.T(ctx, "item.yuan", strconv.FormatFloat(float64(fen)/100, 'f', -1, 64))
}

func feeNames(list []item.Fee) string {
	var names []string
	for _, f := range list {
		names = append(names, f.Name+" "+f.Standard)
	}
	return strings.Join(names, "；")
}

// glance are the facts people look for first.
func glance(ctx context.Context, v guideView) []design.SummaryRow {
	e := v.Entry
	rows := []design.SummaryRow{}
	add := func(key, value, hint string) {
		if value != "" {
			rows = append(rows, design.SummaryRow{Key: page.T(ctx, key), Value: value, Hint: hint})
		}
	}
	add("item.glance.office", e.OfficeName, "")
	add("item.glance.audience", audienceName(ctx, e.Audience), "")
	add("item.glance.kind", kindName(ctx, e.Kind), "")
	add("item.glance.visits", visits(ctx, e.Visits), e.VisitReason)
	add("item.glance.fee", cost(ctx, v), feeNote(ctx, e))
	add("item.glance.result", results(v.Results), "")
	if len(e.Guide.Receivable) > 0 {
		add("item.glance.near", said(ctx, "item.near.", known(lowest(e), "5", "6")), "")
	}
	if e.Guide.Scope == "province" {
		add("item.glance.scope", page.T(ctx, "item.scope.province"), "")
	}
	add("item.glance.address", e.Contact.Address, e.Contact.Windows)
	add("item.glance.hours", e.Contact.Hours, "")
	add("item.glance.phone", e.Contact.Phone, "")
	add("item.glance.supervise", e.Contact.Supervise, "")
	add("item.doubt.title", doubts(ctx, e), page.T(ctx, "item.doubt.ask", cmp.Or(e.Contact.Phone, "12345")))
	if !v.Base {
		add("item.glance.code", e.Code, page.T(ctx, "item.glance.version", e.Version))
	}
	return rows
}

func results(all []item.Result) string {
	var list []string
	for _, r := range all {
		text := r.Name
		if r.Valid != "" {
			text += "（" + r.Valid + "）"
		}
		list = append(list, text)
	}
	return strings.Join(list, "、")
}

// lowest is the lowest level that may receive an item.
func lowest(e *item.Entry) string {
	if e.ReceivableAt(6) {
		return "6"
	}
	return "5"
}
