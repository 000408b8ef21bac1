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

// Question is what somebody wants verified: one of the first four, and what for.
type Question struct {
	Identifier string
	Token      string // of [Service.Present]; it is used up
	Copy       string // the number of an annotated copy, see [Service.MakeCopy]
	File       []byte // PDF or OFD: a certificate or an annotated copy
	Purpose    string // one of [Purposes]; "" says nothing
	Face       bool   // draw the face, where it may be seen
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
	Sealed     bool   // its documents bear the seal of who issued it; known by the register only
	Part       bool   // the holder chose what is shown, or the type limits it for this verifier
	Proof      []byte // of the lines the holder chose, see [VerifyExcerpt]; nil otherwise
	Face       []byte // SVG; for codes that show the whole face
	Copy       *CopyShown
}

func (r record) shown() *Shown {
	return &Shown{Identifier: r.Identifier, Name: r.Name, Number: r.Number, Holder: r.Holder.Name, Issuer: r.Issuer.Name, IssuerCode: r.Issuer.Code,
		IssuedOn: r.IssuedOn, ValidFrom: r.ValidFrom, ValidUntil: r.ValidUntil, Lines: r.Fields}
}

func (c Cert) shown() *Shown {
	return &Shown{Identifier: c.Identifier, Name: c.Name, Holder: c.Holder, Issuer: c.IssuerName, IssuerCode: c.IssuerCode, IssuedOn: c.IssuedOn,
		ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil, Sealed: c.Sealed}
}

// The ways to verify.
const (
	byText  = "identifier"
	byToken = "token"
	byFile  = "file"
	byGrant = "grant"
	byCopy  = "copy"
)

// verification is a question under way.
type verification struct {
	s       *Service
	by      actor.Actor
	q       Question
	way     string
	verdict Verdict
	file    checkedFile
	code    code // of a token
	copy    copyRow
	row     row
	kind    Type
	who     verifier
	text    []byte // the record as it rests
	leaf    audit.Leaf
	logged  bool
	proven  bool // signature and leaf were found good before
	now     time.Time
}

// Verify answers anybody, signed in or not. What is wrong with the thing asked about is in the verdict, not an error; fault.Invalid
// "cert.nothing_to_verify" when nothing was asked, field "purpose" when it is none of ours. When there is such a certificate, its holder reads who
// verified it, and what for.
func (s *Service) Verify(ctx context.Context, by actor.Actor, q Question) (Verdict, error) {
	if q.Purpose != "" {
		if err := checkPurpose(q.Purpose); err != nil {
			return Verdict{}, err
		}
	}
	q.Identifier, q.Token, q.Copy = strings.TrimSpace(q.Identifier), strings.TrimSpace(q.Token), normalNumber(q.Copy)
	v := &verification{s: s, by: by, q: q}
	known, err := v.find(ctx)
	if err != nil || !known {
		return v.verdict, err
	}
	if v.row.EndedKind == Erased {
		v.judgeErased()
		return v.verdict, nil
	}
	// The signature is computed between the transactions.
	if err := v.judge(ctx); err != nil {
		return v.verdict, err
	}
	return v.verdict, s.db.Update(ctx, func(tx *db.Tx) error { return v.log(ctx, tx) })
}

// find reads what the register knows; known is false when the question ends before the register is met.
func (v *verification) find(ctx context.Context) (known bool, err error) {
	switch {
	case len(v.q.File) > 0:
		return v.findFile(ctx)
	case v.q.Token != "":
		return v.findCode(ctx)
	case v.q.Copy != "":
		return v.findCopy(ctx, v.q.Copy)
	case v.q.Identifier != "":
		v.way = byText
		if !checkIdentifier(&v.verdict, v.q.Identifier) {
			return false, nil
		}
		identifier := v.q.Identifier
		if id, err := certcode.Parse(identifier); err == nil {
			identifier = id.String() // as it is written, not as it was typed
		}
		return v.findRow(ctx, identifier)
	}
	return false, fault.New(fault.Invalid, "cert.nothing_to_verify").Field("identifier", "cert.nothing_to_verify")
}

func (v *verification) findFile(ctx context.Context) (known bool, err error) {
	v.way = byFile
	key, err := v.s.needs.Keys.PublicKey(sm.CertificateSigner)
	if err != nil {
		return false, err
	}
	if c, ok := readCopy(v.q.File, key); ok {
		v.verdict = c.verdict
		if !v.verdict.ok() {
			return false, nil
		}
		return v.findCopy(ctx, c.record.Number)
	}
	v.file = readFile(v.q.File, key)
	v.verdict = v.file.verdict
	if v.verdict.Certificate == nil { // unreadable, or not ours: the register has nothing to say
		return false, nil
	}
	return v.findRow(ctx, v.file.record.Identifier)
}

// findCode looks a token up without using it up.
func (v *verification) findCode(ctx context.Context) (known bool, err error) {
	v.way = byToken
	err = v.s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		v.now = tx.Now
		found, err := findCode(ctx, tx, v.q.Token)
		if err != nil {
			return err
		}
		v.code, v.row = found.code, found.row
		return v.gather(ctx, tx)
	})
	why := ""
	switch {
	case errors.Is(err, db.ErrNotFound):
		why = "unknown"
	case err != nil:
		return false, err
	default:
		why = v.code.wrong(v.now)
	}
	if v.verdict.add(CheckToken, why == "", pick(why == "", "good", why)) {
		if len(v.code.Part) == 0 { // what a part does not show must not be told beside it
			checkIdentifier(&v.verdict, v.row.Identifier)
		}
		return true, nil
	}
	if why == "used" {
		return false, v.s.noteReplay(ctx, v.by, v.code, v.row)
	}
	return false, nil
}

func (v *verification) findRow(ctx context.Context, identifier string) (known bool, err error) {
	err = v.s.db.View(ctx, func(tx *db.Tx) (err error) {
		v.now = tx.Now
		if v.row, err = byIdentifier(ctx, tx, identifier); err != nil {
			return err
		}
		return v.gather(ctx, tx)
	})
	if fault.Is(err, fault.NotFound) {
		v.verdict.Certificate = nil
		v.verdict.add(CheckFound, false, "bad")
		return false, nil
	}
	return err == nil, err
}

// gather reads what else the verdict needs: record, type, verifier, and the leaf unless it was found good before.
func (v *verification) gather(ctx context.Context, tx *db.Tx) (err error) {
	if v.row.EndedKind == Erased { // there is no record any more
		return nil
	}
	if v.text, err = v.s.text(v.row); err != nil {
		return err
	}
	if v.kind, err = v.s.typeOf(ctx, tx, v.row.TypeID); err != nil {
		return err
	}
	if v.who, err = v.s.verifierOf(ctx, tx, v.by); err != nil {
		return err
	}
	if v.way == byToken { // the hot path; whoever asks by identifier or file wants it looked up
		if v.leaf.Position, v.proven, _ = v.s.proven.Get(evidenceOf(v.row, v.text)); v.proven {
			return nil
		}
	}
	v.leaf, v.logged, err = v.s.logged(ctx, tx, v.row.Identifier)
	return err
}

// evidence is a record with its signature: what was proven of it once holds for ever.
type evidence struct {
	record    [sm.Size]byte
	signature string
}

func evidenceOf(r row, text []byte) evidence { return evidence{sm.Sum(text), string(r.Signature)} }

// judge makes every check the register allows.
func (v *verification) judge(ctx context.Context) error {
	c, r := v.row.cert(), v.row
	v.verdict.add(CheckFound, true, "good")
	var rec record
	var err error
	if v.proven { // that its form is the canonical one was found then
		err = json.Unmarshal(v.text, &rec)
	} else {
		rec, err = parseRecord(v.text)
	}
	if err != nil {
		return err
	}
	rec.layout = v.kind.Layout
	signed := v.proven
	switch {
	case v.way == byFile:
		same := bytes.Equal(v.text, v.file.text)
		v.verdict.add(CheckRecord, same, pick(same, "good", "bad"))
	default:
		if !signed {
			key, err := v.s.needs.Keys.PublicKey(sm.CertificateSigner)
			if err != nil {
				return err
			}
			signed = sm.Verify(key, v.text, r.Signature)
		}
		v.verdict.add(CheckSignature, signed, pick(signed, "good", "bad"))
	}
	if v.checkLog() && signed && !v.proven && v.leaf.Position >= 0 {
		_, _, age := v.s.proven.Get(evidenceOf(r, v.text))
		v.s.proven.Put(evidenceOf(r, v.text), v.leaf.Position, age)
	}
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
	if err := v.show(ctx, rec); err != nil {
		return err
	}
	v.verdict.Valid = v.verdict.ok()
	v.verdict.Certificate.State = standing
	return nil
}

// show says as much of the certificate as the way allows, and of a code as its holder and its type allow this verifier.
func (v *verification) show(ctx context.Context, rec record) (err error) {
	v.verdict.Certificate = v.row.cert().shown()
	c := v.verdict.Certificate
	switch {
	case v.way == byText:
		return nil
	case v.way == byCopy:
		c.Copy = v.copy.shown()
		return nil
	case v.way == byToken && len(v.code.Part) > 0:
		return v.showPart()
	}
	*c = *rec.shown()
	c.Sealed = v.row.SealID != ""
	if v.way == byFile {
		return nil
	}
	c.Part = !v.kind.shownTo(v.who.Kind, c)
	if !c.Part && v.q.Face {
		c.Face, err = v.s.face(ctx, rec, v.row)
	}
	return err
}

// checkLog finds the leaf of the issuing: it names the digest of the very record.
func (v *verification) checkLog() bool {
	if v.proven {
		return v.foundInLog()
	}
	var data struct {
		Record string `json:"record"`
	}
	fits := v.logged && json.Unmarshal(v.leaf.Data, &data) == nil && data.Record == recordDigest(v.text)
	switch {
	case !fits:
		return v.verdict.add(CheckLog, false, "bad")
	case v.leaf.Position < 0:
		return v.verdict.add(CheckLog, true, "waiting")
	}
	return v.foundInLog()
}

// foundInLog says where the leaf stands, unless that would lead to the certificate whose holder shows a part only.
func (v *verification) foundInLog() bool {
	if len(v.code.Part) > 0 {
		return v.verdict.add(CheckLog, true, "known")
	}
	return v.verdict.add(CheckLog, true, "good", v.leaf.Position)
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

// log uses a code up and tells the holder, by the log and on the certificate's page. Of two who come with the same code at once, one gets the
// certificate. A code that ran out since it was looked up is told for what it is: nobody has copied it.
func (v *verification) log(ctx context.Context, tx *db.Tx) error {
	if v.way == byToken {
		n, err := tx.Exec(ctx, `UPDATE cert_presentation SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $3`,
			tx.Now, tokenHash(v.q.Token), tx.Now)
		if err != nil {
			return err
		}
		if n == 0 {
			found, err := findCode(ctx, tx, v.q.Token)
			why := found.code.wrong(tx.Now)
			if errors.Is(err, db.ErrNotFound) {
				why, err = "unknown", nil // swept away since
			}
			if err != nil {
				return err
			}
			v.verdict = Verdict{}
			v.verdict.add(CheckToken, false, why)
			if why == "used" {
				return v.s.replayed(ctx, tx, v.by, v.code, v.row)
			}
			return nil
		}
	}
	return v.s.noteUse(ctx, tx, v.by, v.row, use{way: v.way, valid: v.verdict.Valid, who: v.who, purpose: v.q.Purpose, part: len(v.code.Part) > 0})
}

// use is one time a certificate was verified or used by somebody else.
type use struct {
	way, purpose, grant string
	valid, part         bool
	who                 verifier
}

// noteUse writes a use down where the holder reads it, and in the log.
func (s *Service) noteUse(ctx context.Context, tx *db.Tx, by actor.Actor, r row, u use) error {
	err := tx.Later(ctx, `INSERT INTO cert_verification (id, cert_id, way, valid, post, verifier, who, purpose, part, grant_id, at) VALUES (`+db.In(11, 1)+`)`,
		db.NewKey(), r.ID, u.way, u.valid, u.who.Post, u.who.stored(), u.who.Who, u.purpose, u.part, u.grant, tx.Now)
	if err != nil {
		return err
	}
	data := map[string]any{"way": u.way, "valid": u.valid}
	for name, value := range map[string]string{"purpose": u.purpose, "grant": u.grant, "verifier": u.who.stored()} {
		if value != "" {
			data[name] = value
		}
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.verified", Actor: by.Name(), Office: by.OfficePath, Subject: r.SubjectID,
		Object: object(r.Identifier), Basis: "电子证照验证", Data: data})
}
