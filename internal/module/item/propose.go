package item

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// alone refuses a person who would change what is published without a second one. The program may: it loads a library before there is anybody to
// ask, does on its day what two decided, and leaves the same leaves.
func alone(by actor.Actor) error {
	if by.Kind == actor.System {
		return nil
	}
	return fault.New(fault.Forbidden, "item.four_eyes")
}

// propose keeps a proposal with what is asked of the management body.
func (s *Service) propose(ctx context.Context, tx *db.Tx, by actor.Actor, p *Proposal) error {
	p.ID, p.State, p.Author, p.MadeAt, p.MadeBy = db.NewKey(), ProposalWaiting, person(by), tx.Now, by.Name()
	if err := insertProposal(ctx, tx, p); err != nil {
		return fmt.Errorf("storing a proposal: %w", err)
	}
	err := s.OpenTodo(ctx, tx, Todo{OfficePath: managementPath, Kind: ProposalMade, Object: p.ID, Cause: p.ID, Said: p.Name, OpenedBy: by.Name()})
	if err != nil {
		return err
	}
	return s.proposalLeaf(ctx, tx, by, p, "item.proposed")
}

func (s *Service) proposalLeaf(ctx context.Context, tx *db.Tx, by actor.Actor, p *Proposal, kind string) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: p.leafObject(), Basis: p.Reason,
		Data: map[string]any{"proposal": p.ID, "kind": p.Kind, "running": runningCases(p.Preview.V.Running), "keep_cases": p.Act.V.KeepCases}})
}

// leafObject is what the log says a proposal is about.
func (p *Proposal) leafObject() string {
	switch {
	case len(p.Act.V.Codes) == 1:
		return "item:" + p.Act.V.Codes[0]
	case p.Kind == ForContact:
		return "office:" + p.Act.V.Office
	}
	return "proposal:" + p.ID
}

// proposed keeps what describe says in one transaction, and then what comes with it. What waits already is fault.Conflict
// "item.proposal_open_already".
func (s *Service) proposed(ctx context.Context, by actor.Actor, describe func(*db.Tx, *Proposal) error, with ...func(*db.Tx, *Proposal) error) (*Proposal, error) {
	var p *Proposal
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		p = &Proposal{OfficePath: managementPath}
		if err := describe(tx, p); err != nil {
			return err
		}
		if err := s.propose(ctx, tx, by, p); err != nil {
			return err
		}
		for _, keep := range with {
			if err := keep(tx, p); err != nil {
				return err
			}
		}
		return nil
	})
	if db.IsUnique(err) {
		return nil, fault.New(fault.Conflict, "item.proposal_open_already").Because(err)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// ProposeAlteration asks for an alteration of these base items, which another keeper publishes at once for all of them. Items that say so already
// are left out; when that is all, fault.Invalid "item.draft_changes_nothing". A problem of one refuses all, naming its code.
func (s *Service) ProposeAlteration(ctx context.Context, by actor.Actor, codes []string, a Alteration) (*Proposal, error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	if len(codes) > Most {
		return nil, fault.New(fault.Invalid, "item.too_many_altered", Most)
	}
	return s.proposed(ctx, by, func(tx *db.Tx, p *Proposal) error {
		list, err := s.alterations(ctx, tx, by, codes, a)
		if err != nil {
			return err
		}
		p.Kind, p.Act.V = ForAlteration, Act{Alteration: &a, Seen: map[string]string{}}
		for _, x := range list {
			if err := s.mayKeep(by, ActPublish, x.Base.Code()); err != nil {
				return err
			}
			p.Act.V.Codes = append(p.Act.V.Codes, x.Base.Code())
			p.Act.V.Seen[x.Base.Code()] = x.Base.VersionID
			p.Preview.V.Rows = append(p.Preview.V.Rows, PreviewRow{x.Base.Code(), x.Base.Name, x.Differences})
		}
		if len(list) == 0 {
			return fault.New(fault.Invalid, "item.draft_changes_nothing")
		}
		text, err := json.Marshal(p.Act.V)
		if err != nil {
			return fmt.Errorf("encoding an alteration: %w", err)
		}
		sum := sha256.Sum256(text)
		p.Object, p.Name = hex.EncodeToString(sum[:]), list[0].Base.Name
		return s.follows(ctx, tx, p)
	})
}

// follows adds who follows and which cases run under the codes of a proposal.
func (s *Service) follows(ctx context.Context, tx *db.Tx, p *Proposal) (err error) {
	if p.Preview.V.Running, err = s.RunningUnder(ctx, tx, p.Act.V.Codes...); err != nil {
		return err
	}
	p.Preview.V.Affected, err = s.AffectedByAll(ctx, tx, p.items())
	return err
}

// ProposeRecall asks for the content of an earlier version to be put in force again (撤回). Refusals are those of [Service.Recall]; while cases run
// under the item, fault.Conflict "item.cases_running" unless keepCases says that they are finished under their versions.
func (s *Service) ProposeRecall(ctx context.Context, by actor.Actor, code string, version int, reason string, keepCases bool) (*Proposal, error) {
	if reason == "" {
		return nil, fault.New(fault.Invalid, "item.reason_needed").Field("reason", "item.nothing_said")
	}
	if err := s.mayKeep(by, ActPublish, code); err != nil {
		return nil, err
	}
	return s.proposed(ctx, by, func(tx *db.Tx, p *Proposal) error {
		old, now, err := s.recallable(ctx, tx, code, version)
		if err != nil {
			return err
		}
		if _, err := s.mustDecide(ctx, tx, code, keepCases); err != nil {
			return err
		}
		p.Kind, p.Object, p.Name, p.Reason = ForRecall, code, now.Name, reason
		p.Act.V = Act{Codes: []string{code}, Version: version, KeepCases: keepCases, Seen: map[string]string{code: now.VersionID}}
		p.Preview.V.Rows = []PreviewRow{{code, now.Name, Compare(&now.Definition, &old.Definition)}}
		out, err := s.falling(ctx, tx, &now.Definition, &old.Definition)
		if err != nil {
			return err
		}
		p.Preview.V.Fallen = out.Entries
		return s.follows(ctx, tx, p)
	})
}

// ProposeState asks for a base item or an entry to be paused, resumed or ended, at once or on a later day; see [Service.SetState] and
// [Service.PlanState] for what is refused. Whoever ends something while cases run must say that they are finished, or it is fault.Conflict
// "item.cases_running".
func (s *Service) ProposeState(ctx context.Context, by actor.Actor, plan Plan, keepCases bool) (*Proposal, error) {
	if err := checkStanding(plan.ToState, plan.Reason); err != nil {
		return nil, err
	}
	return s.proposed(ctx, by, func(tx *db.Tx, p *Proposal) error {
		if !plan.EffectiveOn.IsZero() && !plan.EffectiveOn.After(civil.Of(tx.Now)) {
			return fault.New(fault.Invalid, "item.plan_in_past").Field("effective_on", "item.plan_in_past")
		}
		if err := s.maySetState(ctx, tx, by, plan.Code); err != nil {
			return err
		}
		if err := s.notCancelled(ctx, tx, plan.Code); err != nil {
			return err
		}
		if plan.ToState == Cancelled {
			if _, err := s.mustDecide(ctx, tx, plan.Code, keepCases); err != nil {
				return err
			}
		}
		path, _, err := s.ownerOf(ctx, tx, plan.Code)
		if err != nil {
			return err
		}
		e, err := s.Preview(ctx, tx, plan.Code[max(0, len(plan.Code)-12):])
		if err != nil {
			return err
		}
		p.Kind, p.Object, p.Name, p.Reason, p.OfficePath = ForState, plan.Code, e.Name, plan.Reason, path
		version, from, err := s.seenNow(ctx, tx, plan.Code)
		if err != nil {
			return err
		}
		p.Act.V = Act{Codes: []string{plan.Code}, To: plan.ToState, On: plan.EffectiveOn, KeepCases: keepCases, From: from, Seen: map[string]string{plan.Code: version}}
		p.Preview.V.Rows = []PreviewRow{{plan.Code, e.Name, []Difference{{Element: "state", Before: string(from), After: string(plan.ToState)}}}}
		return s.follows(ctx, tx, p)
	})
}

// ProposeOverride asks for what an office says of its own about an entry; see [Service.Improve] for what is refused.
func (s *Service) ProposeOverride(ctx context.Context, by actor.Actor, code string, o Override) (*Proposal, error) {
	return s.proposeOverride(ctx, by, code, o, nil)
}

// proposeOverride asks besides for what the office says of unlocked elements to be kept.
func (s *Service) proposeOverride(ctx context.Context, by actor.Actor, code string, o Override, said map[string]string) (*Proposal, error) {
	return s.proposed(ctx, by, func(tx *db.Tx, p *Proposal) error {
		own, err := s.improvable(ctx, tx, by, code)
		if err != nil {
			return err
		}
		if err := checkOverride(own.Base, o); err != nil {
			return err
		}
		o = o.on(own.Base)
		differences := overridden(own.Override, o)
		for _, key := range slices.Sorted(maps.Keys(said)) {
			differences = append(differences, Difference{Element: key, Before: ElementValue(&own.Base.Definition, key), After: said[key]})
		}
		if len(differences) == 0 && own.BaseVersion == own.Base.Version {
			return fault.New(fault.Invalid, "item.draft_changes_nothing")
		}
		p.Kind, p.Object, p.Name, p.OfficePath = ForOverride, code, own.Name, own.OfficePath
		p.Act.V = Act{Codes: []string{code}, Override: &o, Stated: said, Seen: map[string]string{code: own.ID}}
		p.Preview.V.Rows = []PreviewRow{{code, own.Name, differences}}
		p.Preview.V.Running, err = s.RunningUnder(ctx, tx, code)
		return err
	})
}

// overridden says what an office would say differently from before.
func overridden(before, after Override) []Difference {
	var list []Difference
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	if before.PromiseUnit == "" || after.PromiseUnit == "" {
		before.PromiseUnit, after.PromiseUnit = "", "" // there was no promise, or there is none
	}
	b, a := before.Contact, after.Contact
	for _, d := range []Difference{
		{Element: "promise_days", Before: number(before.PromiseDays), After: number(after.PromiseDays)},
		{Element: "promise_unit", Before: string(before.PromiseUnit), After: string(after.PromiseUnit)},
		{Element: "visits", Before: number(before.Visits), After: number(after.Visits)},
		{Element: "contact.address", Before: b.Address, After: a.Address}, {Element: "contact.windows", Before: b.Windows, After: a.Windows},
		{Element: "contact.hours", Before: b.Hours, After: a.Hours}, {Element: "contact.phone", Before: b.Phone, After: a.Phone},
		{Element: "contact.supervise", Before: b.Supervise, After: a.Supervise},
	} {
		if d.Before != d.After {
			list = append(list, d)
		}
	}
	return list
}

// ProposeContact asks for the same address and phones in every entry of one office; see [Service.SetContact] for what is refused.
func (s *Service) ProposeContact(ctx context.Context, by actor.Actor, office string, c Contact) (*Proposal, error) {
	if err := checkWholeContact(c); err != nil {
		return nil, err
	}
	return s.proposed(ctx, by, func(tx *db.Tx, p *Proposal) error {
		rows, err := s.entriesToImprove(ctx, tx, by, office)
		if err != nil {
			return err
		}
		p.Kind, p.Object, p.Name, p.OfficePath = ForContact, office, rows[0].OfficeName, rows[0].OfficePath
		p.Act.V = Act{Office: office, Override: &Override{Contact: c}, Seen: map[string]string{}}
		for _, r := range rows {
			before := r.Override.V
			after := before
			after.Contact = c
			d := overridden(before, after)
			if len(d) == 0 {
				continue
			}
			p.Act.V.Codes = append(p.Act.V.Codes, r.EntryCode)
			p.Act.V.Seen[r.EntryCode] = r.ID
			if len(p.Preview.V.Rows) == previewRows {
				continue
			}
			name, err := s.nameOf(ctx, tx, r.EntryCode)
			if err != nil {
				return err
			}
			p.Preview.V.Rows = append(p.Preview.V.Rows, PreviewRow{r.EntryCode, name, d})
		}
		if len(p.Act.V.Codes) == 0 {
			return fault.New(fault.Invalid, "item.draft_changes_nothing")
		}
		return nil
	})
}

// previewRows bounds the entries a preview shows of an office; all are counted.
const previewRows = 50

// ProposeClaim asks for an office to take up a base item it was offered (认领). What was taken up is fault.Invalid "item.draft_changes_nothing".
func (s *Service) ProposeClaim(ctx context.Context, by actor.Actor, base, office string) (*Proposal, error) {
	return s.proposed(ctx, by, func(tx *db.Tx, p *Proposal) error {
		c, name, err := s.offered(ctx, tx, base, office)
		if err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, ActClaim, actor.Target{OfficePath: c.Office.Path, Item: base}); err != nil {
			return err
		}
		if c.Base == "" {
			return fault.New(fault.Invalid, "item.draft_changes_nothing")
		}
		p.Kind, p.Object, p.Name, p.OfficePath = ForClaim, base+"/"+office, name, c.Office.Path
		p.Act.V = Act{Codes: []string{base}, Office: office}
		p.Preview.V.Rows = []PreviewRow{{base, name, append([]Difference{{Element: "office", After: c.Office.Name}}, overridden(Override{}, c.Override)...)}}
		return nil
	})
}
