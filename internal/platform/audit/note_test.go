package audit_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/sm/smtest"
)

func TestCheckpointNote(t *testing.T) {
	h := open(t)
	h.append(entries(3)...)
	h.sequence()
	c := h.checkpoint()
	keys := h.log.Keys()
	lines := strings.Split(c.Note, "\n")
	if len(lines) != 7 || lines[0] != origin || lines[1] != "3" || lines[2] != base64.StdEncoding.EncodeToString(c.Root) || lines[3] != "" || lines[6] != "" ||
		!strings.HasPrefix(lines[4], "— "+origin+" ") || !strings.HasPrefix(lines[5], "— "+origin+" ") {
		t.Fatalf("the note is\n%s", c.Note)
	}
	// The Ed25519 line is C2SP's, checked here by hand.
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[4], "— "+origin+" "))
	if err != nil {
		t.Fatal(err)
	}
	public := keys[0].Public.(ed25519.PublicKey)
	id := sha256.Sum256(append([]byte(origin+"\n\x01"), public...))
	if string(raw[:4]) != string(id[:4]) || !ed25519.Verify(public, []byte(strings.Join(lines[:3], "\n")+"\n"), raw[4:]) {
		t.Error("the Ed25519 line is not what C2SP signed-note wants")
	}
	for _, k := range keys {
		parsed, err := audit.ParseKey(k.String())
		if err != nil {
			t.Fatal(err)
		}
		got, err := audit.VerifyCheckpoint(c.Note, []audit.Key{parsed})
		if err != nil || got.Size != 3 || got.Origin != origin || string(got.Root) != string(c.Root) {
			t.Errorf("%s: %+v, %v", k.Algorithm(), got, err)
		}
	}
	if keys[0].Algorithm() != "Ed25519" || keys[1].Algorithm() != "SM2" {
		t.Errorf("the keys are %v", keys)
	}
}

func TestCheckpointsThatAreRefused(t *testing.T) {
	h := open(t)
	h.append(entries(12)...)
	h.sequence()
	note, keys := h.checkpoint().Note, h.log.Keys()
	stranger, err := audit.New(h.db, smtest.Keyring(t), audit.Params{Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(note, "\n")
	sig, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(strings.TrimSuffix(lines[4], "\n"), "— "+origin+" "))
	if err != nil {
		t.Fatal(err)
	}
	sig[len(sig)-1] ^= 1
	swapped := strings.Join(lines[:4], "") + "— " + origin + " " + base64.StdEncoding.EncodeToString(sig) + "\n" + lines[5]
	for name, c := range map[string]struct {
		note string
		keys []audit.Key
		want string
	}{
		"no-keys":        {note, nil, "without a key"},
		"other-keys":     {note, stranger.Keys(), "has no Ed25519 signature"},
		"other-origin":   {note, []audit.Key{{Name: "another/log", Public: keys[0].Public}}, "of the log"},
		"size":           {strings.Replace(note, "\n12\n", "\n13\n", 1), keys, "does not fit"},
		"size-zero":      {strings.Replace(note, "\n12\n", "\n012\n", 1), keys, "no number"},
		"size-negative":  {strings.Replace(note, "\n12\n", "\n-12\n", 1), keys, "no number"},
		"root":           {strings.Replace(note, lines[2], "AAAA\n", 1), keys, "not a hash"},
		"origin":         {strings.Replace(note, origin+"\n", "evil\n", 1), keys, "of the log"},
		"signature":      {swapped, keys, "does not fit"},
		"one-missing":    {strings.Join(lines[:5], ""), keys, "has no SM2 signature"},
		"none":           {strings.Join(lines[:4], ""), keys, "signature line"},
		"no-empty-line":  {strings.Replace(note, "\n\n", "\n", 1), keys, "empty line"},
		"no-last-line":   {strings.TrimSuffix(note, "\n"), keys, "empty line"},
		"control":        {strings.Replace(note, "\n12\n", "\n12\r\n", 1), keys, "plain text"},
		"empty":          {"", keys, "empty line"},
		"too-long":       {note + strings.Repeat("x", 1<<17), keys, "too long"},
		"short-text":     {"a\n1\n\n" + lines[4], keys, "no checkpoint"},
		"bad-signature":  {strings.Join(lines[:4], "") + "— a b\n", keys, "signature line"},
		"hyphen":         {strings.ReplaceAll(note, "— ", "- "), keys, "signature line"},
		"extension-line": {strings.Replace(note, "\n\n", "\nmore\n\n", 1), keys, "does not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := audit.VerifyCheckpoint(c.note, c.keys); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it says %v", err)
			}
		})
	}
	// More signatures than we know are no reason to refuse: that is how witnesses are added.
	foreign, err := stranger.Sign(h.checkpoint())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.VerifyCheckpoint(note+strings.Join(strings.SplitAfter(foreign, "\n")[4:], ""), keys); err != nil {
		t.Errorf("with a witness it says %v", err)
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	good := open(t).log.Keys()
	for _, line := range []string{"", "a", "a+b", "a+00000000+AAAA", "a b+00000000+AQ==", good[0].String() + "A", strings.Replace(good[0].String(), origin, "other", 1),
		good[1].String()[:len(good[1].String())-8], "a+00000000+!"} {
		if k, err := audit.ParseKey(line); err == nil {
			t.Errorf("%q is read as %v", line, k)
		}
	}
}

// A note must parse to the same statement it is written from, whatever it is, and parsing must never panic.
func FuzzCheckpoint(f *testing.F) {
	keys := smtest.Keyring(f)
	signer, err := keys.Signer(sm.LogSignerEd25519)
	if err != nil {
		f.Fatal(err)
	}
	key := audit.Key{Name: origin, Public: signer.Public()}
	f.Add("xiangyun.test/log\n3\nGrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n\n— xiangyun.test/log AAAAAAAA\n")
	f.Add("a\n0\n\n\n— a \n")
	f.Add("\n\n\n\n")
	f.Add("— — —")
	f.Fuzz(func(t *testing.T, note string) {
		if c, err := audit.VerifyCheckpoint(note, []audit.Key{key}); err == nil {
			t.Errorf("a note nobody signed is believed: %+v", c)
		}
		_, _ = audit.ParseKey(note) // must not panic
	})
}
