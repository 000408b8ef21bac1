package cert

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
)

// record is everything a certificate says (基础信息和业务信息, GB/T 36903). Its canonical form is what is signed: its fields stand in the order of their
// names, here as there.
type record struct {
	Basis       string     `json:"basis"`
	Case        string     `json:"case"`
	Decision    string     `json:"decision"`
	Documents   digests    `json:"documents"`
	Fields      []Line     `json:"fields"`
	Format      int        `json:"format"` // 1
	Holder      holder     `json:"holder"`
	Identifier  string     `json:"identifier"`
	IssuedOn    civil.Date `json:"issued_on"`
	Issuer      issuedBy   `json:"issuer"`
	Name        string     `json:"name"`
	Number      string     `json:"number"`
	Signatory   string     `json:"signatory"`
	Supersedes  string     `json:"supersedes"`
	Type        string     `json:"type"` // 21 characters
	TypeVersion int64      `json:"type_version"`
	ValidFrom   civil.Date `json:"valid_from"`
	ValidUntil  civil.Date `json:"valid_until"` // "" without an end

	layout *Layout // of its type's version: how it is drawn is not what it says
}

type holder struct {
	Kind   string `json:"kind"` // person, company
	Name   string `json:"name"`
	Number string `json:"number"`
}

type issuedBy struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// digests are the SM3 digests of the documents, their slots left out; "" while the record is only prepared.
type digests struct {
	OFD string `json:"ofd"`
	PDF string `json:"pdf"`
}

// canonical writes the record with its keys sorted and without spaces: one record has one form.
func (r record) canonical() ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("writing a record: %w", err)
	}
	return text, nil
}

var errRecord = errors.New("no record of a certificate")

// parseRecord reads a record of unknown origin: unknown fields and any form but the canonical one are refused.
func parseRecord(text []byte) (r record, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, fmt.Errorf("%w: %w", errRecord, err)
	}
	again, err := r.canonical()
	if err != nil || r.Format != 1 || !bytes.Equal(again, text) {
		return r, errRecord
	}
	return r, nil
}

// envelope is what the slot of a document holds.
type envelope struct {
	Record    json.RawMessage `json:"record"`
	Signature []byte          `json:"signature"` // SM2 with SM3, DER

	// What was said later about the documents of a record that names none.
	Statement          json.RawMessage `json:"statement,omitempty"`
	StatementSignature []byte          `json:"statement_signature,omitempty"`
}

// slotName is the attachment of both documents, slotSpare how much more than the record it holds: names, and a signature in base64.
const (
	slotName  = "certificate.json"
	slotSpare = 192
)

// documents are the two files of a certificate, their slots filled.
type documents struct{ pdf, ofd *paper.File }

// write writes the documents of a page with empty slots, long enough for a record whose canonical form without digests is so long.
func write(page *paper.Page, l sealing, prepared int) (d documents, err error) {
	slot := paper.Slot{Name: slotName, Size: prepared + 2*hex.EncodedLen(sm.Size) + slotSpare}
	if d.pdf, err = l.on(page, paper.PDF).File(paper.PDF, slot); err != nil {
		return d, err
	}
	d.ofd, err = l.on(page, paper.OFD).File(paper.OFD, slot)
	return d, err
}

func digest(f *paper.File) string { return hex.EncodeToString(f.Digest(sm.Hash())) }

// fill puts record and signature into both slots.
func (d documents) fill(text, signature []byte) error {
	return d.put(envelope{Record: text, Signature: signature})
}

func (d documents) put(e envelope) error {
	slot, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := d.pdf.Fill(slot); err != nil {
		return err
	}
	return d.ofd.Fill(slot)
}
