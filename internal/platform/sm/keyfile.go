package sm

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrWrongKEK says that the key encryption key is not the one the keyring was wrapped with.
var ErrWrongKEK = errors.New("the key encryption key (KEK) is not the one this keyring was wrapped with")

const (
	fileVersion = 1
	kekPrefix   = "xiangyun-kek-1 "
	kekSize     = 32
)

// file is one generation on disk. Every Sealed is SM4-GCM under the KEK, bound to its place in the file.
type file struct {
	Version    int          `json:"version"`
	Generation int          `json:"generation"`
	KEK        string       `json:"kek"` // fingerprint of the KEK, so that a wrong one is named as such
	Current    string       `json:"current"`
	Data       []fileKey    `json:"data"`
	Search     []byte       `json:"search"`
	Signers    []fileSigner `json:"signers"`
	MAC        []byte       `json:"mac"` // HMAC-SM3 of the file without it
}

type fileKey struct {
	ID     string `json:"id"`
	Sealed []byte `json:"sealed"`
}

type fileSigner struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Public []byte `json:"public"` // the bare public key, for the eye; the sealed key decides
	Sealed []byte `json:"sealed"`
}

// kek is the key encryption key.
type kek []byte

func newKEK() (kek, error) {
	k := make(kek, kekSize)
	if _, err := rand.Read(k); err != nil {
		return nil, fmt.Errorf("drawing KEK: %w", err)
	}
	return k, nil
}

// parseKEK reads the one line of a KEK file.
func parseKEK(text []byte) (kek, error) {
	line, ok := strings.CutPrefix(strings.TrimSpace(string(text)), kekPrefix)
	if !ok {
		return nil, errors.New("no KEK: the file must hold one line, \"xiangyun-kek-1\" and 64 hex digits")
	}
	k, err := hex.DecodeString(line)
	if err != nil || len(k) != kekSize {
		return nil, errors.New("no KEK: 64 hex digits expected after \"xiangyun-kek-1\"")
	}
	return k, nil
}

func (k kek) text() []byte { return []byte(kekPrefix + hex.EncodeToString(k) + "\n") }

func (k kek) fingerprint() string { return hex.EncodeToString(HMAC(k, []byte("fingerprint"))[:8]) }

func (k kek) wrap(place string, secret []byte) ([]byte, error) {
	aead, err := NewGCM(HMAC(k, []byte("wrap"))[:KeySize])
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, NonceSize)
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("drawing nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, secret, []byte(place)), nil
}

func (k kek) unwrap(place string, sealed []byte) ([]byte, error) {
	aead, err := NewGCM(HMAC(k, []byte("wrap"))[:KeySize])
	if err != nil {
		return nil, err
	}
	if len(sealed) < NonceSize {
		return nil, fmt.Errorf("unwrapping %s: %w", place, ErrSealed)
	}
	secret, err := aead.Open(nil, sealed[:NonceSize], sealed[NonceSize:], []byte(place))
	if err != nil {
		return nil, fmt.Errorf("unwrapping %s: %w", place, ErrSealed)
	}
	return secret, nil
}

func (k kek) mac(f file) ([]byte, error) {
	f.MAC = nil
	text, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encoding keyring: %w", err)
	}
	return HMAC(HMAC(k, []byte("mac")), text), nil
}

// encode wraps the secrets into the text of a generation.
func (k kek) encode(generation int, s secrets) ([]byte, error) {
	f := file{Version: fileVersion, Generation: generation, KEK: k.fingerprint(), Current: hex.EncodeToString(s.current[:])}
	var err error
	for id, key := range s.data {
		name := hex.EncodeToString(id[:])
		sealed, err := k.wrap("data:"+name, key)
		if err != nil {
			return nil, err
		}
		f.Data = append(f.Data, fileKey{ID: name, Sealed: sealed})
	}
	slices.SortFunc(f.Data, func(a, b fileKey) int { return strings.Compare(a.ID, b.ID) })
	if f.Search, err = k.wrap("search", s.search); err != nil {
		return nil, err
	}
	for name, signer := range s.signers {
		sealed, err := k.wrap("signer:"+name, signer.raw)
		if err != nil {
			return nil, err
		}
		public, err := PublicBytes(signer.Public())
		if err != nil {
			return nil, fmt.Errorf("encoding signer %s: %w", name, err)
		}
		f.Signers = append(f.Signers, fileSigner{Name: name, Kind: signer.kind, Public: public, Sealed: sealed})
	}
	slices.SortFunc(f.Signers, func(a, b fileSigner) int { return strings.Compare(a.Name, b.Name) })
	if f.MAC, err = k.mac(f); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding keyring: %w", err)
	}
	return append(text, '\n'), nil
}

// decode reads a generation and unwraps its secrets. It trusts nothing before the MAC has been checked.
func (k kek) decode(text []byte) (int, secrets, error) {
	s := secrets{data: map[keyID][]byte{}, signers: map[string]namedSigner{}}
	var f file
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return 0, s, fmt.Errorf("reading keyring: %w", err)
	}
	if f.Version != fileVersion {
		return 0, s, fmt.Errorf("keyring has version %d, this program reads %d", f.Version, fileVersion)
	}
	if f.KEK != k.fingerprint() {
		return 0, s, ErrWrongKEK
	}
	mac, err := k.mac(f)
	if err != nil {
		return 0, s, err
	}
	if !hmac.Equal(mac, f.MAC) {
		return 0, s, errors.New("the keyring was changed by hand: its MAC does not fit")
	}
	for _, d := range f.Data {
		id, err := hex.DecodeString(d.ID)
		if err != nil || len(id) != keyIDSize {
			return 0, s, fmt.Errorf("key id %q is not %d bytes of hex", d.ID, keyIDSize)
		}
		if s.data[keyID(id)], err = k.unwrap("data:"+d.ID, d.Sealed); err != nil {
			return 0, s, err
		}
	}
	current, err := hex.DecodeString(f.Current)
	if err != nil || len(current) != keyIDSize || s.data[keyID(current)] == nil {
		return 0, s, fmt.Errorf("the keyring's current key %q is not in it", f.Current)
	}
	s.current = keyID(current)
	if s.search, err = k.unwrap("search", f.Search); err != nil {
		return 0, s, err
	}
	return f.Generation, s, k.decodeSigners(f.Signers, s)
}

func (k kek) decodeSigners(list []fileSigner, s secrets) error {
	for _, d := range list {
		raw, err := k.unwrap("signer:"+d.Name, d.Sealed)
		if err != nil {
			return err
		}
		signer, err := newNamedSigner(d.Kind, raw)
		if err != nil {
			return fmt.Errorf("loading signer %s: %w", d.Name, err)
		}
		s.signers[d.Name] = signer
	}
	return nil
}

var _ crypto.Signer = namedSigner{}
