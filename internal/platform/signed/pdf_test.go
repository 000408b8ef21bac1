package signed_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/signed/signedtest"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/tooltest"
)

func TestSignedPDF(t *testing.T) {
	o := newOffice()
	for _, slot := range []paper.Slot{{}, {Name: "certificate.json", Size: 300}} {
		f := o.signedPDF(t, slot)
		r := o.check(f.Bytes())
		if !r.Valid() || !r.Intact() || len(r.Signatures) != 1 {
			t.Fatalf("%v: %+v", failures(r), r)
		}
		if s := r.Signatures[0]; s.Name != s.Signer || s.Signer != "测试PDF签名" || !s.At.Equal(then) {
			t.Errorf("%+v", s)
		}
		again, err := paper.Open(f.Bytes())
		if err != nil || !bytes.Equal(again.Digest(sm.Hash()), f.Digest(sm.Hash())) {
			t.Error("the digest of everything else", err)
		}
	}
	if r := signed.Check(context.Background(), o.signedPDF(t, paper.Slot{}).Bytes(), ses.Trust{}, now); r.Valid() || !r.Intact() || !slices.Equal(failures(r), []string{"signer.not_trusted"}) {
		t.Errorf("a stranger's: %v", failures(r))
	}
	bare, err := small(1).File(paper.PDF, paper.Slot{})
	if err != nil {
		t.Fatal(err)
	}
	if err := bare.Sign(o.SignPDF); err == nil {
		t.Error("a file without room was signed")
	}
	if r := o.check(bare.Bytes()); r.Valid() || !slices.Equal(failures(r), []string{"signed.none"}) {
		t.Errorf("without a signature: %v", failures(r))
	}
}

// TestSlotBeforeSignature keeps the order: the record covers all but slot and signature, the signature covers the slot.
func TestSlotBeforeSignature(t *testing.T) {
	o := newOffice()
	f := o.signedPDF(t, paper.Slot{Name: "certificate.json", Size: 300})
	digest := f.Digest(sm.Hash())
	if err := f.Fill([]byte(`{"record":{"other":1}}`)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(f.Digest(sm.Hash()), digest) {
		t.Error("filling the slot changed the digest")
	}
	if r := o.check(f.Bytes()); r.Intact() || !slices.Contains(failures(r), "digest.differs") {
		t.Errorf("a slot filled after signing: %v", failures(r))
	}
	if err := f.Sign(o.SignPDF); err != nil {
		t.Fatal(err)
	}
	if r := o.check(f.Bytes()); !r.Valid() || !bytes.Equal(f.Digest(sm.Hash()), digest) {
		t.Errorf("signed again: %v", failures(r))
	}
}

func TestPDFForgeries(t *testing.T) {
	o := newOffice()
	good := o.signedPDF(t, paper.Slot{}).Bytes()
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"a page appended":   {append(bytes.Clone(good), "\n90 0 obj<</Type/Page/Parent 2 0 R>>endobj\nstartxref\n9\n%%EOF"...), "appended.pages"},
		"a script appended": {append(bytes.Clone(good), "\n90 0 obj<</S/Java#53cript/JS(x)>>endobj\nstartxref\n9\n%%EOF"...), "scripts.scripts"},
		"a longer gap":      {bytes.Replace(good, []byte("/ByteRange[0 "), []byte("/ByteRange[0 1"), 1), "form.range"},
		"from the middle":   {bytes.Replace(good, []byte("/ByteRange[0 "), []byte("/ByteRange[9 "), 1), "form.range"},
		"another filter":    {bytes.Replace(good, []byte("/ETSI.CAdES.detached"), []byte("/ETSI.CAdES.datached"), 1), "form.filter"},
		"something moved":   {bytes.Replace(good, []byte("60"), []byte("61"), 1), "digest.differs"},
		"cut off":           {good[:len(good)-40], "form.range"},
	} {
		if r := o.check(c.content); r.Intact() || r.Valid() || !slices.Contains(failures(r), c.want) {
			t.Errorf("%s: %v instead of %s", name, failures(r), c.want)
		}
	}
}

func TestEveryBitOfPDF(t *testing.T) {
	o := newOffice()
	everyByte(t, o.signedPDF(t, paper.Slot{}).Bytes(), func(b []byte) bool { r := o.check(b); return r.Valid() })
}

// TestOpenSSLAgrees takes the signature out of a PDF by its own words and has OpenSSL verify it over what it covers.
func TestOpenSSLAgrees(t *testing.T) {
	o := &office{signedtest.New().Abroad()}
	content := o.signedPDF(t, paper.Slot{Name: "certificate.json", Size: 100}).Bytes()
	if ends := o.opensslAgrees(t, content); !slices.Equal(ends, []int{len(content)}) {
		t.Errorf("%v of %d bytes are covered", ends, len(content))
	}
}

// opensslAgrees has OpenSSL verify each signature of a PDF, and returns where what they cover ends.
func (o *office) opensslAgrees(t *testing.T, content []byte) (ends []int) {
	openssl := tooltest.Need(t, "openssl", "openssl")
	for _, m := range regexp.MustCompile(`/ByteRange\[0 (\d+) +(\d+) +(\d+) *\]`).FindAllSubmatch(content, -1) {
		n := [3]int{}
		for i := range n {
			n[i], _ = strconv.Atoi(string(m[i+1]))
		}
		ends = append(ends, n[1]+n[2])
		der, err := hex.DecodeString(strings.TrimRight(string(content[n[0]+1:n[1]-1]), "0"))
		if err != nil { // the last zero may be a digit of its own
			if der, err = hex.DecodeString(strings.TrimRight(string(content[n[0]+1:n[1]-1]), "0") + "0"); err != nil {
				t.Fatal(err)
			}
		}
		dir := t.TempDir()
		write := func(name string, b []byte) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		verify := func(covered []byte) error {
			out, err := exec.Command(openssl, "cms", "-verify", "-binary", "-inform", "DER", "-in", write("a.der", der), "-content", write("a.bin", covered), "-CAfile",
				write("root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Root.Raw})), "-purpose", "any", "-no_check_time", "-out", filepath.Join(dir, "out")).CombinedOutput()
			if err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			return nil
		}
		covered := append(bytes.Clone(content[:n[0]]), content[n[1]:n[1]+n[2]]...)
		if err := verify(covered); err != nil {
			t.Error(err)
		}
		covered[100] ^= 1
		if verify(covered) == nil {
			t.Error("OpenSSL verifies a changed file: the test proves nothing")
		}
	}
	return ends
}

// TestPopplerAgrees asks a reader of PDF.
func TestPopplerAgrees(t *testing.T) {
	pdfsig := tooltest.Need(t, "pdfsig", "poppler-utils")
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, (&office{signedtest.New().Abroad()}).signedPDF(t, paper.Slot{}).Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(pdfsig, "-nocert", path).CombinedOutput() // nobody trusts the root there
	for _, want := range []string{"Signature is Valid", "Total document signed", "ETSI.CAdES.detached", "测试PDF签名"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("poppler does not say %q: %s", want, out)
		}
	}
}

func FuzzCMS(f *testing.F) {
	o := newOffice()
	sum := [32]byte{}
	good, err := o.SignPDF("Seal1", sum[:])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Fuzz(func(t *testing.T, der []byte) { signed.ParseCMS(der) })
}

// register keeps some certificates.
type register []*sm.Certificate

func (r register) Keeps(_ context.Context, c *sm.Certificate) (bool, error) {
	return slices.ContainsFunc(r, c.Equal), nil
}

// TestStrangerOfTheSameAuthority: who is only another customer of an authority is nobody here, alone or behind a known signer.
func TestStrangerOfTheSameAuthority(t *testing.T) {
	o := newOffice()
	trust := o.Trust(ses.InUse)
	trust.Roots, trust.Western, trust.Known = nil, trust.Roots, register{o.Western}
	check := func(content []byte) signed.Report { return signed.Check(t.Context(), content, trust, now) }
	if r := check(o.signedPDF(t, paper.Slot{}).Bytes()); !r.Valid() {
		t.Errorf("known: %v", failures(r))
	}
	stranger := &office{o.Beside()}
	if r := check(stranger.signedPDF(t, paper.Slot{}).Bytes()); r.Valid() || !slices.Equal(failures(r), []string{"signer.not_trusted"}) {
		t.Errorf("a stranger: %v", failures(r))
	}
	if r := check(o.jointly(t, paper.PDF, paper.Slot{}).Bytes()); r.Valid() || r.Intact() || !slices.Contains(failures(r), "appended.stranger") || !slices.Contains(failures(r), "signer.not_trusted") {
		t.Errorf("a stranger behind the known signer: %v", failures(r))
	}
	trust.Known = nil
	if r := check(o.signedPDF(t, paper.Slot{}).Bytes()); r.Valid() {
		t.Error("without a register everybody passes")
	}
}
