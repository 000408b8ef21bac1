package seal

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/sm"
)

// MostAtOnce bounds a batch.
const MostAtOnce = 100

// freshFor is how long a prepared use may be taken up as it is; an older one is prepared anew, so that the time in the signature stays near the
// timestamp's.
const freshFor = 2 * time.Minute

// Prepared is the right to sign one use. Only prepare makes one, after the use is stored, and it is redeemed once.
type Prepared struct {
	use    useRow
	seal   row
	toSign []byte
	spent  atomic.Bool
}

var errSpent = errors.New("a prepared use is signed once")

// redeem hands out what is to be signed, once.
func (p *Prepared) redeem() ([]byte, error) {
	if p.spent.Swap(true) {
		return nil, errSpent
	}
	return p.toSign, nil
}

// Affix affixes a seal. Doing it again for the same business, document and part gives the same signature. fault.Conflict "seal.not_in_use" for a seal
// that is suspended, ended or out of its validity; "seal.no_business" for a business that is none; fault.Forbidden for who may not use it; fault.Busy
// "seal.device_busy" when a device or the timestamp can't be had now: the use is kept, and the same call made again goes on with it.
func (s *Service) Affix(ctx context.Context, by actor.Actor, u Use) (Affixed, error) {
	all, err := s.AffixAll(ctx, by, []Use{u})
	if err != nil {
		return Affixed{}, err
	}
	return all[0], nil
}

// AffixAll affixes seals to many documents (批量用印), up to MostAtOnce; all are prepared together and recorded together, or none.
func (s *Service) AffixAll(ctx context.Context, by actor.Actor, uses []Use) ([]Affixed, error) {
	if len(uses) == 0 || len(uses) > MostAtOnce {
		return nil, fault.New(fault.Invalid, "seal.batch_size", MostAtOnce)
	}
	// Step 1, prepare: rights, standing and business are looked at, and each use is stored with what will be signed.
	out, prepared := make([]Affixed, len(uses)), make([]*Prepared, len(uses))
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		for i, u := range uses {
			var err error
			if prepared[i], out[i], err = s.prepare(ctx, tx, by, u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	signed := make([][]byte, len(uses))
	for i, p := range prepared {
		if p == nil {
			continue // affixed before
		}
		// Step 2, sign, and step 3, compare: no transaction is open.
		if signed[i], err = s.sign(ctx, p); err != nil {
			return nil, err
		}
	}
	// Step 4, record: signatures and leaves become true together, unless a seal was suspended meanwhile.
	var stopped error
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		stopped = nil
		for i, p := range prepared {
			if p == nil {
				continue
			}
			done, err := s.record(ctx, tx, by, p, signed[i])
			if errors.Is(err, errNotInUse) {
				stopped = err
				continue
			}
			if err != nil {
				return err
			}
			out[i] = done
		}
		return nil
	})
	if err == nil {
		err = stopped
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

var (
	errNotInUse   = fault.New(fault.Conflict, "seal.not_in_use")
	errNoBusiness = fault.New(fault.Conflict, "seal.no_business")
)

func (u Use) check() error {
	refused := fault.New(fault.Invalid, "seal.bad_use")
	if len(u.Digest) != sm.Size {
		refused.Field("digest", "seal.digest_wrong")
	}
	if u.BusinessID == "" || len(u.BusinessID) > 100 || !slices.Contains([]BusinessKind{ForCase, ForCertificate, ForRequest}, u.Business) {
		refused.Field("business", "seal.business_unknown")
	}
	plain := len(u.Property) > 0 && len(u.Property) <= 200 && len(u.Client) <= 20
	for _, r := range u.Property {
		plain = plain && r >= ' ' && r <= '~'
	}
	if !plain {
		refused.Field("property", "seal.property_wrong")
	}
	return refused.OrNil()
}

// prepare stores a use, or finds it: nil and what was affixed when it is done already.
func (s *Service) prepare(ctx context.Context, tx *db.Tx, by actor.Actor, u Use) (*Prepared, Affixed, error) {
	none := Affixed{}
	if err := u.check(); err != nil {
		return nil, none, err
	}
	r, m, err := s.found(ctx, tx, by, u.Seal)
	if err != nil {
		return nil, none, err
	}
	if err := s.grounded(ctx, tx, by, r, m, u); err != nil {
		return nil, none, err
	}
	digest := hex.EncodeToString(u.Digest)
	use, err := useOf(ctx, tx, u, digest)
	if err == nil && use.State == "affixed" {
		return nil, use.affixed(), nil
	}
	if r.State != InUse || tx.Now.Before(r.ValidFrom) || tx.Now.After(r.ValidTo) {
		return nil, none, errNotInUse
	}
	if err == nil && use.State == "prepared" && tx.Now.Sub(use.PreparedAt) < freshFor {
		return &Prepared{use: use, seal: *r, toSign: use.ToSign}, none, nil
	}
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, none, err
	}
	toSign := u.Digest // of a PDF: the rest of what is signed is the certificate's
	if !signsPDF(u.Property) {
		toSign, err = ses.ToSign(ses.Affixing{Seal: r.Whole, Digest: u.Digest, Property: u.Property, At: tx.Now.Truncate(time.Second)})
		if err != nil {
			return nil, none, fmt.Errorf("preparing a use: %w", err)
		}
	}
	if use, err = putUse(ctx, tx, by, r, u, digest, toSign); err != nil {
		return nil, none, err
	}
	if use.State == "affixed" {
		return nil, use.affixed(), nil
	}
	return &Prepared{use: use, seal: *r, toSign: use.ToSign}, none, nil
}

// grounded checks that by may use the seal, and that the use comes from a business.
func (s *Service) grounded(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, m Seal, u Use) error {
	switch u.Business {
	case ForCertificate: // the register of certificates asks for itself, after its own approval
		if by.Kind != actor.System || r.OwnerKind != Office {
			return errNoRight
		}
		return nil
	case ForCase:
		if !m.Operates || r.OwnerKind != Office {
			return errNoRight
		}
		return s.needs.Cases.Handled(ctx, tx, by, u.BusinessID, r.OwnerPath)
	}
	q, err := requestOf(ctx, tx, u.BusinessID)
	if errors.Is(err, db.ErrNotFound) {
		return errNoBusiness
	}
	if err != nil {
		return err
	}
	if q.SealID != r.ID || q.State != "approved" || q.Digest != hex.EncodeToString(u.Digest) {
		return errNoBusiness
	}
	if !m.Operates && q.AskedBy != person(by) {
		return errNoRight
	}
	return nil
}

// sign redeems a prepared use: the device signs, the authority of timestamps says when, and both are verified against what was stored.
func (s *Service) sign(ctx context.Context, p *Prepared) ([]byte, error) {
	toSign, err := p.redeem()
	if err != nil {
		return nil, err
	}
	if signsPDF(p.use.Property) {
		chain, err := s.western(ctx, actor.Program("seal"), &p.seal)
		if err != nil {
			return nil, err
		}
		return s.signPDF(ctx, p.seal.ID, chain, toSign)
	}
	seal, err := ses.ParseSeal(p.seal.Whole)
	if err != nil {
		return nil, err
	}
	signature, err := s.signSeal(ctx, p.seal.ID, seal.Info.Certs[0], toSign)
	if err != nil {
		return nil, err
	}
	got, err := ses.ParseSignature(signature)
	if err != nil {
		return nil, err
	}
	if hex.EncodeToString(got.Digest) != p.use.Digest || got.Property != p.use.Property || !bytes.Equal(got.Seal.Raw, p.seal.Whole) {
		return nil, errDiffers
	}
	return signature, nil
}

// timestamp asks for a token; nil where there is nobody to ask.
func (s *Service) timestamp(ctx context.Context, over []byte) ([]byte, error) {
	asked := s.needs.Time
	if asked == nil {
		if !s.needs.BuiltIn {
			return nil, nil
		}
		a, err := s.TimestampAuthority(ctx)
		if err != nil {
			return nil, err
		}
		asked = a
	}
	return asked.Timestamp(ctx, over)
}

// record makes a use true. A seal that was suspended since it was prepared stops it: the signature is thrown away and the log says so.
func (s *Service) record(ctx context.Context, tx *db.Tx, by actor.Actor, p *Prepared, signature []byte) (Affixed, error) {
	r, err := sealOf(ctx, tx, p.seal.ID)
	if err != nil {
		return Affixed{}, err
	}
	state, kind := "affixed", "seal.affixed"
	if r.State != InUse {
		state, kind, signature = "stopped", "seal.use_stopped", nil
	}
	rests := useRow{Signature: signature}
	rests.lean(r.Whole)
	n, err := tx.Exec(ctx, `UPDATE seal_use SET state = $1, to_sign = $2, signature = $3, seal_at = $4, affixed_at = $5
WHERE id = $6 AND state = 'prepared' AND prepared_at = $7`, state, rests.ToSign, rests.Signature, rests.SealAt, tx.Now, p.use.ID, p.use.PreparedAt)
	if err != nil {
		return Affixed{}, fmt.Errorf("recording a use: %w", err)
	}
	use, err := useByID(ctx, tx, p.use.ID)
	if err != nil {
		return Affixed{}, err
	}
	if n == 1 {
		err = s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Subject: r.subject(), Object: object(r.ID),
			Basis: "电子印章管理", Data: map[string]any{"seal": r.EsID, "use": use.ID, "digest": use.Digest, "business": use.Business, "business_id": use.BusinessID,
				"client": use.Client}})
		if err != nil {
			return Affixed{}, err
		}
	}
	switch use.State {
	case "stopped":
		return Affixed{}, errNotInUse
	case "prepared":
		return Affixed{}, errMoved // it grew old, and another prepared it anew
	}
	return use.affixed(), nil // another's, when he was faster with the same use
}
