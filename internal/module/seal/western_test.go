package seal_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/module/seal/sealtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/signed/signedtest"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/tooltest"
)

// opensslCA is an authority made with OpenSSL: a root, one below it, and what that one issues.
type opensslCA struct{ dir, program string }

func newOpenSSLCA(t *testing.T) opensslCA {
	t.Helper()
	ca := opensslCA{t.TempDir(), tooltest.Need(t, "openssl", "openssl")}
	ca.write(t, "ca.ext", []byte("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"))
	ca.write(t, "leaf.ext", []byte("keyUsage=critical,digitalSignature,nonRepudiation\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"))
	for _, name := range []string{"root", "between"} {
		ca.run(t, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", ca.at(name+".key"))
		ca.run(t, "req", "-new", "-key", ca.at(name+".key"), "-subj", "/CN="+name, "-out", ca.at(name+".csr"))
	}
	ca.run(t, "x509", "-req", "-in", ca.at("root.csr"), "-signkey", ca.at("root.key"), "-days", "3650", "-extfile", ca.at("ca.ext"), "-out", ca.at("root.pem"))
	ca.run(t, "x509", "-req", "-in", ca.at("between.csr"), "-CA", ca.at("root.pem"), "-CAkey", ca.at("root.key"), "-CAcreateserial", "-days", "1800", "-extfile", ca.at("ca.ext"), "-out", ca.at("between.pem"))
	return ca
}

func (ca opensslCA) at(name string) string { return filepath.Join(ca.dir, name) }

func (ca opensslCA) write(t *testing.T, name string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(ca.at(name), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return ca.at(name)
}

func (ca opensslCA) read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(ca.at(name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func (ca opensslCA) run(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command(ca.program, args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl %s: %v: %s", args[0], err, out)
	}
}

// issue returns the certificate a request asks for, and the one that issued it.
func (ca opensslCA) issue(t *testing.T, request []byte, days int) (leaf, chain []byte) {
	t.Helper()
	ca.run(t, "req", "-in", ca.write(t, "leaf.csr", request), "-verify", "-noout")
	ca.run(t, "x509", "-req", "-in", ca.at("leaf.csr"), "-CA", ca.at("between.pem"), "-CAkey", ca.at("between.key"), "-CAcreateserial", "-days", fmt.Sprint(days), "-extfile", ca.at("leaf.ext"), "-out", ca.at("leaf.pem"))
	leaf = ca.read(t, "leaf.pem")
	return leaf, bytes.Join([][]byte{leaf, ca.read(t, "between.pem")}, nil)
}

// sealPDF puts a seal on a PDF, as issuing does.
func sealPDF(t *testing.T, w *sealtest.World, id seal.ID) []byte {
	t.Helper()
	program := actor.Program("cert")
	st, err := w.Imprint(t.Context(), program, id)
	if err != nil || !st.SignsPDF() {
		t.Fatalf("no certificate for PDF: %v", err)
	}
	d := (&paper.Page{Title: "证", Language: "zh-CN", Boxes: []paper.Box{{X: 20, Y: 20, W: 60, H: 10}}}).Document()
	shown := st.Sealing(time.Now().UTC().Truncate(time.Second), paper.Placement{X: 100, Y: 200, W: st.Width, H: st.Height})
	f, err := d.Sealed(shown).File(paper.PDF, paper.Slot{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Press(t.Context(), program, st, f, shown); err != nil {
		t.Fatal(err)
	}
	return f.Bytes()
}

// TestOutsideAuthorityForPDF: the key that signs PDF gets its certificate from an authority of its own, as the seal's does; what it signs leads to that root
// alone, and a newer certificate takes the place of the one before.
func TestOutsideAuthorityForPDF(t *testing.T) {
	var keys *interruptedKeys
	w := sealtest.Open(t, func(n *seal.Needs) {
		n.BuiltIn = false
		keys = &interruptedKeys{Keys: n.Keys}
		n.Keys = keys
	})
	ctx, program := t.Context(), actor.Program("cli")
	id := outsideSeal(t, w)
	name := id + seal.Western
	if st, err := w.Imprint(ctx, program, id); err != nil || st.SignsPDF() {
		t.Fatalf("it signs PDF with a certificate of nobody: %v", err)
	}
	_, err := w.CertificateRequest(ctx, program, "none"+seal.Western)
	wants(t, err, fault.NotFound, "")
	_, err = w.CertificateRequest(ctx, program, "pdf-root")
	wants(t, err, fault.NotFound, "")

	ca := newOpenSSLCA(t)
	wanted := request(t, w, name)
	leaf, chain := ca.issue(t, wanted, 365)
	wants(t, w.Import(ctx, program, name, chain), fault.Invalid, "seal.bad_certificate") // no root yet
	if err := w.Import(ctx, program, "pdf-root", ca.read(t, "root.pem")); err != nil {
		t.Fatal(err)
	}
	wants(t, w.Import(ctx, program, "pdf-root", chain), fault.Invalid, "seal.bad_certificate")
	wants(t, w.Import(ctx, program, name, leaf), fault.Invalid, "seal.bad_certificate") // nothing leads to the root
	stranger, err := w.Needs.Keys.Create(ctx, "stranger"+seal.Western)
	if err != nil || stranger == nil {
		t.Fatal(err)
	}
	wants(t, w.Import(ctx, program, name, append(bytes.Clone(ca.read(t, "between.pem")), chain...)), fault.Invalid, "seal.bad_certificate") // of another key
	for range 2 {
		if err := w.Import(ctx, program, name, chain); err != nil {
			t.Fatal(err)
		}
	}
	content := sealPDF(t, w, id)
	trust, err := w.Trust(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if r := signed.Check(ctx, content, trust, time.Now()); !r.Valid() || len(r.Signatures) != 1 || !strings.Contains(r.Signatures[0].Signer, "市场监督") {
		t.Errorf("%+v", r.Failures())
	}
	without := trust
	without.Western = nil
	if r := signed.Check(ctx, content, without, time.Now()); r.Valid() || !r.Intact() {
		t.Errorf("without the root for PDF: %+v", r.Failures())
	}
	if pdfsig, err := exec.LookPath("pdfsig"); err == nil {
		out, _ := exec.Command(pdfsig, "-nocert", ca.write(t, "a.pdf", content)).CombinedOutput() // nobody trusts the root there
		if !strings.Contains(string(out), "Signature is Valid") {
			t.Errorf("poppler: %s", out)
		}
	}

	strangers(t, w, ca, trust, content)

	// The next year's takes its place; an older one does not come back.
	_, next := ca.issue(t, wanted, 700)
	if err := w.Import(ctx, program, name, next); err != nil {
		t.Fatal(err)
	}
	wants(t, w.Import(ctx, program, name, chain), fault.Conflict, "seal.moved_on")
	for _, content := range [][]byte{content, sealPDF(t, w, id)} {
		if r := signed.Check(ctx, content, trust, time.Now()); !r.Valid() {
			t.Errorf("after the change: %+v", r.Failures())
		}
	}
	// With the seal all of them end, and one that comes at that moment is not kept.
	_, late := ca.issue(t, wanted, 900)
	keys.once = func() {
		if err := w.Move(ctx, program, id, seal.Cancelled); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, w.Import(ctx, program, name, late), fault.NotFound, "seal.not_found")
	if r := signed.Check(ctx, content, trust, time.Now().Add(time.Hour)); r.Valid() {
		t.Error("a signature without a timestamp is good after its certificate was revoked")
	}
	_, err = w.CertificateRequest(ctx, program, name)
	wants(t, err, fault.NotFound, "")
}

// strangers signs with a certificate of the same authority that was never brought here: alone, and behind a known signature.
func strangers(t *testing.T, w *sealtest.World, ca opensslCA, trust ses.Trust, known []byte) {
	t.Helper()
	ctx := t.Context()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := sm.NewRequest(pkix.Name{CommonName: "长春市市场监督管理局"}, key)
	if err != nil {
		t.Fatal(err)
	}
	_, text := ca.issue(t, wanted, 365)
	var chain []*sm.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		c, err := sm.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, c)
	}
	p, err := paper.NewPicture(signedtest.Picture())
	if err != nil {
		t.Fatal(err)
	}
	shown := paper.Sealing{Picture: p, Places: []paper.Placement{{X: 100, Y: 200, W: 42, H: 42}}, At: time.Now().UTC().Truncate(time.Second), Name: "长春市市场监督管理局", Room: 8192, Provider: "Xiangyun"}
	f, err := (&paper.Page{Title: "证", Language: "zh-CN"}).Document().Sealed(shown).File(paper.PDF, paper.Slot{})
	if err == nil {
		err = f.Sign(func(_ string, digest []byte) ([]byte, error) { return signed.SignPDF(digest, chain, key, nil) })
	}
	if err != nil {
		t.Fatal(err)
	}
	if r := signed.Check(ctx, f.Bytes(), trust, time.Now()); r.Valid() || !r.Intact() || len(r.Failures()) != 1 || r.Failures()[0].Detail != "signer.not_trusted" {
		t.Errorf("a stranger's certificate of the same authority: %+v", r.Failures())
	}
	if r := signed.Check(ctx, update(t, known, chain, key), trust, time.Now()); r.Valid() || r.Intact() || !slices.ContainsFunc(r.Failures(), func(f signed.Finding) bool { return f.Detail == "appended.stranger" }) {
		t.Errorf("an update by a stranger: %+v", r.Failures())
	}
}

// update appends a page to a PDF and signs all of it, as anybody can.
func update(t *testing.T, content []byte, chain []*sm.Certificate, key crypto.Signer) []byte {
	t.Helper()
	const room = 8192
	b := append(bytes.Clone(content), "\n90 0 obj<</Type/Page/Parent 2 0 R>>endobj\n91 0 obj<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:"+
		time.Now().UTC().Format("20060102150405Z")+")/ByteRange[0 "...)
	tail := ">>endobj\nxref\n0 0\ntrailer<</Size 92/Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
	from := len(b) + 34 + len("]/Contents")
	to := from + 2*room + 2
	b = append(b, fmt.Sprintf("%010d %010d %010d  ]/Contents", from, to, len(tail))...)
	h := sha256.New()
	h.Write(b)
	h.Write([]byte(tail))
	der, err := signed.SignPDF(h.Sum(nil), chain, key, nil)
	if err != nil || len(b) != from {
		t.Fatal(err, len(b), from)
	}
	digits := fmt.Sprintf("%X", der)
	return append(b, "<"+digits+strings.Repeat("0", 2*room-len(digits))+">"+tail...)
}

// interruptedKeys does something once when a key is asked for: what happens between looking a seal up and keeping its certificate.
type interruptedKeys struct {
	seal.Keys
	once func()
}

func (k *interruptedKeys) Create(ctx context.Context, label string) (crypto.PublicKey, error) {
	if do := k.once; do != nil {
		k.once = nil
		do()
	}
	return k.Keys.Create(ctx, label)
}
