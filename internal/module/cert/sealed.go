package cert

import (
	"context"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
)

// Seals puts the seals of offices on documents, met by the seal module.
type Seals interface {
	ImprintOf(ctx context.Context, by actor.Actor, officePath string) (*seal.Imprint, error)
	Imprint(ctx context.Context, by actor.Actor, id seal.ID) (*seal.Imprint, error)
	Press(ctx context.Context, by actor.Actor, st *seal.Imprint, f *paper.File, shown paper.Sealing) (seal.Pressed, error)
	RecordPressed(ctx context.Context, tx *db.Tx, by actor.Actor, i seal.Issued, all []seal.Pressed) error
}

// freshFor is how old the instant of a prepared seal may be: a timestamp is to be near it.
const freshFor = time.Minute

// sealing is the seal of an issuing office, ready to go onto the documents of one certificate; the zero value for an office without one in use.
type sealing struct {
	imprint *seal.Imprint
	at      time.Time
	layout  *Layout
}

// seal finds the seal of the issuing office. No transaction may be open.
func (s *Service) seal(ctx context.Context, path string) (*seal.Imprint, error) {
	if s.needs.Seals == nil {
		return nil, nil
	}
	return s.needs.Seals.ImprintOf(ctx, program, path)
}

// on notes in a row which seal its documents will bear.
func (r *row) on(st *seal.Imprint, now time.Time) {
	r.SealID, r.SealedAt = "", time.Time{}
	if st != nil {
		r.SealID, r.SealedAt = st.ID, now.UTC().Truncate(time.Second)
	}
}

// reseal prepares a certificate that an earlier run left behind anew, where its seal is no longer the office's or its instant has grown old.
func (s *Service) reseal(ctx context.Context, p *prepared, path string) (err error) {
	if p.imprint, err = s.seal(ctx, path); err != nil {
		return err
	}
	same := p.imprint == nil && p.row.SealID == "" || p.imprint != nil && p.row.SealID == p.imprint.ID
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if same && (p.imprint == nil || tx.Now.Sub(p.row.SealedAt) < freshFor) {
			return nil
		}
		p.row.on(p.imprint, tx.Now)
		return tx.Later(ctx, `UPDATE cert_cert SET seal_id = $1, sealed_at = $2 WHERE id = $3 AND state = $4`, p.row.SealID, p.row.SealedAt, p.row.ID, string(Prepared))
	})
}

// shown is how the documents show the seal.
func (l sealing) shown() paper.Sealing {
	return l.imprint.Sealing(l.at, l.layout.sealAt(0, l.imprint.Width, l.imprint.Height))
}

// on returns a page as it is written in one of its formats. Without a certificate to sign a PDF with, that bears no seal: a picture alone would only
// look like one.
func (l sealing) on(page *paper.Page, f paper.Format) *paper.Document {
	if !l.seals(f) {
		return page.Document()
	}
	return page.Document().Sealed(l.shown())
}

func (l sealing) seals(f paper.Format) bool {
	return l.imprint != nil && (f == paper.OFD || l.imprint.SignsPDF())
}
