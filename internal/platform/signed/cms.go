package signed

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"errors"
	"hash"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"xiangyun/internal/platform/sm"
)

// errCMS says that bytes are no CMS SignedData of one signer, or in a form nobody needs.
var errCMS = errors.New("signed: no CMS signature in DER")

// What a CMS may hold.
const (
	mostCMS   = 256 << 10
	mostCerts = 16
)

var (
	oidSignedData  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidData        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidTime        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidSigningCert = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidToken       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidRSA         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidSM2         = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 501}

	context0 = tag.Tag(0).ContextSpecific().Constructed()
	context1 = tag.Tag(1).ContextSpecific().Constructed()
)

// digester is a digest and the signatures that may go with it. SHA-1 and MD5 are left out: two documents may have one.
type digester struct {
	oid, ecdsa, rsa asn1.ObjectIdentifier
	hash            crypto.Hash // 0 for SM3
	new             func() hash.Hash
}

var digesters = []digester{
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, crypto.SHA256, sha256.New},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, crypto.SHA384, sha512.New384},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, crypto.SHA512, sha512.New},
	{oid: asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401}, new: sm.Hash},
}

// cms is the signature of one signer over content that is somewhere else.
type cms struct {
	digester  digester
	cert      *sm.Certificate
	between   *sm.Pool
	signed    []byte // the attributes that the signature is over, as a SET
	algorithm asn1.ObjectIdentifier
	value     []byte
	digest    []byte    // of the content, as the attributes say
	at        time.Time // as the attributes say; zero without
	token     []byte    // a timestamp over value; nil without
}

// parseCMS reads a SignedData in DER, with nothing behind it.
func parseCMS(der []byte) (*cms, error) {
	if len(der) > mostCMS {
		return nil, errCMS
	}
	whole := cryptobyte.String(der)
	var outer, in, algorithms, content, certs, infos cryptobyte.String
	var kind asn1.ObjectIdentifier
	var version int
	if !whole.ReadASN1(&outer, tag.SEQUENCE) || !whole.Empty() || !outer.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(oidSignedData) ||
		!outer.ReadASN1(&in, context0) || !outer.Empty() || !in.ReadASN1(&in, tag.SEQUENCE) || !in.ReadASN1Integer(&version) || version != 1 && version != 3 ||
		!in.ReadASN1(&algorithms, tag.SET) || !in.ReadASN1(&content, tag.SEQUENCE) || !in.ReadASN1(&certs, context0) {
		return nil, errCMS
	}
	if !content.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(oidData) || !content.Empty() { // detached
		return nil, errCMS
	}
	if !in.SkipOptionalASN1(context1) || !in.ReadASN1(&infos, tag.SET) || !in.Empty() {
		return nil, errCMS
	}
	c := &cms{}
	if !c.signer(infos, certs) {
		return nil, errCMS
	}
	if said, ok := readAlgorithm(&algorithms); !ok || !algorithms.Empty() || !said.Equal(c.digester.oid) {
		return nil, errCMS
	}
	return c, nil
}

// readAlgorithm reads an AlgorithmIdentifier that has no parameters or NULL.
func readAlgorithm(s *cryptobyte.String) (oid asn1.ObjectIdentifier, ok bool) {
	var in cryptobyte.String
	var null []byte
	if !s.ReadASN1(&in, tag.SEQUENCE) || !in.ReadASN1ObjectIdentifier(&oid) {
		return nil, false
	}
	return oid, in.Empty() || in.ReadASN1Bytes(&null, tag.NULL) && len(null) == 0 && in.Empty()
}

// signer reads the one SignerInfo and finds its certificate.
func (c *cms) signer(infos, certs cryptobyte.String) bool {
	var in, sid, issuer, attributes, unsigned cryptobyte.String
	var version int
	var hasMore bool
	serial := new(big.Int)
	if !infos.ReadASN1(&in, tag.SEQUENCE) || !infos.Empty() || !in.ReadASN1Integer(&version) || version != 1 || !in.ReadASN1(&sid, tag.SEQUENCE) ||
		!sid.ReadASN1Element(&issuer, tag.SEQUENCE) || !sid.ReadASN1Integer(serial) || !sid.Empty() {
		return false
	}
	oid, ok := readAlgorithm(&in)
	if !ok {
		return false
	}
	for _, d := range digesters {
		if d.oid.Equal(oid) {
			c.digester = d
		}
	}
	if c.digester.new == nil || !in.ReadASN1(&attributes, context0) {
		return false
	}
	if c.algorithm, ok = readAlgorithm(&in); !ok || !in.ReadASN1Bytes(&c.value, tag.OCTET_STRING) || !in.ReadOptionalASN1(&unsigned, &hasMore, context1) || !in.Empty() {
		return false
	}
	var b cryptobyte.Builder
	b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
	c.signed = b.BytesOrPanic()
	return c.certificates(certs, issuer, serial) && c.attributes(attributes) && c.unsigned(unsigned)
}

func (c *cms) certificates(certs cryptobyte.String, issuer []byte, serial *big.Int) bool {
	c.between = sm.NewPool()
	for n := 0; !certs.Empty(); n++ {
		var der cryptobyte.String
		if n == mostCerts || !certs.ReadASN1Element(&der, tag.SEQUENCE) {
			return false
		}
		cert, err := sm.ParseCertificate(der)
		if err != nil {
			return false
		}
		if bytes.Equal(cert.RawIssuer, issuer) && cert.SerialNumber.Cmp(serial) == 0 {
			c.cert = cert
		} else {
			c.between.AddCert(cert)
		}
	}
	return c.cert != nil
}

// attributes reads what the signature is over: the kind of the content and its digest must be there, once. A certificate that is named must be the signer's.
func (c *cms) attributes(rest cryptobyte.String) bool {
	found := map[string]bool{}
	for !rest.Empty() {
		var one, value cryptobyte.String
		var oid, kind asn1.ObjectIdentifier
		if !rest.ReadASN1(&one, tag.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&oid) || !one.ReadASN1(&value, tag.SET) || !one.Empty() || found[oid.String()] {
			return false
		}
		found[oid.String()] = true
		switch {
		case oid.Equal(oidContentType) && (!value.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(oidData)),
			oid.Equal(oidDigest) && !value.ReadASN1Bytes(&c.digest, tag.OCTET_STRING),
			oid.Equal(oidTime) && !c.time(value),
			oid.Equal(oidSigningCert) && !c.named(value):
			return false
		}
	}
	return found[oidContentType.String()] && found[oidDigest.String()]
}

func (c *cms) time(value cryptobyte.String) bool {
	if value.PeekASN1Tag(tag.UTCTime) {
		return value.ReadASN1UTCTime(&c.at)
	}
	return value.ReadASN1GeneralizedTime(&c.at)
}

// named tells whether SigningCertificateV2 (RFC 5035) names the signer's certificate.
func (c *cms) named(value cryptobyte.String) bool {
	var in, list, first cryptobyte.String
	if !value.ReadASN1(&in, tag.SEQUENCE) || !in.ReadASN1(&list, tag.SEQUENCE) || !list.ReadASN1(&first, tag.SEQUENCE) {
		return false
	}
	d := digesters[0]
	if first.PeekASN1Tag(tag.SEQUENCE) {
		oid, ok := readAlgorithm(&first)
		if !ok {
			return false
		}
		d = digester{}
		for _, known := range digesters {
			if known.oid.Equal(oid) {
				d = known
			}
		}
	}
	var digest []byte
	return d.new != nil && first.ReadASN1Bytes(&digest, tag.OCTET_STRING) && bytes.Equal(digest, d.sum(c.cert.Raw))
}

// unsigned reads a timestamp, and passes over what else nobody signed.
func (c *cms) unsigned(rest cryptobyte.String) bool {
	for !rest.Empty() {
		var one, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !rest.ReadASN1(&one, tag.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&oid) || !one.ReadASN1(&value, tag.SET) {
			return false
		}
		if oid.Equal(oidToken) {
			c.token = value
		}
	}
	return true
}

func (d digester) sum(b []byte) []byte {
	h := d.new()
	h.Write(b)
	return h.Sum(nil)
}

// fits tells whether the signature over the attributes is of the signer's key.
func (c *cms) fits() bool {
	d := c.digester
	switch key := c.cert.PublicKey.(type) {
	case *ecdsa.PublicKey:
		if d.hash == 0 {
			return c.algorithm.Equal(oidSM2) && sm.Verify(key, c.signed, c.value)
		}
		if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() && key.Curve != elliptic.P521() {
			return false
		}
		return c.algorithm.Equal(d.ecdsa) && ecdsa.VerifyASN1(key, d.sum(c.signed), c.value)
	case *rsa.PublicKey:
		return d.hash != 0 && (c.algorithm.Equal(oidRSA) || c.algorithm.Equal(d.rsa)) && key.Size() >= 256 && rsa.VerifyPKCS1v15(key, d.hash, d.sum(c.signed), c.value) == nil
	}
	return false
}
