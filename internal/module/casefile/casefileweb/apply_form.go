package casefileweb

import (
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// form is GET /applications/{id}/form. What is known of the applicant stands there before he types.
func (s *site) form(w http.ResponseWriter, r *http.Request) error {
	o, err := s.open(r, "form")
	if err != nil {
		return err
	}
	if o.prep.Form == nil {
		web.Redirect(w, r, o.view.at(after(o.prep.Entry, "situation")))
		return nil
	}
	answers := o.draft.Application.Answers
	if len(answers) == 0 {
		answers = o.prep.Prefill
	}
	return s.askForm(w, r, http.StatusOK, o, answers)
}

func (s *site) askForm(w http.ResponseWriter, r *http.Request, status int, o opened, answers map[string]any) error {
	return page.Render(w, r, status, formPage(formView{applyView: o.view, Definition: o.prep.Form, Answers: answers, Regions: s.regionsOf(r.Context())}))
}

// saveForm is POST /applications/{id}/form. What was typed is kept whatever it is; only going on asks that it be right.
func (s *site) saveForm(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "casefile.unreadable").Because(err)
	}
	o, err := s.open(r, "form")
	if err != nil {
		return err
	}
	if o.prep.Form == nil {
		return fault.New(fault.NotFound, "casefile.no_form")
	}
	typed := formweb.Parse(o.prep.Form, r.PostForm)
	if formweb.Refreshing(r) {
		return s.askForm(w, r, http.StatusOK, o, typed)
	}
	o.draft.Application.Answers = typed
	kept, wrong := form.Check(o.prep.Form, typed)
	if wrong == nil {
		o.draft.Application.Answers = kept
	}
	if err := s.save(r, o); err != nil {
		f, ok := refused(err)
		if !ok {
			return err
		}
		o.view.Errors = design.ErrorsOf(r.Context(), err)
		return s.askForm(w, r, f.Kind.Status(), o, typed)
	}
	if wrong == nil || r.PostForm.Get("go") == "later" {
		s.onward(w, r, o, r.PostForm.Get("go"))
		return nil
	}
	if _, ok := refused(wrong); !ok {
		return wrong
	}
	o.view.Errors = formweb.Named(o.prep.Form, design.ErrorsOf(r.Context(), wrong))
	return s.askForm(w, r, http.StatusUnprocessableEntity, o, typed)
}
