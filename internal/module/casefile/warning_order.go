package casefile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/rule"
)

// Threshold is the condition that warns when so many days, or so many per cent of the limit, are left.
func Threshold(days, percent int) string {
	return fmt.Sprintf("left <= %d || left * 100 <= limit * %d", days, percent)
}

// ReadThreshold tells which [Threshold] a condition is; ok is false for any other.
func ReadThreshold(condition string) (days, percent int, ok bool) {
	if condition == UsualYellow {
		return 1, 20, true
	}
	_, err := fmt.Sscanf(condition, "left <= %d || left * 100 <= limit * %d", &days, &percent)
	return days, percent, err == nil && Threshold(days, percent) == condition
}

// WarningOrder is a rule of warning that shall hold from a day on.
type WarningOrder struct {
	ID string
	Warning
}

// scope is the office subtree whose clocks a rule moves.
func (w Warning) scope() actor.Target {
	if w.Region == "" {
		return actor.Target{OfficePath: "22"}
	}
	return actor.Target{OfficePath: w.Region}
}

// check refuses rules nobody can apply.
func (w Warning) check(today civil.Date) (*rule.Program, error) {
	wrong := fault.New(fault.Invalid, "casefile.bad_warning")
	p, err := rule.Compile(warningVars, w.Yellow)
	if err != nil {
		wrong.Field("yellow", "casefile.warning_unclear")
	}
	if w.Source == "" {
		wrong.Field("source", "casefile.warning_source")
	}
	if !allDigits(w.Region+"0") || len(w.Region) > 12 || w.ItemKind != "" && len(w.ItemKind) != 2 {
		wrong.Field("region", "casefile.warning_scope")
	}
	if !w.From.IsZero() && w.From.Before(today) {
		wrong.Field("from", "casefile.warning_past")
	}
	return p, wrong.OrNil()
}

// SetWarning sets the rule of a scope from a day on; the days on which open cases warn are found anew soon after it begins. It returns the key of the
// change. fault.Invalid by field for a condition that can't be compiled, a region that is none or a day that is over.
func (s *Service) SetWarning(ctx context.Context, by actor.Actor, w Warning) (change string, err error) {
	w.Yellow, w.Source = strings.TrimSpace(w.Yellow), strings.TrimSpace(w.Source)
	if err := s.needs.Rights.Check(by, ActWarning, w.scope()); err != nil {
		return "", err
	}
	change = db.NewKey()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		today := civil.Of(tx.Now)
		if _, err := w.check(today); err != nil {
			return err
		}
		now, began := w.From.IsZero() || w.From == today, time.Time{}
		if now {
			w.From, began = today, tx.Now
		}
		err := tx.Later(ctx, `INSERT INTO casefile_warning_order (id, `+warningColumns+`, from_on, set_by, set_at, begun_at) VALUES (`+db.In(10, 1)+`)`,
			change, w.BaseCode, w.ItemKind, w.Region, w.Yellow, w.Source, w.From, by.Name(), tx.Now, began)
		if err != nil {
			return err
		}
		if !now {
			return s.warningLeaf(ctx, tx, by, "clock.warning_ordered", w)
		}
		return s.beginWarning(ctx, tx, by, change, w)
	})
	s.forgetWarnings()
	return change, err
}

// beginWarning puts a rule in the place of the one before.
func (s *Service) beginWarning(ctx context.Context, tx *db.Tx, by actor.Actor, change string, w Warning) error {
	err := tx.Later(ctx, `INSERT INTO casefile_warning (`+warningColumns+`, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (base_code, item_kind, region) DO UPDATE SET yellow = excluded.yellow, source = excluded.source, at = excluded.at`,
		w.BaseCode, w.ItemKind, w.Region, w.Yellow, w.Source, tx.Now)
	if err != nil {
		return err
	}
	if err := s.warningLeaf(ctx, tx, by, "clock.warning_set", w); err != nil {
		return err
	}
	return insertChange(ctx, tx, Change{ID: change, Cause: "warning", What: strings.Join([]string{w.BaseCode, w.ItemKind, w.Region}, "/")})
}

func (s *Service) warningLeaf(ctx context.Context, tx *db.Tx, by actor.Actor, kind string, w Warning) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "clock:warning", Basis: w.Source,
		Data: map[string]any{"base_code": w.BaseCode, "item_kind": w.ItemKind, "region": w.Region, "yellow": w.Yellow, "from_on": w.From.String()}})
}

func (s *Service) forgetWarnings() {
	s.mu.Lock()
	s.warningsAt = time.Time{}
	s.mu.Unlock()
}

type orderRow struct {
	ID string
	warningRow
	FromOn civil.Date
}

// ordersAtOnce is how many orders one transaction begins, and how many that wait are listed.
const ordersAtOnce = 200

func waitingOrders(ctx context.Context, tx *db.Tx, until civil.Date) (out []WarningOrder, err error) {
	rows, err := db.All[orderRow](ctx, tx, `SELECT id, `+warningColumns+`, from_on FROM casefile_warning_order WHERE begun_at IS NULL AND from_on <= $1 ORDER BY from_on, id LIMIT $2`,
		until, ordersAtOnce)
	for _, r := range rows {
		o := WarningOrder{r.ID, r.warning()}
		o.From = r.FromOn
		out = append(out, o)
	}
	return out, err
}

// BeginWarnings lets the rules begin whose day has come, in the order of their days.
func (s *Service) BeginWarnings(ctx context.Context) error {
	defer s.forgetWarnings()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		list, err := waitingOrders(ctx, tx, civil.Of(tx.Now))
		if err != nil {
			return err
		}
		for _, o := range list {
			n, err := tx.Exec(ctx, `UPDATE casefile_warning_order SET begun_at = $1 WHERE id = $2 AND begun_at IS NULL`, tx.Now, o.ID)
			if err != nil {
				return err
			}
			if n == 0 {
				continue // another node did it
			}
			if err := s.beginWarning(ctx, tx, program, o.ID, o.Warning); err != nil {
				return err
			}
		}
		return nil
	})
}

// Warnings returns the rules that hold, in the order of their scopes, after one of them, and those that wait for their day.
func (s *Service) Warnings(ctx context.Context, by actor.Actor, after Warning, limit int) (list []Warning, waiting []WarningOrder, err error) {
	if len(s.needs.Rights.Reach(by, ActWarning)) == 0 {
		return nil, nil, fault.New(fault.Forbidden, "office.no_right")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := db.All[warningRow](ctx, tx, `SELECT `+warningColumns+` FROM casefile_warning WHERE (base_code, item_kind, region) > ($1, $2, $3)
ORDER BY base_code, item_kind, region LIMIT $4`, after.BaseCode, after.ItemKind, after.Region, limit)
		if err != nil {
			return err
		}
		for _, r := range rows {
			list = append(list, r.warning())
		}
		waiting, err = waitingOrders(ctx, tx, civil.Of(tx.Now).Add(20*366))
		return err
	})
	return list, waiting, err
}

// WarningEffect is what a rule would do to open cases on the day it begins.
type WarningEffect struct {
	Looked   int  // open cases of its scope that were looked at
	More     bool // there are more
	ToYellow int
	ToGreen  int
}

// casesLooked is how many open cases a preview looks at.
const casesLooked = 500

// PreviewWarning tells what a rule would do, and changes nothing. It refuses what [Service.SetWarning] would.
func (s *Service) PreviewWarning(ctx context.Context, by actor.Actor, w Warning) (e WarningEffect, err error) {
	w.Yellow, w.Source = strings.TrimSpace(w.Yellow), strings.TrimSpace(w.Source)
	if err := s.needs.Rights.Check(by, ActWarning, w.scope()); err != nil {
		return e, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		e = WarningEffect{}
		today := civil.Of(tx.Now)
		p, err := w.check(today)
		if err != nil {
			return err
		}
		day := w.From
		if day.IsZero() {
			day = today
		}
		list, err := s.warningRules(ctx, tx)
		if err != nil {
			return err
		}
		same := func(x scoped) bool {
			return x.BaseCode == w.BaseCode && x.ItemKind == w.ItemKind && x.Region == w.Region
		}
		list = append(slices.DeleteFunc(slices.Clone(list), same), scoped{w, p})
		args := []any{casesLooked + 1, w.BaseCode, w.BaseCode, w.ItemKind, w.ItemKind}
		within := db.PrefixAny("region", []string{w.Region}, &args)
		ids, err := db.All[string](ctx, tx, `SELECT id FROM casefile_case WHERE state = 'accepted' AND ($2 = '' OR base_code = $3) AND ($4 = '' OR substr(base_code, 3, 2) = $5)
AND `+within+` ORDER BY id LIMIT $1`, args...)
		if err != nil {
			return err
		}
		if e.More = len(ids) > casesLooked; e.More {
			ids = ids[:casesLooked]
		}
		e.Looked = len(ids)
		for _, id := range ids {
			if err := s.compareWarning(ctx, tx, &e, id, list, day); err != nil {
				return err
			}
		}
		return nil
	})
	return e, err
}

// compareWarning counts one case: what it shows on a day now, and what it would by the rules of list.
func (s *Service) compareWarning(ctx context.Context, tx *db.Tx, e *WarningEffect, id string, list []scoped, day civil.Date) error {
	c, err := byID(ctx, tx, id)
	if err != nil {
		return err
	}
	f, err := s.facts(ctx, tx, c)
	if err != nil {
		return err
	}
	r := Recompute(f)
	if day.After(r.PromiseDue) {
		return nil // red whatever warns
	}
	was := !c.YellowOn.IsZero() && !day.Before(c.YellowOn)
	switch is := !day.Before(f.yellowOn(ruleFor(list, c), c, r)); {
	case is && !was:
		e.ToYellow++
	case was && !is:
		e.ToGreen++
	}
	return nil
}
