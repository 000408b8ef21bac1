package sm

import (
	"crypto"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Names of the signers every keyring has.
const (
	LogSigner         = "log"         // SM2, signs the checkpoints of the audit log
	LogSignerEd25519  = "log-ed25519" // Ed25519, signs them a second time for tools that know no SM2
	CertificateSigner = "certificate" // SM2, signs the records of electronic certificates (电子证照)
	OfflineSigner     = "offline"     // Ed25519, signs codes that browsers check without a network
)

// Errors a caller may want to tell apart. ErrSealed is deliberately vague: it says no more than that the value is not what
// was sealed, whole, under this associated data.
var (
	ErrSealed     = errors.New("sealed value does not open")
	ErrUnknownKey = errors.New("sealed with a key that is not in the keyring")
)

const (
	sealedVersion = 1
	keyIDSize     = 4
	sealedHeader  = 1 + keyIDSize
	// Overhead is how many bytes Seal adds to the plain text.
	Overhead = sealedHeader + NonceSize + TagSize
)

type keyID [keyIDSize]byte

// Keyring holds the data keys, the search key and the named signers. It is safe for concurrent use.
type Keyring struct {
	dir, kekFile string // "" for a keyring that lives in memory only
	newFile      string // a KEK that may have wrapped the newest generation already; "" mostly

	mu         sync.RWMutex
	generation int
	secrets    secrets
	aeads      map[keyID]cipher.AEAD
}

// NewKeyring returns a fresh keyring that lives in memory only: for tests and for tools that seal nothing lasting.
func NewKeyring() (*Keyring, error) {
	s, err := newSecrets()
	if err != nil {
		return nil, err
	}
	k := &Keyring{}
	return k, k.use(1, s)
}

// use replaces what the keyring holds. The caller holds mu, or is alone.
func (k *Keyring) use(generation int, s secrets) error {
	aeads := make(map[keyID]cipher.AEAD, len(s.data))
	for id, key := range s.data {
		aead, err := NewGCM(key)
		if err != nil {
			return fmt.Errorf("loading data key %x: %w", id, err)
		}
		aeads[id] = aead
	}
	k.generation, k.secrets, k.aeads = generation, s, aeads
	return nil
}

// Seal encrypts and authenticates plain under the newest data key, bound to aad, which Open must be given again: the table,
// column and row it belongs to, so that a sealed value moved elsewhere does not open.
//
// The form is version ‖ key id ‖ nonce ‖ SM4-GCM text and tag, [Overhead] bytes longer than plain. Nonces are random: rotate
// before a key has sealed 2³² values.
func (k *Keyring) Seal(plain, aad []byte) ([]byte, error) {
	k.mu.RLock()
	id := k.secrets.current
	aead := k.aeads[id]
	k.mu.RUnlock()
	out := make([]byte, sealedHeader+NonceSize, Overhead+len(plain))
	out[0] = sealedVersion
	copy(out[1:], id[:])
	nonce := out[sealedHeader:]
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("drawing nonce: %w", err)
	}
	return aead.Seal(out, nonce, plain, bind(out[:sealedHeader], aad)), nil
}

// Open returns what was sealed. It returns ErrSealed when the value or aad is not the one sealed, ErrUnknownKey when the
// keyring never had the key; a key that another node has just rotated in is looked for on disk first.
func (k *Keyring) Open(sealed, aad []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != sealedVersion {
		return nil, ErrSealed
	}
	id := keyID(sealed[1:sealedHeader])
	_, aead, err := k.dataKey(id)
	if err != nil {
		return nil, err
	}
	nonce, text := sealed[sealedHeader:sealedHeader+NonceSize], sealed[sealedHeader+NonceSize:]
	plain, err := aead.Open(nil, nonce, text, bind(sealed[:sealedHeader], aad))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Fresh tells whether sealed was sealed with the newest key: a background job re-seals what was not, after a rotation.
func (k *Keyring) Fresh(sealed []byte) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return len(sealed) >= Overhead && sealed[0] == sealedVersion && keyID(sealed[1:sealedHeader]) == k.secrets.current
}

// dataKey returns the data key with this id, from disk if another process has added it meanwhile.
func (k *Keyring) dataKey(id keyID) ([]byte, cipher.AEAD, error) {
	k.mu.RLock()
	key, aead := k.secrets.data[id], k.aeads[id]
	k.mu.RUnlock()
	if aead != nil {
		return key, aead, nil
	}
	if k.dir != "" {
		if err := k.reload(); err != nil {
			return nil, nil, fmt.Errorf("looking for key %x: %w", id, err)
		}
		k.mu.RLock()
		key, aead = k.secrets.data[id], k.aeads[id]
		k.mu.RUnlock()
	}
	if aead == nil {
		return nil, nil, fmt.Errorf("key %x: %w", id, ErrUnknownKey)
	}
	return key, aead, nil
}

// Derive returns an AEAD for one thing only, a file say, told apart by purpose and a random salt, and the id of the data key
// it comes from. Whoever keeps the thing keeps the id and the salt with it, and gets the AEAD again from DeriveFrom.
func (k *Keyring) Derive(purpose string, salt []byte) (id [4]byte, aead cipher.AEAD, err error) {
	k.mu.RLock()
	id = k.secrets.current
	k.mu.RUnlock()
	aead, err = k.DeriveFrom(id, purpose, salt)
	return id, aead, err
}

// DeriveFrom returns the AEAD that Derive returned with this key id, purpose and salt.
func (k *Keyring) DeriveFrom(id [4]byte, purpose string, salt []byte) (cipher.AEAD, error) {
	key, _, err := k.dataKey(id)
	if err != nil {
		return nil, err
	}
	return NewGCM(HMAC(key, bind([]byte("derive:"+purpose), salt))[:KeySize])
}

// Index returns the value of a search column (检索列): HMAC-SM3 of text under the search key, told apart by domain
// ("account.number"), so that the same number in two columns cannot be matched. Equal texts give equal values for the life of
// the keyring: the search key is never rotated.
func (k *Keyring) Index(domain, text string) []byte {
	k.mu.RLock()
	key := k.secrets.search
	k.mu.RUnlock()
	return HMAC(key, bind([]byte(domain), []byte(text)))
}

// Signer returns the signer with this name. It signs messages, not digests.
func (k *Keyring) Signer(name string) (crypto.Signer, error) {
	k.mu.RLock()
	s := k.secrets.signers[name]
	k.mu.RUnlock()
	if s.Signer == nil {
		return nil, fmt.Errorf("keyring has no signer %q", name)
	}
	return s.Signer, nil
}

// PublicKey returns the public key of the signer with this name.
func (k *Keyring) PublicKey(name string) (crypto.PublicKey, error) {
	s, err := k.Signer(name)
	if err != nil {
		return nil, err
	}
	return s.Public(), nil
}

// Signers returns the names of the signers, sorted.
func (k *Keyring) Signers() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	names := make([]string, 0, len(k.secrets.signers))
	for name := range k.secrets.signers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// bind joins a prefix and the rest so that no other split of the same bytes gives the same result.
func bind(prefix, rest []byte) []byte {
	out := make([]byte, 0, 8+len(prefix)+len(rest))
	out = binary.BigEndian.AppendUint64(out, uint64(len(prefix)))
	out = append(out, prefix...)
	return append(out, rest...)
}
