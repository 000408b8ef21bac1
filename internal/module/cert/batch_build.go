package cert

import (
	"context"
	"database/sql/driver"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"xiangyun/internal/gov/certcode"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

// made is a certificate of a batch, signed and ready to be written.
type made struct {
	row    row
	leaves []audit.Entry
	public []any // of the open register; nil without
}

// fillIn makes the record of one certificate, with numbers from d.
func (s *Service) fillIn(b *batch, w wanted, d *drawer) (r record, err error) {
	g, t, issuer := w.granted, b.kinds[w.granted.Case.CertType], b.issuers[w.path]
	from, until := g.DecidedOn, w.until
	if !w.from.IsZero() {
		from = w.from
	}
	if until.IsZero() && t.Years > 0 {
		until = from.AddYears(t.Years).Add(-1)
	}
	kind, err := certcode.ParseKind(t.Code)
	if err != nil {
		return r, err
	}
	code, err := uscc.Parse(issuer.Code)
	if err != nil {
		return r, fmt.Errorf("the issuing office has no unified social credit code: %w", err)
	}
	f := newFacts(g, t.Type, issuer, from, until, s.needs.Offices.Place)
	number, err := t.compose(f, d.draw)
	if err != nil {
		return r, err
	}
	f.named["number"] = number
	lines, err := f.lines(t.Type)
	if err != nil {
		return r, err
	}
	today := civil.Of(b.at)
	n, _ := d.draw(serialSeries(t.Code, issuer.Code, today)) // it never fails
	identifier, err := certcode.New(kind, code, serialText(today, n), 1)
	if err != nil {
		return r, err
	}
	r = newRecord(g, t, issuer, identifier.String())
	r.Number, r.ValidFrom, r.ValidUntil, r.Fields = number, from, until, lines
	return r, nil
}

// build fills in, signs and compares all of a batch, on all processors.
func (s *Service) build(b *batch) ([]made, error) {
	d := drawer{before: b.plan.Before, used: map[string]int64{}}
	var records []record
	var of []wanted
	for i, w := range b.wanted {
		if _, skip := slices.BinarySearch(b.plan.Skipped, i); skip {
			continue
		}
		r, err := s.fillIn(b, w, &d)
		if err != nil {
			return nil, err
		}
		records, of = append(records, r), append(of, w)
	}
	out, failed := make([]made, len(records)), make([]error, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for worker := range failed {
		wg.Go(func() {
			for i := worker; i < len(out) && failed[worker] == nil; i += len(failed) {
				out[i], failed[worker] = s.signOne(b, of[i], records[i])
			}
		})
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// signOne signs a record, proves the signature, and seals both for their rest.
func (s *Service) signOne(b *batch, w wanted, r record) (m made, err error) {
	text, err := r.canonical()
	if err != nil {
		return m, err
	}
	signer, err := s.needs.Keys.Signer(sm.CertificateSigner)
	if err != nil {
		return m, err
	}
	m.row = newRow(db.NewKey(), w.granted, b.kinds[w.granted.Case.CertType], r)
	if m.row.Signature, err = sm.Sign(signer, text); err != nil {
		return m, err
	}
	key, err := s.needs.Keys.PublicKey(sm.CertificateSigner)
	if err != nil {
		return m, err
	}
	if !sm.Verify(key, text, m.row.Signature) {
		return m, errDiffers
	}
	if m.row.Record, err = s.needs.Keys.Seal(text, aad(m.row.ID, "record")); err != nil {
		return m, err
	}
	m.row.State = Valid
	t := b.kinds[m.row.TypeKey]
	m.leaves = []audit.Entry{{Kind: "cert.issued", Actor: b.by.Name(), Office: m.row.OfficePath, Subject: m.row.SubjectID, Object: object(m.row.Identifier), Basis: t.Basis,
		Data: map[string]string{"record": recordDigest(text), "case": m.row.CaseNumber, "type": m.row.TypeKey, "batch": b.key}}}
	if t.Public != nil {
		unit := ""
		for _, l := range r.Fields {
			if l.Key == t.Public.Unit {
				unit = l.Value
			}
		}
		m.public = []any{m.row.ID, m.row.TypeKey, r.Holder.Name, r.Number, unit}
	}
	return m, s.ended(b, w, &m)
}

// ended writes down that a certificate of stock is held up or at an end.
func (s *Service) ended(b *batch, w wanted, m *made) (err error) {
	if w.ended.Kind == "" {
		return nil
	}
	mv, known := moves[w.ended.Kind]
	if !known || !slices.Contains(mv.from, Valid) {
		return fmt.Errorf("a certificate of stock can't have ended as %q", w.ended.Kind)
	}
	m.row.State, m.row.EndedKind, m.row.EndedBy, m.row.EndedAt = mv.to, w.ended.Kind, b.by.Name(), b.at
	if m.row.EndedReason, err = s.needs.Keys.Seal([]byte(w.ended.Text), aad(m.row.ID, "reason")); err != nil {
		return err
	}
	kind := "cert.revoked"
	if w.ended.Kind == Suspending {
		kind = "cert.suspended"
	}
	m.leaves = append(m.leaves, audit.Entry{Kind: kind, Actor: b.by.Name(), Office: m.row.OfficePath, Subject: m.row.SubjectID, Object: object(m.row.Identifier),
		Basis: mv.basis, Data: map[string]string{"kind": string(w.ended.Kind), "state": string(mv.to)}})
	return nil
}

var rowColumns = strings.FieldsFunc(columns, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })

// recordBatch writes what was made, its leaves and what the caller wants with it.
func (s *Service) recordBatch(ctx context.Context, b *batch, list []made) error {
	rows, public, told := make([][]any, len(list)), [][]any{}, IssuedMany{Batch: b.key}
	var leaves []audit.Entry
	for _, m := range list {
		if m.public != nil {
			public = append(public, m.public)
		}
		if m.row.SubjectID != "" {
			told.Certificates = append(told.Certificates, m.row.ID)
		}
		leaves = append(leaves, m.leaves...)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		err := tx.LaterOne(ctx, errBatchDone, `UPDATE cert_batch SET state = $1, plan = '', issued_at = $2 WHERE id = $3 AND state = $4 AND numbered_at = $5`,
			batchIssued, tx.Now, b.key, batchNumbered, b.at)
		if err != nil {
			return err
		}
		for i, m := range list {
			m.row.PreparedAt, m.row.IssuedAt = b.at, tx.Now
			if rows[i], err = plainValues(m.row.values()); err != nil {
				return err
			}
		}
		if err := tx.Bulk(ctx, "cert_cert", rowColumns, rows); err != nil {
			return err
		}
		if len(public) > 0 {
			if err := tx.Bulk(ctx, "cert_public", []string{"cert_id", "type_key", "name", "number", "unit"}, public); err != nil {
				return err
			}
		}
		if b.tell {
			for _, m := range list {
				if err := s.needs.Events.Emit(ctx, tx, Issued{m.row.Identifier, m.row.CaseNumber}); err != nil {
					return err
				}
			}
			if err := s.needs.Events.Emit(ctx, tx, told); err != nil {
				return err
			}
		}
		if b.also != nil {
			if err := b.also(ctx, tx); err != nil {
				return err
			}
		}
		return s.needs.Log.Enter(ctx, tx, leaves) // the last: it holds the log
	})
}

// plainValues turns values into the few kinds a bulk write takes.
func plainValues(list []any) ([]any, error) {
	for i, v := range list {
		switch x := v.(type) {
		case driver.Valuer:
			value, err := x.Value()
			if err != nil {
				return nil, err
			}
			list[i] = value
		case []byte:
			if x == nil {
				list[i] = nil
			}
		case Kind:
			list[i] = string(x)
		}
	}
	return list, nil
}
