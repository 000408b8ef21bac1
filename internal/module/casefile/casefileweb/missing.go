package casefileweb

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

// missingView is the page on which what was promised at acceptance is brought.
type missingView struct {
	Number, Title, Section, Back string
	Lines                        []materialLine
	Hidden                       []design.Hidden
	Errors                       design.Errors
	MaxBytes                     int64
}

// askMissing is GET /cases/{number}/missing.
func (s *site) askMissing(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mayStill(r, casefile.BringMissing)
	if err != nil {
		return err
	}
	return s.renderMissing(w, r, http.StatusOK, v, nil)
}

func (s *site) renderMissing(w http.ResponseWriter, r *http.Request, status int, view *casefile.View, wrong error) error {
	ctx := r.Context()
	v := missingView{Number: view.Case.Number, Title: view.Case.ItemName, Section: "cases", Back: caseAt(view.Case.Number), Hidden: versionOf(view), MaxBytes: s.MaxBytes}
	if officer(r) {
		v.Section, v.Back = "desk", deskAt(view.Case.Number)
	}
	for _, g := range view.Gaps {
		l := materialLine{Code: g.Code, Name: g.Name, Upload: true, Unmarked: true, Asked: page.T(ctx, "casefile.gap_due", dateText(ctx, g.DueOn))}
		for _, m := range view.Entry.Guide.Materials {
			if m.Code == g.Code {
				l.Standard = m.Standard
			}
		}
		v.Lines = append(v.Lines, l)
	}
	v.Errors = beside(design.ErrorsOf(ctx, wrong), v.Lines)
	return page.Render(w, r, status, missingPage(v))
}

// bringMissing is POST /cases/{number}/missing.
func (s *site) bringMissing(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	view, err := s.Cases.View(ctx, by(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	in, err := s.receiveFiles(r, func(code string) bool {
		return slices.ContainsFunc(view.Gaps, func(g casefile.Gap) bool { return g.Code == code })
	})
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(in.Values.Get("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "casefile.unreadable").Because(err)
	}
	if err := in.Refusal.OrNil(); err != nil {
		return s.renderMissing(w, r, in.Refusal.Kind.Status(), view, err)
	}
	step := casefile.Step{Number: view.Case.Number, Action: casefile.BringMissing, Version: version}
	for code, ids := range in.Files {
		step.Materials = append(step.Materials, casefile.Given{Code: code, Way: item.WayUpload, Files: ids})
	}
	_, err = s.Cases.Act(ctx, by(r), step, pressed(r, version, in.Values))
	f, ok := refused(err)
	switch {
	case err == nil:
		s.done(w, r, view.Case.Number, "missing")
		return nil
	case !ok:
		return err
	case f.Kind == fault.Conflict:
		return s.moved(w, r, version, err, "")
	}
	return s.renderMissing(w, r, f.Kind.Status(), view, err)
}

// gapRows tell an officer what is still to come, and that nothing is handed out before.
func gapRows(ctx context.Context, v *casefile.View) (rows []design.SummaryRow) {
	for _, g := range v.Gaps {
		rows = row(rows, page.T(ctx, "casefile.gaps"), g.Name+" · "+page.T(ctx, "casefile.gap_due", dateText(ctx, g.DueOn)))
	}
	if v.Waits {
		rows = row(rows, page.T(ctx, "casefile.gaps"), page.T(ctx, "casefile.gaps_wait"))
	}
	return rows
}

func competentField(ctx context.Context, t typed) templ.Component {
	return design.TextField(design.Field{Name: "competent", Label: page.T(ctx, "casefile.action.competent"), Hint: page.T(ctx, "casefile.action.competent_hint"),
		Value: t.values.Get("competent"), Error: t.errors.Of("competent"), Optional: true, Max: 100})
}

func honestField(ctx context.Context, t typed) templ.Component {
	return design.Choice(design.ChoiceParams{Name: "agree", Label: page.T(ctx, "casefile.action.honest"), Values: t.values["agree"], Error: t.errors.Of("agree"), Inline: true, Attrs: focusGroup(),
		Options: []design.ChoiceOption{{Value: "yes", Text: page.T(ctx, "casefile.action.honest_yes")}, {Value: "no", Text: page.T(ctx, "casefile.action.honest_no")}}})
}

func groundField(ctx context.Context, t typed) templ.Component {
	p := design.ChoiceParams{Name: "ground", Label: page.T(ctx, "casefile.action.ground"), Values: t.values["ground"], Error: t.errors.Of("ground"), Attrs: focusGroup()}
	for _, g := range casefile.Grounds[t.action] {
		p.Options = append(p.Options, design.ChoiceOption{Value: g, Text: said(ctx, "casefile.ground.", g)})
	}
	return design.Choice(p)
}
