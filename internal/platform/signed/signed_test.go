package signed_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"image"
	"image/color"
	"image/png"
	"slices"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/sm"
)

var (
	epoch = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	then  = epoch.AddDate(0, 1, 0)
	now   = epoch.AddDate(0, 2, 0)
)

// office is an authority, a maker of seals, a signer with a seal, and a signer of PDF.
type office struct {
	root, maker, signer, western *sm.Certificate
	signerKey, westernKey        crypto.Signer
	seal                         []byte
}

func issue(t testing.TB, name string, key crypto.Signer, issuer *sm.Certificate, issuerKey crypto.Signer) *sm.Certificate {
	t.Helper()
	serial, err := sm.Serial()
	if err != nil {
		t.Fatal(err)
	}
	c := &sm.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: epoch.Add(-time.Hour), NotAfter: epoch.AddDate(5, 0, 0),
		BasicConstraintsValid: true, IsCA: issuer == nil, SubjectKeyId: serial.Bytes(), KeyUsage: sm.UseSign}
	if issuer == nil {
		c.KeyUsage = sm.UseCertify | sm.UseRevoke
		issuer, issuerKey = c, key
	}
	made, err := sm.IssueCertificate(c, issuer, key.Public(), issuerKey)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

var newOffice = sync.OnceValue(func() *office {
	t := &testing.T{}
	o := &office{}
	key := func() crypto.Signer {
		k, err := sm.GenerateSM2()
		if err != nil {
			panic(err)
		}
		return k
	}
	rootKey, makerKey := key(), key()
	o.signerKey = key()
	western, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	o.westernKey = western
	o.root = issue(t, "测试根", rootKey, nil, nil)
	o.maker = issue(t, "测试制章者", makerKey, o.root, rootKey)
	o.signer = issue(t, "测试签章者", o.signerKey, o.root, rootKey)
	o.western = issue(t, "测试PDF签名", western, o.root, rootKey)
	o.seal, err = ses.MakeSeal(ses.Info{Vendor: "xiangyun", ID: "22010200000001V1", Type: ses.OfOrganisation, Name: "长春市南关区市场监督管理局", Certs: [][]byte{o.signer.Raw},
		Created: epoch, From: epoch, To: epoch.AddDate(3, 0, 0)}, ses.Picture{Type: "PNG", Data: pictureBytes(), Width: 42, Height: 42}, o.maker.Raw, makerKey)
	if err != nil {
		panic(err)
	}
	return o
})

// westernOffice has a root that programs from outside of China can verify.
func westernOffice(t testing.TB) *office {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o := *newOffice()
	o.root = issue(t, "测试根P256", key, nil, nil)
	o.western = issue(t, "测试PDF签名", o.westernKey, o.root, key)
	return &o
}

// register vouches for everything but what it is told not to.
type register struct {
	standing ses.Standing
	revoked  map[string]time.Time
}

func (r register) Revoked(_ context.Context, c *sm.Certificate) (time.Time, error) {
	return r.revoked[c.SerialNumber.String()], nil
}
func (r register) Standing(context.Context, string, time.Time) (ses.Standing, error) {
	return r.standing, nil
}

func (o *office) trust(r register) ses.Trust {
	return ses.Trust{Roots: sm.NewPool(o.root), Revocations: r, Seals: r}
}

func (o *office) check(content []byte) signed.Report {
	return signed.Check(context.Background(), content, o.trust(register{standing: ses.InUse}), now)
}

// affix is what a seal's module does when it is asked to seal.
func (o *office) affix(property string, digest []byte) (seal, signature []byte, err error) {
	signature, err = ses.Sign(ses.Affixing{Seal: o.seal, Digest: digest, Property: property, At: then}, o.signer.Raw, o.signerKey, nil)
	return o.seal, signature, err
}

func pictureBytes() []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	for i := range 40 {
		m.Set(i, i, color.NRGBA{0xd0, 0, 0, 0xff})
		m.Set(i, 39-i, color.NRGBA{0xd0, 0, 0, 0xff})
		m.Set(i, 0, color.NRGBA{0xd0, 0, 0, 0xff})
		m.Set(i, 39, color.NRGBA{0xd0, 0, 0, 0xff})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// small is a document without a text, so that it needs no font and every one of its bytes can be changed in a test.
func small(pages int) *paper.Document {
	d := (&paper.Page{Title: "证", Language: "zh-CN", Boxes: []paper.Box{{X: 20, Y: 20, W: 60, H: 10}}}).Document()
	for len(d.Pages) < pages {
		d.Pages = append(d.Pages, &paper.Page{Boxes: []paper.Box{{X: 20, Y: float64(20 * len(d.Pages)), W: 60, H: 10, Line: 1}}})
	}
	return d
}

func sealing(t testing.TB, places ...paper.Placement) paper.Sealing {
	t.Helper()
	p, err := paper.NewPicture(pictureBytes())
	if err != nil {
		t.Fatal(err)
	}
	return paper.Sealing{Picture: p, Places: places, At: then, Name: "长春市南关区市场监督管理局", Room: 4096, Provider: "Xiangyun"}
}

// sealed is a sealed OFD of so many pages.
func (o *office) sealed(t testing.TB, pages int, slot paper.Slot) *paper.File {
	t.Helper()
	f, err := small(pages).File(paper.OFD, slot)
	if err != nil {
		t.Fatal(err)
	}
	places := append(paper.Across(pages, 120, 42), paper.Placement{Page: pages - 1, X: 120, Y: 220, W: 42, H: 42})
	if err := f.Affix(sealing(t, places...), o.affix); err != nil {
		t.Fatal(err)
	}
	return f
}

// signedPDF is a PDF with a signature and, of a size above 0, a slot filled before it.
func (o *office) signedPDF(t testing.TB, slot paper.Slot) *paper.File {
	t.Helper()
	f, err := small(2).Sealed(sealing(t, paper.Placement{Page: 1, X: 120, Y: 220, W: 42, H: 42}, paper.Placement{Page: 0, X: 190, Y: 100, W: 42, H: 42, Clip: paper.Clip{W: 20, H: 42}})).File(paper.PDF, slot)
	if err != nil {
		t.Fatal(err)
	}
	if slot.Size > 0 {
		if err := f.Fill([]byte(`{"record":{}}`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Sign(o.sign); err != nil {
		t.Fatal(err)
	}
	return f
}

func (o *office) sign(digest []byte) ([]byte, error) {
	return signed.SignPDF(digest, []*sm.Certificate{o.western, o.root}, o.westernKey, nil)
}

// failures are the details of what failed.
func failures(r signed.Report) (out []string) {
	for _, f := range r.Findings {
		if f.Outcome == signed.Failed {
			out = append(out, f.Detail)
		}
	}
	for _, s := range r.Signatures {
		for _, f := range s.Checks {
			if f.Outcome == signed.Failed {
				out = append(out, f.Detail)
			}
		}
	}
	slices.Sort(out)
	return out
}

// repack writes a package anew as archives are written, with right sums: change gets each part and returns what takes its place, nil for nothing; more are
// names and texts of further parts.
func repack(t testing.TB, content []byte, change func(name string, part []byte) []byte, more ...string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, part []byte) {
		p, err := w.Create(name)
		if err == nil {
			_, err = p.Write(part)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var part bytes.Buffer
		if _, err := part.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		if changed := change(f.Name, part.Bytes()); changed != nil {
			put(f.Name, changed)
		}
	}
	for i := 0; i < len(more); i += 2 {
		put(more[i], []byte(more[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
