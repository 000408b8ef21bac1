package casefileweb

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// apply is /items/{code}/apply: it begins an application with the answers the guide was given, or goes on with one that was begun for
// the same item and never written in. An officer applies for somebody: that begins at the window.
func (s *site) apply(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	if officer(r) {
		web.Redirect(w, r, "/desk/receive?code="+url.QueryEscape(code))
		return nil
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "casefile.unreadable").Because(err)
	}
	a := casefile.Application{Item: code, Variant: r.Form.Get("variant"), Situation: situationOf(r.Form)}
	id, err := s.begun(r, code)
	if err != nil {
		return err
	}
	if id == "" {
		id, err = s.Cases.StartDraft(ctx, by(r), a)
	} else {
		err = s.answer(r, id, a)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, applicationAt(id, "situation"))
	return nil
}

// begun finds the draft of an item that holds nothing yet but answers of the guide: following the link twice makes one draft.
func (s *site) begun(r *http.Request, code string) (string, error) {
	list, err := s.Cases.Drafts(r.Context(), by(r))
	if err != nil {
		return "", err
	}
	for _, d := range list {
		a := d.Application
		if a.Item == code && d.ApplicantID == by(r).For() && len(a.Answers) == 0 && len(a.Materials) == 0 {
			return d.ID, nil
		}
	}
	return "", nil
}

// answer gives a draft the answers of the guide, where the guide was given any.
func (s *site) answer(r *http.Request, id string, a casefile.Application) error {
	if a.Variant == "" && len(a.Situation) == 0 {
		return nil
	}
	d, err := s.Cases.Draft(r.Context(), by(r), id)
	if err != nil {
		return err
	}
	d.Application.Variant, d.Application.Situation = a.Variant, a.Situation
	return s.Cases.SaveDraft(r.Context(), by(r), d)
}

// situationOf reads the answers "situation.KEY" of a form or address.
func situationOf(values url.Values) map[string]string {
	out := map[string]string{}
	for name := range values {
		if key, ok := strings.CutPrefix(name, "situation."); ok && values.Get(name) != "" {
			out[key] = values.Get(name)
		}
	}
	return out
}

// opened is a draft and what its item asks for.
type opened struct {
	draft casefile.Draft
	prep  casefile.Preparation
	view  applyView
}

// open reads the draft of a request for one step of the application.
func (s *site) open(r *http.Request, step string) (o opened, err error) {
	ctx := r.Context()
	if o.draft, err = s.Cases.Draft(ctx, by(r), r.PathValue("id")); err != nil {
		return o, err
	}
	a := &o.draft.Application
	if o.prep, err = s.Cases.Prepare(ctx, by(r), *a); err != nil {
		return o, err
	}
	e := o.prep.Entry
	if a.Variant == "" && len(e.Guide.Variants) == 1 {
		a.Variant = e.Guide.Variants[0].Key // nothing to choose
	}
	o.view = applyView{ID: o.draft.ID, Entry: e, Step: step, Variant: a.Variant, Situation: a.Situation, Saved: r.URL.Query().Has("saved")}
	if o.draft.ReceivedPath != "" {
		o.view.OnBehalf = o.prep.Applicant.Shown
	}
	return o, nil
}

// resume is GET /applications/{id}: it leads to the first step that is not complete.
func (s *site) resume(w http.ResponseWriter, r *http.Request) error {
	o, err := s.open(r, "")
	if err != nil {
		return err
	}
	a, e := o.draft.Application, o.prep.Entry
	step := "confirm"
	lines, err := s.lines(r.Context(), by(r), o)
	if err != nil {
		return err
	}
	switch {
	case e.CheckSituation(a.Variant, a.Situation) != nil:
		step = "situation"
	case o.prep.Form != nil && !answered(o.prep.Form, a.Answers):
		step = "form"
	case missing(lines) != nil:
		step = "materials"
	}
	web.Redirect(w, r, applicationAt(o.draft.ID, step))
	return nil
}

func answered(d *form.Definition, answers map[string]any) bool {
	_, err := form.Check(d, answers)
	return err == nil
}

// save stores a draft as it is. Somebody else's, or another window's, newer version is told as a refusal.
func (s *site) save(r *http.Request, o opened) error {
	return s.Cases.SaveDraft(r.Context(), by(r), o.draft)
}

// onward leads on after a step was saved.
func (s *site) onward(w http.ResponseWriter, r *http.Request, o opened, pressed string) {
	switch {
	case pressed == "later" && officer(r):
		web.Redirect(w, r, "/desk/receive?saved=1")
	case pressed == "later":
		web.Redirect(w, r, "/cases?done=saved")
	default:
		web.Redirect(w, r, o.view.at(after(o.prep.Entry, o.view.Step)))
	}
}

// refused tells whether an error is a refusal to be shown beside what was typed; anything else goes to the edge.
func refused(err error) (*fault.Error, bool) {
	f, ok := fault.Of(err)
	return f, ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
}

// situation is GET /applications/{id}/situation. An item that has nothing to ask goes straight on.
func (s *site) situation(w http.ResponseWriter, r *http.Request) error {
	o, err := s.open(r, "situation")
	if err != nil {
		return err
	}
	g := o.prep.Entry.Guide
	if len(g.Situations) == 0 && len(g.Variants) == 0 {
		s.onward(w, r, o, "next")
		return nil
	}
	return s.askSituation(w, r, http.StatusOK, o, nil)
}

func (s *site) askSituation(w http.ResponseWriter, r *http.Request, status int, o opened, errors design.Errors) error {
	questions, err := o.prep.Entry.Questions(o.view.Variant, o.view.Situation)
	if fault.Is(err, fault.Invalid) {
		// The item changed since these answers were given, or somebody made one up: all is asked anew.
		o.view.Variant, o.view.Situation = "", nil
		questions, err = o.prep.Entry.Questions("", nil)
	}
	if err != nil {
		return err
	}
	o.view.Errors = errors
	return page.Render(w, r, status, situationPage(situationView{applyView: o.view, Questions: questions}))
}

// saveSituation is POST /applications/{id}/situation. A question that appears only now is asked before it is missed.
func (s *site) saveSituation(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "casefile.unreadable").Because(err)
	}
	o, err := s.open(r, "situation")
	if err != nil {
		return err
	}
	a, e := &o.draft.Application, o.prep.Entry
	if v := r.PostForm.Get("variant"); v != "" {
		a.Variant = v
	}
	questions, err := e.Questions(a.Variant, situationOf(r.PostForm))
	if err != nil {
		if _, ok := refused(err); ok {
			return s.askSituation(w, r, http.StatusUnprocessableEntity, o, design.ErrorsOf(r.Context(), err))
		}
		return err
	}
	a.Situation = keep(questions, situationOf(r.PostForm))
	o.view.Variant, o.view.Situation = a.Variant, a.Situation
	if r.PostForm.Has("refresh") {
		return s.askSituation(w, r, http.StatusOK, o, nil)
	}
	if err := s.save(r, o); err != nil {
		if f, ok := refused(err); ok {
			return s.askSituation(w, r, f.Kind.Status(), o, design.ErrorsOf(r.Context(), err))
		}
		return err
	}
	open := e.CheckSituation(a.Variant, a.Situation)
	missed := asked(open, r.PostForm["asked"])
	switch {
	case r.PostForm.Get("go") == "later" || open == nil:
		s.onward(w, r, o, r.PostForm.Get("go"))
	case missed != nil:
		return s.askSituation(w, r, http.StatusUnprocessableEntity, o, design.ErrorsOf(r.Context(), missed))
	default:
		web.Redirect(w, r, o.view.at("situation"))
	}
	return nil
}

// keep drops the answers to questions that are asked no more.
func keep(questions []item.Question, answers map[string]string) map[string]string {
	out := map[string]string{}
	for _, q := range questions {
		if answers[q.Key] != "" {
			out[q.Key] = answers[q.Key]
		}
	}
	return out
}

// asked narrows what is open to what the page had asked.
func asked(open error, keys []string) error {
	f, ok := fault.Of(open)
	if !ok {
		return nil
	}
	out := fault.New(f.Kind, f.Key, f.Args...)
	for _, field := range f.Fields {
		key, question := strings.CutPrefix(field.Name, "situation.")
		if !question || slices.Contains(keys, key) {
			out.Fields = append(out.Fields, field)
		}
	}
	return out.OrNil()
}

// askDiscard is GET /applications/{id}/discard.
func (s *site) askDiscard(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Cases.Draft(r.Context(), by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, discardPage(d.ID, d.ItemName))
}

// discard is POST /applications/{id}/discard.
func (s *site) discard(w http.ResponseWriter, r *http.Request) error {
	if err := s.Cases.DiscardDraft(r.Context(), by(r), r.PathValue("id")); err != nil {
		return err
	}
	if officer(r) {
		web.Redirect(w, r, "/desk/receive")
		return nil
	}
	web.Redirect(w, r, "/cases?done=discarded")
	return nil
}
