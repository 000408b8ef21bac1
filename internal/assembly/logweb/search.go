package logweb

import (
	"context"
	"net/http"
	"net/url"
	"regexp"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

type searchView struct {
	Kind    string `form:"kind"`
	Object  string `form:"object"`
	Subject string `form:"subject"`
	Actor   string `form:"actor"`
	Before  string `form:"before"`
	Asked   bool   `form:"asked"`

	// An investigation that is kept secret by law, when Ground is given.
	Ground   string `form:"ground"`
	Document string `form:"document"`
	Until    string `form:"until"`

	Errors design.Errors
	Leaves []mineRow
	Next   string
}

var (
	// identifier is what the log names things by.
	identifier = regexp.MustCompile(`^[0-9A-Za-z:._-]{0,120}$`)
	// personal is a citizen's or company's number, which the log never holds: whoever searches for one must not write it there.
	personal = regexp.MustCompile(`^(\d{17}[\dXx]|[0-9A-HJ-NPQRTUWXY]{18}|1\d{10})$`)
)

// search is GET /admin/audit: the auditor's search. Opening the form reads nothing; each page of an answer is a leaf "log.read".
func (s *site) search(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	if err := s.Offices.Check(by, office.ActAudit, actor.Target{}); err != nil {
		return err
	}
	var v searchView
	if err := page.Bind(r, &v); err != nil {
		return err
	}
	if !v.Asked {
		return page.Render(w, r, http.StatusOK, searchPage(v))
	}
	if err := v.check(); err != nil {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusUnprocessableEntity, searchPage(v))
	}
	if err := s.Offices.ReadLog(ctx, by, v.reading()); err != nil {
		if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
			v.Errors = design.ErrorsOf(ctx, err)
			return page.Render(w, r, http.StatusUnprocessableEntity, searchPage(v))
		}
		return err
	}
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		list, err := s.Log.Search(ctx, tx, audit.Query{Kind: v.Kind, Object: v.Object, Subject: v.Subject, Actor: v.Actor}, v.Before, rows+1)
		if err != nil {
			return err
		}
		if len(list) > rows {
			list = list[:rows]
			v.Next = v.href(list[rows-1].ID)
		}
		from := s.witness(tx, by)
		for _, l := range list {
			who, err := from.who(ctx, l)
			if err != nil {
				return err
			}
			v.Leaves = append(v.Leaves, mineRow{l, who})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, searchPage(v))
}

// check refuses what is no identifier of the log.
func (v searchView) check() error {
	f := fault.New(fault.Invalid, "log.bad_search")
	for name, value := range map[string]string{"kind": v.Kind, "object": v.Object, "subject": v.Subject, "actor": v.Actor, "before": v.Before} {
		switch {
		case personal.MatchString(value):
			f.Field(name, "log.personal_number")
		case !identifier.MatchString(value):
			f.Field(name, "log.bad_identifier")
		}
	}
	return f.OrNil()
}

// reading is the search as the log is told of it.
func (v searchView) reading() office.LogReading {
	out := office.LogReading{Asked: v.fields(), Subject: v.Subject}
	if v.Ground != "" {
		until, _ := civil.Parse(v.Until) // what is no day is refused as a missing one
		out.Secret = &office.Secrecy{Ground: v.Ground, Document: v.Document, Until: until}
	}
	return out
}

// fields are what was asked, as the log keeps it.
func (v searchView) fields() map[string]string {
	out := map[string]string{}
	for name, value := range map[string]string{"kind": v.Kind, "object": v.Object, "subject": v.Subject, "actor": v.Actor, "before": v.Before, "ground": v.Ground, "document": v.Document,
		"until": v.Until} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}

func (v searchView) href(before string) string {
	q := url.Values{"asked": {"1"}}
	v.Before = before
	for name, value := range v.fields() {
		q.Set(name, value)
	}
	return "/admin/audit?" + q.Encode()
}

func (v searchView) pager() *design.PagerParams {
	if v.Next == "" && v.Before == "" {
		return nil
	}
	return &design.PagerParams{First: v.href(""), Next: v.Next}
}

func groundOptions(ctx context.Context) []design.Option {
	out := make([]design.Option, len(office.SecrecyGrounds))
	for i, g := range office.SecrecyGrounds {
		out[i] = design.Option{Value: g, Text: said(ctx, "log.search.ground.", g)}
	}
	return out
}

func kindOptions(ctx context.Context) []design.Option {
	out := make([]design.Option, len(kinds))
	for i, k := range kinds {
		out[i] = design.Option{Value: k, Text: kindWords(ctx, k)}
	}
	return out
}

func searchColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "log.what")}, {Text: page.T(ctx, "log.when")}, {Text: page.T(ctx, "log.who")}, {Text: page.T(ctx, "log.object")}, {Text: page.T(ctx, "log.data")},
		{Text: page.T(ctx, "log.in_log")}}
}

func searchRows(ctx context.Context, v searchView) []design.Row {
	out := make([]design.Row, len(v.Leaves))
	for i, l := range v.Leaves {
		who := l.Who
		who.Note = or(l.Actor, "—")
		what := design.Cell{Text: kindWords(ctx, l.Kind), Note: l.Basis}
		if l.Erased {
			what.Note = page.T(ctx, "log.erased")
		}
		out[i] = design.Row{Cells: []design.Cell{what, {Text: page.DateTime(ctx, l.At)}, who, {Text: or(l.Object, "—"), Note: l.Subject},
			{View: code(or(string(l.Data), "—"))}, inLog(ctx, l.Leaf)}}
	}
	return out
}
