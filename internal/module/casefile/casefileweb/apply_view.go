package casefileweb

import (
	"context"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// applyView is what every step of an application shows.
type applyView struct {
	ID        string
	Entry     *item.Entry
	Step      string // "situation", "form", "materials", "confirm"
	Variant   string
	Situation map[string]string
	OnBehalf  string // the applicant's masked name, when somebody at a window applies for him
	Saved     bool
	Errors    design.Errors
}

type situationView struct {
	applyView
	Questions []item.Question
}

type formView struct {
	applyView
	Definition *form.Definition
	Answers    map[string]any
	Regions    func(parent string) []design.Option
}

type materialsView struct {
	applyView
	Lines    []materialLine
	MaxBytes int64
}

type confirmView struct {
	applyView
	Item, Answers, Materials []design.SummaryRow
	Pledge                   string          // what is declared in place of a material
	Hidden                   []design.Hidden // the version that is shown: what is handed in is what was read
	Declared                 bool
}

func applicationAt(id, step string) string { return "/applications/" + id + "/" + step }

func (v applyView) at(step string) string { return applicationAt(v.ID, step) }

// steps are those of an item: without a form nobody is asked to fill one.
func steps(e *item.Entry) []string {
	if e.Guide.FormKey == "" {
		return []string{"situation", "materials", "confirm"}
	}
	return []string{"situation", "form", "materials", "confirm"}
}

// after is the step that follows one.
func after(e *item.Entry, step string) string {
	list := steps(e)
	for i, s := range list[:len(list)-1] {
		if s == step {
			return list[i+1]
		}
	}
	return step
}

func applySteps(ctx context.Context, v applyView) []design.Step {
	var out []design.Step
	state := design.StepDone
	for _, s := range steps(v.Entry) {
		one := design.Step{Text: said(ctx, "casefile.step.", s), State: state}
		switch {
		case s == v.Step:
			one.State, state = design.StepCurrent, design.StepTodo
		case state == design.StepDone:
			one.Href = v.at(s)
		}
		out = append(out, one)
	}
	return out
}

func applyCrumbs(ctx context.Context, v applyView) []design.Crumb {
	return []design.Crumb{{Text: page.T(ctx, "casefile.mine"), Href: "/cases"}, {Text: v.Entry.Short, Href: "/items/" + v.Entry.Code}, {Text: page.T(ctx, "casefile.apply")}}
}

// reask are the attributes by which the questions are asked again after an answer, when scripts run.
func reask(action string) templ.Attributes {
	return templ.Attributes{"hx-post": action, "hx-trigger": "change", "hx-target": "#questions", "hx-select": "#questions", "hx-swap": "outerHTML",
		"hx-vals": `{"refresh":"1"}`}
}

// asked tells the next request which questions this page asks: one that is new there is asked before it is missed.
func (v situationView) asked() []design.Hidden {
	out := make([]design.Hidden, 0, len(v.Questions))
	for _, q := range v.Questions {
		out = append(out, design.Hidden{Name: "asked", Value: q.Key})
	}
	return out
}

func variantChoice(ctx context.Context, v situationView) design.ChoiceParams {
	p := design.ChoiceParams{Name: "variant", Label: page.T(ctx, "casefile.variant"), Values: []string{v.Variant}, Error: v.Errors.Of("variant")}
	for _, o := range v.Entry.Guide.Variants {
		p.Options = append(p.Options, design.ChoiceOption{Value: o.Key, Text: o.Name, Hint: o.Note})
	}
	return p
}

func questionChoice(v situationView, q item.Question) design.ChoiceParams {
	name := "situation." + q.Key
	p := design.ChoiceParams{Name: name, Label: q.Title, Hint: q.Help, Values: []string{v.Situation[q.Key]}, Error: v.Errors.Of(name)}
	for _, o := range q.Options {
		p.Options = append(p.Options, design.ChoiceOption{Value: o.Value, Text: o.Title, Hint: o.Help})
	}
	return p
}

// situationRows tell the chosen variant and answers.
func situationRows(ctx context.Context, e *item.Entry, variant string, situation map[string]string) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "casefile.item"), Value: e.Name}}
	if v, ok := e.Variant(variant); ok {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "casefile.variant"), Value: v.Name})
	}
	for _, q := range e.Guide.Situations {
		for _, o := range q.Options {
			if o.Value == situation[q.Key] {
				rows = append(rows, design.SummaryRow{Key: q.Title, Value: o.Title})
			}
		}
	}
	return rows
}

// answerRows tell the answers of a form, in the form's own words and regions by their names.
func (s *site) answerRows(d *form.Definition, answers map[string]any) []design.SummaryRow {
	lines := form.Summary(d, answers)
	rows := make([]design.SummaryRow, 0, len(lines))
	group := ""
	for _, l := range lines {
		key, value := l.Title, l.Value
		switch {
		case l.Depth == 0 && value == "":
			group = l.Title
			continue
		case l.Depth > 0:
			key = group + " · " + key // whose name, of several people
		}
		if l.Kind == form.Region {
			value = s.regionName(value)
		}
		rows = row(rows, key, value)
	}
	return rows
}
