package cert

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/certcode"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/db"
)

// looked is what is known of a case before its certificate is numbered: nothing of it changes any more once the case is approved, so it is read
// without a transaction.
type looked struct {
	prepared *prepared // stored by an earlier run
	done     string    // the identifier of the certificate the case led to already
	granted  casefile.Granted
	kind     deployed
	issuer   Issuer
	path     string // of the issuing office
	imprints []*seal.Imprint
}

// prepare stores the record of a case's certificate, or finds the one an earlier run left behind. Without a token there is nothing to sign: done
// is the identifier of the certificate the case led to already.
func (s *Service) prepare(ctx context.Context, caseID string) (p *prepared, done string, err error) {
	var l looked
	err = s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		l, err = s.look(ctx, tx, caseID)
		return err
	})
	switch {
	case err == nil && l.prepared != nil:
		return l.prepared, "", s.reseal(ctx, l.prepared, l.kind.Type, l.path)
	case err != nil || l.done != "" || l.kind.ID == "":
		return nil, l.done, err
	case l.kind.Effects[l.granted.Case.Variant] == Cancel:
		err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
			if done, err = endedBy(ctx, tx, caseID); err == nil && done == "" {
				done, err = s.cancel(ctx, tx, l.granted)
			}
			return err
		})
		return nil, done, err
	}
	if l.imprints, err = s.seals(ctx, l.kind.Type, l.path); err != nil {
		return nil, "", err
	}
	// Certificates of one series wait for its number in any case: they wait for one commit together instead of one after the other.
	err = s.db.Together(ctx, "cert/"+l.kind.Code+"/"+l.issuer.Code, func(tx *db.Tx) (err error) {
		p, err = s.first(ctx, tx, l)
		return err
	})
	return p, "", err
}

func (s *Service) look(ctx context.Context, tx *db.Tx, caseID string) (l looked, err error) {
	r, err := db.One[row](ctx, tx, selectRow+`case_id = $1`, caseID)
	switch {
	case err == nil && r.State != Prepared:
		l.done = r.Identifier
		return l, nil
	case err == nil:
		t, err := s.typeOf(ctx, tx, r.TypeID)
		if err != nil {
			return l, err
		}
		l.kind.Type, l.path = t, t.issuerPath(r.OfficePath)
		l.prepared, err = s.again(ctx, tx, r)
		return l, err
	case !errors.Is(err, db.ErrNotFound):
		return l, err
	}
	if l.done, err = endedBy(ctx, tx, caseID); err != nil || l.done != "" {
		return l, err
	}
	if l.granted, err = s.needs.Cases.Granted(ctx, tx, caseID); err != nil || l.granted.Case.CertType == "" {
		return l, err
	}
	if l.kind, err = latestType(ctx, tx, l.granted.Case.CertType); err != nil {
		return l, err
	}
	l.path = l.kind.issuerPath(l.granted.Case.OfficePath)
	if l.issuer, err = s.needs.Offices.Issuer(ctx, tx, l.path); err != nil {
		return l, fmt.Errorf("finding the issuer of a certificate: %w", err)
	}
	return l, nil
}

// issuerPath is the path of who issues: the office that decided, or its government.
func (t Type) issuerPath(office string) string {
	if t.Issuer == "government" {
		office, _, _ = strings.Cut(office, "d")
	}
	return office
}

// endedBy returns the identifier of the certificate a case ended, "" when it ended none.
func endedBy(ctx context.Context, tx *db.Tx, caseID string) (string, error) {
	identifier, err := db.One[string](ctx, tx, `SELECT identifier FROM cert_cert WHERE ended_case = $1 AND ended_case <> ''`, caseID)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return identifier, err
}

// again is the token of a record that was stored before.
func (s *Service) again(ctx context.Context, tx *db.Tx, r row) (*prepared, error) {
	if err := s.lay(ctx, tx, &r); err != nil {
		return nil, err
	}
	text, err := s.needs.Keys.Open(r.Record, aad(r.ID, "record"))
	if err != nil {
		return nil, fmt.Errorf("opening a prepared record: %w", err)
	}
	parsed, err := parseRecord(text)
	parsed.layout = r.layout
	return &prepared{row: r, record: parsed, text: text}, err
}

// first numbers a certificate, fills in its record and stores it.
func (s *Service) first(ctx context.Context, tx *db.Tx, l looked) (*prepared, error) {
	g, t, issuer := l.granted, l.kind, l.issuer
	from := g.DecidedOn
	var until civil.Date
	if t.Years > 0 {
		until = from.AddYears(t.Years).Add(-1)
	}
	held, err := s.replaced(ctx, tx, g, t, issuer.Code)
	if err != nil {
		return nil, err
	}
	f := newFacts(g, t.Type, issuer, from, until, s.needs.Offices.Place)
	identifier, number, err := s.numbers(ctx, tx, t, issuer, held, f)
	if err != nil {
		return nil, err
	}
	f.named["number"] = number
	lines, err := f.lines(t.Type)
	if err != nil {
		return nil, err
	}
	r := newRecord(g, t, issuer, identifier.String())
	r.Number, r.ValidUntil, r.Supersedes, r.Fields = number, until, held.Identifier, lines
	text, err := r.canonical()
	if err != nil {
		return nil, err
	}
	p := &prepared{record: r, text: text}
	id := db.NewKey()
	sealed, err := s.needs.Keys.Seal(text, aad(id, "record"))
	if err != nil {
		return nil, fmt.Errorf("sealing a record: %w", err)
	}
	p.row = newRow(id, g, t, r)
	p.row.Record, p.row.PreparedAt = sealed, tx.Now
	p.imprints = l.imprints
	p.row.on(l.imprints, tx.Now)
	return p, insertRow(ctx, tx, p.row)
}

// newRecord fills in what a grant says by itself: all but number, end, fields and what came before.
func newRecord(g casefile.Granted, t deployed, issuer Issuer, identifier string) record {
	a := g.Applicant
	return record{Format: 1, Identifier: identifier, Type: t.Code, TypeVersion: t.Version, Name: t.Name, Case: g.Case.Number, Decision: g.DecisionNumber, Basis: t.Basis,
		Holder: holder{a.Kind, a.Name, a.Number}, Issuer: issuedBy{Name: issuer.Name, Code: issuer.Code}, Signatory: t.Signatory, IssuedOn: g.DecidedOn,
		ValidFrom: g.DecidedOn, layout: t.Layout}
}

// newRow is the row of a record before anything is signed; its record is not sealed yet.
func newRow(id string, g casefile.Granted, t deployed, r record) row {
	return row{ID: id, Identifier: r.Identifier, CaseID: g.Case.ID, CaseNumber: g.Case.Number, TypeID: t.ID, TypeKey: t.Key, Name: t.Name,
		SubjectID: g.Case.ApplicantID, Holder: g.Case.Applicant, IssuerCode: r.Issuer.Code, IssuerName: r.Issuer.Name, OfficePath: g.Case.OfficePath,
		CentrePath: g.Case.CentrePath, BaseCode: g.Case.BaseCode, State: Prepared, IssuedOn: r.IssuedOn, ValidFrom: r.ValidFrom, ValidUntil: r.ValidUntil,
		Supersedes: r.Supersedes}
}

// replaced finds the certificate a case renews or changes: the newest of its kind its holder has from this issuer. Without one, as when the last
// was on paper, a first version is issued.
func (s *Service) replaced(ctx context.Context, tx *db.Tx, g casefile.Granted, t deployed, issuer string) (row, error) {
	if t.Effects[g.Case.Variant] != Replace {
		return row{}, nil
	}
	r, err := db.One[row](ctx, tx, selectRow+`subject_id = $1 AND type_key = $2 AND issuer_code = $3 AND state IN ($4, $5) ORDER BY id DESC LIMIT 1`,
		g.Case.ApplicantID, t.Key, issuer, string(Valid), string(Suspended))
	if errors.Is(err, db.ErrNotFound) {
		return row{}, nil
	}
	return r, err
}

// numbers gives identifier and number. A new version keeps the serial and the number of the one before.
func (s *Service) numbers(ctx context.Context, tx *db.Tx, t deployed, issuer Issuer, held row, f facts) (id certcode.Identifier, number string, err error) {
	if held.Identifier != "" {
		before, err := s.open(held)
		if err != nil {
			return id, "", err
		}
		last, err := certcode.Parse(held.Identifier)
		if err != nil {
			return id, "", err
		}
		id, err = last.Next()
		return id, before.Number, err
	}
	kind, err := certcode.ParseKind(t.Code)
	if err != nil {
		return id, "", err
	}
	code, err := uscc.Parse(issuer.Code)
	if err != nil {
		return id, "", fmt.Errorf("the issuing office has no unified social credit code: %w", err)
	}
	series, err := serial(ctx, tx, t.Code, issuer.Code, civil.Of(tx.Now))
	if err != nil {
		return id, "", err
	}
	if id, err = certcode.New(kind, code, series, 1); err != nil {
		return id, "", err
	}
	number, err = t.number(ctx, tx, f)
	return id, number, err
}

// cancel ends the certificate whose cancelling was applied for (注销 行政许可法第七十条) and returns its identifier; "" when it was on paper.
func (s *Service) cancel(ctx context.Context, tx *db.Tx, g casefile.Granted) (string, error) {
	r, err := db.One[row](ctx, tx, selectRow+`subject_id = $1 AND type_key = $2 AND office_path = $3 AND state IN ($4, $5) ORDER BY id DESC LIMIT 1`,
		g.Case.ApplicantID, g.Case.CertType, g.Case.OfficePath, string(Valid), string(Suspended))
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if err := tx.Later(ctx, `UPDATE cert_cert SET ended_case = $1 WHERE id = $2`, g.Case.ID, r.ID); err != nil {
		return "", err
	}
	return r.Identifier, s.end(ctx, tx, program, r, Reason{Kind: Cancelled, Text: "持证人申请注销，办件编号" + g.Case.Number})
}
