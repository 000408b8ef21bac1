package sm

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm2"
)

// signer is an SM2 key behind crypto.Signer that signs messages. The library's own type would sign whatever digest it is
// given when the options are left out: the wrapper takes that mistake away.
type signer struct{ key *sm2.PrivateKey }

// GenerateSM2 returns a new SM2 signer (GB/T 32918). Its Public is a *ecdsa.PublicKey on the SM2 curve.
func GenerateSM2() (crypto.Signer, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generating SM2 key: %w", err)
	}
	return signer{key}, nil
}

// NewSM2 returns the SM2 signer of a private key in its raw form of 32 bytes, big-endian.
func NewSM2(raw []byte) (crypto.Signer, error) {
	key, err := sm2.ParseRawPrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("reading SM2 key: %w", err)
	}
	return signer{key}, nil
}

// Public returns the public half, a *ecdsa.PublicKey.
func (s signer) Public() crypto.PublicKey { return &s.key.PublicKey }

// Sign signs message with SM2 and SM3 and the default user id. opts may be nil or name no hash: a caller that has already
// hashed would get a signature nobody verifies, and is refused.
func (s signer) Sign(_ io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts != nil && opts.HashFunc() != 0 {
		return nil, errors.New("sm2 signs messages, not digests")
	}
	sig, err := s.key.Sign(rand.Reader, message, sm2.DefaultSM2SignerOpts)
	if err != nil {
		return nil, fmt.Errorf("signing with SM2: %w", err)
	}
	return sig, nil
}

// Sign signs message with an SM2 or Ed25519 signer of this package or an adapter that follows its contract.
func Sign(s crypto.Signer, message []byte) ([]byte, error) {
	return s.Sign(rand.Reader, message, crypto.Hash(0))
}

// Verify tells whether sig is pub's signature over message: SM2 with the default user id for a *ecdsa.PublicKey on the SM2
// curve, Ed25519 for an ed25519.PublicKey. Any other key verifies nothing.
func Verify(pub crypto.PublicKey, message, sig []byte) bool {
	switch k := pub.(type) {
	case *ecdsa.PublicKey:
		return k != nil && sm2.IsSM2PublicKey(k) && sm2.VerifyASN1WithSM2(k, nil, message, sig)
	case ed25519.PublicKey:
		return len(k) == ed25519.PublicKeySize && ed25519.Verify(k, message, sig)
	}
	return false
}
