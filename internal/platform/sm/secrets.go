package sm

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"maps"

	"github.com/emmansun/gmsm/sm2"
)

// Kinds of signer in the key file.
const (
	kindSM2     = "sm2"
	kindEd25519 = "ed25519"
)

// signerKinds lists the signers a keyring must have. A keyring written before a name was added gets it at the next start.
var signerKinds = map[string]string{
	LogSigner: kindSM2, LogSignerEd25519: kindEd25519, CertificateSigner: kindSM2, OfflineSigner: kindEd25519,
}

// secrets is what a generation holds, unwrapped. It is never changed once in use: a rotation makes another.
type secrets struct {
	current keyID
	data    map[keyID][]byte // SM4 keys that seal
	search  []byte           // 32 bytes, HMAC-SM3 of the search columns
	signers map[string]namedSigner
}

type namedSigner struct {
	crypto.Signer
	kind string
	raw  []byte // SM2: 32 bytes; Ed25519: the seed of 32 bytes
}

func newSecrets() (secrets, error) {
	s := secrets{data: map[keyID][]byte{}, signers: map[string]namedSigner{}, search: make([]byte, 32)}
	if _, err := rand.Read(s.search); err != nil {
		return s, fmt.Errorf("drawing search key: %w", err)
	}
	if err := s.addDataKey(); err != nil {
		return s, err
	}
	_, err := s.addSigners()
	return s, err
}

// clone returns a copy whose maps may be changed.
func (s secrets) clone() secrets {
	s.data, s.signers = maps.Clone(s.data), maps.Clone(s.signers)
	return s
}

func (s *secrets) addDataKey() error {
	key := make([]byte, KeySize)
	var id keyID
	for {
		if _, err := rand.Read(id[:]); err != nil {
			return fmt.Errorf("drawing key id: %w", err)
		}
		if s.data[id] == nil {
			break
		}
	}
	if _, err := rand.Read(key); err != nil {
		return fmt.Errorf("drawing data key: %w", err)
	}
	s.data[id], s.current = key, id
	return nil
}

// addSigners makes the signers that are missing and tells whether there were any.
func (s *secrets) addSigners() (bool, error) {
	added := false
	for name, kind := range signerKinds {
		if s.signers[name].Signer != nil {
			continue
		}
		raw := make([]byte, 32)
		if kind == kindSM2 {
			key, err := sm2.GenerateKey(rand.Reader)
			if err != nil {
				return added, fmt.Errorf("generating signer %s: %w", name, err)
			}
			key.D.FillBytes(raw)
		} else if _, err := rand.Read(raw); err != nil {
			return added, fmt.Errorf("generating signer %s: %w", name, err)
		}
		signer, err := newNamedSigner(kind, raw)
		if err != nil {
			return added, fmt.Errorf("generating signer %s: %w", name, err)
		}
		s.signers[name], added = signer, true
	}
	return added, nil
}

func newNamedSigner(kind string, raw []byte) (namedSigner, error) {
	switch {
	case kind == kindSM2:
		s, err := NewSM2(raw)
		return namedSigner{s, kind, raw}, err
	case kind == kindEd25519 && len(raw) == ed25519.SeedSize:
		return namedSigner{ed25519.NewKeyFromSeed(raw), kind, raw}, nil
	}
	return namedSigner{}, fmt.Errorf("signer of unknown kind %q", kind)
}
