package item

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"xiangyun/internal/platform/db"
)

// QualityRule is one rule a guide is checked by. Rules are data: a keeper switches one off or changes what it looks for.
type QualityRule struct {
	Key       string
	Position  int
	Scope     string // "base" looks at base items, "entry" at what offices say of their own
	Kind      string // "condition": the parameter is CEL that is true of what is wrong; "words" and "certificates": it is a list of words
	Parameter string
	Severity  string // "error", "warning" or "hint"
	Message   string // key of the sentence people read
	Enabled   bool
	Law       string // what asks for it
}

// What a rule looks at, and how.
const (
	RuleOfBase       = "base"
	RuleOfEntry      = "entry"
	RuleCondition    = "condition"
	RuleWords        = "words"        // material names that hold one of the words
	RuleCertificates = "certificates" // materials named after a certificate that do not offer to call it
)

// RuleUnverified is the key of the rule that finds what no keeper has confirmed at its source: the law, its article, the time it gives.
const RuleUnverified = "unverified"

// longestParameter bounds what a keeper may write.
const longestParameter = 2000

// Finding is one thing a rule found.
type Finding struct {
	Rule       string
	Base       string // 12-digit code
	Entry      string // 31-character code; "" for a rule of base items
	Name       string // of the base item
	Department string
	Place      string // the material it is about, the office, or what is not confirmed
}

// Quality is what the rules find in the library. It is shared between callers: read, never write.
type Quality struct {
	Rules    []QualityRule
	Findings []Finding      // of rules of base items, by code and the rules' order
	Counts   map[string]int // by rule
	ByBase   map[string]map[string]int
	Bases    map[string]*Base // those not cancelled, by code
	Counted  time.Time        // when the rules of entries were last counted; zero for never
}

// qualityMemory keeps what the rules of base items found, as long as library and rules stay.
type qualityMemory struct {
	sync.Mutex
	revision int64
	rules    []QualityRule
	findings []Finding
}

// Quality returns what the rules find. Base items are checked as they are now; how many entries a rule finds was counted by
// [Service.RecountSome], when Counted says.
func (s *Service) Quality(ctx context.Context) (*Quality, error) {
	out := &Quality{Counts: map[string]int{}, ByBase: map[string]map[string]int{}, Bases: map[string]*Base{}}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if out.Rules, err = qualityRules(ctx, tx); err != nil {
			return fmt.Errorf("reading the rules: %w", err)
		}
		if out.Findings, err = s.baseFindings(ctx, tx, out.Rules); err != nil {
			return err
		}
		counts, err := qualityCounts(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading the counts: %w", err)
		}
		for _, n := range counts {
			out.count(n.Rule, n.BaseCode, n.Findings)
		}
		for _, f := range out.Findings {
			out.count(f.Rule, f.Base, 1)
		}
		c, err := s.catalogue(ctx, tx)
		if err != nil {
			return err
		}
		for _, b := range c.bases {
			out.Bases[b.Code()] = b
		}
		out.Counted, err = qualityCounted(ctx, tx)
		return err
	})
	return out, err
}

func (q *Quality) count(rule, base string, n int) {
	i := slices.IndexFunc(q.Rules, func(r QualityRule) bool { return r.Key == rule })
	if i < 0 || !q.Rules[i].Enabled {
		return
	}
	q.Counts[rule] += n
	if q.ByBase[rule] == nil {
		q.ByBase[rule] = map[string]int{}
	}
	q.ByBase[rule][base] += n
}

// baseFindings checks every base item, once for each state of library and rules.
func (s *Service) baseFindings(ctx context.Context, tx *db.Tx, rules []QualityRule) ([]Finding, error) {
	m := &s.quality
	m.Lock()
	defer m.Unlock()
	c, err := s.catalogue(ctx, tx)
	if err != nil {
		return nil, err
	}
	if m.revision == c.revision && slices.Equal(m.rules, rules) {
		return m.findings, nil
	}
	checks, err := compileRules(rules, RuleOfBase)
	if err != nil {
		return nil, err
	}
	var list []Finding
	for _, b := range c.bases {
		found, err := checkBase(checks, &b.Definition)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	slices.SortStableFunc(list, func(a, b Finding) int { return cmp.Compare(a.Base, b.Base) })
	m.revision, m.rules, m.findings = c.revision, rules, list
	return list, nil
}

// CheckQuality returns what the rules find in one definition, published or not.
func (s *Service) CheckQuality(ctx context.Context, tx *db.Tx, d *Definition) ([]Finding, error) {
	rules, err := qualityRules(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("reading the rules: %w", err)
	}
	checks, err := compileRules(rules, RuleOfBase)
	if err != nil {
		return nil, err
	}
	return checkBase(checks, d)
}

// EntryFindings lists the entries of one base item a rule of entries finds now, by region and code, after the code of the last one seen; at most
// limit (≤ [Most]).
// next is what to give as after for the next page, "" at the end.
func (s *Service) EntryFindings(ctx context.Context, rule, base, after string, limit int) (list []Finding, next string, err error) {
	limit = cmp.Or(min(limit, Most), Most)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		b, err := s.Base(ctx, tx, base)
		if err != nil {
			return err
		}
		rules, err := qualityRules(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading the rules: %w", err)
		}
		checks, err := compileRules(slices.DeleteFunc(rules, func(r QualityRule) bool { return r.Key != rule }), RuleOfEntry)
		if err != nil {
			return err
		}
		list, next = nil, ""
		_, from, err := resume(ctx, tx, []*Base{b}, after)
		if err != nil {
			return err
		}
		for len(checks) > 0 {
			places, err := placesIn(ctx, tx, []stretch{{base, from, scope{}}}, Most)
			if err != nil {
				return fmt.Errorf("finding entries: %w", err)
			}
			codes := make([]string, len(places))
			for i, p := range places {
				codes[i] = p.Code
			}
			rows, err := entriesByCode(ctx, tx, codes)
			if err != nil {
				return fmt.Errorf("reading entries: %w", err)
			}
			for _, r := range rows {
				failed, err := checkOverrideQuality(checks, r.Override.V)
				if err != nil {
					return err
				}
				if !failed[rule] {
					continue
				}
				if len(list) == limit {
					next = list[limit-1].Entry
					return nil
				}
				list = append(list, Finding{Rule: rule, Base: base, Entry: r.EntryCode, Name: b.Name, Department: b.Department, Place: r.OfficeName})
			}
			if len(places) < Most {
				return nil
			}
			last := places[len(places)-1]
			from = position{base, last.Region, last.Code}
		}
		return nil
	})
	return list, next, err
}
