package cert

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// A part of a certificate is shown the way SD-JWT (RFC 9901) does it, with the national algorithms. Each field is a disclosure, the base64url of
// ["salt","key","label","value"]; the list holds the SM3 digests of all disclosures, sorted, and is signed with SM2. Who is handed the list and some of the
// disclosures can check these, and learns of the others that there are some. Salts are new each time: two parts of one certificate have nothing in common.
//
//	base64url(list) . base64url(signature) ~ disclosure ~ disclosure ~

// Excerpt is what a proof says, once its signature and every disclosure were found good.
type Excerpt struct {
	Format     string     `json:"format"` // part/1
	Name       string     `json:"name"`
	Type       string     `json:"type"`
	Issuer     string     `json:"issuer"`
	IssuerCode string     `json:"issuer_code"`
	ValidFrom  civil.Date `json:"valid_from"`
	ValidUntil civil.Date `json:"valid_until"`
	At         time.Time  `json:"at"`    // when it was made
	Nonce      string     `json:"nonce"` // of the code it was made for
	Digests    []string   `json:"digests"`
	Lines      []Line     `json:"-"` // what was disclosed
}

const partFormat = "part/1"

// errPart is the outcome of a proof that is not to be trusted.
var errPart = errors.New("no proof of a part")

// The ages a person may show instead of the number that tells them.
var ages = map[string]struct {
	years int
	label string
}{"over_16": {16, "已满16周岁"}, "over_18": {18, "已满18周岁"}, "over_60": {60, "已满60周岁"}}

// choices are the fields that can be shown alone: those of the face, and what follows from the holder's number.
func (r record) choices(today civil.Date) []Line {
	out := slices.Clone(r.Fields)
	if r.Number != "" && !slices.ContainsFunc(out, func(l Line) bool { return l.Key == "number" }) {
		out = append(out, Line{"number", "证照编号", r.Number})
	}
	id, err := personid.Parse(r.Holder.Number)
	if r.Holder.Kind != "person" || err != nil {
		return out
	}
	for _, key := range []string{"over_16", "over_18", "over_60"} {
		value := "否"
		if id.Age(today) >= ages[key].years {
			value = "是"
		}
		out = append(out, Line{key, ages[key].label, value})
	}
	return out
}

// Choices lists what by, the holder, can show alone of a certificate.
func (s *Service) Choices(ctx context.Context, by actor.Actor, identifier string) (c Cert, out []Line, err error) {
	r, now, err := s.presentable(ctx, by, identifier)
	if err != nil {
		return c, nil, err
	}
	rec, err := s.open(r)
	return r.cert(), rec.choices(civil.Of(now)), err
}

// makePart signs the digests of all fields and discloses the chosen ones; it returns the proof sealed.
func (s *Service) makePart(r row, now time.Time, nonce []byte, chosen []string) ([]byte, error) {
	rec, err := s.open(r)
	if err != nil {
		return nil, err
	}
	list := Excerpt{Format: partFormat, Name: rec.Name, Type: rec.Type, Issuer: rec.Issuer.Name, IssuerCode: rec.Issuer.Code, ValidFrom: rec.ValidFrom,
		ValidUntil: rec.ValidUntil, At: now.UTC().Truncate(time.Minute), Nonce: base64.RawURLEncoding.EncodeToString(nonce)}
	var shown []string
	for _, l := range rec.choices(civil.Of(now)) {
		disclosure, err := disclose(l)
		if err != nil {
			return nil, err
		}
		list.Digests = append(list.Digests, digestOfDisclosure(disclosure))
		if slices.Contains(chosen, l.Key) {
			shown = append(shown, disclosure)
		}
	}
	if len(shown) != len(slices.Compact(slices.Sorted(slices.Values(chosen)))) {
		return nil, fault.New(fault.Invalid, "cert.field_unknown").Field("field", "cert.field_unknown")
	}
	slices.Sort(list.Digests)
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	signer, err := s.needs.Keys.Signer(sm.CertificateSigner)
	if err != nil {
		return nil, err
	}
	signature, err := sm.Sign(signer, text)
	if err != nil {
		return nil, fmt.Errorf("signing a part: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	proof := encode(text) + "." + encode(signature) + "~" + strings.Join(shown, "~") + "~"
	return s.needs.Keys.Seal([]byte(proof), partAAD(nonce))
}

func partAAD(tokenHash []byte) []byte {
	return []byte("cert_presentation/" + string(tokenHash) + "/part")
}

func disclose(l Line) (string, error) {
	var salt [16]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return "", err
	}
	text, err := json.Marshal([4]string{base64.RawURLEncoding.EncodeToString(salt[:]), l.Key, l.Label, l.Value})
	return base64.RawURLEncoding.EncodeToString(text), err
}

func digestOfDisclosure(disclosure string) string {
	sum := sm.Sum([]byte(disclosure))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// maxProof is longer than any proof we make.
const maxProof = 64 << 10

// VerifyExcerpt checks a proof by itself: the list is signed by key, and every disclosure is in it. The error says no more than that it is none.
func VerifyExcerpt(proof []byte, key crypto.PublicKey) (p Excerpt, err error) {
	if len(proof) > maxProof {
		return p, errPart
	}
	pieces := strings.Split(string(proof), "~")
	head, tail, _ := strings.Cut(pieces[0], ".")
	text, err := base64.RawURLEncoding.Strict().DecodeString(head)
	if err != nil {
		return p, errPart
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(tail)
	if err != nil || !sm.Verify(key, text, signature) {
		return Excerpt{}, errPart
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || p.Format != partFormat || len(pieces) < 2 || pieces[len(pieces)-1] != "" {
		return Excerpt{}, errPart
	}
	seen := map[string]bool{}
	for _, disclosure := range pieces[1 : len(pieces)-1] {
		l, err := readDisclosure(disclosure)
		if err != nil || seen[disclosure] || !slices.Contains(p.Digests, digestOfDisclosure(disclosure)) {
			return Excerpt{}, errPart
		}
		seen[disclosure] = true
		p.Lines = append(p.Lines, l)
	}
	return p, nil
}

func readDisclosure(text string) (l Line, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return l, err
	}
	var fields []string
	if err := json.Unmarshal(b, &fields); err != nil || len(fields) != 4 {
		return l, errPart
	}
	return Line{fields[1], fields[2], fields[3]}, nil
}

// showPart shows what the holder chose, with its proof.
func (v *verification) showPart() error {
	proof, err := v.s.needs.Keys.Open(v.code.Part, partAAD(v.code.TokenHash))
	if err != nil {
		return fmt.Errorf("opening a part: %w", err)
	}
	key, err := v.s.needs.Keys.PublicKey(sm.CertificateSigner)
	if err != nil {
		return err
	}
	p, err := VerifyExcerpt(proof, key)
	good := err == nil && p.Nonce == base64.RawURLEncoding.EncodeToString(v.code.TokenHash)
	v.verdict.add(CheckPart, good, pick(good, "good", "bad"))
	if !good {
		v.verdict.Certificate = &Shown{Name: v.row.Name, Issuer: v.row.IssuerName, Part: true}
		return nil
	}
	v.verdict.Certificate = &Shown{Name: p.Name, Issuer: p.Issuer, IssuerCode: p.IssuerCode, ValidFrom: p.ValidFrom, ValidUntil: p.ValidUntil, Lines: p.Lines,
		Part: true, Proof: proof}
	return nil
}
