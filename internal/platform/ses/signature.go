package ses

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"xiangyun/internal/platform/sm"
)

// ErrSignature says that a signature does not fit what it is put to.
var ErrSignature = errors.New("the signature does not fit what was signed")

// Signature is an affixed seal as parsed.
type Signature struct {
	Version    Version
	Seal       *Seal
	At         time.Time // when it says it was made
	Digest     []byte    // SM3 of what was sealed
	Property   string    // which part of the document that is: in OFD the path of Signature.xml
	Extensions []Extension
	Cert       []byte // the signer's, DER
	Value      []byte // SM2, DER
	Timestamp  []byte // RFC 3161 over Value, nil without one

	signed []byte // what Value is over
}

// ParseSignature reads an affixed seal. It checks the form only; [Check] judges.
func ParseSignature(der []byte) (*Signature, error) {
	if len(der) > maxSize {
		return nil, fmt.Errorf("reading signature: larger than %d bytes: %w", maxSize, ErrFormat)
	}
	s := &Signature{}
	whole := &reader{rest: der}
	r, _ := whole.sequence("signature")
	in, raw := r.sequence("toSign")
	s.signed = raw
	version := in.number(16, "version")
	s.Seal = in.seal("seal")
	s.Version = s.Seal.Version
	in.ok(version == int(s.Version) || s.Version == V1 && version <= 3, "version")
	if s.Version == V1 {
		s.At = in.oldTime("time")
	} else {
		s.At = in.instant(s.Version, "time")
	}
	s.Digest, s.Property = in.bits("digest"), in.text(tag.IA5String, "property")
	if s.Version == V1 {
		s.Cert = in.octets("cert")
		in.algorithm("algorithm")
	} else {
		s.Extensions = in.extensions("extensions")
	}
	r.close(in, "toSign")
	if s.Version != V1 {
		s.Cert = r.octets("cert")
		r.algorithm("algorithm")
	}
	s.Value = r.bits("value")
	if s.Version != V1 {
		s.Timestamp = r.taggedBits("timestamp")
	}
	whole.close(r, "signature")
	return s, whole.err("signature")
}

// oldTime takes the time of V1: a BIT STRING that holds the DER of a time, or its bare text. The standard allows a timestamp there too; over what it
// is made, writers disagree about, so a signature with one is refused as a form this package does not read.
func (r *reader) oldTime(where string) time.Time {
	b := r.bits(where)
	inner := &reader{rest: b}
	if at := inner.instant(V1, where); inner.err(where) == nil {
		return at
	}
	for _, form := range []string{"060102150405Z", "20060102150405Z"} {
		if at, err := time.Parse(form, string(b)); err == nil {
			return at
		}
	}
	r.fail(where)
	return time.Time{}
}

// Affixing is what is signed when a seal is affixed.
type Affixing struct {
	Seal       []byte // DER of a V4 seal
	Digest     []byte // SM3 of what is sealed
	Property   string // which part of the document that is, in ASCII
	At         time.Time
	Extensions []Extension
}

// ToSign returns what the signer signs: the DER of TBS_Sign.
func ToSign(a Affixing) ([]byte, error) {
	seal, err := ParseSeal(a.Seal)
	if err != nil {
		return nil, err
	}
	if seal.Version != V4 {
		return nil, fmt.Errorf("affixing a seal of version %d: only version 4 is written", seal.Version)
	}
	if len(a.Digest) != sm.Size {
		return nil, errors.New("affixing a seal: the digest is no SM3")
	}
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(int64(V4))
		b.AddBytes(a.Seal)
		b.AddASN1GeneralizedTime(a.At.UTC())
		b.AddASN1BitString(a.Digest)
		addText(b, tag.IA5String, a.Property)
		addExtensions(b, a.Extensions)
	})
	der, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing signature: %w", err)
	}
	return der, nil
}

// Assemble puts the signer's signature over [ToSign]'s result and a timestamp over that signature (nil for none) into the whole. It refuses a
// signature that does not fit: what leaves here verifies.
func Assemble(toSign, cert, value, timestamp []byte) ([]byte, error) {
	der, err := beside(toSign, cert, value, timestamp)
	if err != nil {
		return nil, err
	}
	s, err := ParseSignature(der)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(s.signed, toSign) {
		return nil, ErrFormat
	}
	return der, nil
}

// Sign affixes a seal in one go. timestamp makes an RFC 3161 token over the signature value; nil leaves it out. Who must record what will be signed
// before it is takes [ToSign] and [Assemble] instead.
func Sign(a Affixing, cert []byte, signer crypto.Signer, timestamp func(value []byte) ([]byte, error)) ([]byte, error) {
	toSign, err := ToSign(a)
	if err != nil {
		return nil, err
	}
	value, err := sm.Sign(signer, toSign)
	if err != nil {
		return nil, fmt.Errorf("affixing a seal: %w", err)
	}
	var token []byte
	if timestamp != nil {
		if token, err = timestamp(value); err != nil {
			return nil, fmt.Errorf("affixing a seal: %w", err)
		}
	}
	return Assemble(toSign, cert, value, token)
}
