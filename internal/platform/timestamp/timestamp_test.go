package timestamp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/tooltest"
)

var now = time.Date(2026, 3, 2, 1, 2, 3, 0, time.UTC)

func key(t testing.TB, chinese bool) crypto.Signer {
	t.Helper()
	var k crypto.Signer
	var err error
	if chinese {
		k, err = sm.GenerateSM2()
	} else {
		k, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// authority returns one with its root; purpose may be left out of its certificate.
func authority(t testing.TB, chinese, purpose bool) (*Authority, *sm.Certificate) {
	t.Helper()
	serial, err := sm.Serial()
	if err != nil {
		t.Fatal(err)
	}
	template := &sm.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "测试根"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: sm.UseCertify}
	rootKey := key(t, chinese)
	root, err := sm.IssueCertificate(template, template, rootKey.Public(), rootKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf := *template
	leaf.Subject, leaf.IsCA, leaf.KeyUsage = pkix.Name{CommonName: "测试时间戳"}, false, sm.UseSign
	if leaf.SerialNumber, err = sm.Serial(); err != nil {
		t.Fatal(err)
	}
	if purpose {
		// RFC 3161 wants the purpose alone and critical; the library writes it so when it is given as an extension.
		leaf.ExtraExtensions = []pkix.Extension{TimestampingOnly}
	}
	k := key(t, chinese)
	cert, err := sm.IssueCertificate(&leaf, root, k.Public(), rootKey)
	if err != nil {
		t.Fatal(err)
	}
	return NewAuthority(cert, k, func() time.Time { return now }), root
}

func TestGoesRound(t *testing.T) {
	for name, chinese := range map[string]bool{"sm2": true, "p256": false} {
		t.Run(name, func(t *testing.T) {
			a, root := authority(t, chinese, true)
			_, stranger := authority(t, chinese, true)
			server := httptest.NewServer(a)
			defer server.Close()
			c := &Client{URL: server.URL, Roots: sm.NewPool(root), HTTP: server.Client()}
			over := []byte("signature value")
			asked, err := c.Timestamp(t.Context(), over)
			if err != nil {
				t.Fatal(err)
			}
			direct, err := a.Timestamp(t.Context(), over)
			if err != nil {
				t.Fatal(err)
			}
			for _, token := range [][]byte{asked, direct} {
				at, err := Verify(token, over, sm.NewPool(root))
				if err != nil || !at.Equal(now) {
					t.Errorf("%v, %v", at, err)
				}
				if _, err := Verify(token, []byte("other"), sm.NewPool(root)); !errors.Is(err, ErrToken) {
					t.Error("over other bytes:", err)
				}
				if _, err := Verify(token, over, sm.NewPool(stranger)); !errors.Is(err, ErrToken) {
					t.Error("of a stranger:", err)
				}
				for i := 0; i < len(token); i += 7 {
					spoilt := bytes.Clone(token)
					spoilt[i] ^= 0x10
					if at, err := Verify(spoilt, over, sm.NewPool(root)); err == nil && !at.Equal(now) {
						t.Errorf("with byte %d changed it says %v", i, at)
					}
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	a, root := authority(t, true, false)
	token, err := a.Timestamp(t.Context(), []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(token, []byte("x"), sm.NewPool(root)); !errors.Is(err, ErrToken) {
		t.Error("of a certificate that is not for timestamps:", err)
	}
	for name, q := range map[string][]byte{"nothing": nil, "noise": []byte("noise"), "short-digest": query(families[0], []byte("short"), big.NewInt(7))} {
		if reply, err := a.Answer(q); err != nil || !bytes.Equal(reply, rejection) {
			t.Errorf("%s: %x, %v", name, reply, err)
		}
	}
	for name, h := range map[string]http.HandlerFunc{
		"error":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		"rejected": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(rejection) },
		"noise":    func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("noise")) },
		"replayed": func(w http.ResponseWriter, _ *http.Request) {
			reply, _ := a.Answer(query(families[0], families[0].sum([]byte("x")), big.NewInt(7)))
			_, _ = w.Write(reply)
		},
	} {
		server := httptest.NewServer(h)
		if _, err := (&Client{URL: server.URL, Roots: sm.NewPool(root), HTTP: server.Client()}).Timestamp(t.Context(), []byte("x")); err == nil {
			t.Errorf("%s is taken", name)
		}
		server.Close()
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("POST", "/tsa", nil))
	if w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("without its type: %d", w.Code)
	}
}

// TestOpenSSLAgrees lets a second implementation ask and verify.
func TestOpenSSLAgrees(t *testing.T) {
	openssl := tooltest.Need(t, "openssl", "openssl")
	dir := t.TempDir()
	file := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	a, root := authority(t, false, true)
	data := file("data", []byte("signature value"))
	query, err := exec.Command(openssl, "ts", "-query", "-data", data, "-sha256", "-cert").Output()
	if err != nil {
		t.Fatal(err)
	}
	reply, err := a.Answer(query)
	if err != nil {
		t.Fatal(err)
	}
	ca := file("root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}))
	out, err := exec.Command(openssl, "ts", "-verify", "-queryfile", file("query", query), "-in", file("reply", reply), "-CAfile", ca, "-attime", "1772413323").CombinedOutput()
	if err != nil {
		t.Errorf("openssl refuses: %v %s", err, out)
	}
}

func FuzzVerify(f *testing.F) {
	a, root := authority(f, true, true)
	token, err := a.Timestamp(f.Context(), []byte("x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Fuzz(func(t *testing.T, token []byte) {
		if at, err := Verify(token, []byte("x"), sm.NewPool(root)); err == nil && !at.Equal(now) {
			t.Errorf("says %v", at)
		}
		_, _ = a.Answer(token)
	})
}
