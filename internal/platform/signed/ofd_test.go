package signed_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/signed/signedtest"
	"xiangyun/internal/platform/sm"
)

func TestSealedOFD(t *testing.T) {
	o := newOffice()
	f := o.sealed(t, 3, paper.Slot{})
	r := o.check(f.Bytes())
	if !r.Valid() || !r.Intact() || len(r.Signatures) != 1 {
		t.Fatalf("%v: %+v", failures(r), r)
	}
	s := r.Signatures[0]
	if s.Name != "长春市南关区市场监督管理局" || s.SealID != "22010200000001V1" || s.Signer != "测试签章者" || !s.At.Equal(then) || len(s.Checks) != 11 {
		t.Errorf("%+v", s)
	}
	if err := f.Affix(sealing(t), o.Affix); err == nil {
		t.Error("a second seal spoils the first, and was put on")
	}
	if _, err := paper.ReadOFD(f.Bytes()); err != nil {
		t.Error(err)
	}
	bare, err := small(1).File(paper.OFD, paper.Slot{})
	if err != nil {
		t.Fatal(err)
	}
	if r := o.check(bare.Bytes()); r.Valid() || r.Intact() || !slices.Equal(failures(r), []string{"signed.none"}) {
		t.Errorf("without a seal: %v", failures(r))
	}
}

// TestSlotAndSeal goes the way of a certificate: seal, digest of everything, record, fill. Neither spoils the other.
func TestSlotAndSeal(t *testing.T) {
	o := newOffice()
	f := o.sealed(t, 1, paper.Slot{Name: "certificate.json", Size: 200})
	digest := f.Digest(sm.Hash())
	if err := f.Fill([]byte(`{"record":"` + string(bytes.Repeat([]byte("x"), 100)) + `"}`)); err != nil {
		t.Fatal(err)
	}
	if r := o.check(f.Bytes()); !r.Valid() {
		t.Fatalf("%v %+v", failures(r), r.Findings)
	}
	again, err := paper.Open(f.Bytes())
	if err != nil || !bytes.Equal(again.Digest(sm.Hash()), digest) {
		t.Fatalf("the digest of everything else: %v", err)
	}
	changed := bytes.Clone(f.Bytes())
	i := bytes.LastIndex(changed, o.Signer.Raw) // in SignedValue.dat
	changed[i+40] ^= 1
	if again, err = paper.Open(changed); err == nil && bytes.Equal(again.Digest(sm.Hash()), digest) {
		t.Error("the digest does not cover the signature")
	}
}

// TestSomebodyElses asks the register otherwise.
func TestSomebodyElses(t *testing.T) {
	o := newOffice()
	content := o.sealed(t, 1, paper.Slot{}).Bytes()
	for _, c := range []struct {
		trust ses.Trust
		want  []string
	}{
		{ses.Trust{}, []string{"in_use.not_asked", "maker.not_trusted", "signer.not_trusted"}},
		{o.Trust(ses.Suspended), []string{"in_use.suspended"}},
		{o.Trust(ses.Unknown), []string{"in_use.unknown"}},
	} {
		r := signed.Check(context.Background(), content, c.trust, now)
		if r.Valid() || !r.Intact() || !slices.Equal(failures(r), c.want) {
			t.Errorf("%v instead of %v", failures(r), c.want)
		}
	}
	if r := signed.Check(context.Background(), content, o.Trust(ses.InUse), epoch.AddDate(0, 0, 1)); r.Valid() {
		t.Error("a signature of days to come was believed")
	}
}

// TestForgeries are what somebody does to a sealed package who knows how archives are written.
func TestForgeries(t *testing.T) {
	o := newOffice()
	content := o.sealed(t, 2, paper.Slot{}).Bytes()
	page := "Doc_0/Pages/Page_1/Content.xml"
	only := func(name string, f func(part []byte) []byte) func(string, []byte) []byte {
		return func(n string, part []byte) []byte {
			if n == name {
				return f(part)
			}
			return part
		}
	}
	for name, forged := range map[string][]byte{
		"another page":  repack(t, content, only(page, func(p []byte) []byte { return bytes.Replace(p, []byte("Boundary=\"20 "), []byte("Boundary=\"21 "), 1) })),
		"a page less":   repack(t, content, only(page, func([]byte) []byte { return nil })),
		"another title": repack(t, content, only("OFD.xml", func(p []byte) []byte { return bytes.Replace(p, []byte("<ofd:Title>证"), []byte("<ofd:Title>照"), 1) })),
		"no signatures": repack(t, content, only("OFD.xml", func(p []byte) []byte {
			a, rest, _ := bytes.Cut(p, []byte("<ofd:Signatures>"))
			_, b, _ := bytes.Cut(rest, []byte("</ofd:Signatures>"))
			return append(bytes.Clone(a), b...)
		})),
		"the seal elsewhere": repack(t, content, only("Doc_0/Signs/Sign_0/Signature.xml", func(p []byte) []byte { return bytes.Replace(p, []byte(`Boundary="120 `), []byte(`Boundary="121 `), 1) })),
		"another seal shown": repack(t, content, only("Doc_0/Signs/Sign_0/Seal.esl", func(p []byte) []byte { return append(bytes.Clone(p), 0) })),
		"no value":           repack(t, content, only("Doc_0/Signs/Sign_0/SignedValue.dat", func([]byte) []byte { return []byte{} })),
		"weaker sums": repack(t, content, only("Doc_0/Signs/Sign_0/Signature.xml", func(p []byte) []byte {
			return bytes.Replace(p, []byte(`CheckMethod="1.2.156.10197.1.401"`), []byte(`CheckMethod="MD5"`), 1)
		})),
	} {
		if r := o.check(forged); r.Intact() || r.Valid() {
			t.Errorf("%s: intact", name)
		}
	}
	// A file beside the document that no signature covers.
	if r := o.check(add(t, content, "Doc_0/Res/more.png", "more")); r.Intact() || !slices.Contains(failures(r), "coverage.bare") {
		t.Errorf("an added file: %v", failures(r))
	}
	if r := o.check(add(t, content, "Doc_0/Attachs/more.json", "{}")); r.Intact() {
		t.Error("an added attachment passes for the slot")
	}
	// The same package written by another archiver is what was signed, but not as it was written.
	if r := o.check(repack(t, content, func(_ string, p []byte) []byte { return p })); r.Valid() || !slices.Equal(failures(r), []string{"packed.changed"}) {
		t.Errorf("packed again: %v", failures(r))
	}
}

// add packs one more part.
func add(t testing.TB, content []byte, name, text string) []byte {
	t.Helper()
	return repack(t, content, func(_ string, p []byte) []byte { return p }, name, text)
}

// TestEveryBit changes every byte of a sealed package: whatever it is, the package is no longer intact.
func TestEveryBit(t *testing.T) {
	o := newOffice()
	everyByte(t, o.sealed(t, 1, paper.Slot{}).Bytes(), func(b []byte) bool { r := o.check(b); return r.Intact() })
}

// TestEveryBitInside changes bytes inside the parts and packs them with right sums, as somebody does who means it.
func TestEveryBitInside(t *testing.T) {
	o := newOffice()
	whole := o.sealed(t, 1, paper.Slot{}).Bytes()
	step := 7
	if testing.Short() {
		step = 61
	}
	sizes := map[string]int{}
	repack(t, whole, func(name string, p []byte) []byte { sizes[name] = len(p); return p })
	var group sync.WaitGroup
	for target, size := range sizes {
		group.Go(func() {
			for i := 0; i < size; i += step {
				forged := repack(t, whole, func(name string, p []byte) []byte {
					if name == target {
						p = bytes.Clone(p)
						p[i] ^= 1 << (i % 8)
					}
					return p
				})
				if r := o.check(forged); slices.Equal(failures(r), []string{"packed.changed"}) || r.Valid() {
					t.Errorf("byte %d of %s changed and no signature sees it", i, target)
				}
			}
		})
	}
	group.Wait()
}

func TestRefused(t *testing.T) {
	o := newOffice()
	good := o.sealed(t, 1, paper.Slot{}).Bytes()
	entry := bytes.Index(good, []byte("PK\x01\x02"))
	patch := func(at int, with string) []byte {
		b := bytes.Clone(good)
		copy(b[at:], with)
		return b
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"nothing":             {nil, "format"},
		"a picture":           {signedtest.Picture(), "format"},
		"too large":           {make([]byte, paper.MaxFile+1), "large"},
		"something before":    {append([]byte("MZ"), good...), "damaged"},
		"something behind":    {append(bytes.Clone(good), "x"...), "damaged"},
		"a comment":           {append(good[:len(good)-2:len(good)-2], 1, 0, 'x'), "damaged"},
		"encrypted":           {patch(entry+8, "\x01\x00"), "damaged"},
		"in several files":    {patch(len(good)-18, "\x01\x00"), "damaged"},
		"another name inside": {patch(30, "OFE.xml"), "damaged"},
		"another size inside": {patch(22, "\x01\x00\x00\x00"), "damaged"},
		"path":                {add(t, good, "../../etc/passwd", "x"), "damaged"},
		"twice":               {add(t, good, "OFD.XML", "x"), "damaged"},
		"bomb":                {add(t, good, "Doc_0/bomb.xml", strings.Repeat(" ", 4<<20)), "damaged"},
		"entities": {repack(t, good, func(n string, p []byte) []byte {
			if n == "OFD.xml" {
				return bytes.Replace(p, []byte("<ofd:OFD"), []byte(`<!DOCTYPE a [<!ENTITY b "bb">]><ofd:OFD`), 1)
			}
			return p
		}), "damaged"},
		"encrypted PDF": {[]byte("%PDF-1.7\ntrailer<</#45ncrypt 5 0 R>>\nstartxref\n0\n%%EOF"), "encrypted"},
	} {
		if r := o.check(c.content); r.Refused != c.want {
			t.Errorf("%s: %q (%s) instead of %q", name, r.Refused, r.Why, c.want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	o := newOffice()
	f.Add(o.sealed(f, 1, paper.Slot{Name: "a.json", Size: 20}).Bytes())
	f.Add(o.signedPDF(f, paper.Slot{Name: "a.json", Size: 20}).Bytes())
	f.Add([]byte("%PDF-1.7 4 0 obj/Type/Sig/SubFilter/adbe.pkcs7.detached/ByteRange[0 90 99 9]/Contents<3000>endobj"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := o.check(b)
		if r.Valid() && !r.Intact() {
			t.Error("valid and not intact")
		}
	})
}

// letter is a sealed notice of one page, as offices send them.
func letter(b *testing.B, o *office) []byte {
	b.Helper()
	w, err := paper.New()
	if err != nil {
		b.Fatal(err)
	}
	d, err := w.Lay(paper.Letter{Title: paper.Pair{Text: "受理通知书"}, Blocks: []paper.Block{{Text: strings.Repeat("你单位提出的食品经营许可申请，材料齐全，符合法定形式。", 12)}}, Signer: signedtest.Name, Seal: "（盖章处）"})
	if err != nil {
		b.Fatal(err)
	}
	f, err := d.File(paper.OFD, paper.Slot{})
	if err == nil {
		place, _ := d.SealPlace(42)
		err = f.Affix(paper.Sealing{Places: []paper.Placement{place}, At: then, Provider: "Xiangyun"}, o.Affix)
	}
	if err != nil {
		b.Fatal(err)
	}
	return f.Bytes()
}

func BenchmarkCheck(b *testing.B) {
	o := newOffice()
	content := letter(b, o)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if r := o.check(content); !r.Valid() {
				b.Error(failures(r))
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
}

// BenchmarkBare is what no check can do without: unpacking, SM3, and two SM2 verifications.
func BenchmarkBare(b *testing.B) {
	o := newOffice()
	content := letter(b, o)
	key, err := sm.GenerateSM2()
	if err != nil {
		b.Fatal(err)
	}
	signature, err := sm.Sign(key, content[:500])
	if err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
			if err != nil {
				b.Error(err)
				return
			}
			for _, f := range z.File {
				r, err := f.Open()
				if err == nil {
					_, err = io.Copy(sm.Hash(), r)
				}
				if err != nil {
					b.Error(err)
				}
			}
			for range 2 {
				if !sm.Verify(key.Public(), content[:500], signature) {
					b.Error("does not verify")
				}
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
}
