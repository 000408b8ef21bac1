package keeperweb

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

const qualityAt = "/desk/library/quality"

func (s *site) qualityRoutes(r *web.Router) {
	r.Page("GET "+qualityAt, web.Staff, s.quality)
	r.Page("POST "+qualityAt+"/count", web.Staff, s.countQuality)
	r.Page("GET "+qualityAt+"/{rule}", web.Staff, s.qualityRule)
	r.Page("POST "+qualityAt+"/{rule}", web.Staff, s.setQualityRule)
}

type qualityView struct {
	*item.Quality
	Department string
	Keeps      bool // may count again and change rules
	Done       bool
	site       *site
}

type ruleView struct {
	qualityView
	Rule   item.QualityRule
	Base   string         // of whose entries findings are shown
	Rows   []item.Finding // one page
	Items  []design.Row   // rules of entries: how many of which base item
	Next   string
	Paged  bool
	Errors design.Errors
}

// qualities reads the findings, narrowed to a department.
func (s *site) qualities(r *http.Request) (qualityView, error) {
	ctx := r.Context()
	by, err := s.keeper(ctx)
	if err != nil {
		return qualityView{}, err
	}
	q := r.URL.Query()
	v := qualityView{Department: q.Get("department"), Done: q.Get("done") != "", Keeps: s.Items.KeepsProvince(by), site: s}
	v.Quality, err = s.Items.Quality(ctx)
	return v, err
}

// quality is GET /desk/library/quality: the rules and how much each finds.
func (s *site) quality(w http.ResponseWriter, r *http.Request) error {
	v, err := s.qualities(r)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, qualityPage(v))
}

// countQuality is POST /desk/library/quality/count: what is counted each night is counted soon.
func (s *site) countQuality(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if !s.Items.KeepsProvince(actor.FromContext(ctx)) {
		return fault.New(fault.Forbidden, "item.keepers_only")
	}
	if err := s.Recount(ctx); err != nil {
		return err
	}
	web.Redirect(w, r, qualityAt+"?done=1")
	return nil
}

// qualityRule is GET /desk/library/quality/{rule}: what one rule finds, and what it looks for.
func (s *site) qualityRule(w http.ResponseWriter, r *http.Request) error {
	v, err := s.ruleOf(r)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, rulePage(v))
}

func (s *site) ruleOf(r *http.Request) (ruleView, error) {
	ctx, q := r.Context(), r.URL.Query()
	v := ruleView{Base: word(q.Get("base")), Paged: q.Get("after") != ""}
	var err error
	if v.qualityView, err = s.qualities(r); err != nil {
		return v, err
	}
	i := slices.IndexFunc(v.Rules, func(x item.QualityRule) bool { return x.Key == r.PathValue("rule") })
	if i < 0 {
		return v, fault.New(fault.NotFound, "item.no_rule")
	}
	v.Rule = v.Rules[i]
	switch {
	case v.Rule.Scope == item.RuleOfBase:
		v.Rows, v.Next = v.baseFindings(q.Get("after"))
	case v.Base != "":
		v.Rows, v.Next, err = s.Items.EntryFindings(ctx, v.Rule.Key, v.Base, word(q.Get("after")), rowsShown)
	default:
		v.Items = v.baseRows(ctx)
	}
	return v, err
}

// baseFindings is one page of what a rule of base items finds, after the code of the last base item seen. A base item stays on one page.
func (v ruleView) baseFindings(after string) (rows []item.Finding, next string) {
	for _, f := range v.Findings {
		if f.Rule != v.Rule.Key || f.Base <= after || v.Department != "" && f.Department != v.Department {
			continue
		}
		if len(rows) >= rowsShown && rows[len(rows)-1].Base != f.Base {
			return rows, rows[len(rows)-1].Base
		}
		rows = append(rows, f)
	}
	return rows, ""
}

// baseRows says of which base items a rule of entries finds how many, the most first, at most a page of them.
func (v ruleView) baseRows(ctx context.Context) []design.Row {
	counts := maps.Clone(v.ByBase[v.Rule.Key])
	maps.DeleteFunc(counts, func(code string, _ int) bool { return v.elsewhere(code) })
	codes := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	if len(codes) > rowsShown {
		codes = codes[:rowsShown]
	}
	rows := make([]design.Row, len(codes))
	for i, code := range codes {
		rows[i].Cells = []design.Cell{{Text: v.Bases[code].Name, Href: ruleAt(v.Rule.Key, "base", code), Note: code}, {Text: figure(counts[code])}}
	}
	return rows
}

// setQualityRule is POST /desk/library/quality/{rule}: the change is proposed.
func (s *site) setQualityRule(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Enabled   string `form:"enabled"`
		Parameter string `form:"parameter"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	key := r.PathValue("rule")
	p, err := s.Items.ProposeRule(ctx, actor.FromContext(ctx), key, in.Enabled == "1", in.Parameter)
	if refused(err) {
		v, failed := s.ruleOf(r)
		if failed != nil {
			return failed
		}
		v.Errors, v.Rule.Parameter, v.Rule.Enabled = design.ErrorsOf(ctx, err), in.Parameter, in.Enabled == "1"
		return page.Render(w, r, status(err), rulePage(v))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, proposalAt(p.ID)+"?done=proposed")
	return nil
}

func ruleAt(key string, more ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			q.Set(more[i], more[i+1])
		}
	}
	if len(q) == 0 {
		return qualityAt + "/" + url.PathEscape(key)
	}
	return qualityAt + "/" + url.PathEscape(key) + "?" + q.Encode()
}

func (v ruleView) pager() *design.PagerParams {
	p := &design.PagerParams{}
	if v.Paged {
		p.First = ruleAt(v.Rule.Key, "base", v.Base, "department", v.Department)
	}
	if v.Next != "" {
		p.Next = ruleAt(v.Rule.Key, "base", v.Base, "department", v.Department, "after", v.Next)
	}
	return p
}

// elsewhere tells whether a base item is another department's than the one chosen, or cancelled since it was counted.
func (v qualityView) elsewhere(code string) bool {
	b := v.Bases[code]
	return b == nil || v.Department != "" && b.Department != v.Department
}

// found is how much a rule finds in the department chosen.
func (v qualityView) found(r item.QualityRule) (n int) {
	for code, k := range v.ByBase[r.Key] {
		if !v.elsewhere(code) {
			n += k
		}
	}
	return n
}

func (v qualityView) departments() []design.Option {
	names := map[string]bool{}
	for _, b := range v.Bases {
		names[b.Department] = true
	}
	var list []design.Option
	for _, code := range slices.Sorted(maps.Keys(names)) {
		list = append(list, design.Option{Value: code, Text: v.site.department(code)})
	}
	return list
}

func severityTone(severity string) design.Tone {
	switch severity {
	case "error":
		return design.Bad
	case "warning":
		return design.Warn
	}
	return design.Info
}

func ruleColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.quality.rule")}, {Text: page.T(ctx, "keeper.quality.severity")}, {Text: page.T(ctx, "keeper.quality.scope")},
		{Text: page.T(ctx, "keeper.quality.found"), Number: true}, {Text: page.T(ctx, "keeper.quality.law"), Extra: true}}
}

func ruleRows(ctx context.Context, v qualityView) []design.Row {
	rows := make([]design.Row, len(v.Rules))
	for i, r := range v.Rules {
		found, row := figure(v.found(r)), design.Row{}
		if !r.Enabled {
			found, row.Tone = page.T(ctx, "keeper.quality.off"), design.Muted
		}
		row.Cells = []design.Cell{{Text: page.T(ctx, r.Message), Href: ruleAt(r.Key, "department", v.Department)},
			{View: design.Badge(design.BadgeParams{Text: page.T(ctx, "keeper.quality.severity."+r.Severity), Tone: severityTone(r.Severity)})},
			{Text: page.T(ctx, "keeper.quality.scope."+r.Scope)}, {Text: found}, {Text: r.Law}}
		rows[i] = row
	}
	return rows
}

func findingColumns(ctx context.Context, v ruleView) []design.Column {
	place := "keeper.quality.material"
	switch {
	case v.Rule.Scope == item.RuleOfEntry:
		place = "keeper.quality.office"
	case v.Rule.Key == item.RuleUnverified:
		place = "keeper.quality.unconfirmed"
	}
	return []design.Column{{Text: page.T(ctx, "keeper.todo.object")}, {Text: page.T(ctx, "keeper.quality.department")}, {Text: page.T(ctx, place)}}
}

func findingRows(v ruleView) []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for i, f := range v.Rows {
		code := cmp.Or(f.Entry, f.Base)
		rows[i].Cells = []design.Cell{{Text: f.Name, Href: "/items/" + code, Note: code}, {Text: v.site.department(f.Department)}, {Text: cmp.Or(f.Place, "—")}}
	}
	return rows
}

// parameterHint says how a parameter is written.
func parameterHint(ctx context.Context, r item.QualityRule) string {
	if r.Kind != item.RuleCondition {
		return page.T(ctx, "keeper.quality.words_hint")
	}
	return page.T(ctx, "keeper.quality.condition_hint", strings.Join(item.QualityVariables(r.Scope), " "))
}
