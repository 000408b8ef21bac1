package seal

import (
	"context"
	"crypto"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/timestamp"
)

// The keys that are no seal's.
const (
	rootKey      = "root"
	makerKey     = "maker"
	timestampKey = "timestamp"

	timestampRoot = "timestamp-root" // no key: the root of an authority of timestamps outside
	pdfRoot       = "pdf-root"       // no key: the root of an authority outside that certifies the keys that sign PDF
)

// label names the key of a seal.
func label(id ID) string { return "seal." + id }

// Reasons of revocation (RFC 5280, 5.3.1).
const (
	superseded = 4
	cessation  = 5
)

// testName is what every certificate of the built-in authority carries.
const testName = "测试"

// certificate returns the certificate of a key, with the root's; fault.Conflict "seal.no_certificate" when there is none and nobody here issues it.
func (s *Service) certificate(ctx context.Context, by actor.Actor, name string, who pkix.Name, until time.Time) (*sm.Certificate, error) {
	c, err := s.stored(ctx, name)
	if err == nil || !errors.Is(err, db.ErrNotFound) {
		return c, err
	}
	if !s.needs.BuiltIn {
		return nil, fault.New(fault.Conflict, "seal.no_certificate")
	}
	pub, err := s.needs.Keys.Create(ctx, name)
	if err != nil {
		return nil, deviceFault(err)
	}
	if c, err = s.issue(ctx, by, name, who, until, pub); err != nil {
		return nil, err
	}
	return s.keep(ctx, by, name, c)
}

// stored reads a certificate by its key's name.
func (s *Service) stored(ctx context.Context, name string) (*sm.Certificate, error) {
	c, ok, age := s.certificates.Get(name)
	if ok {
		return c, nil
	}
	var der []byte
	err := s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		der, err = db.One[[]byte](ctx, tx, `SELECT der FROM seal_certificate WHERE label = $1`, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	if c, err = sm.ParseCertificate(der); err == nil {
		s.certificates.Put(name, c, age)
	}
	return c, err
}

// issue signs a certificate with the built-in root, making the root first.
func (s *Service) issue(ctx context.Context, by actor.Actor, name string, who pkix.Name, until time.Time, pub crypto.PublicKey) (*sm.Certificate, error) {
	serial, err := sm.Serial()
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC().Truncate(time.Second)
	who.CommonName = testName + " " + who.CommonName
	c := &sm.Certificate{SerialNumber: serial, Subject: who, NotBefore: now.Add(-time.Hour), NotAfter: until, BasicConstraintsValid: true, KeyUsage: sm.UseSign | sm.UseCommit,
		SubjectKeyId: serial.Bytes()}
	issuer := c
	switch name {
	case rootKey:
		c.IsCA, c.KeyUsage = true, sm.UseCertify|sm.UseRevoke
	case timestampKey:
		c.KeyUsage, c.ExtraExtensions = sm.UseSign, []pkix.Extension{timestamp.TimestampingOnly}
	}
	if name != rootKey {
		if issuer, err = s.root(ctx, by); err != nil {
			return nil, err
		}
	}
	key, err := s.needs.Keys.Signer(ctx, rootKey)
	if err != nil {
		return nil, deviceFault(err)
	}
	made, err := sm.IssueCertificate(c, issuer, pub, key)
	if err != nil {
		return nil, deviceFault(err)
	}
	return made, nil
}

// keep stores a certificate; when another node was faster, its certificate is the one.
func (s *Service) keep(ctx context.Context, by actor.Actor, name string, c *sm.Certificate) (*sm.Certificate, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO seal_certificate (id, label, serial, der, issued_at, reason) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (label) DO NOTHING`,
			db.NewKey(), name, c.SerialNumber.String(), c.Raw, tx.Now)
		if err != nil || n == 0 {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "seal.certificate_kept", Actor: by.Name(), Office: by.OfficePath, Object: "seal-key:" + name,
			Basis: "GB/T 20518-2018", Data: map[string]any{"serial": c.SerialNumber.String()}})
	})
	if err != nil {
		return nil, fmt.Errorf("keeping a certificate: %w", err)
	}
	return s.stored(ctx, name)
}

// How long the built-in authority's own certificates are valid.
const authorityYears = 20

func (s *Service) own(ctx context.Context, by actor.Actor, name, called string) (*sm.Certificate, error) {
	return s.certificate(ctx, by, name, pkix.Name{Country: []string{"CN"}, Organization: []string{"祥云"}, CommonName: called}, time.Now().AddDate(authorityYears, 0, 0))
}

func (s *Service) root(ctx context.Context, by actor.Actor) (*sm.Certificate, error) {
	return s.own(ctx, by, rootKey, "电子印章根证书")
}

func (s *Service) maker(ctx context.Context, by actor.Actor) (*sm.Certificate, error) {
	return s.own(ctx, by, makerKey, "电子印章制章者")
}

// revoke ends the certificate of a key, if there is one, with those that it took the place of.
func revoke(ctx context.Context, tx *db.Tx, name string, reason int) error {
	return tx.Later(ctx, `UPDATE seal_certificate SET revoked_at = $1, reason = $2 WHERE (label = $3 OR label LIKE $4) AND revoked_at IS NULL`, tx.Now, reason, name, name+beforeMark+"%")
}

// Revoked implements ses.Revocations for the certificates kept here. It is public, as a revocation list is.
func (s *Service) Revoked(ctx context.Context, c *sm.Certificate) (at time.Time, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		list, err := db.All[time.Time](ctx, tx, `SELECT revoked_at FROM seal_certificate WHERE serial = $1 AND der = $2 AND revoked_at IS NOT NULL LIMIT 1`,
			c.SerialNumber.String(), c.Raw)
		if len(list) > 0 {
			at = list[0]
		}
		return err
	})
	return at, err
}

// Keeps implements ses.Known: a certificate of a seal's key, or one whose place another has taken.
func (s *Service) Keeps(ctx context.Context, c *sm.Certificate) (kept bool, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		n, err := db.One[int64](ctx, tx, `SELECT count(*) FROM seal_certificate WHERE serial = $1 AND der = $2 AND label LIKE $3`, c.SerialNumber.String(), c.Raw, label("")+"%")
		kept = n > 0
		return err
	})
	return kept, err
}

// How long a revocation list may be believed.
const listLife = 24 * time.Hour

// RevocationList returns the built-in authority's list in DER; fault.NotFound "seal.no_authority" when there is no such authority.
func (s *Service) RevocationList(ctx context.Context) ([]byte, error) {
	if !s.needs.BuiltIn {
		return nil, errNoAuthority
	}
	root, err := s.root(ctx, actor.Program("seal"))
	if err != nil {
		return nil, err
	}
	type line struct {
		Der       []byte
		RevokedAt time.Time
		Reason    int
	}
	var list []sm.Revoked
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return db.Each(ctx, tx, func(l line) error {
			c, err := sm.ParseCertificate(l.Der)
			if err == nil {
				list = append(list, sm.Revoked{Serial: c.SerialNumber, At: l.RevokedAt, Reason: l.Reason})
			}
			return err
		}, `SELECT der, revoked_at, reason FROM seal_certificate WHERE revoked_at IS NOT NULL ORDER BY revoked_at, id`)
	})
	if err != nil {
		return nil, err
	}
	key, err := s.needs.Keys.Signer(ctx, rootKey)
	if err != nil {
		return nil, deviceFault(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	return sm.NewRevocationList(root, key, now.Unix(), now, now.Add(listLife), list)
}

var errNoAuthority = fault.New(fault.NotFound, "seal.no_authority")

// TimestampAuthority returns the built-in authority of timestamps; fault.NotFound "seal.no_authority" when there is none.
func (s *Service) TimestampAuthority(ctx context.Context) (*timestamp.Authority, error) {
	if !s.needs.BuiltIn {
		return nil, errNoAuthority
	}
	c, err := s.own(ctx, actor.Program("seal"), timestampKey, "时间戳")
	if err != nil {
		return nil, err
	}
	key, err := s.needs.Keys.Signer(ctx, timestampKey)
	if err != nil {
		return nil, deviceFault(err)
	}
	return timestamp.NewAuthority(c, key, func() time.Time { return time.Now().UTC().Truncate(time.Second) }), nil
}

// deviceFault tells a person that the device can't sign now; what it said stays in the log.
func deviceFault(err error) error {
	if _, ok := fault.Of(err); ok {
		return err
	}
	return fault.New(fault.Busy, "seal.device_busy").Because(err)
}
