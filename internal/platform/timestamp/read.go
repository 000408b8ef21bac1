package timestamp

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"xiangyun/internal/platform/sm"
)

// read takes a token apart, verifies its signature and chain, and returns what it says.
func read(token []byte, roots *sm.Pool) (info, error) {
	failed := func(where string) (info, error) {
		return info{}, fmt.Errorf("reading timestamp at %s: %w", where, ErrToken)
	}
	if len(token) > maxToken {
		return failed("length")
	}
	var outer, content, signed, certs, infos cryptobyte.String
	whole := cryptobyte.String(token)
	if !whole.ReadASN1(&outer, tag.SEQUENCE) || !whole.Empty() || !named(&outer, oidSignedData) || !outer.ReadASN1(&signed, context0) || !outer.Empty() ||
		!signed.ReadASN1(&signed, tag.SEQUENCE) {
		return failed("envelope")
	}
	var version int
	if !signed.ReadASN1Integer(&version) || !signed.SkipASN1(tag.SET) || !signed.ReadASN1(&content, tag.SEQUENCE) ||
		!signed.ReadASN1(&certs, context0) {
		return failed("contents")
	}
	signed.SkipOptionalASN1(tag.Tag(1).ContextSpecific().Constructed()) // revocation lists
	if !signed.ReadASN1(&infos, tag.SET) || !signed.Empty() {
		return failed("signers")
	}
	var text cryptobyte.String
	if !named(&content, oidInfo) || !content.ReadASN1(&content, context0) || !content.ReadASN1(&text, tag.OCTET_STRING) || !content.Empty() {
		return failed("info")
	}
	i, ok := readInfo(text)
	if !ok {
		return failed("info")
	}
	s, ok := readSigner(infos)
	if !ok {
		return failed("signer")
	}
	cert, between := pick(certs, s.issuer, s.serial)
	if cert == nil {
		return failed("certificate")
	}
	if !slices.Contains(cert.ExtKeyUsage, sm.PurposeTimestamp) || sm.Chain(cert, roots, between, i.at) != nil {
		return failed("trust")
	}
	if !s.fits(text, cert) {
		return failed("signature")
	}
	return i, nil
}

func named(s *cryptobyte.String, want asn1.ObjectIdentifier) bool {
	var oid asn1.ObjectIdentifier
	return s.ReadASN1ObjectIdentifier(&oid) && oid.Equal(want)
}

// readAlgorithm takes an AlgorithmIdentifier with no parameters, or NULL.
func readAlgorithm(s *cryptobyte.String) (oid asn1.ObjectIdentifier, ok bool) {
	var in cryptobyte.String
	ok = s.ReadASN1(&in, tag.SEQUENCE) && in.ReadASN1ObjectIdentifier(&oid) && in.SkipOptionalASN1(tag.NULL) && in.Empty()
	return oid, ok
}

func readInfo(text cryptobyte.String) (i info, ok bool) {
	var in, imprint cryptobyte.String
	var version int
	i.serial = new(big.Int)
	if !text.ReadASN1(&in, tag.SEQUENCE) || !text.Empty() || !in.ReadASN1Integer(&version) || version != 1 || !in.ReadASN1ObjectIdentifier(&i.policy) ||
		!in.ReadASN1(&imprint, tag.SEQUENCE) {
		return i, false
	}
	if i.digest, ok = readAlgorithm(&imprint); !ok {
		return i, false
	}
	if !imprint.ReadASN1Bytes(&i.imprint, tag.OCTET_STRING) || !imprint.Empty() || !in.ReadASN1Integer(i.serial) {
		return i, false
	}
	if i.at, ok = readTime(&in); !ok {
		return i, false
	}
	var ordering bool
	if !in.SkipOptionalASN1(tag.SEQUENCE) || in.PeekASN1Tag(tag.BOOLEAN) && !in.ReadASN1Boolean(&ordering) {
		return i, false
	}
	if in.PeekASN1Tag(tag.INTEGER) {
		i.nonce = new(big.Int)
		if !in.ReadASN1Integer(i.nonce) {
			return i, false
		}
	}
	return i, in.SkipOptionalASN1(context0) && in.SkipOptionalASN1(tag.Tag(1).ContextSpecific().Constructed()) && in.Empty()
}

// readTime takes a GeneralizedTime, which here may have fractions of a second (RFC 3161, 2.4.2).
func readTime(s *cryptobyte.String) (time.Time, bool) {
	var text cryptobyte.String
	if !s.ReadASN1(&text, tag.GeneralizedTime) {
		return time.Time{}, false
	}
	at, err := time.Parse("20060102150405.999999999Z", string(text))
	return at, err == nil
}

// signer is the one SignerInfo of a token.
type signer struct {
	issuer, attributes, signature []byte
	serial                        *big.Int
	digest, algorithm             asn1.ObjectIdentifier
}

func readSigner(infos cryptobyte.String) (s signer, ok bool) {
	var in, sid, issuer, attributes cryptobyte.String
	var version int
	s.serial = new(big.Int)
	if !infos.ReadASN1(&in, tag.SEQUENCE) || !infos.Empty() || !in.ReadASN1Integer(&version) || version != 1 || !in.ReadASN1(&sid, tag.SEQUENCE) ||
		!sid.ReadASN1Element(&issuer, tag.SEQUENCE) || !sid.ReadASN1Integer(s.serial) || !sid.Empty() {
		return s, false
	}
	if s.digest, ok = readAlgorithm(&in); !ok || !in.ReadASN1(&attributes, context0) {
		return s, false
	}
	if s.algorithm, ok = readAlgorithm(&in); !ok {
		return s, false
	}
	s.issuer, s.attributes = issuer, attributes
	return s, in.ReadASN1Bytes(&s.signature, tag.OCTET_STRING) && in.SkipOptionalASN1(tag.Tag(1).ContextSpecific().Constructed()) && in.Empty()
}

// fits tells whether the signer signed this content with this certificate's key.
func (s signer) fits(content []byte, cert *sm.Certificate) bool {
	f, ok := byDigest(s.digest)
	if !ok || !s.algorithm.Equal(f.signature) || !f.verify(cert.PublicKey, asSet(s.attributes), s.signature) {
		return false
	}
	// What the signature is over must name the kind of the content, its digest and the certificate; unknown attributes are the authority's own affair.
	found := map[string]bool{}
	rest := cryptobyte.String(s.attributes)
	for !rest.Empty() {
		var one, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !rest.ReadASN1(&one, tag.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&oid) || !one.ReadASN1(&value, tag.SET) || found[oid.String()] {
			return false
		}
		found[oid.String()] = true
		var digest []byte
		switch {
		case oid.Equal(oidContentType) && !named(&value, oidInfo),
			oid.Equal(oidDigest) && (!value.ReadASN1Bytes(&digest, tag.OCTET_STRING) || !bytes.Equal(digest, f.sum(content))),
			oid.Equal(oidSigningCert) && !namesCert(value, cert):
			return false
		}
	}
	return found[oidContentType.String()] && found[oidDigest.String()] && found[oidSigningCert.String()]
}

// namesCert reads SigningCertificateV2, whose first entry must be the signer's certificate.
func namesCert(value cryptobyte.String, cert *sm.Certificate) bool {
	var in, list, first cryptobyte.String
	if !value.ReadASN1(&in, tag.SEQUENCE) || !in.ReadASN1(&list, tag.SEQUENCE) || !list.ReadASN1(&first, tag.SEQUENCE) {
		return false
	}
	f := families[1]
	if first.PeekASN1Tag(tag.SEQUENCE) {
		oid, ok := readAlgorithm(&first)
		if f, ok = byDigest(oid); !ok {
			return false
		}
	}
	var digest []byte
	return first.ReadASN1Bytes(&digest, tag.OCTET_STRING) && bytes.Equal(digest, f.sum(cert.Raw))
}

// pick finds the signer's certificate among those the token carries; the others may lead to a root.
func pick(certs cryptobyte.String, issuer []byte, serial *big.Int) (found *sm.Certificate, between *sm.Pool) {
	between = sm.NewPool()
	for n := 0; !certs.Empty() && n < 16; n++ {
		var der cryptobyte.String
		if !certs.ReadASN1Element(&der, tag.SEQUENCE) {
			return nil, nil
		}
		c, err := sm.ParseCertificate(der)
		if err != nil {
			return nil, nil
		}
		if bytes.Equal(c.RawIssuer, issuer) && c.SerialNumber.Cmp(serial) == 0 {
			found = c
		} else {
			between.AddCert(c)
		}
	}
	return found, between
}
