package cert

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Reason says why a certificate is ended, suspended or restored. Its text is told to the holder.
type Reason struct {
	Kind Kind
	Text string // 2 to 500 characters
}

// Revoke ends, suspends or restores a certificate. fault.NotFound "cert.not_found" for who may not know of it, fault.Forbidden for everybody but
// the chief of the issuing office, fault.Conflict "cert.moved_on" when its state does not allow it, fault.Invalid by field.
func (s *Service) Revoke(ctx context.Context, by actor.Actor, identifier string, in Reason) error {
	in.Text = strings.TrimSpace(in.Text)
	refused := fault.New(fault.Invalid, "cert.bad_reason")
	if _, known := moves[in.Kind]; !known {
		refused.Field("kind", "cert.kind_unknown")
	}
	if n := utf8.RuneCountInString(in.Text); n < 2 || n > 500 {
		refused.Field("reason", "cert.reason_length", 2, 500)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := byIdentifier(ctx, tx, identifier)
		if err != nil {
			return err
		}
		if err := s.mayKnow(by, r); err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, ActRevoke, target(r)); err != nil {
			return err
		}
		if err := refused.OrNil(); err != nil {
			return err
		}
		return s.end(ctx, tx, by, r, in)
	})
}

// end moves a certificate by a kind, with leaf and message.
func (s *Service) end(ctx context.Context, tx *db.Tx, by actor.Actor, r row, in Reason) error {
	m := moves[in.Kind]
	if !slices.Contains(m.from, r.State) {
		return fault.New(fault.Conflict, "cert.moved_on")
	}
	sealed, err := s.needs.Keys.Seal([]byte(in.Text), aad(r.ID, "reason"))
	if err != nil {
		return fmt.Errorf("sealing a reason: %w", err)
	}
	n, err := tx.Exec(ctx, `UPDATE cert_cert SET state = $1, ended_at = $2, ended_kind = $3, ended_reason = $4, ended_by = $5 WHERE id = $6 AND state = $7`,
		string(m.to), tx.Now, string(in.Kind), sealed, by.Name(), r.ID, string(r.State))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "cert.moved_on")
	}
	e := audit.Entry{Kind: "cert.revoked", Actor: by.Name(), Office: by.OfficePath, Subject: r.SubjectID, Object: object(r.Identifier), Basis: m.basis,
		Data: map[string]string{"kind": string(in.Kind), "state": string(m.to)}}
	switch in.Kind {
	case Suspending:
		e.Kind = "cert.suspended"
	case Restoring:
		e.Kind = "cert.restored"
	}
	if err := s.needs.Log.Append(ctx, tx, e); err != nil {
		return err
	}
	return s.needs.Notices.Send(ctx, tx, Notice{Subject: r.SubjectID, Key: "cert.notice." + string(in.Kind), Args: []string{r.Name}, Link: link(r.Identifier)})
}
