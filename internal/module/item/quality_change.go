package item

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// RuleChange is what a rule of quality is to be, and what it was when that was proposed.
type RuleChange struct {
	Key       string `json:"key"`
	Enabled   bool   `json:"enabled"`
	Parameter string `json:"parameter"`

	WasEnabled bool   `json:"was_enabled"`
	WasLooking string `json:"was_looking,omitempty"` // for this parameter; "" for whatever it is
}

// SetQualityRule switches a rule on or off and changes what it looks for. It is for the program: people propose it ([Service.ProposeRule]), since a rule that
// is off finds nothing. fault.NotFound "item.no_rule"; fault.Invalid with the field "parameter" when it cannot be understood. What is so already leaves no
// leaf.
func (s *Service) SetQualityRule(ctx context.Context, by actor.Actor, key string, enabled bool, parameter string) error {
	if err := s.mayKeep(by, ActPublish, ""); err != nil {
		return err
	}
	if err := alone(by); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		return s.setRule(ctx, tx, by, RuleChange{Key: key, Enabled: enabled, Parameter: parameter})
	})
}

// ruleFor returns a rule as it is, and as a change has it.
func ruleFor(ctx context.Context, tx *db.Tx, c RuleChange) (now, then QualityRule, err error) {
	now, err = qualityRule(ctx, tx, c.Key)
	if errors.Is(err, db.ErrNotFound) {
		return now, then, fault.New(fault.NotFound, "item.no_rule")
	}
	if err != nil {
		return now, then, fmt.Errorf("reading the rule: %w", err)
	}
	then = now
	then.Enabled, then.Parameter = c.Enabled, strings.Join(strings.Fields(c.Parameter), " ")
	if then == now {
		return now, then, nil
	}
	if _, err := compileRule(then); err != nil || then.Parameter == "" || len(then.Parameter) > longestParameter {
		return now, then, fault.New(fault.Invalid, "item.bad_rule").Field("parameter", "item.bad_rule").Because(err)
	}
	return now, then, nil
}

func (s *Service) setRule(ctx context.Context, tx *db.Tx, by actor.Actor, c RuleChange) error {
	now, then, err := ruleFor(ctx, tx, c)
	if err != nil || then == now {
		return err
	}
	if c.WasLooking != "" && (now.Parameter != c.WasLooking || now.Enabled != c.WasEnabled) {
		return fault.New(fault.Conflict, "item.proposal_stale")
	}
	if err := updateQualityRule(ctx, tx, then); err != nil {
		return fmt.Errorf("writing the rule: %w", err)
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.quality_rule", Actor: by.Name(), Office: by.OfficePath, Object: "rule:" + c.Key,
		Basis: then.Law, Data: map[string]any{"enabled": then.Enabled, "parameter": then.Parameter}})
}

// ProposeRule asks for a rule to be switched on or off, or to look for something else; another keeper of the province approves. Refusals are those of
// [Service.SetQualityRule]; fault.Invalid "item.draft_changes_nothing" for what is so already.
func (s *Service) ProposeRule(ctx context.Context, by actor.Actor, key string, enabled bool, parameter string) (*Proposal, error) {
	if err := s.mayKeep(by, ActPublish, ""); err != nil {
		return nil, err
	}
	return s.proposed(ctx, by, func(tx *db.Tx, p *Proposal) error {
		now, then, err := ruleFor(ctx, tx, RuleChange{Key: key, Enabled: enabled, Parameter: parameter})
		if err != nil {
			return err
		}
		if then == now {
			return fault.New(fault.Invalid, "item.draft_changes_nothing")
		}
		var differences []Difference
		if then.Enabled != now.Enabled {
			differences = append(differences, Difference{Element: "rule_enabled", Before: fmt.Sprint(now.Enabled), After: fmt.Sprint(then.Enabled)})
		}
		if then.Parameter != now.Parameter {
			differences = append(differences, Difference{Element: "rule_parameter", Before: now.Parameter, After: then.Parameter})
		}
		p.Kind, p.Object, p.Name = ForRule, key, now.Message
		p.Act.V = Act{Rule: &RuleChange{Key: key, Enabled: then.Enabled, Parameter: then.Parameter, WasEnabled: now.Enabled, WasLooking: now.Parameter}}
		p.Preview.V.Rows = []PreviewRow{{key, now.Message, differences}}
		return nil
	})
}
