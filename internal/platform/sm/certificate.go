package sm

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/emmansun/gmsm/smx509"
)

// Certificate is an X.509 certificate of an SM2 key, or of any key crypto/x509 knows (GB/T 20518).
type Certificate = smx509.Certificate

// Request is a certificate signing request (PKCS #10).
type Request = smx509.CertificateRequest

// Pool is a set of certificates that are trusted, or that lead to trusted ones.
type Pool = smx509.CertPool

// What a certificate's key may do (RFC 5280, 4.2.1.3 and 4.2.1.12).
const (
	UseSign          = smx509.KeyUsageDigitalSignature
	UseCommit        = smx509.KeyUsageContentCommitment
	UseCertify       = smx509.KeyUsageCertSign
	UseRevoke        = smx509.KeyUsageCRLSign
	PurposeTimestamp = smx509.ExtKeyUsageTimeStamping
)

// NewPool returns the set of these certificates.
func NewPool(certs ...*Certificate) *Pool {
	p := smx509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c)
	}
	return p
}

// What an RSA key may have at most: verifying with a larger one, or with a longer exponent, keeps a processor busy for as long as its author likes.
const (
	mostModulus  = 8192
	mostExponent = 65537
)

// ParseCertificate reads one certificate in DER, with nothing behind it. One with an RSA key beyond all use is refused.
func ParseCertificate(der []byte) (*Certificate, error) {
	c, err := smx509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading certificate: %w", err)
	}
	if k, ok := c.PublicKey.(*rsa.PublicKey); ok && (k.N.BitLen() > mostModulus || k.E > mostExponent) {
		return nil, errors.New("reading certificate: an RSA key too large to be one in earnest")
	}
	return c, nil
}

// ParseCertificatePEM reads one certificate as PEM, or as DER where it is not PEM: the two forms CAs hand out.
func ParseCertificatePEM(text []byte) (*Certificate, error) {
	if block, _ := pem.Decode(text); block != nil {
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("reading certificate: a PEM block %q", block.Type)
		}
		text = block.Bytes
	}
	return ParseCertificate(text)
}

// CertificatePEM writes a certificate as PEM.
func CertificatePEM(c *Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// Serial returns a certificate's serial number as a CA draws it: 128 random bits, positive.
func Serial() (*big.Int, error) {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("drawing serial number: %w", err)
	}
	b[0] = b[0]&0x7f | 0x40 // positive, and always as long
	return new(big.Int).SetBytes(b), nil
}

// IssueCertificate returns a certificate for pub after the template, signed by the issuer's key; issuer may be the template itself.
func IssueCertificate(template, issuer *Certificate, pub crypto.PublicKey, key crypto.Signer) (*Certificate, error) {
	der, err := smx509.CreateCertificate(rand.Reader, template, issuer, pub, key)
	if err != nil {
		return nil, fmt.Errorf("issuing certificate: %w", err)
	}
	return ParseCertificate(der)
}

// NewRequest returns the request for a certificate of key's public half, as PEM.
func NewRequest(subject pkix.Name, key crypto.Signer) ([]byte, error) {
	der, err := smx509.CreateCertificateRequest(rand.Reader, &smx509.CertificateRequest{Subject: subject}, key)
	if err != nil {
		return nil, fmt.Errorf("making certificate request: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), nil
}

// ParseRequestPEM reads a certificate request and checks that whoever made it has its key.
func ParseRequestPEM(text []byte) (*Request, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE REQUEST" {
		return nil, errors.New("no PEM certificate request")
	}
	r, err := smx509.ParseCertificateRequest(block.Bytes)
	if err == nil {
		err = r.CheckSignature()
	}
	if err != nil {
		return nil, fmt.Errorf("reading certificate request: %w", err)
	}
	return r, nil
}

// SameKey tells whether a certificate is of this public key, on whatever curve.
func SameKey(c *Certificate, pub crypto.PublicKey) bool {
	if k, ok := c.PublicKey.(*ecdsa.PublicKey); ok && k.Equal(pub) {
		return true
	}
	a, err := PublicBytes(c.PublicKey)
	if err != nil {
		return false
	}
	b, err := PublicBytes(pub)
	return err == nil && bytes.Equal(a, b)
}

// Chain checks that a certificate leads to a root, as it was at an instant: signatures, validity, basic constraints.
func Chain(c *Certificate, roots, between *Pool, at time.Time) error {
	if roots == nil {
		return errors.New("no trusted root")
	}
	_, err := c.Verify(smx509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []smx509.ExtKeyUsage{smx509.ExtKeyUsageAny}})
	return err
}

// Revoked is one line of a revocation list.
type Revoked struct {
	Serial *big.Int
	At     time.Time
	Reason int // RFC 5280, 5.3.1
}

// NewRevocationList returns a CRL in DER. number grows with each list of the issuer.
func NewRevocationList(issuer *Certificate, key crypto.Signer, number int64, from, until time.Time, revoked []Revoked) ([]byte, error) {
	list := &smx509.RevocationList{Number: big.NewInt(number), ThisUpdate: from, NextUpdate: until}
	for _, r := range revoked {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			smx509.RevocationListEntry{SerialNumber: r.Serial, RevocationTime: r.At, ReasonCode: r.Reason})
	}
	der, err := smx509.CreateRevocationList(rand.Reader, list, issuer, key)
	if err != nil {
		return nil, fmt.Errorf("signing revocation list: %w", err)
	}
	return der, nil
}

// ParseRevocationList reads a CRL and checks that issuer signed it.
func ParseRevocationList(der []byte, issuer *Certificate) ([]Revoked, error) {
	list, err := smx509.ParseRevocationList(der)
	if err != nil {
		return nil, fmt.Errorf("reading revocation list: %w", err)
	}
	if err := list.CheckSignatureFrom(issuer); err != nil {
		return nil, fmt.Errorf("checking revocation list: %w", err)
	}
	out := make([]Revoked, 0, len(list.RevokedCertificateEntries))
	for _, e := range list.RevokedCertificateEntries {
		out = append(out, Revoked{e.SerialNumber, e.RevocationTime, e.ReasonCode})
	}
	return out, nil
}
