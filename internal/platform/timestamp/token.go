package timestamp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"xiangyun/internal/platform/sm"
)

// ErrToken says that a timestamp is none, or not for these bytes, or not of a trusted authority.
var ErrToken = errors.New("the timestamp does not verify")

const maxToken = 64 << 10

var (
	oidSignedData  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidInfo        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidPolicy      = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 99} // of the built-in authority: for trying out

	context0 = tag.Tag(0).ContextSpecific().Constructed()
)

// family is a digest and a signature that go together.
type family struct {
	digest, signature asn1.ObjectIdentifier
	sum               func([]byte) []byte
	sign              func(crypto.Signer, []byte) ([]byte, error)
	verify            func(pub crypto.PublicKey, message, signature []byte) bool
}

var families = []family{
	{digest: asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401}, signature: asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 501},
		sum:  func(b []byte) []byte { s := sm.Sum(b); return s[:] },
		sign: sm.Sign, verify: sm.Verify},
	{digest: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, signature: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2},
		sum: func(b []byte) []byte { s := sha256.Sum256(b); return s[:] },
		sign: func(key crypto.Signer, message []byte) ([]byte, error) {
			sum := sha256.Sum256(message)
			return key.Sign(rand.Reader, sum[:], crypto.SHA256)
		},
		verify: func(pub crypto.PublicKey, message, signature []byte) bool {
			key, ok := pub.(*ecdsa.PublicKey)
			sum := sha256.Sum256(message)
			return ok && ecdsa.VerifyASN1(key, sum[:], signature)
		}},
}

func byDigest(oid asn1.ObjectIdentifier) (family, bool) {
	for _, f := range families {
		if f.digest.Equal(oid) {
			return f, true
		}
	}
	return family{}, false
}

// info is what a token says (TSTInfo).
type info struct {
	policy  asn1.ObjectIdentifier
	digest  asn1.ObjectIdentifier
	imprint []byte
	serial  *big.Int
	at      time.Time
	nonce   *big.Int // nil without
}

func algorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
}

func (i info) der() []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1ObjectIdentifier(i.policy)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			algorithm(b, i.digest)
			b.AddASN1OctetString(i.imprint)
		})
		b.AddASN1BigInt(i.serial)
		b.AddASN1GeneralizedTime(i.at.UTC())
		if i.nonce != nil {
			b.AddASN1BigInt(i.nonce)
		}
	})
	return b.BytesOrPanic()
}

// attributes is the SET OF what the signature is over, sorted as DER wants it.
func attributes(f family, content []byte, cert *sm.Certificate) []byte {
	one := func(oid asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) []byte {
		var b cryptobyte.Builder
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(tag.SET, value)
		})
		return b.BytesOrPanic()
	}
	list := [][]byte{
		one(oidContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidInfo) }),
		one(oidDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(f.sum(content)) }),
		one(oidSigningCert, func(b *cryptobyte.Builder) { b.AddBytes(signingCert(f, cert)) }),
	}
	slices.SortFunc(list, bytes.Compare)
	return bytes.Join(list, nil)
}

// signingCert names the authority's certificate by its digest (RFC 5035), so that no other of the same key can take its place.
func signingCert(f family, cert *sm.Certificate) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				if !f.digest.Equal(families[1].digest) { // SHA-256 is the default, and a default is left out
					algorithm(b, f.digest)
				}
				b.AddASN1OctetString(f.sum(cert.Raw))
			})
		})
	})
	return b.BytesOrPanic()
}

func asSet(attributes []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
	return b.BytesOrPanic()
}

// token signs an info.
func token(f family, i info, cert *sm.Certificate, key crypto.Signer) ([]byte, error) {
	content := i.der()
	signed := attributes(f, content, cert)
	signature, err := f.sign(key, asSet(signed))
	if err != nil {
		return nil, fmt.Errorf("signing timestamp: %w", err)
	}
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData)
		b.AddASN1(context0, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(3)
				b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { algorithm(b, f.digest) })
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(oidInfo)
					b.AddASN1(context0, func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
				})
				b.AddASN1(context0, func(b *cryptobyte.Builder) { b.AddBytes(cert.Raw) })
				b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { signerInfo(b, f, cert, signed, signature) })
			})
		})
	})
	return b.Bytes()
}

func signerInfo(b *cryptobyte.Builder, f family, cert *sm.Certificate, signed, signature []byte) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(cert.RawIssuer)
			b.AddASN1BigInt(cert.SerialNumber)
		})
		algorithm(b, f.digest)
		b.AddASN1(context0, func(b *cryptobyte.Builder) { b.AddBytes(signed) })
		algorithm(b, f.signature)
		b.AddASN1OctetString(signature)
	})
}

// Verify checks that a token is over these bytes and of an authority whose certificate leads to a root, and returns the time it says. It returns
// ErrToken, wrapped with where it failed, for anything else.
func Verify(token, over []byte, roots *sm.Pool) (time.Time, error) {
	i, err := read(token, roots)
	if err != nil {
		return time.Time{}, err
	}
	f, ok := byDigest(i.digest)
	if !ok || !bytes.Equal(f.sum(over), i.imprint) {
		return time.Time{}, fmt.Errorf("comparing what was stamped: %w", ErrToken)
	}
	return i.at, nil
}
