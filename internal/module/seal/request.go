package seal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// LongestTitle bounds what a document is called.
const LongestTitle = 100

// wholeFile is the property of a signature over a file as it is, beside it.
const wholeFile = "/"

// Asking asks for the use of a seal on one document.
type Asking struct {
	Seal   ID
	Digest []byte // SM3 of the document
	Title  string
	Reason string
}

func (a Asking) check() error {
	refused := fault.New(fault.Invalid, "seal.bad_request")
	if len(a.Digest) != sm.Size {
		refused.Field("file", "seal.file_missing")
	}
	switch n := utf8.RuneCountInString(a.Title); {
	case n == 0:
		refused.Field("title", "seal.title_missing")
	case n > LongestTitle:
		refused.Field("title", "seal.text_long", LongestTitle)
	}
	if utf8.RuneCountInString(a.Reason) > LongestReason {
		refused.Field("reason", "seal.text_long", LongestReason)
	}
	return refused.OrNil()
}

// Ask applies for the use of a seal on one document (用印申请): by whoever belongs to the seal's owner. Its managers are told. fault.Conflict
// "seal.not_in_use" while the seal can't be used.
func (s *Service) Ask(ctx context.Context, by actor.Actor, a Asking) (id string, err error) {
	refused := a.check()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := sealOf(ctx, tx, a.Seal)
		if errors.Is(err, db.ErrNotFound) || err == nil && !belongs(by, &r) {
			return errNotFound
		}
		switch {
		case err != nil:
			return err
		case r.State != InUse:
			return errNotInUse
		case refused != nil:
			return refused
		}
		id = db.NewKey()
		title, err := s.hide(a.Title, id, "title")
		if err != nil {
			return err
		}
		reason, err := s.hide(a.Reason, id, "reason")
		if err != nil {
			return err
		}
		digest := hex.EncodeToString(a.Digest)
		_, err = tx.Exec(ctx, `INSERT INTO seal_request (id, seal_id, digest, title, reason, state, asked_by, asker, asked_at, decided_by)
VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8, '')`, id, r.ID, digest, title, reason, person(by), by.Subject, tx.Now)
		if err != nil {
			return fmt.Errorf("storing an application for use: %w", err)
		}
		if err := s.tellManagers(ctx, tx, &r, "seal.told.asked"); err != nil {
			return err
		}
		return s.logRequest(ctx, tx, by, &r, "seal.use_asked", id, digest)
	})
	return id, err
}

// Decide approves or refuses an application for use, by a manager of the seal. fault.Conflict "seal.moved_on" when it is decided.
func (s *Service) Decide(ctx context.Context, by actor.Actor, id string, grant bool) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		q, r, m, err := s.request(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if !m.Manages {
			return errNoRight
		}
		state, kind := "refused", "seal.use_refused"
		if grant {
			state, kind = "approved", "seal.use_approved"
			if r.State != InUse {
				return errNotInUse
			}
		}
		if err := moved(tx.Exec(ctx, `UPDATE seal_request SET state = $1, decided_by = $2, decided_at = $3 WHERE id = $4 AND state = 'waiting'`,
			state, person(by), tx.Now, id)); err != nil {
			return err
		}
		if q.Asker != "" && q.Asker != by.Subject {
			if err := s.needs.Notices.Tell(ctx, tx, q.Asker, "seal.told.use_"+state, requestAt(id), r.title()); err != nil {
				return err
			}
		}
		return s.logRequest(ctx, tx, by, r, kind, id, q.Digest)
	})
}

// AffixRequested affixes the seal to the document of an approved application: by who asked, or whoever may use the seal.
func (s *Service) AffixRequested(ctx context.Context, by actor.Actor, id, client string) (Affixed, error) {
	var u Use
	err := s.db.View(ctx, func(tx *db.Tx) error {
		q, _, _, err := s.request(ctx, tx, by, id)
		if err != nil {
			return err
		}
		digest, err := hex.DecodeString(q.Digest)
		u = Use{Seal: q.SealID, Digest: digest, Property: wholeFile, Business: ForRequest, BusinessID: id, Client: client}
		return err
	})
	if err != nil {
		return Affixed{}, err
	}
	return s.Affix(ctx, by, u)
}

// request reads an application for use, for who asked and who has the seal in hand; fault.NotFound for others.
func (s *Service) request(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (q requestRow, r *row, m Seal, err error) {
	q, err = requestOf(ctx, tx, id)
	if errors.Is(err, db.ErrNotFound) {
		return q, nil, m, errNotFound
	}
	if err != nil {
		return q, nil, m, err
	}
	one, err := sealOf(ctx, tx, q.SealID)
	if err != nil {
		return q, nil, m, err
	}
	if m, err = s.may(ctx, tx, by, &one); err != nil {
		return q, nil, m, err
	}
	if q.AskedBy != person(by) && !m.Operates && !m.Owns {
		return q, nil, m, errNotFound
	}
	return q, &one, m, nil
}

func (s *Service) logRequest(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, kind, id, digest string) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Subject: r.subject(), Object: object(r.ID),
		Basis: "电子印章管理", Data: map[string]any{"seal": r.EsID, "request": id, "digest": digest}})
}

func requestAt(id string) string { return "/seal-requests/" + id }
