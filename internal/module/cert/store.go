package cert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// row is a certificate as it rests.
type row struct {
	ID          string
	Identifier  string
	CaseID      string
	CaseNumber  string
	TypeID      string
	TypeKey     string
	Name        string
	SubjectID   string
	Holder      string
	IssuerCode  string
	IssuerName  string
	OfficePath  string
	CentrePath  string
	BaseCode    string
	State       State
	IssuedOn    civil.Date
	ValidFrom   civil.Date
	ValidUntil  civil.Date
	Record      []byte
	Signature   []byte
	Supersedes  string
	PreparedAt  time.Time
	IssuedAt    time.Time
	EndedAt     time.Time
	EndedKind   Kind
	EndedReason []byte
	EndedBy     string
	EndedCase   string
	SealID      string    // "" for a certificate without a seal
	SealedAt    time.Time // what the seal says; whole seconds
	JointSeals  string    // of the offices that issue it jointly, with spaces between; "" for one office alone

	layout *Layout // of its type's version, where [Service.lay] has looked for it
}

const columns = `id, identifier, case_id, case_number, type_id, type_key, name, subject_id, holder, issuer_code, issuer_name, office_path, centre_path, base_code,
state, issued_on, valid_from, valid_until, record, signature, supersedes, prepared_at, issued_at, ended_at, ended_kind, ended_reason, ended_by, ended_case, seal_id, sealed_at, joint_seals`

const selectRow = `SELECT ` + columns + ` FROM cert_cert WHERE `

func insertRow(ctx context.Context, tx *db.Tx, r row) error {
	err := tx.Later(ctx, `INSERT INTO cert_cert (`+columns+`) VALUES (`+db.In(31, 1)+`)`, r.values()...)
	if err != nil {
		return fmt.Errorf("storing a certificate: %w", err)
	}
	return nil
}

func (r row) values() []any {
	return []any{r.ID, r.Identifier, r.CaseID, r.CaseNumber, r.TypeID, r.TypeKey, r.Name, r.SubjectID, r.Holder, r.IssuerCode, r.IssuerName, r.OfficePath,
		r.CentrePath, r.BaseCode, string(r.State), r.IssuedOn, r.ValidFrom, r.ValidUntil, r.Record, r.Signature, r.Supersedes, r.PreparedAt, r.IssuedAt, r.EndedAt,
		string(r.EndedKind), r.EndedReason, r.EndedBy, r.EndedCase, r.SealID, r.SealedAt, r.JointSeals}
}

var errHidden = fault.New(fault.NotFound, "cert.not_found")

// byIdentifier finds a certificate that was issued; one that is only prepared does not exist for anybody.
func byIdentifier(ctx context.Context, tx *db.Tx, identifier string) (row, error) {
	return found(db.One[row](ctx, tx, selectRow+`identifier = $1 AND state <> $2`, identifier, string(Prepared)))
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return found(db.One[row](ctx, tx, selectRow+`id = $1`, id))
}

func found(r row, err error) (row, error) {
	if errors.Is(err, db.ErrNotFound) {
		return r, errHidden
	}
	return r, err
}

// open returns the record of a row.
func (s *Service) open(r row) (record, error) {
	text, err := s.text(r)
	if err != nil {
		return record{}, err
	}
	rec, err := parseRecord(text)
	rec.layout = r.layout
	return rec, err
}

func (s *Service) text(r row) ([]byte, error) {
	text, err := s.needs.Keys.Open(r.Record, aad(r.ID, "record"))
	if err != nil {
		return nil, fmt.Errorf("opening the record of a certificate: %w", err)
	}
	return text, nil
}

func (r row) cert() Cert {
	return Cert{ID: r.ID, Identifier: r.Identifier, TypeKey: r.TypeKey, Name: r.Name, SubjectID: r.SubjectID, Holder: r.Holder, IssuerCode: r.IssuerCode,
		IssuerName: r.IssuerName, OfficePath: r.OfficePath, CaseNumber: r.CaseNumber, State: r.State, IssuedOn: r.IssuedOn, ValidFrom: r.ValidFrom,
		ValidUntil: r.ValidUntil, Supersedes: r.Supersedes, IssuedAt: r.IssuedAt, EndedAt: r.EndedAt, EndedKind: r.EndedKind, Sealed: r.SealID != ""}
}
