package powerweb

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// proposeForm is what a department says of an adjustment, beside the definition.
type proposeForm struct {
	Change   string `form:"change"`
	Occasion string `form:"occasion"`
	Reason   string `form:"reason"`
	Document string `form:"document"`
	From     string `form:"from"`
	Seen     int    `form:"seen"`
}

// proposeView is the form of an adjustment.
type proposeView struct {
	proposeForm
	ID         string // of the adjustment that was returned; "" for a new one
	Returned   string // why it was
	Form       definitionForm
	Definition *power.Definition // as it stands, for a change that brings none
	Errors     design.Errors
}

func (v proposeView) defines() bool { return power.Change(v.Change).Defines() }

func (v proposeView) title(ctx context.Context) string {
	return said(ctx, "power.propose.", v.Change)
}

func (v proposeView) action() string {
	if v.ID != "" {
		return adjustmentAt(v.ID) + "/edit"
	}
	return "/desk/powers"
}

func (v proposeView) hidden() []design.Hidden {
	h := []design.Hidden{{Name: "change", Value: v.Change}, {Name: "code", Value: v.Form.Code}}
	if v.ID != "" {
		h = append(h, design.Hidden{Name: "seen", Value: strconv.Itoa(v.Seen)})
	}
	return h
}

// proposal is the form as the use case takes it.
func (f *proposeForm) proposal(d power.Definition) power.Proposal {
	from, err := civil.Parse(f.From)
	if err != nil {
		from = civil.Date{} // refused as no day
	}
	return power.Proposal{Change: power.Change(f.Change), Occasion: power.Occasion(f.Occasion), Reason: clean(f.Reason), Document: f.Document, From: from, Definition: d}
}

// begin is GET /desk/powers/new: what is to be changed, then its form.
func (s *site) begin(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	if !s.Powers.MaySee(actor.FromContext(ctx)) {
		return fault.New(fault.Forbidden, "power.not_yours")
	}
	v := proposeView{proposeForm: proposeForm{Change: q.Get("change"), From: civil.Of(time.Now()).String()}, Form: definitionForm{Code: q.Get("code")}}
	if v.Change == "" && v.Form.Code == "" {
		return page.Render(w, r, http.StatusOK, beginPage(v))
	}
	if !slices.Contains(power.Changes(), power.Change(v.Change)) {
		v.Errors = design.Errors{{Name: "change", Text: page.T(ctx, "power.choose_change")}}
		return page.Render(w, r, http.StatusUnprocessableEntity, beginPage(v))
	}
	if len(v.Form.Code) != 12 {
		v.Errors = design.Errors{{Name: "code", Text: page.T(ctx, "power.bad_code")}}
		return page.Render(w, r, http.StatusUnprocessableEntity, beginPage(v))
	}
	if err := s.fill(ctx, &v, true); err != nil {
		problem, ok := fault.Of(err)
		if !ok {
			return err
		}
		v.Errors = design.Errors{{Name: "code", Text: page.T(ctx, problem.Key, problem.Args...)}}
		return page.Render(w, r, http.StatusUnprocessableEntity, beginPage(v))
	}
	return page.Render(w, r, http.StatusOK, proposePage(v))
}

// fill brings the power as its last version has it; into the form too when that is not what somebody typed.
func (s *site) fill(ctx context.Context, v *proposeView, form bool) error {
	if power.Change(v.Change) == power.Adopt {
		return nil
	}
	f, err := s.Powers.Find(ctx, v.Form.Code, 0)
	if err != nil {
		return err
	}
	v.Definition = &f.All[0].Definition
	if form {
		v.Form = formOf(v.Definition)
	}
	return nil
}

// propose is POST /desk/powers.
func (s *site) propose(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := proposeView{}
	if err := bind(r, &v); err != nil {
		return err
	}
	id, err := s.Powers.Propose(ctx, actor.FromContext(ctx), v.proposal(v.Form.definition()))
	if err == nil {
		web.Redirect(w, r, adjustmentAt(id)+"?done=propose")
		return nil
	}
	return s.again(w, r, v, err)
}

// again shows the form as typed with what is wrong; what is not the form's fault is told on a page of its own.
func (s *site) again(w http.ResponseWriter, r *http.Request, v proposeView, err error) error {
	if !fault.Is(err, fault.Invalid) || !slices.Contains(power.Changes(), power.Change(v.Change)) {
		return err
	}
	v.Errors = design.ErrorsOf(r.Context(), err)
	if failed := s.fill(r.Context(), &v, false); failed != nil {
		return failed
	}
	return page.Render(w, r, http.StatusUnprocessableEntity, proposePage(v))
}

func bind(r *http.Request, v *proposeView) error {
	if err := page.Bind(r, &v.proposeForm); err != nil {
		return err
	}
	return page.Bind(r, &v.Form)
}

// edit is GET /desk/powers/{id}/edit: a returned adjustment to be put right.
func (s *site) edit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.returned(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, proposePage(v))
}

// returned is the form of an adjustment that may be put right now.
func (s *site) returned(ctx context.Context, id string) (proposeView, error) {
	a, err := s.Powers.Adjustment(ctx, actor.FromContext(ctx), id)
	if err != nil {
		return proposeView{}, err
	}
	if !a.MayDo(power.ActOfResubmit) {
		return proposeView{}, fault.New(fault.Conflict, "power.moved_on")
	}
	v := proposeView{ID: a.ID, Form: formOf(&a.Definition), Definition: &a.Definition, proposeForm: proposeForm{Change: string(a.Change), Occasion: string(a.Occasion),
		Reason: a.Reason, Document: a.Document, From: a.From.String(), Seen: a.Version}}
	for _, d := range a.Steps {
		if d.Round == a.Round && !d.Agrees {
			v.Returned = d.Said
		}
	}
	return v, nil
}

// resubmit is POST /desk/powers/{id}/edit.
func (s *site) resubmit(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	v, err := s.returned(ctx, id)
	if err != nil {
		return err
	}
	change, code := v.Change, v.Form.Code
	v.Form.Levels = nil // a box that is not ticked is not sent
	if err := bind(r, &v); err != nil {
		return err
	}
	v.Change, v.Form.Code, v.Form.Kind = change, code, ""
	err = s.Powers.Resubmit(ctx, actor.FromContext(ctx), id, v.Seen, v.proposal(v.Form.definition()))
	if err == nil {
		web.Redirect(w, r, adjustmentAt(id)+"?done=resubmit")
		return nil
	}
	return s.again(w, r, v, err)
}

func proposeCrumbs(ctx context.Context) []design.Crumb {
	return []design.Crumb{{Text: page.T(ctx, "power.desk.title"), Href: "/desk/powers"}, {Text: page.T(ctx, "power.propose")}}
}

func changeChoice(ctx context.Context, v proposeView) design.ChoiceParams {
	p := design.ChoiceParams{Name: "change", Label: page.T(ctx, "power.change"), Values: []string{v.Change}, Error: v.Errors.Of("change")}
	for _, c := range power.Changes() {
		p.Options = append(p.Options, design.ChoiceOption{Value: string(c), Text: changeName(ctx, c)})
	}
	return p
}

func levelChoice(ctx context.Context, v proposeView) design.ChoiceParams {
	p := design.ChoiceParams{Name: "levels", Label: fieldName(ctx, "levels"), Multiple: true, Values: v.Form.Levels, Error: v.Errors.Of("levels")}
	for _, o := range levelOptions(ctx) {
		p.Options = append(p.Options, design.ChoiceOption{Value: o.Value, Text: o.Text})
	}
	return p
}

func occasionOptions(ctx context.Context) []design.Option {
	var list []design.Option
	for _, o := range power.Occasions() {
		list = append(list, design.Option{Value: string(o), Text: said(ctx, "power.occasion.", string(o))})
	}
	return list
}
