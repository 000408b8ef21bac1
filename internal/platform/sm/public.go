package sm

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// MarshalPublicKey returns the public key as PEM "PUBLIC KEY" (SubjectPublicKeyInfo), which OpenSSL reads.
func MarshalPublicKey(pub crypto.PublicKey) ([]byte, error) {
	der, err := smx509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, fmt.Errorf("encoding public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// ParsePublicKey reads what [MarshalPublicKey] wrote: an SM2 or Ed25519 public key. Other kinds of key are refused.
func ParsePublicKey(text []byte) (crypto.PublicKey, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" || len(rest) > 0 && len(text) > 1<<16 {
		return nil, errors.New("no PEM public key")
	}
	pub, err := smx509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading public key: %w", err)
	}
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return k, nil
	case *ecdsa.PublicKey:
		if sm2.IsSM2PublicKey(k) {
			return k, nil
		}
	}
	return nil, x509.ErrUnsupportedAlgorithm
}

// PublicBytes returns the bare public key: the uncompressed point 04‖x‖y of 65 bytes for SM2, 32 bytes for Ed25519.
func PublicBytes(pub crypto.PublicKey) ([]byte, error) {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return k, nil
	case *ecdsa.PublicKey:
		if !sm2.IsSM2PublicKey(k) {
			break
		}
		b := make([]byte, 65)
		b[0] = 4
		k.X.FillBytes(b[1:33])
		k.Y.FillBytes(b[33:])
		return b, nil
	}
	return nil, x509.ErrUnsupportedAlgorithm
}

// ParsePublicBytes reads what [PublicBytes] wrote; the length tells the kind.
func ParsePublicBytes(b []byte) (crypto.PublicKey, error) {
	switch len(b) {
	case ed25519.PublicKeySize:
		return ed25519.PublicKey(append([]byte(nil), b...)), nil
	case 65:
		k, err := sm2.NewPublicKey(b)
		if err != nil {
			return nil, fmt.Errorf("reading SM2 point: %w", err)
		}
		return k, nil
	}
	return nil, x509.ErrUnsupportedAlgorithm
}

// JWK returns the public key as a JSON Web Key. Ed25519 follows RFC 8037; SM2 has no registered curve name and is written
// as kty "EC", crv "SM2", alg "SM2-SM3".
func JWK(name string, pub crypto.PublicKey) ([]byte, error) {
	raw, err := PublicBytes(pub)
	if err != nil {
		return nil, fmt.Errorf("encoding public key %s: %w", name, err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	key := map[string]string{"kid": name, "use": "sig"}
	if len(raw) == ed25519.PublicKeySize {
		key["kty"], key["crv"], key["alg"], key["x"] = "OKP", "Ed25519", "EdDSA", b64(raw)
	} else {
		key["kty"], key["crv"], key["alg"], key["x"], key["y"] = "EC", "SM2", "SM2-SM3", b64(raw[1:33]), b64(raw[33:])
	}
	return json.Marshal(key)
}
