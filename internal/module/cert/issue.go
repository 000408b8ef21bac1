package cert

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
)

// program acts where the system does: certificates are issued by a job.
var program = actor.Program("cert")

// prepared is the right to sign one certificate. Only prepare makes one, after the record is stored, and it is redeemed once.
type prepared struct {
	row      row             // as stored
	imprints []*seal.Imprint // of [row.sealIDs]
	record   record
	text     []byte // the record's canonical form as stored, without digests
	spent    atomic.Bool
}

var errSpent = errors.New("a prepared certificate is signed once")

// redeem hands out what is to be signed, once.
func (p *prepared) redeem() (record, error) {
	if p == nil || p.spent.Swap(true) {
		return record{}, errSpent
	}
	return p.record, nil
}

// signed is a record with its signature and the documents that carry both.
type signed struct {
	record    record
	text      []byte
	signature []byte
	documents documents
	pressed   [][]seal.Pressed // the uses of each seal on both
}

// IssueFor issues the certificate of an approved case and returns its identifier, "" when the case leads to none. It is called by a job, any
// number of times and on several nodes at once: the case gets one certificate. What fails leaves a row in the state prepared, and the next call
// goes on from it with the same identifier and number.
func (s *Service) IssueFor(ctx context.Context, caseID string) (string, error) {
	// Step 1, prepare: number and fill in the record, and store it before anything is signed, so that a number never goes astray.
	if err := s.at("before prepare"); err != nil {
		return "", err
	}
	p, done, err := s.prepare(ctx, caseID)
	if db.IsUnique(err) { // another node has just prepared it: go on with the same
		p, done, err = s.prepare(ctx, caseID)
	}
	if err != nil || p == nil {
		return done, err
	}
	if err := s.at("after prepare"); err != nil {
		return "", err
	}

	// Step 2, sign: write both documents, seal the OFD, name their digests in the record, sign it, put record and signature into the documents, seal the
	// PDF. It takes milliseconds of computing and, with a security module, a network: no transaction is open.
	g, err := s.sign(ctx, p)
	if err != nil {
		return "", fmt.Errorf("signing the certificate of case %s: %w", p.record.Case, err)
	}
	if err := s.at("after sign"); err != nil {
		return "", err
	}

	// Step 3, compare: what was signed is what was prepared, and both files prove it by themselves, as a stranger will check them.
	if err := s.compare(p, g); err != nil {
		return "", fmt.Errorf("comparing the certificate of case %s: %w", p.record.Case, err)
	}
	if err := s.at("after compare"); err != nil {
		return "", err
	}

	// Step 4, record: documents, state, leaf, message and event become true together.
	if err := s.record(ctx, p, g); err != nil {
		return "", fmt.Errorf("recording the certificate of case %s: %w", p.record.Case, err)
	}
	return p.record.Identifier, s.at("after record")
}

func (s *Service) at(point string) error {
	if s.crash == nil {
		return nil
	}
	return s.crash(point)
}

func (s *Service) sign(ctx context.Context, p *prepared) (g signed, err error) {
	if g.record, err = p.redeem(); err != nil {
		return g, err
	}
	page, err := s.needs.Paper.Set(g.record.sheet(s.needs.Base))
	if err != nil {
		return g, fmt.Errorf("setting a certificate: %w", err)
	}
	l := sealing{p.imprints, p.row.SealedAt, p.record.layout}
	if g.documents, err = write(page, l, len(p.text)); err != nil {
		return g, err
	}
	if err := s.press(ctx, l, &g, g.documents.ofd); err != nil {
		return g, err
	}
	g.record.Documents = digests{PDF: digest(g.documents.pdf), OFD: digest(g.documents.ofd)}
	if g.text, err = g.record.canonical(); err != nil {
		return g, err
	}
	signer, err := s.needs.Keys.Signer(sm.CertificateSigner)
	if err != nil {
		return g, err
	}
	if g.signature, err = sm.Sign(signer, g.text); err != nil {
		return g, err
	}
	if err := g.documents.fill(g.text, g.signature); err != nil {
		return g, err
	}
	return g, s.press(ctx, l, &g, g.documents.pdf)
}

// press puts the seals on one of the documents, if it is to bear some.
func (s *Service) press(ctx context.Context, l sealing, g *signed, f *paper.File) error {
	if !l.seals(f.Format) {
		return nil
	}
	if g.pressed == nil {
		g.pressed = make([][]seal.Pressed, len(l.imprints))
	}
	for i, st := range l.imprints {
		p, err := s.needs.Seals.Press(ctx, program, st, f, l.shown(i))
		if err != nil {
			return err
		}
		g.pressed[i] = append(g.pressed[i], p)
	}
	return nil
}

var errDiffers = errors.New("what was signed is not what was prepared")

func (s *Service) compare(p *prepared, g signed) error {
	// Digests stand nowhere else in a canonical record: without them it is what was prepared, letter by letter.
	text := bytes.Replace(g.text, []byte(g.record.Documents.PDF), nil, 1)
	if !bytes.Equal(bytes.Replace(text, []byte(g.record.Documents.OFD), nil, 1), p.text) {
		return errDiffers
	}
	key, err := s.needs.Keys.PublicKey(sm.CertificateSigner)
	if err != nil {
		return err
	}
	c := readFile(g.documents.pdf.Bytes(), key)
	if !c.verdict.ok() || !bytes.Equal(c.text, g.text) {
		return fmt.Errorf("%w: the %s", errDiffers, g.documents.pdf.Format)
	}
	if !c.bears(g.documents.ofd.Bytes()) {
		return fmt.Errorf("%w: the %s", errDiffers, g.documents.ofd.Format)
	}
	return nil
}

func (s *Service) record(ctx context.Context, p *prepared, g signed) error {
	sealed, err := s.needs.Keys.Seal(g.text, aad(p.row.ID, "record"))
	if err != nil {
		return err
	}
	files := map[paper.Format][]byte{}
	for _, f := range []*paper.File{g.documents.pdf, g.documents.ofd} {
		if files[f.Format], err = s.needs.Keys.Seal(f.Bytes(), aad(p.row.ID, string(f.Format))); err != nil {
			return err
		}
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		err := tx.LaterOne(ctx, errFaster, `UPDATE cert_cert SET state = $1, record = $2, signature = $3, issued_at = $4, seal_id = $5, sealed_at = $6, joint_seals = $7
WHERE id = $8 AND state = $9`, string(Valid), sealed, g.signature, tx.Now, p.row.SealID, p.row.SealedAt, p.row.JointSeals, p.row.ID, string(Prepared))
		if err != nil {
			return err
		}
		for _, pressed := range g.pressed { // asks how each seal stands, together with what waits
			use := seal.Issued{Business: seal.ForCertificate, BusinessID: p.row.Identifier, Client: "job"}
			if err := s.needs.Seals.RecordPressed(ctx, tx, program, use, pressed); err != nil {
				return err
			}
		}
		for format, content := range files {
			if err := tx.Later(ctx, `INSERT INTO cert_document (cert_id, format, content) VALUES ($1, $2, $3)`, p.row.ID, string(format), content); err != nil {
				return err
			}
		}
		return s.announce(ctx, tx, p.row, g)
	})
	if errors.Is(err, errFaster) {
		return nil
	}
	return err
}

// errFaster says that another node has recorded the certificate: with documents of its own, just as good.
var errFaster = errors.New("the certificate is recorded already")

// announce tells everybody of a certificate that has just come into force: the version before it, the log, the holder, other modules.
func (s *Service) announce(ctx context.Context, tx *db.Tx, r row, g signed) error {
	if r.Supersedes != "" {
		if err := tx.Later(ctx, `UPDATE cert_cert SET state = $1, ended_at = $2, ended_by = $3 WHERE identifier = $4 AND state IN ($5, $6)`,
			string(Superseded), tx.Now, program.Name(), r.Supersedes, string(Valid), string(Suspended)); err != nil {
			return err
		}
	}
	data := map[string]string{"record": recordDigest(g.text), "case": r.CaseNumber, "type": r.TypeKey}
	if r.Supersedes != "" {
		data["supersedes"] = r.Supersedes
	}
	err := s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.issued", Actor: program.Name(), Office: r.OfficePath, Subject: r.SubjectID,
		Object: object(r.Identifier), Basis: g.record.Basis, Data: data})
	if err != nil {
		return err
	}
	if err := s.needs.Notices.Send(ctx, tx, Notice{Subject: r.SubjectID, Key: "cert.notice.issued", Args: []string{r.Name}, Link: link(r.Identifier)}); err != nil {
		return err
	}
	return s.needs.Events.Emit(ctx, tx, Issued{r.Identifier, r.CaseNumber})
}

func recordDigest(text []byte) string {
	sum := sm.Sum(text)
	return hex.EncodeToString(sum[:])
}

// object is how the log names a certificate, link where its holder finds it.
func object(identifier string) string { return "cert:" + identifier }
func link(identifier string) string   { return "/certificates/" + identifier }

// aad ties a sealed value to its row and column: moved elsewhere it does not open.
func aad(id, column string) []byte { return []byte("cert_cert/" + id + "/" + column) }
