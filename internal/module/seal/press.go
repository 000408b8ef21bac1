package seal

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/sm"
)

// Pressed is a seal on one document. It is not true before [Service.RecordPressed].
type Pressed struct {
	seal ID
	use  useRow
}

// Press puts a seal on a document that a register of the program has prepared: it stored what it issues, under which seal and at which instant, before it
// comes here, and redeems that once. No transaction may be open. An OFD's slot is filled afterwards, a PDF's before. What leaves here verifies; fault.Busy
// "seal.device_busy" when a device or the timestamp can't be had now.
func (s *Service) Press(ctx context.Context, by actor.Actor, st *Imprint, f *paper.File, shown paper.Sealing) (p Pressed, err error) {
	if by.Kind != actor.System {
		return p, errNoRight
	}
	p.seal = st.ID
	p.use = useRow{ID: db.NewKey(), SealID: st.ID, EsID: st.EsID, UsedBy: person(by), State: "affixed", PreparedAt: shown.At}
	if f.Format == paper.PDF {
		err = f.Sign(func(field string, digest []byte) ([]byte, error) {
			p.use.Digest, p.use.Property, p.use.ToSign = hex.EncodeToString(digest), field, []byte{}
			p.use.Signature, err = s.signPDF(ctx, st.ID, st.western, digest)
			return p.use.Signature, err
		})
		return p, err
	}
	err = f.Affix(shown, func(property string, digest []byte) (seal, signature []byte, err error) {
		p.use.Digest, p.use.Property = hex.EncodeToString(digest), property
		toSign, err := ses.ToSign(ses.Affixing{Seal: st.whole, Digest: digest, Property: property, At: shown.At})
		if err != nil {
			return nil, nil, err
		}
		signature, err = s.signSeal(ctx, st.ID, st.cert, toSign)
		p.use.Signature = signature
		return st.whole, signature, err
	})
	p.use.lean(st.whole)
	return p, err
}

// Issued is what documents were pressed for.
type Issued struct {
	Business   BusinessKind
	BusinessID string
	Client     string
}

// RecordPressed makes the uses of one seal on the documents of one business true, in the transaction that makes the documents true. fault.Conflict
// "seal.not_in_use" when the seal has been suspended or ended since: nothing of the transaction may stay then.
func (s *Service) RecordPressed(ctx context.Context, tx *db.Tx, by actor.Actor, i Issued, all []Pressed) error {
	if by.Kind != actor.System || len(all) == 0 {
		return errNoRight
	}
	state, err := db.One[State](ctx, tx, `SELECT state FROM seal_seal WHERE id = $1`, all[0].seal)
	if err != nil {
		return err
	}
	if state != InUse {
		s.inUse.Forget()
		return errNotInUse
	}
	args := make([]any, 0, len(all)*useColumns)
	var uses, digests []string
	for _, p := range all {
		u := p.use
		args = append(args, u.ID, u.SealID, u.EsID, string(i.Business), i.BusinessID, u.Digest, u.Property, i.Client, u.UsedBy, u.State, u.PreparedAt, tx.Now, u.ToSign, u.Signature, u.SealAt)
		uses, digests = append(uses, u.ID), append(digests, u.Digest)
	}
	err = tx.Later(ctx, `INSERT INTO seal_use (id, seal_id, es_id, business, business_id, digest, property, client, used_by, state, prepared_at, affixed_at, to_sign, signature,
seal_at) VALUES `+db.Values(len(all), useColumns, 1), args...)
	if err != nil {
		return fmt.Errorf("recording uses: %w", err)
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "seal.affixed", Actor: by.Name(), Object: object(all[0].seal), Basis: "电子印章管理",
		Data: map[string]any{"seal": all[0].use.EsID, "uses": uses, "digests": digests, "business": i.Business, "business_id": i.BusinessID, "client": i.Client}})
}

// useColumns is how many columns a use has.
const useColumns = 15

// signSeal signs what a use says with the seal's key, under a timestamp.
func (s *Service) signSeal(ctx context.Context, id ID, cert, toSign []byte) ([]byte, error) {
	key, err := s.needs.Keys.Signer(ctx, label(id))
	if err != nil {
		return nil, deviceFault(err)
	}
	value, err := sm.Sign(key, toSign)
	if err != nil {
		return nil, deviceFault(err)
	}
	token, err := s.timestamp(ctx, value)
	if err != nil {
		return nil, deviceFault(err)
	}
	signature, err := ses.Assemble(toSign, cert, value, token)
	if err != nil {
		return nil, deviceFault(fmt.Errorf("comparing a signature: %w", errors.Join(errDiffers, err)))
	}
	return signature, nil
}

// signPDF signs the digest of a PDF with the seal's key for PDF, under a timestamp.
func (s *Service) signPDF(ctx context.Context, id ID, chain []*sm.Certificate, digest []byte) ([]byte, error) {
	key, err := s.needs.Keys.Signer(ctx, westernLabel(id))
	if err != nil {
		return nil, deviceFault(err)
	}
	timed := func(value []byte) ([]byte, error) { return s.timestamp(ctx, value) }
	signature, err := signed.SignPDF(digest, chain, compared{key, chain[0]}, timed)
	if err != nil {
		return nil, deviceFault(err)
	}
	return signature, nil
}

// compared is a signer whose every signature is verified against its certificate before it goes on.
type compared struct {
	crypto.Signer
	cert *sm.Certificate
}

// Sign implements crypto.Signer for digests.
func (c compared) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	value, err := c.Signer.Sign(random, digest, opts)
	if err != nil {
		return nil, err
	}
	if pub, ok := c.cert.PublicKey.(*ecdsa.PublicKey); !ok || !ecdsa.VerifyASN1(pub, digest, value) {
		return nil, fmt.Errorf("comparing a signature: %w", errDiffers)
	}
	return value, nil
}
