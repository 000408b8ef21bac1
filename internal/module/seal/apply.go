package seal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/seal/picture"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Bounds of what is applied for.
const (
	LongestReason = 500
	MostYears     = 5
)

// Application asks for a seal.
type Application struct {
	Owner    OwnerKind
	OwnerID  string // an office's path; a company's subject
	Kind     Kind
	Years    int
	Reason   string
	Manager  string // Person.ID; "" for who applies
	Replaces ID     // a change: the seal whose newer version this is
}

func (a Application) check() error {
	refused := fault.New(fault.Invalid, "seal.bad_application")
	if !slices.Contains(KindsOf(a.Owner), a.Kind) {
		refused.Field("kind", "seal.kind_unknown")
	}
	if a.Years < 1 || a.Years > MostYears {
		refused.Field("years", "seal.years_wrong", MostYears)
	}
	switch n := utf8.RuneCountInString(a.Reason); {
	case n == 0:
		refused.Field("reason", "seal.reason_missing")
	case n > LongestReason:
		refused.Field("reason", "seal.text_long", LongestReason)
	}
	return refused.OrNil()
}

// reviewers is the office that reviews an owner's seals: the province's service administration, or the county's police.
func reviewers(o Owner) (string, error) {
	r, err := region.Parse(o.Region)
	if err != nil {
		return "", fmt.Errorf("reading an owner's region: %w", err)
	}
	if o.Kind == Office {
		return r.Prefix()[:2] + "d90", nil
	}
	return r.Prefix()[:min(6, len(r.Prefix()))] + "d09", nil
}

// Apply asks for a seal, or for a newer version of one: an office's chief, or a company's representative or manager; for the seal of the representative's
// name only he. fault.Forbidden for others; fault.Conflict "seal.exists" when the
// owner has a seal of this kind, or one on its way, that is not being replaced; fault.Invalid by field, also for a name that does not go into the
// picture.
func (s *Service) Apply(ctx context.Context, by actor.Actor, a Application) (id ID, err error) {
	refused := a.check()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		owner, err := s.owner(ctx, tx, by, a)
		if err != nil {
			return err
		}
		if refused != nil {
			return refused
		}
		r, err := s.application(ctx, tx, by, a, owner)
		if err != nil {
			return err
		}
		if _, err := picture.Draw(s.needs.Outlines, s.face(r)); err != nil {
			return fault.New(fault.Invalid, "seal.bad_application").Field("kind", "seal.name_long").Because(err)
		}
		if err := insertSeal(ctx, tx, r); err != nil {
			return err
		}
		if err := s.firstManager(ctx, tx, by, r, a.Manager); err != nil {
			return err
		}
		id = r.ID
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "seal.applied", Actor: by.Name(), Office: by.OfficePath, Subject: r.subject(), Object: object(r.ID),
			Basis: "国发〔1999〕25号", Data: map[string]any{"kind": r.Kind, "version": r.Version, "owner": r.OwnerCode, "replaces": r.Replaces}})
	})
	return id, err
}

// owner returns the owner by stands for.
func (s *Service) owner(ctx context.Context, tx *db.Tx, by actor.Actor, a Application) (Owner, error) {
	stands := by.Kind == actor.System
	switch {
	case a.Owner == Company && !stands:
		var err error
		if stands, err = s.leads(ctx, tx, by, a.OwnerID, a.Kind); err != nil {
			return Owner{}, err
		}
	case a.Owner == Office:
		stands = a.OwnerID != "" && s.needs.Rights.Check(by, ActOwn, actor.Target{OfficePath: a.OwnerID}) == nil
	}
	if !stands {
		return Owner{}, errNoRight
	}
	return s.needs.Owners.Owner(ctx, tx, a.Owner, a.OwnerID)
}

// application fills in the row of an application.
func (s *Service) application(ctx context.Context, tx *db.Tx, by actor.Actor, a Application, o Owner) (*row, error) {
	r := &row{ID: db.NewKey(), Version: 1, Kind: a.Kind, Name: o.Name, Years: a.Years, OwnerKind: o.Kind, OwnerID: o.ID, OwnerName: o.Name, OwnerCode: o.Code,
		Region: o.Region, AppliedBy: by.Name(), State: Applied}
	if o.Kind == Office {
		r.OwnerPath = o.ID
	}
	if a.Kind == Representative {
		if o.Person == "" {
			return nil, fault.New(fault.Invalid, "seal.bad_application").Field("kind", "seal.no_representative")
		}
		r.Name = o.Person
	}
	r.Shape, r.Width, r.Height, r.Line = form(a.Kind, o)
	var err error
	if r.ReviewPath, err = reviewers(o); err != nil {
		return nil, err
	}
	if r.Reason, err = s.hide(a.Reason, r.ID, "reason"); err != nil {
		return nil, err
	}
	// One seal of a kind: a second that looks alike would make the first worthless as proof.
	others, err := db.All[row](ctx, tx, selectSeal+`s.owner_kind = $1 AND s.owner_id = $2 AND s.kind = $3 AND s.state NOT IN ('refused', 'ended') ORDER BY s.id LIMIT 10`,
		string(o.Kind), o.ID, string(a.Kind))
	if err != nil {
		return nil, err
	}
	for _, other := range others {
		if other.ID != a.Replaces || a.Replaces == "" {
			return nil, fault.New(fault.Conflict, "seal.exists")
		}
		if m, err := s.may(ctx, tx, by, &other); err != nil || !m.Owns {
			return nil, cmp.Or(err, error(errNoRight))
		}
		r.Replaces, r.Version, r.Number = other.ID, other.Version+1, other.Number
	}
	if a.Replaces != "" && r.Replaces == "" {
		return nil, errMoved
	}
	if r.Replaces != "" && others[0].State != InUse && others[0].State != Suspended {
		return nil, fault.New(fault.Conflict, "seal.exists")
	}
	return r, nil
}

// face is how a seal looks.
func (s *Service) face(r *row) picture.Params {
	return picture.Params{Shape: r.Shape, Name: r.Name, Line: r.Line, Width: float64(r.Width), Height: float64(r.Height), Test: s.needs.BuiltIn}
}

// subject is whose right a leaf about a seal touches: a company's.
func (r *row) subject() string {
	if r.OwnerKind == Company {
		return r.OwnerID
	}
	return ""
}

func (r *row) owner() Owner {
	return Owner{Kind: r.OwnerKind, ID: r.OwnerID, Name: r.OwnerName, Code: r.OwnerCode, Region: r.Region}
}

// Examine decides about an application: approved it gets its number and can be made, refused it says why. fault.Forbidden for who does not review
// this owner's seals, and for who applied for it himself.
func (s *Service) Examine(ctx context.Context, by actor.Actor, id ID, grant bool, why string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, m, err := s.found(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case !m.Reviews || by.Kind != actor.System && r.AppliedBy == by.Name():
			return errNoRight
		case r.State != Applied:
			return errMoved
		}
		kind := "seal.approved"
		if grant {
			err = s.approve(ctx, tx, by, r)
		} else {
			kind = "seal.refused"
			err = s.refuse(ctx, tx, by, r, why)
		}
		if err != nil {
			return err
		}
		if err := s.tellManagers(ctx, tx, r, "seal.told."+map[bool]string{true: "approved", false: "refused"}[grant]); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Subject: r.subject(), Object: object(r.ID),
			Basis: "国发〔1999〕25号", Data: map[string]any{"seal": r.EsID, "version": r.Version}})
	})
}

func (s *Service) approve(ctx context.Context, tx *db.Tx, by actor.Actor, r *row) error {
	if r.Number == "" {
		n, err := nextNumber(ctx, tx, r.Region[:6])
		if err != nil {
			return err
		}
		r.Number = fmt.Sprintf("%s%07d", r.Region[:6], n) // 印章编码: county and seven digits
	}
	r.EsID = fmt.Sprintf("%s-%02d", r.Number, r.Version)
	return approve(ctx, tx, by, r)
}

func (s *Service) refuse(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, why string) error {
	refused := fault.New(fault.Invalid, "seal.bad_review")
	switch n := utf8.RuneCountInString(why); {
	case n == 0:
		refused.Field("why", "seal.reason_missing")
	case n > LongestReason:
		refused.Field("why", "seal.text_long", LongestReason)
	}
	if err := refused.OrNil(); err != nil {
		return err
	}
	hidden, err := s.hide(why, r.ID, "refusal")
	if err != nil {
		return err
	}
	return refuse(ctx, tx, by, r.ID, hidden)
}
