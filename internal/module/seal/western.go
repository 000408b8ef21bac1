package seal

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// beforeMark stands in the label of a certificate whose place another has taken, before its serial.
const beforeMark = "/before-"

// storedChain reads the certificate of a key that signs PDF with those that lead to its root, always from the database: the command line of another process
// may have brought it. fault.Conflict "seal.no_certificate" without one.
func (s *Service) storedChain(ctx context.Context, name string) (out []*sm.Certificate, err error) {
	type kept struct{ Der, Chain []byte }
	var k kept
	err = s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		k, err = db.One[kept](ctx, tx, `SELECT der, chain FROM seal_certificate WHERE label = $1 AND revoked_at IS NULL`, name)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil, fault.New(fault.Conflict, "seal.no_certificate")
	}
	if err != nil {
		return nil, err
	}
	c, err := sm.ParseCertificate(k.Der)
	if err != nil || len(k.Chain) == 0 {
		return []*sm.Certificate{c}, err
	}
	between, err := parseChain(k.Chain)
	return append([]*sm.Certificate{c}, between...), err
}

// keepWestern stores what an authority outside gave for a key that signs PDF. The same again changes nothing; one that is valid longer takes the place of the
// one before, for authorities give them for a year or two and a seal lasts five; errMoved for one that is not, errNotFound when the seal has ended.
func (s *Service) keepWestern(ctx context.Context, by actor.Actor, name string, chain []*sm.Certificate) error {
	c := chain[0]
	var between []byte
	for _, one := range chain[1:] {
		between = append(between, sm.CertificatePEM(one)...)
	}
	id := strings.TrimSuffix(strings.TrimPrefix(name, label("")), Western)
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		// A seal may have ended since its key was looked up, and with it all its certificates: one more would outlive it. Writing the row holds off an end
		// until this is kept, and that end revokes it then.
		n, err := tx.Exec(ctx, `UPDATE seal_seal SET state = state WHERE id = $1 AND state IN ($2, $3, $4, $5)`, id, string(Approved), string(Making), string(InUse), string(Suspended))
		if err != nil {
			return fmt.Errorf("keeping a certificate: %w", err)
		}
		if n == 0 {
			return errNotFound
		}
		der, err := db.One[[]byte](ctx, tx, `SELECT der FROM seal_certificate WHERE label = $1`, name)
		switch {
		case err == nil:
			last, err := sm.ParseCertificate(der)
			if err != nil || last.Equal(c) {
				return err
			}
			if !c.NotAfter.After(last.NotAfter) {
				return errMoved
			}
			if _, err := tx.Exec(ctx, `UPDATE seal_certificate SET label = $1 WHERE label = $2`, name+beforeMark+last.SerialNumber.String(), name); err != nil {
				return fmt.Errorf("putting a certificate aside: %w", err)
			}
		case !errors.Is(err, db.ErrNotFound):
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO seal_certificate (id, label, serial, der, chain, issued_at, reason) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
			db.NewKey(), name, c.SerialNumber.String(), c.Raw, between, tx.Now); err != nil {
			return fmt.Errorf("keeping a certificate: %w", err)
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "seal.certificate_kept", Actor: by.Name(), Office: by.OfficePath, Object: "seal-key:" + name,
			Basis: "ETSI EN 319 142-1", Data: map[string]any{"serial": c.SerialNumber.String()}})
	})
	if err == nil {
		s.imprints.Forget()
	}
	return err
}
