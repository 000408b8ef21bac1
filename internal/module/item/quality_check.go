package item

import (
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/platform/rule"
)

// baseVars are what a rule of base items may ask. The times are in calendar days, five working days being seven.
var baseVars = rule.Vars{"legal": rule.Number, "promise": rule.Number, "instant": rule.Truth, "online": rule.Truth, "visits": rule.Whole,
	"visit_reason": rule.Text, "bases": rule.Whole, "conditions": rule.Whole, "materials": rule.Whole, "uploads_without_sample": rule.Whole,
	"steps": rule.Whole, "results": rule.Whole, "fees": rule.Whole, "fee_note": rule.Text, "questions_answered": rule.Whole, "synonyms": rule.Whole,
	"themes": rule.Whole, "doubts": rule.Whole}

// entryVars are what a rule of entries may ask.
var entryVars = rule.Vars{"address": rule.Text, "windows": rule.Text, "hours": rule.Text, "phone": rule.Text, "supervise": rule.Text}

// QualityVariables lists the names a condition of this scope may use, in order.
func QualityVariables(scope string) []string {
	vars := baseVars
	if scope == RuleOfEntry {
		vars = entryVars
	}
	var names []string
	for n := range vars {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// qualityCheck is a rule ready to run.
type qualityCheck struct {
	QualityRule
	condition *rule.Program
	words     []string
}

// compileRules prepares the rules of a scope that are switched on.
func compileRules(rules []QualityRule, scope string) ([]qualityCheck, error) {
	var list []qualityCheck
	for _, r := range rules {
		if !r.Enabled || r.Scope != scope {
			continue
		}
		c, err := compileRule(r)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.Key, err)
		}
		list = append(list, c)
	}
	return list, nil
}

func compileRule(r QualityRule) (qualityCheck, error) {
	c := qualityCheck{QualityRule: r}
	if r.Kind != RuleCondition {
		c.words = strings.Fields(r.Parameter)
		return c, nil
	}
	vars := baseVars
	if r.Scope == RuleOfEntry {
		vars = entryVars
	}
	var err error
	c.condition, err = rule.Compile(vars, r.Parameter)
	return c, err
}

// checkBase returns what the rules find in a definition, in the rules' order.
func checkBase(checks []qualityCheck, d *Definition) ([]Finding, error) {
	values := baseValues(d)
	var list []Finding
	for _, c := range checks {
		f := Finding{Rule: c.Key, Base: d.Code, Name: d.Name, Department: d.Department}
		if c.condition != nil {
			wrong, err := c.condition.Truth(values)
			if err != nil {
				return nil, fmt.Errorf("rule %s: %w", c.Key, err)
			}
			switch {
			case wrong && c.Key == RuleUnverified:
				for _, doubt := range d.Guide.Doubt { // each is looked up by itself
					f.Place = doubt.Text
					list = append(list, f)
				}
			case wrong:
				list = append(list, f)
			}
			continue
		}
		for i := range d.Guide.Materials {
			if m := &d.Guide.Materials[i]; c.finds(m) {
				f.Place = m.Name
				list = append(list, f)
			}
		}
	}
	return list, nil
}

// finds tells whether a rule of words finds a material.
func (c *qualityCheck) finds(m *Material) bool {
	if !slices.ContainsFunc(c.words, func(w string) bool { return strings.Contains(m.Name, w) }) {
		return false
	}
	offered := slices.ContainsFunc(m.Ways, func(w Way) bool { return w.Kind == WayCertificate || w.Kind == WaySharing })
	return c.Kind == RuleWords || !offered
}

func baseValues(d *Definition) map[string]any {
	g := &d.Guide
	bases, samples := 0, 0
	for _, b := range g.Basis {
		if b.About == "power" {
			bases++
		}
	}
	for _, m := range g.Materials {
		if m.Source == "applicant" && m.Sample == "" && m.Paper == "" && slices.ContainsFunc(m.Ways, func(w Way) bool { return w.Kind == WayUpload }) {
			samples++
		}
	}
	return map[string]any{"legal": days(d.LegalDays, d.LegalUnit), "promise": days(d.PromiseDays, d.PromiseUnit), "instant": d.Instant, "online": d.Online,
		"visits": d.Visits, "visit_reason": d.VisitReason, "bases": bases, "conditions": len(g.Conditions), "materials": len(g.Materials),
		"uploads_without_sample": samples, "steps": len(g.Steps), "results": len(g.Results), "fees": len(g.Fees), "fee_note": g.FeeNote,
		"questions_answered": len(g.FAQ), "synonyms": len(d.Synonyms), "themes": len(d.Themes), "doubts": len(g.Doubt)}
}

// checkOverrideQuality returns the keys of the rules that find something in what an office says.
func checkOverrideQuality(checks []qualityCheck, o Override) (map[string]bool, error) {
	c := o.Contact
	values := map[string]any{"address": c.Address, "windows": c.Windows, "hours": c.Hours, "phone": c.Phone, "supervise": c.Supervise}
	failed := map[string]bool{}
	for _, r := range checks {
		if r.condition == nil {
			continue
		}
		wrong, err := r.condition.Truth(values)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.Key, err)
		}
		if wrong {
			failed[r.Key] = true
		}
	}
	return failed, nil
}
