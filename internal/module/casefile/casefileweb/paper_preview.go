package casefileweb

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

// issues tells whether an action issues a document.
func issues(a casefile.Action) bool {
	switch a {
	case casefile.Opine, casefile.Resume, casefile.TakeOver, casefile.SendBack, casefile.AskExtension, casefile.DeclineExtension, casefile.AnswerObjection:
		return false
	}
	return ownPage(a)
}

// previewView is a document before it is issued, with what was typed, to issue it or to go on writing.
type previewView struct {
	Number, Name, Heading, Title string
	Kind                         design.ButtonKind
	Hidden                       []design.Hidden
	Pages                        []string
	Lacking                      string
	Blank                        bool // nothing was typed: only to look at
}

// preview is GET and POST /desk/cases/{number}/actions/{action}/preview: what would be issued, marked as a preview and without a number. It changes
// nothing. What was typed comes by POST, for it may name a person; an address alone shows the document with its reason left open.
func (s *site) preview(w http.ResponseWriter, r *http.Request) error {
	a := casefile.Action(r.PathValue("action"))
	if !issues(a) {
		return fault.New(fault.NotFound, "casefile.no_preview")
	}
	view, err := s.mayStill(r, a)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "casefile.unreadable").Because(err)
	}
	ctx, number, values, version := r.Context(), r.PathValue("number"), r.PostForm, view.Case.Version
	blank := r.Method == http.MethodGet
	if !blank {
		if version, err = strconv.ParseInt(values.Get("version"), 10, 64); err != nil || version < 1 {
			return fault.New(fault.Invalid, "casefile.unreadable")
		}
		if values.Get("go") == "edit" {
			return s.renderAction(w, r, http.StatusOK, typed{view: view, action: a, version: version, values: values}, nil)
		}
	}
	step, wrong := stepOf(number, a, version, values)
	if blank {
		step, wrong = left(ctx, number, a), nil
	}
	var p casefile.Paper
	if wrong == nil {
		p, wrong = s.Cases.Preview(ctx, by(r), step)
	}
	f, ok := refused(wrong)
	switch {
	case wrong == nil:
	case !ok:
		return wrong
	case f.Kind == fault.Conflict:
		return s.moved(w, r, version, wrong, values.Get("comment"))
	default:
		return s.renderAction(w, r, f.Kind.Status(), typed{view: view, action: a, version: version, values: values}, wrong)
	}
	drawn, lacking, err := s.Cases.PaperPages(p)
	if err != nil {
		return err
	}
	v := previewView{Number: number, Name: string(a), Heading: said(ctx, "casefile.action.", string(a)), Title: p.Title, Kind: pages[a].kind, Hidden: hiddenOf(values),
		Pages: texts(drawn), Lacking: codePoints(lacking), Blank: blank}
	return page.Render(w, r, http.StatusOK, previewPage(v))
}

// left is a step whose words are still to be found.
func left(ctx context.Context, number string, a casefile.Action) casefile.Step {
	gap := page.T(ctx, "casefile.papers.gap")
	return casefile.Step{Number: number, Action: a, Comment: gap, Asked: []casefile.Asked{{Name: otherName, Text: gap}}}
}

// hiddenOf carries what was typed, in an order that is always the same.
func hiddenOf(values url.Values) (out []design.Hidden) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name == "go" {
			continue
		}
		for _, value := range values[name] {
			out = append(out, design.Hidden{Name: name, Value: value})
		}
	}
	return out
}
