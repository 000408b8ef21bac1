package audit

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xiangyun/internal/platform/sm"
)

// The signature types, see the package comment.
const (
	typeEd25519 = "\x01"
	typeSM2     = "\xffsm2-sm3.gmt0009"
)

// maxNote bounds what is parsed; a note of ours has some 400 bytes.
const maxNote = 64 << 10

// Key is a public key that signs checkpoints.
type Key struct {
	Name    string // the origin of the log, or the name of the witness
	Public  crypto.PublicKey
	Witness bool // it cosigns: see [Cosign]
}

// encode returns the signature type and the key's bytes.
func (k Key) encode() ([]byte, error) {
	raw, err := sm.PublicBytes(k.Public)
	if err != nil {
		return nil, err
	}
	if _, ok := k.Public.(ed25519.PublicKey); ok {
		if k.Witness {
			return append([]byte(typeCosignature), raw...), nil
		}
		return append([]byte(typeEd25519), raw...), nil
	}
	return append([]byte(typeSM2), raw...), nil
}

// Algorithm returns "Ed25519" or "SM2".
func (k Key) Algorithm() string {
	if _, ok := k.Public.(ed25519.PublicKey); ok {
		return "Ed25519"
	}
	return "SM2"
}

// id returns the key id of C2SP signed-note.
func (k Key) id() [4]byte {
	encoded, _ := k.encode() // a Key is only made from a public key that encodes
	h := sha256.Sum256(append([]byte(k.Name+"\n"), encoded...))
	return [4]byte(h[:4])
}

// String returns the key as one line, name+id+base64: what is given to whoever checks the log.
func (k Key) String() string {
	encoded, err := k.encode()
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s+%x+%s", k.Name, k.id(), base64.StdEncoding.EncodeToString(encoded))
}

// ParseKey reads what [Key.String] wrote.
func ParseKey(line string) (Key, error) {
	parts := strings.SplitN(strings.TrimSpace(line), "+", 3)
	if len(parts) != 3 || !validName(parts[0]) {
		return Key{}, errors.New("a key is written name+id+base64")
	}
	encoded, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return Key{}, errors.New("the key is not base64")
	}
	raw, ok := bytes.CutPrefix(encoded, []byte(typeSM2))
	if !ok {
		raw, ok = bytes.CutPrefix(encoded, []byte(typeEd25519))
	}
	k := Key{Name: parts[0]}
	if !ok {
		raw, k.Witness = bytes.CutPrefix(encoded, []byte(typeCosignature))
	}
	if !ok && !k.Witness {
		return Key{}, errors.New("the key is neither Ed25519 nor SM2")
	}
	if k.Public, err = sm.ParsePublicBytes(raw); err != nil {
		return Key{}, fmt.Errorf("reading the key: %w", err)
	}
	if k.String() != strings.TrimSpace(line) {
		return Key{}, errors.New("the key's id does not belong to it")
	}
	return k, nil
}

// Checkpoint is a signed statement: the log of this origin had this many leaves and this root.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   []byte
	Note   string    // as it is published, with its signatures
	At     time.Time // when it was stored; zero where it comes from outside. It is not part of what is signed

	Cosignatures []Cosignature // filled by [Log.Cosigned]
}

// signer signs notes.
type signer struct {
	key Key
	crypto.Signer
}

// text returns what is signed, as C2SP tlog-checkpoint has it.
func (c Checkpoint) text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root) + "\n"
}

// sign returns the note of a checkpoint.
func (c Checkpoint) sign(signers []signer) (string, error) {
	note := c.text() + "\n"
	for _, s := range signers {
		sig, err := sm.Sign(s.Signer, []byte(c.text()))
		if err != nil {
			return "", fmt.Errorf("signing the checkpoint with %s: %w", s.key.Algorithm(), err)
		}
		id := s.key.id()
		note += "— " + s.key.Name + " " + base64.StdEncoding.EncodeToString(append(id[:], sig...)) + "\n"
	}
	return note, nil
}

// signature is one line below a note.
type signature struct {
	name string
	id   [4]byte
	sig  []byte
}

// parseCheckpoint reads a note without believing it.
func parseCheckpoint(note string) (c Checkpoint, text string, sigs []signature, err error) {
	if len(note) > maxNote || !utf8.ValidString(note) || strings.ContainsFunc(note, func(r rune) bool { return r < 0x20 && r != '\n' }) {
		return c, "", nil, errors.New("it is no signed note: too long, or not plain text")
	}
	i := strings.LastIndex(note, "\n\n")
	if i < 0 || !strings.HasSuffix(note, "\n") {
		return c, "", nil, errors.New("it is no signed note: an empty line before the signatures is missing")
	}
	text = note[:i+1]
	if sigs, err = parseSignatures(note[i+2:]); err != nil {
		return c, "", nil, err
	}
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] == "" {
		return c, "", nil, errors.New("it is no checkpoint: origin, size and root are missing")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return c, "", nil, errors.New("it is no checkpoint: its size is no number")
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != hashSize {
		return c, "", nil, errors.New("it is no checkpoint: its root is not a hash in base64")
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root, Note: note}, text, sigs, nil
}

func parseSignatures(text string) ([]signature, error) {
	wrong := errors.New("it is no signed note: a signature line is not written as C2SP has it")
	var out []signature
	for line := range strings.Lines(text) {
		name, encoded, ok := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "— "), " ")
		raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if !ok || err != nil || !strings.HasPrefix(line, "— ") || !validName(name) || len(raw) < 5 || len(out) == 64 {
			return nil, wrong
		}
		out = append(out, signature{name, [4]byte(raw[:4]), raw[4:]})
	}
	if len(out) == 0 {
		return nil, wrong
	}
	return out, nil
}

// VerifyCheckpoint checks that every one of keys signed the note and returns what it states. Signatures of other keys are passed over.
// The origin of the note must be the name of the keys.
func VerifyCheckpoint(note string, keys []Key) (Checkpoint, error) {
	c, text, sigs, err := parseCheckpoint(note)
	if err != nil {
		return Checkpoint{}, err
	}
	if len(keys) == 0 {
		return Checkpoint{}, errors.New("without a key nothing can be checked")
	}
	for _, k := range keys {
		if k.Name != c.Origin {
			return Checkpoint{}, fmt.Errorf("the checkpoint is of the log %q, the key of %q", c.Origin, k.Name)
		}
		signed := false
		for _, s := range sigs {
			if s.name != k.Name || s.id != k.id() {
				continue
			}
			if !sm.Verify(k.Public, []byte(text), s.sig) {
				return Checkpoint{}, fmt.Errorf("the %s signature does not fit the checkpoint", k.Algorithm())
			}
			signed = true
		}
		if !signed {
			return Checkpoint{}, fmt.Errorf("the checkpoint has no %s signature of the key %s+%x", k.Algorithm(), k.Name, k.id())
		}
	}
	return c, nil
}

// validName tells whether a text may name a key: not empty, without spaces and +.
func validName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) })
}
