package seal

import (
	"bytes"
	"context"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal/picture"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/sm"
)

// dots of a seal's bitmap to a millimetre: 300 to an inch.
const dots = 11.811

// vendor is who makes the seals, in their header.
const vendor = "xiangyun"

// errDiffers says that what a device gave back is not over what was stored.
var errDiffers = errors.New("what was signed is not what was prepared")

// Make makes an approved seal (制章): its key, its certificate, its picture, and the maker's signature. It may be called again after any failure and
// by several at once: the seal is made once. fault.Busy "seal.device_busy" when the device can't sign now.
func (s *Service) Make(ctx context.Context, by actor.Actor, id ID) error {
	// Step 1, prepare: what the maker will sign is stored before any signature exists.
	r, err := s.prepareMake(ctx, by, id)
	if err != nil || r.State == InUse {
		return err
	}
	maker, err := s.maker(ctx, by)
	if err != nil {
		return fmt.Errorf("finding the maker's certificate: %w", err)
	}
	// Step 2, sign: no transaction is open while a device is at work.
	key, err := s.needs.Keys.Signer(ctx, makerKey)
	if err != nil {
		return deviceFault(err)
	}
	signature, err := sm.Sign(key, r.Info)
	if err != nil {
		return deviceFault(err)
	}
	// Step 3, compare: the whole parses, and its signature is the maker's over what was stored.
	whole, err := ses.AssembleSeal(r.Info, maker.Raw, signature)
	if err != nil {
		return deviceFault(fmt.Errorf("comparing a seal: %w", errors.Join(errDiffers, err)))
	}
	// Step 4, record: the seal, how it stands, and the end of the one it replaces become true together.
	return s.db.Update(ctx, func(tx *db.Tx) error {
		now, err := sealOf(ctx, tx, id)
		if err != nil || now.State == InUse {
			return err // another was faster, with a signature just as good
		}
		if now.State != Making || !bytes.Equal(now.Info, r.Info) {
			return errMoved
		}
		return s.recordMake(ctx, tx, by, &now, whole)
	})
}

func (s *Service) prepareMake(ctx context.Context, by actor.Actor, id ID) (*row, error) {
	var r *row
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		var m Seal
		r, m, err = s.found(ctx, tx, by, id)
		if err == nil && !m.Reviews {
			err = errNoRight
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	switch r.State {
	case Making, InUse:
		return r, nil
	case Approved:
	default:
		return nil, errMoved
	}
	now := time.Now().UTC().Truncate(time.Second)
	r.ValidFrom, r.ValidTo = now, now.AddDate(r.Years, 0, 0)
	cert, err := s.certificate(ctx, by, label(r.ID), r.holder(), r.ValidTo.Add(24*time.Hour))
	if err != nil {
		return nil, err
	}
	if r.Info, err = s.info(r, cert); err != nil {
		return nil, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		err := prepareMake(ctx, tx, r)
		if fault.Is(err, fault.Conflict) { // another was faster: go on with what he stored
			*r, err = sealOf(ctx, tx, id)
		}
		return err
	})
	return r, err
}

// holder is whom a seal's certificate names.
func (r *row) holder() pkix.Name {
	return pkix.Name{Country: []string{"CN"}, Organization: []string{r.OwnerName}, OrganizationalUnit: []string{r.EsID}, CommonName: r.OwnerName, SerialNumber: r.OwnerCode}
}

// info draws the seal and returns what its maker signs.
func (s *Service) info(r *row, cert *sm.Certificate) ([]byte, error) {
	drawn, err := picture.Draw(s.needs.Outlines, s.face(r))
	if err != nil {
		return nil, err
	}
	bitmap, err := drawn.PNG(dots)
	if err != nil {
		return nil, err
	}
	kind := ses.OfOrganisation
	if r.Kind == Representative {
		kind = ses.OfPerson
	}
	name := r.Name + r.Line
	if s.needs.BuiltIn {
		name += "（" + testName + "）"
	}
	return ses.SealToSign(ses.Info{Vendor: vendor, ID: r.EsID, Type: kind, Name: name, Certs: [][]byte{cert.Raw}, Created: r.ValidFrom, From: r.ValidFrom, To: r.ValidTo},
		ses.Picture{Type: "PNG", Data: bitmap, Width: r.Width, Height: r.Height})
}

func (s *Service) recordMake(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, whole []byte) error {
	if err := finishMake(ctx, tx, r.ID, whole); err != nil {
		return err
	}
	if r.Replaces != "" {
		before, err := sealOf(ctx, tx, r.Replaces)
		if err != nil {
			return err
		}
		if before.State != Ended {
			if err := s.move(ctx, tx, by, &before, Changed); err != nil {
				return err
			}
		}
	}
	if err := addStanding(ctx, tx, by, r, InUse, Made); err != nil {
		return err
	}
	if err := s.tellManagers(ctx, tx, r, "seal.told.made"); err != nil {
		return err
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "seal.made", Actor: by.Name(), Office: by.OfficePath, Subject: r.subject(), Object: object(r.ID),
		Basis: "GB/T 38540-2020", Data: map[string]any{"seal": r.EsID, "digest": hexSum(whole), "until": r.ValidTo}})
}
