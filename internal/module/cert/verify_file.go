package cert

import (
	"bytes"
	"crypto"
	"encoding/json"
	"errors"

	"xiangyun/internal/gov/certcode"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
)

// Verdict is the outcome of a verification, item by item. Valid only when every check that could be made is good.
type Verdict struct {
	Valid       bool
	Checks      []Check
	Certificate *Shown // nil when there is none, or its record is not to be trusted
}

// Check is one thing that was checked. Detail is a line of the locales that says the outcome in plain words, Args fill it.
type Check struct {
	Name   string
	OK     bool
	Detail string
	Args   []any
}

// The checks, in the order they are made.
const (
	CheckToken      = "token"      // the code was good, once
	CheckFile       = "file"       // the file is a certificate written here
	CheckIdentifier = "identifier" // the identifier's check character (GB/T 36904)
	CheckFound      = "found"      // it is in the register
	CheckSignature  = "signature"  // the record is signed by the key of certificates (SM2)
	CheckDocument   = "document"   // the file is the one the record names, unchanged
	CheckRecord     = "record"     // the record, the holder's name and number in it, is the one in the register
	CheckLog        = "log"        // its issuing is in the public log
	CheckState      = "state"      // not suspended, revoked or replaced
	CheckDate       = "date"       // within its validity today
	CheckPart       = "part"       // the fields the holder chose are in the signed list
	CheckCopy       = "copy"       // the annotated copy is one made here, for its purpose and its time
)

func (v *Verdict) add(name string, ok bool, outcome string, args ...any) bool {
	v.Checks = append(v.Checks, Check{name, ok, "cert.check." + name + "." + outcome, args})
	return ok
}

// ok tells whether something was checked and all of it is good.
func (v *Verdict) ok() bool {
	for _, c := range v.Checks {
		if !c.OK {
			return false
		}
	}
	return len(v.Checks) > 0
}

// VerifyFile checks a document by itself, without network or register: its record is signed by key, and the file is the one the record names. What
// it can't tell is whether the certificate is still in force.
func VerifyFile(content []byte, key crypto.PublicKey) Verdict {
	c := readFile(content, key)
	c.verdict.Valid = c.verdict.ok()
	return c.verdict
}

// FileRecord returns the identifier a document names and the digest of the record it carries, which the leaf of its issuing names too; nothing is
// verified. An error when it is no certificate.
func FileRecord(content []byte) (identifier, digest string, err error) {
	f, err := paper.Open(bytes.Clone(content))
	if err != nil {
		return "", "", err
	}
	slot, err := readSlot(f)
	if err != nil {
		return "", "", err
	}
	r, err := parseRecord(slot.Record)
	return r.Identifier, recordDigest(slot.Record), err
}

// checkedFile is a document and what was found out about it.
type checkedFile struct {
	verdict Verdict
	record  record // when the file could be read
	text    []byte // the record as signed

	signature []byte
	said      digests // of the documents: by the record, or by the statement made later
	statement []byte
}

// bears tells whether another document carries the very record and signature this one was found good with, and is the one the record names: what a
// stranger would find is then the same, without verifying the same signature again.
func (c checkedFile) bears(content []byte) bool {
	f, err := paper.Open(bytes.Clone(content))
	if err != nil {
		return false
	}
	slot, err := readSlot(f)
	return err == nil && bytes.Equal(slot.Record, c.text) && bytes.Equal(slot.Signature, c.signature) &&
		bytes.Equal(slot.Statement, c.statement) && digest(f) == c.said.of(f.Format)
}

// readSlot reads what a document carries.
func readSlot(f *paper.File) (slot envelope, err error) {
	d := json.NewDecoder(bytes.NewReader(f.Content()))
	d.DisallowUnknownFields()
	err = d.Decode(&slot)
	if err == nil && d.More() {
		err = errRecord
	}
	return slot, err
}

func readFile(content []byte, key crypto.PublicKey) (c checkedFile) {
	v := &c.verdict
	f, err := paper.Open(bytes.Clone(content))
	switch {
	case errors.Is(err, paper.ErrTooLarge):
		v.add(CheckFile, false, "large")
		return c
	case errors.Is(err, paper.ErrDamaged):
		v.add(CheckFile, false, "damaged")
		return c
	case err != nil:
		v.add(CheckFile, false, "foreign")
		return c
	}
	slot, err := readSlot(f)
	if err == nil {
		c.record, err = parseRecord(slot.Record)
	}
	if err != nil {
		v.add(CheckFile, false, "empty")
		return c
	}
	c.text = slot.Record
	v.add(CheckFile, true, "good")
	checkIdentifier(v, c.record.Identifier)
	signed := sm.Verify(key, slot.Record, slot.Signature)
	v.add(CheckSignature, signed, pick(signed, "good", "bad"))
	c.signature = slot.Signature
	c.said = c.record.Documents
	if c.record.later() {
		c.statement = slot.Statement
		c.said = slot.stated(c.record, key)
	}
	same := digest(f) == c.said.of(f.Format)
	v.add(CheckDocument, same, pick(same, "good", "bad"))
	if signed {
		v.Certificate = c.record.shown()
	}
	return c
}

func checkIdentifier(v *Verdict, identifier string) bool {
	id, err := certcode.Parse(identifier)
	if err != nil {
		return v.add(CheckIdentifier, false, pick(errors.Is(err, certcode.ErrCheckDigit), "bad", "malformed"))
	}
	return v.add(CheckIdentifier, true, "good", id.Check())
}

// stated is what a signed statement says of the documents of a record that names none; nothing when there is none that can be trusted.
func (e envelope) stated(r record, key crypto.PublicKey) digests {
	st, err := parseStatement(e.Statement)
	if err != nil || st.Certificate != r.Identifier || st.Record != recordDigest(e.Record) || !sm.Verify(key, e.Statement, e.StatementSignature) {
		return digests{}
	}
	return st.Documents
}

func (d digests) of(f paper.Format) string {
	if f == paper.OFD {
		return d.OFD
	}
	return d.PDF
}

func pick(ok bool, yes, no string) string {
	if ok {
		return yes
	}
	return no
}
