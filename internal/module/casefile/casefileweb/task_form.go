package casefileweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

// completing are the actions that complete a task, by what the process calls its action.
var completing = map[string][]casefile.Action{"accept": {casefile.Accept}, "opine": {casefile.Opine}, "decide": {casefile.Approve, casefile.Refuse}, "deliver": {casefile.Deliver}}

// formFor is the form that is filled with an action; nil when the reader's task has none.
func formFor(v *casefile.View, a casefile.Action) *casefile.TaskForm {
	if v.TaskForm == nil || !slices.Contains(completing[v.TaskForm.Action], a) {
		return nil
	}
	return v.TaskForm
}

// taskFields are the fields of the form of a task, below what the applicant said and the form takes over.
func (s *site) taskFields(ctx context.Context, f *casefile.TaskForm, values url.Values, errors design.Errors) []templ.Component {
	var out []templ.Component
	if len(f.Known) > 0 {
		out = append(out, design.SummaryList(design.SummaryListParams{Title: f.Form.Title, Level: 2, Rows: formRows(f.Known)}))
	}
	p := formweb.Params{Definition: f.Form, Errors: errors}
	if s.Regions != nil {
		p.Regions = s.regionsOf(ctx)
	}
	if values != nil {
		p.Answers = formweb.Parse(f.Form, values)
	}
	return append(out, formweb.Fields(p))
}

// recordOf reads what was written down with an action from its form.
func (s *site) recordOf(r *http.Request, number string, step *casefile.Step) error {
	if step.Task = r.PostForm.Get("task"); step.Task == "" {
		return nil
	}
	v, err := s.Cases.View(r.Context(), by(r), number)
	if err != nil {
		return err
	}
	if f := formFor(v, step.Action); f != nil && f.Task == step.Task {
		step.Record = formweb.Parse(f.Form, r.PostForm)
	}
	return nil
}

func formRows(lines []form.Line) []design.SummaryRow {
	rows := make([]design.SummaryRow, len(lines))
	for i, l := range lines {
		rows[i] = design.SummaryRow{Key: l.Title, Value: l.Value}
	}
	return rows
}

// writtenLists show an officer what was written down with the tasks.
func writtenLists(ctx context.Context, v *casefile.View) []design.SummaryListParams {
	var out []design.SummaryListParams
	for _, o := range v.Objections {
		out = append(out, objectionList(ctx, o))
	}
	for _, w := range v.Written {
		rows := append(formRows(w.Lines), design.SummaryRow{Key: page.T(ctx, "casefile.written_by"), Value: w.Post + " · " + page.DateTime(ctx, w.At)})
		out = append(out, design.SummaryListParams{Title: page.T(ctx, "casefile.written", w.Name), Level: 2, Rows: rows})
	}
	return out
}

func tellAt(number, event string) string { return caseAt(number) + "/tell/" + url.PathEscape(event) }

// tellButtons lead to what the process waits to be told.
func tellButtons(v *casefile.View) []design.ButtonParams {
	var out []design.ButtonParams
	for _, a := range v.Awaited {
		out = append(out, design.ButtonParams{Text: a.Title, Href: tellAt(v.Case.Number, a.Event), Icon: "send"})
	}
	return out
}

type tellView struct {
	Number, Title, Event, Heading, Section, Back, Comment string
	Optional                                              bool
	Hidden                                                []design.Hidden
	Errors                                                design.Errors
}

// askTell is GET /cases/{number}/tell/{event}.
func (s *site) askTell(w http.ResponseWriter, r *http.Request) error {
	return s.renderTell(w, r, http.StatusOK, "", nil)
}

func (s *site) renderTell(w http.ResponseWriter, r *http.Request, status int, typed string, wrong error) error {
	ctx, number := r.Context(), r.PathValue("number")
	view, err := s.Cases.View(ctx, by(r), number)
	if err != nil {
		return err
	}
	for _, a := range view.Awaited {
		if a.Event != r.PathValue("event") {
			continue
		}
		v := tellView{Number: number, Title: view.Case.ItemName, Event: a.Event, Heading: a.Title, Section: "cases", Back: caseAt(number), Comment: typed, Optional: !officer(r),
			Errors: design.ErrorsOf(ctx, wrong)}
		if officer(r) {
			v.Section, v.Back = "desk", deskAt(number)
		}
		return page.Render(w, r, status, tellPage(v))
	}
	return fault.New(fault.Conflict, "casefile.word_not_awaited")
}

// tell is POST /cases/{number}/tell/{event}.
func (s *site) tell(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Comment string `form:"comment"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	number := r.PathValue("number")
	err := s.Cases.Tell(r.Context(), by(r), casefile.Word{Number: number, Event: r.PathValue("event"), Text: strings.TrimSpace(in.Comment)})
	if fault.Is(err, fault.Invalid) {
		return s.renderTell(w, r, http.StatusUnprocessableEntity, in.Comment, err)
	}
	if err != nil {
		return err
	}
	s.done(w, r, number, "told")
	return nil
}

type awaitedJSON struct {
	Event string `json:"event" doc:"send it to the case's events when it happened"`
	Title string `json:"title"`
}

type eventInput struct {
	Number string `path:"number" maxLength:"40"`
	Body   struct {
		Event string `json:"event" maxLength:"200" doc:"one of the case's awaited"`
		Text  string `json:"text,omitempty" maxLength:"4000" doc:"what happened; an officer must say it"`
	}
}

// tellCase answers POST /api/v1/cases/{number}/events.
func (s *site) tellCase(ctx context.Context, in *eventInput) (*struct{}, error) {
	return nil, s.Cases.Tell(ctx, actor.FromContext(ctx), casefile.Word{Number: in.Number, Event: in.Body.Event, Text: strings.TrimSpace(in.Body.Text)})
}
