package item

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
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

// moveDraft does one act to a draft seen at a revision: change says what becomes of it, in the transaction that writes it with its leaf.
func (s *Service) moveDraft(ctx context.Context, by actor.Actor, id string, revision int, act DraftAct, change func(*db.Tx, *Draft) error) (*Draft, error) {
	var d *Draft
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if d, err = s.FindDraft(ctx, tx, by, id); err != nil {
			return err
		}
		return s.actOn(ctx, tx, by, d, revision, act, change)
	})
	return d, err
}

func (s *Service) actOn(ctx context.Context, tx *db.Tx, by actor.Actor, d *Draft, revision int, act DraftAct, change func(*db.Tx, *Draft) error) error {
	to, ok := d.State.After(act)
	if !ok {
		return fault.New(fault.Conflict, "item.draft_not_now")
	}
	if d.Revision != revision {
		return fault.New(fault.Conflict, "item.draft_moved_on")
	}
	if err := change(tx, d); err != nil {
		return err
	}
	d.State = to
	kept, err := updateDraft(ctx, tx, d)
	if err != nil {
		return fmt.Errorf("storing a draft of %s: %w", d.BaseCode, err)
	}
	if !kept {
		return fault.New(fault.Conflict, "item.draft_moved_on")
	}
	d.Revision++
	return s.draftLeaf(ctx, tx, by, d, act)
}

func (s *Service) draftLeaf(ctx context.Context, tx *db.Tx, by actor.Actor, d *Draft, act DraftAct) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.draft_" + actDone[act], Actor: by.Name(), Office: by.OfficePath, Object: "item:" + d.BaseCode,
		Basis: d.Remark, Data: map[string]any{"draft": d.ID, "revision": d.Revision, "effective_on": d.EffectiveOn.String(), "keep_cases": d.KeepCases}})
}

// actDone is the end of the kind of leaf an act leaves in the log.
var actDone = map[DraftAct]string{DraftSave: "saved", DraftSubmit: "submitted", DraftApprove: "approved", DraftPublish: "published",
	DraftReturn: "returned", DraftWithdraw: "withdrawn"}

// SubmitDraft hands a draft to the management body. What [Check] refuses is refused with each problem named by its field; fault.Conflict
// "item.draft_base_moved_on" when another version of the item was published in the meantime; fault.Invalid "item.draft_changes_nothing".
// "item.cases_running" when it takes entries out under which cases run: [Service.SubmitDraftKeeping] says what becomes of them.
func (s *Service) SubmitDraft(ctx context.Context, by actor.Actor, id string, revision int) (*Draft, error) {
	return s.SubmitDraftKeeping(ctx, by, id, revision, false)
}

// SubmitDraftKeeping is [Service.SubmitDraft] by who says that the cases of entries that fall out are finished under the versions they have.
func (s *Service) SubmitDraftKeeping(ctx context.Context, by actor.Actor, id string, revision int, keepCases bool) (*Draft, error) {
	return s.moveDraft(ctx, by, id, revision, DraftSubmit, func(tx *db.Tx, d *Draft) error {
		if err := s.mayChange(by, d); err != nil {
			return err
		}
		d.KeepCases = keepCases
		if err := s.publishable(ctx, tx, d); err != nil {
			return err
		}
		d.SubmittedAt, d.SubmittedBy, d.Remark = tx.Now, by.Name(), ""
		if err := addAuthor(ctx, tx, id, person(by)); err != nil {
			return err
		}
		if err := s.settleTodos(ctx, tx, by, id); err != nil {
			return err
		}
		return s.OpenTodo(ctx, tx, Todo{OfficePath: managementPath, Kind: DraftSubmitted, Object: id, Cause: fmt.Sprint(d.Revision), Said: d.Definition.Name,
			OpenedBy: by.Name()})
	})
}

// managementPath is the office path of the province's management body (政务服务管理机构), who reviews.
const managementPath = "22"

// publishable tells why a draft can't become the next version, nil when it can.
func (s *Service) publishable(ctx context.Context, tx *db.Tx, d *Draft) error {
	if err := Check(&d.Definition); err != nil {
		return err
	}
	if err := s.formExists(ctx, tx, d.Definition); err != nil {
		return err
	}
	if err := s.certificatesExist(ctx, tx, &d.Definition); err != nil {
		return err
	}
	now, err := s.inForce(ctx, tx, d.BaseCode)
	if err != nil {
		return err
	}
	switch {
	case now.VersionID != d.BasedOn:
		return fault.New(fault.Conflict, "item.draft_base_moved_on")
	case now.State == Cancelled:
		return fault.New(fault.Conflict, "item.cancelled_for_ever")
	}
	digest, err := digestOf(d.Definition)
	if err != nil {
		return err
	}
	if digest == now.Digest {
		return fault.New(fault.Invalid, "item.draft_changes_nothing")
	}
	return s.casesDecided(ctx, tx, now, d)
}

// inForce returns the version of a base item in force; one without an id for an item that was never published.
func (s *Service) inForce(ctx context.Context, tx *db.Tx, code string) (*Base, error) {
	b, err := s.Base(ctx, tx, code)
	if fault.Is(err, fault.NotFound) {
		return &Base{}, nil
	}
	return b, err
}

// ApproveDraft is the management body's yes to what somebody else wrote: it is published at once, or on its day. Refusals are those of
// [Service.SubmitDraft]; fault.Forbidden "item.own_draft" for who wrote on it.
func (s *Service) ApproveDraft(ctx context.Context, by actor.Actor, id string, revision int, remark string) (*Draft, error) {
	var d *Draft
	err := s.update(ctx, func(tx *db.Tx) (err error) {
		if d, err = s.reviewed(ctx, tx, by, id); err != nil {
			return err
		}
		if err := s.settleTodos(ctx, tx, by, id); err != nil {
			return err
		}
		if d.EffectiveOn.After(civil.Of(tx.Now)) {
			return s.actOn(ctx, tx, by, d, revision, DraftApprove, func(tx *db.Tx, d *Draft) error {
				d.ReviewedAt, d.ReviewedBy, d.Remark = tx.Now, by.Name(), remark
				if err := s.publishable(ctx, tx, d); err != nil {
					return err
				}
				return s.awake(ctx, tx, d.EffectiveOn)
			})
		}
		return s.actOn(ctx, tx, by, d, revision, DraftPublish, func(tx *db.Tx, d *Draft) error {
			d.ReviewedAt, d.ReviewedBy, d.Remark = tx.Now, by.Name(), remark
			return s.publishDraft(ctx, tx, by, d)
		})
	})
	return d, conflict(err)
}

// ReturnDraft sends a draft back to who wrote it, with reasons. An approved one may be sent back until its day.
func (s *Service) ReturnDraft(ctx context.Context, by actor.Actor, id string, revision int, reason string) (*Draft, error) {
	if reason == "" {
		return nil, fault.New(fault.Invalid, "item.reason_needed").Field("reason", "item.nothing_said")
	}
	var d *Draft
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if d, err = s.reviewed(ctx, tx, by, id); err != nil {
			return err
		}
		return s.returned(ctx, tx, by, d, revision, reason)
	})
	return d, err
}

// reviewed returns a draft for its review, which nobody may do who wrote on it.
func (s *Service) reviewed(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (*Draft, error) {
	d, err := s.FindDraft(ctx, tx, by, id)
	if err != nil {
		return nil, err
	}
	if err := s.mayApprove(ctx, tx, by, d); err != nil {
		return nil, err
	}
	return d, nil
}

func (s *Service) mayApprove(ctx context.Context, tx *db.Tx, by actor.Actor, d *Draft) error {
	if err := s.needs.Rights.Check(by, ActReview, actor.Target{OfficePath: managementPath, Item: d.BaseCode}); err != nil {
		return err
	}
	wrote, err := authors(ctx, tx, d.ID)
	if err != nil {
		return fmt.Errorf("reading who wrote a draft: %w", err)
	}
	if slices.Contains(wrote, person(by)) {
		return fault.New(fault.Forbidden, "item.own_draft")
	}
	return nil
}

// MayApprove tells whether by may review a draft.
func (s *Service) MayApprove(ctx context.Context, tx *db.Tx, by actor.Actor, d *Draft) bool {
	return s.mayApprove(ctx, tx, by, d) == nil
}

func (s *Service) returned(ctx context.Context, tx *db.Tx, by actor.Actor, d *Draft, revision int, reason string) error {
	return s.actOn(ctx, tx, by, d, revision, DraftReturn, func(tx *db.Tx, d *Draft) error {
		d.ReviewedAt, d.ReviewedBy, d.Remark = tx.Now, by.Name(), reason
		if err := s.settleTodos(ctx, tx, by, d.ID); err != nil {
			return err
		}
		return s.OpenTodo(ctx, tx, Todo{OfficePath: d.OfficePath, Kind: DraftBack, Object: d.ID, Cause: fmt.Sprint(d.Revision), Said: d.Definition.Name,
			OpenedBy: by.Name()})
	})
}

// publishDraft makes a draft the next version of its base item.
func (s *Service) publishDraft(ctx context.Context, tx *db.Tx, by actor.Actor, d *Draft) error {
	if err := holdRevision(ctx, tx); err != nil {
		return err
	}
	if err := s.publishable(ctx, tx, d); err != nil {
		return err
	}
	b, _, err := s.publish(ctx, tx, by, d.Definition)
	if err != nil {
		return err
	}
	d.VersionID = b.VersionID
	return nil
}

// settleTodos closes what waited about a draft.
func (s *Service) settleTodos(ctx context.Context, tx *db.Tx, by actor.Actor, draft string) error {
	list, err := todosAbout(ctx, tx, draft)
	if err != nil {
		return fmt.Errorf("reading what waits about a draft: %w", err)
	}
	for _, t := range list {
		if err := s.closeTodos(ctx, tx, by, t, "—"); err != nil {
			return err
		}
	}
	return nil
}
