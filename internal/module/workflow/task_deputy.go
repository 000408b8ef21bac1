package workflow

import (
	"context"
	"errors"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// longestChain is how far a chain of deputies is followed: who stands in for somebody who stands in for somebody …
const longestChain = 5

const selectDeputy = `SELECT id, principal, deputy, from_on, until_on, items, made_by, made_at, ended_at FROM workflow_deputy `

// StandIns returns whom an officer stands in for today, each as an actor with the duties of the absent one: he acts by his own account, on behalf of
// the other. Whoever stands in for somebody who is a deputy himself stands in for both.
func (s *Service) StandIns(ctx context.Context, tx *db.Tx, by actor.Actor) (out []actor.Actor, err error) {
	if s.tasks == nil || by.Kind != actor.Officer || by.Account == "" || by.Behalf != "" {
		return nil, nil
	}
	today := civil.Of(tx.Now).String()
	items := map[string][]string{by.Account: nil}
	level := []any{by.Account}
	for range longestChain {
		rows, err := db.All[Deputy](ctx, tx, selectDeputy+`WHERE deputy IN (`+db.In(len(level), 3)+`) AND from_on <= $1 AND until_on >= $2 AND ended_at IS NULL ORDER BY id LIMIT 50`,
			append([]any{today, today}, level...)...)
		if err != nil {
			return nil, err
		}
		level = nil
		for _, r := range rows {
			if _, seen := items[r.Principal]; seen {
				continue
			}
			items[r.Principal] = both(items[r.Deputy], r.Items.V)
			level = append(level, r.Principal)
			a, ok, err := s.tasks.standIn(ctx, tx, by, r.Principal, items[r.Principal])
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, a)
			}
		}
		if len(level) == 0 {
			break
		}
	}
	return out, nil
}

// nothing is a list of items that holds none: not the empty list, which holds all.
const nothing = "-"

// both are the items in two lists, of which an empty one means all.
func both(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return append(slices.Clone(a), b...)
	}
	out := slices.DeleteFunc(slices.Clone(a), func(x string) bool { return !slices.Contains(b, x) })
	if len(out) == 0 {
		return []string{nothing}
	}
	return out
}

// standIn makes by somebody with an absent officer's duties; not ok when that one has no post any more.
func (t *Tasks) standIn(ctx context.Context, tx *db.Tx, by actor.Actor, principal string, items []string) (actor.Actor, bool, error) {
	o, err := t.needs.People.Officer(ctx, tx, principal)
	if fault.Is(err, fault.NotFound) {
		return by, false, nil
	}
	if err != nil {
		return by, false, err
	}
	by.Behalf, by.Duties = principal, nil
	if by.OfficePath != o.Office.Path {
		by.Post += "（代 " + o.Office.Name + "）"
	} else {
		by.Post += "（代理）"
	}
	by.Office, by.OfficePath = o.Office.ID, o.Office.Path
	for _, d := range o.Duties {
		d.Items = both(d.Items, items)
		by.Duties = append(by.Duties, d)
	}
	return by, true, nil
}

// NewDeputy says who stands in for whom.
type NewDeputy struct {
	Principal string // account; "" for who asks
	Deputy    string // account
	FromOn    civil.Date
	UntilOn   civil.Date
	Items     []string // base codes; empty means all
}

// longestAbsence is for how many days a deputy can be named.
const longestAbsence = 366

// NameDeputy names a deputy for oneself, or by the right of a chief for somebody of his offices. fault.Conflict "workflow.deputy_loop" when the
// deputy, in the same days, has the principal stand in for him through others; "workflow.deputy_there" when the principal has one then.
func (t *Tasks) NameDeputy(ctx context.Context, by actor.Actor, n NewDeputy) (id string, err error) {
	if by.Kind != actor.Officer {
		return "", fault.New(fault.Forbidden, "workflow.task_officers_only")
	}
	if n.Principal == "" {
		n.Principal = by.Account
	}
	err = t.db.Update(ctx, func(tx *db.Tx) error {
		id = db.NewKey()
		if err := n.check(tx); err != nil {
			return err
		}
		if err := t.fits(ctx, tx, by, n); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE workflow_deputy_turn SET changes = changes + 1 WHERE id = 1`); err != nil {
			return err
		}
		if err := n.free(ctx, tx); err != nil {
			return err
		}
		items := n.Items
		if items == nil {
			items = []string{}
		}
		err := tx.Later(ctx, `INSERT INTO workflow_deputy (id, principal, deputy, from_on, until_on, items, made_by, made_at, ended_by) VALUES (`+db.In(9, 1)+`)`,
			id, n.Principal, n.Deputy, n.FromOn.String(), n.UntilOn.String(), db.JSON[[]string]{V: items}, by.Name(), tx.Now, "")
		if err != nil {
			return err
		}
		return t.deputyLeaf(ctx, tx, by, "task.deputy_named", n.Principal, map[string]any{"deputy": n.Deputy, "from": n.FromOn.String(), "until": n.UntilOn.String()})
	})
	return id, err
}

func (t *Tasks) deputyLeaf(ctx context.Context, tx *db.Tx, by actor.Actor, kind, principal string, data map[string]any) error {
	return t.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "account:" + principal, Basis: "岗位代理", Data: data})
}

// itemCode is how long a base code is.
const itemCode = 12

func (n *NewDeputy) check(tx *db.Tx) error {
	wrong := fault.New(fault.Invalid, "workflow.deputy_bad")
	today := civil.Of(tx.Now)
	switch {
	case n.Deputy == "":
		wrong.Field("deputy", "workflow.deputy_missing")
	case n.Deputy == n.Principal:
		wrong.Field("deputy", "workflow.task_not_yourself")
	}
	switch {
	case n.FromOn.IsZero() || n.UntilOn.IsZero() || n.UntilOn.Before(n.FromOn) || n.UntilOn.Before(today):
		wrong.Field("until", "workflow.deputy_days")
	case n.FromOn.Days(n.UntilOn) > longestAbsence:
		wrong.Field("until", "workflow.deputy_long", longestAbsence)
	}
	if len(n.Items) > 100 || slices.ContainsFunc(n.Items, func(code string) bool { return len(code) != itemCode || strings.Trim(code, "0123456789") != "" }) {
		wrong.Field("items", "workflow.deputy_items")
	}
	return wrong.OrNil()
}

// fits checks that both work in one office or one above the other, and that by may say so.
func (t *Tasks) fits(ctx context.Context, tx *db.Tx, by actor.Actor, n NewDeputy) error {
	wrong := fault.New(fault.Invalid, "workflow.deputy_bad")
	principal, err := t.needs.People.Officer(ctx, tx, n.Principal)
	if fault.Is(err, fault.NotFound) {
		return wrong.Field("principal", "workflow.task_no_officer")
	}
	if err != nil {
		return err
	}
	deputy, err := t.needs.People.Officer(ctx, tx, n.Deputy)
	if fault.Is(err, fault.NotFound) {
		return wrong.Field("deputy", "workflow.task_no_officer")
	}
	if err != nil {
		return err
	}
	a, b := principal.Office.Path, deputy.Office.Path
	if !strings.HasPrefix(a, b) && !strings.HasPrefix(b, a) {
		return wrong.Field("deputy", "workflow.task_other_office")
	}
	if n.Principal == by.Account {
		return nil
	}
	return t.needs.Rights.Check(by, ActDeputise, actor.Target{OfficePath: a})
}

// free refuses a second deputy in the same days, and a chain that leads back.
func (n *NewDeputy) free(ctx context.Context, tx *db.Tx) error {
	from, until := n.FromOn.String(), n.UntilOn.String()
	overlapping := func(principals []any) ([]string, error) {
		return db.All[string](ctx, tx, `SELECT deputy FROM workflow_deputy WHERE principal IN (`+db.In(len(principals), 3)+`) AND from_on <= $1 AND until_on >= $2 AND ended_at IS NULL
ORDER BY id LIMIT 500`, append([]any{until, from}, principals...)...)
	}
	own, err := overlapping([]any{n.Principal})
	if err != nil {
		return err
	}
	if len(own) > 0 {
		return fault.New(fault.Conflict, "workflow.deputy_there")
	}
	seen, level := map[string]bool{n.Deputy: true}, []any{n.Deputy}
	for len(level) > 0 {
		next, err := overlapping(level)
		if err != nil {
			return err
		}
		level = nil
		for _, d := range next {
			if d == n.Principal {
				return fault.New(fault.Conflict, "workflow.deputy_loop")
			}
			if !seen[d] {
				seen[d] = true
				level = append(level, d)
			}
		}
	}
	return nil
}

// EndDeputy ends it at once: by the principal, the deputy, or who has the right of a chief. Ended twice, it stays ended.
func (t *Tasks) EndDeputy(ctx context.Context, by actor.Actor, id string) error {
	return t.db.Update(ctx, func(tx *db.Tx) error {
		d, err := db.One[Deputy](ctx, tx, selectDeputy+`WHERE id = $1`, id)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.NotFound, "workflow.deputy_not_found")
		}
		if err != nil {
			return err
		}
		if by.Kind != actor.Officer || d.Principal != by.Account && d.Deputy != by.Account {
			o, err := t.needs.People.Officer(ctx, tx, d.Principal)
			if err != nil || t.needs.Rights.Check(by, ActDeputise, actor.Target{OfficePath: o.Office.Path}) != nil {
				return fault.New(fault.NotFound, "workflow.deputy_not_found")
			}
		}
		n, err := tx.Exec(ctx, `UPDATE workflow_deputy SET ended_at = $1, ended_by = $2 WHERE id = $3 AND ended_at IS NULL`, tx.Now, by.Name(), id)
		if err != nil || n == 0 {
			return err
		}
		return t.deputyLeaf(ctx, tx, by, "task.deputy_ended", d.Principal, map[string]any{"deputy": d.Deputy})
	})
}

// DeputyView is a deputy with names, for the people concerned.
type DeputyView struct {
	Deputy
	PrincipalName, DeputyName string
}

// Deputies returns who stands in for by and whom he stands in for, now and later, newest first; those before the id when it is not empty. With
// them come the colleagues he can choose from.
func (t *Tasks) Deputies(ctx context.Context, by actor.Actor, before string, limit int) (list []DeputyView, colleagues []Officer, err error) {
	if by.Kind != actor.Officer {
		return nil, nil, fault.New(fault.Forbidden, "workflow.task_officers_only")
	}
	if before == "" {
		before = lastKey
	}
	err = t.db.View(ctx, func(tx *db.Tx) error {
		today := civil.Of(tx.Now).String()
		rows, err := db.All[Deputy](ctx, tx, selectDeputy+`WHERE principal = $1 AND until_on >= $2 AND ended_at IS NULL AND id < $3
UNION `+selectDeputy+`WHERE deputy = $4 AND until_on >= $5 AND ended_at IS NULL AND id < $6 ORDER BY id DESC LIMIT $7`, by.Account, today, before, by.Account, today, before, limit)
		if err != nil {
			return err
		}
		names := t.names(ctx, tx)
		for _, r := range rows {
			list = append(list, DeputyView{r, names.of(r.Principal), names.of(r.Deputy)})
		}
		if by.OfficePath != "" {
			colleagues, err = t.needs.People.At(ctx, tx, by.OfficePath)
		}
		return errors.Join(err, names.err)
	})
	return list, colleagues, err
}

// lastKey sorts behind every key.
const lastKey = "g"
