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
		if !asks(d, v) {
			return fault.New(fault.Conflict, "casefile.flow_other_form") // the form has changed since the process was deployed
		}
		if values[v.Name] = form.Answer(answers, v.Field); values[v.Name] == nil {
			values[v.Name] = nothing[v.Type]
		}
	}
	return nil
}

// asks tells whether a form asks what a variable wants.
func asks(d *form.Definition, v process.Variable) bool {
	return d != nil && d.Key == v.Form && slices.ContainsFunc(d.Typed(), func(f form.Typed) bool {
		return f.Path == v.Field && (v.Personal || !f.Personal) && (f.Type == v.Type || f.Type == "date" && v.Type == "string")
	})
}

// nothing is what a variable holds whose field was not answered.
var nothing = map[string]any{"string": "", "date": "", "int": 0, "double": 0.0, "bool": false, "list": []any{}, "map": map[string]any{}}

// revise tells the process of a case what the applicant corrected, for the ways it still decides. A case keeps the form it
// was handed in with while its process may have gone to a version made for a later one: what that form does not ask stays as it was.
func (s *Service) revise(ctx context.Context, tx *db.Tx, c *Case, d *form.Definition, answers map[string]any) error {
	progress, err := s.needs.Flows.ProgressOf(ctx, tx, c.ID)
	if err != nil || progress.Process == nil {
		return err
	}
	values := map[string]any{}
	there := slices.DeleteFunc(slices.Clone(progress.Process.Variables), func(v process.Variable) bool { return v.Form != "" && !asks(d, v) })
	if err := answered(values, there, d, answers); err != nil {
		return err
	}
	return s.needs.Flows.Revise(ctx, tx, c.ID, values)
}
