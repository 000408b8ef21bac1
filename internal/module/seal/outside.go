package seal

import (
	"context"
	"crypto/x509/pkix"
	"errors"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// Certificates from an authority outside: the key stays here, its request goes out, the certificate comes back. The names are "maker" and
// "timestamp", or the id of an approved seal; "root" and "timestamp-root" are only brought.

// CertificateRequest returns the request for a certificate of a key, as PEM, making the key when there is none. By the program only: the command line
// of who runs the installation.
func (s *Service) CertificateRequest(ctx context.Context, by actor.Actor, name string) ([]byte, error) {
	if by.Kind != actor.System {
		return nil, errNoRight
	}
	key, who, err := s.keyNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	if key == rootKey || key == timestampRoot {
		return nil, errNotFound
	}
	if _, err := s.needs.Keys.Create(ctx, key); err != nil {
		return nil, deviceFault(err)
	}
	signer, err := s.needs.Keys.Signer(ctx, key)
	if err != nil {
		return nil, deviceFault(err)
	}
	return sm.NewRequest(who, signer)
}

func (s *Service) keyNamed(ctx context.Context, name string) (key string, who pkix.Name, err error) {
	who = pkix.Name{Country: []string{"CN"}, CommonName: name}
	switch name {
	case rootKey, makerKey, timestampKey, timestampRoot:
		return name, who, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r, err := sealOf(ctx, tx, name)
		if errors.Is(err, db.ErrNotFound) || err == nil && r.State != Approved {
			return errNotFound
		}
		key, who = label(r.ID), r.holder()
		return err
	})
	return key, who, err
}

// Import keeps the certificate an authority outside gave for a key. fault.Invalid "seal.bad_certificate" for one that is not of this key, or does not
// lead to the root; fault.Conflict "seal.moved_on" when the key has another.
func (s *Service) Import(ctx context.Context, by actor.Actor, name string, text []byte) error {
	if by.Kind != actor.System {
		return errNoRight
	}
	refused := func(why error) error { return fault.New(fault.Invalid, "seal.bad_certificate").Because(why) }
	c, err := sm.ParseCertificatePEM(text)
	if err != nil {
		return refused(err)
	}
	key, _, err := s.keyNamed(ctx, name)
	if err != nil {
		return err
	}
	if key == rootKey || key == timestampRoot {
		if !c.IsCA || sm.Chain(c, sm.NewPool(c), nil, time.Now()) != nil {
			return refused(errors.New("no root"))
		}
	} else if err := s.fits(ctx, key, c); err != nil {
		return refused(err)
	}
	kept, err := s.keep(ctx, by, key, c)
	if err == nil && !kept.Equal(c) {
		err = errMoved
	}
	return err
}

func (s *Service) fits(ctx context.Context, key string, c *sm.Certificate) error {
	root, err := s.stored(ctx, rootKey)
	if err != nil {
		return err
	}
	pub, err := s.needs.Keys.Create(ctx, key)
	switch {
	case err != nil:
		return err
	case !sm.SameKey(c, pub):
		return errors.New("the certificate is of another key")
	case c.KeyUsage&(sm.UseSign|sm.UseCommit) == 0:
		return errors.New("the certificate is not for signing")
	}
	return sm.Chain(c, sm.NewPool(root), nil, time.Now())
}
