package ses

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/tooltest"
)

// TestOpenSSLAgrees lets a second implementation verify what the maker and the signer signed, and the chain of their certificates.
func TestOpenSSLAgrees(t *testing.T) {
	openssl := tooltest.Need(t, "openssl", "openssl")
	o := newOffice(t)
	s, err := ParseSignature(o.affix(t, o.seal(t, o.info()), epoch.Add(time.Hour), nil))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	verify := func(cert *sm.Certificate, signed, signature []byte) error {
		key, err := sm.MarshalPublicKey(cert.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		return exec.Command(openssl, "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678",
			"-pubin", "-inkey", file("key.pem", key), "-in", file("signed", signed), "-sigfile", file("signature", signature)).Run()
	}
	if err := verify(o.signer, s.signed, s.Value); err != nil {
		t.Errorf("openssl refuses the signer's signature: %v", err)
	}
	if err := verify(o.maker, s.Seal.signed, s.Seal.Signature); err != nil {
		t.Errorf("openssl refuses the maker's signature: %v", err)
	}
	if err := verify(o.maker, s.signed, s.Value); err == nil {
		t.Error("openssl accepts everything")
	}
	armour := func(c *sm.Certificate) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	chain := exec.Command(openssl, "verify", "-vfyopt", "distid:1234567812345678", "-no_check_time", "-CAfile", file("root.pem", armour(o.root)),
		file("signer.pem", armour(o.signer)))
	if out, err := chain.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("OK")) {
		t.Errorf("openssl refuses the chain: %v %s", err, out)
	}
}
