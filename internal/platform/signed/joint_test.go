package signed_test

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/signed/signedtest"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/tooltest"
)

// jointly puts the seals of two offices on one document (联合发文).
func (o *office) jointly(t testing.TB, format paper.Format, slot paper.Slot) *paper.File {
	t.Helper()
	beside := o.Beside()
	first, second := sealing(t, paper.Placement{X: 120, Y: 220, W: 42, H: 42}), sealing(t, paper.Placement{X: 70, Y: 220, W: 42, H: 42})
	first.More, second.Name = true, signedtest.Beside
	first.Room, second.Room = 1600, 1600 // short, so that every bit can be tried
	f, err := small(1).Sealed(first).Sealed(second).File(format, slot)
	if err != nil {
		t.Fatal(err)
	}
	if format == paper.OFD {
		if err = f.Affix(first, o.Affix); err == nil {
			err = f.Affix(second, beside.Affix)
		}
	} else {
		if slot.Size > 0 {
			err = f.Fill([]byte(`{"record":{}}`))
		}
		if err == nil {
			err = f.Sign(o.SignPDF)
		}
		if err == nil {
			err = f.Sign(beside.SignPDF)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// failed tells whether a check of a signature failed.
func failed(s signed.Signature) bool {
	return slices.ContainsFunc(s.Checks, func(f signed.Finding) bool { return f.Outcome == signed.Failed })
}

var bothFormats = []paper.Format{paper.OFD, paper.PDF}

// TestTwoSeals: both are listed, each with checks of its own, and neither spoils the other.
func TestTwoSeals(t *testing.T) {
	o := newOffice()
	for _, format := range bothFormats {
		for _, slot := range []paper.Slot{{}, {Name: "certificate.json", Size: 300}} {
			f := o.jointly(t, format, slot)
			digest := f.Digest(sm.Hash())
			if slot.Size > 0 && format == paper.OFD {
				if err := f.Fill([]byte(`{"record":{}}`)); err != nil {
					t.Fatal(err)
				}
			}
			r := o.check(f.Bytes())
			if !r.Valid() || !r.Intact() || len(r.Signatures) != 2 {
				t.Fatalf("%s: %v: %+v", format, failures(r), r.Findings)
			}
			for i, name := range []string{signedtest.Name, signedtest.Beside} {
				if s := r.Signatures[i]; format == paper.OFD && s.Name != name || len(s.Checks) < 10 {
					t.Errorf("%s: signature %d is of %s, with %d checks", format, i, s.Name, len(s.Checks))
				}
			}
			if again, err := paper.Open(f.Bytes()); slot.Size > 0 && (err != nil || !bytes.Equal(again.Digest(sm.Hash()), digest)) {
				t.Errorf("%s: the digest of everything else: %v", format, err)
			}
		}
	}
}

// TestSecondChanged: what happens to the second seal is seen with the second, and what happens before it with both.
func TestSecondChanged(t *testing.T) {
	o := newOffice()
	content := o.jointly(t, paper.OFD, paper.Slot{}).Bytes()
	for name, c := range map[string]struct {
		part     string
		bad, not int // which signatures fail, and do not
	}{"of-the-second": {"Doc_0/Signs/Sign_1/Signature.xml", 1, 0}, "of-the-first": {"Doc_0/Signs/Sign_0/Seal.esl", 1, -1}, "the-list": {"Doc_0/Signs/Signatures.xml", 1, 0}} {
		forged := repack(t, content, func(name string, part []byte) []byte {
			if name == c.part {
				if bytes.Contains(part, []byte("</")) {
					return bytes.Replace(part, []byte("</"), []byte(" </"), 1)
				}
				part = bytes.Clone(part)
				part[len(part)/2] ^= 1
			}
			return part
		})
		r := o.check(forged)
		if r.Valid() || len(r.Signatures) != 2 || !failed(r.Signatures[c.bad]) || c.not >= 0 && failed(r.Signatures[c.not]) {
			t.Errorf("%s: %v", name, failures(r))
		}
	}
}

// strip takes the last of two seals off a package with everything it brought, and packs it as packages are packed here.
func strip(t *testing.T, content []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if strings.Contains(f.Name, "Sign_1/") {
			continue
		}
		r, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		h := zip.FileHeader{Name: f.Name, Method: f.Method, CRC32: f.CRC32, CompressedSize64: f.CompressedSize64, UncompressedSize64: f.UncompressedSize64}
		if strings.HasSuffix(f.Name, "Signatures.xml") {
			part = bytes.Replace(part, []byte(`<ofd:Signature ID="2" Type="Seal" BaseLoc="/Doc_0/Signs/Sign_1/Signature.xml"/>`), nil, 1)
			h.CRC32, h.CompressedSize64, h.UncompressedSize64 = crc32.ChecksumIEEE(part), uint64(len(part)), uint64(len(part))
		}
		p, err := w.CreateRaw(&h)
		if err == nil {
			_, err = p.Write(part)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestSealTakenOff: the seal that stays is as good as it was, and the file is not: it wants another, whoever looks at it. One of a stranger does not do.
func TestSealTakenOff(t *testing.T) {
	o := newOffice()
	alone := strip(t, o.jointly(t, paper.OFD, paper.Slot{}).Bytes())
	if r := o.check(alone); r.Valid() || r.Intact() || len(r.Signatures) != 1 || failed(r.Signatures[0]) || !slices.Equal(failures(r), []string{"coverage.seal_missing"}) {
		t.Errorf("the first alone: %v", failures(r))
	}
	if r := signed.Check(t.Context(), alone, ses.Trust{}, now); r.Intact() {
		t.Errorf("for who knows nobody: %v", failures(r))
	}
	first, foreign := sealing(t), sealing(t)
	first.More = true
	f, err := small(1).File(paper.OFD, paper.Slot{})
	if err == nil {
		err = f.Affix(first, o.Affix)
	}
	if err == nil {
		err = f.Affix(foreign, o.Stranger().Affix)
	}
	if err != nil {
		t.Fatal(err)
	}
	if r := o.check(f.Bytes()); r.Valid() || r.Intact() || !slices.Contains(failures(r), "coverage.seal_missing") {
		t.Errorf("a stranger's in its place: %v", failures(r))
	}
}

// TestLastSeal: nothing goes beside a seal that covers the list of signatures.
func TestLastSeal(t *testing.T) {
	o := newOffice()
	f := o.jointly(t, paper.OFD, paper.Slot{})
	if err := f.Affix(sealing(t), o.Affix); err == nil {
		t.Error("a third seal went onto a document with its last one")
	}
}

func TestEveryBitOfTwoSeals(t *testing.T) {
	o := newOffice()
	for _, format := range bothFormats {
		everyByte(t, o.jointly(t, format, paper.Slot{}).Bytes(), func(b []byte) bool { r := o.check(b); return r.Valid() && len(r.Signatures) == 2 })
	}
}

// TestOthersAgreeOnTwo: OpenSSL verifies both signatures of a PDF, the first over the file as it was then, and Poppler shows both as good.
func TestOthersAgreeOnTwo(t *testing.T) {
	pdfsig := tooltest.Need(t, "pdfsig", "poppler-utils")
	o := &office{signedtest.New().Abroad()}
	content := o.jointly(t, paper.PDF, paper.Slot{Name: "certificate.json", Size: 100}).Bytes()
	ends := o.opensslAgrees(t, content)
	if len(ends) != 2 || ends[0] >= ends[1] || ends[1] != len(content) || !bytes.HasSuffix(content[:ends[0]], []byte("%%EOF\n")) {
		t.Errorf("%v of %d bytes are covered", ends, len(content))
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	for i, part := range [][]byte{content[:ends[0]], content} { // the first revision is a file of its own
		if err := os.WriteFile(path, part, 0o600); err != nil {
			t.Fatal(err)
		}
		out, _ := exec.Command(pdfsig, "-nocert", path).CombinedOutput() // nobody trusts the root there
		if n := strings.Count(string(out), "Signature is Valid"); n != i+1 || !strings.Contains(string(out), "Total document signed") {
			t.Errorf("poppler finds %d good signatures of %d: %s", n, i+1, out)
		}
	}
	if r := o.check(content[:ends[0]]); !slices.Equal(failures(r), nil) || len(r.Signatures) != 1 {
		t.Errorf("the first revision: %v", failures(r))
	}
}
