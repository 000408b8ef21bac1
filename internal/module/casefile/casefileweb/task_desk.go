package casefileweb

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// taskListView is one page of a list of tasks.
type taskListView struct {
	Tabs        design.TabsParams
	Rows        []design.Row
	First, Next string
}

// deskTabs are the lists an officer works from.
func deskTabs(ctx context.Context, current string) design.TabsParams {
	p := design.TabsParams{Label: page.T(ctx, "casefile.tab.label")}
	for _, t := range []struct{ name, href, icon string }{{"inbox", "/desk", "inbox"}, {"held", "/desk?tab=held", "user-check"}, {"copies", "/desk/copies", "mail"},
		{"asked", "/desk/asked", "message-square"}, {"deputies", "/desk/deputies", "users"}} {
		p.Tabs = append(p.Tabs, design.Link{Text: page.T(ctx, "casefile.tab."+t.name), Href: t.href, Icon: t.icon, Current: t.name == current})
	}
	return p
}

// taskCell names a task, and says what is special about it: that it was urged, is asked from beside the process, or is somebody's who is away; and that the
// case's clock has begun to run again by itself.
func taskCell(ctx context.Context, w casefile.Waiting) design.Cell {
	t := w.Task
	name := t.Name
	if t.Kind != "" {
		name = page.T(ctx, "casefile.task.kind."+string(t.Kind))
	}
	var marks []string
	if t.Urged > 0 {
		marks = append(marks, page.T(ctx, "casefile.task.times_urged", t.Urged))
	}
	if t.For != "" {
		marks = append(marks, page.T(ctx, "casefile.task.instead"))
	}
	if t.Kind == "" && t.Holder != "" {
		marks = append(marks, page.T(ctx, "casefile.task.taken"))
	}
	if t.Blocks > 0 {
		marks = append(marks, page.T(ctx, "casefile.task.waits_for", t.Blocks))
	}
	if w.Clock.Lapsed {
		marks = append(marks, page.T(ctx, "casefile.lapsed"))
	}
	note := t.OfficeName
	if len(marks) > 0 {
		note = strings.Join(marks, " · ") + " · " + note
	}
	return design.Cell{Text: name, Note: note}
}

// tickCell lets a task be taken up with others.
func tickCell(t casefile.Waiting) design.Cell {
	if t.Task.Kind != "" || t.Task.Blocks > 0 || batchActions[t.Task.Action] == nil {
		return design.Cell{}
	}
	return design.Cell{View: tick(t.Task.ID, t.Case.Number)}
}

func tick(id, number string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		text := page.T(ctx, "casefile.batch.pick")
		return design.Checkbox(design.CheckboxParams{Name: "task", ID: "f-task-" + id, Value: id, Text: text,
			Attrs: templ.Attributes{"form": "batch", "aria-label": text + " " + number}}).Render(ctx, w)
	})
}

// batchActions are the steps that can be taken with many tasks, by what their task is.
var batchActions = map[string][]casefile.Action{"accept": {casefile.Accept}, "opine": {casefile.Opine}, "decide": {casefile.Approve}, "deliver": {casefile.Deliver}}

// batchView is one step to be taken with many tasks, or what became of it.
type batchView struct {
	Rows    []design.Row
	Hidden  []design.Hidden
	Actions []design.ChoiceOption
	Action  string
	Comment string
	Errors  design.Errors
	Done    bool
}

// Of an opinion the page asks which; programs say so by themselves.
const (
	opineAgree    = "opine_agree"
	opineDisagree = "opine_disagree"
)

// batch is POST /desk/batch: first it shows what was ticked and asks; pressed again, it does.
func (s *site) batch(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Tasks   []string `form:"task"`
		Action  string   `form:"action"`
		Comment string   `form:"comment"`
		Go      string   `form:"go"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	v := batchView{Action: in.Action, Comment: in.Comment}
	if in.Go == "do" {
		b := casefile.Batch{Tasks: in.Tasks, Action: casefile.Action(in.Action), Comment: strings.TrimSpace(in.Comment)}
		if in.Action == opineAgree || in.Action == opineDisagree {
			agree := in.Action == opineAgree
			b.Action, b.Agree = casefile.Opine, &agree
		}
		results, err := s.Cases.ActOnMany(ctx, by(r), b)
		if err == nil {
			v.Done, v.Rows = true, resultRows(ctx, results)
			return page.Render(w, r, http.StatusOK, batchPage(v))
		}
		if _, ok := refused(err); !ok {
			return err
		}
		v.Errors = design.ErrorsOf(ctx, err)
	}
	picked, err := s.Cases.Picked(ctx, by(r), in.Tasks)
	if f, ok := refused(err); ok {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, f.Kind.Status(), batchPage(v))
	}
	if err != nil {
		return err
	}
	offered := map[casefile.Action]bool{}
	for _, t := range picked {
		v.Rows = append(v.Rows, design.Row{Cells: []design.Cell{{Text: t.Case.Number, Href: deskAt(t.Case.Number), Note: t.Case.ItemName + " · " + t.Case.Applicant}, {Text: t.Task.Name, Note: t.Task.OfficeName}}})
		v.Hidden = append(v.Hidden, design.Hidden{Name: "task", Value: t.Task.ID})
		for _, a := range batchActions[t.Task.Action] {
			if !offered[a] {
				offered[a] = true
				v.Actions = append(v.Actions, batchOptions(ctx, a)...)
			}
		}
	}
	status := http.StatusOK
	if len(v.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return page.Render(w, r, status, batchPage(v))
}

func batchOptions(ctx context.Context, a casefile.Action) []design.ChoiceOption {
	if a == casefile.Opine {
		return []design.ChoiceOption{{Value: opineAgree, Text: page.T(ctx, "casefile.batch.agree")}, {Value: opineDisagree, Text: page.T(ctx, "casefile.batch.disagree")}}
	}
	return []design.ChoiceOption{{Value: string(a), Text: said(ctx, "casefile.action.", string(a))}}
}

func resultRows(ctx context.Context, results []casefile.BatchResult) (rows []design.Row) {
	for _, x := range results {
		row := design.Row{Cells: []design.Cell{{Text: "—"}, {Text: page.T(ctx, "casefile.batch.taken")}}}
		if x.Number != "" {
			row.Cells[0] = design.Cell{Text: x.Number, Href: deskAt(x.Number)}
		}
		if x.Err != nil {
			row.Tone, row.Cells[1].Text = design.Bad, ""
			for _, e := range design.ErrorsOf(ctx, x.Err) {
				row.Cells[1].Text += e.Text
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// copies is GET /desk/copies.
func (s *site) copies(w http.ResponseWriter, r *http.Request) error {
	ctx, before := r.Context(), r.URL.Query().Get("before")
	list, err := s.Tasks.CopiesTo(ctx, by(r), before, deskRows+1)
	if err != nil {
		return err
	}
	v := taskListView{Tabs: deskTabs(ctx, "copies")}
	if before != "" {
		v.First = "/desk/copies"
	}
	if len(list) > deskRows {
		list = list[:deskRows]
		v.Next = "/desk/copies?before=" + url.QueryEscape(list[deskRows-1].ID)
	}
	for _, c := range list {
		read := design.Cell{Text: page.T(ctx, "casefile.task.unread")}
		switch {
		case !c.ReadAt.IsZero():
			read.Text = page.T(ctx, "casefile.task.read_at", page.DateTime(ctx, c.ReadAt))
		case c.MayRead:
			read = design.Cell{View: readButton(c.ID, c.Number)}
		}
		v.Rows = append(v.Rows, design.Row{Cells: []design.Cell{{Text: c.Number, Href: deskAt(c.Number), Note: c.Title}, {Text: c.Note}, {Text: c.SentPost, Note: page.DateTime(ctx, c.SentAt)}, read}})
	}
	return page.Render(w, r, http.StatusOK, copiesPage(v))
}

// asked is GET /desk/asked.
func (s *site) asked(w http.ResponseWriter, r *http.Request) error {
	ctx, before := r.Context(), r.URL.Query().Get("before")
	list, err := s.Tasks.AskedBy(ctx, by(r), before, deskRows+1)
	if err != nil {
		return err
	}
	v := taskListView{Tabs: deskTabs(ctx, "asked")}
	if before != "" {
		v.First = "/desk/asked"
	}
	if len(list) > deskRows {
		list = list[:deskRows]
		v.Next = "/desk/asked?before=" + url.QueryEscape(list[deskRows-1].ID)
	}
	today := civil.Of(time.Now())
	for _, x := range list {
		due := design.Cell{Text: page.Civil(ctx, x.DueOn)}
		row := design.Row{}
		if x.State == "open" {
			on := civil.MustParse(x.DueOn)
			due.Note = leftText(ctx, on, today)
			if on.Before(today) {
				row.Tone = design.Bad
			}
		}
		row.Cells = []design.Cell{{Text: x.Number, Href: deskAt(x.Number), Note: x.Title}, {Text: page.T(ctx, "casefile.task.kind."+string(x.Kind)), Note: x.OfficeName}, due,
			{View: design.Badge(design.BadgeParams{Text: page.T(ctx, "casefile.task.state."+x.State), Tone: sideTone[x.State]})}}
		v.Rows = append(v.Rows, row)
	}
	return page.Render(w, r, http.StatusOK, askedPage(v))
}

var sideTone = map[string]design.Tone{"open": design.Info, "done": design.Good, "waiting": design.Muted, "removed": design.Muted}

func copyColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.desk.case")}, {Text: page.T(ctx, "casefile.task.note")}, {Text: page.T(ctx, "casefile.task.sent_by")}, {Text: page.T(ctx, "casefile.task.read")}}
}

func askedColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.desk.case")}, {Text: page.T(ctx, "casefile.task.asked")}, {Text: page.T(ctx, "casefile.desk.due")}, {Text: page.T(ctx, "casefile.state")}}
}

func pickedColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.desk.case")}, {Text: page.T(ctx, "casefile.desk.task")}}
}

func resultColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.desk.case")}, {Text: page.T(ctx, "casefile.batch.result")}}
}

// deputiesView is who stands in for whom.
type deputiesView struct {
	Note                       string
	Rows                       []design.Row
	First, Next                string
	Colleagues                 []design.Option
	Deputy, From, Until, Items string
	Errors                     design.Errors
}

func deputyColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.deputy.principal")}, {Text: page.T(ctx, "casefile.deputy.who")}, {Text: page.T(ctx, "casefile.deputy.days")},
		{Text: page.T(ctx, "casefile.deputy.items")}, {Text: page.T(ctx, "casefile.deputy.end"), Hidden: true}}
}

// deputies is GET /desk/deputies.
func (s *site) deputies(w http.ResponseWriter, r *http.Request) error {
	v := deputiesView{}
	if done := r.URL.Query().Get("done"); done == "named" || done == "ended" {
		v.Note = page.T(r.Context(), "casefile.deputy.done_"+done)
	}
	return s.renderDeputies(w, r, http.StatusOK, v)
}

func (s *site) renderDeputies(w http.ResponseWriter, r *http.Request, status int, v deputiesView) error {
	ctx, before := r.Context(), r.URL.Query().Get("before")
	list, colleagues, err := s.Tasks.Deputies(ctx, by(r), before, deskRows+1)
	if err != nil {
		return err
	}
	if before != "" {
		v.First = "/desk/deputies"
	}
	if len(list) > deskRows {
		list = list[:deskRows]
		v.Next = "/desk/deputies?before=" + url.QueryEscape(list[deskRows-1].ID)
	}
	for _, d := range list {
		items := strings.Join(d.Items.V, " ")
		if items == "" {
			items = page.T(ctx, "casefile.deputy.all_items")
		}
		v.Rows = append(v.Rows, design.Row{Cells: []design.Cell{{Text: d.PrincipalName}, {Text: d.DeputyName}, {Text: page.Civil(ctx, d.FromOn.String()) + " — " + page.Civil(ctx, d.UntilOn.String())},
			{Text: items}, {View: endDeputyButton(d.ID, d.DeputyName)}}})
	}
	for _, o := range colleagues {
		if o.Account != by(r).Account {
			v.Colleagues = append(v.Colleagues, design.Option{Value: o.Account, Text: o.Name})
		}
	}
	return page.Render(w, r, status, deputiesPage(v))
}

// nameDeputy is POST /desk/deputies.
func (s *site) nameDeputy(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Deputy string `form:"deputy"`
		From   string `form:"from"`
		Until  string `form:"until"`
		Items  string `form:"items"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	n := workflow.NewDeputy{Deputy: in.Deputy, Items: strings.Fields(in.Items)}
	wrong := fault.New(fault.Invalid, "workflow.deputy_bad")
	n.FromOn, n.UntilOn = dateField(wrong, "from", in.From), dateField(wrong, "until", in.Until)
	err := wrong.OrNil()
	if err == nil {
		_, err = s.Tasks.NameDeputy(r.Context(), by(r), n)
	}
	if f, ok := refused(err); ok {
		v := deputiesView{Deputy: in.Deputy, From: in.From, Until: in.Until, Items: in.Items, Errors: design.ErrorsOf(r.Context(), err)}
		return s.renderDeputies(w, r, f.Kind.Status(), v)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/desk/deputies?done=named")
	return nil
}

// endDeputy is POST /desk/deputies/{id}/end.
func (s *site) endDeputy(w http.ResponseWriter, r *http.Request) error {
	if err := s.Tasks.EndDeputy(r.Context(), by(r), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/desk/deputies?done=ended")
	return nil
}
