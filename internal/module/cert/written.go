package cert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
)

// A certificate of a batch is issued by its signed record and its leaf. Its documents are written when they are first wanted; the record, which names
// no digests, stays letter by letter as it was signed. What the documents add is a statement of their own, signed by the same key.

// statement says which two documents show a record, its fields in the order of their names.
type statement struct {
	Certificate string  `json:"certificate"` // identifier
	Documents   digests `json:"documents"`
	Format      string  `json:"format"`     // documents/1
	Record      string  `json:"record"`     // digest, as the leaf of the issuing names it
	WrittenAt   string  `json:"written_at"` // RFC 3339, UTC
}

const (
	statementFormat = "documents/1"
	// statementSpare is what a slot holds besides record and signature when a statement is in it: its letters, its names, and a signature.
	statementSpare = 640
)

var errStatement = errors.New("no statement about documents")

// parseStatement reads a statement of unknown origin in its one form.
func parseStatement(text []byte) (st statement, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&st); err != nil {
		return st, fmt.Errorf("%w: %w", errStatement, err)
	}
	again, err := json.Marshal(st)
	if err != nil || st.Format != statementFormat || !bytes.Equal(again, text) {
		return st, errStatement
	}
	return st, nil
}

// later tells whether the documents of a record are named by a statement instead.
func (r record) later() bool { return r.Documents == digests{} }

// errUnwritten says that a certificate has no documents yet.
var errUnwritten = errors.New("the documents are not written yet")

// writeLater writes the documents of a certificate that was issued without, under the seal its issuer has today. Called twice, or on two nodes at once,
// there is one pair of documents. fault.Conflict "cert.ended_unwritten" for one that has ended: an office doesn't seal what it has taken back.
func (s *Service) writeLater(ctx context.Context, by actor.Actor, r row) error {
	if r.State != Valid && r.State != Suspended {
		return fault.New(fault.Conflict, "cert.ended_unwritten")
	}
	// Step 1, prepare: the face, and the seal as it stands.
	var t Type
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		t, err = s.typeOf(ctx, tx, r.TypeID)
		r.layout = t.Layout
		r.SealedAt = tx.Now
		return err
	})
	if err != nil {
		return err
	}
	rec, err := s.open(r)
	if err != nil {
		return err
	}
	imprints, err := s.seals(ctx, t, t.issuerPath(r.OfficePath))
	if err != nil {
		return err
	}
	at := r.SealedAt
	r.on(imprints, at)
	// Step 2, sign: no transaction is open.
	g, text, err := s.signLater(ctx, rec, r, sealing{imprints, r.SealedAt, rec.layout}, at.UTC().Format("2006-01-02T15:04:05Z"))
	if err != nil {
		return fmt.Errorf("writing the documents of a certificate: %w", err)
	}
	// Step 3, compare: both files prove by themselves what the register holds.
	key, err := s.needs.Keys.PublicKey(sm.CertificateSigner)
	if err != nil {
		return err
	}
	c := readFile(g.documents.pdf.Bytes(), key)
	if !c.verdict.ok() || !bytes.Equal(c.text, g.text) || !c.bears(g.documents.ofd.Bytes()) {
		return fmt.Errorf("%w: the documents of %s", errDiffers, r.Identifier)
	}
	if err := s.at("documents signed"); err != nil {
		return err
	}
	// Step 4, record.
	err = s.recordLater(ctx, by, r, g, text)
	if db.IsUnique(err) || errors.Is(err, errFaster) { // another node wrote them, just as good
		return nil
	}
	return err
}

// signLater writes both documents, signs the statement about them and puts it beside record and signature.
func (s *Service) signLater(ctx context.Context, rec record, r row, l sealing, at string) (g signed, text []byte, err error) {
	g.record, g.signature = rec, r.Signature
	if g.text, err = s.text(r); err != nil {
		return g, nil, err
	}
	page, err := s.needs.Paper.Set(rec.sheet(s.needs.Base))
	if err != nil {
		return g, nil, fmt.Errorf("setting a certificate: %w", err)
	}
	if g.documents, err = write(page, l, len(g.text)+len(rec.Identifier)+statementSpare); err != nil {
		return g, nil, err
	}
	if err := s.press(ctx, l, &g, g.documents.ofd); err != nil {
		return g, nil, err
	}
	text, err = json.Marshal(statement{Certificate: rec.Identifier, Documents: digests{PDF: digest(g.documents.pdf), OFD: digest(g.documents.ofd)}, Format: statementFormat,
		Record: recordDigest(g.text), WrittenAt: at})
	if err != nil {
		return g, nil, err
	}
	signer, err := s.needs.Keys.Signer(sm.CertificateSigner)
	if err != nil {
		return g, nil, err
	}
	signature, err := sm.Sign(signer, text)
	if err != nil {
		return g, nil, err
	}
	if err := g.documents.put(envelope{Record: g.text, Signature: g.signature, Statement: text, StatementSignature: signature}); err != nil {
		return g, nil, err
	}
	return g, text, s.press(ctx, l, &g, g.documents.pdf)
}

func (s *Service) recordLater(ctx context.Context, by actor.Actor, r row, g signed, text []byte) error {
	rows := make([][]any, 0, 2)
	for _, f := range []*paper.File{g.documents.pdf, g.documents.ofd} {
		sealed, err := s.needs.Keys.Seal(f.Bytes(), aad(r.ID, string(f.Format)))
		if err != nil {
			return err
		}
		rows = append(rows, []any{r.ID, string(f.Format), sealed})
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		// Whoever ended it meanwhile was faster: then nothing is sealed any more.
		err := tx.LaterOne(ctx, fault.New(fault.Conflict, "cert.ended_unwritten"), `UPDATE cert_cert SET seal_id = $1, sealed_at = $2, joint_seals = $3
WHERE id = $4 AND state IN ($5, $6)`, r.SealID, r.SealedAt, r.JointSeals, r.ID, string(Valid), string(Suspended))
		if err != nil {
			return err
		}
		for _, pressed := range g.pressed {
			use := seal.Issued{Business: seal.ForCertificate, BusinessID: r.Identifier, Client: "document"}
			if err := s.needs.Seals.RecordPressed(ctx, tx, program, use, pressed); err != nil {
				return err
			}
		}
		for _, values := range rows {
			if err := tx.Later(ctx, `INSERT INTO cert_document (cert_id, format, content) VALUES ($1, $2, $3)`, values...); err != nil {
				return err
			}
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.documents_written", Actor: by.Name(), Office: r.OfficePath, Subject: r.SubjectID, Object: object(r.Identifier),
			Basis: "首次调取时生成证照文件", Data: map[string]string{"record": recordDigest(g.text), "statement": recordDigest(text)}})
	})
}
