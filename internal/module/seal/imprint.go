package seal

import (
	"context"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/sm"
)

// signsPDF tells whether the property of a use is the name of a field of a PDF: Seal1, Seal2 beside it.
func signsPDF(property string) bool { return strings.HasPrefix(property, "Seal") }

// Western ends the labels of keys on the curve P-256, which sign SHA-256 digests: readers of PDF abroad know no SM2.
const Western = ".p256"

// Imprint is one version of an office's seal as it goes onto documents, its picture read once. It never changes; whether the seal is still in use is asked when a
// use is recorded.
type Imprint struct {
	ID            ID
	EsID          string
	Name          string // with 测试 where the seal carries it
	Width, Height float64
	Picture       *paper.Picture

	to      time.Time // of its validity
	whole   []byte
	cert    []byte
	western []*sm.Certificate // of the key that signs PDF, with those that lead to the root; none where an authority outside has given none
	again   time.Time         // when that is looked for anew: an authority outside gives certificates later, and new ones
	room    int
}

// Sealing is how a document shows the seal.
func (st *Imprint) Sealing(at time.Time, places ...paper.Placement) paper.Sealing {
	return paper.Sealing{Picture: st.Picture, Places: places, At: at, Name: st.Name, Room: st.room, Provider: vendor}
}

// Whole is the seal itself in DER, as an OFD carries it.
func (st *Imprint) Whole() []byte { return st.whole }

// SignsPDF tells whether there is a certificate to sign PDF with, and it has not expired.
func (st *Imprint) SignsPDF() bool {
	return len(st.western) > 0 && time.Now().Before(st.western[0].NotAfter)
}

// ImprintOf returns the seal of an office that its documents bear, the one of its name before the one for approvals; nil for an office without one in use. It is
// the program's: documents are sealed because of what they are, not because somebody asks.
func (s *Service) ImprintOf(ctx context.Context, by actor.Actor, path string) (*Imprint, error) {
	if by.Kind != actor.System {
		return nil, errNoRight
	}
	id, ok, age := s.inUse.Get(path)
	if ok {
		if st, err := s.Imprint(ctx, by, id); err != nil || time.Now().Before(st.to) {
			return st, err
		}
	}
	err := s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		id, err = db.One[ID](ctx, tx, `SELECT id FROM seal_seal WHERE owner_kind = 'office' AND owner_id = $1 AND kind IN ($2, $3) AND state = 'in_use'
AND valid_from <= $4 AND valid_to > $4 ORDER BY CASE kind WHEN $2 THEN 0 ELSE 1 END, id LIMIT 1`, path, string(Official), string(Approval), tx.Now)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("finding the seal of an office: %w", err)
	}
	s.inUse.Put(path, id, age)
	return s.Imprint(ctx, by, id)
}

// Imprint returns a seal as it goes onto documents, whether it is in use or not; fault.NotFound before it was made.
func (s *Service) Imprint(ctx context.Context, by actor.Actor, id ID) (*Imprint, error) {
	if by.Kind != actor.System {
		return nil, errNoRight
	}
	st, ok, age := s.imprints.Get(id)
	if ok && (s.needs.BuiltIn || time.Now().Before(st.again)) {
		return st, nil
	}
	var r row
	err := s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		r, err = sealOf(ctx, tx, id)
		return err
	})
	if errors.Is(err, db.ErrNotFound) || err == nil && r.Whole == nil {
		return nil, errNotFound
	}
	if err != nil {
		return nil, err
	}
	if st, err = s.imprint(ctx, by, &r); err == nil {
		s.imprints.Put(id, st, age)
	}
	return st, err
}

func (s *Service) imprint(ctx context.Context, by actor.Actor, r *row) (*Imprint, error) {
	seal, err := ses.ParseSeal(r.Whole)
	if err != nil {
		return nil, err
	}
	picture, err := paper.NewPicture(seal.Picture.Data)
	if err != nil {
		return nil, fmt.Errorf("reading the picture of a seal: %w", err)
	}
	st := &Imprint{ID: r.ID, EsID: r.EsID, Name: seal.Info.Name, Width: float64(seal.Picture.Width), Height: float64(seal.Picture.Height), Picture: picture,
		to: r.ValidTo, again: time.Now().Add(westernAge), whole: r.Whole, cert: seal.Info.Certs[0], room: signed.Room}
	if s.needs.Time == nil && s.needs.BuiltIn { // what the built-in authority writes is short
		st.room = builtInRoom
	}
	st.western, err = s.western(ctx, by, r)
	if fault.HasKey(err, "seal.no_certificate") {
		err = nil
	}
	return st, err
}

// builtInRoom is what a signature with a timestamp of the built-in authority takes at most.
const builtInRoom = 4 << 10

// westernLabel names the key of a seal that signs PDF.
func westernLabel(id ID) string { return label(id) + Western }

// westernAge is how long a node believes what it knows of a certificate for PDF: it is brought by another program.
const westernAge = time.Minute

// westernHolder is whom the certificate of a seal's key for PDF names.
func (r *row) westernHolder() pkix.Name {
	who := r.holder()
	who.OrganizationalUnit = []string{r.EsID, "PDF"}
	return who
}

// western returns the certificate of a seal's key for PDF and those that lead to its root. The built-in authority gives one when it is first wanted; one outside
// is asked by [Service.CertificateRequest].
func (s *Service) western(ctx context.Context, by actor.Actor, r *row) ([]*sm.Certificate, error) {
	if !s.needs.BuiltIn {
		return s.storedChain(ctx, westernLabel(r.ID))
	}
	c, err := s.certificate(ctx, by, westernLabel(r.ID), r.westernHolder(), r.ValidTo.Add(24*time.Hour))
	return []*sm.Certificate{c}, err
}
