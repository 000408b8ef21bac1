package signed

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"xiangyun/internal/platform/sm"
)

// Room is how much a PDF must keep for [SignPDF]: a chain of three certificates and a timestamp.
const Room = 12 << 10

// SignPDF returns the signature of a PDF for [paper.File.Sign], after PAdES (ETSI EN 319 142): a CMS without content, SHA-256 and a key on the curve P-256, for
// readers outside of China know no SM2. chain is the signer's certificate and those that lead to the root, in that order; the root itself is left out of the file, for
// no signature would cover it. timestamp makes an RFC 3161 token over
// the signature value; nil leaves it out.
func SignPDF(digest []byte, chain []*sm.Certificate, key crypto.Signer, timestamp func(value []byte) ([]byte, error)) ([]byte, error) {
	if len(digest) != sha256.Size || len(chain) == 0 {
		return nil, errors.New("signing a PDF: no digest, or no certificate")
	}
	if pub, ok := key.Public().(*ecdsa.PublicKey); !ok || pub.Curve != elliptic.P256() {
		return nil, errors.New("signing a PDF: the key is not on the curve P-256")
	}
	attributes := pdfAttributes(digest, chain[0])
	var set cryptobyte.Builder
	set.AddASN1(tag.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
	sum := sha256.Sum256(set.BytesOrPanic())
	value, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("signing a PDF: %w", err)
	}
	var token []byte
	if timestamp != nil {
		if token, err = timestamp(value); err != nil {
			return nil, fmt.Errorf("signing a PDF: %w", err)
		}
	}
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData)
		b.AddASN1(context0, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { algorithm(b, digesters[0].oid) })
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) })
				b.AddASN1(context0, func(b *cryptobyte.Builder) { addChain(b, chain) })
				b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { addSigner(b, chain[0], attributes, value, token) })
			})
		})
	})
	return b.Bytes()
}

func algorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
}

func addChain(b *cryptobyte.Builder, chain []*sm.Certificate) {
	list := make([][]byte, 0, len(chain))
	for i, c := range chain {
		if i == 0 || !bytes.Equal(c.RawIssuer, c.RawSubject) {
			list = append(list, c.Raw)
		}
	}
	slices.SortFunc(list, bytes.Compare) // a SET OF
	b.AddBytes(bytes.Join(list, nil))
}

func addSigner(b *cryptobyte.Builder, cert *sm.Certificate, attributes, value, token []byte) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(cert.RawIssuer)
			b.AddASN1BigInt(cert.SerialNumber)
		})
		algorithm(b, digesters[0].oid)
		b.AddASN1(context0, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
		algorithm(b, digesters[0].ecdsa)
		b.AddASN1OctetString(value)
		if token != nil {
			b.AddASN1(context1, func(b *cryptobyte.Builder) {
				b.AddBytes(attribute(oidToken, func(b *cryptobyte.Builder) { b.AddBytes(token) }))
			})
		}
	})
}

func attribute(oid asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		b.AddASN1(tag.SET, value)
	})
	return b.BytesOrPanic()
}

// pdfAttributes is the inside of the SET that is signed. It names the certificate, so that no other of the same key can take its place; the time stands in the
// PDF and in the timestamp, as PAdES has it.
func pdfAttributes(digest []byte, cert *sm.Certificate) []byte {
	own := sha256.Sum256(cert.Raw)
	list := [][]byte{
		attribute(oidContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) }),
		attribute(oidDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) }),
		attribute(oidSigningCert, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1OctetString(own[:]) })
				})
			})
		}),
	}
	slices.SortFunc(list, bytes.Compare)
	return bytes.Join(list, nil)
}
