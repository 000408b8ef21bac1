package casefile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// Draft is an application that has not been handed in. Only the account that made it sees it.
type Draft struct {
	ID           string
	ItemName     string
	ApplicantID  string
	ReceivedPath string // of the office whose officer applies for somebody; "" for oneself
	Application  Application
	Version      int64
	UpdatedAt    time.Time
}

// mostDrafts is how many drafts an account sees.
const mostDrafts = 50

// draftLife is how long a draft nobody touches is kept.
const draftLife = 30 * 24 * time.Hour

type draftRow struct {
	ID           string
	ApplicantID  string
	ItemName     string
	ReceivedPath string
	Content      []byte
	Version      int64
	UpdatedAt    time.Time
}

const selectDraft = `SELECT id, applicant_id, item_name, received_path, content, version, updated_at FROM casefile_draft WHERE `

// StartDraft begins an application. Refused is who may not apply for the item and for whom it is not; whether it is complete nobody asks yet.
func (s *Service) StartDraft(ctx context.Context, by actor.Actor, a Application) (id string, err error) {
	id = db.NewKey()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e, applicant, err := s.eligible(ctx, tx, by, a)
		if err != nil {
			return err
		}
		a.Applicant = applicant.ID
		sealed, err := s.sealDraft(id, a)
		if err != nil {
			return err
		}
		received := ""
		if by.Kind == actor.Officer {
			received = by.OfficePath
		}
		return tx.Later(ctx, `INSERT INTO casefile_draft (id, account_id, applicant_id, item_code, item_name, received_path, content, version, updated_at) VALUES (`+db.In(9, 1)+`)`,
			id, by.Account, applicant.ID, e.Code, e.Short, received, sealed, 1, tx.Now)
	})
	return id, err
}

func (s *Service) sealDraft(id string, a Application) ([]byte, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("writing down a draft: %w", err)
	}
	sealed, err := s.needs.Keys.Seal(text, aad(id, "draft"))
	if err != nil {
		return nil, fmt.Errorf("sealing a draft: %w", err)
	}
	return sealed, nil
}

func (s *Service) openDraft(r draftRow) (Draft, error) {
	d := Draft{ID: r.ID, ItemName: r.ItemName, ApplicantID: r.ApplicantID, ReceivedPath: r.ReceivedPath, Version: r.Version, UpdatedAt: r.UpdatedAt}
	plain, err := s.unseal(r.Content, r.ID, "draft")
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(plain, &d.Application); err != nil {
		return d, fmt.Errorf("decoding a draft: %w", err)
	}
	return d, nil
}

// Draft returns one of by's drafts; fault.NotFound "casefile.no_draft" for anybody else's.
func (s *Service) Draft(ctx context.Context, by actor.Actor, id string) (d Draft, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		d, err = s.draft(ctx, tx, by, id)
		return err
	})
	return d, err
}

func (s *Service) draft(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Draft, error) {
	r, err := db.One[draftRow](ctx, tx, selectDraft+`id = $1 AND account_id = $2`, id, by.Account)
	if errors.Is(err, db.ErrNotFound) {
		return Draft{}, fault.New(fault.NotFound, "casefile.no_draft")
	}
	if err != nil {
		return Draft{}, err
	}
	return s.openDraft(r)
}

// SaveDraft stores what was filled in so far. It compares the version it was read with: fault.Conflict "casefile.draft_moved_on" when the draft was
// changed elsewhere. The item and the applicant of a draft never change.
func (s *Service) SaveDraft(ctx context.Context, by actor.Actor, d Draft) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := s.draft(ctx, tx, by, d.ID)
		if err != nil {
			return err
		}
		a := d.Application
		a.Item, a.Applicant = old.Application.Item, old.ApplicantID
		sealed, err := s.sealDraft(d.ID, a)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE casefile_draft SET content = $1, version = version + 1, updated_at = $2 WHERE id = $3 AND account_id = $4 AND version = $5`,
			sealed, tx.Now, d.ID, by.Account, d.Version)
		if err == nil && n == 0 {
			err = errDraftMoved
		}
		return err
	})
}

var errDraftMoved error = fault.New(fault.Conflict, "casefile.draft_moved_on")

// DiscardDraft throws one of by's drafts away; fault.NotFound for anybody else's.
func (s *Service) DiscardDraft(ctx context.Context, by actor.Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM casefile_draft WHERE id = $1 AND account_id = $2`, id, by.Account)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "casefile.no_draft")
		}
		return err
	})
}

// Drafts returns by's drafts, the one touched last first, at most fifty.
func (s *Service) Drafts(ctx context.Context, by actor.Actor) (out []Draft, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[draftRow](ctx, tx, selectDraft+`account_id = $1 ORDER BY updated_at DESC, id DESC LIMIT $2`, by.Account, mostDrafts)
		if err != nil {
			return err
		}
		out = make([]Draft, len(rows))
		for i, r := range rows {
			if out[i], err = s.openDraft(r); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// SubmitDraft hands a draft in and throws it away, in one transaction. However often it is pressed, it is one case: every call gets the first one's
// receipt. Refusals are those of [Service.Submit]; the draft then stays.
func (s *Service) SubmitDraft(ctx context.Context, by actor.Actor, id string) (Receipt, error) {
	r, err := s.submitDraft(ctx, by, id)
	if fault.HasKey(err, "casefile.draft_moved_on") {
		// Another press was in the middle of it, or the draft was saved meanwhile: now there is a case, or a newer draft.
		return s.submitDraft(ctx, by, id)
	}
	return r, err
}

func (s *Service) submitDraft(ctx context.Context, by actor.Actor, id string) (Receipt, error) {
	var p prepared
	d, refused := s.Draft(ctx, by, id)
	if refused == nil {
		p, refused = s.prepare(ctx, by, d.Application)
	}
	return s.hand(ctx, once.Params{Actor: by.Name(), Key: "draft/" + id, Digest: id}, func(tx *db.Tx) (Receipt, error) {
		if refused != nil {
			return Receipt{}, refused // asked inside, so that a second press finds the first one's case although the draft is gone
		}
		n, err := tx.Exec(ctx, `DELETE FROM casefile_draft WHERE id = $1 AND account_id = $2 AND version = $3`, id, by.Account, d.Version)
		if err != nil {
			return Receipt{}, err
		}
		if n == 0 {
			return Receipt{}, errDraftMoved
		}
		p.draft = id
		return s.write(ctx, tx, by, &p)
	})
}

// SweepDrafts forgets drafts nobody touched for thirty days: they hold what people said, and nobody asked to keep it.
func (s *Service) SweepDrafts(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `DELETE FROM casefile_draft WHERE updated_at < $1`, tx.Now.Add(-draftLife))
	})
}
