package seal

import (
	"bytes"
	"context"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// Certificates from an authority outside: the key stays here, its request goes out, the certificate comes back. The names are "maker" and
// "timestamp", the id of an approved seal, or ID.p256 for the key that signs the PDF of a seal that has not ended; "root", "timestamp-root" and "pdf-root"
// are only brought. What signs PDF has a root of its own, for readers of PDF know no SM2: often another authority, with others between it and the root.

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
	if brought(key) {
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

// brought tells of a label without a key: a root.
func brought(key string) bool { return key == rootKey || key == timestampRoot || key == pdfRoot }

func (s *Service) keyNamed(ctx context.Context, name string) (key string, who pkix.Name, err error) {
	who = pkix.Name{Country: []string{"CN"}, CommonName: name}
	switch name {
	case rootKey, makerKey, timestampKey, timestampRoot, pdfRoot:
		return name, who, nil
	}
	id, pdf := strings.CutSuffix(name, Western)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r, err := sealOf(ctx, tx, id)
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		// The key of the seal itself is in the seal; that for PDF is beside it, and may come later.
		wanted := []State{Approved}
		if pdf {
			wanted = []State{Approved, Making, InUse, Suspended}
		}
		if err != nil || !slices.Contains(wanted, r.State) {
			return errNotFound
		}
		if key, who = label(r.ID), r.holder(); pdf {
			key, who = westernLabel(r.ID), r.westernHolder()
		}
		return nil
	})
	return key, who, err
}

// mostChain bounds how many certificates come for one key: its own, and those between it and the root.
const mostChain = 4

// Import keeps the certificate an authority outside gave for a key; behind it in the text may stand those that lead to the root. A later one for a key that signs
// PDF takes the place of the one before it. fault.Invalid "seal.bad_certificate" for one that is not of this key, or does not lead to the root;
// fault.Conflict "seal.moved_on" when the key has another.
func (s *Service) Import(ctx context.Context, by actor.Actor, name string, text []byte) error {
	if by.Kind != actor.System {
		return errNoRight
	}
	refused := func(why error) error { return fault.New(fault.Invalid, "seal.bad_certificate").Because(why) }
	chain, err := parseChain(text)
	if err != nil {
		return refused(err)
	}
	key, _, err := s.keyNamed(ctx, name)
	if err != nil {
		return err
	}
	c := chain[0]
	if brought(key) {
		if !c.IsCA || len(chain) > 1 || sm.Chain(c, sm.NewPool(c), nil, time.Now()) != nil {
			return refused(errors.New("no root"))
		}
	} else if err := s.fits(ctx, key, chain); err != nil {
		return refused(err)
	}
	if strings.HasSuffix(key, Western) {
		return s.keepWestern(ctx, by, key, chain)
	}
	kept, err := s.keep(ctx, by, key, c)
	if err == nil && !kept.Equal(c) {
		err = errMoved
	}
	return err
}

// parseChain reads certificates in PEM, one behind the other, or one in DER.
func parseChain(text []byte) (out []*sm.Certificate, err error) {
	if c, err := sm.ParseCertificate(text); err == nil {
		return []*sm.Certificate{c}, nil
	}
	for {
		block, rest := pem.Decode(text)
		if block == nil || len(out) == mostChain {
			break
		}
		c, err := sm.ParseCertificatePEM(pem.EncodeToMemory(block))
		if err != nil {
			return nil, err
		}
		out, text = append(out, c), rest
	}
	if len(out) == 0 || len(bytes.TrimSpace(text)) > 0 {
		return nil, fmt.Errorf("from one to %d certificates in PEM are wanted, and nothing behind them", mostChain)
	}
	return out, nil
}

// fits refuses a certificate that its key can't be used with.
func (s *Service) fits(ctx context.Context, key string, chain []*sm.Certificate) error {
	rootOf := rootKey
	if strings.HasSuffix(key, Western) {
		rootOf = pdfRoot
	}
	root, err := s.stored(ctx, rootOf)
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("there is no root yet: import %s first", rootOf)
	}
	if err != nil {
		return err
	}
	c := chain[0]
	pub, err := s.needs.Keys.Create(ctx, key)
	switch {
	case err != nil:
		return err
	case !sm.SameKey(c, pub):
		return errors.New("the certificate is of another key")
	case c.KeyUsage&(sm.UseSign|sm.UseCommit) == 0:
		return errors.New("the certificate is not for signing")
	}
	return sm.Chain(c, sm.NewPool(root), sm.NewPool(chain[1:]...), time.Now())
}
