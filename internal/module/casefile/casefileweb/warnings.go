package casefileweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type warningsView struct {
	Rows, Waiting []design.Row
	Pager         design.PagerParams
	Done          bool
}

// warnings is GET /desk/warnings: by which rules clocks turn yellow, and which begin later.
func (s *site) warnings(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	after := casefile.Warning{BaseCode: q.Get("item"), ItemKind: q.Get("kind"), Region: q.Get("region")}
	list, waiting, err := s.Cases.Warnings(ctx, by(r), after, pageRows+1)
	if err != nil {
		return err
	}
	v := warningsView{Done: q.Has("done")}
	if after != (casefile.Warning{}) {
		v.Pager.First = "/desk/warnings"
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		v.Pager.Next = "/desk/warnings?" + scopeOf(list[pageRows-1]).Encode()
	}
	for _, x := range list {
		v.Rows = append(v.Rows, design.Row{Cells: []design.Cell{{Text: s.scopeText(ctx, x), Href: "/desk/warnings/new?" + s.edit(x)}, {Text: conditionText(ctx, x.Yellow)}, {Text: x.Source}}})
	}
	for _, o := range waiting {
		v.Waiting = append(v.Waiting, design.Row{Cells: []design.Cell{{Text: s.scopeText(ctx, o.Warning)}, {Text: conditionText(ctx, o.Yellow)}, {Text: dateText(ctx, o.From)}, {Text: o.Source}}})
	}
	return page.Render(w, r, http.StatusOK, warningsPage(v))
}

func scopeOf(w casefile.Warning) url.Values {
	return url.Values{"item": {w.BaseCode}, "kind": {w.ItemKind}, "region": {w.Region}}
}

// edit is the form's address with a rule that holds.
func (s *site) edit(w casefile.Warning) string {
	q := scopeOf(w)
	q.Set("region", padRegion(w.Region))
	if days, percent, ok := casefile.ReadThreshold(w.Yellow); ok {
		q.Set("days", strconv.Itoa(days))
		q.Set("percent", strconv.Itoa(percent))
	} else {
		q.Set("condition", w.Yellow)
	}
	return q.Encode()
}

// padRegion makes twelve digits of the first ones of a region's code.
func padRegion(prefix string) string {
	if prefix == "" || len(prefix) > 12 {
		return ""
	}
	return prefix + strings.Repeat("0", 12-len(prefix))
}

func (s *site) scopeText(ctx context.Context, w casefile.Warning) string {
	where := page.T(ctx, "casefile.warn.everywhere")
	if c, err := region.Parse(padRegion(w.Region)); err == nil && s.Directory != nil {
		where = s.Directory().FullName(c)
	} else if w.Region != "" {
		where = w.Region
	}
	switch {
	case w.BaseCode != "":
		return page.T(ctx, "casefile.warn.scope_item", where, w.BaseCode)
	case w.ItemKind != "":
		return page.T(ctx, "casefile.warn.scope_kind", where, w.ItemKind)
	}
	return page.T(ctx, "casefile.warn.scope_all", where)
}

// conditionText says a condition in words where it is a usual one.
func conditionText(ctx context.Context, condition string) string {
	days, percent, ok := casefile.ReadThreshold(condition)
	if !ok {
		return condition
	}
	return page.T(ctx, "casefile.warn.threshold", days, percent)
}

type warningForm struct {
	Region    []string `form:"region"`
	Kind      string   `form:"kind"`
	Item      string   `form:"item"`
	Days      string   `form:"days"`
	Percent   string   `form:"percent"`
	Condition string   `form:"condition"`
	From      string   `form:"from"`
	Source    string   `form:"source"`
	Go        string   `form:"go"`
}

type warningView struct {
	warningForm
	Where   string // the region chosen
	Regions func(parent string) []design.Option
	Effect  *casefile.WarningEffect
	Errors  design.Errors
}

// warning is the rule that was typed; what can't be read is refused by field.
func (in warningForm) warning() (casefile.Warning, error) {
	w := casefile.Warning{BaseCode: in.Item, ItemKind: in.Kind, Yellow: in.Condition, Source: in.Source}
	wrong := fault.New(fault.Invalid, "casefile.bad_warning")
	if text := design.RegionValue(in.Region); text != "" {
		c, err := region.Parse(text)
		if err != nil {
			wrong.Field("region", "casefile.warning_scope")
		}
		w.Region = c.Prefix()
	}
	if w.Yellow == "" {
		days, bad := strconv.Atoi(in.Days)
		percent, worse := strconv.Atoi(in.Percent)
		if bad != nil || days < 0 || days > 365 {
			wrong.Field("days", "casefile.warn.bad_days")
		}
		if worse != nil || percent < 0 || percent > 100 {
			wrong.Field("percent", "casefile.warn.bad_percent")
		}
		w.Yellow = casefile.Threshold(days, percent)
	}
	if in.From != "" {
		var err error
		if w.From, err = civil.Parse(in.From); err != nil {
			wrong.Field("from", "casefile.warning_past")
		}
	}
	return w, wrong.OrNil()
}

// askWarning is GET /desk/warnings/new.
func (s *site) askWarning(w http.ResponseWriter, r *http.Request) error {
	var in warningForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	if _, _, err := s.Cases.Warnings(r.Context(), by(r), casefile.Warning{}, 1); err != nil {
		return err // not his business
	}
	if in.Condition == "" && in.Days == "" {
		days, percent, _ := casefile.ReadThreshold(casefile.UsualYellow)
		in.Days, in.Percent = strconv.Itoa(days), strconv.Itoa(percent)
	}
	return s.showWarning(w, r, http.StatusOK, in, nil, nil)
}

func (s *site) showWarning(w http.ResponseWriter, r *http.Request, status int, in warningForm, e *casefile.WarningEffect, err error) error {
	ctx := r.Context()
	v := warningView{warningForm: in, Where: design.RegionValue(in.Region), Effect: e, Errors: design.ErrorsOf(ctx, err),
		Regions: func(parent string) []design.Option { return s.Regions(ctx, parent) }}
	return page.Render(w, r, status, warningPage(v))
}

// setWarning is POST /desk/warnings/new: it shows what the rule would do, or sets it.
func (s *site) setWarning(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in warningForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	rule, err := in.warning()
	if err == nil && in.Go == "preview" {
		var e casefile.WarningEffect
		if e, err = s.Cases.PreviewWarning(ctx, by(r), rule); err == nil {
			return s.showWarning(w, r, http.StatusOK, in, &e, nil)
		}
	} else if err == nil {
		if _, err = s.Cases.SetWarning(ctx, by(r), rule); err == nil {
			web.Redirect(w, r, "/desk/warnings?done=1")
			return nil
		}
	}
	if f, ok := refused(err); ok {
		return s.showWarning(w, r, f.Kind.Status(), in, nil, err)
	}
	return err
}

func effectText(ctx context.Context, e casefile.WarningEffect) string {
	if e.More {
		return page.T(ctx, "casefile.warn.effect_more", e.Looked, e.ToYellow, e.ToGreen)
	}
	return page.T(ctx, "casefile.warn.effect", e.Looked, e.ToYellow, e.ToGreen)
}
