package casefileweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// taskRoutes adds the pages of tasks.
func (s *site) taskRoutes(r *web.Router) {
	r.Page("POST /desk/tasks/{id}/{command}", web.Staff, s.command)
	r.Page("GET /desk/copies", web.Staff, s.copies)
	r.Page("GET /desk/asked", web.Staff, s.asked)
	r.Page("POST /desk/batch", web.Staff, s.batch)
	r.Page("GET /desk/deputies", web.Staff, s.deputies)
	r.Page("POST /desk/deputies", web.Staff, s.nameDeputy)
	r.Page("POST /desk/deputies/{id}/end", web.Staff, s.endDeputy)
	r.Page("POST /cases/{number}/urge", web.SignedIn, s.urge)
}

// verbs are those a page offers.
var verbs = []workflow.Verb{workflow.Claim, workflow.Release, workflow.Transfer, workflow.Forward, workflow.Delegate, workflow.Cosign, workflow.Remove, workflow.Answer, workflow.CopyTo,
	workflow.ReadCopy, workflow.Withdraw, workflow.SendBack, workflow.Urge, workflow.Ask, workflow.Invite, workflow.Record}

func verbOf(text string) (workflow.Verb, bool) {
	for _, v := range verbs {
		if string(v) == text {
			return v, true
		}
	}
	return "", false
}

// command is POST /desk/tasks/{id}/{command}: one of the small forms of a case's page. What is refused is asked again on a page of its own.
func (s *site) command(w http.ResponseWriter, r *http.Request) error {
	verb, ok := verbOf(r.PathValue("command"))
	if !ok {
		return fault.New(fault.NotFound, "workflow.task_no_command")
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "casefile.unreadable").Because(err)
	}
	ctx, values, number := r.Context(), r.PostForm, r.PostForm.Get("number")
	in, wrong := orderOf(verb, values)
	if wrong == nil {
		_, wrong = s.Tasks.Do(ctx, by(r), verb, r.PathValue("id"), in, commandKey(r, values))
	}
	f, told := fault.Of(wrong)
	switch {
	case wrong == nil:
		web.Redirect(w, r, s.afterCommand(ctx, r, verb, number))
		return nil
	case !told || f.Kind == fault.NotFound || !caseNumber.MatchString(number):
		return wrong
	}
	view, err := s.Cases.View(ctx, by(r), number)
	if err != nil {
		return wrong
	}
	around, err := s.Tasks.Around(ctx, by(r), view.Case.ID)
	if err != nil {
		return err
	}
	v := commandView{Number: number, Title: view.Case.ItemName + " · " + view.Case.Applicant, Heading: page.T(ctx, "casefile.task.done."+string(verb)), Errors: design.ErrorsOf(ctx, wrong)}
	if f.Kind == fault.Invalid {
		a := asking{ctx: ctx, by: by(r), number: number, values: values, errors: v.Errors}
		v.Form = a.again(around, verb, r.PathValue("id"), values.Get("kind"))
	}
	return page.Render(w, r, f.Kind.Status(), commandPage(v))
}

// again finds the form that was refused, with what was typed; nil when it can't be asked any more.
func (a asking) again(around workflow.Around, verb workflow.Verb, id, kind string) *taskForm {
	var all []taskForm
	for _, t := range append(around.Tasks, around.Done...) {
		if t.ID == id {
			all = append(all, a.ofTask(t, around.Near)...)
		}
	}
	for _, s := range around.Sides {
		if s.ID == id {
			all = append(all, a.ofSide(s)...)
		}
	}
	for _, g := range around.Gatherings {
		if g.ID == id {
			all = append(all, a.ofGathering(g))
		}
	}
	for _, f := range all {
		given := ""
		for _, h := range f.Hidden {
			if h.Name == "kind" {
				given = h.Value
			}
		}
		if f.Verb == verb && given == kind {
			return &f
		}
	}
	return nil
}

// commandKey makes the second press of a button the first one's. A page that was loaded anew has another version, and urging has its own limit.
func commandKey(r *http.Request, values url.Values) once.Params {
	if values.Get("version") == "" {
		return once.Params{}
	}
	return once.Params{Actor: by(r).Name(), Key: "task " + digest(r.URL.Path+"\n"+values.Encode()), Digest: digest(values.Encode())}
}

// afterCommand leads back to the case, or to the inbox when the task went elsewhere.
func (s *site) afterCommand(ctx context.Context, r *http.Request, verb workflow.Verb, number string) string {
	if verb == workflow.ReadCopy && number == "" {
		return "/desk/copies"
	}
	what := "did=" + string(verb)
	if caseNumber.MatchString(number) && s.Cases.MaySee(ctx, by(r), number) == nil {
		return deskAt(number) + "?" + what
	}
	return "/desk?" + what
}

// orderOf reads a form.
func orderOf(verb workflow.Verb, values url.Values) (workflow.Order, error) {
	in := workflow.Order{Words: values.Get("words"), Kind: workflow.SideKind(values.Get("kind")), InTurn: values.Get("in_turn") != "", On: values.Get("on"), Place: values.Get("place"),
		Node: values.Get("node")}
	wrong := fault.New(fault.Invalid, "workflow.task_bad_order")
	for _, to := range values["to"] {
		if account, ok := strings.CutPrefix(to, toAccount); ok && account != "" {
			in.To = append(in.To, workflow.Addressee{Account: account})
		} else if path, ok := strings.CutPrefix(to, toOffice); ok && path != "" {
			in.To = append(in.To, workflow.Addressee{Office: path})
		}
	}
	if text := strings.TrimSpace(values.Get("days")); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			wrong.Field("days", "casefile.days_wrong")
		}
		in.Days = n
	}
	if text := values.Get("version"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return in, fault.New(fault.Invalid, "casefile.unreadable")
		}
		in.Version = n
	}
	if verb == workflow.Answer && (in.Kind == workflow.SignBefore || in.Kind == workflow.SignAfter) {
		agree := values.Get("agree") == "yes"
		if !agree && values.Get("agree") != "no" {
			wrong.Field("agree", "casefile.agree_missing")
		}
		in.Agree = &agree
	}
	return in, wrong.OrNil()
}

// commandView is one form asked again.
type commandView struct {
	Number, Title, Heading string
	Errors                 design.Errors
	Form                   *taskForm
}

// didNote says what was just done with a task; an address somebody made up says nothing.
func didNote(ctx context.Context, did string) string {
	if verb, ok := verbOf(did); ok {
		return page.T(ctx, "casefile.task.finished", page.T(ctx, "casefile.task.done."+string(verb)))
	}
	return ""
}

// urge is POST /cases/{number}/urge: the applicant reminds whoever has the case.
func (s *site) urge(w http.ResponseWriter, r *http.Request) error {
	ctx, number := r.Context(), r.PathValue("number")
	view, err := s.Cases.View(ctx, by(r), number)
	if err != nil {
		return err
	}
	done := "urged_today"
	for _, t := range view.Tasks {
		_, err := s.Tasks.Do(ctx, by(r), workflow.Urge, t.ID, workflow.Order{}, once.Params{})
		switch {
		case err == nil:
			done = "urged"
		case !fault.Is(err, fault.Conflict):
			return err
		}
	}
	if len(view.Tasks) == 0 {
		done = "urged_none"
	}
	s.done(w, r, number, done)
	return nil
}

// mayUrge tells whether an applicant has somebody to remind.
func mayUrge(v *casefile.View) bool { return v.Case.State.Open() && len(v.Tasks) > 0 }
