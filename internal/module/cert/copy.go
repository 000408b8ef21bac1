package cert

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
)

// Copy is an annotated copy (加注件): the face of a certificate with what for, for whom and until when written across it. It carries a number of its own
// and a signed record of these; the certificate's own file, its record and signature never leave with it.
type Copy struct {
	ID        string
	Number    string
	Matter    string // 使用事项
	Recipient string // 使用单位
	UntilOn   civil.Date
	MadeAt    time.Time
	EndedAt   time.Time
}

// NewCopy is what a holder says of a copy.
type NewCopy struct {
	Matter    string // 2 to 50 characters
	Recipient string // 2 to 50 characters
	Until     civil.Date
}

// CopyShown is a copy as a verifier reads it.
type CopyShown struct {
	Number    string
	Matter    string
	Recipient string
	MadeOn    civil.Date
	Until     civil.Date
}

// copyRecord is what is signed, its fields in the order of their names.
type copyRecord struct {
	Certificate string     `json:"certificate"`
	Document    string     `json:"document"` // SM3 of the file, its slot left out
	Format      string     `json:"format"`   // copy/1
	Issuer      string     `json:"issuer"`
	MadeOn      civil.Date `json:"made_on"`
	Matter      string     `json:"matter"`
	Name        string     `json:"name"`
	Number      string     `json:"number"`
	Recipient   string     `json:"recipient"`
	Until       civil.Date `json:"until"`
}

const copyFormat = "copy/1"

// annotation is said across the copy and at its foot, in the words of 国办函〔2016〕108号.
func (c copyRecord) annotation() string {
	return "此件由" + c.Issuer + "提供，仅供" + c.Recipient + "办理" + c.Matter + "时使用，有效期至" + c.Until.Chinese()
}

// sheet is the face with its annotation. It says nothing of being as good as the paper one: a copy is not.
func (c copyRecord) sheet(r record, base string) paper.Sheet {
	s := r.sheet(base)
	s.Copy, s.Scan = c.annotation(), "扫码核验加注件"
	s.Notes = []string{"加注件编号：" + groups(c.Number), c.annotation() + "。"}
	s.Code = base + "/verify?copy=" + c.Number
	return s
}

// numberLetters leave out what looks like another letter.
var numberLetters = base32.NewEncoding("23456789ABCDEFGHJKLMNPQRSTUVWXYZ").WithPadding(base32.NoPadding)

// normalNumber is a copy's number as it is stored, however it was typed.
func normalNumber(text string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(text))
}

// groups writes a number in fours.
func groups(number string) string {
	var out []string
	for i := 0; i < len(number); i += 4 {
		out = append(out, number[i:min(i+4, len(number))])
	}
	return strings.Join(out, "-")
}

// MakeCopy makes an annotated copy of by's own certificate and returns its number. fault.Invalid by field.
func (s *Service) MakeCopy(ctx context.Context, by actor.Actor, identifier string, in NewCopy) (number string, err error) {
	in.Matter, in.Recipient = strings.TrimSpace(in.Matter), strings.TrimSpace(in.Recipient)
	r, now, err := s.presentable(ctx, by, identifier)
	if err != nil {
		return "", err
	}
	refused := fault.New(fault.Invalid, "cert.bad_copy")
	for field, text := range map[string]string{"matter": in.Matter, "recipient": in.Recipient} {
		if n := utf8.RuneCountInString(text); n < 2 || n > 50 {
			refused.Field(field, "cert.reason_length", 2, 50)
		}
	}
	checkUntil(refused, civil.Of(now), in.Until)
	if err := refused.OrNil(); err != nil {
		return "", err
	}
	if !r.ValidUntil.IsZero() && r.ValidUntil.Before(in.Until) {
		in.Until = r.ValidUntil // no copy outlives the certificate
	}
	c, text, content, err := s.writeCopy(r, civil.Of(now), in)
	if err != nil {
		return "", err
	}
	id := db.NewKey()
	sealedRecord, err := s.needs.Keys.Seal(text, copyAAD(id, "record"))
	if err != nil {
		return "", err
	}
	sealedContent, err := s.needs.Keys.Seal(content, copyAAD(id, "content"))
	if err != nil {
		return "", err
	}
	return c.Number, s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM cert_copy WHERE cert_id = $1`, r.ID)
		if err != nil {
			return err
		}
		if n >= mostCopiesKept {
			// The oldest that no longer holds makes room.
			gone, err := tx.Exec(ctx, `DELETE FROM cert_copy WHERE id IN (SELECT id FROM cert_copy WHERE cert_id = $1 AND (ended_at IS NOT NULL OR until_on < $2) ORDER BY id LIMIT 1)`,
				r.ID, civil.Of(tx.Now))
			if err != nil {
				return err
			}
			if gone == 0 {
				return fault.New(fault.Conflict, "cert.too_many_copies", mostCopiesKept)
			}
		}
		err = tx.Later(ctx, `INSERT INTO cert_copy (id, number, cert_id, matter, recipient, until_on, record, content, made_at) VALUES (`+db.In(9, 1)+`)`,
			id, c.Number, r.ID, c.Matter, c.Recipient, c.Until, sealedRecord, sealedContent, tx.Now)
		if err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.copied", Actor: by.Name(), Subject: r.SubjectID, Object: object(r.Identifier), Basis: "持证主体制作加注件",
			Data: map[string]string{"number": c.Number, "record": recordDigest(text), "until": c.Until.String()}})
	})
}

// writeCopy draws and signs a copy.
func (s *Service) writeCopy(r row, today civil.Date, in NewCopy) (c copyRecord, text, content []byte, err error) {
	rec, err := s.open(r)
	if err != nil {
		return c, nil, nil, err
	}
	var random [10]byte
	if _, err := rand.Read(random[:]); err != nil {
		return c, nil, nil, err
	}
	c = copyRecord{Certificate: r.Identifier, Format: copyFormat, Issuer: rec.Issuer.Name, MadeOn: today, Matter: in.Matter, Name: rec.Name,
		Number: numberLetters.EncodeToString(random[:]), Recipient: in.Recipient, Until: in.Until}
	page, err := s.needs.Paper.Set(c.sheet(rec, s.needs.Base))
	if err != nil {
		return c, nil, nil, fmt.Errorf("drawing a copy: %w", err)
	}
	if text, err = json.Marshal(c); err != nil {
		return c, nil, nil, err
	}
	f, err := page.PDF(copySlot, len(text)+2*sm.Size+slotSpare)
	if err != nil {
		return c, nil, nil, err
	}
	c.Document = digest(f)
	if text, err = json.Marshal(c); err != nil {
		return c, nil, nil, err
	}
	signer, err := s.needs.Keys.Signer(sm.CertificateSigner)
	if err != nil {
		return c, nil, nil, err
	}
	signature, err := sm.Sign(signer, text)
	if err != nil {
		return c, nil, nil, fmt.Errorf("signing a copy: %w", err)
	}
	slot, err := json.Marshal(envelope{Record: text, Signature: signature})
	if err != nil {
		return c, nil, nil, err
	}
	return c, text, f.Bytes(), f.Fill(slot)
}

// copySlot is the attachment of a copy.
const copySlot = "copy.json"

func copyAAD(id, column string) []byte { return []byte("cert_copy/" + id + "/" + column) }

// CopyFile returns the file of a copy by made, and its name.
func (s *Service) CopyFile(ctx context.Context, by actor.Actor, identifier, number string) (content []byte, err error) {
	type stored struct {
		ID      string
		Content []byte
	}
	var c stored
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		r, err := s.held(ctx, tx, by, identifier)
		if err != nil {
			return err
		}
		c, err = db.One[stored](ctx, tx, `SELECT id, content FROM cert_copy WHERE number = $1 AND cert_id = $2`, normalNumber(number), r.ID)
		if errors.Is(err, db.ErrNotFound) {
			return errNoCopy
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.needs.Keys.Open(c.Content, copyAAD(c.ID, "content"))
}

var errNoCopy = fault.New(fault.NotFound, "cert.no_copy")

// EndCopy makes a copy worthless at once, wherever it lies by now: whoever verifies it is told. A second time changes nothing.
func (s *Service) EndCopy(ctx context.Context, by actor.Actor, identifier, number string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.held(ctx, tx, by, identifier)
		if err != nil {
			return err
		}
		c, err := findCopy(ctx, tx, normalNumber(number))
		if errors.Is(err, db.ErrNotFound) || err == nil && c.CertID != r.ID {
			return errNoCopy
		}
		if err != nil || !c.EndedAt.IsZero() {
			return err
		}
		if err := tx.Later(ctx, `UPDATE cert_copy SET ended_at = $1 WHERE id = $2`, tx.Now, c.ID); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.copy_ended", Actor: by.Name(), Subject: r.SubjectID, Object: object(r.Identifier),
			Basis: "持证主体收回加注件", Data: map[string]string{"number": c.Number}})
	})
}

func copiesOf(ctx context.Context, tx *db.Tx, certID string) ([]Copy, error) {
	return db.All[Copy](ctx, tx, `SELECT id, number, matter, recipient, until_on, made_at, ended_at FROM cert_copy WHERE cert_id = $1 ORDER BY id DESC LIMIT 20`, certID)
}

// copyRow is a copy as it rests.
type copyRow struct {
	Copy
	CertID string
}

func (c copyRow) shown() *CopyShown {
	return &CopyShown{Number: groups(c.Number), Matter: c.Matter, Recipient: c.Recipient, MadeOn: civil.Of(c.MadeAt), Until: c.UntilOn}
}

func findCopy(ctx context.Context, tx *db.Tx, number string) (copyRow, error) {
	return db.One[copyRow](ctx, tx, `SELECT id, number, matter, recipient, until_on, made_at, ended_at, cert_id FROM cert_copy WHERE number = $1`, number)
}

// checkedCopy is a file that carries a copy's record, and what was found out about it.
type checkedCopy struct {
	verdict Verdict
	record  copyRecord
	text    []byte
}

// readCopy reads an annotated copy of unknown origin; ok is false for any other file.
func readCopy(content []byte, key crypto.PublicKey) (c checkedCopy, ok bool) {
	f, err := paper.Open(bytes.Clone(content))
	if err != nil {
		return c, false
	}
	slot, err := readSlot(f)
	if err != nil {
		return c, false
	}
	d := json.NewDecoder(bytes.NewReader(slot.Record))
	d.DisallowUnknownFields()
	if err := d.Decode(&c.record); err != nil || c.record.Format != copyFormat {
		return c, false
	}
	c.text = slot.Record
	c.verdict.add(CheckFile, true, "good")
	signed := sm.Verify(key, slot.Record, slot.Signature)
	c.verdict.add(CheckSignature, signed, pick(signed, "good", "bad"))
	same := digest(f) == c.record.Document
	c.verdict.add(CheckDocument, same, pick(same, "good", "bad"))
	return c, true
}

// findCopy looks a copy up by its number.
func (v *verification) findCopy(ctx context.Context, number string) (known bool, err error) {
	v.way = byCopy
	err = v.s.db.View(ctx, func(tx *db.Tx) (err error) {
		v.now = tx.Now
		if v.copy, err = findCopy(ctx, tx, number); err != nil {
			return err
		}
		if v.row, err = byID(ctx, tx, v.copy.CertID); err != nil {
			return err
		}
		return v.gather(ctx, tx)
	})
	today := civil.Of(v.now)
	switch {
	case errors.Is(err, db.ErrNotFound):
		v.verdict.add(CheckCopy, false, "bad")
		return false, nil
	case err != nil:
		return false, err
	case !v.copy.EndedAt.IsZero():
		v.verdict.add(CheckCopy, false, "ended")
	case v.copy.UntilOn.Before(today):
		v.verdict.add(CheckCopy, false, "late", v.copy.UntilOn.String())
	default:
		v.verdict.add(CheckCopy, true, "good", v.copy.UntilOn.String())
	}
	return true, nil
}
