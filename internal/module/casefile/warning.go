package casefile

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/memo"
	"xiangyun/internal/platform/rule"
)

// Warning is the rule by which clocks turn yellow (黄色预警): a CEL condition over left and limit, both in days of the promise, used (working
// days), item_kind and region. Red is no rule: it is the day after the promised limit.
type Warning struct {
	BaseCode string // '' for any item
	ItemKind string // '' for any kind (事项类型); two digits
	Region   string // prefix of a region's code; '' for all
	Yellow   string
	Source   string     // who ordered it
	From     civil.Date // first day it holds; the zero date is today. Not kept of a rule that holds
}

// UsualYellow is the rule where none is set: a fifth of the limit or one day left.
const UsualYellow = "left <= 1 || left * 5 <= limit"

var warningVars = rule.Vars{"left": rule.Whole, "limit": rule.Whole, "used": rule.Whole, "item_kind": rule.Text, "region": rule.Text}

var usualWarning = mustWarning(UsualYellow)

func mustWarning(text string) *rule.Program {
	p, err := rule.Compile(warningVars, text)
	if err != nil {
		panic(err) // a mistake of the program
	}
	return p
}

// itemKind is the kind of a base item: the third and fourth digit of its code.
func itemKind(base string) string {
	if len(base) < 4 {
		return ""
	}
	return base[2:4]
}

// yellowOn is the first day on which a rule warns: the day after the limit at the latest.
func (f Facts) yellowOn(p *rule.Program, c *Case, r Reckoning) civil.Date {
	w, used := f.stretches(), 0
	q := warningQuestion{program: p, limit: f.Promise.Days + f.Extended, kind: itemKind(c.BaseCode), region: c.Region}
	for d := f.AcceptedOn; !d.IsZero() && !d.After(r.PromiseDue); d = d.Add(1) {
		used = f.usedOn(w, d, used)
		q.left, q.used = q.limit-used, used
		if f.Promise.Unit == item.CalendarDays {
			q.left = f.Calendar.Between(d, r.PromiseDue)
		}
		if q.warns() {
			return d
		}
	}
	return r.PromiseDue.Add(1)
}

// warningQuestion is what a rule is asked of one day. Cases of one item ask the same of each of their days, and asking a rule costs as much as
// writing a row.
type warningQuestion struct {
	program           *rule.Program
	limit, left, used int
	kind, region      string
}

var warningAnswers = memo.New[warningQuestion, bool](10_000)

// warns is the rule's answer. A rule that fails warns at once: nobody may be late because a rule was wrong.
func (q warningQuestion) warns() bool {
	known, ok, age := warningAnswers.Get(q)
	if ok {
		return known
	}
	warns, err := q.program.Truth(map[string]any{"limit": q.limit, "left": q.left, "used": q.used, "item_kind": q.kind, "region": q.region})
	warns = warns || err != nil
	warningAnswers.Put(q, warns, age)
	return warns
}

// scoped is a stored rule, ready to be asked.
type scoped struct {
	Warning
	program *rule.Program
}

// outranks tells whether a rule is more special than another: its item first, then the kind, then the region.
func (w Warning) outranks(x Warning) bool {
	if (w.BaseCode != "") != (x.BaseCode != "") {
		return w.BaseCode != ""
	}
	if (w.ItemKind != "") != (x.ItemKind != "") {
		return w.ItemKind != ""
	}
	return len(w.Region) > len(x.Region)
}

func (w Warning) fits(c *Case) bool {
	return (w.BaseCode == "" || w.BaseCode == c.BaseCode) && (w.ItemKind == "" || w.ItemKind == itemKind(c.BaseCode)) && strings.HasPrefix(c.Region, w.Region)
}

// warningFor finds the rule for a case.
func (s *Service) warningFor(ctx context.Context, tx *db.Tx, c *Case) (*rule.Program, error) {
	list, err := s.warningRules(ctx, tx)
	if err != nil {
		return nil, err
	}
	return ruleFor(list, c), nil
}

// warningRules reads the rules that hold; what was read is kept for a minute.
func (s *Service) warningRules(ctx context.Context, tx *db.Tx) ([]scoped, error) {
	s.mu.Lock()
	list, fresh := s.warnings, tx.Now.Sub(s.warningsAt) < warningsFor && !s.warningsAt.IsZero()
	s.mu.Unlock()
	if fresh {
		return list, nil
	}
	rows, err := db.All[warningRow](ctx, tx, `SELECT `+warningColumns+` FROM casefile_warning ORDER BY base_code, item_kind, region LIMIT 2000`)
	if err != nil {
		return nil, err
	}
	list = nil
	for _, r := range rows {
		p, err := rule.Compile(warningVars, r.Yellow)
		if err != nil {
			return nil, fmt.Errorf("stored rule of warning: %w", err)
		}
		list = append(list, scoped{r.warning(), p})
	}
	s.mu.Lock()
	s.warnings, s.warningsAt = list, tx.Now
	s.mu.Unlock()
	return list, nil
}

// ruleFor picks the most special rule that fits a case, the usual one when none does.
func ruleFor(list []scoped, c *Case) *rule.Program {
	best := scoped{program: usualWarning}
	found := false
	for _, w := range list {
		if w.fits(c) && (!found || w.outranks(best.Warning)) {
			best, found = w, true
		}
	}
	return best.program
}

const warningsFor = time.Minute

const warningColumns = `base_code, item_kind, region, yellow, source`

type warningRow struct{ BaseCode, ItemKind, Region, Yellow, Source string }

func (r warningRow) warning() Warning {
	return Warning{BaseCode: r.BaseCode, ItemKind: r.ItemKind, Region: r.Region, Yellow: r.Yellow, Source: r.Source}
}
