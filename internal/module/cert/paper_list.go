package cert

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// Paper is a certificate on paper as its holder reads it: what an office's books say, without a signature of ours.
type Paper struct {
	ID         string
	Name       string
	IssuerName string
	IssuedOn   civil.Date
	ValidUntil civil.Date
	ImportedAt time.Time
	Number     string
	Lines      []Line
}

// Papers lists the paper certificates of whom by acts for, newest first, those before an id; "" for the newest.
func (s *Service) Papers(ctx context.Context, by actor.Actor, before string, limit int) (out []Paper, err error) {
	if err := s.needs.Rights.Check(by, ActHold, actor.Target{Subject: by.For()}); err != nil {
		return nil, err
	}
	if before == "" {
		before = "g"
	}
	type row struct {
		Paper
		TypeID string
		Record []byte
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[row](ctx, tx, `SELECT id, type_id, name, issuer_name, issued_on, valid_until, imported_at, record FROM cert_paper
WHERE subject_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, by.For(), before, limit)
		for _, r := range rows {
			t, err := s.typeOf(ctx, tx, r.TypeID)
			if err != nil {
				return err
			}
			text, err := s.needs.Keys.Open(r.Record, paperAAD(r.ID))
			if err != nil {
				return fmt.Errorf("opening the record of a certificate on paper: %w", err)
			}
			var p paperRecord
			if err := json.Unmarshal(text, &p); err != nil {
				return err
			}
			r.Number = p.Number
			for _, f := range t.Fields {
				if v := p.Values[f.Key]; v != "" {
					r.Lines = append(r.Lines, Line{f.Key, f.Label, v})
				}
			}
			out = append(out, r.Paper)
		}
		return err
	})
	return out, err
}
