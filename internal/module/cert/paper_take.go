package cert

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// TakePaper takes over what is right in a checked table: as records of what is on paper, not signed and not in the register of electronic certificates.
// It goes batch by batch, each in a transaction with its leaf; killed half-way or called twice it goes on where it stood.
func (s *Service) TakePaper(ctx context.Context, by actor.Actor, id string) error {
	var content []byte
	var t deployed
	var issuer Issuer
	var today civil.Date
	err := s.db.View(ctx, func(tx *db.Tx) error {
		m, err := s.importOf(ctx, tx, by, id)
		if err != nil || m.State == "done" || m.Way != onPaper {
			return err
		}
		type row struct {
			Digest  string
			Content []byte
		}
		r, err := db.One[row](ctx, tx, `SELECT digest, content FROM cert_import WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if content, err = s.needs.Keys.Open(r.Content, importAAD(r.Digest)); err != nil {
			return fmt.Errorf("opening a table of certificates: %w", err)
		}
		if t, err = latestType(ctx, tx, m.TypeKey); err != nil {
			return err
		}
		today = civil.Of(tx.Now)
		issuer, err = s.needs.Offices.Issuer(ctx, tx, m.OfficePath)
		return err
	})
	if err != nil || content == nil {
		return err
	}
	w := taking{s: s, by: by, id: id, kind: t, issuer: issuer}
	_, _, err = readPaper(content, t.Type, today, func(p paperRow, faults []PaperFault) error {
		w.last = p.row
		if !refusing(faults) {
			w.rows = append(w.rows, p)
		}
		if len(w.rows) < paperBatch {
			return nil
		}
		return w.batch(ctx, false)
	})
	if err != nil {
		return err
	}
	return w.batch(ctx, true)
}

// taking is one run of [Service.TakePaper].
type taking struct {
	s      *Service
	by     actor.Actor
	id     string
	kind   deployed
	issuer Issuer
	rows   []paperRow
	last   int // the last row read
}

// batch takes over the rows read since the last, unless another run did.
func (w *taking) batch(ctx context.Context, final bool) error {
	rows := w.rows
	w.rows = nil
	if err := w.s.at("before paper batch"); err != nil {
		return err
	}
	return w.s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := w.s.importOf(ctx, tx, w.by, w.id)
		if err != nil || m.State == "done" || !final && m.DoneRow >= int64(w.last) {
			return err
		}
		taken, digests := 0, []byte{}
		for _, p := range rows {
			if int64(p.row) <= m.DoneRow {
				continue
			}
			sum, err := w.take(ctx, tx, m, p)
			if err != nil {
				return err
			}
			if sum != nil {
				digests = append(digests, sum...)
				taken++
			}
		}
		state, rest := "running", ""
		var finished any
		if final {
			state, rest, finished = "done", ", content = NULL", tx.Now
		}
		n, err := tx.Exec(ctx, `UPDATE cert_import SET done_row = $1, taken_rows = taken_rows + $2, state = $3, finished_at = $4`+rest+` WHERE id = $5 AND done_row = $6`,
			w.last, taken, state, finished, w.id, m.DoneRow)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "cert.paper.running")
		}
		if taken == 0 {
			return nil
		}
		sum := sm.Sum(digests)
		return w.s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.paper_taken", Actor: w.by.Name(), Office: m.OfficePath, Object: "cert-import:" + w.id,
			Basis: w.kind.Basis, Data: map[string]string{"type": w.kind.Key, "rows": fmt.Sprint(taken), "to": fmt.Sprint(w.last), "records": hex.EncodeToString(sum[:])}})
	})
}

// paperRecord is what a row says, as it is kept.
type paperRecord struct {
	Source     string            `json:"source"` // paper
	Type       string            `json:"type"`
	Number     string            `json:"number"`
	Holder     string            `json:"holder"`
	HolderCode string            `json:"holder_code,omitempty"`
	IssuedOn   civil.Date        `json:"issued_on"`
	ValidFrom  civil.Date        `json:"valid_from"`
	ValidUntil civil.Date        `json:"valid_until"`
	Values     map[string]string `json:"values"`
}

// take stores one row and returns its digest; nil when its number is there already.
func (w *taking) take(ctx context.Context, tx *db.Tx, m PaperImport, p paperRow) ([]byte, error) {
	text, err := json.Marshal(paperRecord{"paper", w.kind.Code, p.number, p.holder, p.code, p.issued, p.from, p.until, p.values})
	if err != nil {
		return nil, err
	}
	id, subject := db.NewKey(), ""
	sealed, err := w.s.needs.Keys.Seal(text, paperAAD(id))
	if err != nil {
		return nil, err
	}
	if p.code != "" {
		if subject, _, err = w.s.needs.Subjects.Find(ctx, tx, p.kind, p.code, p.holder); err != nil {
			return nil, err
		}
	}
	n, err := tx.Exec(ctx, `INSERT INTO cert_paper (id, import_id, row_number, type_id, type_key, name, number_index, subject_id, issuer_code, issuer_name,
office_path, issued_on, valid_until, record, imported_at) VALUES (`+db.In(15, 1)+`) ON CONFLICT (type_key, issuer_code, number_index) DO NOTHING`,
		id, w.id, p.row, w.kind.ID, w.kind.Key, w.kind.Name, w.s.paperIndex(w.kind.Key, p.number), subject, w.issuer.Code, w.issuer.Name,
		m.OfficePath, p.issued, p.until, sealed, tx.Now)
	if err != nil || n == 0 {
		return nil, err
	}
	sum := sm.Sum(text)
	return sum[:], nil
}

func paperAAD(id string) []byte { return []byte("cert_paper/" + id + "/record") }
