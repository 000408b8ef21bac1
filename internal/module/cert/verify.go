package cert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/certcode"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// Question is what somebody wants verified: one of the three.
type Question struct {
	Identifier string
	Token      string // of [Service.Present]; it is used up
	File       []byte // PDF or OFD
}

// Shown is a certificate as a verifier reads it. By its identifier alone a stranger reads no more than that it exists, whose it is with the name
// masked, and whether it is in force; a code its holder presents, or the file itself, shows the face.
type Shown struct {
	Identifier string
	Name       string
	Number     string // with the face only
	Holder     string // masked without the face
	Issuer     string
	IssuerCode string
	State      State // "" when only a file was checked
	IssuedOn   civil.Date
	ValidFrom  civil.Date
	ValidUntil civil.Date
	Lines      []Line
	Face       []byte // SVG; for codes only
}

func (r record) shown() *Shown {
	return &Shown{Identifier: r.Identifier, Name: r.Name, Number: r.Number, Holder: r.Holder.Name, Issuer: r.Issuer.Name, IssuerCode: r.Issuer.Code,
		IssuedOn: r.IssuedOn, ValidFrom: r.ValidFrom, ValidUntil: r.ValidUntil, Lines: r.Fields}
}

func (c Cert) shown() *Shown {
	return &Shown{Identifier: c.Identifier, Name: c.Name, Holder: c.Holder, Issuer: c.IssuerName, IssuerCode: c.IssuerCode, IssuedOn: c.IssuedOn,
		ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil}
}

// The ways to verify.
const (
	byText  = "identifier"
	byToken = "token"
	byFile  = "file"
)

// verification is a question under way.
type verification struct {
	s       *Service
	way     string
	verdict Verdict
	file    checkedFile
	row     row
	text    []byte // the record as it rests
	leaf    audit.Leaf
	logged  bool
	now     time.Time
}

// Verify answers anybody, signed in or not. What is wrong with the thing asked about is in the verdict, not an error; fault.Invalid
// "cert.nothing_to_verify" when nothing was asked. When there is such a certificate, its holder reads in the log that it was verified.
func (s *Service) Verify(ctx context.Context, by actor.Actor, q Question) (Verdict, error) {
	v := &verification{s: s}
	known, err := v.find(ctx, q)
	if err != nil || !known {
		return v.verdict, err
	}
	if v.row.EndedKind == Erased {
		v.judgeErased()
		return v.verdict, nil
	}
	// The signature is computed between the transactions.
	if err := v.judge(); err != nil {
		return v.verdict, err
	}
	return v.verdict, s.db.Update(ctx, func(tx *db.Tx) error { return v.log(ctx, tx, by) })
}

// find reads what the register knows; known is false when the question ends before the register is met.
func (v *verification) find(ctx context.Context, q Question) (known bool, err error) {
	identifier, token := strings.TrimSpace(q.Identifier), strings.TrimSpace(q.Token)
	switch {
	case len(q.File) > 0:
		v.way = byFile
		key, err := v.s.needs.Keys.PublicKey(sm.CertificateSigner)
		if err != nil {
			return false, err
		}
		v.file = readFile(q.File, key)
		v.verdict = v.file.verdict
		if v.verdict.Certificate == nil { // unreadable, or not ours: the register has nothing to say
			return false, nil
		}
		identifier = v.file.record.Identifier
	case token != "":
		v.way = byToken
		r, why, err := v.s.redeem(ctx, token)
		if err != nil {
			return false, err
		}
		if !v.verdict.add(CheckToken, why == "", pick(why == "", "good", why)) {
			return false, nil
		}
		identifier = r.Identifier
		checkIdentifier(&v.verdict, identifier)
	case identifier != "":
		v.way = byText
		if !checkIdentifier(&v.verdict, identifier) {
			return false, nil
		}
		if id, err := certcode.Parse(identifier); err == nil {
			identifier = id.String() // as it is written, not as it was typed
		}
	default:
		return false, fault.New(fault.Invalid, "cert.nothing_to_verify").Field("identifier", "cert.nothing_to_verify")
	}
	err = v.s.db.View(ctx, func(tx *db.Tx) (err error) {
		v.now = tx.Now
		if v.row, err = byIdentifier(ctx, tx, identifier); err != nil {
			return err
		}
		v.leaf, v.logged, err = v.s.logged(ctx, tx, identifier)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		v.verdict.Certificate = nil
		v.verdict.add(CheckFound, false, "bad")
		return false, nil
	}
	return err == nil, err
}

// judge makes every check the register allows.
func (v *verification) judge() error {
	c, r := v.row.cert(), v.row
	v.verdict.add(CheckFound, true, "good")
	text, err := v.s.text(r)
	if err != nil {
		return err
	}
	v.text = text
	rec, err := parseRecord(text)
	if err != nil {
		return err
	}
	if v.way == byFile {
		same := bytes.Equal(text, v.file.text)
		v.verdict.add(CheckRecord, same, pick(same, "good", "bad"))
	} else {
		key, err := v.s.needs.Keys.PublicKey(sm.CertificateSigner)
		if err != nil {
			return err
		}
		good := sm.Verify(key, text, r.Signature)
		v.verdict.add(CheckSignature, good, pick(good, "good", "bad"))
	}
	v.checkLog()
	today := civil.Of(v.now)
	standing := c.Standing(today)
	switch c.State {
	case Valid:
		v.verdict.add(CheckState, true, "valid")
	default:
		v.verdict.add(CheckState, false, string(c.State)) // suspended, revoked, superseded
	}
	switch {
	case today.Before(c.ValidFrom):
		v.verdict.add(CheckDate, false, "early", c.ValidFrom.String())
	case standing == Expired:
		v.verdict.add(CheckDate, false, "late", c.ValidUntil.String())
	case c.ValidUntil.IsZero():
		v.verdict.add(CheckDate, true, "endless")
	default:
		v.verdict.add(CheckDate, true, "good", c.ValidUntil.String())
	}
	v.verdict.Valid = v.verdict.ok()
	if err := v.show(rec); err != nil {
		return err
	}
	v.verdict.Certificate.State = standing
	return nil
}

// show says as much of the certificate as the way allows.
func (v *verification) show(rec record) (err error) {
	v.verdict.Certificate = v.row.cert().shown()
	if v.way == byText {
		return nil
	}
	v.verdict.Certificate = rec.shown()
	if v.way == byToken {
		v.verdict.Certificate.Face, err = v.s.face(rec)
	}
	return err
}

// checkLog finds the leaf of the issuing: it names the digest of the very record.
func (v *verification) checkLog() {
	var data struct {
		Record string `json:"record"`
	}
	fits := v.logged && json.Unmarshal(v.leaf.Data, &data) == nil && data.Record == recordDigest(v.text)
	switch {
	case !fits:
		v.verdict.add(CheckLog, false, "bad")
	case v.leaf.Position < 0:
		v.verdict.add(CheckLog, true, "waiting")
	default:
		v.verdict.add(CheckLog, true, "good", v.leaf.Position)
	}
}

// logged finds the leaf of a certificate's issuing. When it has a position its inclusion in the newest checkpoint is proved; ok is false when there
// is none, or the proof does not hold.
func (s *Service) logged(ctx context.Context, tx *db.Tx, identifier string) (leaf audit.Leaf, ok bool, err error) {
	leaves, err := s.needs.Log.ByObject(ctx, tx, object(identifier), "", 1)
	if err != nil || len(leaves) == 0 || leaves[0].Kind != "cert.issued" {
		return leaf, false, err
	}
	leaf = leaves[0]
	if leaf.Position < 0 {
		return leaf, true, nil
	}
	p, err := s.needs.Log.Prove(ctx, tx, leaf.Position)
	if errors.Is(err, audit.ErrUnknown) {
		leaf.Position = -1 // numbered, and the next checkpoint will reach it
		return leaf, true, nil
	}
	if err != nil {
		return leaf, false, err
	}
	return leaf, bytes.Equal(p.Commitment, leaf.Commitment) && p.Verify() == nil, nil
}

// log tells the holder, by the log and on the certificate's page.
func (v *verification) log(ctx context.Context, tx *db.Tx, by actor.Actor) error {
	post := ""
	if by.Kind == actor.Officer {
		post = by.Post
	}
	err := tx.Later(ctx, `INSERT INTO cert_verification (id, cert_id, way, valid, post, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		db.NewKey(), v.row.ID, v.way, v.verdict.Valid, post, tx.Now)
	if err != nil {
		return err
	}
	return v.s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.verified", Actor: by.Name(), Office: by.OfficePath, Subject: v.row.SubjectID,
		Object: object(v.row.Identifier), Basis: "电子证照验证", Data: map[string]any{"way": v.way, "valid": v.verdict.Valid}})
}
