package cert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
)

// Document returns a certificate's file. Its holder may say what for, one of [Purposes]; an officer says why, 2 to 100 characters. Both stand in the log,
// where the holder reads them; fault.Invalid, field "reason", without one. Of a certificate issued in a batch both files are written now, if nobody has
// asked before.
func (s *Service) Document(ctx context.Context, by actor.Actor, identifier string, f paper.Format, reason string) (content []byte, err error) {
	if f != paper.PDF && f != paper.OFD {
		return nil, fault.New(fault.Invalid, "cert.bad_format").Field("format", "cert.bad_format")
	}
	reason = strings.TrimSpace(reason)
	r, sealed, err := s.takeDocument(ctx, by, identifier, f, reason)
	if errors.Is(err, errUnwritten) {
		if err := s.writeLater(ctx, by, r); err != nil {
			return nil, err
		}
		r, sealed, err = s.takeDocument(ctx, by, identifier, f, reason)
	}
	if err != nil {
		return nil, err
	}
	if content, err = s.needs.Keys.Open(sealed, aad(r.ID, string(f))); err != nil {
		return nil, fmt.Errorf("opening a document: %w", err)
	}
	return content, nil
}

// takeDocument reads a document as it rests and writes down who took it. errUnwritten, and nothing written down, while there is none.
func (s *Service) takeDocument(ctx context.Context, by actor.Actor, identifier string, f paper.Format, reason string) (r row, sealed []byte, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if r, err = byIdentifier(ctx, tx, identifier); err != nil {
			return err
		}
		if err := s.mayKnow(by, r); err != nil {
			return err
		}
		if r.EndedKind == Erased {
			return errHidden
		}
		leaf := audit.Entry{Kind: "cert.taken", Actor: by.Name(), Subject: r.SubjectID, Object: object(identifier), Basis: "持证主体下载本人证照",
			Data: map[string]string{"what": string(f)}}
		if by.Kind == actor.Person {
			if slices.Contains(Purposes, reason) {
				leaf.Data = map[string]string{"what": string(f), "purpose": reason}
			}
		} else {
			if n := utf8.RuneCountInString(reason); n < 2 || n > 100 {
				return fault.New(fault.Invalid, "cert.bad_reason").Field("reason", "cert.reason_length", 2, 100)
			}
			leaf.Kind, leaf.Office, leaf.Basis = "cert.read", by.OfficePath, reason
		}
		if err := s.needs.Log.Append(ctx, tx, leaf); err != nil {
			return err
		}
		sealed, err = db.One[[]byte](ctx, tx, `SELECT content FROM cert_document WHERE cert_id = $1 AND format = $2`, r.ID, string(f))
		if errors.Is(err, db.ErrNotFound) && r.State != Prepared {
			return errUnwritten
		}
		return err
	})
	return r, sealed, err
}
