package item

import (
	"fmt"
	"maps"
	"slices"

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/rule"
)

// rules are the compiled conditions of a guide, index by index; a nil program always holds.
type rules struct {
	questions []*rule.Program
	materials []*rule.Program
	fees      []*rule.Program
	results   []*rule.Program
}

// compile reads the conditions of a guide. A question may use the variant and the questions above it, a material all of them.
func compile(g *Guide) (*rules, error) {
	r := &rules{}
	vars := rule.Vars{"variant": rule.Text}
	for i, q := range g.Situations {
		program, err := condition(vars, q.When)
		if err != nil {
			return nil, fmt.Errorf("situations %d: %w", i, err)
		}
		if _, twice := vars[q.Key]; twice || q.Key == "" || q.Title == "" || len(q.Options) < 2 {
			return nil, fmt.Errorf("situations %d: a question has a key of its own, a title and at least two options", i)
		}
		vars[q.Key] = rule.Text
		r.questions = append(r.questions, program)
	}
	var err error
	if r.materials, err = conditions(vars, g.Materials, "materials", func(m Material) string { return m.When }); err != nil {
		return nil, err
	}
	if r.fees, err = conditions(vars, g.Fees, "fees", func(f Fee) string { return f.When }); err != nil {
		return nil, err
	}
	r.results, err = conditions(vars, g.Results, "results", func(x Result) string { return x.When })
	return r, err
}

// conditions compiles the condition of each thing of a list, which may use every question.
func conditions[T any](vars rule.Vars, list []T, name string, when func(T) string) ([]*rule.Program, error) {
	programs := make([]*rule.Program, len(list))
	for i, x := range list {
		var err error
		if programs[i], err = condition(vars, when(x)); err != nil {
			return nil, fmt.Errorf("%s %d: %w", name, i, err)
		}
	}
	return programs, nil
}

func condition(vars rule.Vars, text string) (*rule.Program, error) {
	if text == "" {
		return nil, nil
	}
	return rule.Compile(vars, text)
}

func holds(p *rule.Program, values map[string]any) (bool, error) {
	if p == nil {
		return true, nil
	}
	return p.Truth(values)
}

// Questions returns the questions asked after these answers, in order. Answers to questions that are not asked are ignored; an
// answer that is not listed is refused with fault.Invalid, field "situation.KEY" or "variant".
func (e *Entry) Questions(variant string, situation map[string]string) ([]Question, error) {
	asked, _, err := e.ask(variant, situation)
	return asked, err
}

// Usual completes what a caller leaves out with the first the guide offers, which is the commonest: the variant, and the answer to each question
// asked after it. What was said is kept.
func (e *Entry) Usual(variant string, situation map[string]string) (string, map[string]string) {
	if variant == "" && len(e.Guide.Variants) > 0 {
		variant = e.Guide.Variants[0].Key
	}
	full := maps.Clone(situation)
	if full == nil {
		full = map[string]string{}
	}
	for range e.Guide.Situations { // an answer may bring the next question
		asked, err := e.Questions(variant, full)
		if err != nil {
			break // what was said is refused where it is checked
		}
		for _, q := range asked {
			if full[q.Key] == "" {
				full[q.Key] = q.Options[0].Value
			}
		}
	}
	return variant, full
}

// CheckSituation refuses a situation that leaves an asked question open or answers with something unknown.
func (e *Entry) CheckSituation(variant string, situation map[string]string) error {
	asked, values, err := e.ask(variant, situation)
	if err != nil {
		return err
	}
	refusal := fault.New(fault.Invalid, "item.situation_open")
	if variant == "" && len(e.Guide.Variants) > 0 {
		refusal.Field("variant", "item.answer_needed")
	}
	for _, q := range asked {
		if values[q.Key] == "" {
			refusal.Field("situation."+q.Key, "item.answer_needed")
		}
	}
	return refusal.OrNil()
}

// MaterialsFor returns the exact list of materials for a variant and the answers to the questions; open questions count as
// answered with nothing. Refusals are those of [Entry.Questions].
func (e *Entry) MaterialsFor(variant string, situation map[string]string) ([]Material, error) {
	_, values, err := e.ask(variant, situation)
	if err != nil {
		return nil, err
	}
	return fulfilled(e, values, func(r *rules) []*rule.Program { return r.materials }, e.Guide.Materials)
}

// FeesFor returns what a variant with these answers costs; nothing is free of charge. It is to fees what [Entry.MaterialsFor] is to materials.
func (e *Entry) FeesFor(variant string, situation map[string]string) ([]Fee, error) {
	_, values, err := e.ask(variant, situation)
	if err != nil {
		return nil, err
	}
	return fulfilled(e, values, func(r *rules) []*rule.Program { return r.fees }, e.Guide.Fees)
}

// ResultsFor returns what one gets for a variant with these answers. It is to results what [Entry.MaterialsFor] is to materials.
func (e *Entry) ResultsFor(variant string, situation map[string]string) ([]Result, error) {
	_, values, err := e.ask(variant, situation)
	if err != nil {
		return nil, err
	}
	return fulfilled(e, values, func(r *rules) []*rule.Program { return r.results }, e.Guide.Results)
}

// fulfilled returns the things of a guide whose conditions hold.
func fulfilled[T any](e *Entry, values map[string]any, conditions func(*rules) []*rule.Program, list []T) ([]T, error) {
	r, err := e.rules()
	if err != nil {
		return nil, fmt.Errorf("compiling the guide of %s: %w", e.BaseCode, err)
	}
	var kept []T
	for i, x := range list {
		yes, err := holds(conditions(r)[i], values)
		if err != nil {
			return nil, fmt.Errorf("condition %d: %w", i, err)
		}
		if yes {
			kept = append(kept, x)
		}
	}
	return kept, nil
}

// ask walks the questions in order and returns those asked and the values conditions see.
func (e *Entry) ask(variant string, situation map[string]string) ([]Question, map[string]any, error) {
	if _, known := e.Variant(variant); variant != "" && !known {
		return nil, nil, fault.New(fault.Invalid, "item.unknown_variant").Field("variant", "item.unknown_answer")
	}
	r, err := e.rules()
	if err != nil {
		return nil, nil, fmt.Errorf("compiling the guide of %s: %w", e.BaseCode, err)
	}
	values := map[string]any{"variant": variant}
	refusal := fault.New(fault.Invalid, "item.unknown_answer")
	var asked []Question
	for i, q := range e.Guide.Situations {
		shown, err := holds(r.questions[i], values)
		if err != nil {
			return nil, nil, fmt.Errorf("question %s: %w", q.Key, err)
		}
		if !shown {
			continue
		}
		asked = append(asked, q)
		answer := situation[q.Key]
		if answer != "" && !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == answer }) {
			refusal.Field("situation."+q.Key, "item.unknown_answer")
			continue
		}
		values[q.Key] = answer
	}
	if err := refusal.OrNil(); err != nil {
		return nil, nil, err
	}
	return asked, values, nil
}
