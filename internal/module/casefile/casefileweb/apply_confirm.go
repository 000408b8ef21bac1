package casefileweb

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// confirm is GET /applications/{id}/confirm.
func (s *site) confirm(w http.ResponseWriter, r *http.Request) error {
	o, err := s.open(r, "confirm")
	if err != nil {
		return err
	}
	return s.askConfirm(w, r, http.StatusOK, o, nil)
}

func (s *site) askConfirm(w http.ResponseWriter, r *http.Request, status int, o opened, errors design.Errors) error {
	ctx := r.Context()
	lines, err := s.lines(ctx, by(r), o)
	if err != nil {
		return err
	}
	a := o.draft.Application
	o.view.Errors = errors
	v := confirmView{applyView: o.view, Item: situationRows(ctx, o.prep.Entry, a.Variant, a.Situation), Materials: lineRows(ctx, lines),
		Hidden: []design.Hidden{{Name: "version", Value: strconv.FormatInt(o.draft.Version, 10)}}, Declared: r.PostForm.Get("declare") != ""}
	v.Item = row(v.Item, page.T(ctx, "casefile.applicant"), o.prep.Applicant.Shown)
	if o.prep.Form != nil {
		v.Answers = s.answerRows(o.prep.Form, a.Answers)
	}
	if g := o.prep.Entry.Guide; g.Pledge != nil && a.Pledged {
		v.Pledge = g.Pledge.Text
	}
	return page.Render(w, r, status, confirmPage(v))
}

// submit is POST /applications/{id}/confirm. Only what was read can be handed in: a draft that was changed meanwhile is shown again. A
// second press finds the case the first one made.
func (s *site) submit(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Version int64  `form:"version"`
		Declare bool   `form:"declare"`
		Go      string `form:"go"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	o, err := s.open(r, "confirm")
	gone := fault.Is(err, fault.NotFound)
	switch {
	case err != nil && !gone:
		return err
	case !gone && in.Go == "later":
		s.onward(w, r, o, "later")
		return nil
	case !gone && in.Version != o.draft.Version:
		return s.askConfirm(w, r, http.StatusConflict, o, design.Errors{{Text: page.T(r.Context(), "casefile.confirm.changed")}})
	case !gone && !in.Declare:
		return s.askConfirm(w, r, http.StatusUnprocessableEntity, o, design.Errors{{Name: "declare", Text: page.T(r.Context(), "casefile.confirm.declare_missing")}})
	}
	receipt, err := s.Cases.SubmitDraft(r.Context(), by(r), r.PathValue("id"))
	if err != nil {
		f, ok := refused(err)
		if !ok || gone {
			return err
		}
		return s.askConfirm(w, r, f.Kind.Status(), o, formweb.Named(o.prep.Form, elsewhere(r.Context(), o.view, err)))
	}
	// The query code stands on the page that follows: it is never in an address.
	to := caseAt(receipt.Number) + "?receipt=1"
	if officer(r) {
		to = applicationAt(r.PathValue("id"), "receipt")
	}
	web.Redirect(w, r, to)
	return nil
}

// receipt is GET /applications/{id}/receipt: number and query code for the person at the window. It hands nothing in: while the draft is
// there it leads back to it, and once it is gone the receipt of its case is all that can be had.
func (s *site) receipt(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	_, err := s.Cases.Draft(r.Context(), by(r), id)
	if err == nil {
		web.Redirect(w, r, applicationAt(id, "confirm"))
		return nil
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	receipt, err := s.Cases.SubmitDraft(r.Context(), by(r), id)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, receiptPage(receipt.Number, receipt.QueryCode))
}

// elsewhere makes each refusal a link to the step where it can be put right.
func elsewhere(ctx context.Context, v applyView, err error) design.Errors {
	list := design.ErrorsOf(ctx, err)
	for i, e := range list {
		switch {
		case strings.HasPrefix(e.Name, "answers."):
			list[i].Href = v.at("form")
		case strings.HasPrefix(e.Name, "materials."):
			list[i].Href = v.at("materials")
		case strings.HasPrefix(e.Name, "situation."), e.Name == "variant":
			list[i].Href = v.at("situation")
		default:
			list[i].Name = "" // nothing on this page to go to
		}
	}
	return list
}

// lineRows tell how each material is given.
func lineRows(ctx context.Context, lines []materialLine) []design.SummaryRow {
	rows := make([]design.SummaryRow, 0, len(lines))
	for _, l := range lines {
		value := page.T(ctx, "casefile.materials.missing")
		switch {
		case len(l.Files) > 0:
			value = page.T(ctx, "casefile.materials.files", len(l.Files))
		case l.Way != "" && l.Way != item.WayUpload:
			for _, o := range l.Ways {
				if o.Value == l.Way {
					value = o.Text
				}
			}
		case !l.Required:
			value = page.T(ctx, "casefile.materials.not_given")
		}
		rows = append(rows, design.SummaryRow{Key: l.Name, Value: value})
	}
	return rows
}
