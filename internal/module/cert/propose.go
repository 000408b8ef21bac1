package cert

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// keepers keep the directory for the whole province.
const keepers = "22"

// TypeChange is what a keeper wants to be different from a day on. Certificates issued before stay under the version they were issued under.
type TypeChange struct {
	Name       string
	Basis      string
	Department string
	Levels     []string
	Years      int    // 0: [TypeChange.Term] says how long instead
	Term       string // said where there is no last day
	Purposes   []string
	Joint      string // offices whose seals stand beside the issuer's, with spaces between, see [Type]
	Layout     string // as [ParseLayout] reads it
	From       civil.Date
	Reason     string // 2 to 500 characters

	layout *Layout // [TypeChange.Layout] as check has read it
}

// Change returns what a type says now, for a form to begin with.
func (t Type) Change() TypeChange {
	return TypeChange{Name: t.Name, Basis: t.Basis, Department: t.Department, Levels: t.Levels, Years: t.Years, Term: t.Term, Purposes: t.Purposes,
		Joint: strings.Join(t.Joint, " "), Layout: t.Layout.String()}
}

// apply returns the type as it will be, and what of it is different.
func (c TypeChange) apply(t Type) (out Type, changed []string) {
	out = t
	for _, f := range []struct {
		name     string
		from, to any
		set      func()
	}{
		{"name", t.Name, c.Name, func() { out.Name = c.Name }},
		{"basis", t.Basis, c.Basis, func() { out.Basis = c.Basis }},
		{"department", t.Department, c.Department, func() { out.Department = c.Department }},
		{"years", t.Years, c.Years, func() { out.Years = c.Years }},
		{"term", t.Term, c.Term, func() { out.Term = c.Term }},
		{"levels", strings.Join(t.Levels, ","), strings.Join(c.Levels, ","), func() { out.Levels = c.Levels }},
		{"purposes", strings.Join(t.Purposes, ","), strings.Join(c.Purposes, ","), func() { out.Purposes = c.Purposes }},
		{"joint", strings.Join(t.Joint, " "), c.Joint, func() { out.Joint = strings.Fields(c.Joint) }},
		{"layout", t.Layout.String(), c.layout.String(), func() { out.Layout = c.layout }},
	} {
		if f.from != f.to {
			f.set()
			changed = append(changed, f.name)
		}
	}
	return out, changed
}

func (c *TypeChange) check(today civil.Date) error {
	c.Name, c.Basis, c.Department, c.Term, c.Reason = strings.TrimSpace(c.Name), strings.TrimSpace(c.Basis), strings.TrimSpace(c.Department),
		strings.TrimSpace(c.Term), strings.TrimSpace(c.Reason)
	wrong := fault.New(fault.Invalid, "cert.type.bad")
	for field, text := range map[string]string{"name": c.Name, "basis": c.Basis, "reason": c.Reason} {
		if n := utf8.RuneCountInString(text); n < 2 || n > 500 {
			wrong.Field(field, "cert.reason_length", 2, 500)
		}
	}
	if c.Years < 0 || c.Years > 99 || (c.Years == 0) == (c.Term == "") {
		wrong.Field("years", "cert.type.bad_years")
	}
	if c.From.Before(today) {
		wrong.Field("from", "cert.type.bad_from")
	}
	for _, l := range c.Levels {
		if !slices.Contains(Levels, l) {
			wrong.Field("levels", "cert.type.bad")
		}
	}
	for _, p := range c.Purposes {
		if !slices.Contains(Purposes, p) {
			wrong.Field("purposes", "cert.type.bad")
		}
	}
	c.Joint = strings.Join(strings.FieldsFunc(c.Joint, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，、", r) }), " ")
	if (Type{Joint: strings.Fields(c.Joint)}).checkJoint() != nil {
		wrong.Field("joint", "cert.type.bad_joint", mostJoint)
	}
	var err error
	if c.layout, err = ParseLayout(c.Layout); err != nil {
		wrong.Field("layout", "cert.type.bad_layout", err.Error())
	}
	return wrong.OrNil()
}

// TypeProposal is a change that waits for a second keeper.
type TypeProposal struct {
	ID          string
	TypeKey     string
	BaseVersion int64
	EffectiveOn string
	Reason      string
	ProposedBy  string
	ProposedAt  time.Time
	Own         bool // by's own: somebody else decides
	Before      Type
	After       Type
	Changed     []string
}

// MayKeep tells whether somebody keeps the directory of types.
func (s *Service) MayKeep(by actor.Actor) bool {
	return s.needs.Rights.Check(by, ActKeep, actor.Target{OfficePath: keepers}) == nil
}

// ProposeType asks for a change of a type. fault.Invalid by field, "cert.type.same" when nothing is different; fault.Conflict "cert.type.proposed" while
// another change of the type waits.
func (s *Service) ProposeType(ctx context.Context, by actor.Actor, key string, c TypeChange) error {
	if err := s.needs.Rights.Check(by, ActKeep, actor.Target{OfficePath: keepers}); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if err := c.check(civil.Of(tx.Now)); err != nil {
			return err
		}
		t, last, err := newest(ctx, tx, key)
		if err != nil {
			return err
		}
		next, changed := c.apply(t)
		if len(changed) == 0 {
			return fault.New(fault.Invalid, "cert.type.same").Field("name", "cert.type.same")
		}
		if next.Layout != nil {
			if err := next.Layout.check(next); err != nil {
				return fault.New(fault.Invalid, "cert.type.bad").Field("layout", "cert.type.bad_layout", err.Error())
			}
		}
		if err := next.check(); err != nil {
			return err
		}
		id := db.NewKey()
		if _, err := tx.Exec(ctx, `INSERT INTO cert_proposal (id, type_key, base_version, definition, effective_on, reason, state, proposed_by, proposed_at, decided_by)
VALUES (`+db.In(10, 1)+`)`, id, key, last, db.JSON[Type]{V: next}, c.From.String(), c.Reason, "open", person(by), tx.Now, ""); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.type_proposed", Actor: by.Name(), Office: by.OfficePath, Object: typeObject(key),
			Basis: c.Reason, Data: map[string]string{"proposal": id, "changes": strings.Join(changed, ","), "from": c.From.String()}})
	})
	if db.IsUnique(err) {
		return fault.New(fault.Conflict, "cert.type.proposed")
	}
	return err
}

// newest returns the last version of a type, also one that does not hold yet.
func newest(ctx context.Context, tx *db.Tx, key string) (Type, int64, error) {
	type row struct {
		Version    int64
		Definition db.JSON[Type]
	}
	r, err := db.One[row](ctx, tx, `SELECT version, definition FROM cert_type WHERE type_key = $1 ORDER BY version DESC LIMIT 1`, key)
	if errors.Is(err, db.ErrNotFound) {
		return Type{}, 0, errNoType
	}
	return r.Definition.V, r.Version, err
}

type proposalRow struct {
	TypeProposal
	Definition db.JSON[Type]
}

const selectProposal = `SELECT id, type_key, base_version, definition, effective_on, reason, proposed_by, proposed_at FROM cert_proposal WHERE state = 'open' AND `

// TypeProposals lists the changes that wait, oldest first: never more than there are types, and in practice a few; the first hundred are shown.
func (s *Service) TypeProposals(ctx context.Context, by actor.Actor) (out []TypeProposal, err error) {
	if err := s.needs.Rights.Check(by, ActKeep, actor.Target{OfficePath: keepers}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[proposalRow](ctx, tx, selectProposal+`id > $1 ORDER BY id LIMIT 100`, "")
		for _, r := range rows {
			p := r.TypeProposal
			p.Own, p.After = p.ProposedBy == person(by), r.Definition.V
			if p.Before, _, err = newest(ctx, tx, p.TypeKey); err != nil {
				return err
			}
			next := p.After.Change()
			next.layout = p.After.Layout
			_, p.Changed = next.apply(p.Before)
			out = append(out, p)
		}
		return err
	})
	return out, err
}

// DecideType approves or refuses a proposed change; approved it is the type's next version from its day on. fault.Forbidden "cert.type.own" for who
// proposed it; fault.NotFound "cert.type.no_proposal" when somebody has decided already; fault.Conflict "cert.type.moved_on" when the type has changed since.
func (s *Service) DecideType(ctx context.Context, by actor.Actor, id string, approve bool) error {
	if err := s.needs.Rights.Check(by, ActKeep, actor.Target{OfficePath: keepers}); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := db.One[proposalRow](ctx, tx, selectProposal+`id = $1`, id)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.NotFound, "cert.type.no_proposal")
		}
		if err != nil {
			return err
		}
		if r.ProposedBy == person(by) {
			return fault.New(fault.Forbidden, "cert.type.own")
		}
		state, kind := "refused", "cert.type_refused"
		if approve {
			state, kind = "approved", "cert.type_approved"
		}
		n, err := tx.Exec(ctx, `UPDATE cert_proposal SET state = $1, decided_by = $2, decided_at = $3 WHERE id = $4 AND state = 'open'`, state, person(by), tx.Now, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "cert.type.no_proposal")
		}
		if approve {
			if err := adopt(ctx, tx, r); err != nil {
				return err
			}
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: typeObject(r.TypeKey), Basis: r.Reason,
			Data: map[string]string{"proposal": id, "from": r.EffectiveOn}})
	})
}

// adopt makes a proposal the next version. A day that has passed while it waited becomes today: nothing changes for the past.
func adopt(ctx context.Context, tx *db.Tx, r proposalRow) error {
	_, last, err := newest(ctx, tx, r.TypeKey)
	if err != nil {
		return err
	}
	if last != r.BaseVersion {
		return fault.New(fault.Conflict, "cert.type.moved_on")
	}
	from, err := civil.Parse(r.EffectiveOn)
	if err != nil {
		return err
	}
	if today := civil.Of(tx.Now); from.Before(today) {
		from = today
	}
	return deploy(ctx, tx, r.Definition.V, from)
}

// person is who acts, whatever the account: one person with two accounts is no second pair of eyes.
func person(by actor.Actor) string {
	if by.Subject != "" {
		return by.Subject
	}
	return by.Account
}

func typeObject(key string) string { return "cert-type:" + key }
