package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/module/form"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// variables are what the process may decide its ways by: what is applied for, in which situation, and of the applicant's answers those its definition
// declares and no other. fault.Conflict "casefile.flow_other_form" when it wants answers that the item's form does not ask for.
func (p *prepared) variables() (map[string]any, error) {
	values := map[string]any{}
	for _, v := range p.flow.Program().Process().Variables {
		switch v.Name {
		case "variant":
			values["variant"] = p.variant
		case "situation":
			situation := make(map[string]any, len(p.content.Situation))
			for key, answer := range p.content.Situation {
				situation[key] = answer
			}
			values["situation"] = situation
		}
	}
	return values, answered(values, p.flow.Program().Process().Variables, p.form, p.content.Answers)
}

// answered puts the answers that variables ask for into values. What was not answered counts as nothing of its type.
func answered(values map[string]any, variables []process.Variable, d *form.Definition, answers map[string]any) error {
	for _, v := range variables {
		if v.Form == "" {
			continue
		}
		if d == nil || d.Key != v.Form {
			return fault.New(fault.Conflict, "casefile.flow_other_form")
		}
		list := d.Typed()
		i := slices.IndexFunc(list, func(f form.Typed) bool { return f.Path == v.Field })
		if i < 0 || list[i].Personal && !v.Personal || list[i].Type != v.Type && (list[i].Type != "date" || v.Type != "string") {
			return fault.New(fault.Conflict, "casefile.flow_other_form") // the form has changed since the process was deployed
		}
		if values[v.Name] = form.Answer(answers, v.Field); values[v.Name] == nil {
			values[v.Name] = nothing[v.Type]
		}
	}
	return nil
}

// nothing is what a variable holds whose field was not answered.
var nothing = map[string]any{"string": "", "date": "", "int": 0, "double": 0.0, "bool": false, "list": []any{}, "map": map[string]any{}}

// revise tells the process of a case what the applicant corrected, for the ways it still decides.
func (s *Service) revise(ctx context.Context, tx *db.Tx, c *Case, d *form.Definition, answers map[string]any) error {
	progress, err := s.needs.Flows.ProgressOf(ctx, tx, c.ID)
	if err != nil || progress.Process == nil {
		return err
	}
	values := map[string]any{}
	if err := answered(values, progress.Process.Variables, d, answers); err != nil {
		return err
	}
	return s.needs.Flows.Revise(ctx, tx, c.ID, values)
}
