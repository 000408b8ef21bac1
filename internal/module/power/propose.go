package power

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// person tells natural persons apart, whatever their accounts.
func person(by actor.Actor) string {
	if by.Subject != "" {
		return by.Subject
	}
	return by.Name()
}

// Propose asks for an adjustment and returns its id. Only the province's department whose power it is, or the keeper of the library, may.
// fault.Conflict "power.already_open" while another adjustment of the power is under way.
func (s *Service) Propose(ctx context.Context, by actor.Actor, p Proposal) (string, error) {
	var id string
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.draw(ctx, tx, by, p)
		if err != nil {
			return err
		}
		a.ID, a.Stage, a.Version, a.Round = db.NewKey(), Proposed, 1, 1
		id = a.ID
		open, err := openAdjustment(ctx, tx, a.Code)
		if err != nil {
			return err
		}
		if open {
			return errAlreadyOpen
		}
		if err := insertAdjustment(ctx, tx, a); err != nil {
			return err
		}
		if err := insertStep(ctx, tx, by, a, Done{Act: ActOfPropose, Agrees: true}); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "power.proposed", Actor: by.Name(), Office: by.OfficePath, Object: "power:" + a.Code, Basis: a.ground(),
			Data: map[string]any{"adjustment": a.ID, "change": a.Change, "occasion": a.Occasion, "base_version": a.BaseVersion}})
	})
	if db.IsUnique(err) {
		return "", fault.New(fault.Conflict, "power.already_open").Because(err)
	}
	if err != nil {
		return "", err
	}
	return id, nil
}

var errAlreadyOpen = fault.New(fault.Conflict, "power.already_open")

// Resubmit brings a returned adjustment back, put right: code and kind of change stay. Both offices are asked anew.
func (s *Service) Resubmit(ctx context.Context, by actor.Actor, id string, seen int, p Proposal) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := s.take(ctx, tx, by, id, ActOfResubmit)
		if err != nil {
			return err
		}
		p.Change, p.Definition.Code = old.Change, old.Code
		a, err := s.draw(ctx, tx, by, p)
		if err != nil {
			return err
		}
		a.ID, a.Stage, a.Round = old.ID, Proposed, old.Round+1
		if err := rewriteAdjustment(ctx, tx, a, seen); err != nil {
			return err
		}
		if err := insertStep(ctx, tx, by, a, Done{Act: ActOfResubmit, Agrees: true}); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "power.resubmitted", Actor: by.Name(), Office: by.OfficePath, Object: "power:" + a.Code, Basis: a.ground(),
			Data: map[string]any{"adjustment": a.ID, "round": a.Round}})
	})
}

// Withdraw ends an open adjustment: its department asks for it no longer.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, id string, seen int) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.take(ctx, tx, by, id, ActOfWithdraw)
		if err != nil {
			return err
		}
		if err := s.move(ctx, tx, a, seen, Withdrawn); err != nil {
			return err
		}
		if err := insertStep(ctx, tx, by, a, Done{Act: ActOfWithdraw, Agrees: true}); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "power.withdrawn", Actor: by.Name(), Office: by.OfficePath, Object: "power:" + a.Code, Basis: a.ground(),
			Data: map[string]any{"adjustment": a.ID}})
	})
}

// draw checks a proposal against the power as it stands and makes an adjustment of it.
func (s *Service) draw(ctx context.Context, tx *db.Tx, by actor.Actor, p Proposal) (*Adjustment, error) {
	last, err := lastVersion(ctx, tx, p.Definition.Code)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, fmt.Errorf("reading the power: %w", err)
	}
	known := err == nil
	if !p.Change.Defines() && known {
		p.Definition = last.Definition
	}
	// The right first: who may not propose learns nothing more. A power changes hands only when the department that has it agrees.
	departments := []string{p.Definition.Department}
	if known && last.Department != p.Definition.Department {
		departments = append(departments, last.Department)
	}
	for _, d := range departments {
		on := actor.Target{OfficePath: keptAt + "d" + d}
		if office.DepartmentName(d) == "" {
			on = actor.Target{} // no department: refused as such, to whoever proposes at all
		}
		if err := s.needs.Rights.Check(by, ActPropose, on); err != nil {
			return nil, err
		}
	}
	if err := checkProposal(&p, known, last, civil.Of(tx.Now)); err != nil {
		return nil, err
	}
	a := &Adjustment{Code: p.Definition.Code, OfficePath: keptAt + "d" + p.Definition.Department, Name: p.Definition.Name, Proposal: p}
	if known {
		a.BaseVersion = last.Version
	}
	return a, nil
}

func checkProposal(p *Proposal, known bool, last Version, today civil.Date) error {
	refusal := fault.New(fault.Invalid, "power.bad_proposal")
	if !slices.Contains(Occasions(), p.Occasion) {
		refusal.Field("occasion", "power.unknown_value")
	}
	for field, text := range map[string]string{"reason": p.Reason, "document": p.Document} {
		switch n := utf8.RuneCountInString(text); {
		case n == 0:
			refusal.Field(field, "power.nothing_said")
		case n > LongestText:
			refusal.Field(field, "power.too_long", LongestText)
		}
	}
	if p.From.IsZero() || p.From.Before(today) {
		refusal.Field("from", "power.from_past")
	} else if known && p.From.Before(last.From) {
		refusal.Field("from", "power.from_before_last", last.From.String())
	}
	if key := standsAgainst(p.Change, known, last.State); key != "" {
		refusal.Field("change", key)
	} else if p.Change.Defines() {
		if problem, bad := fault.Of(Check(&p.Definition)); bad {
			refusal.Fields = append(refusal.Fields, problem.Fields...)
		} else if digest, err := digestOf(&p.Definition); err != nil {
			return err
		} else if p.Change == Amend && digest == last.Digest {
			refusal.Field("name", "power.nothing_changed")
		}
	}
	return refusal.OrNil()
}

// standsAgainst returns why a power that stands like this can't be changed like that, or "".
func standsAgainst(c Change, known bool, state State) string {
	switch {
	case !slices.Contains(Changes(), c):
		return "power.unknown_value"
	case c == Adopt && known:
		return "power.exists"
	case c == Adopt:
		return ""
	case !known:
		return "power.no_such_power"
	case state == Abolished:
		return "power.abolished_for_ever"
	case c == Suspend && state != InForce:
		return "power.not_in_force"
	case c == Resume && state != Suspended:
		return "power.not_suspended"
	}
	return ""
}
