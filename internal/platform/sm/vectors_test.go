package sm_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"encoding/asn1"
	"encoding/hex"
	"hash"
	"math/big"
	"strings"
	"testing"

	"xiangyun/internal/platform/sm"
)

func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The examples of GB/T 32905-2016, appendix A.
func TestSM3Vectors(t *testing.T) {
	for text, want := range map[string]string{
		"abc":                      "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		strings.Repeat("abcd", 16): "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
	} {
		sum := sm.Sum([]byte(text))
		if hex.EncodeToString(sum[:]) != want {
			t.Errorf("SM3 of %q is %x", text, sum)
		}
		var h hash.Hash = sm.Hash()
		for i := range len(text) { // byte by byte
			h.Write([]byte{text[i]})
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != want || h.Size() != sm.Size {
			t.Errorf("SM3 of %q in pieces is %s", text, got)
		}
	}
}

// The examples of GM/T 0042-2015 for HMAC with SM3.
func TestHMACVectors(t *testing.T) {
	const alphabet = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
	for _, c := range []struct{ key, text, want string }{
		{"0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20", hex.EncodeToString([]byte(alphabet + alphabet)),
			"ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"},
		{"0102030405060708090a0b0c0d0e0f10111213141516171819 1a1b1c1d1e1f202122232425", strings.Repeat("cd", 50),
			"220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"},
		{strings.Repeat("0b", 32), hex.EncodeToString([]byte("Hi There")), "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e"},
		{hex.EncodeToString([]byte("Jefe")), hex.EncodeToString([]byte("what do ya want for nothing?")), "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882"},
	} {
		if got := hex.EncodeToString(sm.HMAC(bytesOf(t, c.key), bytesOf(t, c.text))); got != c.want {
			t.Errorf("HMAC under %s is %s, want %s", c.key, got, c.want)
		}
	}
}

// The example of RFC 8998, appendix A.1.
func TestSM4GCMVector(t *testing.T) {
	aead, err := sm.NewGCM(bytesOf(t, "0123456789abcdeffedcba9876543210"))
	if err != nil {
		t.Fatal(err)
	}
	nonce, aad := bytesOf(t, "00001234567800000000abcd"), bytesOf(t, "feedfacedeadbeeffeedfacedeadbeefabaddad2")
	plain := bytesOf(t, strings.Repeat("aa", 8)+strings.Repeat("bb", 8)+strings.Repeat("cc", 8)+strings.Repeat("dd", 8)+strings.Repeat("ee", 8)+strings.Repeat("ff", 8)+
		strings.Repeat("ee", 8)+strings.Repeat("aa", 8))
	want := bytesOf(t, "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"+
		"83de3541e4c2b58177e065a9bf7b62ec")
	sealed := aead.Seal(nil, nonce, plain, aad)
	if !bytes.Equal(sealed, want) || aead.NonceSize() != sm.NonceSize || aead.Overhead() != sm.TagSize {
		t.Errorf("sealed as %x", sealed)
	}
	if got, err := aead.Open(nil, nonce, sealed, aad); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened as %x, %v", got, err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := aead.Open(nil, nonce, changed, aad); err == nil {
			t.Fatalf("opens with byte %d changed", i)
		}
	}
	if _, err := aead.Open(nil, nonce, sealed, aad[1:]); err == nil {
		t.Error("opens under other data")
	}
	if _, err := sm.NewGCM(make([]byte, 15)); err == nil {
		t.Error("takes a key of 15 bytes")
	}
}

// The example of GB/T 32918.5-2017, appendix A: the recommended curve, the message "message digest", the distinguishing identifier 1234567812345678.
func TestSM2Vector(t *testing.T) {
	const (
		private = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
		x       = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
		y       = "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
		r       = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
		s       = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
	)
	key, err := sm.NewSM2(bytesOf(t, private))
	if err != nil {
		t.Fatal(err)
	}
	pub := key.Public().(*ecdsa.PublicKey)
	if raw, err := sm.PublicBytes(pub); err != nil || hex.EncodeToString(raw) != "04"+x+y {
		t.Errorf("the public key is %x, %v", raw, err)
	}
	signature := func(r, s string) []byte {
		der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(bytesOf(t, r)), new(big.Int).SetBytes(bytesOf(t, s))})
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	message := []byte("message digest")
	if !sm.Verify(pub, message, signature(r, s)) {
		t.Error("the standard's signature does not verify")
	}
	if sm.Verify(pub, []byte("message digesT"), signature(r, s)) || sm.Verify(pub, message, signature(s, r)) || sm.Verify(pub, message, nil) {
		t.Error("what was not signed verifies")
	}
	own, err := sm.Sign(key, message)
	if err != nil || !sm.Verify(pub, message, own) {
		t.Errorf("our own signature does not verify: %v", err)
	}
	if _, err := key.Sign(nil, message, hashed{}); err == nil {
		t.Error("signs a digest")
	}
}

// hashed says that a digest is handed over.
type hashed struct{}

// HashFunc implements crypto.SignerOpts.
func (hashed) HashFunc() crypto.Hash { return crypto.SHA256 }
