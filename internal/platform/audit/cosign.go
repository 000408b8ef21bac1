package audit

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"xiangyun/internal/platform/sm"
)

// typeCosignature is C2SP tlog-cosignature's Ed25519 type: the key of a witness, whose signature carries a time.
const typeCosignature = "\x04"

// Cosignature is a witness's statement: at this time the checkpoint was the largest it knew of the log, and continued all it had seen before.
type Cosignature struct {
	Witness string
	At      time.Time
	Line    string // as it stands below the note
}

// cosigned is what a witness signs: the time, then the whole text of the checkpoint.
func cosigned(text string, seconds uint64) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", seconds, text)
}

// Cosign signs a checkpoint's note as the witness of this name and returns the line that goes below the note. Whoever calls it has verified the
// note and its consistency with all it signed before, and has stored that it signs now.
func Cosign(note, witness string, signer crypto.Signer, at time.Time) (string, error) {
	_, text, _, err := parseCheckpoint(note)
	if err != nil {
		return "", err
	}
	key, err := WitnessKey(witness, signer.Public())
	if err != nil {
		return "", err
	}
	seconds := uint64(max(0, at.Unix()))
	sig, err := sm.Sign(signer, cosigned(text, seconds))
	if err != nil {
		return "", fmt.Errorf("cosigning: %w", err)
	}
	id := key.id()
	raw := binary.BigEndian.AppendUint64(id[:], seconds)
	return "— " + witness + " " + base64.StdEncoding.EncodeToString(append(raw, sig...)) + "\n", nil
}

// WitnessKey makes the key of a witness: its name is free of spaces and +, its key Ed25519.
func WitnessKey(name string, public crypto.PublicKey) (Key, error) {
	if _, ok := public.(ed25519.PublicKey); !ok || !validName(name) {
		return Key{}, errors.New("a witness has an Ed25519 key and a name without spaces and +")
	}
	return Key{Name: name, Public: public, Witness: true}, nil
}

// VerifyCosignatures returns the cosignatures of these witnesses that are good for the note, in the order of the keys, one a witness. Lines of others
// are passed over; a line under a witness's key that does not verify is an error, for somebody forged it.
func VerifyCosignatures(note string, witnesses []Key) ([]Cosignature, error) {
	_, text, sigs, err := parseCheckpoint(note)
	if err != nil {
		return nil, err
	}
	var out []Cosignature
	for _, k := range witnesses {
		for _, s := range sigs {
			if !k.Witness || s.name != k.Name || s.id != k.id() {
				continue
			}
			if len(s.sig) != 8+ed25519.SignatureSize {
				return nil, fmt.Errorf("the cosignature of %s is no timestamped signature", k.Name)
			}
			seconds := binary.BigEndian.Uint64(s.sig)
			if seconds > math.MaxInt64 || !sm.Verify(k.Public, cosigned(text, seconds), s.sig[8:]) {
				return nil, fmt.Errorf("the cosignature of %s does not fit the checkpoint", k.Name)
			}
			raw := append(s.id[:], s.sig...)
			out = append(out, Cosignature{k.Name, time.Unix(int64(seconds), 0).UTC(), "— " + k.Name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"})
			break
		}
	}
	return out, nil
}
