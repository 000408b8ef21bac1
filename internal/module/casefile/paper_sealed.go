package casefile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
)

// freshFor is how old the instant of a file that was never finished may be: a timestamp is to be near it.
const freshFor = time.Minute

// keptFile is a sealed file as it rests.
type keptFile struct {
	SealedAt time.Time
	Content  []byte
}

// sealed returns a document as a file that bears the seal of the office that issued it, nil where it goes out without one: nobody seals, the office has no seal,
// the document has no place for it, or another office handles the case by now and that one's seal would be the wrong one.
func (s *Service) sealed(ctx context.Context, c *Case, p Paper, format paper.Format, d *paper.Document) ([]byte, error) {
	if s.needs.Sealer == nil || p.Letter.Seal != sealPlace {
		return nil, nil
	}
	name := "sealed/" + p.ID + "/" + string(format)
	var kept keptFile
	err := s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		kept, err = keptOf(ctx, tx, c.ID, p.ID, format)
		return err
	})
	if err != nil {
		return nil, err
	}
	if kept.Content != nil {
		return s.unseal(kept.Content, c.ID, name)
	}
	if p.Office != c.OfficeName {
		return nil, nil
	}
	if ok, err := s.needs.Sealer.HasSeal(ctx, c.OfficePath, format); err != nil || !ok {
		return nil, err
	}
	// The instant is stored first: all who fetch at once, and who comes again after a failure, make the same file and so ask for one signature.
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO casefile_sealed (case_id, paper_id, format, sealed_at) VALUES ($1, $2, $3, $4) ON CONFLICT (case_id, paper_id, format)
DO UPDATE SET sealed_at = excluded.sealed_at WHERE casefile_sealed.content IS NULL AND casefile_sealed.sealed_at < $5`,
			c.ID, p.ID, string(format), tx.Now.Truncate(time.Second), tx.Now.Add(-freshFor))
		if err == nil {
			kept, err = keptOf(ctx, tx, c.ID, p.ID, format)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("preparing a sealed file: %w", err)
	}
	if kept.Content != nil { // another has finished it meanwhile
		return s.unseal(kept.Content, c.ID, name)
	}
	content, ok, err := s.needs.Sealer.SealPaper(ctx, ToSeal{CaseNumber: c.Number, OfficePath: c.OfficePath, At: kept.SealedAt, Format: format, Document: d})
	if err != nil || !ok {
		return nil, err
	}
	return s.keepFile(ctx, c.ID, p.ID, format, content)
}

// keepFile stores a file, and returns the one that is kept: that of whoever came first.
func (s *Service) keepFile(ctx context.Context, caseID, paperID string, format paper.Format, content []byte) ([]byte, error) {
	name := "sealed/" + paperID + "/" + string(format)
	locked, err := s.needs.Keys.Seal(content, aad(caseID, name))
	if err != nil {
		return nil, err
	}
	var kept keptFile
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := tx.Later(ctx, `UPDATE casefile_sealed SET content = $1 WHERE case_id = $2 AND paper_id = $3 AND format = $4 AND content IS NULL`,
			locked, caseID, paperID, string(format)); err != nil {
			return err
		}
		kept, err = keptOf(ctx, tx, caseID, paperID, format)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("keeping a sealed file: %w", err)
	}
	return s.unseal(kept.Content, caseID, name)
}

// keptOf reads the sealed file of a document; nothing where there is none yet.
func keptOf(ctx context.Context, tx *db.Tx, caseID, paperID string, format paper.Format) (keptFile, error) {
	k, err := db.One[keptFile](ctx, tx, `SELECT sealed_at, content FROM casefile_sealed WHERE case_id = $1 AND paper_id = $2 AND format = $3`, caseID, paperID, string(format))
	if errors.Is(err, db.ErrNotFound) {
		return keptFile{}, nil
	}
	return k, err
}

// PaperSeal says how a document is sealed: by whom, and since when; At is zero for one that is sealed when it is first taken as a file, By "" for one that goes out
// without a seal.
type PaperSeal struct {
	By string
	At time.Time
}

// PaperSealOf tells how a document of a case is sealed, for the screen. What it refuses is as with [Service.PaperUnopened].
func (s *Service) PaperSealOf(ctx context.Context, by actor.Actor, number, paperID string) (out PaperSeal, err error) {
	p, c, err := s.paper(ctx, by, number, paperID)
	if err != nil || s.needs.Sealer == nil || p.Letter.Seal != sealPlace {
		return out, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		for _, format := range []paper.Format{paper.PDF, paper.OFD} {
			kept, err := keptOf(ctx, tx, c.ID, p.ID, format)
			if err != nil {
				return err
			}
			if kept.Content != nil && (out.At.IsZero() || kept.SealedAt.Before(out.At)) {
				out = PaperSeal{p.Office, kept.SealedAt}
			}
		}
		return nil
	})
	if err != nil || out.By != "" || p.Office != c.OfficeName {
		return out, err
	}
	if ok, err := s.needs.Sealer.HasSeal(ctx, c.OfficePath, paper.OFD); err != nil || !ok {
		return out, err
	}
	return PaperSeal{By: p.Office}, nil
}
