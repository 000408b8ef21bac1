package ses

import (
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"xiangyun/internal/platform/sm"
)

// Version is which standard a seal follows.
type Version int

// The versions this package reads; it writes V4.
const (
	V1 Version = 1 // GM/T 0031-2014
	V4 Version = 4 // GB/T 38540-2020
	V5 Version = 5 // GM/T 0031-2025
)

// Types of seal in the grammar.
const (
	OfOrganisation = 1 // 单位印章
	OfPerson       = 2 // 个人印章
)

// Info is what a seal says of itself.
type Info struct {
	Vendor     string // Vid: who made it
	ID         string // esID: the seal's number, unlike every other's
	Type       int    // OfOrganisation or OfPerson
	Name       string
	Certs      [][]byte     // who may sign with it: certificates in DER …
	Digests    []CertDigest // … or their digests
	Created    time.Time    // whole seconds, as the three times are
	From, To   time.Time
	Extensions []Extension
}

// CertDigest names a certificate by its digest.
type CertDigest struct {
	Type  string // the algorithm: "SM3"
	Value []byte
}

// Picture is how the seal looks.
type Picture struct {
	Type          string // PNG, JPG, BMP, GIF, SVG or OFD
	Data          []byte
	Width, Height int // millimetres
}

// Extension is custom data. A critical one that the reader does not know spoils the seal.
type Extension struct {
	ID       asn1.ObjectIdentifier
	Critical bool
	Value    []byte
}

// Seal is a parsed seal.
type Seal struct {
	Version   Version
	Info      Info
	Picture   Picture
	MakerCert []byte // DER
	Signature []byte // SM2, DER
	Timestamp []byte // RFC 3161 over Signature; V5 only, nil without one
	Raw       []byte // the whole DER

	signed []byte // what Signature is over
}

// ParseSeal reads a seal. It checks the form only; [Check] judges.
func ParseSeal(der []byte) (*Seal, error) {
	if len(der) > maxSize {
		return nil, fmt.Errorf("reading seal: larger than %d bytes: %w", maxSize, ErrFormat)
	}
	r := &reader{rest: der}
	s := r.seal("seal")
	return s, r.err("seal")
}

// seal takes a SESeal. The version decides about its second half.
func (r *reader) seal(where string) *Seal {
	s := &Seal{}
	in, raw := r.sequence(where)
	s.Raw = raw
	info := s.readInfo(in)
	if s.Version == V1 {
		by, _ := in.sequence("signInfo")
		s.MakerCert = by.octets("cert")
		by.algorithm("algorithm")
		s.Signature = by.bits("signature")
		in.close(by, "signInfo")
		s.signed = oldSigned(info, s.MakerCert)
	} else {
		s.MakerCert = in.octets("cert")
		in.algorithm("algorithm")
		s.Signature = in.bits("signature")
		s.signed = info
		if s.Version == V5 {
			s.Timestamp = in.taggedBits("timestamp")
		}
	}
	r.close(in, where)
	return s
}

// readInfo takes SES_SealInfo and returns its DER.
func (s *Seal) readInfo(r *reader) []byte {
	in, raw := r.sequence("info")
	header, _ := in.sequence("header")
	header.ok(header.text(tag.IA5String, "id") == "ES", "id")
	switch n := header.number(16, "version"); {
	case n >= 1 && n <= 3: // makers of seals after GM/T 0031-2014 wrote each of these
		s.Version = V1
	case n == 4 || n == 5:
		s.Version = Version(n)
	default:
		header.fail("version")
	}
	s.Info.Vendor = header.text(tag.IA5String, "vendor")
	in.close(header, "header")
	s.Info.ID = in.text(tag.IA5String, "esID")
	in.ok(s.Info.ID != "", "esID")
	s.readProperty(in)
	picture, _ := in.sequence("picture")
	s.Picture.Type = picture.text(tag.IA5String, "type")
	s.Picture.Data = picture.octets("data")
	s.Picture.Width, s.Picture.Height = picture.number(1000, "width"), picture.number(1000, "height")
	in.close(picture, "picture")
	s.Info.Extensions = in.extensions("extensions")
	r.close(in, "info")
	return raw
}

func (s *Seal) readProperty(r *reader) {
	in, _ := r.sequence("property")
	s.Info.Type = in.number(1<<30, "type")
	s.Info.Name = in.text(tag.UTF8String, "name")
	kind := 1
	if s.Version != V1 {
		kind = in.number(2, "listType")
	}
	list, _ := in.sequence("list")
	for len(list.rest) > 0 {
		switch kind {
		case 1:
			s.Info.Certs = append(s.Info.Certs, list.octets("cert"))
		case 2:
			one, _ := list.sequence("digest")
			s.Info.Digests = append(s.Info.Digests, CertDigest{one.text(tag.PrintableString, "type"), one.octets("value")})
			list.close(one, "digest")
		default:
			list.fail("listType")
		}
		list.ok(len(s.Info.Certs)+len(s.Info.Digests) <= maxCerts, "length")
	}
	in.close(list, "list")
	s.Info.Created, s.Info.From, s.Info.To = in.instant(s.Version, "created"), in.instant(s.Version, "from"), in.instant(s.Version, "to")
	r.close(in, "property")
}

// extensions takes the custom data at the end of a sequence, tagged or not.
func (r *reader) extensions(where string) (out []Extension) {
	if len(r.rest) == 0 {
		return nil
	}
	if r.rest.PeekASN1Tag(explicit0) {
		var inside cryptobyte.String
		r.ok(r.rest.ReadASN1(&inside, explicit0), where)
		inner := &reader{rest: inside, where: r.where}
		inner.ok(len(inner.rest) > 0, where)
		out = inner.extensions(where)
		r.close(inner, where)
		return out
	}
	list, _ := r.sequence(where)
	for len(list.rest) > 0 {
		one, _ := list.sequence("data")
		e := Extension{ID: one.oid("id")}
		if one.rest.PeekASN1Tag(tag.BOOLEAN) {
			one.ok(one.rest.ReadASN1Boolean(&e.Critical), "critical")
		}
		e.Value = one.octets("value")
		list.close(one, "data")
		out = append(out, e)
		list.ok(len(out) <= maxExtensions, "length")
	}
	r.close(list, where)
	return out
}

// MakeSeal returns the DER of a V4 seal, signed by its maker. The signer signs messages, as those of package sm do.
func MakeSeal(info Info, picture Picture, makerCert []byte, maker crypto.Signer) ([]byte, error) {
	signed, err := SealToSign(info, picture)
	if err != nil {
		return nil, err
	}
	signature, err := sm.Sign(maker, signed)
	if err != nil {
		return nil, fmt.Errorf("signing seal: %w", err)
	}
	return AssembleSeal(signed, makerCert, signature)
}

// SealToSign returns what the maker of a V4 seal signs: the DER of its info.
func SealToSign(info Info, picture Picture) ([]byte, error) {
	if (len(info.Certs) == 0) == (len(info.Digests) == 0) {
		return nil, errors.New("a seal names its signers by certificates or by digests")
	}
	if !info.From.Before(info.To) {
		return nil, errors.New("a seal's validity ends before it begins")
	}
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			addText(b, tag.IA5String, "ES")
			b.AddASN1Int64(int64(V4))
			addText(b, tag.IA5String, info.Vendor)
		})
		addText(b, tag.IA5String, info.ID)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { addProperty(b, info) })
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			addText(b, tag.IA5String, picture.Type)
			b.AddASN1OctetString(picture.Data)
			b.AddASN1Int64(int64(picture.Width))
			b.AddASN1Int64(int64(picture.Height))
		})
		addExtensions(b, info.Extensions)
	})
	der, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing seal: %w", err)
	}
	return der, nil
}

// AssembleSeal puts a signature made over [SealToSign]'s result into the whole, and refuses one that does not fit or a seal it would not read.
func AssembleSeal(signed, makerCert, signature []byte) ([]byte, error) {
	der, err := beside(signed, makerCert, signature, nil)
	if err != nil {
		return nil, err
	}
	if _, err := ParseSeal(der); err != nil {
		return nil, err
	}
	return der, nil
}

// beside writes what was signed with its certificate and signature, which must fit, and a timestamp where there is one: seals and signatures end alike.
func beside(signed, cert, signature, timestamp []byte) ([]byte, error) {
	c, err := sm.ParseCertificate(cert)
	if err != nil {
		return nil, err
	}
	if !sm.Verify(c.PublicKey, signed, signature) {
		return nil, ErrSignature
	}
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(signed)
		b.AddASN1OctetString(cert)
		b.AddASN1ObjectIdentifier(sm2WithSM3)
		b.AddASN1BitString(signature)
		if timestamp != nil {
			b.AddASN1(explicit0, func(b *cryptobyte.Builder) { b.AddASN1BitString(timestamp) })
		}
	})
	der, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing a signature beside what was signed: %w", err)
	}
	return der, nil
}

func addProperty(b *cryptobyte.Builder, info Info) {
	b.AddASN1Int64(int64(info.Type))
	addText(b, tag.UTF8String, info.Name)
	if len(info.Certs) > 0 {
		b.AddASN1Int64(1)
	} else {
		b.AddASN1Int64(2)
	}
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, c := range info.Certs {
			b.AddASN1OctetString(c)
		}
		for _, d := range info.Digests {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				addText(b, tag.PrintableString, d.Type)
				b.AddASN1OctetString(d.Value)
			})
		}
	})
	for _, t := range []time.Time{info.Created, info.From, info.To} {
		b.AddASN1GeneralizedTime(t.UTC())
	}
}

func addExtensions(b *cryptobyte.Builder, list []Extension) {
	if len(list) == 0 {
		return
	}
	b.AddASN1(explicit0, func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, e := range list {
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(e.ID)
					if e.Critical { // DEFAULT FALSE is left out in DER
						b.AddASN1Boolean(true)
					}
					b.AddASN1OctetString(e.Value)
				})
			}
		})
	})
}

func addText(b *cryptobyte.Builder, t tag.Tag, text string) {
	b.AddASN1(t, func(b *cryptobyte.Builder) { b.AddBytes([]byte(text)) })
}

// oldSigned is what the maker of a V1 seal signs.
func oldSigned(info, cert []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(info)
		b.AddASN1OctetString(cert)
		b.AddASN1ObjectIdentifier(sm2WithSM3)
	})
	return b.BytesOrPanic()
}
