package workflowweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

func migrateAt(key string, from int) string {
	return oneAt(key) + "/migrate?from=" + strconv.Itoa(from)
}

// mostAtOnce is how many instances one request takes to another version: each is a transaction of its own.
const mostAtOnce = 50

// planned is one chosen instance with what a migration would do, or what it did.
type planned struct {
	Plan workflow.Plan
	Done bool
	Why  string // it can't be done
}

type migrationView struct {
	Key       string
	From, To  int
	Old, New  *process.Process
	Rows      []workflow.Running
	Next      string
	Chosen    []string
	Planned   []planned
	Previewed bool
	Moved     int // how many this request moved; -1 before any
	Names     map[string]string
	Reason    string
	Errors    design.Errors
}

// migration is GET /desk/processes/{key}/migrate?from=: the running instances of an older version, to be chosen from.
func (s *site) migration(w http.ResponseWriter, r *http.Request) error {
	v, err := s.startMigration(r, number(r.URL.Query().Get("from")))
	if err != nil {
		return err
	}
	return s.showMigration(w, r, http.StatusOK, v)
}

// startMigration reads both versions.
func (s *site) startMigration(r *http.Request, from int) (*migrationView, error) {
	ctx := r.Context()
	by, v := actor.FromContext(ctx), &migrationView{Key: r.PathValue("key"), From: from, Moved: -1, Names: map[string]string{}}
	source, version, err := s.Shelf.Source(ctx, by, v.Key, from)
	if err != nil {
		return nil, err
	}
	v.From = version
	if v.Old, err = bpmn.Read(source); err != nil {
		return nil, err
	}
	if source, v.To, err = s.Shelf.Source(ctx, by, v.Key, 0); err != nil {
		return nil, err
	}
	if v.New, err = bpmn.Read(source); err != nil {
		return nil, err
	}
	if v.From == v.To {
		return nil, fault.New(fault.Conflict, "process.migrate.newest")
	}
	return v, nil
}

func (s *site) showMigration(w http.ResponseWriter, r *http.Request, status int, v *migrationView) error {
	ctx := r.Context()
	rows, err := s.Mover.RunningOf(ctx, actor.FromContext(ctx), v.Key, v.From, r.URL.Query().Get("after"), mostAtOnce+1)
	if err != nil {
		return err
	}
	if v.Rows = rows; len(rows) > mostAtOnce {
		v.Rows, v.Next = rows[:mostAtOnce], rows[mostAtOnce-1].ID
	}
	return page.Render(w, r, status, migrationPage(v))
}

// migrate is POST /desk/processes/{key}/migrate: the plan of the chosen instances, step by step, or the migration itself. One that can't be moved keeps no other
// from being moved.
func (s *site) migrate(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "page.form_invalid").Because(err)
	}
	form := r.PostForm
	v, err := s.startMigration(r, number(form.Get("from")))
	if err != nil {
		return err
	}
	v.read(form)
	if len(v.Chosen) == 0 {
		v.Errors = design.ErrorsOf(r.Context(), fault.New(fault.Invalid, "process.migrate.none_chosen").Field("subject", "process.migrate.none_chosen"))
		return s.showMigration(w, r, http.StatusUnprocessableEntity, v)
	}
	v.Previewed = true
	status, err := http.StatusOK, error(nil)
	if form.Get("do") == "move" {
		status, err = s.moveAll(r, v)
	} else {
		err = s.planAll(r, v)
	}
	if err != nil {
		return err
	}
	return s.showMigration(w, r, status, v)
}

// read takes what was chosen and typed.
func (v *migrationView) read(form url.Values) {
	v.Chosen = form["subject"]
	v.Chosen = v.Chosen[:min(len(v.Chosen), mostAtOnce)]
	v.Reason = strings.TrimSpace(form.Get("reason"))
	for name, values := range form {
		if id, ok := strings.CutPrefix(name, "map."); ok && values[0] != "" {
			v.Names[id] = values[0]
		}
	}
}

func (v *migrationView) order(subject string) workflow.Migration {
	return workflow.Migration{Subject: subject, Version: v.To, Names: v.Names, Reason: v.Reason}
}

// planAll asks of each chosen instance what a migration would do.
func (s *site) planAll(r *http.Request, v *migrationView) error {
	ctx := r.Context()
	v.Planned = nil
	for _, subject := range v.Chosen {
		plan, err := s.Mover.PlanMigration(ctx, actor.FromContext(ctx), v.order(subject))
		one := planned{Plan: plan}
		if one.Why, err = told(ctx, err); err != nil {
			return err
		}
		v.Planned = append(v.Planned, one)
	}
	return nil
}

// moveAll moves each chosen instance in a transaction of its own.
func (s *site) moveAll(r *http.Request, v *migrationView) (status int, err error) {
	ctx := r.Context()
	if err := s.planAll(r, v); err != nil {
		return 0, err
	}
	v.Moved = 0
	for i, subject := range v.Chosen {
		err := s.Mover.Migrate(ctx, actor.FromContext(ctx), v.order(subject))
		if fault.Is(err, fault.Invalid) { // the reason is missing: so it is for all
			v.Errors, v.Moved = design.ErrorsOf(ctx, err), -1
			return http.StatusUnprocessableEntity, nil
		}
		one := &v.Planned[i]
		if one.Done = err == nil; one.Done {
			v.Moved++
		}
		if one.Why, err = told(ctx, err); err != nil {
			return 0, err
		}
	}
	return http.StatusOK, nil
}

// told is what a person is told of an error that is about one instance only; every other error stays one.
func told(ctx context.Context, err error) (string, error) {
	if err == nil {
		return "", nil
	}
	f, ok := fault.Of(err)
	if !ok || f.Kind == fault.Busy {
		return "", err
	}
	return design.ErrorsOf(ctx, err)[0].Text, nil
}

// lost are the elements of the old version that tokens of the chosen instances stand at and that can't be taken over: each may be named anew.
func (v *migrationView) lost() (ids []string) {
	for _, p := range v.Planned {
		for _, m := range p.Plan.Moves {
			if (m.Reason != "" || v.Names[m.From] != "") && !slices.Contains(ids, m.From) {
				ids = append(ids, m.From)
			}
		}
	}
	return ids
}

// possible tells whether one of the chosen can be moved.
func (v *migrationView) possible() bool {
	return slices.ContainsFunc(v.Planned, func(p planned) bool { return p.Plan.Possible })
}

func (v *migrationView) naming(ctx context.Context, id string) design.SelectParams {
	p := design.SelectParams{Name: "map." + id, Label: page.T(ctx, "process.migrate.becomes", elementName(v.Old, id)), Value: v.Names[id], Blank: page.T(ctx, "process.migrate.same"), Optional: true}
	old := v.Old.Element(id)
	for _, e := range v.New.Elements {
		if old != nil && e.Kind == old.Kind {
			p.Options = append(p.Options, design.Option{Value: e.ID, Text: shownName(ctx, e)})
		}
	}
	return p
}

func (v *migrationView) hidden() []design.Hidden {
	return []design.Hidden{{Name: "from", Value: strconv.Itoa(v.From)}}
}

// chosenHidden carries the choice to the next step.
func (v *migrationView) chosenHidden() []design.Hidden {
	out := v.hidden()
	for _, subject := range v.Chosen {
		out = append(out, design.Hidden{Name: "subject", Value: subject})
	}
	return out
}

func (v *migrationView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Next != "" {
		p.Next = migrateAt(v.Key, v.From) + "&after=" + url.QueryEscape(v.Next)
	}
	return &p
}

func (v *migrationView) rows(ctx context.Context) []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for i, x := range v.Rows {
		box := design.Checkbox(design.CheckboxParams{Name: "subject", ID: "f-subject-" + x.Subject, Value: x.Subject, Text: or(x.Number, x.Title), Checked: slices.Contains(v.Chosen, x.Subject)})
		rows[i] = design.Row{Cells: []design.Cell{{View: box}, {Text: x.Title}, {Text: page.DateTime(ctx, x.StartedAt)}}}
	}
	return rows
}

// planRows say what becomes of each place the chosen instances stand at.
func (v *migrationView) planRows(ctx context.Context) []design.Row {
	var rows []design.Row
	for _, p := range v.Planned {
		name := or(or(p.Plan.Number, p.Plan.Title), "—")
		if p.Done {
			rows = append(rows, design.Row{Cells: []design.Cell{{Text: name}, {Text: page.T(ctx, "process.migrate.moved")}, {}, {View: good(ctx)}}})
			continue
		}
		if p.Why != "" && len(p.Plan.Moves) == 0 {
			rows = append(rows, design.Row{Cells: []design.Cell{{Text: name}, {Text: p.Why}, {}, {View: bad(ctx)}}})
		}
		for _, m := range p.Plan.Moves {
			cells := []design.Cell{{Text: name}, {Text: elementName(v.Old, m.From)}, {Text: elementName(v.New, m.To)}, {View: good(ctx)}}
			if m.Reason != "" {
				cells[2], cells[3] = design.Cell{Text: said(ctx, "process.migrate.reason.", m.Reason)}, design.Cell{View: bad(ctx)}
			}
			rows = append(rows, design.Row{Cells: cells})
		}
	}
	return rows
}

func good(ctx context.Context) templ.Component {
	return design.Badge(design.BadgeParams{Text: page.T(ctx, "process.migrate.yes"), Tone: design.Good, Icon: "check"})
}

func bad(ctx context.Context) templ.Component {
	return design.Badge(design.BadgeParams{Text: page.T(ctx, "process.migrate.no"), Tone: design.Bad, Icon: "x"})
}

func (v *migrationView) movedTone() design.Tone {
	if v.Moved == len(v.Chosen) {
		return design.Good
	}
	return design.Warn
}
