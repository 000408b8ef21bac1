package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
)

// The rights a task gives over a field: of its own form, or of the applicant's. What it does not name is asked, and shown.
const (
	fieldRead   = "read"   // of its own form: the applicant's answer of the same name, which is not asked again
	fieldHidden = "hidden" // not asked, and not shown to who does the task
)

// TaskForm is what somebody writes down when he completes a task (办理表单).
type TaskForm struct {
	Task   string           // its id
	Name   string           // of the task
	Action string           // what completes it: accept, opine, decide, deliver
	Form   *form.Definition // with the fields that are asked
	Known  []form.Line      // what the applicant said, which the form takes over
}

// Written is what somebody wrote down with a task, for officers.
type Written struct {
	Name  string // of the task
	Post  string
	At    time.Time
	Lines []form.Line
}

// asked is a form without the fields that are not asked.
func asked(d *form.Definition, rights map[string]string) *form.Definition {
	out := *d
	out.Fields = slices.DeleteFunc(slices.Clone(d.Fields), func(f form.Field) bool { return rights[f.Name] == fieldRead || rights[f.Name] == fieldHidden })
	return &out
}

// takenOver are the applicant's answers that the form of a task takes over.
func takenOver(d *form.Definition, rights map[string]string, answers map[string]any) map[string]any {
	out := map[string]any{}
	for _, f := range d.Fields {
		if v, said := answers[f.Name]; said && rights[f.Name] == fieldRead {
			out[f.Name] = v
		}
	}
	return out
}

// writeDown checks what comes with the step against the form of its task: fault.Invalid by field "answers.NAME". A task without a form takes nothing, and
// the law's own clock has nothing to write down: a form that an office did not fill in must not stop what its silence does.
func (st *step) writeDown(ctx context.Context, tx *db.Tx) error {
	if !st.completes() || st.by.Kind == actor.System && st.in.Record == nil {
		return nil
	}
	duty, err := st.s.needs.Flows.DutyOf(ctx, tx, st.process, st.task)
	if err != nil {
		return err
	}
	if err := st.documented(ctx, tx, duty); err != nil || duty.Form == "" {
		return err
	}
	d, err := st.s.needs.Forms.Latest(ctx, tx, duty.Form)
	if err != nil {
		return fmt.Errorf("finding the form of task %s: %w", st.task.Node, err)
	}
	answers := maps.Clone(st.in.Record)
	if answers == nil {
		answers = map[string]any{}
	}
	for name, right := range duty.Fields {
		if right == fieldRead || right == fieldHidden {
			delete(answers, name)
		}
	}
	if slices.Contains(slices.Collect(maps.Values(duty.Fields)), fieldRead) {
		content, _, err := st.s.content(ctx, tx, st.c.ID)
		if err != nil {
			return err
		}
		maps.Copy(answers, takenOver(d, duty.Fields, content.Answers))
	}
	if st.record, err = form.Check(d, answers); err != nil {
		return err
	}
	st.recordForm = d.ID
	return nil
}

// keepRecord seals what was written down; the variables of the process get of it what its outputs say.
func (st *step) keepRecord(ctx context.Context, tx *db.Tx) error {
	if len(st.record) == 0 {
		return nil
	}
	text, err := json.Marshal(st.record)
	if err != nil {
		return fmt.Errorf("writing down what a task brought: %w", err)
	}
	sealed, err := st.s.needs.Keys.Seal(text, aad(st.c.ID, "task/"+st.task.ID))
	if err != nil {
		return fmt.Errorf("sealing what a task brought: %w", err)
	}
	return st.s.needs.Flows.Keep(ctx, tx, st.by, st.task, st.recordForm, sealed)
}

// written opens what officers wrote down with the tasks of a case, without what is hidden from who reads.
func (s *Service) written(ctx context.Context, tx *db.Tx, c *Case, hidden map[string]bool, masks bool) (out []Written, personal bool, err error) {
	list, err := s.needs.Flows.Kept(ctx, tx, c.ID)
	if err != nil {
		return nil, false, err
	}
	for _, e := range list {
		d, err := s.needs.Forms.ByID(ctx, tx, e.FormID)
		if err != nil {
			return nil, false, err
		}
		plain, err := s.unseal(e.Answers, c.ID, "task/"+e.TaskID)
		if err != nil {
			return nil, false, err
		}
		var answers map[string]any
		if err := json.Unmarshal(plain, &answers); err != nil {
			return nil, false, fmt.Errorf("decoding what a task brought: %w", err)
		}
		answers = without(answers, hidden)
		if masks {
			masked, any := form.Masked(d, answers)
			answers, personal = masked, personal || any
		}
		out = append(out, Written{Name: e.Name, Post: e.Post, At: e.At, Lines: form.Summary(d, answers)})
	}
	return out, personal, nil
}

// presentTasks adds what the tasks of a case say: where it stands, what may be told, what was written down, which form comes next. What its tasks hide
// from an officer he is not shown.
func (s *Service) presentTasks(ctx context.Context, tx *db.Tx, by actor.Actor, v *View) (err error) {
	c := &v.Case
	if v.Progress, err = s.needs.Flows.ProgressOf(ctx, tx, c.ID); err != nil {
		return err
	}
	if v.Awaited, err = s.awaited(ctx, tx, by, c); err != nil || by.Kind != actor.Officer {
		return err
	}
	hidden, err := s.hiddenFrom(ctx, tx, by, c)
	if err != nil {
		return err
	}
	v.Content.Answers = without(v.Content.Answers, hidden)
	if v.Written, v.Masked, err = s.written(ctx, tx, c, hidden, true); err != nil {
		return err
	}
	mine := v.mine(by)
	for i, duty := range v.duties(mine) {
		if duty.Form == "" || v.TaskForm != nil {
			continue
		}
		d, err := s.needs.Forms.Latest(ctx, tx, duty.Form)
		if err != nil {
			return err
		}
		known := v.Content.Answers
		if v.Form != nil { // what the applicant's form calls personal is so in the task's, whatever that calls it
			known, _ = form.Masked(v.Form, known)
		}
		known, _ = form.Masked(d, takenOver(d, duty.Fields, known))
		v.TaskForm = &TaskForm{Task: mine[i].ID, Name: mine[i].Name, Action: mine[i].Action, Form: asked(d, duty.Fields), Known: form.Summary(d, known)}
	}
	return nil
}

// mine are the open tasks by may do himself.
func (v *View) mine(by actor.Actor) (out []workflow.OpenTask) {
	for _, t := range v.Tasks {
		if mayDo(by, t, v.Case.BaseCode) {
			out = append(out, t)
		}
	}
	return out
}

// duties are what the definition says of tasks, in their order.
func (v *View) duties(tasks []workflow.OpenTask) (out []process.Duty) {
	for _, t := range tasks {
		duty := process.Duty{}
		if v.Progress.Process != nil {
			if e := v.Progress.Process.Element(t.Node); e != nil {
				duty = e.Duty
			}
		}
		out = append(out, duty)
	}
	return out
}

// hiddenFrom names the fields a case does not show by: what one of its tasks hides that he, or whom he stands in for, has, had or could take. A task of
// his that is open and does not hide a field shows it.
func (s *Service) hiddenFrom(ctx context.Context, tx *db.Tx, by actor.Actor, c *Case) (map[string]bool, error) {
	who, err := s.needs.Flows.StandIns(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	list, err := s.needs.Flows.SharesOf(ctx, tx, append(who, by), c.ID, c.BaseCode)
	if err != nil {
		return nil, err
	}
	hidden := map[string]bool{}
	for _, d := range list {
		for name, right := range d.Fields {
			if right == fieldHidden {
				hidden[name] = true
			}
		}
	}
	for _, d := range list {
		if d.Now {
			maps.DeleteFunc(hidden, func(name string, _ bool) bool { return d.Fields[name] != fieldHidden })
		}
	}
	return hidden, nil
}

// without leaves out what is hidden.
func without(answers map[string]any, hidden map[string]bool) map[string]any {
	if len(hidden) == 0 {
		return answers
	}
	out := maps.Clone(answers)
	maps.DeleteFunc(out, func(name string, _ any) bool { return hidden[name] })
	return out
}
