package hallweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// formView is everything an application asks, on one page.
type formView struct {
	hall.Deed
	Entry     *item.Entry
	Applicant string
	Variant   string
	Situation map[string]string
	Questions []item.Question
	Form      *form.Definition
	Answers   map[string]any
	Lines     []line
	Pledge    string
	Declared  bool
	Regions   func(parent string) []design.Option
	MaxBytes  int64
	Errors    design.Errors
}

// desked is the draft of a deed with what its item asks.
type desked struct {
	deed  hall.Deed
	draft casefile.Draft
	prep  casefile.Preparation
}

func (s *site) open(r *http.Request) (o desked, err error) {
	ctx := r.Context()
	if o.deed, err = s.Halls.Deed(ctx, by(r), r.PathValue("id")); err != nil {
		return o, err
	}
	if o.draft, err = s.Cases.Draft(ctx, by(r), o.deed.DraftID); err != nil {
		return o, err
	}
	a := &o.draft.Application
	if o.prep, err = s.Cases.Prepare(ctx, by(r), *a); err != nil {
		return o, err
	}
	if v := o.prep.Entry.Guide.Variants; a.Variant == "" && len(v) == 1 {
		a.Variant = v[0].Key // nothing to choose
	}
	return o, nil
}

// form is GET /desk/window/deeds/{id}/form. A draft that was handed in leads to its receipt.
func (s *site) form(w http.ResponseWriter, r *http.Request) error {
	o, err := s.open(r)
	if fault.HasKey(err, "casefile.no_draft") && o.deed.DraftID != "" {
		web.Redirect(w, r, deedAt(o.deed.ID, "receipt"))
		return nil
	}
	if fault.HasKey(err, "casefile.no_draft") {
		web.Redirect(w, r, deedAt(o.deed.ID, ""))
		return nil
	}
	if err != nil {
		return err
	}
	answers := o.draft.Application.Answers
	if len(answers) == 0 {
		answers = o.prep.Prefill
	}
	return s.showForm(w, r, http.StatusOK, o, answers, nil)
}

func (s *site) showForm(w http.ResponseWriter, r *http.Request, status int, o desked, answers map[string]any, errors design.Errors) error {
	ctx, a, e := r.Context(), o.draft.Application, o.prep.Entry
	questions, err := e.Questions(a.Variant, a.Situation)
	if fault.Is(err, fault.Invalid) { // the item changed, or somebody made an answer up: all is asked anew
		a.Variant, a.Situation = "", nil
		questions, err = e.Questions("", nil)
	}
	if err != nil {
		return err
	}
	v := formView{Deed: o.deed, Entry: e, Applicant: o.prep.Applicant.Shown, Variant: a.Variant, Situation: a.Situation, Questions: questions, Form: o.prep.Form, Answers: answers,
		Declared: r.Form.Get("declare") != "", Regions: func(parent string) []design.Option { return s.Regions(ctx, parent) }, MaxBytes: s.MaxBytes, Errors: errors}
	if v.Lines, err = s.lines(ctx, by(r), o); err != nil {
		return err
	}
	v.Errors = beside(errors, v.Lines)
	if a.Pledged && e.Guide.Pledge != nil {
		v.Pledge = e.Guide.Pledge.Text
	}
	return page.Render(w, r, status, formPage(v))
}

// saveForm is POST /desk/window/deeds/{id}/form. Whatever was typed and sent is kept; only handing in asks that all of it be right.
func (s *site) saveForm(w http.ResponseWriter, r *http.Request) error {
	o, err := s.open(r)
	if fault.HasKey(err, "casefile.no_draft") && o.deed.DraftID != "" {
		web.Redirect(w, r, deedAt(o.deed.ID, "receipt")) // pressed twice: the first press has handed it in
		return nil
	}
	if err != nil {
		return err
	}
	in, err := s.receive(r, o.prep.Offers)
	if err != nil {
		return err
	}
	r.Form, r.PostForm = in.Values, in.Values
	before := o.draft.Application.Materials
	answers, wrong, err := s.fill(r, &o, in)
	if err != nil {
		return err
	}
	if err := s.Cases.SaveDraft(r.Context(), by(r), o.draft); err != nil {
		if f, ok := fault.Of(err); ok && f.Kind == fault.Conflict {
			return s.showForm(w, r, f.Kind.Status(), o, answers, design.ErrorsOf(r.Context(), err))
		}
		return err
	}
	o.draft.Version++
	if err := s.Materials.Discard(r.Context(), by(r), casefile.Dropped(before, o.draft.Application.Materials)); err != nil {
		return err
	}
	refused := in.Refusal.OrNil()
	if again := in.Values.Has("again") || formweb.Refreshing(r) || in.Values.Has("remove") || in.Values.Get("go") == "keep"; again || refused != nil {
		if o, err = s.open(r); err != nil {
			return err
		}
		status := http.StatusOK
		if refused != nil {
			status = http.StatusUnprocessableEntity
		}
		return s.showForm(w, r, status, o, answers, design.ErrorsOf(r.Context(), refused))
	}
	return s.hand(w, r, o, answers, wrong)
}

// fill puts what was sent into the draft.
func (s *site) fill(r *http.Request, o *desked, in page.Sent) (answers map[string]any, wrong error, err error) {
	a, e := &o.draft.Application, o.prep.Entry
	if v := in.Values.Get("variant"); v != "" {
		a.Variant = v
	}
	typed := situationOf(in.Values)
	questions, err := e.Questions(a.Variant, typed)
	switch {
	case fault.Is(err, fault.Invalid):
		wrong = err
	case err != nil:
		return nil, nil, err
	default:
		a.Situation = map[string]string{}
		for _, q := range questions {
			if typed[q.Key] != "" {
				a.Situation[q.Key] = typed[q.Key]
			}
		}
	}
	if o.prep.Form != nil {
		answers = formweb.Parse(o.prep.Form, in.Values)
		a.Answers = answers
		if kept, refused := form.Check(o.prep.Form, answers); refused == nil {
			a.Answers = kept
		} else if wrong == nil {
			wrong = refused
		}
	}
	there, err := s.Materials.Present(r.Context(), by(r), casefile.FilesOf(a.Materials))
	if err != nil {
		return nil, nil, err
	}
	a.Materials = casefile.Merge(o.prep.Offers, a.Materials, there, casefile.Sent{Ways: in.Values, Files: in.Files, Remove: in.Values.Get("remove")})
	a.Pledged = slices.ContainsFunc(a.Materials, func(g casefile.Given) bool { return g.Way == item.WayPledge })
	return answers, wrong, nil
}

// hand hands the application in when everything is right; else it tells all that is not at once.
func (s *site) hand(w http.ResponseWriter, r *http.Request, o desked, answers map[string]any, wrong error) error {
	ctx := r.Context()
	a := o.draft.Application
	fresh, err := s.open(r)
	if err != nil {
		return err
	}
	var errors design.Errors
	for _, why := range []error{fresh.prep.Entry.CheckSituation(a.Variant, a.Situation), wrong} {
		if why != nil {
			errors = append(errors, formErrors(ctx, o.prep.Form, why)...)
		}
	}
	lines, err := s.lines(ctx, by(r), fresh)
	if err != nil {
		return err
	}
	errors = append(errors, missing(ctx, lines)...)
	if r.Form.Get("declare") == "" {
		errors = append(errors, design.FieldError{Name: "declare", Text: page.T(ctx, "hall.declare_missing")})
	}
	if len(errors) > 0 {
		return s.showForm(w, r, http.StatusUnprocessableEntity, fresh, answers, errors)
	}
	if o.deed.MandateID != "" {
		if err := s.Halls.Allowed(ctx, by(r), o.deed.ID, o.deed.ItemCode); err != nil {
			return err // it was ended while the form was filled in
		}
	}
	if _, err := s.Cases.SubmitDraft(ctx, by(r), o.deed.DraftID); err != nil {
		if f, ok := fault.Of(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
			return s.showForm(w, r, f.Kind.Status(), fresh, answers, formErrors(ctx, o.prep.Form, err))
		}
		return err
	}
	web.Redirect(w, r, deedAt(o.deed.ID, "receipt"))
	return nil
}

// formErrors names the fields of a refusal as the page does.
func formErrors(ctx context.Context, d *form.Definition, err error) design.Errors {
	list := design.ErrorsOf(ctx, err)
	if d == nil {
		return list
	}
	return formweb.Named(d, list)
}

// receipt is GET /desk/window/deeds/{id}/receipt: what the person takes home. It hands nothing in; asked again it is the same case.
func (s *site) receipt(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := s.Halls.Deed(ctx, by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := s.Cases.Draft(ctx, by(r), d.DraftID); err == nil || d.DraftID == "" {
		web.Redirect(w, r, deedAt(d.ID, "form")) // it hands nothing in
		return nil
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	receipt, err := s.Cases.SubmitDraft(ctx, by(r), d.DraftID)
	if err != nil {
		return err
	}
	v := receiptView{Deed: d, Number: receipt.Number, Code: receipt.QueryCode, Office: s.Workshop(by(r))}
	if v.Person, err = s.Name(ctx, d.SubjectID); err != nil {
		return err
	}
	if v.Path, v.Size, err = s.Draw(s.Address() + "/progress?number=" + url.QueryEscape(receipt.Number)); err != nil {
		return err
	}
	if seat, err := s.Halls.Seat(ctx, by(r)); err == nil && seat.Now != nil {
		v.Turn, v.TurnName = seat.Now.ID, seat.Now.Name()
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return page.Render(w, r, http.StatusOK, receiptPage(v))
}

type receiptView struct {
	hall.Deed
	Number, Code, Office, Person string
	Path                         string
	Size                         int
	Turn, TurnName               string // being served at this window
}

func receiptRows(ctx context.Context, v receiptView) []design.SummaryRow {
	right := page.T(ctx, "hall.how_present")
	if v.MandateID != "" {
		right = page.T(ctx, "hall.how_mandate")
	}
	return []design.SummaryRow{{Key: page.T(ctx, "hall.case_number"), Value: v.Number}, {Key: page.T(ctx, "hall.query_code"), Value: v.Code}, {Key: page.T(ctx, "hall.business"), Value: v.ItemName},
		{Key: page.T(ctx, "hall.applicant"), Value: v.Person}, {Key: page.T(ctx, "hall.done_by"), Value: page.T(ctx, "hall.by_for", v.Post), Hint: right},
		{Key: page.T(ctx, "hall.when"), Value: page.DateTime(ctx, v.BegunAt)}}
}

// situationOf reads the answers "situation.KEY".
func situationOf(values url.Values) map[string]string {
	out := map[string]string{}
	for name := range values {
		if key, ok := strings.CutPrefix(name, "situation."); ok && values.Get(name) != "" {
			out[key] = values.Get(name)
		}
	}
	return out
}

// reask are the attributes by which the page is asked again after an answer that decides about others, when scripts run.
func (v formView) reask() templ.Attributes {
	return templ.Attributes{"hx-post": deedAt(v.ID, "form"), "hx-trigger": "change", "hx-target": "#application", "hx-select": "#application", "hx-swap": "outerHTML",
		"hx-encoding": "multipart/form-data", "hx-vals": `{"again":"1"}`}
}

// untouched tells whether nothing was answered so far: then the cursor stands on the first question. Later it stays where it is.
func (v formView) untouched() bool { return len(v.Situation) == 0 && len(v.Errors) == 0 }

func (v formView) variants(ctx context.Context) design.ChoiceParams {
	p := design.ChoiceParams{Name: "variant", Label: page.T(ctx, "hall.variant"), Values: []string{v.Variant}, Error: v.Errors.Of("variant"), Focus: v.untouched()}
	for _, o := range v.Entry.Guide.Variants {
		p.Options = append(p.Options, design.ChoiceOption{Value: o.Key, Text: o.Name, Hint: o.Note})
	}
	return p
}

func (v formView) question(q item.Question) design.ChoiceParams {
	name := "situation." + q.Key
	p := design.ChoiceParams{Name: name, Label: q.Title, Hint: q.Help, Values: []string{v.Situation[q.Key]}, Error: v.Errors.Of(name), Inline: true,
		Focus: v.untouched() && len(v.Entry.Guide.Variants) == 0 && q.Key == v.Questions[0].Key}
	for _, o := range q.Options {
		p.Options = append(p.Options, design.ChoiceOption{Value: o.Value, Text: o.Title, Hint: o.Help})
	}
	return p
}
